//! Invitations: one-time links by which somebody takes up an account, or a new password for the one they have.

use chrono::TimeDelta;
use sqlx::FromRow;
use uuid::Uuid;

use super::member;
use super::session::{self, StaffSession};
use crate::history::Actor;
use crate::outbox::{self, Task};
use crate::storage::Tx;
use crate::taxonomy::{LanguageCode, MemberState, Role};
use crate::text::{EmailAddress, Words};
use crate::vault::{CookieKeys, CookieToken, LookupHash, Purpose};
use crate::{Casework, Error, audit, execute, fetch_optional};

/// How long a link can be used.
pub const VALID: TimeDelta = TimeDelta::days(7);

/// Who is to be invited.
pub struct NewStaff {
    /// Their hotline.
    pub organisation: Uuid,
    /// The address they sign in with, to which the link is mailed.
    pub address: EmailAddress,
    /// Their name, as colleagues see it.
    pub name: Words,
    /// What they may do.
    pub role: Role,
    /// The language of their console and of the mail.
    pub language: LanguageCode,
}

/// Why nobody was invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// Somebody signs in with this address already.
    #[error("the address is in use")]
    AddressTaken,
    /// There is no such member, hotline, or they were removed.
    #[error("no such member or hotline")]
    NotFound,
    /// Nobody else holds the hotline's keys: its cases would be closed to everybody.
    #[error("nobody else holds the hotline's keys")]
    LastHolder,
    /// One's own password is changed in one's account, where nothing is lost.
    #[error("one's own account is not reset")]
    Oneself,
    /// Our fault.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Whom an invitation is for.
#[derive(Clone, Debug, FromRow)]
pub struct Invited {
    /// The account.
    #[sqlx(rename = "id")]
    pub staff: Uuid,
    /// Their name; empty for the first administrator, who says it themself.
    pub name: String,
    /// The address they will sign in with; no address for the first administrator, who says it themself.
    pub sign_in: String,
    /// The language of their console.
    pub language: LanguageCode,
}

impl Invited {
    /// Whether they still have to say who they are.
    pub fn is_nameless(&self) -> bool {
        self.name.is_empty()
    }
}

pub(super) fn lookup(cw: &Casework, token: &CookieToken) -> LookupHash {
    CookieKeys::derive(token, &cw.keys, Purpose::Invitation).lookup
}

/// The one-time link of a member, in place of any earlier one.
async fn issue(cw: &Casework, tx: &mut Tx, staff: Uuid) -> Result<CookieToken, Error> {
    let token = CookieToken::generate(&*cw.randomness);
    let now = cw.now();
    execute!(tx, "DELETE FROM invitation WHERE staff_id = $1", staff)?;
    execute!(
        tx,
        "INSERT INTO invitation (lookup, staff_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        lookup(cw, &token),
        staff,
        now,
        now + VALID
    )?;
    Ok(token)
}

/// Whom a link is for; none if it was used, replaced, or is too old.
pub async fn look_up(cw: &Casework, token: &CookieToken) -> Result<Option<Invited>, Error> {
    let mut tx = cw.storage.read().await?;
    valid(cw, &mut tx, token).await
}

pub(super) async fn valid(cw: &Casework, tx: &mut Tx, token: &CookieToken) -> Result<Option<Invited>, Error> {
    Ok(fetch_optional!(
        tx,
        Invited,
        "SELECT staff.id, staff.name, staff.sign_in, staff.language
         FROM invitation JOIN staff ON staff.id = invitation.staff_id
         WHERE invitation.lookup = $1 AND invitation.expires_at > $2 AND invitation.used_at IS NULL AND staff.state = 'invited'",
        lookup(cw, token),
        cw.now()
    )?)
}

/// While there is no administrator: a link for the first one, new at each call, the one before it worth nothing any more.
/// None once somebody has used it.
pub async fn first_invitation(cw: &Casework) -> Result<Option<CookieToken>, Error> {
    let mut tx = cw.storage.write().await?;
    let administrator = fetch_optional!(
        &mut tx,
        (Uuid,),
        "SELECT id FROM staff WHERE role = 'administrator' AND state IN ('waiting', 'active') LIMIT 1"
    )?;
    if administrator.is_some() {
        return Ok(None);
    }
    let staff = match nameless(&mut tx).await? {
        Some(staff) => staff,
        None => make_nameless(cw, &mut tx).await?,
    };
    let token = issue(cw, &mut tx, staff).await?;
    tx.commit().await?;
    Ok(Some(token))
}

