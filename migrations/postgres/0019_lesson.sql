-- Which made-up cases are lessons, and of what: only in an installation for training.
CREATE TABLE lesson (
    case_id UUID PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
    lesson TEXT NOT NULL
);

-- A database of cases to learn from is of a kind of its own.
ALTER TABLE installation DROP CONSTRAINT installation_kind_check;
ALTER TABLE installation ADD CONSTRAINT installation_kind_check CHECK (kind IN ('real', 'demo', 'training'));
