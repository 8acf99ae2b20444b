//! A hotline's open cases in the order they should be taken, and who has which in their hands.
//!
//! The order is level, then trusted flaggers, then what belongs to the level before what a missed deadline raised into it,
//! then deadline, then age: exactly the index `queue`, so that a page of it costs the same however long the queue is. (What
//! was raised is late by more than anything that belongs there. Where too few people work, it would keep every child's own
//! image waiting for days: `tests/week.rs` shows it. It comes before the rest of its old level, and at each tenth take.)
//!
//! Two analysts can never hold the same case: every taking is one statement that changes a row only while nobody holds it.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::case::Refused;
use crate::history::{Actor, Event};
use crate::priority::{Priority, Reason};
use crate::reference::Reference;
use crate::staff::session::StaffSession;
use crate::storage::{JsonText, Tx};
use crate::taxonomy::{AgeBand, CaseState, Country, Harm, LanguageCode, Role};
use crate::text::Words;
use crate::{Casework, Error, audit, execute, fetch_all, fetch_one, fetch_optional, history, note};

/// Most cases on one page.
pub const PAGE: usize = 50;

/// Where an analyst looks for work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Open and in nobody's hands.
    Queue,
    /// In my hands.
    Mine,
    /// In a colleague's hands.
    Colleagues,
    /// Waiting for a reporter or for providers.
    Waiting,
    /// An item waits for a second assessor, or for a lead because two differ; and I may be the one.
    SecondLook,
}

/// What narrows a place down. Every part is optional, all must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// 0 to 4.
    pub level: Option<i64>,
    /// What happened.
    pub harm: Option<Harm>,
    /// The reporter's language.
    pub language: Option<LanguageCode>,
    /// The reporter's country.
    pub country: Option<Country>,
    /// Where the case stands.
    pub state: Option<CaseState>,
    /// The team it is for.
    pub team: Option<Uuid>,
}

/// A case's place in the order, by which a list goes on after it. Places compare as cases are taken: the fields are in the
/// order of their weight, and the last makes every place another one. As text it is opaque, and holds nothing private.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cursor {
    level: i64,
    flagger_rank: i64,
    raised: bool,
    deadline: DateTime<Utc>,
    received_at: DateTime<Utc>,
    id: Uuid,
}

/// Not a cursor that a page of ours gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a place in the queue")]
pub struct InvalidCursor;

impl Cursor {
    /// The place of a case that came then.
    pub fn of(priority: &Priority, received_at: DateTime<Utc>, id: Uuid) -> Self {
        Self {
            level: priority.level.into(),
            flagger_rank: priority.flagger_rank.into(),
            raised: priority.is_raised(),
            deadline: priority.deadline,
            received_at,
            id,
        }
    }

    /// Whose place it is.
    pub fn case(&self) -> Uuid {
        self.id
    }

    /// Before every case.
    fn start() -> Self {
        Self {
            level: -1,
            flagger_rank: 0,
            raised: false,
            deadline: DateTime::UNIX_EPOCH,
            received_at: DateTime::UNIX_EPOCH,
            id: Uuid::nil(),
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_vec(self).map_err(|_| fmt::Error)?;
        formatter.write_str(&BASE64URL_NOPAD.encode(&json))
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let json = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| InvalidCursor)?;
        serde_json::from_slice(&json).map_err(|_| InvalidCursor)
    }
}

/// One case in a list. Nothing in it is sealed: a list opens no case.
#[derive(Clone, Debug, FromRow)]
pub struct QueueRow {
    /// The case.
    pub id: Uuid,
    /// Its public name.
    pub reference: Reference,
    /// What happened.
    pub harm: Harm,
    /// How old the person is.
    pub age_band: AgeBand,
    /// The reporter's language.
    pub language: LanguageCode,
    /// The reporter's country, if told.
    pub country: Option<Country>,
    /// Where it stands.
    pub state: CaseState,
    /// 0 (first) to 4 (sidelined).
    pub level: i64,
    /// 0 for a trusted flagger's report, 1 for any other.
    pub flagger_rank: i64,
    /// Whether a missed deadline raised it into its level.
    pub raised: bool,
    /// The trusted flagger, if one sent it.
    pub flagger: Option<String>,
    /// When the level's time runs out.
    pub deadline: DateTime<Utc>,
    /// Why it stands where it stands.
    pub reasons: JsonText<Vec<Reason>>,
    /// When the report came.
    pub received_at: DateTime<Utc>,
    /// When anything last happened.
    pub updated_at: DateTime<Utc>,
    /// Who has it in their hands.
    pub holder_id: Option<Uuid>,
    /// Their name.
    pub holder: Option<String>,
    /// How many of the reporter's messages nobody has read.
    pub unread_from_reporter: i64,
    /// How many locations it is about.
    pub locations: i64,
    /// How many accounts.
    pub accounts: i64,
    /// How many files.
    pub files: i64,
    /// Whether a notice could not be delivered.
    pub notice_failed: bool,
    /// How many colleagues put it back unfinished and still leave it to others.
    pub skips: i64,
    /// How often the alarm has rung for it ([`crate::alarm`]).
    pub alarms: i64,
    /// The team it is for.
    pub team: Option<String>,
    /// Whether no rule fitted when it came.
    pub is_unrouted: bool,
}

