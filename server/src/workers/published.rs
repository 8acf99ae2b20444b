//! Publishes the figures of quarters that have ended.

use std::sync::Arc;

use casework::Error;
use casework::figures::published;

use super::Surroundings;

/// Every quarter that is due.
pub async fn publish(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    published::publish_due(&surroundings.app.casework).await?;
    Ok(())
}
