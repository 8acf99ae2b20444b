//! Rings while cases in danger wait.

use std::sync::Arc;

use casework::{Error, alarm};

use super::Surroundings;

/// Rings what is due. The outbox carries it out.
pub async fn ring(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    alarm::ring_due(&surroundings.app.casework, surroundings.caller.is_some()).await?;
    Ok(())
}
