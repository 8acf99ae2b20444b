//! Who is on call: whom the alarm wakes when a case in danger waits ([`crate::alarm`]).

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::history::Actor;
use crate::staff::StaffError;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::Role;
use crate::{Casework, Error, audit, execute, fetch_all};

/// How long somebody is on call from now: whole hours, at least one, at most a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift(i64);

/// Not so many hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time on call is 1 to 168 hours")]
pub struct InvalidShift;

impl FromStr for Shift {
    type Err = InvalidShift;

    fn from_str(hours: &str) -> Result<Self, InvalidShift> {
        let hours = hours.parse().map_err(|_| InvalidShift)?;
        (1..=168).contains(&hours).then_some(Self(hours)).ok_or(InvalidShift)
    }
}

/// A member of the hotline, and whether they are on call.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Member {
    /// Who.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// Until when they are on call, if they are.
    pub until: Option<DateTime<Utc>>,
}

/// Whether a member can open the hotline's cases, and so be woken for one.
macro_rules! holds_keys {
    () => {
        "EXISTS (SELECT 1 FROM epoch_grant WHERE epoch_grant.staff_id = staff.id)"
    };
}

/// Everybody of the hotline who can take cases, by name.
pub async fn members(cw: &Casework, session: &StaffSession) -> Result<Vec<Member>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(
        &mut tx,
        Member,
        concat!(
            "SELECT id, name, (SELECT until FROM on_call WHERE staff_id = staff.id AND until > $2) AS until FROM staff
         WHERE organisation_id = $1 AND state = 'active' AND ",
            holds_keys!(),
            " ORDER BY name, id"
        ),
        session.organisation,
        cw.now()
    )?)
}

/// Puts a member on call from now on: oneself, or, by a lead, anybody of the hotline.
pub async fn begin(cw: &Casework, session: &StaffSession, staff: Uuid, shift: Shift) -> Result<(), StaffError> {
    let mut tx = cw.storage.write().await?;
    let until = cw.now() + TimeDelta::hours(shift.0);
    let begun = execute!(
        &mut tx,
        concat!(
            "INSERT INTO on_call (staff_id, until)
             SELECT id, $2 FROM staff WHERE id = $1 AND organisation_id = $3 AND (id = $4 OR $5) AND state = 'active' AND ",
            holds_keys!(),
            " ON CONFLICT (staff_id) DO UPDATE SET until = excluded.until"
        ),
        staff,
        until,
        session.organisation,
        session.staff,
        session.role == Role::Lead
    )?;
    changed(cw, tx, session, staff, begun, "on_call.begin").await
}

/// Ends it.
pub async fn end(cw: &Casework, session: &StaffSession, staff: Uuid) -> Result<(), StaffError> {
    let mut tx = cw.storage.write().await?;
    let ended = execute!(
        &mut tx,
        "DELETE FROM on_call WHERE staff_id = $1 AND (staff_id = $2 OR $3)
            AND EXISTS (SELECT 1 FROM staff WHERE id = $1 AND organisation_id = $4)",
        staff,
        session.staff,
        session.role == Role::Lead,
        session.organisation
    )?;
    changed(cw, tx, session, staff, ended, "on_call.end").await
}

async fn changed(
    cw: &Casework,
    mut tx: Tx,
    session: &StaffSession,
    staff: Uuid,
    rows: u64,
    action: &'static str,
) -> Result<(), StaffError> {
    if rows == 0 {
        return Err(StaffError::NotForYou);
    }
    audit::record(cw, &mut tx, Actor::Staff(session.staff), action, staff, "").await?;
    Ok(tx.commit().await?)
}

#[derive(FromRow)]
struct Candidate {
    id: Uuid,
    is_on_call: bool,
    is_lead: bool,
}

/// Whom an alarm wakes: those on call, and with `leads` the leads too. Nobody on call: the leads. No lead either:
/// everybody who can take cases. An alarm that nobody hears is none.
pub(crate) async fn to_wake(tx: &mut Tx, hotline: Uuid, leads: bool, now: DateTime<Utc>) -> Result<Vec<Uuid>, Error> {
    let staff = fetch_all!(
        tx,
        Candidate,
        concat!(
            "SELECT id, EXISTS (SELECT 1 FROM on_call WHERE staff_id = staff.id AND until > $2) AS is_on_call,
            role = 'lead' AS is_lead
             FROM staff WHERE organisation_id = $1 AND state = 'active' AND ",
            holds_keys!(),
            " ORDER BY name, id"
        ),
        hotline,
        now
    )?;
    let leads = leads || !staff.iter().any(|one| one.is_on_call);
    let woken: Vec<_> = staff.iter().filter(|one| one.is_on_call || (leads && one.is_lead)).map(|one| one.id).collect();
    Ok(if woken.is_empty() { staff.into_iter().map(|one| one.id).collect() } else { woken })
}

/// Forgets times that are over. Gives how many; for the worker.
pub async fn purge(cw: &Casework) -> Result<u64, Error> {
    let mut tx = cw.storage.write().await?;
    let purged = execute!(&mut tx, "DELETE FROM on_call WHERE until <= $1", cw.now())?;
    tx.commit().await?;
    Ok(purged)
}
