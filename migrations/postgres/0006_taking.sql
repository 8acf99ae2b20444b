-- The languages in which a member of staff answers reporters; who names none answers in all.
CREATE TABLE staff_language (
    staff_id UUID NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    PRIMARY KEY (staff_id, language)
);

-- What a member of staff leaves to others for now: the code of a harm, or of an age band.
CREATE TABLE left_out (
    staff_id UUID NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    topic TEXT NOT NULL,
    until TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (staff_id, topic)
);

-- Cases that a member put back without an end, and why: until then they are not given them again.
CREATE TABLE skip (
    case_id UUID NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    staff_id UUID NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    skipped_at TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (case_id, staff_id)
);

-- When the one who holds a case last looked at it or did something about it: what lies too long goes back by itself.
ALTER TABLE cases RENAME COLUMN held_at TO touched_at;

-- Cases that went back by themselves, for whoever had them: their pages say so.
CREATE TABLE lapse (
    staff_id UUID NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    case_id UUID NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    lapsed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (staff_id, case_id)
);

-- Which priority table a case's level comes from: after a change the cases that wait are decided anew.
ALTER TABLE priority_table ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN priority_version BIGINT NOT NULL DEFAULT 0;
CREATE INDEX queue_by_table ON cases (priority_version)
    WHERE holder_id IS NULL AND state IN ('received', 'in_review', 'reopened', 'appealed');
