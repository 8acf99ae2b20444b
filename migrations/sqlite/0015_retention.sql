-- How long a case is kept after its end, by how it ended (an outcome's code, or withdrawn). No row: until its reporter asks.
CREATE TABLE retention_rule (
    ending TEXT PRIMARY KEY,
    days INTEGER NOT NULL,
    in_force_at TEXT NOT NULL
) STRICT;

-- What was erased: how many cases on which day by which rule. No case is named.
CREATE TABLE erased_trace (
    hotline_id BLOB NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    rule TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (hotline_id, day, rule)
) STRICT;

-- Why a legal hold is on, since when, and who put it on.
ALTER TABLE cases ADD COLUMN hold_reason TEXT;
ALTER TABLE cases ADD COLUMN hold_since TEXT;
ALTER TABLE cases ADD COLUMN hold_by BLOB REFERENCES staff (id);
CREATE INDEX cases_held_for_law ON cases (hotline_id, id) WHERE legal_hold;

-- A withdrawn case has ended, too.
UPDATE cases SET closed_at = updated_at WHERE state = 'withdrawn' AND closed_at IS NULL;
CREATE INDEX cases_by_end ON cases (state, closed_at) WHERE closed_at IS NOT NULL;
