//! One act for many cases: labelled, assessed, notified of or closed together, each by the use case that does it for one,
//! each with its own rows of history.
//!
//! Asked for now, carried out [`UNDO`] later by a worker: until then nothing has left, nobody was told, and undoing is
//! complete. Meanwhile the cases are in the hands of who asked, so that nobody works on one of them beside it. The worker
//! needs each case's keys; they are sealed to the server's operational key for that half minute, as a notice on its way is.
//!
//! A child in danger is never one of many: cases of level 0 are left out.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::assessment::{self, Judgement};
use crate::case::{self, Refused, keys_of};
use crate::case_keys::{CaseKeys, LentKeys};
use crate::history::Actor;
use crate::notice::{self, Draft, NoticeError};
use crate::press::Press;
use crate::reference::Reference;
use crate::staff::session::{self, StaffSession};
use crate::storage::Tx;
use crate::taxonomy::{ContextLabel, Outcome, choice};
use crate::text::Words;
use crate::vault::{Binding, Sealed};
use crate::{Casework, Error, audit, execute, fetch_all, fetch_optional, label, queue};

/// The most cases of one act.
pub const MOST: usize = 200;
/// How long it can be undone.
pub const UNDO: TimeDelta = TimeDelta::seconds(30);
/// Most characters of what is said with an act.
pub const LONGEST_WORDS: usize = 5_000;
/// How long it can be looked at.
const KEPT: TimeDelta = TimeDelta::days(1);
/// How long a worker has for one case before another one takes over.
const LEASE: TimeDelta = TimeDelta::minutes(5);

const ACT: &str = "bulk.act";
const CASE_KEY: &str = "bulk_case.case_key";
const STAFF_KEY: &str = "bulk_case.staff_key";

choice! {
    /// What is done.
    Kind {
        /// Labels are added.
        Label = "label",
        /// The case is closed.
        Close = "close",
        /// Items that nobody has assessed are.
        Assess = "assess",
        /// Providers are sent notices.
        Notify = "notify",
    }
}

choice! {
    /// What became of a case.
    Fate {
        /// It waits its half minute.
        Waiting = "waiting",
        /// It was done.
        Done = "done",
        /// It was not, and [`Row::refusal`] says why.
        Refused = "refused",
    }
}

/// An act, complete.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Act {
    /// Adds labels.
    Label {
        /// These.
        labels: BTreeSet<ContextLabel>,
    },
    /// Closes.
    Close {
        /// How it ended.
        outcome: Outcome,
        /// What each reporter is told.
        explanation: Option<String>,
    },
    /// Assesses every item that has no assessment.
    Assess {
        /// As this.
        judgement: Judgement,
    },
    /// Sends each provider of the case's links and accounts a notice about those that no notice is about.
    Notify {
        /// Why it is illegal.
        explanation: String,
    },
}

impl Act {
    fn kind(&self) -> Kind {
        match self {
            Self::Label { .. } => Kind::Label,
            Self::Close { .. } => Kind::Close,
            Self::Assess { .. } => Kind::Assess,
            Self::Notify { .. } => Kind::Notify,
        }
    }
}

/// Asks for an act. Cases that can't be part of it are noted with the reason. Gives its id.
pub async fn ask(
    cw: &Casework,
    session: &StaffSession,
    act: &Act,
    cases: &BTreeSet<Uuid>,
    press: &Press,
) -> Result<Uuid, Refused> {
    let mut tx = cw.storage.write().await?;
    if !press.is_first(cw, &mut tx).await? {
        let sql = "SELECT id FROM bulk WHERE staff_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1";
        let newest = fetch_optional!(&mut tx, (Uuid,), sql, session.staff)?;
        return newest.map(|(id,)| id).ok_or(Refused::NotNow);
    }
    let id = cw.new_id();
    let json = serde_json::to_vec(act).map_err(|_| Error::Inconsistent(ACT))?;
    let sealed = cw.keys.operational().public.seal(&*cw.randomness, Binding::new(id, ACT), &json);
    execute!(
        &mut tx,
        "INSERT INTO bulk (id, organisation_id, staff_id, kind, sealed_act, due_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        session.organisation,
        session.staff,
        act.kind(),
        sealed,
        cw.now() + UNDO,
        cw.now()
    )?;
    for &case in cases.iter().take(MOST) {
        add(cw, &mut tx, session, id, case).await?;
    }
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "bulk.ask", id, act.kind().as_str()).await?;
    tx.commit().await?;
    Ok(id)
}

