//! The second factor of a member: the secret shared with their authenticator, and recovery codes on paper.

use sqlx::FromRow;
use uuid::Uuid;

use super::session::StaffSession;
use crate::history::Actor;
use crate::storage::Tx;
use crate::vault::totp::{RecoveryCode, TotpSecret};
use crate::vault::{Binding, Sealed};
use crate::{Casework, Error, audit, execute, fetch_one, fetch_optional};

const SECRET: &str = "staff.totp_secret";

/// The secret, encrypted under the server secret.
pub(super) fn seal(cw: &Casework, staff: Uuid, secret: &TotpSecret) -> Sealed {
    cw.keys.secret_box().wrap(&*cw.randomness, Binding::new(staff, SECRET), secret.as_bytes())
}

/// Opens what [`seal`] closed.
pub(super) fn open(cw: &Casework, staff: Uuid, sealed: &Sealed) -> Result<TotpSecret, Error> {
    let secret = cw.keys.secret_box().unwrap(Binding::new(staff, SECRET), sealed)?;
    TotpSecret::from_bytes(&secret).map_err(|_| Error::Inconsistent("staff.sealed_totp_secret"))
}

#[derive(FromRow)]
struct Factor {
    sealed_totp_secret: Sealed,
    totp_step: i64,
}

/// Whether what was typed is the authenticator's code of now or an unused recovery code. Either counts once, also when
/// the same is sent twice at the same moment.
pub(super) async fn accept(cw: &Casework, tx: &mut Tx, staff: Uuid, typed: &str) -> Result<bool, Error> {
    match typed.parse::<RecoveryCode>() {
        Ok(code) => use_recovery_code(cw, tx, staff, &code).await,
        Err(_) => accept_totp(cw, tx, staff, typed).await,
    }
}

/// Whether `typed` is the authenticator's code of now, and newer than the last one used.
pub(super) async fn accept_totp(cw: &Casework, tx: &mut Tx, staff: Uuid, typed: &str) -> Result<bool, Error> {
    let factor = fetch_optional!(
        tx,
        Factor,
        "SELECT sealed_totp_secret, totp_step FROM staff WHERE id = $1 AND sealed_totp_secret IS NOT NULL",
        staff
    )?;
    let Some(factor) = factor else { return Ok(false) };
    let secret = open(cw, staff, &factor.sealed_totp_secret)?;
    let Ok(step) = secret.verify(typed, cw.now(), Some(factor.totp_step)) else { return Ok(false) };
    let newer = execute!(tx, "UPDATE staff SET totp_step = $1 WHERE id = $2 AND totp_step < $1", step, staff)?;
    Ok(newer == 1)
}

async fn use_recovery_code(cw: &Casework, tx: &mut Tx, staff: Uuid, code: &RecoveryCode) -> Result<bool, Error> {
    let used = execute!(
        tx,
        "UPDATE recovery_code SET used_at = $1 WHERE staff_id = $2 AND lookup = $3 AND used_at IS NULL",
        cw.now(),
        staff,
        code.lookup(&cw.keys, staff)
    )?;
    if used == 0 {
        return Ok(false);
    }
    audit::record(cw, tx, Actor::Staff(staff), "staff.recovery_code_used", staff, "").await?;
    Ok(true)
}

/// A fresh set of recovery codes; earlier ones are worth nothing any more.
pub(super) async fn new_recovery_codes(
    cw: &Casework,
    tx: &mut Tx,
    staff: Uuid,
) -> Result<[RecoveryCode; RecoveryCode::SET], Error> {
    let codes = RecoveryCode::generate_set(&*cw.randomness);
    execute!(tx, "DELETE FROM recovery_code WHERE staff_id = $1", staff)?;
    for code in &codes {
        execute!(
            tx,
            "INSERT INTO recovery_code (staff_id, lookup) VALUES ($1, $2)",
            staff,
            code.lookup(&cw.keys, staff)
        )?;
    }
    audit::record(cw, tx, Actor::Staff(staff), "staff.recovery_codes", staff, "").await?;
    Ok(codes)
}

/// A fresh set for a signed-in member, shown once.
pub async fn renew_recovery_codes(
    cw: &Casework,
    session: &StaffSession,
) -> Result<[RecoveryCode; RecoveryCode::SET], Error> {
    let mut tx = cw.storage.write().await?;
    let codes = new_recovery_codes(cw, &mut tx, session.staff).await?;
    tx.commit().await?;
    Ok(codes)
}

/// How many of a member's recovery codes are unused.
pub async fn recovery_codes_left(cw: &Casework, session: &StaffSession) -> Result<u64, Error> {
    let mut tx = cw.storage.read().await?;
    let (left,) = fetch_one!(
        &mut tx,
        (i64,),
        "SELECT count(*) FROM recovery_code WHERE staff_id = $1 AND used_at IS NULL",
        session.staff
    )?;
    Ok(u64::try_from(left).unwrap_or(0))
}
