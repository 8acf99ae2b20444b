//! Deletes what has run out.

use std::sync::Arc;

use casework::staff::session;
use casework::{Error, draft};

use super::Surroundings;

/// Drafts an hour after the last step, and sessions whose time is over.
pub async fn delete_expired(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    draft::purge(&surroundings.app.casework).await?;
    session::sweep(&surroundings.app.casework).await?;
    Ok(())
}
