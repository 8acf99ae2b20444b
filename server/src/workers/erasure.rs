//! Carries out what reporters asked to have erased, once the seven days are over.

use std::sync::Arc;

use casework::{Error, erasure};

use super::Surroundings;

/// Everything that is due.
pub async fn carry_out(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    erasure::run_due(&surroundings.app.casework).await?;
    Ok(())
}
