//! Which cases a member of staff is given by [`crate::queue::take_next`]: those whose reporter they can answer, and not
//! those about what they leave to others for now. Everybody may still take any case of the queue by hand.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::history::Actor;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::{LanguageCode, Topic};
use crate::{Casework, Error, audit, execute, fetch_all};

/// How long a topic stays left out. A new day begins with everything: nobody has to remember what they once could not
/// bear, and nobody has to say it for ever.
pub const LEFT_OUT: TimeDelta = TimeDelta::hours(12);

/// What a member takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Takes {
    /// The languages they answer in; none: all. In danger (level 0) language keeps nobody away.
    pub languages: Vec<LanguageCode>,
    /// What they leave to others now, whatever its level.
    pub left_out: Vec<Topic>,
}

/// What this member takes.
pub async fn own(cw: &Casework, session: &StaffSession) -> Result<Takes, Error> {
    let mut tx = cw.storage.read().await?;
    let languages = fetch_all!(
        &mut tx,
        (LanguageCode,),
        "SELECT language FROM staff_language WHERE staff_id = $1 ORDER BY language",
        session.staff
    )?;
    let left_out = fetch_all!(
        &mut tx,
        (Topic,),
        "SELECT topic FROM left_out WHERE staff_id = $1 AND until > $2 ORDER BY topic",
        session.staff,
        cw.now()
    )?;
    Ok(Takes {
        languages: languages.into_iter().map(|(language,)| language).collect(),
        left_out: left_out.into_iter().map(|(topic,)| topic).collect(),
    })
}

/// Changes it. What is left out is left out for [`LEFT_OUT`] from now. The audit log has that it was changed, not what
/// somebody can't take today.
pub async fn change(cw: &Casework, session: &StaffSession, takes: &Takes) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    forget(&mut tx, session.staff).await?;
    for language in &takes.languages {
        let sql = "INSERT INTO staff_language (staff_id, language) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        execute!(&mut tx, sql, session.staff, language.clone())?;
    }
    let until = cw.now() + LEFT_OUT;
    for topic in &takes.left_out {
        let sql = "INSERT INTO left_out (staff_id, topic, until) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        execute!(&mut tx, sql, session.staff, *topic, until)?;
    }
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "staff.takes", session.staff, "").await?;
    Ok(tx.commit().await?)
}

async fn forget(tx: &mut Tx, staff: Uuid) -> Result<(), Error> {
    execute!(tx, "DELETE FROM staff_language WHERE staff_id = $1", staff)?;
    execute!(tx, "DELETE FROM left_out WHERE staff_id = $1", staff)?;
    Ok(())
}

/// Forgets what somebody left to others once that is over: it is nobody's business later. Gives how many; for the worker.
pub async fn purge(cw: &Casework) -> Result<u64, Error> {
    let mut tx = cw.storage.write().await?;
    let purged = execute!(&mut tx, "DELETE FROM left_out WHERE until <= $1", cw.now())?;
    tx.commit().await?;
    Ok(purged)
}
