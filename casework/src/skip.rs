//! Putting a case back with a reason, and going on: the next one is another.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::case::{self, Refused};
use crate::history::{self, Actor, Event};
use crate::staff::session::StaffSession;
use crate::taxonomy::SkipReason;
use crate::{Casework, Error, audit, execute};

/// How long a skipped case is not given again to who skipped it. It may still be taken by hand.
pub const SKIPPED: TimeDelta = TimeDelta::hours(24);

/// Whoever knows somebody in a case knows them tomorrow, too.
const FOR_GOOD: TimeDelta = TimeDelta::days(100 * 365);

/// Puts a case back into the queue. Nobody else is kept from it, and the reason stands in its history, so that a lead
/// sees what nobody can take.
pub async fn skip(cw: &Casework, session: &StaffSession, case: Uuid, reason: SkipReason) -> Result<(), Refused> {
    let mut tx = cw.storage.write().await?;
    case::in_hands(cw, &mut tx, session, case).await?;
    execute!(&mut tx, "UPDATE cases SET holder_id = NULL, touched_at = NULL WHERE id = $1", case)?;
    execute!(
        &mut tx,
        "INSERT INTO skip (case_id, staff_id, reason, skipped_at, until) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (case_id, staff_id) DO UPDATE SET
            reason = excluded.reason, skipped_at = excluded.skipped_at, until = excluded.until",
        case,
        session.staff,
        reason,
        cw.now(),
        until(reason, cw.now())
    )?;
    let actor = Actor::Staff(session.staff);
    history::record(cw, &mut tx, case, actor, None, &Event::Skipped { reason }).await?;
    audit::record(cw, &mut tx, actor, "case.skip", case, reason.as_str()).await?;
    tx.commit().await?;
    Ok(())
}

fn until(reason: SkipReason, now: DateTime<Utc>) -> DateTime<Utc> {
    now + if reason == SkipReason::KnowsSomebody { FOR_GOOD } else { SKIPPED }
}

/// Forgets skips whose time is over: the history has them. Gives how many; for the worker.
pub async fn purge(cw: &Casework) -> Result<u64, Error> {
    let mut tx = cw.storage.write().await?;
    let purged = execute!(&mut tx, "DELETE FROM skip WHERE until <= $1", cw.now())?;
    tx.commit().await?;
    Ok(purged)
}
