//! Saved views: a list and its filters under a name, a member's own or, by a lead, everybody's.

use sqlx::FromRow;
use uuid::Uuid;

use crate::history::Actor;
use crate::staff::session::StaffSession;
use crate::taxonomy::Role;
use crate::text::Words;
use crate::{Casework, Error, audit, execute, fetch_all};

/// Most characters of a name.
pub const LONGEST_NAME: usize = 40;
/// Most views of one member.
const MOST: i64 = 30;

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct View {
    /// Its row.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// Which list, and its filters: the path within the console, and the query.
    pub address: String,
    /// Whether everybody of the hotline has it.
    pub is_shared: bool,
    /// Whether this member saved it, and so may remove it.
    pub is_own: bool,
}

/// What this member has: everybody's first, then their own.
pub async fn all(cw: &Casework, session: &StaffSession) -> Result<Vec<View>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(
        &mut tx,
        View,
        "SELECT id, name, address, is_shared, staff_id = $1 AS is_own FROM saved_view
         WHERE staff_id = $1 OR (is_shared = $3 AND organisation_id = $2) ORDER BY is_shared DESC, name, id",
        session.staff,
        session.organisation,
        true
    )?)
}

/// Saves a view. One of the same name that this member saved gives way. Only a lead's can be everybody's. Past
/// [`MOST`] it replaces nothing and is not saved.
pub async fn save(
    cw: &Casework,
    session: &StaffSession,
    name: &Words,
    address: &str,
    is_shared: bool,
) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    execute!(&mut tx, "DELETE FROM saved_view WHERE staff_id = $1 AND name = $2", session.staff, name.as_str())?;
    execute!(
        &mut tx,
        "INSERT INTO saved_view (id, organisation_id, staff_id, is_shared, name, address, created_at)
         SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT COUNT(*) FROM saved_view WHERE staff_id = $3) < $8",
        cw.new_id(),
        session.organisation,
        session.staff,
        is_shared && session.role == Role::Lead,
        name.as_str(),
        address,
        cw.now(),
        MOST
    )?;
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "view.save", session.staff, "").await?;
    Ok(tx.commit().await?)
}

/// Removes one of this member's own.
pub async fn remove(cw: &Casework, session: &StaffSession, view: Uuid) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    execute!(&mut tx, "DELETE FROM saved_view WHERE id = $1 AND staff_id = $2", view, session.staff)?;
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "view.remove", view, "").await?;
    Ok(tx.commit().await?)
}
