-- When the reporter asked that nobody work on the case any more. Elsewhere that is done at once; in levels 0 and 1 a person
-- reads the case first.
ALTER TABLE cases ADD COLUMN withdraw_asked_at TIMESTAMPTZ;
