//! A case's two key pairs, and who gets at their private halves.
//!
//! The *case pair* opens what the reporter may read (their words, items, messages, a provider's answer). The *staff pair*
//! opens what only hotlines may (internal notes, assessments, referrals). Their public halves stand plain in the case's
//! row, so anything may be sealed to a case at any time, by anyone. The private halves are sealed to every hotline epoch
//! that holds the case; the case pair's is wrapped under the reporter's key as well.

use sqlx::FromRow;
use uuid::Uuid;

use crate::case_code::CaseCode;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::vault::{Binding, KeyPair, OpenError, PrivateKey, PublicKey, Sealed, reporter_key};
use crate::{Casework, Error, execute, fetch_all, fetch_optional};

/// The public halves: enough to seal to a case.
#[derive(FromRow)]
pub struct CasePublicKeys {
    /// Seals what reporter and staff may read.
    #[sqlx(try_from = "Vec<u8>")]
    pub public_key: PublicKey,
    /// Seals what only staff may read.
    #[sqlx(try_from = "Vec<u8>")]
    pub staff_public_key: PublicKey,
}

/// The private halves, opened in a staff member's session.
#[derive(Clone)]
pub struct CaseKeys {
    /// Opens what reporter and staff may read.
    pub case: PrivateKey,
    /// Opens what only staff may read.
    pub staff: PrivateKey,
}

/// One case's keys, lent to a worker for what a member asked for ([`crate::bulk`]).
pub struct LentKeys {
    /// Which case.
    pub case: Uuid,
    /// Its keys.
    pub keys: CaseKeys,
}

/// The two pairs of a new case.
pub struct NewCaseKeys {
    /// The case pair.
    pub case: KeyPair,
    /// The staff-only pair.
    pub staff: KeyPair,
}

/// One epoch's private half, as a member's grant opened it.
pub struct EpochKey {
    /// Which epoch.
    pub epoch: Uuid,
    /// Its private half.
    pub key: PrivateKey,
}

const CASE_KEY: &str = "case_key.case";
const STAFF_KEY: &str = "case_key.staff";
const REPORTER_KEY: &str = "case.reporter_key";

impl NewCaseKeys {
    /// Two fresh pairs.
    pub fn generate(cw: &Casework) -> Self {
        Self { case: KeyPair::generate(&*cw.randomness), staff: KeyPair::generate(&*cw.randomness) }
    }

    /// Their public halves.
    pub fn public(&self) -> CasePublicKeys {
        CasePublicKeys { public_key: self.case.public, staff_public_key: self.staff.public }
    }
}

/// Seals both private halves of `case` to one hotline epoch.
pub async fn seal_to_epoch(
    cw: &Casework,
    tx: &mut Tx,
    case: Uuid,
    epoch: Uuid,
    epoch_key: &PublicKey,
    case_key: &PrivateKey,
    staff_key: &PrivateKey,
) -> Result<(), Error> {
    let sealed_case = epoch_key.seal_key(&*cw.randomness, Binding { row: case, field: CASE_KEY }, case_key);
    let sealed_staff = epoch_key.seal_key(&*cw.randomness, Binding { row: case, field: STAFF_KEY }, staff_key);
    execute!(
        tx,
        "INSERT INTO case_key (case_id, epoch_id, sealed_case_key, sealed_staff_key, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (case_id, epoch_id) DO NOTHING",
        case,
        epoch,
        sealed_case,
        sealed_staff,
        cw.now()
    )?;
    Ok(())
}

/// The public halves of a case, or none if there is no such case.
pub async fn public_keys(tx: &mut Tx, case: Uuid) -> Result<Option<CasePublicKeys>, Error> {
    Ok(fetch_optional!(tx, CasePublicKeys, "SELECT public_key, staff_public_key FROM cases WHERE id = $1", case)?)
}

#[derive(FromRow)]
struct SealedPair {
    epoch_id: Uuid,
    sealed_case_key: Sealed,
    sealed_staff_key: Sealed,
}

/// Opens a case's private halves with whichever of the member's epochs it was sealed to; none if with no one of them.
pub async fn open_for_staff(tx: &mut Tx, epochs: &[EpochKey], case: Uuid) -> Result<Option<CaseKeys>, Error> {
    let sealed = fetch_all!(
        tx,
        SealedPair,
        "SELECT epoch_id, sealed_case_key, sealed_staff_key FROM case_key WHERE case_id = $1",
        case
    )?;
    for pair in sealed {
        let Some(epoch) = epochs.iter().find(|held| held.epoch == pair.epoch_id) else { continue };
        return Ok(Some(CaseKeys {
            case: epoch.key.open_key(Binding { row: case, field: CASE_KEY }, &pair.sealed_case_key)?,
            staff: epoch.key.open_key(Binding { row: case, field: STAFF_KEY }, &pair.sealed_staff_key)?,
        }));
    }
    Ok(None)
}

/// Opens a case's keys as this session can: by the epochs it holds, or because they were lent to it.
pub(crate) async fn open_in(tx: &mut Tx, session: &StaffSession, case: Uuid) -> Result<Option<CaseKeys>, Error> {
    match &session.lent {
        Some(lent) if lent.case == case => Ok(Some(lent.keys.clone())),
        _ => open_for_staff(tx, &session.epochs, case).await,
    }
}

/// Wraps the case pair's private half for whoever holds the case code: the column `reporter_wrapped_key`.
pub fn wrap_for_reporter(cw: &Casework, code: &CaseCode, case: Uuid, key: &PrivateKey) -> Sealed {
    reporter_key(code, &cw.keys, case).wrap_key(&*cw.randomness, Binding::new(case, REPORTER_KEY), key)
}

/// Opens what [`wrap_for_reporter`] wrapped.
pub fn open_for_reporter(
    cw: &Casework,
    code: &CaseCode,
    case: Uuid,
    wrapped: &Sealed,
) -> Result<PrivateKey, OpenError> {
    reporter_key(code, &cw.keys, case).unwrap_key(Binding::new(case, REPORTER_KEY), wrapped)
}