impl QueueRow {
    /// Its place in the order.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            level: self.level,
            flagger_rank: self.flagger_rank,
            raised: self.raised,
            deadline: self.deadline,
            received_at: self.received_at,
            id: self.id,
        }
    }
}

/// At most [`PAGE`] cases, and where the next page starts if there is one.
pub struct QueuePage {
    /// The cases, most urgent first.
    pub rows: Vec<QueueRow>,
    /// After the last of them.
    pub next: Option<Cursor>,
}

/// The states in which somebody has to do something about a case, or is doing it.
macro_rules! to_do {
    () => {
        "state IN ('received', 'in_review', 'reopened', 'appealed')"
    };
}

/// The cases that stand in the queue one by one. The partial indexes say the same words.
macro_rules! queued {
    () => {
        concat!("holder_id IS NULL AND NOT is_collapsed AND ", $crate::queue::to_do!())
    };
}

/// The states in which a case is open.
macro_rules! open {
    () => {
        "state NOT IN ('closed', 'withdrawn')"
    };
}

/// Whether the person `$staff` may have a case in their hands: they were granted a key that opens it, and did not decide
/// what the reporter now disagrees with. (`OFFSET 0` keeps PostgreSQL from joining the cases with every appeal there ever
/// was, which it looks for in the whole history: 0.4 s a case with a million of them. So it looks at each case in its turn.)
macro_rules! may_hold {
    ($staff:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM case_key JOIN epoch_grant ON epoch_grant.epoch_id = case_key.epoch_id",
            " WHERE case_key.case_id = cases.id AND epoch_grant.staff_id = ", $staff, ")",
            " AND NOT EXISTS (SELECT 1 FROM history AS closed JOIN history AS appeal ON appeal.case_id = closed.case_id",
            " WHERE closed.case_id = cases.id AND closed.event = 'closed' AND closed.staff_id = ", $staff,
            " AND appeal.event = 'appealed' AND appeal.created_at >= closed.created_at LIMIT 1 OFFSET 0)"
        )
    };
}

pub(crate) use {may_hold, queued, to_do};

/// Whether the person `$2` is given a case by [`take_next`] at `$3` ([`crate::staff::takes`],
/// [`crate::staff::lighter`], [`crate::skip`], [`crate::team`]). In danger (level 0) language keeps nobody away.
macro_rules! is_given {
    () => {
        "NOT EXISTS (SELECT 1 FROM skip WHERE skip.case_id = cases.id AND skip.staff_id = $2 AND skip.until > $3)
         AND NOT EXISTS (SELECT 1 FROM left_out WHERE left_out.staff_id = $2 AND left_out.until > $3
            AND left_out.topic IN (cases.harm, cases.age_band))
         AND (level = 0 OR NOT EXISTS (SELECT 1 FROM staff_language WHERE staff_language.staff_id = $2)
            OR EXISTS (SELECT 1 FROM staff_language WHERE staff_language.staff_id = $2
                AND staff_language.language = cases.language))
         AND (level NOT IN (1, 2) OR NOT EXISTS
            (SELECT 1 FROM lighter_work WHERE lighter_work.staff_id = $2 AND lighter_work.until > $3))
         AND (team_id IS NULL OR level <= 1 OR deadline < $3
            OR EXISTS (SELECT 1 FROM team_member WHERE team_member.team_id = cases.team_id AND team_member.staff_id = $2)
            OR NOT EXISTS (SELECT 1 FROM team_member JOIN staff ON staff.id = team_member.staff_id
                WHERE team_member.team_id = cases.team_id AND staff.state = 'active'))"
    };
}

