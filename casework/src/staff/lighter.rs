//! Lighter work for a while: whoever has it is given nothing of levels 1 and 2 by [`crate::queue::take_next`], by their own
//! choice or a lead's, who lets the hard work go round. Somebody in danger (level 0) is still everybody's, and anybody may
//! take any case by hand. Nobody has to say why, and nothing is remembered of it once it is over.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::history::Actor;
use crate::staff::StaffError;
use crate::staff::session::StaffSession;
use crate::taxonomy::Role;
use crate::{Casework, Error, audit, execute, fetch_all, fetch_optional};

/// The longest at once, in days.
pub const LONGEST: i64 = 28;

/// A member of the hotline, and until when their work is lighter.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Member {
    /// Who.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// Until when, if it is.
    pub until: Option<DateTime<Utc>>,
    /// In which teams they are, by name.
    #[sqlx(skip)]
    pub teams: Vec<String>,
}

/// Until when this member's own work is lighter.
pub async fn own(cw: &Casework, session: &StaffSession) -> Result<Option<DateTime<Utc>>, Error> {
    let sql = "SELECT until FROM lighter_work WHERE staff_id = $1 AND until > $2";
    let found = fetch_optional!(&mut cw.storage.read().await?, (DateTime<Utc>,), sql, session.staff, cw.now())?;
    Ok(found.map(|(until,)| until))
}

/// Everybody of the hotline, by name; for leads.
pub async fn members(cw: &Casework, session: &StaffSession) -> Result<Vec<Member>, StaffError> {
    if session.role == Role::Analyst {
        return Err(StaffError::NotForYou);
    }
    let mut tx = cw.storage.read().await?;
    let sql = "SELECT id, name, (SELECT until FROM lighter_work WHERE staff_id = staff.id AND until > $2) AS until
        FROM staff WHERE organisation_id = $1 AND state = 'active' ORDER BY name, id";
    let mut members = fetch_all!(&mut tx, Member, sql, session.organisation, cw.now())?;
    let sql = "SELECT staff_id, name FROM team_member JOIN team ON team.id = team_id WHERE organisation_id = $1 ORDER BY name";
    let teams = fetch_all!(&mut tx, (Uuid, String), sql, session.organisation)?;
    for member in &mut members {
        let own = teams.iter().filter(|(staff, _)| *staff == member.id);
        member.teams = own.map(|(_, name)| name.clone()).collect();
    }
    Ok(members)
}

/// Makes a member's work lighter for so many days from now, at most [`LONGEST`]; 0 ends it. One's own, or, by a lead,
/// anybody's of the hotline. The audit log has that it was changed, not for how long.
pub async fn change(cw: &Casework, session: &StaffSession, staff: Uuid, days: i64) -> Result<(), StaffError> {
    if staff != session.staff && session.role == Role::Analyst {
        return Err(StaffError::NotForYou);
    }
    let mut tx = cw.storage.write().await?;
    let sql = "SELECT id FROM staff WHERE id = $1 AND organisation_id = $2";
    let found = fetch_optional!(&mut tx, (Uuid,), sql, staff, session.organisation)?;
    found.ok_or(StaffError::NotForYou)?;
    execute!(&mut tx, "DELETE FROM lighter_work WHERE staff_id = $1", staff)?;
    if days > 0 {
        let until = cw.now() + TimeDelta::days(days.min(LONGEST));
        let sql = "INSERT INTO lighter_work (staff_id, until) VALUES ($1, $2)";
        execute!(&mut tx, sql, staff, until)?;
    }
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "staff.takes", staff, "").await?;
    Ok(tx.commit().await?)
}

/// Forgets what is over. Gives how many; for the worker.
pub async fn purge(cw: &Casework) -> Result<u64, Error> {
    let mut tx = cw.storage.write().await?;
    let purged = execute!(&mut tx, "DELETE FROM lighter_work WHERE until <= $1", cw.now())?;
    tx.commit().await?;
    Ok(purged)
}
