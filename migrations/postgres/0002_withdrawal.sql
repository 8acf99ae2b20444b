-- When the reporter asked that nobody work on the case any more. Elsewhere that is done at once; in levels 0 and 1 a person
-- reads the case first.
ALTER TABLE cases ADD COLUMN withdraw_asked_at TIMESTAMPTZ;

-- How the mail of a notice fares is looked up by the notice.
CREATE INDEX outbox_by_subject ON outbox (subject_id) WHERE subject_id IS NOT NULL;
