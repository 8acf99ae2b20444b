-- New recovery keys whose shares are not said to be stored yet: until then the earlier shares go on opening everything.
CREATE TABLE recovery_renewal (
    organisation_id UUID PRIMARY KEY REFERENCES organisation (id) ON DELETE CASCADE,
    staff_id UUID NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    recovery_key BYTEA NOT NULL,
    threshold BIGINT NOT NULL,
    shares BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
