//! Grants: somebody who holds the hotline's keys lets a colleague in.

use sqlx::FromRow;
use uuid::Uuid;

use super::session::StaffSession;
use crate::case_keys::EpochKey;
use crate::history::Actor;
use crate::storage::Tx;
use crate::vault::PublicKey;
use crate::{Casework, Error, audit, epoch, execute, fetch_all, fetch_optional};

/// Somebody who has signed in and waits to be let in.
#[derive(Clone, Debug, FromRow)]
pub struct Waiting {
    /// Who.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// The address they sign in with.
    pub sign_in: String,
}

/// Why nobody was let in.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// Who holds no keys cannot give any.
    #[error("you hold no keys yourself")]
    NotAHolder,
    /// Nobody of this hotline waits by this id.
    #[error("they do not wait")]
    NotWaiting,
    /// Our fault.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Who waits in the session's hotline, the longest first.
pub async fn waiting(cw: &Casework, session: &StaffSession) -> Result<Vec<Waiting>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(
        &mut tx,
        Waiting,
        "SELECT id, name, sign_in FROM staff WHERE organisation_id = $1 AND state = 'waiting' AND public_key IS NOT NULL ORDER BY id",
        session.organisation
    )?)
}

/// Lets `newcomer` in: every epoch this member holds is sealed to them.
pub async fn grant(cw: &Casework, session: &StaffSession, newcomer: Uuid) -> Result<(), GrantError> {
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    tx.lock_organisation(session.organisation).await.map_err(Error::from)?;
    // Read anew: an epoch may have begun since the request did.
    let epochs = epoch::held(&mut tx, session.staff, &session.member_key).await?;
    if epochs.is_empty() {
        return Err(GrantError::NotAHolder);
    }
    let key = fetch_optional!(
        &mut tx,
        (PublicKey,),
        "UPDATE staff SET state = 'active' WHERE id = $1 AND organisation_id = $2 AND state = 'waiting' AND public_key IS NOT NULL
         RETURNING public_key",
        newcomer,
        session.organisation
    )
    .map_err(Error::from)?;
    let Some((key,)) = key else { return Err(GrantError::NotWaiting) };
    for epoch in &epochs {
        epoch::grant(cw, &mut tx, epoch, newcomer, &key, session.staff).await?;
    }
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "staff.grant", newcomer, "").await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(())
}

/// Makes a member of the session's hotline a holder without a colleague: for the first member at set-up, and after
/// recovery. Seals `epochs` to them.
pub(crate) async fn become_holder(
    cw: &Casework,
    tx: &mut Tx,
    session: &StaffSession,
    epochs: &[EpochKey],
) -> Result<(), Error> {
    let member = session.member_key.public();
    for epoch in epochs {
        epoch::grant(cw, tx, epoch, session.staff, &member, session.staff).await?;
    }
    execute!(tx, "UPDATE staff SET state = 'active' WHERE id = $1 AND state = 'waiting'", session.staff)?;
    Ok(())
}
