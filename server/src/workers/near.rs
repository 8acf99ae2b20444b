//! Keeps the index of pictures that look alike up to date.

use std::sync::Arc;

use casework::{Error, near};

use super::Surroundings;

/// Reads the fingerprints that have come; the first time all there are.
pub async fn refresh(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    near::refresh(&surroundings.app.casework).await
}
