//! What SQLite and PostgreSQL say differently. Nothing else in the crate asks which engine it is on.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgListener;
use uuid::Uuid;

use super::{Storage, StorageError, Tx};
use crate::outbox::Channel;
use crate::queue::{MOST_URGENT, OLDEST_OVERDUE};

impl Tx {
    /// Holds the audit chain's head for the rest of the transaction, so that rows are appended one after another.
    /// SQLite's writers are alone already.
    pub(crate) async fn lock_audit_head(&mut self) -> Result<(), StorageError> {
        if let Self::Postgres(transaction) = self {
            sqlx::query("SELECT number FROM audit_head WHERE id = 1 FOR UPDATE").execute(&mut **transaction).await?;
        }
        Ok(())
    }

    /// Holds an organisation for the rest of the transaction: who joins, who leaves and which keys it has change one
    /// after another.
    pub(crate) async fn lock_organisation(&mut self, id: Uuid) -> Result<(), StorageError> {
        if let Self::Postgres(transaction) = self {
            sqlx::query("SELECT id FROM organisation WHERE id = $1 FOR UPDATE")
                .bind(id)
                .execute(&mut **transaction)
                .await?;
        }
        Ok(())
    }

    /// Whether there is a table of this name.
    pub(crate) async fn has_table(&mut self, name: &str) -> Result<bool, StorageError> {
        Ok(match self {
            Self::Sqlite(t) => {
                let found = sqlx::query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1").bind(name);
                found.fetch_optional(&mut **t).await?.is_some()
            }
            Self::Postgres(t) => {
                sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL").bind(name).fetch_one(&mut **t).await?
            }
        })
    }

    /// The outbox row of a channel that is due and has waited longest; on PostgreSQL rows another process is leasing are
    /// passed over.
    pub(crate) async fn next_outbox_row(
        &mut self,
        channel: Channel,
        now: DateTime<Utc>,
    ) -> Result<Option<Uuid>, StorageError> {
        const DUE: &str = "SELECT id FROM outbox WHERE state = 'waiting' AND channel = $1 AND next_attempt_at <= $2
            AND (leased_until IS NULL OR leased_until < $2) ORDER BY next_attempt_at LIMIT 1";
        Ok(match self {
            Self::Sqlite(t) => sqlx::query_scalar(DUE).bind(channel).bind(now).fetch_optional(&mut **t).await?,
            Self::Postgres(t) => {
                let sql = AssertSqlSafe(format!("{DUE} FOR UPDATE SKIP LOCKED"));
                sqlx::query_scalar(sql).bind(channel).bind(now).fetch_optional(&mut **t).await?
            }
        })
    }

    /// The case at the head of a hotline's queue that this person may take; on PostgreSQL it is locked, and cases that
    /// others are taking are passed over.
    pub(crate) async fn most_urgent_case(
        &mut self,
        hotline: Uuid,
        staff: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Option<Uuid>, StorageError> {
        Ok(match self {
            Self::Sqlite(t) => {
                sqlx::query_scalar(MOST_URGENT).bind(hotline).bind(staff).bind(now).fetch_optional(&mut **t).await?
            }
            Self::Postgres(t) => {
                let sql = AssertSqlSafe(format!("{MOST_URGENT} FOR UPDATE OF cases SKIP LOCKED"));
                sqlx::query_scalar(sql).bind(hotline).bind(staff).bind(now).fetch_optional(&mut **t).await?
            }
        })
    }

    /// The case of levels 2 and 3 that has been overdue longest, taken hold of in the same way.
    pub(crate) async fn oldest_overdue_case(
        &mut self,
        hotline: Uuid,
        staff: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Option<Uuid>, StorageError> {
        Ok(match self {
            Self::Sqlite(t) => {
                sqlx::query_scalar(OLDEST_OVERDUE).bind(hotline).bind(staff).bind(now).fetch_optional(&mut **t).await?
            }
            Self::Postgres(t) => {
                let sql = AssertSqlSafe(format!("{OLDEST_OVERDUE} FOR UPDATE OF cases SKIP LOCKED"));
                sqlx::query_scalar(sql).bind(hotline).bind(staff).bind(now).fetch_optional(&mut **t).await?
            }
        })
    }
}

/// On which channel PostgreSQL says that cases changed. Who listens reads anew: nothing is said but that.
const CHANNEL: &str = "suoja_changes";
/// How often SQLite is asked.
const ASKED: Duration = Duration::from_millis(300);

impl Tx {
    /// Says, when this transaction is committed, that a case changed. SQLite knows by itself.
    pub(crate) async fn announce(&mut self) -> Result<(), StorageError> {
        if let Self::Postgres(transaction) = self {
            sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL).execute(&mut **transaction).await?;
        }
        Ok(())
    }
}

impl Storage {
    /// Calls `changed` whenever something was committed, by this process or another, until that fails.
    pub(crate) async fn listen(&self, changed: impl Fn() + Send) -> Result<(), StorageError> {
        match self {
            Self::Sqlite { readers, .. } => {
                let mut connection = readers.acquire().await?;
                let mut before = None;
                loop {
                    let version: i64 = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut *connection).await?;
                    if before.replace(version).is_some_and(|before| before != version) {
                        changed();
                    }
                    tokio::time::sleep(ASKED).await;
                }
            }
            Self::Postgres(pool) => {
                let mut listener = PgListener::connect_with(pool).await?;
                listener.listen(CHANNEL).await?;
                loop {
                    listener.recv().await?;
                    changed();
                }
            }
        }
    }
}

/// Every table that holds something of a case.
const CASE_TABLES: &str =
    "cases, case_key, answer, item, fingerprint, video_frames, claim, claim_change, message, note, label, assessment, notice,
    notice_item, referral, contact, history, outbox, session, draft, draft_part, skip, lapse, bulk_case, lesson";

impl Storage {
    /// Gives back the space of deleted rows, so that nothing of them stays in the files. SQLite overwrote the rows already
    /// (`secure_delete`), but its write-ahead log still holds them until it is emptied; PostgreSQL keeps them in their
    /// pages until it cleans up.
    pub async fn wipe_free_space(&self) -> Result<(), StorageError> {
        match self {
            Self::Sqlite { writer, .. } => {
                sqlx::query("PRAGMA incremental_vacuum").fetch_all(writer).await?;
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(writer).await?;
            }
            Self::Postgres(pool) => {
                sqlx::raw_sql(AssertSqlSafe(format!("VACUUM {CASE_TABLES}"))).execute(pool).await?;
            }
        }
        Ok(())
    }
}
