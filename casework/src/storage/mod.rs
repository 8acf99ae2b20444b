//! Where everything is kept: SQLite by default, PostgreSQL when one machine is not enough.
//!
//! There is one SQL text for both. A use case opens a [`Tx`] (one use case is one transaction), and the macros
//! [`execute!`], [`fetch_one!`], [`fetch_optional!`] and [`fetch_all!`] run a statement on whichever engine it is:
//! `$1` placeholders, ids as [`uuid::Uuid`], times as [`chrono::DateTime`] bound from the clock (never SQL's `now()`).
//! What truly differs between the engines stands in [`dialect`], nowhere else.
//!
//! Guard every change that depends on what was read before by a condition in the statement and the number of rows it
//! changed: PostgreSQL runs at READ COMMITTED, SQLite's writers one after another, and both must come out the same.

pub mod dialect;
mod json_text;

pub use json_text::JsonText;

use std::str::FromStr;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

/// Why storage could not do what was asked. The text may hold SQL, never a bound value.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The address is neither `sqlite:` nor `postgres:`.
    #[error("a database address starts with sqlite: or postgres:")]
    UnknownEngine,
    /// The engine refused.
    #[error(transparent)]
    Engine(#[from] sqlx::Error),
    /// The database is newer than this program, or a migration failed.
    #[error(transparent)]
    Migration(#[from] sqlx::migrate::MigrateError),
}

/// The database, ready to begin transactions. Cheap to clone.
#[derive(Clone)]
pub enum Storage {
    /// One writer connection (writers wait for each other here, not by SQLite's busy handler) and several readers.
    Sqlite {
        /// The only connection that writes.
        writer: SqlitePool,
        /// Connections that only read, each transaction a snapshot.
        readers: SqlitePool,
    },
    /// Any number of processes share it.
    Postgres(PgPool),
}

/// Pages the writer keeps at hand, in KiB (negative says so to SQLite): keys are spread over whole indexes, and with
/// its default of 2 MB a full database is read and spilled again within one transaction.
const WRITER_CACHE: &str = "-65536";
/// The same for each reader.
const READER_CACHE: &str = "-16384";

static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

/// One transaction. Dropped without [`Tx::commit`], nothing of it happened.
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

impl Storage {
    /// Opens `sqlite:PATH` (made if missing) or `postgres://…`.
    pub async fn open(address: &str) -> Result<Self, StorageError> {
        if address.starts_with("sqlite:") {
            return Self::open_sqlite(address).await;
        }
        if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            return Ok(Self::Postgres(PgPool::connect(address).await?));
        }
        Err(StorageError::UnknownEngine)
    }

    async fn open_sqlite(address: &str) -> Result<Self, StorageError> {
        let options = SqliteConnectOptions::from_str(address)?
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(std::time::Duration::from_secs(10))
            .pragma("secure_delete", "ON")
            .pragma("trusted_schema", "OFF");
        // What stands in the file is for the writer to set: a reader that did would wait for whoever writes.
        let writer = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .pragma("cache_size", WRITER_CACHE);
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(writer).await?;
        let reader = options.pragma("cache_size", READER_CACHE).pragma("query_only", "ON");
        let readers = SqlitePoolOptions::new().max_connections(8).connect_with(reader).await?;
        Ok(Self::Sqlite { writer, readers })
    }

    /// Brings the schema up to date.
    pub async fn migrate(&self) -> Result<(), StorageError> {
        match self {
            Self::Sqlite { writer, .. } => SQLITE.run(writer).await?,
            Self::Postgres(pool) => POSTGRES.run(pool).await?,
        }
        Ok(())
    }

    /// Whether there is a schema at all, of whatever age.
    pub async fn has_schema(&self) -> Result<bool, StorageError> {
        let mut tx = self.read().await?;
        tx.has_table("_sqlx_migrations").await
    }

    /// Whether the schema is exactly the one this program was built for.
    pub async fn schema_is_current(&self) -> Result<bool, StorageError> {
        if !self.has_schema().await? {
            return Ok(false);
        }
        let migrations = if matches!(self, Self::Sqlite { .. }) { &SQLITE } else { &POSTGRES };
        let mut tx = self.read().await?;
        let applied =
            crate::fetch_all!(&mut tx, (i64,), "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version")?;
        Ok(applied.iter().map(|(version,)| *version).eq(migrations.iter().map(|migration| migration.version)))
    }

    /// Begins a transaction that only reads.
    pub async fn read(&self) -> Result<Tx, StorageError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Begins a transaction that may write. On SQLite it holds the write lock from its first moment, so that nothing
    /// it read can change under it.
    pub async fn write(&self) -> Result<Tx, StorageError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// `sqlite` or `postgres`, for logs and measurements.
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    /// Closes every connection, after the transactions under way.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes everything done in this transaction last. Only after this may anyone be told that it happened.
    pub async fn commit(self) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await?,
            Self::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }
}

/// Runs a statement; gives the number of rows it changed.
#[macro_export]
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match &mut *$tx {
            $crate::storage::Tx::Sqlite(t) => sqlx::query($sql)$(.bind($value))*.execute(&mut **t).await.map(|done| done.rows_affected()),
            $crate::storage::Tx::Postgres(t) => sqlx::query($sql)$(.bind($value))*.execute(&mut **t).await.map(|done| done.rows_affected()),
        }
        .map_err($crate::storage::StorageError::from)
    };
}

/// Fetches exactly one row as `$row` (a `FromRow` type or a tuple).
#[macro_export]
macro_rules! fetch_one {
    ($tx:expr, $row:ty, $sql:expr $(, $value:expr)* $(,)?) => { $crate::fetch!(fetch_one, $tx, $row, $sql $(, $value)*) };
}

/// Fetches one row or none.
#[macro_export]
macro_rules! fetch_optional {
    ($tx:expr, $row:ty, $sql:expr $(, $value:expr)* $(,)?) => { $crate::fetch!(fetch_optional, $tx, $row, $sql $(, $value)*) };
}

/// Fetches all rows.
#[macro_export]
macro_rules! fetch_all {
    ($tx:expr, $row:ty, $sql:expr $(, $value:expr)* $(,)?) => { $crate::fetch!(fetch_all, $tx, $row, $sql $(, $value)*) };
}

/// What the three above have in common.
#[doc(hidden)]
#[macro_export]
macro_rules! fetch {
    ($how:ident, $tx:expr, $row:ty, $sql:expr $(, $value:expr)*) => {
        match &mut *$tx {
            $crate::storage::Tx::Sqlite(t) => sqlx::query_as::<_, $row>($sql)$(.bind($value))*.$how(&mut **t).await,
            $crate::storage::Tx::Postgres(t) => sqlx::query_as::<_, $row>($sql)$(.bind($value))*.$how(&mut **t).await,
        }
        .map_err($crate::storage::StorageError::from)
    };
}
