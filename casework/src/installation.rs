//! What a database belongs to: one set of keys, and either real cases or made-up ones. Recorded at its first use.

use crate::storage::{Storage, StorageError, Tx};
use crate::vault::server_keys::KeyId;
use crate::{execute, fetch_optional};
use chrono::{DateTime, Utc};

/// Whether a database's cases are real.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A hotline's own.
    Real,
    /// Made up, to look around in. Never in the same database as real ones.
    Demo,
    /// Made up, to learn from ([`crate::lesson`]).
    Training,
}

impl Kind {
    /// The code, which also names its folders and its command.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Demo => "demo",
            Self::Training => "training",
        }
    }
}

/// Why a process must not use a database.
#[derive(Debug, thiserror::Error)]
pub enum InstallationError {
    /// Its private text was sealed under other keys.
    #[error(
        "this database belongs to keys {of_database}, the key folder holds {given}: use the folder that belongs to it"
    )]
    OtherKeys {
        /// The database's.
        of_database: String,
        /// The folder's.
        given: String,
    },
    /// Made-up and real cases are never mixed.
    #[error(
        "this database holds {of_database} cases and was opened for {given} ones: use a database of its own for each"
    )]
    OtherKind {
        /// The database's.
        of_database: String,
        /// What was asked for.
        given: &'static str,
    },
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Whether the database has been used before; its schema may not even be there.
pub async fn is_claimed(storage: &Storage) -> Result<bool, StorageError> {
    if !storage.has_schema().await? {
        return Ok(false);
    }
    let mut tx = storage.read().await?;
    Ok(fetch_optional!(&mut tx, (String,), "SELECT key_id FROM installation WHERE id = 1")?.is_some())
}

/// Whether the cases of this database are made up.
pub(crate) async fn is_made_up(tx: &mut Tx) -> Result<bool, StorageError> {
    let stored = fetch_optional!(tx, (String,), "SELECT kind FROM installation WHERE id = 1")?;
    Ok(stored.is_some_and(|(kind,)| kind != Kind::Real.as_str()))
}

/// Makes a new database this installation's, or checks that it is.
pub async fn claim(storage: &Storage, keys: &KeyId, kind: Kind, now: DateTime<Utc>) -> Result<(), InstallationError> {
    let mut tx = storage.write().await?;
    execute!(
        &mut tx,
        "INSERT INTO installation (id, key_id, kind, created_at) VALUES (1, $1, $2, $3) ON CONFLICT (id) DO NOTHING",
        keys.as_str(),
        kind.as_str(),
        now
    )?;
    let row = fetch_optional!(&mut tx, (String, String), "SELECT key_id, kind FROM installation WHERE id = 1")?;
    tx.commit().await?;
    let Some((key_id, stored_kind)) = row else { return Ok(()) };
    if key_id != keys.as_str() {
        return Err(InstallationError::OtherKeys { of_database: key_id, given: keys.to_string() });
    }
    if stored_kind != kind.as_str() {
        return Err(InstallationError::OtherKind { of_database: stored_kind, given: kind.as_str() });
    }
    Ok(())
}
