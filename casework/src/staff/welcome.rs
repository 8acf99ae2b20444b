//! Taking up an invitation: a password, then an authenticator, then recovery codes on paper.
//!
//! The link stays good until the authenticator is confirmed, so that somebody who is interrupted can start again. Until
//! then the session that the password began opens nothing but the second step.

use sqlx::FromRow;
use uuid::Uuid;

use super::invitation::{self, Invited};
use super::{password, second_factor, session};
use crate::history::Actor;
use crate::storage::Tx;
use crate::taxonomy::LanguageCode;
use crate::text::{EmailAddress, Words};
use crate::vault::totp::{RecoveryCode, TotpSecret};
use crate::vault::{CookieKeys, CookieToken, KeyPair, NewPassword, Purpose, Sealed};
use crate::{Casework, Error, audit, execute, fetch_optional};

/// Who the first administrator is.
pub struct Identity {
    /// The address they will sign in with.
    pub address: EmailAddress,
    /// Their name, as colleagues see it.
    pub name: Words,
}

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum WelcomeError {
    /// The link was used, replaced, or is too old.
    #[error("the link is not good any more")]
    LinkEnded,
    /// Somebody signs in with this address already.
    #[error("the address is in use")]
    AddressTaken,
    /// The code is not the authenticator's of now.
    #[error("the code is wrong")]
    WrongCode,
    /// Our fault.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// A member between the two steps.
pub struct Enrolling {
    /// Who.
    pub staff: Uuid,
    /// The address they will sign in with.
    pub address: String,
    /// Their language.
    pub language: LanguageCode,
    /// What they put into their authenticator.
    pub secret: TotpSecret,
}

/// First step: a password. Makes the member's key pair and a secret for their authenticator. `identity` is for those who
/// were invited without a name. Gives the token of the session in which the second step is taken.
pub async fn choose_password(
    cw: &Casework,
    link: &CookieToken,
    identity: Option<Identity>,
    chosen: NewPassword,
) -> Result<CookieToken, WelcomeError> {
    let invited = invitation::look_up(cw, link).await?.ok_or(WelcomeError::LinkEnded)?;
    let pair = KeyPair::generate(&*cw.randomness);
    let wrapped = password::wrap(cw, invited.staff, chosen, &pair.private).await?;
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    let invited = invitation::valid(cw, &mut tx, link).await?.ok_or(WelcomeError::LinkEnded)?;
    if let Some(identity) = identity.filter(|_| invited.is_nameless()) {
        introduce(&mut tx, &invited, &identity).await?;
    }
    let token = enrol(cw, &mut tx, &invited, &pair, wrapped).await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(token)
}

async fn introduce(tx: &mut Tx, invited: &Invited, identity: &Identity) -> Result<(), WelcomeError> {
    let address = identity.address.as_str().to_lowercase();
    let taken = fetch_optional!(tx, (Uuid,), "SELECT id FROM staff WHERE sign_in = $1", address.as_str())
        .map_err(Error::from)?;
    if taken.is_some() {
        return Err(WelcomeError::AddressTaken);
    }
    execute!(
        tx,
        "UPDATE staff SET sign_in = $1, name = $2 WHERE id = $3",
        address,
        identity.name.as_str(),
        invited.staff
    )
    .map_err(Error::from)?;
    Ok(())
}

async fn enrol(
    cw: &Casework,
    tx: &mut Tx,
    invited: &Invited,
    pair: &KeyPair,
    wrapped: password::Wrapped,
) -> Result<CookieToken, Error> {
    session::end_all(tx, invited.staff).await?;
    password::store(tx, invited.staff, &pair.private, wrapped).await?;
    let secret = TotpSecret::generate(&*cw.randomness);
    execute!(
        tx,
        "UPDATE staff SET sealed_totp_secret = $1, totp_step = 0 WHERE id = $2",
        second_factor::seal(cw, invited.staff, &secret),
        invited.staff
    )?;
    session::begin(cw, tx, invited.staff, &pair.private).await
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    sign_in: String,
    language: LanguageCode,
    sealed_totp_secret: Sealed,
}

/// Who is between the two steps with this session token, and the secret to show them; none if nobody is.
pub async fn enrolling(cw: &Casework, token: &CookieToken) -> Result<Option<Enrolling>, Error> {
    let mut tx = cw.storage.read().await?;
    enrolling_in(cw, &mut tx, token).await
}

async fn enrolling_in(cw: &Casework, tx: &mut Tx, token: &CookieToken) -> Result<Option<Enrolling>, Error> {
    let keys = CookieKeys::derive(token, &cw.keys, Purpose::SessionCookie);
    let now = cw.now();
    let row = fetch_optional!(
        tx,
        Row,
        "SELECT staff.id, staff.sign_in, staff.language, staff.sealed_totp_secret
         FROM session JOIN staff ON staff.id = session.staff_id
         WHERE session.lookup = $1 AND session.expires_at > $2 AND session.seen_at > $3
           AND staff.state = 'invited' AND staff.sealed_totp_secret IS NOT NULL",
        keys.lookup,
        now,
        now - session::IDLE
    )?;
    let Some(row) = row else { return Ok(None) };
    let secret = second_factor::open(cw, row.id, &row.sealed_totp_secret)?;
    Ok(Some(Enrolling { staff: row.id, address: row.sign_in, language: row.language, secret }))
}

/// Second step: the authenticator's code proves that it has the secret. The link is used up, the member is in and waits for
/// a grant. Gives the recovery codes, to be shown once.
pub async fn confirm_second_factor(
    cw: &Casework,
    token: &CookieToken,
    code: &str,
) -> Result<[RecoveryCode; RecoveryCode::SET], WelcomeError> {
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    let enrolling = enrolling_in(cw, &mut tx, token).await?.ok_or(WelcomeError::LinkEnded)?;
    if !second_factor::accept_totp(cw, &mut tx, enrolling.staff, code).await? {
        return Err(WelcomeError::WrongCode);
    }
    let codes = take_up(cw, &mut tx, enrolling.staff).await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(codes)
}

async fn take_up(cw: &Casework, tx: &mut Tx, staff: Uuid) -> Result<[RecoveryCode; RecoveryCode::SET], Error> {
    let now = cw.now();
    execute!(
        tx,
        "UPDATE staff SET state = 'waiting', signed_in_at = $1, tries = 0, slowed_until = NULL WHERE id = $2",
        now,
        staff
    )?;
    execute!(tx, "UPDATE invitation SET used_at = $1 WHERE staff_id = $2", now, staff)?;
    withdraw_nameless(tx).await?;
    audit::record(cw, tx, Actor::Staff(staff), "staff.accept", staff, "").await?;
    second_factor::new_recovery_codes(cw, tx, staff).await
}

/// Once there is an administrator, no link for a first one may be left.
async fn withdraw_nameless(tx: &mut Tx) -> Result<(), Error> {
    execute!(
        tx,
        "DELETE FROM staff WHERE state = 'invited' AND name = ''
         AND EXISTS (SELECT 1 FROM staff AS other WHERE other.role = 'administrator' AND other.state IN ('waiting', 'active'))"
    )?;
    Ok(())
}
