//! In an installation for training, lessons never run out.

use std::sync::Arc;

use super::Surroundings;
use crate::training;

/// Adds lessons where there are few left.
pub async fn top_up(surroundings: Arc<Surroundings>) -> anyhow::Result<()> {
    training::top_up(&surroundings.app.casework).await
}