/// The account of a first administrator who has not said who they are.
async fn nameless(tx: &mut Tx) -> Result<Option<Uuid>, Error> {
    let found = fetch_optional!(
        tx,
        (Uuid,),
        "SELECT id FROM staff WHERE role = 'administrator' AND state = 'invited' AND name = '' ORDER BY id LIMIT 1"
    )?;
    Ok(found.map(|(id,)| id))
}

async fn make_nameless(cw: &Casework, tx: &mut Tx) -> Result<Uuid, Error> {
    let id = cw.new_id();
    let organisation = first_hotline(cw, tx).await?;
    execute!(
        tx,
        "INSERT INTO staff (id, organisation_id, sign_in, name, role, language, state, created_at)
         VALUES ($1, $2, $3, '', 'administrator', 'en', 'invited', $4)",
        id,
        organisation,
        id.to_string(),
        cw.now()
    )?;
    audit::record(cw, tx, Actor::System, "staff.first_invitation", id, "").await?;
    Ok(id)
}

/// The oldest hotline; a nameless one if there is none yet.
async fn first_hotline(cw: &Casework, tx: &mut Tx) -> Result<Uuid, Error> {
    let oldest = fetch_optional!(
        tx,
        (Uuid,),
        "SELECT id FROM organisation WHERE kind = 'hotline' ORDER BY created_at, id LIMIT 1"
    )?;
    if let Some((id,)) = oldest {
        return Ok(id);
    }
    let id = cw.new_id();
    execute!(tx, "INSERT INTO organisation (id, kind, name, created_at) VALUES ($1, 'hotline', '', $2)", id, cw.now())?;
    Ok(id)
}

/// Invites somebody: the link is mailed, and given back to be shown once. `link` makes the whole address of a token.
pub async fn invite(
    cw: &Casework,
    by: &StaffSession,
    new: &NewStaff,
    link: impl FnOnce(&CookieToken) -> String,
) -> Result<CookieToken, InviteError> {
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    let (staff, token) = add(cw, &mut tx, Actor::Staff(by.staff), new).await?;
    mail(cw, &mut tx, staff, new.address.as_str(), &new.language, link(&token)).await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(token)
}

/// Adds an administrator from the command line; they belong to the oldest hotline.
pub async fn create_administrator(
    cw: &Casework,
    address: EmailAddress,
    name: Words,
    language: LanguageCode,
) -> Result<CookieToken, InviteError> {
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    let organisation = first_hotline(cw, &mut tx).await?;
    let new = NewStaff { organisation, address, name, role: Role::Administrator, language };
    let (_, token) = add(cw, &mut tx, Actor::System, &new).await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(token)
}

async fn add(cw: &Casework, tx: &mut Tx, by: Actor, new: &NewStaff) -> Result<(Uuid, CookieToken), InviteError> {
    let id = cw.new_id();
    let hotline = fetch_optional!(
        tx,
        (Uuid,),
        "SELECT id FROM organisation WHERE id = $1 AND kind = 'hotline'",
        new.organisation
    )
    .map_err(Error::from)?;
    if hotline.is_none() {
        return Err(InviteError::NotFound);
    }
    let added = execute!(
        tx,
        "INSERT INTO staff (id, organisation_id, sign_in, name, role, language, state, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'invited', $7) ON CONFLICT (sign_in) DO NOTHING",
        id,
        new.organisation,
        new.address.as_str().to_lowercase(),
        new.name.as_str(),
        new.role,
        new.language.clone(),
        cw.now()
    )
    .map_err(Error::from)?;
    if added == 0 {
        return Err(InviteError::AddressTaken);
    }
    audit::record(cw, tx, by, "staff.invite", id, new.role.as_str()).await?;
    Ok((id, issue(cw, tx, id).await?))
}

