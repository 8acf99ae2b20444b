//! One act for many cases: labelled, assessed, notified of or closed together, each by the use case that does it for one,
//! each with its own rows of history.
//!
//! Asked for now, carried out [`UNDO`] later by a worker: until then nothing has left, nobody was told, and undoing is
//! complete. Meanwhile the cases are in the hands of who asked, so that nobody works on one of them beside it. The worker
//! needs each case's keys; they are sealed to the server's operational key for that half minute, as a notice on its way is.
//!
//! A child in danger is never one of many: cases of level 0 are left out.

mod carry_out;

pub use carry_out::carry_out_due;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::assessment::Judgement;
use crate::case::{Refused, keys_of};
use crate::history::Actor;
use crate::press::Press;
use crate::reference::Reference;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::{ContextLabel, Outcome, choice};
use crate::vault::Binding;
use crate::{Casework, Error, audit, execute, fetch_all, fetch_optional, queue};

/// The most cases of one act.
pub const MOST: usize = 200;
/// How long it can be undone.
pub const UNDO: TimeDelta = TimeDelta::seconds(30);
/// Most characters of what is said with an act.
pub const LONGEST_WORDS: usize = 5_000;
/// How long it can be looked at.
const KEPT: TimeDelta = TimeDelta::days(1);

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
    let waiting = fetch_all!(
        &mut tx,
        (Uuid, bool),
        "UPDATE bulk_case SET sealed_case_key = NULL, sealed_staff_key = NULL WHERE bulk_id = $1 AND state = 'waiting'
         RETURNING case_id, was_held",
        bulk
    )?;
    for (case, _) in waiting.into_iter().filter(|(_, was_held)| !was_held) {
        queue::put_back(cw, &mut tx, session, case).await?;
    }
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "bulk.undo", bulk, "").await?;
    tx.commit().await?;
    Ok(true)
}

/// Forgets what was asked for more than a day ago. Gives how many; for the worker.
pub async fn purge(cw: &Casework) -> Result<u64, Error> {
    let mut tx = cw.storage.write().await?;
    let purged = execute!(&mut tx, "DELETE FROM bulk WHERE created_at <= $1", cw.now() - KEPT)?;
    tx.commit().await?;
    Ok(purged)
}
