//! Keeps the list partners pull in step with the claims.

use std::sync::Arc;

use casework::{Error, list};

use super::Surroundings;

/// Follows every claim that began or ended.
pub async fn follow(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    while !surroundings.stop.is_cancelled() && list::follow(&surroundings.app.casework).await? {}
    Ok(())
}
