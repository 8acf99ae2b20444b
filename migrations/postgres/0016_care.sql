-- How long a member of staff has looked at hard cases today. For themself alone; gone the next day.
CREATE TABLE exposure (
    staff_id UUID PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    seconds BIGINT NOT NULL,
    since_pause BIGINT NOT NULL,
    looking_at TIMESTAMPTZ,
    last_at TIMESTAMPTZ NOT NULL,
    quiet_until TIMESTAMPTZ
);

-- Until when a member is given only lighter cases, by their own choice or a lead's.
CREATE TABLE lighter_work (
    staff_id UUID PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
    until TIMESTAMPTZ NOT NULL
);