/// The cases with an item that waits for somebody else's assessment: `$2` is who looks, `$3` whether they are a lead. Few
/// wait at any time, so they come first and their cases are looked up (`CROSS JOIN` holds SQLite to that order).
macro_rules! second_look {
    () => {
        "(SELECT DISTINCT one.case_id AS looked_id FROM assessment AS one
            WHERE one.awaits IS NOT NULL AND (one.awaits = 'second' OR (one.awaits = 'lead' AND $3)) AND NOT EXISTS
                (SELECT 1 FROM assessment AS own WHERE own.item_id = one.item_id AND own.staff_id = $2)) AS looked
         CROSS JOIN cases WHERE cases.id = looked_id AND state <> 'withdrawn'"
    };
}

/// The columns of a [`QueueRow`], from `cases` alone; `$now` is the number of the value that is now.
macro_rules! row_columns {
    ($now:literal) => {
        concat!(
            "id, reference, harm, age_band, language, country, state, level, flagger_rank, raised, deadline, reasons, received_at,
                updated_at, holder_id, unread_from_reporter, alarms, is_unrouted,
                (SELECT name FROM team WHERE team.id = team_id) AS team,
                (SELECT name FROM organisation WHERE organisation.id = flagger_id) AS flagger,
                (SELECT name FROM staff WHERE staff.id = holder_id) AS holder,
                (SELECT COUNT(*) FROM item WHERE case_id = cases.id AND kind = 'location') AS locations,
                (SELECT COUNT(*) FROM item WHERE case_id = cases.id AND kind = 'account') AS accounts,
                (SELECT COUNT(*) FROM item WHERE case_id = cases.id AND kind = 'file') AS files,
                EXISTS (SELECT 1 FROM notice WHERE case_id = cases.id AND notice.state = 'undeliverable') AS notice_failed,
                (SELECT COUNT(*) FROM skip WHERE skip.case_id = cases.id AND skip.until > ", $now, ") AS skips"
        )
    };
}

pub(crate) use row_columns;

/// A page of a place: `$1` the hotline, `$2` who looks, `$3` whether they are a lead, `$4` to `$8` the other filters, `$9` to
/// `$13` and `$17` the case the page starts after, `$14` how many, `$15` now, `$16` the team.
macro_rules! page_of {
    ($which:expr) => {
        concat!(
            "SELECT ",
            row_columns!("$15"),
            "
             FROM ",
            $which,
            " AND hotline_id = $1 AND ($4 IS NULL OR level = $4) AND ($5 IS NULL OR harm = $5)
              AND ($6 IS NULL OR language = $6) AND ($7 IS NULL OR country = $7) AND ($8 IS NULL OR state = $8)
              AND ($16 IS NULL OR team_id = $16)
              AND (level, flagger_rank, raised, deadline, received_at, id) > ($9, $10, $17, $11, $12, $13)
             ORDER BY level, flagger_rank, raised, deadline, received_at, id LIMIT $14"
        )
    };
}

impl Place {
    fn page_sql(self) -> &'static str {
        match self {
            Self::Queue => page_of!(concat!("cases WHERE ", queued!())),
            Self::Mine => page_of!(concat!("cases WHERE holder_id = $2 AND ", open!())),
            Self::Colleagues => page_of!(concat!("cases WHERE holder_id <> $2 AND ", open!())),
            Self::Waiting => page_of!("cases WHERE state IN ('waiting_for_reporter', 'waiting_for_providers')"),
            Self::SecondLook => page_of!(second_look!()),
        }
    }
}

/// The statements by which cases are listed and taken, for whoever looks at how the engines carry them out.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn statements() -> Vec<crate::testing::Statement> {
    const PAGE: &str =
        "uuid, uuid, bool, bigint, text, text, text, text, bigint, bigint, timestamptz, timestamptz, uuid, bigint,
        timestamptz, uuid, bool";
    const TAKE: &str = "uuid, uuid, timestamptz";
    vec![
        ("queue, a page", Place::Queue.page_sql(), PAGE),
        ("my cases, a page", Place::Mine.page_sql(), PAGE),
        ("colleagues' cases, a page", Place::Colleagues.page_sql(), PAGE),
        ("waiting cases, a page", Place::Waiting.page_sql(), PAGE),
        ("second look, a page", Place::SecondLook.page_sql(), PAGE),
        ("how much there is to do", COUNTS, "uuid, uuid, bool, timestamptz"),
        ("the head of the queue", HEAD, "uuid"),
        ("what is raised next", OVERDUE, "timestamptz, bigint"),
        ("take the next", MOST_URGENT, TAKE),
        ("take the oldest overdue", OLDEST_OVERDUE, TAKE),
    ]
}