#[derive(FromRow)]
struct Before {
    level: i64,
    holder_id: Option<Uuid>,
}

async fn add(cw: &Casework, tx: &mut Tx, session: &StaffSession, bulk: Uuid, case: Uuid) -> Result<(), Refused> {
    let sql = "SELECT level, holder_id FROM cases WHERE id = $1 AND hotline_id = $2";
    let Some(before) = fetch_optional!(tx, Before, sql, case, session.organisation)? else { return Ok(()) };
    let was_held = before.holder_id == Some(session.staff);
    let taken = match before.level {
        0 => Err(Refused::NotForYou),
        _ => queue::put_in_hands(cw, tx, session, case).await,
    };
    let (refusal, keys) = match taken {
        Ok(()) => (None, Some(keys_of(tx, session, case).await?)),
        Err(Refused::Failed(cause)) => return Err(cause.into()),
        Err(refused) => (Some(code_of(&refused)), None),
    };
    let operational = &cw.keys.operational().public;
    let seal = |field, key| operational.seal_key(&*cw.randomness, Binding::new(case, field), key);
    execute!(
        tx,
        "INSERT INTO bulk_case (bulk_id, case_id, state, was_held, refusal, sealed_case_key, sealed_staff_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        bulk,
        case,
        if refusal.is_some() { Fate::Refused } else { Fate::Waiting },
        was_held,
        refusal,
        keys.as_ref().map(|keys| seal(CASE_KEY, &keys.case)),
        keys.as_ref().map(|keys| seal(STAFF_KEY, &keys.staff))
    )?;
    Ok(())
}

/// A refusal as a code, which becomes words on the page.
fn code_of(refused: &Refused) -> &'static str {
    match refused {
        Refused::NotFound => "not_found",
        Refused::HeldByAnother => "held_by_another",
        Refused::NotInYourHands => "not_in_your_hands",
        Refused::NotForYou | Refused::NotForThem => "not_for_you",
        Refused::NotNow => "not_now",
        Refused::LeadsOnly => "leads_only",
        Refused::SamePerson => "same_person",
        Refused::AlreadyAssessed => "already_assessed",
        Refused::NotSo => "not_so",
        Refused::NeedsExplanation => "needs_explanation",
        Refused::Failed(_) => "failed",
    }
}

/// An act as it stands.
#[derive(Clone, Debug, FromRow)]
pub struct Asked {
    /// What is done.
    pub kind: Kind,
    /// Until when it can be undone.
    pub due_at: DateTime<Utc>,
    /// When it was undone, if it was.
    pub undone_at: Option<DateTime<Utc>>,
}

/// A case of it.
#[derive(Clone, Debug, FromRow)]
pub struct Row {
    /// The case.
    pub case_id: Uuid,
    /// Its name.
    pub reference: Reference,
    /// What became of it.
    #[sqlx(rename = "state")]
    pub fate: Fate,
    /// Why it was refused: a code.
    pub refusal: Option<String>,
}

/// An act that this member asked for, and its cases; none if there is no such act.
pub async fn read(cw: &Casework, session: &StaffSession, bulk: Uuid) -> Result<Option<(Asked, Vec<Row>)>, Error> {
    let mut tx = cw.storage.read().await?;
    let sql = "SELECT kind, due_at, undone_at FROM bulk WHERE id = $1 AND staff_id = $2";
    let Some(asked) = fetch_optional!(&mut tx, Asked, sql, bulk, session.staff)? else { return Ok(None) };
    let rows = fetch_all!(
        &mut tx,
        Row,
        "SELECT case_id, reference, bulk_case.state, refusal FROM bulk_case JOIN cases ON cases.id = case_id
         WHERE bulk_id = $1 ORDER BY bulk_case.state, reference",
        bulk
    )?;
    Ok(Some((asked, rows)))
}

