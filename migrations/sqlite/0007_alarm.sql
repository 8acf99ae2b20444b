-- Who is on call, and until when.
CREATE TABLE on_call (
    staff_id BLOB PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
    until TEXT NOT NULL
) STRICT;

-- The alarm that a hotline's cases in danger keep ringing while nobody takes them: when it rang last, how often on end.
CREATE TABLE alarm (
    hotline_id BLOB PRIMARY KEY REFERENCES organisation (id) ON DELETE CASCADE,
    rung_at TEXT NOT NULL,
    times INTEGER NOT NULL
) STRICT;

-- For a case that nobody has taken: since when the alarm rings, and how often it has.
ALTER TABLE cases ADD COLUMN alarms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN alarm_since TEXT;

-- What goes by mail and what by a call to a web address wait for different servers.
ALTER TABLE outbox ADD COLUMN channel TEXT NOT NULL DEFAULT 'mail' CHECK (channel IN ('mail', 'web'));
DROP INDEX outbox_waiting;
CREATE INDEX outbox_waiting ON outbox (channel, next_attempt_at) WHERE state = 'waiting';