/// One page of a place, most urgent first.
pub async fn list(
    cw: &Casework,
    session: &StaffSession,
    place: Place,
    filter: &QueueFilter,
    after: Option<Cursor>,
) -> Result<QueuePage, Error> {
    let after = after.unwrap_or_else(Cursor::start);
    let mut tx = cw.storage.read().await?;
    let mut rows = fetch_all!(
        &mut tx,
        QueueRow,
        place.page_sql(),
        session.organisation,
        session.staff,
        session.role == Role::Lead,
        filter.level,
        filter.harm,
        filter.language.clone(),
        filter.country.clone(),
        filter.state,
        after.level,
        after.flagger_rank,
        after.deadline,
        after.received_at,
        after.id,
        i64::try_from(PAGE + 1).unwrap_or(i64::MAX),
        cw.now(),
        filter.team,
        after.raised
    )?;
    let is_more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = is_more.then(|| rows.last().map(QueueRow::cursor)).flatten();
    Ok(QueuePage { rows, next })
}

/// One above [`MOST_COUNTED`], for statements.
macro_rules! one_more_than_counted {
    () => {
        1000
    };
}

/// Cases of a place are counted so far. Of more nobody needs the number on every page, and counting a hundred thousand
/// takes longer than everything else on it; [`crate::figures`] has it.
pub const MOST_COUNTED: i64 = one_more_than_counted!() - 1;

/// How much work there is, by place: each at most one above [`MOST_COUNTED`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Counts {
    /// Open and in nobody's hands.
    pub queue: i64,
    /// Of these, late or due within the hour.
    pub due_soon: i64,
    /// In my hands.
    pub mine: i64,
    /// Waiting for a reporter or for providers.
    pub waiting: i64,
    /// With an item that waits for my assessment.
    pub second_look: i64,
}

/// Counts cases that meet a condition, and goes no further than one above [`MOST_COUNTED`].
macro_rules! count_of {
    ($which:expr) => {
        concat!("(SELECT COUNT(*) FROM (SELECT 1 FROM ", $which, " LIMIT ", one_more_than_counted!(), ") AS counted)")
    };
}

/// `$1` the hotline, `$2` who looks, `$3` whether they are a lead, `$4` what is due soon. (Every level is between 0 and 4; saying
/// so leads SQLite to the index that says the same words as the rest.)
const COUNTS: &str = concat!(
    "SELECT ",
    count_of!(concat!("cases WHERE hotline_id = $1 AND level BETWEEN 0 AND 4 AND ", queued!())),
    " AS queue, ",
    count_of!(concat!("cases WHERE hotline_id = $1 AND deadline <= $4 AND ", queued!())),
    " AS due_soon, ",
    count_of!(concat!("cases WHERE hotline_id = $1 AND level BETWEEN 0 AND 4 AND holder_id = $2 AND ", open!())),
    " AS mine, ",
    count_of!(
        "cases WHERE hotline_id = $1 AND level BETWEEN 0 AND 4 AND state IN ('waiting_for_reporter', 'waiting_for_providers')"
    ),
    " AS waiting, ",
    count_of!(concat!(second_look!(), " AND hotline_id = $1")),
    " AS second_look"
);

/// The case at the head of the queue, whoever may take it. `$1` hotline.
const HEAD: &str = concat!(
    "SELECT id FROM cases WHERE hotline_id = $1 AND ",
    queued!(),
    " ORDER BY level, flagger_rank, raised, deadline, received_at, id LIMIT 1"
);

/// The most urgent case that waits, whoever may take it.
pub(crate) async fn head(tx: &mut Tx, session: &StaffSession) -> Result<Option<Uuid>, Error> {
    Ok(fetch_optional!(tx, (Uuid,), HEAD, session.organisation)?.map(|(case,)| case))
}

