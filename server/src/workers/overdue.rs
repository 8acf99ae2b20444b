//! Raises what waited too long.

use std::sync::Arc;

use casework::{Error, queue};

use super::Surroundings;

/// Cases that missed their deadline go up one level, once.
pub async fn raise(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    queue::raise_overdue(&surroundings.app.casework).await?;
    Ok(())
}
