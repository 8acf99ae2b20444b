//! Withdrawing: the reporter wants nobody to work on their case any more. What they told stays, and their files stay
//! protected; erasing either is another wish (see [`crate::erasure`]).
//!
//! Whoever holds the code may be the very person a child needs protection from. So where somebody is in danger or
//! threatened (levels 0 and 1), the case stays in its queue until a person has read it and withdraws it; any other stops at
//! once. Either way the reporter can change their mind, and nothing is lost.

use uuid::Uuid;

use crate::case::{self, Refused};
use crate::history::{self, Actor, Event};
use crate::priority;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::CaseState;
use crate::{Casework, Error, audit, execute, fetch_optional, notice};

/// Whether a case of this level stops as soon as its reporter asks for it, without anybody reading it first.
pub(crate) fn stops_at_once(level: i64) -> bool {
    level > i64::from(priority::URGENT)
}

/// Notes the wish, and carries it out where nobody has to read the case first. Asking again changes nothing, and what is
/// closed has nothing left to stop.
pub(crate) async fn ask(cw: &Casework, tx: &mut Tx, case: Uuid) -> Result<(), Error> {
    let asked = fetch_optional!(
        tx,
        (i64,),
        "UPDATE cases SET withdraw_asked_at = $1
         WHERE id = $2 AND withdraw_asked_at IS NULL AND state NOT IN ('closed', 'withdrawn') RETURNING level",
        cw.now(),
        case
    )?;
    match asked {
        None => Ok(()),
        Some((level,)) if stops_at_once(level) => stop(cw, tx, case, Actor::Reporter).await,
        Some(_) => {
            execute!(tx, "UPDATE cases SET unread_from_reporter = unread_from_reporter + 1 WHERE id = $1", case)?;
            history::record(cw, tx, case, Actor::Reporter, None, &Event::WithdrawAsked).await
        }
    }
}

/// The reporter changed their mind: a case that had stopped goes back to its queue, with the deadline it had.
pub(crate) async fn cancel(cw: &Casework, tx: &mut Tx, case: Uuid) -> Result<(), Error> {
    let cancelled = execute!(
        tx,
        "UPDATE cases SET withdraw_asked_at = NULL, state = CASE WHEN state = $1 THEN $2 ELSE state END,
            closed_at = CASE WHEN state = $1 THEN NULL ELSE closed_at END
         WHERE id = $3 AND withdraw_asked_at IS NOT NULL",
        CaseState::Withdrawn,
        CaseState::Reopened,
        case
    )?;
    if cancelled == 0 {
        return Ok(());
    }
    history::record(cw, tx, case, Actor::Reporter, None, &Event::WithdrawCancelled).await
}

/// An analyst who has the case in their hands has read it, and stops it as its reporter asked.
pub async fn confirm(cw: &Casework, session: &StaffSession, case: Uuid) -> Result<(), Refused> {
    let mut tx = cw.storage.write().await?;
    let held = case::in_hands(cw, &mut tx, session, case).await?;
    let asked = fetch_optional!(
        &mut tx,
        (Uuid,),
        "SELECT id FROM cases WHERE id = $1 AND withdraw_asked_at IS NOT NULL",
        held.id
    )?;
    if asked.is_none() || !held.state.is_open() {
        return Err(Refused::NotNow);
    }
    let actor = Actor::Staff(session.staff);
    stop(cw, &mut tx, case, actor).await?;
    audit::record(cw, &mut tx, actor, "case.withdraw", case, "").await?;
    tx.commit().await?;
    Ok(())
}

/// Takes the case out of every hand and queue, with the notices that have not gone out.
async fn stop(cw: &Casework, tx: &mut Tx, case: Uuid, by: Actor) -> Result<(), Error> {
    execute!(
        tx,
        "UPDATE cases SET state = $1, closed_at = $2, holder_id = NULL, touched_at = NULL WHERE id = $3",
        CaseState::Withdrawn,
        cw.now(),
        case
    )?;
    notice::withdraw_unsent(tx, case).await?;
    history::record(cw, tx, case, by, None, &Event::Withdrawn).await
}
