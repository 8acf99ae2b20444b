-- Which made-up cases are lessons, and of what: only in an installation for training.
CREATE TABLE lesson (
    case_id BLOB PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
    lesson TEXT NOT NULL
) STRICT;

-- A database of cases to learn from is of a kind of its own.
CREATE TABLE installation_anew (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    key_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('real', 'demo', 'training')),
    created_at TEXT NOT NULL
) STRICT;
INSERT INTO installation_anew SELECT id, key_id, kind, created_at FROM installation;
DROP TABLE installation;
ALTER TABLE installation_anew RENAME TO installation;
