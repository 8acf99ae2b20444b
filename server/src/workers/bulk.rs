//! Carries out what was asked for many cases, once it can't be undone any more.

use std::sync::Arc;

use casework::{Error, bulk};

use super::Surroundings;

/// Carries out what is due.
pub async fn carry_out(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    bulk::carry_out_due(&surroundings.app.casework).await?;
    Ok(())
}
