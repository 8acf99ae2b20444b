//! Recovery: what a hotline keeps on paper in case nobody who holds its keys is left.
//!
//! The recovery key pair is made once, at set-up; its private half is split among people and shown, never stored. Every
//! epoch is sealed to its public half. Enough shares, typed into a signed-in member's session, open every epoch for them.

use uuid::Uuid;

use crate::case_keys::EpochKey;
use crate::history::Actor;
use crate::staff::grant;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::Country;
use crate::text::Words;
use crate::vault::recovery::{CombineError, Share, combine, split};
use crate::vault::{KeyPair, PublicKey};
use crate::{Casework, Error, audit, epoch, execute, fetch_optional};

/// The most people a key is split among: each prints a share, and somebody must keep count of them.
pub const MOST_SHARES: u8 = 9;

/// How a recovery key is split: how many people, how many of them it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    threshold: u8,
    shares: u8,
}

/// A key cannot be split so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("2 to 9 shares, of which at least 2 and at most all are needed")]
pub struct InvalidSplit;

impl Split {
    /// `threshold` of `shares`: at least 2 are needed, at most all, at most [`MOST_SHARES`].
    pub fn new(threshold: u8, shares: u8) -> Result<Self, InvalidSplit> {
        let is_split = threshold >= 2 && threshold <= shares && shares <= MOST_SHARES;
        is_split.then_some(Self { threshold, shares }).ok_or(InvalidSplit)
    }
}

impl Default for Split {
    /// Two of three.
    fn default() -> Self {
        Self { threshold: 2, shares: 3 }
    }
}

/// Why nothing was set up or recovered.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// Only somebody who holds every epoch can seal them to a new recovery key.
    #[error("you do not hold every key of the hotline")]
    NotAHolder,
    /// There are keys already.
    #[error("the hotline has been set up")]
    AlreadySetUp,
    /// The shares do not come together.
    #[error(transparent)]
    Shares(#[from] CombineError),
    /// The shares belong to another hotline, or were replaced by newer ones.
    #[error("the shares are not those of this hotline's present recovery key")]
    NotOurs,
    /// Our fault.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// A hotline's name and country, as its first administrator gives them.
pub struct HotlineName {
    /// Its name.
    pub name: Words,
    /// Where it works, if in one country.
    pub country: Option<Country>,
}

/// Whether the hotline has keys: before that it takes no cases.
pub async fn is_set_up(cw: &Casework, hotline: Uuid) -> Result<bool, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(epoch::current_epoch(&mut tx, hotline).await?.is_some())
}

/// Sets the session's hotline up: names it (if a name is given), makes its recovery key and its first epoch, and makes this
/// member its first holder. Gives the shares, to be printed and never seen again.
pub async fn set_up(
    cw: &Casework,
    session: &StaffSession,
    named: Option<HotlineName>,
    how: Split,
) -> Result<Vec<Share>, RecoveryError> {
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    tx.lock_organisation(session.organisation).await.map_err(Error::from)?;
    if epoch::current_epoch(&mut tx, session.organisation).await?.is_some() {
        return Err(RecoveryError::AlreadySetUp);
    }
    if let Some(named) = named {
        name_hotline(&mut tx, session.organisation, &named).await?;
    }
    let (shares, key) = new_recovery_key(cw, how)?;
    use_recovery_key(cw, &mut tx, session, &key, (how.threshold.into(), how.shares.into())).await?;
    let first = epoch::begin(cw, &mut tx, session.organisation, session.staff).await?;
    grant::become_holder(cw, &mut tx, session, &[first]).await?;
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "hotline.set_up", session.organisation, "").await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(shares)
}

async fn name_hotline(tx: &mut Tx, hotline: Uuid, named: &HotlineName) -> Result<(), Error> {
    execute!(
        tx,
        "UPDATE organisation SET name = $1, country = $2 WHERE id = $3",
        named.name.as_str(),
        named.country.clone(),
        hotline
    )?;
    Ok(())
}

/// A new pair's private half, split, and its public half.
fn new_recovery_key(cw: &Casework, how: Split) -> Result<(Vec<Share>, PublicKey), Error> {
    let pair = KeyPair::generate(&*cw.randomness);
    let shares = split(&*cw.randomness, &pair.private, how.threshold, how.shares)
        .map_err(|_| Error::Inconsistent("recovery split"))?;
    Ok((shares, pair.public))
}

