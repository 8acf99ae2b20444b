-- Videos: the hashes of their frames.

-- A draft's videos, in the parts the browser sends. file: which file it is, as a keyed hash.
CREATE TABLE draft_part (
    draft_id UUID NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
    file BYTEA NOT NULL,
    part BIGINT NOT NULL,
    parts BIGINT NOT NULL,
    sealed_frames BYTEA NOT NULL,
    PRIMARY KEY (draft_id, file, part)
);

-- Each list once. Fingerprints and claims of the algorithm 'vpdq' hold its SHA-256.
CREATE TABLE video_frames (
    digest BYTEA PRIMARY KEY,
    frames TEXT NOT NULL
);

-- 'vpdq' joins the algorithms.
ALTER TABLE fingerprint DROP CONSTRAINT fingerprint_algorithm_check;
ALTER TABLE fingerprint ADD CONSTRAINT fingerprint_algorithm_check
    CHECK (algorithm IN ('pdq', 'vpdq', 'md5', 'sha1', 'sha256'));
