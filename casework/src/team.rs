//! Teams of a hotline: who is given a case first, by [`crate::queue::take_next`]. Leads say which there are and who is in
//! them; rules of routing lead to them ([`crate::routing`]).
//!
//! A team keeps nobody away and nothing waiting: what is in danger or urgent (levels 0 and 1), what is late, and what is
//! for a team without members is given to everybody, and everybody may read and take any case of the hotline by hand.

use std::collections::BTreeSet;

use sqlx::FromRow;
use uuid::Uuid;

use crate::case::Refused;
use crate::history::{Actor, Event};
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::Role;
use crate::text::Words;
use crate::{Casework, Error, audit, execute, fetch_all, fetch_optional, history, note};

/// Longest name, in characters.
pub const LONGEST_NAME: usize = 60;

/// A team.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Team {
    /// Its row.
    pub id: Uuid,
    /// Its hotline.
    #[sqlx(rename = "organisation_id")]
    pub hotline: Uuid,
    /// Its name.
    pub name: String,
}

/// Why a team was not changed.
#[derive(Debug, thiserror::Error)]
pub enum TeamError {
    /// Only a lead or an administrator of its hotline may.
    #[error("an analyst may not change teams")]
    NotForYou,
    /// There is no such team.
    #[error("no such team")]
    NotFound,
    /// Another team of the hotline has this name.
    #[error("another team has this name")]
    NameTaken,
    /// Our fault.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<crate::storage::StorageError> for TeamError {
    fn from(cause: crate::storage::StorageError) -> Self {
        Self::Failed(cause.into())
    }
}

/// Every team of every hotline, by name.
pub async fn all(cw: &Casework) -> Result<Vec<Team>, Error> {
    let sql = "SELECT id, organisation_id, name FROM team ORDER BY organisation_id, name, id";
    Ok(fetch_all!(&mut cw.storage.read().await?, Team, sql)?)
}

/// The teams of this member's hotline, by name.
pub async fn of_hotline(cw: &Casework, session: &StaffSession) -> Result<Vec<Team>, Error> {
    listed(&mut cw.storage.read().await?, session).await
}

pub(crate) async fn listed(tx: &mut Tx, session: &StaffSession) -> Result<Vec<Team>, Error> {
    let sql = "SELECT id, organisation_id, name FROM team WHERE organisation_id = $1 ORDER BY name, id";
    Ok(fetch_all!(tx, Team, sql, session.organisation)?)
}

/// Who is in which team of this hotline, as pairs of team and member.
pub async fn members(cw: &Casework, session: &StaffSession) -> Result<BTreeSet<(Uuid, Uuid)>, Error> {
    let sql = "SELECT team_id, staff_id FROM team_member JOIN team ON team.id = team_id WHERE organisation_id = $1";
    let pairs = fetch_all!(&mut cw.storage.read().await?, (Uuid, Uuid), sql, session.organisation)?;
    Ok(pairs.into_iter().collect())
}

/// Makes a team of one's hotline.
pub async fn create(cw: &Casework, by: &StaffSession, name: &Words) -> Result<Uuid, TeamError> {
    not_analysts(by)?;
    let (id, mut tx) = (cw.new_id(), cw.storage.write().await?);
    let made = execute!(
        &mut tx,
        "INSERT INTO team (id, organisation_id, name, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (organisation_id, name) DO NOTHING",
        id,
        by.organisation,
        name.as_str(),
        cw.now()
    )?;
    if made == 0 {
        return Err(TeamError::NameTaken);
    }
    record(cw, &mut tx, by, "team.create", id).await?;
    tx.commit().await?;
    Ok(id)
}

/// Says who is in it; everybody else leaves it. Who is not of the hotline can't be in it.
pub async fn change(cw: &Casework, by: &StaffSession, team: Uuid, members: &BTreeSet<Uuid>) -> Result<(), TeamError> {
    not_analysts(by)?;
    let mut tx = cw.storage.write().await?;
    exists(&mut tx, by, team).await?;
    execute!(&mut tx, "DELETE FROM team_member WHERE team_id = $1", team)?;
    for member in members {
        let sql = "INSERT INTO team_member (team_id, staff_id) SELECT $1, id FROM staff WHERE id = $2 AND organisation_id = $3";
        execute!(&mut tx, sql, team, *member, by.organisation)?;
    }
    record(cw, &mut tx, by, "team.change", team).await?;
    Ok(tx.commit().await?)
}

/// Ends a team: its cases are everybody's, and rules that led to it lead to its hotline.
pub async fn end(cw: &Casework, by: &StaffSession, team: Uuid) -> Result<(), TeamError> {
    not_analysts(by)?;
    let mut tx = cw.storage.write().await?;
    exists(&mut tx, by, team).await?;
    execute!(&mut tx, "DELETE FROM team WHERE id = $1", team)?;
    record(cw, &mut tx, by, "team.end", team).await?;
    Ok(tx.commit().await?)
}

fn not_analysts(by: &StaffSession) -> Result<(), TeamError> {
    if by.role == Role::Analyst { Err(TeamError::NotForYou) } else { Ok(()) }
}

async fn exists(tx: &mut Tx, by: &StaffSession, team: Uuid) -> Result<(), TeamError> {
    let sql = "SELECT id FROM team WHERE id = $1 AND organisation_id = $2";
    match fetch_optional!(tx, (Uuid,), sql, team, by.organisation)? {
        Some(_) => Ok(()),
        None => Err(TeamError::NotFound),
    }
}

async fn record(cw: &Casework, tx: &mut Tx, by: &StaffSession, action: &'static str, team: Uuid) -> Result<(), Error> {
    audit::record(cw, tx, Actor::Staff(by.staff), action, team, "").await
}

/// Puts the case in one's hands back into the queue for a team, or with none for everybody; with a word about it if there
/// is one to say.
pub async fn give(
    cw: &Casework,
    session: &StaffSession,
    case: Uuid,
    team: Option<Uuid>,
    words: Option<&Words>,
) -> Result<(), Refused> {
    let mut tx = cw.storage.write().await?;
    note::with_act(cw, &mut tx, session, case, words).await?;
    let name = match team {
        None => None,
        Some(team) => {
            let sql = "SELECT name FROM team WHERE id = $1 AND organisation_id = $2";
            let found = fetch_optional!(&mut tx, (String,), sql, team, session.organisation)?;
            Some(found.ok_or(Refused::NotFound)?.0)
        }
    };
    let sql = "UPDATE cases SET team_id = $1, holder_id = NULL, touched_at = NULL WHERE id = $2";
    execute!(&mut tx, sql, team, case)?;
    let actor = Actor::Staff(session.staff);
    history::record(cw, &mut tx, case, actor, None, &Event::GivenToTeam { team: name }).await?;
    audit::record(cw, &mut tx, actor, "case.give_to_team", case, &team.unwrap_or_default().to_string()).await?;
    tx.commit().await?;
    Ok(())
}
