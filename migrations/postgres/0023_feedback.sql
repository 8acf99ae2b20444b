-- What each partner last said of a fingerprint it has.
CREATE TABLE listing_feedback (
    organisation_id UUID NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    algorithm TEXT NOT NULL,
    value BYTEA NOT NULL,
    opinion TEXT NOT NULL,
    given_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (organisation_id, algorithm, value)
);

-- A partner says that a fingerprint matches something else. While that is open, and after it was found to be so, the
-- fingerprint is off the list. `case_id`: whose analyst decides.
CREATE TABLE dispute (
    algorithm TEXT NOT NULL,
    value BYTEA NOT NULL,
    case_id UUID NOT NULL,
    organisation_id UUID NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('open', 'kept', 'off')),
    begun_at TIMESTAMPTZ NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMPTZ,
    PRIMARY KEY (algorithm, value)
);
CREATE INDEX dispute_by_case ON dispute (case_id);