/// Counts every place as it is now.
pub async fn counts(cw: &Casework, session: &StaffSession) -> Result<Counts, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_one!(
        &mut tx,
        Counts,
        COUNTS,
        session.organisation,
        session.staff,
        session.role == Role::Lead,
        cw.now() + TimeDelta::hours(1)
    )?)
}

/// The most urgent case this person is given. `$1` hotline, `$2` staff, `$3` now.
pub(crate) const MOST_URGENT: &str = concat!(
    "SELECT id FROM cases WHERE hotline_id = $1 AND ",
    queued!(),
    " AND ",
    may_hold!("$2"),
    " AND ",
    is_given!(),
    " ORDER BY level, flagger_rank, raised, deadline, received_at, id LIMIT 1"
);

/// The case of levels 2 and 3 that has been overdue longest. `$1` hotline, `$2` staff, `$3` now.
pub(crate) const OLDEST_OVERDUE: &str = concat!(
    "SELECT id FROM cases WHERE hotline_id = $1 AND ",
    queued!(),
    " AND level IN (2, 3) AND deadline < $3 AND ",
    may_hold!("$2"),
    " AND ",
    is_given!(),
    " ORDER BY deadline, id LIMIT 1"
);

/// Which take of an analyst's is for what has waited longest.
const TAKE_FOR_THE_OVERDUE: i64 = 10;

/// Whether an analyst's take of this number, from 1, is for what has waited longest, if nothing urgent waits.
pub fn is_for_the_overdue(number: i64) -> bool {
    number % TAKE_FOR_THE_OVERDUE == 0
}

/// Takes the most urgent case of those this person is given ([`crate::staff::takes`]). While nothing waits in levels 0 and 1,
/// each analyst's tenth take is the case of levels 2 and 3 that has been overdue longest, so that nothing waits for ever. None
/// if nothing waits.
pub async fn take_next(cw: &Casework, session: &StaffSession) -> Result<Option<Uuid>, Refused> {
    if !session.is_holder() {
        return Err(Refused::NotFound);
    }
    let mut tx = cw.storage.write().await?;
    let (number,) = fetch_one!(
        &mut tx,
        (i64,),
        "INSERT INTO takes (staff_id, number) VALUES ($1, 1) ON CONFLICT (staff_id) DO UPDATE SET number = takes.number + 1
         RETURNING number",
        session.staff
    )?;
    let Some(case) = choose(cw, &mut tx, session, number).await? else { return Ok(None) };
    put_in_hands(cw, &mut tx, session, case).await?;
    tx.commit().await?;
    Ok(Some(case))
}

async fn choose(cw: &Casework, tx: &mut Tx, session: &StaffSession, number: i64) -> Result<Option<Uuid>, Error> {
    if is_for_the_overdue(number) && !urgent_waits(tx, session.organisation).await? {
        let overdue = tx.oldest_overdue_case(session.organisation, session.staff, cw.now()).await?;
        if overdue.is_some() {
            return Ok(overdue);
        }
    }
    Ok(tx.most_urgent_case(session.organisation, session.staff, cw.now()).await?)
}

async fn urgent_waits(tx: &mut Tx, hotline: Uuid) -> Result<bool, Error> {
    let (waits,) = fetch_one!(
        tx,
        (bool,),
        concat!("SELECT EXISTS (SELECT 1 FROM cases WHERE hotline_id = $1 AND level IN (0, 1) AND ", queued!(), ")"),
        hotline
    )?;
    Ok(waits)
}

/// Takes this case, if it is open, nobody holds it, and this person may.
pub async fn take(cw: &Casework, session: &StaffSession, case: Uuid) -> Result<(), Refused> {
    if !session.is_holder() {
        return Err(Refused::NotFound);
    }
    let mut tx = cw.storage.write().await?;
    put_in_hands(cw, &mut tx, session, case).await?;
    tx.commit().await?;
    Ok(())
}

#[derive(FromRow)]
struct BeforeTaking {
    state: CaseState,
    holder_id: Option<Uuid>,
    first_action_at: Option<DateTime<Utc>>,
    alarms: i64,
    alarm_since: Option<DateTime<Utc>>,
}

