//! What SQLite and PostgreSQL say differently. Nothing else in the crate asks which engine it is on.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{StorageError, Tx};

impl Tx {
    /// Holds the audit chain's head for the rest of the transaction, so that rows are appended one after another.
    /// SQLite's writers are alone already.
    pub(crate) async fn lock_audit_head(&mut self) -> Result<(), StorageError> {
        if let Self::Postgres(transaction) = self {
            sqlx::query("SELECT number FROM audit_head WHERE id = 1 FOR UPDATE").execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// The outbox row that is due and has waited longest; on PostgreSQL rows another process is leasing are passed over.
    pub(crate) async fn next_outbox_row(&mut self, now: DateTime<Utc>) -> Result<Option<Uuid>, StorageError> {
        const DUE: &str = "SELECT id FROM outbox WHERE state = 'waiting' AND next_attempt_at <= $1
            AND (leased_until IS NULL OR leased_until < $1) ORDER BY next_attempt_at LIMIT 1";
        const DUE_UNLOCKED: &str = "SELECT id FROM outbox WHERE state = 'waiting' AND next_attempt_at <= $1
            AND (leased_until IS NULL OR leased_until < $1) ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED";
        Ok(match self {
            Self::Sqlite(t) => sqlx::query_scalar(DUE).bind(now).fetch_optional(&mut **t).await?,
            Self::Postgres(t) => sqlx::query_scalar(DUE_UNLOCKED).bind(now).fetch_optional(&mut **t).await?,
        })
    }
}
