-- How long a member of staff has looked at hard cases today. For themself alone; gone the next day.
CREATE TABLE exposure (
    staff_id BLOB PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    seconds INTEGER NOT NULL,
    since_pause INTEGER NOT NULL,
    looking_at TEXT,
    last_at TEXT NOT NULL,
    quiet_until TEXT
) STRICT;

-- Until when a member is given only lighter cases, by their own choice or a lead's.
CREATE TABLE lighter_work (
    staff_id BLOB PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
    until TEXT NOT NULL
) STRICT;