pub(crate) async fn put_in_hands(
    cw: &Casework,
    tx: &mut Tx,
    session: &StaffSession,
    case: Uuid,
) -> Result<(), Refused> {
    let before = fetch_optional!(
        tx,
        BeforeTaking,
        "SELECT state, holder_id, first_action_at, alarms, alarm_since FROM cases WHERE id = $1 AND hotline_id = $2",
        case,
        session.organisation
    )?;
    let before = before.ok_or(Refused::NotFound)?;
    match before.holder_id {
        Some(holder) if holder == session.staff => return Ok(()),
        Some(_) => return Err(Refused::HeldByAnother),
        None => {}
    }
    if !before.state.is_open() {
        return Err(Refused::NotNow);
    }
    let is_waiting = matches!(before.state, CaseState::WaitingForReporter | CaseState::WaitingForProviders);
    let state = if is_waiting { before.state } else { CaseState::InReview };
    let taken = execute!(
        tx,
        concat!(
            "UPDATE cases SET holder_id = $1, touched_at = $2, first_action_at = COALESCE(first_action_at, $2), state = $3,
                alarms = 0, alarm_since = NULL
             WHERE id = $4 AND state = $5 AND holder_id IS NULL AND ",
            may_hold!("$1")
        ),
        session.staff,
        cw.now(),
        state,
        case,
        before.state
    )?;
    if taken == 0 {
        return Err(why_not_taken(tx, case).await?);
    }
    let actor = Actor::Staff(session.staff);
    if let Some(since) = before.alarm_since {
        let answered = Event::AlarmAnswered { times: before.alarms, minutes: (cw.now() - since).num_minutes() };
        history::record(cw, tx, case, actor, None, &answered).await?;
    }
    history::record(cw, tx, case, actor, None, &Event::Taken).await?;
    if before.first_action_at.is_none() {
        history::record(cw, tx, case, actor, None, &Event::Opened).await?;
    }
    audit::record(cw, tx, actor, "case.take", case, "").await?;
    Ok(())
}

/// The row was free a moment ago: either somebody else was faster, or this person may not have it.
async fn why_not_taken(tx: &mut Tx, case: Uuid) -> Result<Refused, Error> {
    let (held,) = fetch_one!(tx, (bool,), "SELECT holder_id IS NOT NULL FROM cases WHERE id = $1", case)?;
    Ok(if held { Refused::HeldByAnother } else { Refused::NotForYou })
}

/// Puts a case back where anybody may take it. Its holder may, and a lead for somebody who is away.
pub async fn release(cw: &Casework, session: &StaffSession, case: Uuid) -> Result<(), Refused> {
    let mut tx = cw.storage.write().await?;
    let released = execute!(
        &mut tx,
        "UPDATE cases SET holder_id = NULL, touched_at = NULL
         WHERE id = $1 AND hotline_id = $2 AND holder_id IS NOT NULL AND (holder_id = $3 OR $4)",
        case,
        session.organisation,
        session.staff,
        session.role == Role::Lead
    )?;
    if released == 0 {
        return Err(Refused::NotInYourHands);
    }
    note_release(cw, &mut tx, session, case).await?;
    tx.commit().await?;
    Ok(())
}

/// Puts the case in one's hands back, with a word about it if there is one to say.
pub async fn leave(cw: &Casework, session: &StaffSession, case: Uuid, words: Option<&Words>) -> Result<(), Refused> {
    let mut tx = cw.storage.write().await?;
    note::with_act(cw, &mut tx, session, case, words).await?;
    put_back(cw, &mut tx, session, case).await?;
    tx.commit().await?;
    Ok(())
}

/// Puts a case back that this person has in their hands; nothing if they have not (any more), or it is not open.
pub(crate) async fn put_back(cw: &Casework, tx: &mut Tx, session: &StaffSession, case: Uuid) -> Result<(), Error> {
    let sql =
        concat!("UPDATE cases SET holder_id = NULL, touched_at = NULL WHERE id = $1 AND holder_id = $2 AND ", open!());
    match execute!(tx, sql, case, session.staff)? {
        0 => Ok(()),
        _ => note_release(cw, tx, session, case).await,
    }
}

async fn note_release(cw: &Casework, tx: &mut Tx, session: &StaffSession, case: Uuid) -> Result<(), Error> {
    let actor = Actor::Staff(session.staff);
    history::record(cw, tx, case, actor, None, &Event::Released).await?;
    audit::record(cw, tx, actor, "case.release", case, "").await
}

