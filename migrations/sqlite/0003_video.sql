-- Videos: the hashes of their frames.

-- A draft's videos, in the parts the browser sends. file: which file it is, as a keyed hash.
CREATE TABLE draft_part (
    draft_id BLOB NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
    file BLOB NOT NULL,
    part INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    sealed_frames BLOB NOT NULL,
    PRIMARY KEY (draft_id, file, part)
) STRICT;

-- Each list once. Fingerprints and claims of the algorithm 'vpdq' hold its SHA-256.
CREATE TABLE video_frames (
    digest BLOB PRIMARY KEY,
    frames TEXT NOT NULL
) STRICT;

-- 'vpdq' joins the algorithms. SQLite changes no constraint in place.
CREATE TABLE fingerprint_anew (
    id BLOB PRIMARY KEY,
    item_id BLOB NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    algorithm TEXT NOT NULL CHECK (algorithm IN ('pdq', 'vpdq', 'md5', 'sha1', 'sha256')),
    value BLOB NOT NULL,
    quality INTEGER,
    variant TEXT NOT NULL DEFAULT 'original'
) STRICT;
INSERT INTO fingerprint_anew SELECT id, item_id, algorithm, value, quality, variant FROM fingerprint;
DROP TABLE fingerprint;
ALTER TABLE fingerprint_anew RENAME TO fingerprint;
CREATE INDEX fingerprint_by_item ON fingerprint (item_id);
CREATE INDEX fingerprint_by_value ON fingerprint (algorithm, value);