async fn mail(
    cw: &Casework,
    tx: &mut Tx,
    staff: Uuid,
    to: &str,
    language: &LanguageCode,
    link: String,
) -> Result<(), Error> {
    let task = Task::MailInvitation { to: to.to_owned(), language: language.to_string(), link };
    outbox::push(cw, tx, None, Some(staff), &task).await
}

#[derive(FromRow)]
struct Addressee {
    id: Uuid,
    organisation_id: Uuid,
    state: MemberState,
    sign_in: String,
    language: LanguageCode,
}

/// Takes a member's password, second factor, key and sessions away and invites them anew. With the new key pair they wait
/// for a colleague's grant.
pub async fn reset(
    cw: &Casework,
    by: &StaffSession,
    staff: Uuid,
    link: impl FnOnce(&CookieToken) -> String,
) -> Result<CookieToken, InviteError> {
    if by.staff == staff {
        return Err(InviteError::Oneself);
    }
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    let who = fetch_optional!(
        &mut tx,
        Addressee,
        "SELECT id, organisation_id, state, sign_in, language FROM staff
         WHERE id = $1 AND state <> 'removed' AND name <> ''",
        staff
    )
    .map_err(Error::from)?
    .ok_or(InviteError::NotFound)?;
    lock_hotline_of(&mut tx, who.id).await?;
    let is_holder = who.state == MemberState::Active;
    if is_holder && member::other_holders(&mut tx, who.organisation_id, who.id).await? == 0 {
        return Err(InviteError::LastHolder);
    }
    let token = start_anew(cw, &mut tx, Actor::Staff(by.staff), who.id).await?;
    mail(cw, &mut tx, who.id, &who.sign_in, &who.language, link(&token)).await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(token)
}

/// The same from the command line, by the address they sign in with.
pub async fn reset_by_address(cw: &Casework, address: &EmailAddress) -> Result<CookieToken, InviteError> {
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    let who = fetch_optional!(
        &mut tx,
        Addressee,
        "SELECT id, organisation_id, state, sign_in, language FROM staff WHERE sign_in = $1 AND state <> 'removed'",
        address.as_str().to_lowercase()
    )
    .map_err(Error::from)?
    .ok_or(InviteError::NotFound)?;
    let token = start_anew(cw, &mut tx, Actor::System, who.id).await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(token)
}

async fn start_anew(cw: &Casework, tx: &mut Tx, by: Actor, staff: Uuid) -> Result<CookieToken, Error> {
    lock_hotline_of(tx, staff).await?;
    forget_keys(tx, staff).await?;
    member::release_all(cw, tx, by, staff).await?;
    execute!(tx, "UPDATE staff SET state = 'invited', tries = 0, slowed_until = NULL WHERE id = $1", staff)?;
    audit::record(cw, tx, by, "staff.reset", staff, "").await?;
    issue(cw, tx, staff).await
}

/// Holds the hotline of a member for the rest of the transaction, so that no grant or new epoch crosses.
pub(super) async fn lock_hotline_of(tx: &mut Tx, staff: Uuid) -> Result<(), Error> {
    let hotline = fetch_optional!(tx, (Uuid,), "SELECT organisation_id FROM staff WHERE id = $1", staff)?;
    if let Some((hotline,)) = hotline {
        tx.lock_organisation(hotline).await?;
    }
    Ok(())
}

/// Destroys what a member signs in with and everything sealed to them.
pub(super) async fn forget_keys(tx: &mut Tx, staff: Uuid) -> Result<(), Error> {
    session::end_all(tx, staff).await?;
    execute!(tx, "DELETE FROM epoch_grant WHERE staff_id = $1", staff)?;
    execute!(tx, "DELETE FROM recovery_code WHERE staff_id = $1", staff)?;
    execute!(tx, "DELETE FROM invitation WHERE staff_id = $1", staff)?;
    execute!(
        tx,
        "UPDATE staff SET password_salt = NULL, verifier = NULL, public_key = NULL, wrapped_key = NULL, sealed_totp_secret = NULL
         WHERE id = $1",
        staff
    )?;
    Ok(())
}
