//! A hotline's epochs: the key pairs to which its cases are sealed, one after another.
//!
//! The newest epoch is the one that new cases are sealed to. Every holder's grants carry all of them; every one is sealed
//! to the hotline's recovery key as well. Somebody leaving begins a new epoch, which they never get.

use sqlx::FromRow;
use uuid::Uuid;

use crate::case_keys::EpochKey;
use crate::storage::Tx;
use crate::vault::{Binding, KeyPair, PrivateKey, PublicKey, Sealed};
use crate::{Casework, Error, execute, fetch_all, fetch_one, fetch_optional};

const GRANT: &str = "epoch_grant.key";
const RECOVERY: &str = "epoch.recovery";

/// The epoch that new cases of `hotline` are sealed to; none before its set-up, when it takes no cases.
pub async fn current_epoch(tx: &mut Tx, hotline: Uuid) -> Result<Option<(Uuid, PublicKey)>, Error> {
    Ok(fetch_optional!(
        tx,
        (Uuid, PublicKey),
        "SELECT id, public_key FROM epoch WHERE organisation_id = $1 ORDER BY number DESC LIMIT 1",
        hotline
    )?)
}

/// How many epochs `hotline` has.
pub(crate) async fn count(tx: &mut Tx, hotline: Uuid) -> Result<usize, Error> {
    let (count,) = fetch_one!(tx, (i64,), "SELECT count(*) FROM epoch WHERE organisation_id = $1", hotline)?;
    usize::try_from(count).map_err(|_| Error::Inconsistent("epoch"))
}

#[derive(FromRow)]
struct SealedEpoch {
    id: Uuid,
    sealed: Sealed,
}

/// The epochs a member holds, opened with their own key, oldest first.
pub(crate) async fn held(tx: &mut Tx, staff: Uuid, member_key: &PrivateKey) -> Result<Vec<EpochKey>, Error> {
    let sealed = fetch_all!(
        tx,
        SealedEpoch,
        "SELECT epoch_id AS id, sealed_key AS sealed FROM epoch_grant WHERE staff_id = $1 ORDER BY epoch_id",
        staff
    )?;
    open(sealed, GRANT, member_key)
}

/// Every epoch of `hotline`, opened with its recovery key.
pub(crate) async fn recovered(tx: &mut Tx, hotline: Uuid, recovery: &PrivateKey) -> Result<Vec<EpochKey>, Error> {
    let sealed = fetch_all!(
        tx,
        SealedEpoch,
        "SELECT id, sealed_to_recovery AS sealed FROM epoch
         WHERE organisation_id = $1 AND sealed_to_recovery IS NOT NULL ORDER BY number",
        hotline
    )?;
    open(sealed, RECOVERY, recovery)
}

fn open(sealed: Vec<SealedEpoch>, field: &'static str, key: &PrivateKey) -> Result<Vec<EpochKey>, Error> {
    sealed
        .into_iter()
        .map(|epoch| Ok(EpochKey { epoch: epoch.id, key: key.open_key(Binding::new(epoch.id, field), &epoch.sealed)? }))
        .collect()
}

/// Seals one epoch to a member.
pub(crate) async fn grant(
    cw: &Casework,
    tx: &mut Tx,
    epoch: &EpochKey,
    staff: Uuid,
    member: &PublicKey,
    by: Uuid,
) -> Result<(), Error> {
    let sealed = member.seal_key(&*cw.randomness, Binding::new(epoch.epoch, GRANT), &epoch.key);
    execute!(
        tx,
        "INSERT INTO epoch_grant (staff_id, epoch_id, sealed_key, granted_by, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (staff_id, epoch_id) DO UPDATE SET sealed_key = excluded.sealed_key, granted_by = excluded.granted_by,
            created_at = excluded.created_at",
        staff,
        epoch.epoch,
        sealed,
        by,
        cw.now()
    )?;
    Ok(())
}

/// Seals one epoch to the hotline's recovery key, in place of what was sealed to an earlier one.
pub(crate) async fn seal_to_recovery(
    cw: &Casework,
    tx: &mut Tx,
    epoch: &EpochKey,
    recovery: &PublicKey,
) -> Result<(), Error> {
    let sealed = recovery.seal_key(&*cw.randomness, Binding::new(epoch.epoch, RECOVERY), &epoch.key);
    execute!(tx, "UPDATE epoch SET sealed_to_recovery = $1 WHERE id = $2", sealed, epoch.epoch)?;
    Ok(())
}

#[derive(FromRow)]
struct Holder {
    id: Uuid,
    public_key: PublicKey,
}

/// Begins a new epoch of `hotline`, sealed to everybody who holds its keys now and to recovery. No old key is needed.
/// The caller holds the organisation (`Tx::lock_organisation`).
pub(crate) async fn begin(cw: &Casework, tx: &mut Tx, hotline: Uuid, by: Uuid) -> Result<EpochKey, Error> {
    let pair = KeyPair::generate(&*cw.randomness);
    let epoch = EpochKey { epoch: cw.new_id(), key: pair.private };
    execute!(
        tx,
        "INSERT INTO epoch (id, organisation_id, number, public_key, created_at)
         SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $4 FROM epoch WHERE organisation_id = $2",
        epoch.epoch,
        hotline,
        pair.public,
        cw.now()
    )?;
    let recovery = fetch_optional!(
        tx,
        (PublicKey,),
        "SELECT recovery_key FROM organisation WHERE id = $1 AND recovery_key IS NOT NULL",
        hotline
    )?;
    if let Some((recovery,)) = recovery {
        seal_to_recovery(cw, tx, &epoch, &recovery).await?;
    }
    let holders = fetch_all!(
        tx,
        Holder,
        "SELECT id, public_key FROM staff WHERE organisation_id = $1 AND state = 'active' AND public_key IS NOT NULL",
        hotline
    )?;
    for holder in holders {
        grant(cw, tx, &epoch, holder.id, &holder.public_key, by).await?;
    }
    Ok(epoch)
}
