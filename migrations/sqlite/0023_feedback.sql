-- What each partner last said of a fingerprint it has.
CREATE TABLE listing_feedback (
    organisation_id BLOB NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    algorithm TEXT NOT NULL,
    value BLOB NOT NULL,
    opinion TEXT NOT NULL,
    given_at TEXT NOT NULL,
    PRIMARY KEY (organisation_id, algorithm, value)
) STRICT;

-- A partner says that a fingerprint matches something else. While that is open, and after it was found to be so, the
-- fingerprint is off the list. `case_id`: whose analyst decides.
CREATE TABLE dispute (
    algorithm TEXT NOT NULL,
    value BLOB NOT NULL,
    case_id BLOB NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('open', 'kept', 'off')),
    begun_at TEXT NOT NULL,
    decided_by BLOB,
    decided_at TEXT,
    PRIMARY KEY (algorithm, value)
) STRICT;
CREATE INDEX dispute_by_case ON dispute (case_id);
