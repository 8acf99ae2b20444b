//! A legal hold: while it is on, nothing of a case is erased, whoever asks and whatever the rules of retention say. A lead
//! puts it on for a reason, and it stands on a page until somebody takes it off.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::case::{Refused, keys_of, readable};
use crate::history::{self, Actor, Event};
use crate::reference::Reference;
use crate::staff::session::StaffSession;
use crate::taxonomy::{Role, choice};
use crate::text::Words;
use crate::{Casework, Error, audit, execute, fetch_all, note};

choice! {
    /// Why.
    HoldReason {
        /// The police asked for it.
        Police = "police",
        /// A court ordered it.
        Court = "court",
        /// An authority examines what was done.
        Authority = "authority",
        /// Somebody complains or sues, and the case is evidence.
        Dispute = "dispute",
    }
}

/// A hold that is on.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Hold {
    /// The case.
    pub case_id: Uuid,
    /// Its public name.
    pub reference: Reference,
    /// Why; none for one from before reasons were asked for.
    pub reason: Option<HoldReason>,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// Who put it on.
    pub by: Option<String>,
    /// Whether something would have been erased by now: the reporter asked for it.
    pub is_waited_for: bool,
}

/// Most holds that a page shows.
const SHOWN: i64 = 500;

/// The holds of this hotline, the oldest first.
pub async fn all(cw: &Casework, session: &StaffSession) -> Result<Vec<Hold>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(
        &mut tx,
        Hold,
        "SELECT id AS case_id, reference, hold_reason AS reason, hold_since AS since,
            (SELECT name FROM staff WHERE staff.id = hold_by) AS by,
            COALESCE(erase_words_at <= $2 OR end_protection_at <= $2, $3) AS is_waited_for
         FROM cases WHERE hotline_id = $1 AND legal_hold ORDER BY hold_since, id LIMIT $4",
        session.organisation,
        cw.now(),
        false,
        SHOWN
    )?)
}

/// Puts a hold on a case; what there is more to say of it becomes a note.
pub async fn put(
    cw: &Casework,
    session: &StaffSession,
    case: Uuid,
    reason: HoldReason,
    words: Option<&Words>,
) -> Result<(), Refused> {
    leads_only(session)?;
    let mut tx = cw.storage.write().await?;
    let readable = readable(&mut tx, session, case).await?;
    let changed = execute!(
        &mut tx,
        "UPDATE cases SET legal_hold = $1, hold_reason = $2, hold_since = $3, hold_by = $4 WHERE id = $5 AND NOT legal_hold",
        true,
        reason,
        cw.now(),
        session.staff,
        case
    )?;
    if changed == 0 {
        return Err(Refused::NotNow);
    }
    if let Some(words) = words {
        note::write(cw, &mut tx, &readable, session.staff, words).await?;
    }
    let actor = Actor::Staff(session.staff);
    let event = Event::LegalHold { on: true, reason: Some(reason) };
    history::record(cw, &mut tx, case, actor, None, &event).await?;
    audit::record(cw, &mut tx, actor, "case.legal_hold", case, reason.as_str()).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes it off. What was due meanwhile is erased by the worker's next round.
pub async fn lift(cw: &Casework, session: &StaffSession, case: Uuid) -> Result<(), Refused> {
    leads_only(session)?;
    let mut tx = cw.storage.write().await?;
    keys_of(&mut tx, session, case).await?;
    let changed = execute!(
        &mut tx,
        "UPDATE cases SET legal_hold = $1, hold_reason = NULL, hold_since = NULL, hold_by = NULL
         WHERE id = $2 AND hotline_id = $3 AND legal_hold",
        false,
        case,
        session.organisation
    )?;
    if changed == 0 {
        return Err(Refused::NotNow);
    }
    let actor = Actor::Staff(session.staff);
    history::record(cw, &mut tx, case, actor, None, &Event::LegalHold { on: false, reason: None }).await?;
    audit::record(cw, &mut tx, actor, "case.legal_hold", case, "off").await?;
    tx.commit().await?;
    Ok(())
}

fn leads_only(session: &StaffSession) -> Result<(), Refused> {
    if session.role == Role::Lead { Ok(()) } else { Err(Refused::LeadsOnly) }
}
