-- Many like reports: what they have in common is a keyed hash of a link or an account.
CREATE TABLE flood (
    id UUID PRIMARY KEY,
    hotline_id UUID NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    lookup BYTEA NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    reports BIGINT NOT NULL,
    dissolved_at TIMESTAMPTZ,
    UNIQUE (hotline_id, lookup)
);

-- The flood a case belongs to, and whether it is shown only as one of many.
ALTER TABLE cases ADD COLUMN flood_id UUID REFERENCES flood (id) ON DELETE SET NULL;
ALTER TABLE cases ADD COLUMN is_collapsed BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX cases_by_flood ON cases (flood_id, id) WHERE flood_id IS NOT NULL;

-- The queue is what stands in it one by one.
DROP INDEX queue;
CREATE INDEX queue ON cases (hotline_id, level, flagger_rank, deadline, received_at, id)
    WHERE holder_id IS NULL AND NOT is_collapsed AND state IN ('received', 'in_review', 'reopened', 'appealed');
DROP INDEX queue_overdue;
CREATE INDEX queue_overdue ON cases (hotline_id, deadline, id)
    WHERE holder_id IS NULL AND NOT is_collapsed AND level IN (2, 3) AND state IN ('received', 'in_review', 'reopened', 'appealed');
