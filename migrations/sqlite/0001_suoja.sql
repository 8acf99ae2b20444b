-- The first shape of everything. Columns named sealed_* hold ciphertext of the vault; what stands
-- readable is only what routing, ordering, matching and statistics need.
-- The same numbers exist under migrations/sqlite and migrations/postgres.

-- Which keys this database belongs to, and whether its cases are real or made up.
CREATE TABLE installation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    key_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('real', 'demo')),
    created_at TEXT NOT NULL
) STRICT;

-- Hotlines, trusted flaggers, providers and police: a directory of ordinary rows.
CREATE TABLE organisation (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('hotline', 'trusted_flagger', 'provider', 'police')),
    name TEXT NOT NULL,
    country TEXT,
    notice_email TEXT,
    notice_language TEXT,
    answer_hours INTEGER NOT NULL DEFAULT 24,
    suspended_at TEXT,
    recovery_key BLOB,
    recovery_threshold INTEGER,
    recovery_shares INTEGER,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX organisation_by_kind ON organisation (kind, name);

-- Each time an organisation was paused, with its reason; kept after it ended.
CREATE TABLE suspension (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    began_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;
CREATE INDEX suspension_by_organisation ON suspension (organisation_id, id);

-- The registrable domains a provider owns: fills the provider of a link by itself.
CREATE TABLE organisation_domain (
    domain TEXT PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id) ON DELETE CASCADE
) STRICT;

-- A hotline's key pairs, one an epoch; the private half goes to holders (epoch_grant) and recovery.
CREATE TABLE epoch (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    number INTEGER NOT NULL,
    public_key BLOB NOT NULL,
    sealed_to_recovery BLOB,
    created_at TEXT NOT NULL,
    UNIQUE (organisation_id, number)
) STRICT;

-- Staff accounts. invited: no password yet; waiting: signed in once, holds no hotline key; active: holds it.
CREATE TABLE staff (
    id BLOB PRIMARY KEY,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    sign_in TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('analyst', 'lead', 'administrator')),
    language TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('invited', 'waiting', 'active', 'removed')),
    password_salt BLOB,
    verifier BLOB,
    public_key BLOB,
    wrapped_key BLOB,
    sealed_totp_secret BLOB,
    totp_step INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    slowed_until TEXT,
    created_at TEXT NOT NULL,
    signed_in_at TEXT,
    removed_at TEXT
) STRICT;
CREATE INDEX staff_by_organisation ON staff (organisation_id, name);

-- Browsers in which somebody has signed in before: their wrong tries are counted apart from everybody else's, so that a
-- stranger who guesses cannot keep the owner of an account out.
CREATE TABLE known_device (
    lookup BLOB PRIMARY KEY,
    staff_id BLOB NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    tries INTEGER NOT NULL DEFAULT 0,
    slowed_until TEXT,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX known_device_by_staff ON known_device (staff_id);

CREATE TABLE recovery_code (
    staff_id BLOB NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    lookup BLOB NOT NULL,
    used_at TEXT,
    PRIMARY KEY (staff_id, lookup)
) STRICT;

-- One-time links: to accept an invitation or set a new password.
CREATE TABLE invitation (
    lookup BLOB PRIMARY KEY,
    staff_id BLOB NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
) STRICT;

CREATE TABLE epoch_grant (
    staff_id BLOB NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    epoch_id BLOB NOT NULL REFERENCES epoch (id),
    sealed_key BLOB NOT NULL,
    granted_by BLOB,
    created_at TEXT NOT NULL,
    PRIMARY KEY (staff_id, epoch_id)
) STRICT;

-- Staff and reporter sessions; the row alone opens nothing (the cookie is the other half). Left out of backups.
CREATE TABLE session (
    lookup BLOB PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    staff_id BLOB REFERENCES staff (id) ON DELETE CASCADE,
    case_id BLOB,
    sealed_key BLOB NOT NULL,
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    CHECK ((staff_id IS NULL) <> (case_id IS NULL))
) STRICT;
CREATE INDEX session_by_staff ON session (staff_id);
CREATE INDEX session_by_case ON session (case_id);
CREATE INDEX session_by_expiry ON session (expires_at);

-- What a reporter has answered so far, sealed under a key that only the browser's cookie holds.
-- After Send: the case it became and its code, sealed the same way, until "I have saved it" or an hour.
CREATE TABLE draft (
    id BLOB PRIMARY KEY,
    lookup BLOB NOT NULL UNIQUE,
    sealed_answers BLOB NOT NULL,
    case_id BLOB,
    sealed_code BLOB,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX draft_by_expiry ON draft (expires_at);

CREATE TABLE cases (
    id BLOB PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    hotline_id BLOB NOT NULL REFERENCES organisation (id),
    flagger_id BLOB REFERENCES organisation (id),
    state TEXT NOT NULL,
    outcome TEXT,
    harm TEXT NOT NULL,
    reporter TEXT NOT NULL,
    age_band TEXT NOT NULL,
    country TEXT,
    language TEXT NOT NULL,
    danger TEXT NOT NULL,
    spreading TEXT NOT NULL,
    level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 4),
    flagger_rank INTEGER NOT NULL CHECK (flagger_rank IN (0, 1)),
    deadline TEXT NOT NULL,
    reasons TEXT NOT NULL,
    raised INTEGER NOT NULL DEFAULT 0,
    received_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    first_action_at TEXT,
    closed_at TEXT,
    holder_id BLOB REFERENCES staff (id),
    held_at TEXT,
    public_key BLOB NOT NULL,
    staff_public_key BLOB NOT NULL,
    code_lookup BLOB UNIQUE,
    reporter_wrapped_key BLOB,
    unread_from_reporter INTEGER NOT NULL DEFAULT 0,
    legal_hold INTEGER NOT NULL DEFAULT 0,
    erase_words_at TEXT,
    end_protection_at TEXT
) STRICT;
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
    case_id BLOB NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    epoch_id BLOB NOT NULL REFERENCES epoch (id),
    sealed_case_key BLOB NOT NULL,
    sealed_staff_key BLOB NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (case_id, epoch_id)
) STRICT;

