-- The first shape of everything. Columns named sealed_* hold ciphertext of the vault; what stands
-- readable is only what routing, ordering, matching and statistics need.
-- The same numbers exist under migrations/sqlite and migrations/postgres.

-- Which keys this database belongs to, and whether its cases are real or made up.
CREATE TABLE installation (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    key_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('real', 'demo')),
    created_at TIMESTAMPTZ NOT NULL
);

-- Hotlines, trusted flaggers, providers and police: a directory of ordinary rows.
CREATE TABLE organisation (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('hotline', 'trusted_flagger', 'provider', 'police')),
    name TEXT NOT NULL,
    country TEXT,
    notice_email TEXT,
    notice_language TEXT,
    answer_hours BIGINT NOT NULL DEFAULT 24,
    suspended_at TIMESTAMPTZ,
    recovery_key BYTEA,
    recovery_threshold BIGINT,
    recovery_shares BIGINT,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX organisation_by_kind ON organisation (kind, name);

-- Each time an organisation was paused, with its reason; kept after it ended.
CREATE TABLE suspension (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    began_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE INDEX suspension_by_organisation ON suspension (organisation_id, id);

-- The registrable domains a provider owns: fills the provider of a link by itself.
CREATE TABLE organisation_domain (
    domain TEXT PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id) ON DELETE CASCADE
);

-- A hotline's key pairs, one an epoch; the private half goes to holders (epoch_grant) and recovery.
CREATE TABLE epoch (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    number BIGINT NOT NULL,
    public_key BYTEA NOT NULL,
    sealed_to_recovery BYTEA,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (organisation_id, number)
);

-- Staff accounts. invited: no password yet; waiting: signed in once, holds no hotline key; active: holds it.
CREATE TABLE staff (
    id UUID PRIMARY KEY,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    sign_in TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('analyst', 'lead', 'administrator')),
    language TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('invited', 'waiting', 'active', 'removed')),
    password_salt BYTEA,
    verifier BYTEA,
    public_key BYTEA,
    wrapped_key BYTEA,
    sealed_totp_secret BYTEA,
    totp_step BIGINT NOT NULL DEFAULT 0,
    tries BIGINT NOT NULL DEFAULT 0,
    slowed_until TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    signed_in_at TIMESTAMPTZ,
    removed_at TIMESTAMPTZ
);
CREATE INDEX staff_by_organisation ON staff (organisation_id, name);

