//! Keeps the audit chain's head outside the database.

use std::io;
use std::sync::Arc;

use casework::{Error, audit};

use super::Surroundings;
use crate::audit_head;

/// Writes the head if the chain has grown. A chain that got shorter was cut: then what stands outside is the proof, and
/// is left alone.
pub async fn keep_outside(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    let mut tx = surroundings.app.casework.storage.read().await?;
    let head = audit::head(&mut tx).await?;
    drop(tx);
    let folder = &surroundings.data_folder;
    let written: io::Result<()> = match audit_head::read(folder) {
        Ok(Some(outside)) if outside.number > head.number => {
            tracing::error!("the audit log is shorter than it was: run suoja check");
            Ok(())
        }
        Ok(Some(outside)) if outside == head => Ok(()),
        Ok(_) => audit_head::write(folder, &head),
        Err(cause) => Err(cause),
    };
    if let Err(cause) = written {
        tracing::error!(%cause, "the audit log's head can't be kept in the data folder");
    }
    Ok(())
}
