-- Many like reports: what they have in common is a keyed hash of a link or an account.
CREATE TABLE flood (
    id BLOB PRIMARY KEY,
    hotline_id BLOB NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    lookup BLOB NOT NULL,
    started_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    reports INTEGER NOT NULL,
    dissolved_at TEXT,
    UNIQUE (hotline_id, lookup)
) STRICT;

-- The flood a case belongs to, and whether it is shown only as one of many.
ALTER TABLE cases ADD COLUMN flood_id BLOB REFERENCES flood (id) ON DELETE SET NULL;
ALTER TABLE cases ADD COLUMN is_collapsed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX cases_by_flood ON cases (flood_id, id) WHERE flood_id IS NOT NULL;

-- The queue is what stands in it one by one.
DROP INDEX queue;
CREATE INDEX queue ON cases (hotline_id, level, flagger_rank, deadline, received_at, id)
    WHERE holder_id IS NULL AND NOT is_collapsed AND state IN ('received', 'in_review', 'reopened', 'appealed');
DROP INDEX queue_overdue;
CREATE INDEX queue_overdue ON cases (hotline_id, deadline, id)
    WHERE holder_id IS NULL AND NOT is_collapsed AND level IN (2, 3) AND state IN ('received', 'in_review', 'reopened', 'appealed');