-- Browsers in which somebody has signed in before: their wrong tries are counted apart from everybody else's, so that a
-- stranger who guesses cannot keep the owner of an account out.
CREATE TABLE known_device (
    lookup BYTEA PRIMARY KEY,
    staff_id UUID NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    tries BIGINT NOT NULL DEFAULT 0,
    slowed_until TIMESTAMPTZ,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX known_device_by_staff ON known_device (staff_id);

CREATE TABLE recovery_code (
    staff_id UUID NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    lookup BYTEA NOT NULL,
    used_at TIMESTAMPTZ,
    PRIMARY KEY (staff_id, lookup)
);

-- One-time links: to accept an invitation or set a new password.
CREATE TABLE invitation (
    lookup BYTEA PRIMARY KEY,
    staff_id UUID NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);

CREATE TABLE epoch_grant (
    staff_id UUID NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    epoch_id UUID NOT NULL REFERENCES epoch (id),
    sealed_key BYTEA NOT NULL,
    granted_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (staff_id, epoch_id)
);

-- Staff and reporter sessions; the row alone opens nothing (the cookie is the other half). Left out of backups.
CREATE TABLE session (
    lookup BYTEA PRIMARY KEY,
    id UUID NOT NULL UNIQUE,
    staff_id UUID REFERENCES staff (id) ON DELETE CASCADE,
    case_id UUID,
    sealed_key BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    CHECK ((staff_id IS NULL) <> (case_id IS NULL))
);
CREATE INDEX session_by_staff ON session (staff_id);
CREATE INDEX session_by_case ON session (case_id);
CREATE INDEX session_by_expiry ON session (expires_at);

-- What a reporter has answered so far, sealed under a key that only the browser's cookie holds.
-- After Send: the case it became and its code, sealed the same way, until "I have saved it" or an hour.
CREATE TABLE draft (
    id UUID PRIMARY KEY,
    lookup BYTEA NOT NULL UNIQUE,
    sealed_answers BYTEA NOT NULL,
    case_id UUID,
    sealed_code BYTEA,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX draft_by_expiry ON draft (expires_at);

CREATE TABLE cases (
    id UUID PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    hotline_id UUID NOT NULL REFERENCES organisation (id),
    flagger_id UUID REFERENCES organisation (id),
    state TEXT NOT NULL,
    outcome TEXT,
    harm TEXT NOT NULL,
    reporter TEXT NOT NULL,
    age_band TEXT NOT NULL,
    country TEXT,
    language TEXT NOT NULL,
    danger TEXT NOT NULL,
    spreading TEXT NOT NULL,
    level BIGINT NOT NULL CHECK (level BETWEEN 0 AND 4),
    flagger_rank BIGINT NOT NULL CHECK (flagger_rank IN (0, 1)),
    deadline TIMESTAMPTZ NOT NULL,
    reasons TEXT NOT NULL,
    raised BOOLEAN NOT NULL DEFAULT FALSE,
    received_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    first_action_at TIMESTAMPTZ,
    closed_at TIMESTAMPTZ,
    holder_id UUID REFERENCES staff (id),
    held_at TIMESTAMPTZ,
    public_key BYTEA NOT NULL,
    staff_public_key BYTEA NOT NULL,
    code_lookup BYTEA UNIQUE,
    reporter_wrapped_key BYTEA,
    unread_from_reporter BIGINT NOT NULL DEFAULT 0,
    legal_hold BOOLEAN NOT NULL DEFAULT FALSE,
    erase_words_at TIMESTAMPTZ,
    end_protection_at TIMESTAMPTZ
);
-- The queue's one order over cases that are open and in nobody's hands.
CREATE INDEX queue ON cases (hotline_id, level, flagger_rank, deadline, received_at, id)
    WHERE holder_id IS NULL AND state IN ('received', 'in_review', 'reopened', 'appealed');
-- The tenth take: the oldest overdue of levels 2 and 3.
CREATE INDEX queue_overdue ON cases (hotline_id, deadline, id)
    WHERE holder_id IS NULL AND level IN (2, 3) AND state IN ('received', 'in_review', 'reopened', 'appealed');
CREATE INDEX cases_by_holder ON cases (holder_id) WHERE holder_id IS NOT NULL;
CREATE INDEX cases_by_state ON cases (hotline_id, state, updated_at);
CREATE INDEX cases_to_erase ON cases (erase_words_at) WHERE erase_words_at IS NOT NULL;
CREATE INDEX cases_to_unprotect ON cases (end_protection_at) WHERE end_protection_at IS NOT NULL;

-- The case's two private halves (the case's own and the staff-only one), sealed to a hotline that holds it.
CREATE TABLE case_key (
    case_id UUID NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    epoch_id UUID NOT NULL REFERENCES epoch (id),
    sealed_case_key BYTEA NOT NULL,
    sealed_staff_key BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (case_id, epoch_id)
);

-- What the reporter told besides items and messages: place, what it shows, when, what the threat wants, payment, words.
CREATE TABLE answer (
    id UUID PRIMARY KEY,
    case_id UUID NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    sealed_body BYTEA NOT NULL,
    lookup BYTEA,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX answer_by_case ON answer (case_id, id);
CREATE INDEX answer_by_lookup ON answer (lookup) WHERE lookup IS NOT NULL;

-- sealed_detail: the whole URL, or provider and handle, or nothing for a file. domain: registrable domain only.
CREATE TABLE item (
    id UUID PRIMARY KEY,
    case_id UUID NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('location', 'account', 'file')),
    provider_id UUID REFERENCES organisation (id),
    domain TEXT,
    lookup BYTEA,
    sealed_detail BYTEA,
    media_type TEXT,
    state TEXT NOT NULL DEFAULT 'open',
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX item_by_case ON item (case_id, id);
CREATE INDEX item_by_lookup ON item (lookup) WHERE lookup IS NOT NULL;

CREATE TABLE fingerprint (
    id UUID PRIMARY KEY,
    item_id UUID NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    algorithm TEXT NOT NULL CHECK (algorithm IN ('pdq', 'md5', 'sha1', 'sha256')),
    value BYTEA NOT NULL,
    quality BIGINT,
    variant TEXT NOT NULL DEFAULT 'original'
);
CREATE INDEX fingerprint_by_item ON fingerprint (item_id);
CREATE INDEX fingerprint_by_value ON fingerprint (algorithm, value);

-- One case's wish that a file's fingerprints be listed; a listing ends only when its last claim ends.
CREATE TABLE claim (
    id UUID PRIMARY KEY,
    case_id UUID NOT NULL,
    item_id UUID NOT NULL,
    algorithm TEXT NOT NULL,
    value BYTEA NOT NULL,
    quality BIGINT,
    variant TEXT NOT NULL,
    collection TEXT NOT NULL CHECK (collection IN ('self_reported', 'assessed')),
    created_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE INDEX claim_by_case ON claim (case_id);
CREATE INDEX claim_by_value ON claim (algorithm, value) WHERE ended_at IS NULL;

CREATE TABLE message (
    id UUID PRIMARY KEY,
    case_id UUID NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    from_reporter BOOLEAN NOT NULL,
    staff_id UUID REFERENCES staff (id),
    sealed_body BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    read_at TIMESTAMPTZ
);
CREATE INDEX message_by_case ON message (case_id, id);

-- Staff only: sealed to the case's second pair.
CREATE TABLE note (
    id UUID PRIMARY KEY,
    case_id UUID NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    staff_id UUID NOT NULL REFERENCES staff (id),
    sealed_body BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX note_by_case ON note (case_id, id);

CREATE TABLE label (
    case_id UUID NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (case_id, label)
);

-- sealed_body (staff pair): class, legal basis, note. The class stays sealed; readable is only that it is made, and whether
-- the item still waits: for a second assessor, or (two who differ) for a lead, whose assessment has position 3.
CREATE TABLE assessment (
    id UUID PRIMARY KEY,
    case_id UUID NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    item_id UUID NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    staff_id UUID NOT NULL REFERENCES staff (id),
    position BIGINT NOT NULL CHECK (position IN (1, 2, 3)),
    awaits TEXT CHECK (awaits IN ('second', 'lead')),
    sealed_body BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (item_id, position)
);
CREATE INDEX assessment_by_case ON assessment (case_id);
CREATE INDEX assessment_awaiting ON assessment (case_id) WHERE awaits IS NOT NULL;

-- sealed_content is for the case; sealed_for_sending is for the server, from approval until delivered and answered.
CREATE TABLE notice (
    id UUID PRIMARY KEY,
    case_id UUID NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    provider_id UUID NOT NULL REFERENCES organisation (id),
    state TEXT NOT NULL,
    sealed_content BYTEA NOT NULL,
    sealed_for_sending BYTEA,
    sealed_answer BYTEA,
    drafted_by UUID NOT NULL REFERENCES staff (id),
    approved_by UUID REFERENCES staff (id),
    created_at TIMESTAMPTZ NOT NULL,
    approved_at TIMESTAMPTZ,
    sent_at TIMESTAMPTZ,
    answered_at TIMESTAMPTZ,
    deadline TIMESTAMPTZ
);
CREATE INDEX notice_by_case ON notice (case_id, id);
CREATE TABLE notice_item (
    notice_id UUID NOT NULL REFERENCES notice (id) ON DELETE CASCADE,
    item_id UUID NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    PRIMARY KEY (notice_id, item_id)
);

CREATE TABLE referral (
    id UUID PRIMARY KEY,
    case_id UUID NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    organisation_id UUID NOT NULL REFERENCES organisation (id),
    staff_id UUID NOT NULL REFERENCES staff (id),
    sealed_body BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX referral_by_case ON referral (case_id);

-- The reporter's chosen e-mail address, sealed to the server: at most three neutral mails a case.
CREATE TABLE contact (
    case_id UUID PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
    sealed_address BYTEA NOT NULL,
    language TEXT NOT NULL,
    mails BIGINT NOT NULL DEFAULT 0
);

-- Everything that happened to a case, in codes; words are made when it is shown. for_reporter: the child sees it too.
CREATE TABLE history (
    id UUID PRIMARY KEY,
    case_id UUID NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    detail TEXT NOT NULL,
    staff_id UUID REFERENCES staff (id),
    subject_id UUID,
    for_reporter BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX history_by_case ON history (case_id, id);

-- Written with the change that causes it, sent afterwards by a worker.
CREATE TABLE outbox (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    case_id UUID,
    subject_id UUID,
    sealed_payload BYTEA,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts BIGINT NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMPTZ NOT NULL,
    leased_until TIMESTAMPTZ,
    last_error TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    sent_at TIMESTAMPTZ
);
CREATE INDEX outbox_waiting ON outbox (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX outbox_by_case ON outbox (case_id);

-- Hash-chained: each row's hash covers the one before it. Payloads are codes and hashes of ciphertext, never words.
CREATE TABLE audit (
    number BIGINT PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    previous_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL
);
-- Its head: one row, locked by whoever appends.
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    number BIGINT NOT NULL,
    hash BYTEA NOT NULL
);

CREATE TABLE routing_rule (
    id UUID PRIMARY KEY,
    position BIGINT NOT NULL UNIQUE,
    country TEXT,
    language TEXT,
    harm TEXT,
    hotline_id UUID NOT NULL REFERENCES organisation (id)
);

-- Which trigger gives which level, and how long a level may wait, as JSON; the built-in table where there is no row.
CREATE TABLE priority_table (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    content TEXT NOT NULL
);

-- Answers to reporters, ready to adapt.
CREATE TABLE template (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    body TEXT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (name, language)
);

-- How many cases an analyst has taken: each tenth is the oldest overdue one.
CREATE TABLE takes (
    staff_id UUID PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
    number BIGINT NOT NULL
);

-- What is left of an erased case: enough to end its protection with the code, and to count it.
CREATE TABLE withdrawal_stub (
    case_id UUID PRIMARY KEY,
    code_lookup BYTEA UNIQUE,
    erased_at TIMESTAMPTZ NOT NULL,
    end_protection_at TIMESTAMPTZ
);

-- How many cases were erased: all that statistics need of them. month: of arrival, as 2026-11; outcome: its code, or none.
CREATE TABLE erased_count (
    hotline_id UUID NOT NULL,
    month TEXT NOT NULL,
    harm TEXT NOT NULL,
    outcome TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (hotline_id, month, harm, outcome)
);
INSERT INTO audit_head (id, number, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));
