//! Signing in: address, password and second factor, all three or nothing.
//!
//! Whatever is wrong, the answer is the same and takes as long: an unknown address, a wrong password, a wrong or used code,
//! a pause after too many tries.

use secrecy::SecretString;
use sqlx::FromRow;
use uuid::Uuid;

use super::{device, password, second_factor, session};
use crate::history::Actor;
use crate::randomness::bytes;
use crate::storage::Tx;
use crate::taxonomy::LanguageCode;
use crate::text::EmailAddress;
use crate::vault::{CookieToken, PasswordKeys, Sealed, Verifier};
use crate::{Casework, Error, audit, execute, fetch_optional};

/// What was typed, and the browser's cookie of an earlier sign-in.
pub struct Attempt {
    /// The address they sign in with.
    pub address: String,
    /// The password.
    pub password: SecretString,
    /// The authenticator's code, or a recovery code.
    pub code: String,
    /// From an earlier sign-in in this browser.
    pub device: Option<CookieToken>,
}

/// They are in.
pub struct SignedIn {
    /// For the session cookie.
    pub session: CookieToken,
    /// For the cookie by which this browser is known next time.
    pub device: CookieToken,
    /// The language of their console.
    pub language: LanguageCode,
}

/// Why not.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Something typed is not right, or there were too many tries. Nobody is told which.
    #[error("not signed in")]
    Refused,
    /// Our fault.
    #[error(transparent)]
    Failed(#[from] Error),
}

#[derive(FromRow)]
struct Account {
    id: Uuid,
    language: LanguageCode,
    password_salt: Vec<u8>,
    verifier: Verifier,
    wrapped_key: Sealed,
}

/// Signs in. One slow password hash, whether the address is known or not.
pub async fn sign_in(cw: &Casework, attempt: Attempt) -> Result<SignedIn, SignInError> {
    let account = admit(cw, &attempt).await?;
    let salt = match &account {
        Some(account) => password::salt(&account.password_salt)?,
        None => bytes(&*cw.randomness),
    };
    let keys = cw.passwords.derive(attempt.password, salt).await.map_err(Error::from)?;
    let account = account.filter(|account| account.verifier.matches(&keys.verifier)).ok_or(SignInError::Refused)?;
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    let signed_in = finish(cw, &mut tx, &account, &keys, &attempt.code, attempt.device).await?;
    let signed_in = signed_in.ok_or(SignInError::Refused)?;
    tx.commit().await.map_err(Error::from)?;
    Ok(signed_in)
}

/// The account, if there is one and this try is not in a pause. The try is counted already, and stands in the audit log: one
/// that no sign-in follows has failed.
async fn admit(cw: &Casework, attempt: &Attempt) -> Result<Option<Account>, Error> {
    let address =
        attempt.address.parse::<EmailAddress>().map(|address| address.as_str().to_lowercase()).unwrap_or_default();
    let mut tx = cw.storage.write().await?;
    let account = fetch_optional!(
        &mut tx,
        Account,
        "SELECT id, language, password_salt, verifier, wrapped_key FROM staff
         WHERE sign_in = $1 AND state IN ('waiting', 'active')",
        address
    )?;
    let Some(account) = account else { return Ok(None) };
    let admitted = device::count_try(cw, &mut tx, account.id, attempt.device.as_ref()).await?;
    let paused = if admitted { "" } else { "paused" };
    audit::record(cw, &mut tx, Actor::System, "staff.sign_in_try", account.id, paused).await?;
    tx.commit().await?;
    Ok(admitted.then_some(account))
}

/// Checks the second factor and begins the session; none if the factor is wrong, or the account changed meanwhile.
async fn finish(
    cw: &Casework,
    tx: &mut Tx,
    account: &Account,
    keys: &PasswordKeys,
    code: &str,
    device: Option<CookieToken>,
) -> Result<Option<SignedIn>, Error> {
    let unchanged = execute!(
        tx,
        "UPDATE staff SET signed_in_at = $1 WHERE id = $2 AND verifier = $3 AND state IN ('waiting', 'active')",
        cw.now(),
        account.id,
        account.verifier.clone()
    )?;
    if unchanged == 0 || !second_factor::accept(cw, tx, account.id, code).await? {
        return Ok(None);
    }
    let member_key = keys.wrapping.unwrap_key(password::binding(account.id), &account.wrapped_key)?;
    let device = device::remember(cw, tx, account.id, device).await?;
    let session = session::begin(cw, tx, account.id, &member_key).await?;
    audit::record(cw, tx, Actor::Staff(account.id), "staff.sign_in", account.id, "").await?;
    Ok(Some(SignedIn { session, device, language: account.language.clone() }))
}
