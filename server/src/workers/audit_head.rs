//! Keeps the audit chain's head outside the database.

use std::io;
use std::sync::Arc;

use casework::{Error, audit};

use super::Surroundings;
use crate::audit_head;

/// Writes the head if the chain has grown. A chain that no longer goes through what stands outside was cut or forged: then
/// that is the proof, and is left alone.
pub async fn keep_outside(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    let mut tx = surroundings.app.casework.storage.read().await?;
    let head = audit::head(&mut tx).await?;
    let folder = &surroundings.data_folder;
    let written: io::Result<()> = match audit_head::read(folder) {
        Ok(Some(outside)) if outside == head => Ok(()),
        Ok(Some(outside)) if !audit::goes_through(&mut tx, &outside).await? => {
            tracing::error!("the audit log is not the one it was: run suoja check");
            Ok(())
        }
        Ok(_) => audit_head::write(folder, &head),
        Err(cause) => Err(cause),
    };
    drop(tx);
    if let Err(cause) = written {
        tracing::error!(%cause, "the audit log's head can't be kept in the data folder");
    }
    Ok(())
}
