//! Raises what waited too long, follows a changed priority table, and puts back what lies in somebody's hands while nothing happens.

use std::sync::Arc;

use casework::{Error, lapse, queue, reorder};

use super::Surroundings;

/// Cases that missed their deadline go up one level, once.
pub async fn raise(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    queue::raise_overdue(&surroundings.app.casework).await?;
    Ok(())
}

/// Cases that nobody looked at for too long go back to the queue.
pub async fn put_back(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    lapse::put_back_idle(&surroundings.app.casework).await?;
    Ok(())
}

/// Cases that wait get the level that the priority table in force gives them.
pub async fn reorder(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    reorder::decide_anew(&surroundings.app.casework).await?;
    Ok(())
}
