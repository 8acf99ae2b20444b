-- One act for many cases, carried out half a minute after it was asked for, so that it can be undone before.
CREATE TABLE bulk (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    staff_id BLOB NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('label', 'close', 'assess', 'notify')),
    sealed_act BLOB NOT NULL,
    due_at TEXT NOT NULL,
    started_at TEXT,
    undone_at TEXT,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX bulk_by_age ON bulk (created_at);

-- Its cases. The case's keys are sealed to the server's operational key until the act is carried out or undone.
CREATE TABLE bulk_case (
    bulk_id BLOB NOT NULL REFERENCES bulk (id) ON DELETE CASCADE,
    case_id BLOB NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'refused')),
    leased_until TEXT,
    was_held INTEGER NOT NULL DEFAULT 0,
    refusal TEXT,
    sealed_case_key BLOB,
    sealed_staff_key BLOB,
    PRIMARY KEY (bulk_id, case_id)
) STRICT;
CREATE INDEX bulk_case_waiting ON bulk_case (bulk_id) WHERE state = 'waiting';
CREATE INDEX bulk_case_by_case ON bulk_case (case_id);