-- What the reporter told besides items and messages: place, what it shows, when, what the threat wants, payment, words.
CREATE TABLE answer (
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    sealed_body BLOB NOT NULL,
    lookup BLOB,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX answer_by_case ON answer (case_id, id);
CREATE INDEX answer_by_lookup ON answer (lookup) WHERE lookup IS NOT NULL;

-- sealed_detail: the whole URL, or provider and handle, or nothing for a file. domain: registrable domain only.
CREATE TABLE item (
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('location', 'account', 'file')),
    provider_id BLOB REFERENCES organisation (id),
    domain TEXT,
    lookup BLOB,
    sealed_detail BLOB,
    media_type TEXT,
    state TEXT NOT NULL DEFAULT 'open',
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX item_by_case ON item (case_id, id);
CREATE INDEX item_by_lookup ON item (lookup) WHERE lookup IS NOT NULL;

CREATE TABLE fingerprint (
    id BLOB PRIMARY KEY,
    item_id BLOB NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    algorithm TEXT NOT NULL CHECK (algorithm IN ('pdq', 'md5', 'sha1', 'sha256')),
    value BLOB NOT NULL,
    quality INTEGER,
    variant TEXT NOT NULL DEFAULT 'original'
) STRICT;
CREATE INDEX fingerprint_by_item ON fingerprint (item_id);
CREATE INDEX fingerprint_by_value ON fingerprint (algorithm, value);

-- One case's wish that a file's fingerprints be listed; a listing ends only when its last claim ends.
CREATE TABLE claim (
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL,
    item_id BLOB NOT NULL,
    algorithm TEXT NOT NULL,
    value BLOB NOT NULL,
    quality INTEGER,
    variant TEXT NOT NULL,
    collection TEXT NOT NULL CHECK (collection IN ('self_reported', 'assessed')),
    created_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;
CREATE INDEX claim_by_case ON claim (case_id);
CREATE INDEX claim_by_value ON claim (algorithm, value) WHERE ended_at IS NULL;

CREATE TABLE message (
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    from_reporter INTEGER NOT NULL,
    staff_id BLOB REFERENCES staff (id),
    sealed_body BLOB NOT NULL,
    created_at TEXT NOT NULL,
    read_at TEXT
) STRICT;
CREATE INDEX message_by_case ON message (case_id, id);

-- Staff only: sealed to the case's second pair.
CREATE TABLE note (
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    staff_id BLOB NOT NULL REFERENCES staff (id),
    sealed_body BLOB NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX note_by_case ON note (case_id, id);

CREATE TABLE label (
    case_id BLOB NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (case_id, label)
) STRICT;

-- sealed_body (staff pair): class, legal basis, note. The class stays sealed; readable is only that it is made, and whether
-- the item still waits: for a second assessor, or (two who differ) for a lead, whose assessment has position 3.
CREATE TABLE assessment (
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    item_id BLOB NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    staff_id BLOB NOT NULL REFERENCES staff (id),
    position INTEGER NOT NULL CHECK (position IN (1, 2, 3)),
    awaits TEXT CHECK (awaits IN ('second', 'lead')),
    sealed_body BLOB NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (item_id, position)
) STRICT;
CREATE INDEX assessment_by_case ON assessment (case_id);
CREATE INDEX assessment_awaiting ON assessment (case_id) WHERE awaits IS NOT NULL;

-- sealed_content is for the case; sealed_for_sending is for the server, from approval until delivered and answered.
CREATE TABLE notice (
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    provider_id BLOB NOT NULL REFERENCES organisation (id),
    state TEXT NOT NULL,
    sealed_content BLOB NOT NULL,
    sealed_for_sending BLOB,
    sealed_answer BLOB,
    drafted_by BLOB NOT NULL REFERENCES staff (id),
    approved_by BLOB REFERENCES staff (id),
    created_at TEXT NOT NULL,
    approved_at TEXT,
    sent_at TEXT,
    answered_at TEXT,
    deadline TEXT
) STRICT;
CREATE INDEX notice_by_case ON notice (case_id, id);
CREATE TABLE notice_item (
    notice_id BLOB NOT NULL REFERENCES notice (id) ON DELETE CASCADE,
    item_id BLOB NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    PRIMARY KEY (notice_id, item_id)
) STRICT;

CREATE TABLE referral (
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    organisation_id BLOB NOT NULL REFERENCES organisation (id),
    staff_id BLOB NOT NULL REFERENCES staff (id),
    sealed_body BLOB NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX referral_by_case ON referral (case_id);

-- The reporter's chosen e-mail address, sealed to the server: at most three neutral mails a case.
CREATE TABLE contact (
    case_id BLOB PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
    sealed_address BLOB NOT NULL,
    language TEXT NOT NULL,
    mails INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Everything that happened to a case, in codes; words are made when it is shown. for_reporter: the child sees it too.
CREATE TABLE history (
    id BLOB PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    detail TEXT NOT NULL,
    staff_id BLOB REFERENCES staff (id),
    subject_id BLOB,
    for_reporter INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX history_by_case ON history (case_id, id);

-- Written with the change that causes it, sent afterwards by a worker.
CREATE TABLE outbox (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    case_id BLOB,
    subject_id BLOB,
    sealed_payload BLOB,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT NOT NULL,
    leased_until TEXT,
    last_error TEXT,
    created_at TEXT NOT NULL,
    sent_at TEXT
) STRICT;
CREATE INDEX outbox_waiting ON outbox (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX outbox_by_case ON outbox (case_id);

-- Hash-chained: each row's hash covers the one before it. Payloads are codes and hashes of ciphertext, never words.
CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
-- Its head: one row, locked by whoever appends.
CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TABLE routing_rule (
    id BLOB PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    country TEXT,
    language TEXT,
    harm TEXT,
    hotline_id BLOB NOT NULL REFERENCES organisation (id)
) STRICT;

-- Which trigger gives which level, and how long a level may wait, as JSON; the built-in table where there is no row.
CREATE TABLE priority_table (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    content TEXT NOT NULL
) STRICT;

-- Answers to reporters, ready to adapt.
CREATE TABLE template (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    body TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (name, language)
) STRICT;

-- How many cases an analyst has taken: each tenth is the oldest overdue one.
CREATE TABLE takes (
    staff_id BLOB PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
    number INTEGER NOT NULL
) STRICT;

-- What is left of an erased case: enough to end its protection with the code, and to count it.
CREATE TABLE withdrawal_stub (
    case_id BLOB PRIMARY KEY,
    code_lookup BLOB UNIQUE,
    erased_at TEXT NOT NULL,
    end_protection_at TEXT
) STRICT;

-- How many cases were erased: all that statistics need of them. month: of arrival, as 2026-11; outcome: its code, or none.
CREATE TABLE erased_count (
    hotline_id BLOB NOT NULL,
    month TEXT NOT NULL,
    harm TEXT NOT NULL,
    outcome TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (hotline_id, month, harm, outcome)
) STRICT;
INSERT INTO audit_head (id, number, hash) VALUES (1, 0, zeroblob(32));
