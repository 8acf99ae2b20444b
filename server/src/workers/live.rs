//! Passes on to open pages that something changed.

use std::sync::Arc;

use casework::{Error, live};

use super::Surroundings;

/// Listens until the process ends, or the database does not answer.
pub async fn listen(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    tokio::select! {
        ended = live::listen(&surroundings.app.casework) => ended,
        () = surroundings.stop.cancelled() => Ok(()),
    }
}
