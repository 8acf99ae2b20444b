-- What a claim says of its case stays with it: a claim outlives a case that was erased.
ALTER TABLE claim ADD COLUMN harm TEXT;
ALTER TABLE claim ADD COLUMN country TEXT;
ALTER TABLE claim ADD COLUMN medium TEXT NOT NULL DEFAULT 'picture' CHECK (medium IN ('picture', 'video'));
UPDATE claim SET harm = (SELECT harm FROM cases WHERE cases.id = case_id),
                 country = (SELECT country FROM cases WHERE cases.id = case_id),
                 medium = CASE WHEN EXISTS (SELECT 1 FROM item WHERE item.id = item_id AND media_type LIKE 'video/%')
                     THEN 'video' ELSE 'picture' END;

-- Fingerprints of which claims began or ended, until the list follows.
CREATE TABLE claim_change (
    id UUID PRIMARY KEY,
    collection TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    value BYTEA NOT NULL
);

-- The list partners pull: each fingerprint of a collection once. `sequence` is that of its last change; `facts` what open
-- claims say of it now (none: it left the list), `ever` what they said at any time.
CREATE TABLE listing (
    collection TEXT NOT NULL CHECK (collection IN ('self_reported', 'assessed')),
    algorithm TEXT NOT NULL,
    value BYTEA NOT NULL,
    quality BIGINT,
    variant TEXT NOT NULL,
    medium TEXT NOT NULL CHECK (medium IN ('picture', 'video')),
    facts TEXT NOT NULL,
    ever TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (collection, algorithm, value)
);
CREATE UNIQUE INDEX listing_in_order ON listing (sequence);
CREATE INDEX listing_by_time ON listing (changed_at, sequence);
CREATE INDEX listing_left ON listing (changed_at) WHERE facts = '[]';

-- The last change of all; whoever numbers changes holds this row. `forgotten`: changes up to it may have been deleted.
CREATE TABLE list_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    sequence BIGINT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    forgotten BIGINT NOT NULL
);
INSERT INTO list_head (id, sequence, changed_at, forgotten) VALUES (1, 0, '2020-01-01T00:00:00+00:00', 0);

-- What was claimed before there was a list.
INSERT INTO claim_change (id, collection, algorithm, value)
    SELECT id, collection, algorithm, value FROM claim WHERE ended_at IS NULL;

-- On which terms a partner pulls the list, and how much of it.
CREATE TABLE list_terms (
    organisation_id UUID PRIMARY KEY REFERENCES organisation (id) ON DELETE CASCADE,
    agreement TEXT NOT NULL,
    scope TEXT NOT NULL,
    former TEXT NOT NULL,
    recorded_by UUID NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL
);

-- A partner's keys. Only a keyed hash of each is kept.
CREATE TABLE api_key (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    lookup BYTEA NOT NULL UNIQUE,
    rights TEXT NOT NULL,
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    last_used_at TIMESTAMPTZ
);
CREATE INDEX api_key_by_organisation ON api_key (organisation_id);