/// Undoes an act in time: nothing of it happens, and what was taken for it goes back. False if it is too late.
pub async fn undo(cw: &Casework, session: &StaffSession, bulk: Uuid) -> Result<bool, Error> {
    let mut tx = cw.storage.write().await?;
    let undone = execute!(
        &mut tx,
        "UPDATE bulk SET undone_at = $1 WHERE id = $2 AND staff_id = $3 AND undone_at IS NULL AND started_at IS NULL AND due_at > $1",
        cw.now(),
        bulk,
        session.staff
    )?;
    if undone == 0 {
        return Ok(false);
    }
    let taken = fetch_all!(
        &mut tx,
        (Uuid,),
        "UPDATE bulk_case SET sealed_case_key = NULL, sealed_staff_key = NULL WHERE bulk_id = $1 AND state = 'waiting'
         RETURNING case_id",
        bulk
    )?;
    let free = fetch_all!(
        &mut tx,
        (Uuid,),
        "SELECT case_id FROM bulk_case WHERE bulk_id = $1 AND was_held = $2",
        bulk,
        false
    )?;
    for (case,) in free.iter().filter(|case| taken.contains(case)) {
        queue::put_back(cw, &mut tx, session, *case).await?;
    }
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "bulk.undo", bulk, "").await?;
    tx.commit().await?;
    Ok(true)
}

#[derive(FromRow)]
struct Due {
    id: Uuid,
    staff_id: Uuid,
    sealed_act: Sealed,
}

/// Carries out what is due; for the worker. Gives how many cases.
pub async fn carry_out_due(cw: &Casework) -> Result<u64, Error> {
    let mut carried_out = 0;
    for due in start_due(cw).await? {
        let json = cw.keys.operational().private.open(Binding::new(due.id, ACT), &due.sealed_act)?;
        let act = serde_json::from_slice(&json).map_err(|_| Error::Inconsistent(ACT))?;
        while let Some(case) = next_case(cw, due.id).await? {
            carry_out(cw, &due, &act, case).await?;
            carried_out += 1;
        }
    }
    Ok(carried_out)
}

/// From here on it can't be undone any more.
async fn start_due(cw: &Casework) -> Result<Vec<Due>, Error> {
    let mut tx = cw.storage.write().await?;
    execute!(
        &mut tx,
        "UPDATE bulk SET started_at = $1 WHERE started_at IS NULL AND undone_at IS NULL AND due_at <= $1 AND created_at > $2",
        cw.now(),
        cw.now() - KEPT
    )?;
    let due = fetch_all!(
        &mut tx,
        Due,
        "SELECT id, staff_id, sealed_act FROM bulk WHERE started_at IS NOT NULL AND created_at > $1
            AND EXISTS (SELECT 1 FROM bulk_case WHERE bulk_id = bulk.id AND state = 'waiting') ORDER BY created_at",
        cw.now() - KEPT
    )?;
    tx.commit().await?;
    Ok(due)
}

#[derive(FromRow)]
struct Waiting {
    case_id: Uuid,
    was_held: bool,
    sealed_case_key: Sealed,
    sealed_staff_key: Sealed,
}

/// The next case that no other worker has.
async fn next_case(cw: &Casework, bulk: Uuid) -> Result<Option<Waiting>, Error> {
    let mut tx = cw.storage.write().await?;
    let case = fetch_optional!(
        &mut tx,
        Waiting,
        "UPDATE bulk_case SET leased_until = $1 WHERE bulk_id = $2 AND (leased_until IS NULL OR leased_until < $3) AND case_id =
            (SELECT case_id FROM bulk_case WHERE bulk_id = $2 AND state = 'waiting' AND (leased_until IS NULL OR leased_until < $3)
             ORDER BY case_id LIMIT 1)
         RETURNING case_id, was_held, sealed_case_key, sealed_staff_key",
        cw.now() + LEASE,
        bulk,
        cw.now()
    )?;
    tx.commit().await?;
    Ok(case)
}

async fn carry_out(cw: &Casework, due: &Due, act: &Act, waiting: Waiting) -> Result<(), Error> {
    let case = waiting.case_id;
    let operational = &cw.keys.operational().private;
    let keys = CaseKeys {
        case: operational.open_key(Binding::new(case, CASE_KEY), &waiting.sealed_case_key)?,
        staff: operational.open_key(Binding::new(case, STAFF_KEY), &waiting.sealed_staff_key)?,
    };
    let session = session::on_behalf(cw, due.staff_id, LentKeys { case, keys }).await?;
    let refusal = match &session {
        Some(session) => match done(cw, session, due.id, act, case).await {
            Ok(()) => None,
            Err(Undone::Failed(cause)) => return Err(cause),
            Err(Undone::Refused(code)) => Some(code),
        },
        None => Some("not_for_you"),
    };
    let mut tx = cw.storage.write().await?;
    if let Some(session) = session.filter(|_| !waiting.was_held) {
        queue::put_back(cw, &mut tx, &session, case).await?;
    }
    execute!(
        &mut tx,
        "UPDATE bulk_case SET state = $1, refusal = $2, sealed_case_key = NULL, sealed_staff_key = NULL, leased_until = NULL
         WHERE bulk_id = $3 AND case_id = $4",
        if refusal.is_some() { Fate::Refused } else { Fate::Done },
        refusal,
        due.id,
        case
    )?;
    Ok(tx.commit().await?)
}

