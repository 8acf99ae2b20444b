//! The members of the hotlines: who there is, what they may do, and how they leave.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::invitation;
use super::session::StaffSession;
use crate::history::{self, Actor, Event};
use crate::storage::Tx;
use crate::taxonomy::{LanguageCode, MemberState, Role};
use crate::{Casework, Error, audit, epoch, execute, fetch_all, fetch_one, fetch_optional};

/// One member.
#[derive(Clone, Debug, FromRow)]
pub struct Member {
    /// The account.
    pub id: Uuid,
    /// Their hotline.
    pub organisation_id: Uuid,
    /// Its name.
    pub organisation_name: String,
    /// The address they sign in with.
    pub sign_in: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The language of their console.
    pub language: LanguageCode,
    /// Where they stand.
    pub state: MemberState,
    /// When they last signed in.
    pub signed_in_at: Option<DateTime<Utc>>,
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// There is no such member any more.
    #[error("no such member")]
    NotFound,
    /// Nobody changes their own role or removes themself: so there is always an administrator left.
    #[error("not to oneself")]
    Oneself,
    /// Nobody else holds the hotline's keys. Somebody must be let in, or recovered, first.
    #[error("they are the only one who can open cases")]
    LastHolder,
    /// Our fault.
    #[error(transparent)]
    Failed(#[from] Error),
}

const MEMBER: &str =
    "SELECT staff.id, staff.organisation_id, organisation.name AS organisation_name, staff.sign_in, staff.name,
        staff.role, staff.language, staff.state, staff.signed_in_at
    FROM staff JOIN organisation ON organisation.id = staff.organisation_id
    WHERE staff.state <> 'removed' AND staff.name <> '' ORDER BY organisation.name, staff.name, staff.id";

/// Every member of every hotline, by hotline and name.
pub async fn list(cw: &Casework) -> Result<Vec<Member>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(&mut tx, Member, MEMBER)?)
}

/// The address a member signs in with themself.
pub async fn own_address(cw: &Casework, session: &StaffSession) -> Result<String, Error> {
    let mut tx = cw.storage.read().await?;
    let (address,) = fetch_one!(&mut tx, (String,), "SELECT sign_in FROM staff WHERE id = $1", session.staff)?;
    Ok(address)
}

/// Changes the language of a member's own console.
pub async fn change_language(cw: &Casework, session: &StaffSession, language: &LanguageCode) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    execute!(&mut tx, "UPDATE staff SET language = $1 WHERE id = $2", language.clone(), session.staff)?;
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "staff.language", session.staff, language.as_str()).await?;
    Ok(tx.commit().await?)
}

/// Changes what a member may do, from their next request on.
pub async fn change_role(cw: &Casework, by: &StaffSession, staff: Uuid, role: Role) -> Result<(), MemberError> {
    if by.staff == staff {
        return Err(MemberError::Oneself);
    }
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    let changed = execute!(&mut tx, "UPDATE staff SET role = $1 WHERE id = $2 AND state <> 'removed'", role, staff)
        .map_err(Error::from)?;
    if changed == 0 {
        return Err(MemberError::NotFound);
    }
    audit::record(cw, &mut tx, Actor::Staff(by.staff), "staff.role", staff, role.as_str()).await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(())
}

#[derive(FromRow)]
struct Leaving {
    organisation_id: Uuid,
    state: MemberState,
}

/// Removes a member: their sessions, keys and address are gone, the cases in their hands go back to the queue, and if they
/// held the hotline's keys a new epoch begins, which they never get.
pub async fn remove(cw: &Casework, by: &StaffSession, staff: Uuid) -> Result<(), MemberError> {
    if by.staff == staff {
        return Err(MemberError::Oneself);
    }
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    invitation::lock_hotline_of(&mut tx, staff).await?;
    let leaving = fetch_optional!(
        &mut tx,
        Leaving,
        "SELECT organisation_id, state FROM staff WHERE id = $1 AND state <> 'removed'",
        staff
    )
    .map_err(Error::from)?
    .ok_or(MemberError::NotFound)?;
    let was_holder = leaving.state == MemberState::Active;
    if was_holder && other_holders(&mut tx, leaving.organisation_id, staff).await? == 0 {
        return Err(MemberError::LastHolder);
    }
    leave(cw, &mut tx, by, staff).await?;
    if was_holder {
        epoch::begin(cw, &mut tx, leaving.organisation_id, by.staff).await?;
    }
    tx.commit().await.map_err(Error::from)?;
    Ok(())
}

pub(super) async fn other_holders(tx: &mut Tx, hotline: Uuid, staff: Uuid) -> Result<i64, Error> {
    let (others,) = fetch_one!(
        tx,
        (i64,),
        "SELECT count(*) FROM staff WHERE organisation_id = $1 AND state = 'active' AND id <> $2",
        hotline,
        staff
    )?;
    Ok(others)
}

/// The cases in somebody's hands go back to the queue.
pub(super) async fn release_all(cw: &Casework, tx: &mut Tx, by: Actor, staff: Uuid) -> Result<(), Error> {
    let released = fetch_all!(
        tx,
        (Uuid,),
        "UPDATE cases SET holder_id = NULL, touched_at = NULL WHERE holder_id = $1 RETURNING id",
        staff
    )?;
    for (case,) in released {
        history::record(cw, tx, case, by, None, &Event::Released).await?;
    }
    Ok(())
}

/// The name stays, so that what they did can still be told; the address is free for somebody else.
async fn leave(cw: &Casework, tx: &mut Tx, by: &StaffSession, staff: Uuid) -> Result<(), Error> {
    invitation::forget_keys(tx, staff).await?;
    execute!(
        tx,
        "UPDATE staff SET state = 'removed', removed_at = $1, sign_in = $2 WHERE id = $3",
        cw.now(),
        staff.to_string(),
        staff
    )?;
    release_all(cw, tx, Actor::Staff(by.staff), staff).await?;
    audit::record(cw, tx, Actor::Staff(by.staff), "staff.remove", staff, "").await
}
