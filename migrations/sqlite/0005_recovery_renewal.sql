-- New recovery keys whose shares are not said to be stored yet: until then the earlier shares go on opening everything.
CREATE TABLE recovery_renewal (
    organisation_id BLOB PRIMARY KEY REFERENCES organisation (id) ON DELETE CASCADE,
    staff_id BLOB NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    recovery_key BLOB NOT NULL,
    threshold INTEGER NOT NULL,
    shares INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