/// Why a case was left as it was.
enum Undone {
    Refused(&'static str),
    Failed(Error),
}

impl From<Refused> for Undone {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Failed(cause) => Self::Failed(cause),
            refused => Self::Refused(code_of(&refused)),
        }
    }
}

impl From<NoticeError> for Undone {
    fn from(error: NoticeError) -> Self {
        match error {
            NoticeError::Internal(cause) => Self::Failed(cause),
            NoticeError::NoAddress => Self::Refused("no_address"),
            NoticeError::TooMany => Self::Refused("too_many"),
            NoticeError::NotYours => Self::Refused("not_in_your_hands"),
            NoticeError::NothingChosen | NoticeError::OtherProvider | NoticeError::MovedOn | NoticeError::Unknown => {
                Self::Refused("not_now")
            }
        }
    }
}

impl From<crate::storage::StorageError> for Undone {
    fn from(cause: crate::storage::StorageError) -> Self {
        Self::Failed(cause.into())
    }
}

fn read_words(text: &str) -> Result<Words, Undone> {
    Words::parse(text, LONGEST_WORDS).map_err(|_| Undone::Failed(Error::Inconsistent(ACT)))
}

async fn done(cw: &Casework, session: &StaffSession, bulk: Uuid, act: &Act, case: Uuid) -> Result<(), Undone> {
    match act {
        Act::Label { labels } => Ok(label::add(cw, session, case, labels).await?),
        Act::Close { outcome, explanation } => {
            let words = explanation.as_deref().map(read_words).transpose()?;
            Ok(case::close(cw, session, case, *outcome, words.as_ref()).await?)
        }
        Act::Assess { judgement } => assess(cw, session, case, judgement).await,
        Act::Notify { explanation } => notify(cw, session, bulk, case, &read_words(explanation)?).await,
    }
}

async fn assess(cw: &Casework, session: &StaffSession, case: Uuid, judgement: &Judgement) -> Result<(), Undone> {
    let open = fetch_all!(
        &mut cw.storage.read().await?,
        (Uuid,),
        "SELECT id FROM item WHERE case_id = $1 AND NOT EXISTS (SELECT 1 FROM assessment WHERE item_id = item.id) ORDER BY id",
        case
    )?;
    if open.is_empty() {
        return Err(Undone::Refused("already_assessed"));
    }
    for (item,) in open {
        assessment::assess(cw, session, case, item, judgement).await?;
    }
    Ok(())
}

async fn notify(
    cw: &Casework,
    session: &StaffSession,
    bulk: Uuid,
    case: Uuid,
    explanation: &Words,
) -> Result<(), Undone> {
    let rows = fetch_all!(
        &mut cw.storage.read().await?,
        (Uuid, Uuid),
        "SELECT provider_id, id FROM item WHERE case_id = $1 AND provider_id IS NOT NULL AND kind IN ('location', 'account')
            AND NOT EXISTS (SELECT 1 FROM notice_item JOIN notice ON notice.id = notice_id
                WHERE item_id = item.id AND notice.state NOT IN ('draft', 'withdrawn'))",
        case
    )?;
    let mut by_provider = BTreeMap::<Uuid, BTreeSet<Uuid>>::new();
    for (provider, item) in rows {
        by_provider.entry(provider).or_default().insert(item);
    }
    if by_provider.is_empty() {
        return Err(Undone::Refused("no_provider"));
    }
    for (provider, items) in by_provider {
        // The same one again after a crash, not a second one.
        let press = Press::of(bulk, [("case", case.to_string().as_str()), ("provider", provider.to_string().as_str())]);
        let drafted =
            notice::draft(cw, session, case, &Draft::new(provider, items, explanation.clone()), &press).await?;
        notice::approve(cw, session, drafted).await?;
    }
    Ok(())
}

/// Forgets what was asked for more than a day ago. Gives how many; for the worker.
pub async fn purge(cw: &Casework) -> Result<u64, Error> {
    let mut tx = cw.storage.write().await?;
    let purged = execute!(&mut tx, "DELETE FROM bulk WHERE created_at <= $1", cw.now() - KEPT)?;
    tx.commit().await?;
    Ok(purged)
}