/// Gives a case to a colleague who may hold it, with a word about it if there is one to say.
pub async fn hand_over(
    cw: &Casework,
    session: &StaffSession,
    case: Uuid,
    to: Uuid,
    words: Option<&Words>,
) -> Result<(), Refused> {
    let mut tx = cw.storage.write().await?;
    note::with_act(cw, &mut tx, session, case, words).await?;
    let handed = execute!(
        &mut tx,
        concat!(
            "UPDATE cases SET holder_id = $1, touched_at = $2 WHERE id = $3 AND EXISTS
                (SELECT 1 FROM staff WHERE staff.id = $1 AND state = 'active' AND organisation_id = $4) AND ",
            may_hold!("$1")
        ),
        to,
        cw.now(),
        case,
        session.organisation
    )?;
    if handed == 0 {
        return Err(Refused::NotForThem);
    }
    let actor = Actor::Staff(session.staff);
    history::record(cw, &mut tx, case, actor, None, &Event::HandedOver { to }).await?;
    audit::record(cw, &mut tx, actor, "case.hand_over", case, &to.to_string()).await?;
    tx.commit().await?;
    Ok(())
}

/// Somebody a case can be handed to.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Colleague {
    /// Who.
    pub id: Uuid,
    /// Their name.
    pub name: String,
}

/// Everybody of the hotline who may hold this case, by name; without the one who asks.
pub(crate) async fn colleagues(tx: &mut Tx, session: &StaffSession, case: Uuid) -> Result<Vec<Colleague>, Error> {
    Ok(fetch_all!(
        tx,
        Colleague,
        concat!(
            "SELECT staff.id, staff.name FROM staff JOIN cases ON cases.id = $1
             WHERE staff.organisation_id = $2 AND staff.state = 'active' AND staff.id <> $3 AND ",
            may_hold!("staff.id"),
            " ORDER BY staff.name, staff.id"
        ),
        case,
        session.organisation,
        session.staff
    )?)
}

/// How many cases one round of raising changes at most: the next round comes soon.
const RAISED_AT_ONCE: i64 = 500;

#[derive(FromRow)]
struct Overdue {
    id: Uuid,
    level: i64,
    flagger_rank: i64,
    deadline: DateTime<Utc>,
    reasons: JsonText<Vec<Reason>>,
}

/// Raises cases that missed their deadline: once each, by one level, never into levels 0 or 1 and never out of 4, keeping
/// the old deadline. For the worker. Gives how many were raised.
pub async fn raise_overdue(cw: &Casework) -> Result<u64, Error> {
    let now = cw.now();
    let mut raised = 0;
    for case in overdue(cw, now).await? {
        let mut tx = cw.storage.write().await?;
        raised += u64::from(raise(cw, &mut tx, case, now).await?);
        tx.commit().await?;
    }
    Ok(raised)
}

/// `$1` now, `$2` how many.
const OVERDUE: &str = concat!(
    "SELECT id, level, flagger_rank, deadline, reasons FROM cases WHERE ",
    queued!(),
    " AND level = 3 AND NOT raised AND deadline < $1 ORDER BY deadline, id LIMIT $2"
);

/// Only level 3 has a level above it that a missed deadline may lead to.
async fn overdue(cw: &Casework, now: DateTime<Utc>) -> Result<Vec<Overdue>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(&mut tx, Overdue, OVERDUE, now, RAISED_AT_ONCE)?)
}

async fn raise(cw: &Casework, tx: &mut Tx, case: Overdue, now: DateTime<Utc>) -> Result<bool, Error> {
    let old = Priority {
        level: u8::try_from(case.level).map_err(|_| Error::Inconsistent("cases.level"))?,
        flagger_rank: u8::try_from(case.flagger_rank).map_err(|_| Error::Inconsistent("cases.flagger_rank"))?,
        deadline: case.deadline,
        reasons: case.reasons.0,
    };
    let Some(new) = old.raise_for_missed_deadline(now) else { return Ok(false) };
    let level = i64::from(new.level);
    let changed = execute!(
        tx,
        "UPDATE cases SET level = $1, reasons = $2, raised = $3 WHERE id = $4 AND level = $5 AND raised <> $3 AND holder_id IS NULL",
        level,
        JsonText(new.reasons),
        true,
        case.id,
        case.level
    )?;
    if changed == 0 {
        return Ok(false);
    }
    history::record(cw, tx, case.id, Actor::System, None, &Event::Prioritised { level }).await?;
    audit::record(cw, tx, Actor::System, "case.raise", case.id, &level.to_string()).await?;
    Ok(true)
}
