//! Deletes what has run out.

use std::sync::Arc;

use casework::staff::{exposure, lighter, session, takes};
use casework::{Error, bulk, draft, flood, lapse, list, on_call, press, skip, video};

use super::Surroundings;

/// Drafts an hour after the last step, sessions whose time is over, presses and acts in bulk of days ago, what a member
/// skipped, left to others, looked at or was told of, times on call that are over, floods that ended, frames of videos that
/// nothing holds any more, and what left the list long ago.
pub async fn delete_expired(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    let cw = &surroundings.app.casework;
    draft::purge(cw).await?;
    session::sweep(cw).await?;
    press::purge(cw).await?;
    bulk::purge(cw).await?;
    skip::purge(cw).await?;
    takes::purge(cw).await?;
    lighter::purge(cw).await?;
    exposure::purge(cw).await?;
    lapse::purge(cw).await?;
    on_call::purge(cw).await?;
    flood::purge(cw).await?;
    video::purge(cw).await?;
    list::purge(cw).await?;
    Ok(())
}
