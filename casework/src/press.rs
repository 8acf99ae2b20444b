//! A button pressed twice does its work once.
//!
//! Whoever is frightened, or waits for a slow line, presses again. So every form that adds something carries a number of
//! its own, drawn when its page was made. The first press leaves a digest of that number and of all that was typed, in the
//! transaction of what it adds; a second press finds it and adds nothing. Who goes back and types something else has
//! pressed another button: nothing that was written is ever taken for something written before.

use chrono::Duration;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::storage::Tx;
use crate::{Casework, Error, execute};

/// How long a second press is known for one: far longer than a page stays open.
const KEPT: Duration = Duration::days(2);

/// One press of a form's button.
#[derive(Clone, Debug, Default)]
pub struct Press(Option<[u8; 32]>);

impl Press {
    /// A press of the form with this number, with the names and values that it sent.
    pub fn of<'a>(number: Uuid, sent: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut digest = Sha256::new_with_prefix(number.as_bytes());
        for part in sent.into_iter().flat_map(|(name, value)| [name, value]) {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        Self(Some(digest.finalize().into()))
    }

    /// Whether this is the first of its kind. What has no number always is.
    pub(crate) async fn is_first(&self, cw: &Casework, tx: &mut Tx) -> Result<bool, Error> {
        let Some(digest) = self.0 else { return Ok(true) };
        let sql = "INSERT INTO press (digest, pressed_at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING";
        Ok(execute!(tx, sql, digest.to_vec(), cw.now())? == 1)
    }
}

/// Forgets the presses of days ago. Gives how many; for the worker.
pub async fn purge(cw: &Casework) -> Result<u64, Error> {
    let mut tx = cw.storage.write().await?;
    let purged = execute!(&mut tx, "DELETE FROM press WHERE pressed_at <= $1", cw.now() - KEPT)?;
    tx.commit().await?;
    Ok(purged)
}