/// From now on this is the hotline's recovery key.
async fn use_recovery_key(
    cw: &Casework,
    tx: &mut Tx,
    session: &StaffSession,
    key: &PublicKey,
    (threshold, shares): (i64, i64),
) -> Result<(), Error> {
    execute!(
        tx,
        "UPDATE organisation SET recovery_key = $1, recovery_threshold = $2, recovery_shares = $3 WHERE id = $4",
        *key,
        threshold,
        shares,
        session.organisation
    )?;
    let split = format!("{threshold}/{shares}");
    audit::record(cw, tx, Actor::Staff(session.staff), "recovery.new", session.organisation, &split).await
}

/// Makes a new recovery key: shares were lost, or people who keep them have left. The earlier shares go on opening
/// everything until [`confirm_stored`]: a page that is closed too early costs nothing.
pub async fn renew(cw: &Casework, session: &StaffSession, how: Split) -> Result<Vec<Share>, RecoveryError> {
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    tx.lock_organisation(session.organisation).await.map_err(Error::from)?;
    every_epoch(&mut tx, session).await?;
    let (shares, key) = new_recovery_key(cw, how)?;
    execute!(
        &mut tx,
        "INSERT INTO recovery_renewal (organisation_id, staff_id, recovery_key, threshold, shares, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (organisation_id) DO UPDATE SET staff_id = excluded.staff_id, recovery_key = excluded.recovery_key,
             threshold = excluded.threshold, shares = excluded.shares, created_at = excluded.created_at",
        session.organisation,
        session.staff,
        key,
        i64::from(how.threshold),
        i64::from(how.shares),
        cw.now()
    )
    .map_err(Error::from)?;
    tx.commit().await.map_err(Error::from)?;
    Ok(shares)
}

/// All the hotline's epochs, for a member who holds every one.
async fn every_epoch(tx: &mut Tx, session: &StaffSession) -> Result<Vec<EpochKey>, RecoveryError> {
    let held = epoch::held(tx, session.staff, &session.member_key).await?;
    let is_all = !held.is_empty() && held.len() == epoch::count(tx, session.organisation).await?;
    if is_all { Ok(held) } else { Err(RecoveryError::NotAHolder) }
}

/// The people who keep the shares have said so. Shares of a renewal take the place of the earlier ones only now, which open
/// nothing from then on.
pub async fn confirm_stored(cw: &Casework, session: &StaffSession) -> Result<(), RecoveryError> {
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    tx.lock_organisation(session.organisation).await.map_err(Error::from)?;
    let renewed = fetch_optional!(
        &mut tx,
        (PublicKey, i64, i64),
        "DELETE FROM recovery_renewal WHERE organisation_id = $1 AND staff_id = $2 RETURNING recovery_key, threshold, shares",
        session.organisation,
        session.staff
    )
    .map_err(Error::from)?;
    if let Some((key, threshold, shares)) = renewed {
        for epoch in &every_epoch(&mut tx, session).await? {
            epoch::seal_to_recovery(cw, &mut tx, epoch, &key).await?;
        }
        use_recovery_key(cw, &mut tx, session, &key, (threshold, shares)).await?;
    }
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "recovery.stored", session.organisation, "").await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(())
}

async fn recovery_key(tx: &mut Tx, hotline: Uuid) -> Result<Option<PublicKey>, Error> {
    let found = fetch_optional!(
        tx,
        (PublicKey,),
        "SELECT recovery_key FROM organisation WHERE id = $1 AND recovery_key IS NOT NULL",
        hotline
    )?;
    Ok(found.map(|(key,)| key))
}

/// Puts shares together and lets this member in: every epoch is opened and sealed to them. Gives how many epochs.
pub async fn recover(cw: &Casework, session: &StaffSession, shares: &[Share]) -> Result<usize, RecoveryError> {
    let recovery = combine(shares)?;
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    tx.lock_organisation(session.organisation).await.map_err(Error::from)?;
    if recovery_key(&mut tx, session.organisation).await? != Some(recovery.public()) {
        return Err(RecoveryError::NotOurs);
    }
    let epochs = epoch::recovered(&mut tx, session.organisation, &recovery).await?;
    grant::become_holder(cw, &mut tx, session, &epochs).await?;
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "recovery.used", session.organisation, "").await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(epochs.len())
}
