//! Deletes what has run out.

use std::sync::Arc;

use casework::staff::session;
use casework::{Error, bulk, draft, flood, press, video};

use super::Surroundings;

/// Drafts an hour after the last step, sessions whose time is over, presses and acts in bulk of days ago, and frames of videos that nothing
/// holds any more.
pub async fn delete_expired(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    draft::purge(&surroundings.app.casework).await?;
    session::sweep(&surroundings.app.casework).await?;
    press::purge(&surroundings.app.casework).await?;
    flood::purge(&surroundings.app.casework).await?;
    bulk::purge(&surroundings.app.casework).await?;
    video::purge(&surroundings.app.casework).await?;
    Ok(())
}
