//! Cases that lie in somebody's hands while nothing happens go back to the queue, and whoever had them is told.
//!
//! Looking at a case counts, as does every act. Where a child is in danger or threatened the time is that after which a
//! session ends by itself; else half a working day, so that lunch and a meeting take nothing away.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::history::{self, Actor, Event};
use crate::priority::URGENT;
use crate::queue::{queued, to_do};
use crate::reference::Reference;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::{Casework, Error, audit, execute, fetch_all};

/// How long nothing may happen in levels 0 and 1.
pub const URGENT_IDLE: TimeDelta = TimeDelta::minutes(30);
/// How long nothing may happen in the other levels.
pub const IDLE: TimeDelta = TimeDelta::hours(4);
/// How long somebody is told of it.
const TOLD: TimeDelta = TimeDelta::hours(24);
/// Looking is written down no more often than this.
const LOOKED: TimeDelta = TimeDelta::minutes(1);
/// How many go back in one round: the next round comes soon.
const AT_ONCE: i64 = 500;

/// Its holder looks at a case.
pub(crate) async fn touch(cw: &Casework, tx: &mut Tx, session: &StaffSession, case: Uuid) -> Result<(), Error> {
    let sql = "UPDATE cases SET touched_at = $1 WHERE id = $2 AND holder_id = $3";
    execute!(tx, sql, cw.now(), case, session.staff)?;
    Ok(())
}

/// Whether a look at a case that was touched then is worth writing down.
pub(crate) fn is_worth_touching(cw: &Casework, touched_at: Option<DateTime<Utc>>) -> bool {
    touched_at.is_some_and(|touched| touched < cw.now() - LOOKED)
}

#[derive(FromRow)]
struct Idle {
    id: Uuid,
    holder_id: Uuid,
    touched_at: DateTime<Utc>,
}

/// Puts back what lies too long; for the worker. Gives how many.
pub async fn put_back_idle(cw: &Casework) -> Result<u64, Error> {
    let mut lapsed = 0;
    for case in idle(cw).await? {
        let mut tx = cw.storage.write().await?;
        lapsed += u64::from(put_back(cw, &mut tx, &case).await?);
        tx.commit().await?;
    }
    Ok(lapsed)
}

/// What waits for a reporter or a provider lies for good reason.
async fn idle(cw: &Casework) -> Result<Vec<Idle>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(
        &mut tx,
        Idle,
        concat!(
            "SELECT id, holder_id, touched_at FROM cases WHERE holder_id IS NOT NULL AND ",
            to_do!(),
            " AND touched_at < CASE WHEN level <= $1 THEN $2 ELSE $3 END ORDER BY level, touched_at, id LIMIT $4"
        ),
        i64::from(URGENT),
        cw.now() - URGENT_IDLE,
        cw.now() - IDLE,
        AT_ONCE
    )?)
}

/// Unless its holder came back this moment.
async fn put_back(cw: &Casework, tx: &mut Tx, case: &Idle) -> Result<bool, Error> {
    let put_back = execute!(
        tx,
        "UPDATE cases SET holder_id = NULL, touched_at = NULL WHERE id = $1 AND holder_id = $2 AND touched_at = $3",
        case.id,
        case.holder_id,
        case.touched_at
    )?;
    if put_back == 0 {
        return Ok(false);
    }
    execute!(
        tx,
        "INSERT INTO lapse (staff_id, case_id, lapsed_at) VALUES ($1, $2, $3)
         ON CONFLICT (staff_id, case_id) DO UPDATE SET lapsed_at = excluded.lapsed_at",
        case.holder_id,
        case.id,
        cw.now()
    )?;
    history::record(cw, tx, case.id, Actor::System, None, &Event::Lapsed { from: case.holder_id }).await?;
    audit::record(cw, tx, Actor::System, "case.lapse", case.id, &case.holder_id.to_string()).await?;
    Ok(true)
}

/// A case that went back by itself.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Lapsed {
    /// The case.
    pub case_id: Uuid,
    /// Its public name.
    pub reference: Reference,
    /// When it went back.
    pub lapsed_at: DateTime<Utc>,
}

/// What went back from the hands of `$1` after `$2` and waits in the queue of `$3`, the latest first. (Few have lapsed, so
/// they come first and their cases are looked up: `CROSS JOIN` holds SQLite to that order.)
const OWN: &str = concat!(
    "SELECT case_id, reference, lapsed_at FROM lapse CROSS JOIN cases
     WHERE cases.id = case_id AND staff_id = $1 AND lapsed_at > $2 AND hotline_id = $3 AND ",
    queued!(),
    " ORDER BY lapsed_at DESC, case_id"
);

/// The statement on every page of the queue, for whoever looks at how the engines carry it out.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn statements() -> Vec<crate::testing::Statement> {
    vec![("what went back by itself", OWN, "uuid, timestamptz, uuid")]
}

/// What went back from this member's hands in the last day and is in nobody's hands now, the latest first.
pub async fn own(cw: &Casework, session: &StaffSession) -> Result<Vec<Lapsed>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(&mut tx, Lapsed, OWN, session.staff, cw.now() - TOLD, session.organisation)?)
}

/// Forgets what nobody is told any more. Gives how many; for the worker.
pub async fn purge(cw: &Casework) -> Result<u64, Error> {
    let mut tx = cw.storage.write().await?;
    let purged = execute!(&mut tx, "DELETE FROM lapse WHERE lapsed_at <= $1", cw.now() - TOLD)?;
    tx.commit().await?;
    Ok(purged)
}
