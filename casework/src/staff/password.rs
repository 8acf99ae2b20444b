//! A member's password: how their private key is wrapped under it, and how they change it.

use secrecy::SecretString;
use sqlx::FromRow;
use uuid::Uuid;

use super::device;
use super::session::StaffSession;
use crate::history::Actor;
use crate::randomness::bytes;
use crate::storage::Tx;
use crate::vault::{Binding, CookieToken, NewPassword, PrivateKey, Sealed, Verifier};
use crate::{Casework, Error, audit, execute, fetch_optional};

const KEY: &str = "staff.key";
const SALT: usize = 16;

/// Where a member's wrapped private key belongs.
pub(super) fn binding(staff: Uuid) -> Binding {
    Binding::new(staff, KEY)
}

/// A stored salt.
pub(super) fn salt(stored: &[u8]) -> Result<[u8; SALT], Error> {
    stored.try_into().map_err(|_| Error::Inconsistent("staff.password_salt"))
}

/// What is stored for a chosen password.
pub(super) struct Wrapped {
    salt: [u8; SALT],
    verifier: Verifier,
    sealed: Sealed,
}

/// Hashes a chosen password and wraps the member's key under it. Slow; outside any transaction.
pub(super) async fn wrap(
    cw: &Casework,
    staff: Uuid,
    password: NewPassword,
    key: &PrivateKey,
) -> Result<Wrapped, Error> {
    let salt = bytes(&*cw.randomness);
    let keys = cw.passwords.derive(password.into_secret(), salt).await?;
    let sealed = keys.wrapping.wrap_key(&*cw.randomness, binding(staff), key);
    Ok(Wrapped { salt, verifier: keys.verifier, sealed })
}

/// Stores it.
pub(super) async fn store(tx: &mut Tx, staff: Uuid, key: &PrivateKey, wrapped: Wrapped) -> Result<(), Error> {
    execute!(
        tx,
        "UPDATE staff SET password_salt = $1, verifier = $2, wrapped_key = $3, public_key = $4 WHERE id = $5",
        wrapped.salt.to_vec(),
        wrapped.verifier,
        wrapped.sealed,
        key.public(),
        staff
    )?;
    Ok(())
}

/// Why a password was not changed, or not proved.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The password they have is not what was typed, or there were too many tries.
    #[error("the present password is another")]
    Wrong,
    /// Our fault.
    #[error(transparent)]
    Failed(#[from] Error),
}

#[derive(FromRow)]
struct Present {
    password_salt: Vec<u8>,
    verifier: Verifier,
}

/// Changes the password of a signed-in member who knows the present one. The key pair stays, and so do the grants; every
/// other session ends. `device` is the cookie of an earlier sign-in, as for signing in.
pub async fn change(
    cw: &Casework,
    session: &StaffSession,
    device: Option<&CookieToken>,
    present: SecretString,
    new: NewPassword,
) -> Result<(), ChangeError> {
    prove(cw, session, device, present).await?;
    let wrapped = wrap(cw, session.staff, new, &session.member_key).await?;
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    replace(cw, &mut tx, session, wrapped).await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(())
}

/// Whether the member who is signed in knows their password: asked again before what whoever finds a console open must not
/// get, such as new recovery codes or shares. `device` is the cookie of an earlier sign-in, as for signing in.
pub async fn prove(
    cw: &Casework,
    session: &StaffSession,
    device: Option<&CookieToken>,
    present: SecretString,
) -> Result<(), ChangeError> {
    let stored = present_password(cw, session.staff, device).await?.ok_or(ChangeError::Wrong)?;
    let keys = cw.passwords.derive(present, salt(&stored.password_salt)?).await.map_err(Error::from)?;
    if !stored.verifier.matches(&keys.verifier) {
        return Err(ChangeError::Wrong);
    }
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    device::proved(cw, &mut tx, session.staff, device).await?;
    Ok(tx.commit().await.map_err(Error::from)?)
}

/// What is stored, unless too many wrong tries have begun a pause: whoever finds a console open guesses no faster than
/// anybody at the door.
async fn present_password(cw: &Casework, staff: Uuid, device: Option<&CookieToken>) -> Result<Option<Present>, Error> {
    let mut tx = cw.storage.write().await?;
    if !device::count_try(cw, &mut tx, staff, device).await? {
        return Ok(None);
    }
    let stored = fetch_optional!(&mut tx, Present, "SELECT password_salt, verifier FROM staff WHERE id = $1", staff)?;
    tx.commit().await?;
    stored.map(Some).ok_or(Error::Inconsistent("staff"))
}

async fn replace(cw: &Casework, tx: &mut Tx, session: &StaffSession, wrapped: Wrapped) -> Result<(), Error> {
    store(tx, session.staff, &session.member_key, wrapped).await?;
    execute!(tx, "DELETE FROM session WHERE staff_id = $1 AND id <> $2", session.staff, session.id)?;
    audit::record(cw, tx, Actor::Staff(session.staff), "staff.password", session.staff, "").await
}
