//! A fresh Suoja for each test, on SQLite always and on PostgreSQL where `SUOJA_TEST_POSTGRES` names a server
//! (`postgres://user@host:port/database`): each test gets a schema of its own there, dropped afterwards.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

pub mod sent;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use casework::Casework;
use casework::case_keys::EpochKey;
use casework::execute;
use casework::hosts::HostCountries;
use casework::live::Changes;
use casework::opening_hours::OpeningHours;
use casework::randomness::Randomness;
use casework::storage::Storage;
use casework::testing::{SeededRandomness, TestClock};
use casework::vault::{KeyPair, PasswordCost, PasswordHashing, ServerKeys};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

/// Everything a test needs: a migrated, empty database and what use cases are passed.
pub struct World {
    /// What use cases take first.
    pub cw: Casework,
    /// The same clock the casework has, to be moved.
    pub clock: Arc<TestClock>,
    /// Where the SQLite database lies; the test may look at its bytes.
    pub folder: PathBuf,
    /// The database's address, for tests that start other processes on it.
    pub address: String,
}

/// A hotline that takes cases, and the key its first member would hold.
pub struct Hotline {
    /// The organisation.
    pub id: Uuid,
    /// Its first epoch, opened.
    pub epoch: EpochKey,
}

/// Runs a test on each engine there is, each time in a fresh world.
pub async fn on_each_engine(test: impl AsyncFn(&World)) {
    on_sqlite(&test).await;
    if let Ok(server) = std::env::var("SUOJA_TEST_POSTGRES") {
        on_postgres(&server, &test).await;
    }
}

/// Runs a test on SQLite only: for what looks at the files.
pub async fn on_sqlite(test: impl AsyncFn(&World)) {
    let name = unique_name();
    let folder = std::env::temp_dir().join(&name);
    std::fs::create_dir_all(&folder).unwrap();
    let address = format!("sqlite:{}", folder.join("suoja.db").display());
    let world = World::open(&address, folder.clone()).await;
    test(&world).await;
    world.cw.storage.close().await;
    std::fs::remove_dir_all(folder).unwrap();
}

async fn on_postgres(server: &str, test: impl AsyncFn(&World)) {
    let schema = unique_name();
    let mut admin = PgConnection::connect(server).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).execute(&mut admin).await.unwrap();
    let mark = if server.contains('?') { '&' } else { '?' };
    let world = World::open(&format!("{server}{mark}options[search_path]={schema}"), PathBuf::new()).await;
    test(&world).await;
    world.cw.storage.close().await;
    sqlx::query(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"))).execute(&mut admin).await.unwrap();
}

/// Tests run side by side, in one process and in several.
fn unique_name() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static MADE: AtomicU32 = AtomicU32::new(0);
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    format!("suoja_test_{}_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed), since.as_nanos())
}

/// Where hosts are, as far as tests know.
const HOSTS: &str = "media.example.com\tNL\n";

impl World {
    async fn open(address: &str, folder: PathBuf) -> Self {
        let storage = Storage::open(address).await.unwrap();
        storage.migrate().await.unwrap();
        let clock = Arc::new(TestClock::default());
        let randomness: Arc<dyn Randomness> = Arc::new(SeededRandomness::new(7));
        let keys = ServerKeys::generate(&*randomness);
        let passwords = PasswordHashing::new(&keys, PasswordCost::cheapest(), 2);
        let cw = Casework {
            storage,
            clock: clock.clone(),
            randomness,
            keys,
            passwords,
            hours: OpeningHours::always(),
            host_countries: HostCountries::parse(HOSTS).unwrap(),
            near: Arc::default(),
            changes: Changes::default(),
        };
        Self { cw, clock, folder, address: address.to_owned() }
    }

    /// The same casework once more, for whoever wants to own it.
    pub fn again(&self) -> Casework {
        let keys = ServerKeys::from_bytes(&self.cw.keys.to_bytes()).unwrap();
        Casework {
            storage: self.cw.storage.clone(),
            clock: self.clock.clone(),
            randomness: self.cw.randomness.clone(),
            passwords: PasswordHashing::new(&keys, PasswordCost::cheapest(), 2),
            keys,
            hours: OpeningHours::always(),
            host_countries: HostCountries::parse(HOSTS).unwrap(),
            near: Arc::default(),
            changes: Changes::default(),
        }
    }

    /// A hotline with its first epoch; to the first of them every report is routed.
    pub async fn hotline(&self) -> Hotline {
        let (id, epoch) = (self.cw.new_id(), self.cw.new_id());
        let pair = KeyPair::generate(&*self.cw.randomness);
        let mut tx = self.cw.storage.write().await.unwrap();
        let now = self.cw.now();
        execute!(
            &mut tx,
            "INSERT INTO organisation (id, kind, name, created_at) VALUES ($1, 'hotline', 'North Hotline', $2)",
            id,
            now
        )
        .unwrap();
        execute!(
            &mut tx,
            "INSERT INTO epoch (id, organisation_id, number, public_key, created_at) VALUES ($1, $2, 1, $3, $4)",
            epoch,
            id,
            pair.public,
            now
        )
        .unwrap();
        execute!(
            &mut tx,
            "INSERT INTO routing_rule (id, position, hotline_id) SELECT $1, COUNT(*) + 1, $2 FROM routing_rule",
            self.cw.new_id(),
            id
        )
        .unwrap();
        tx.commit().await.unwrap();
        Hotline { id, epoch: EpochKey { epoch, key: pair.private } }
    }

    /// A provider that owns a registrable domain.
    pub async fn provider(&self, name: &str, domain: &str) -> Uuid {
        let id = self.cw.new_id();
        let mut tx = self.cw.storage.write().await.unwrap();
        execute!(
            &mut tx,
            "INSERT INTO organisation (id, kind, name, notice_email, created_at) VALUES ($1, 'provider', $2, 'abuse@example.net', $3)",
            id,
            name,
            self.cw.now()
        )
        .unwrap();
        execute!(&mut tx, "INSERT INTO organisation_domain (domain, organisation_id) VALUES ($1, $2)", domain, id)
            .unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// How many rows a query counts: `SELECT count(*) …`.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let mut tx = self.cw.storage.read().await.unwrap();
        casework::fetch_one!(&mut tx, (i64,), sql).unwrap().0
    }

    /// The bytes of the SQLite database and its write-ahead log.
    pub fn database_bytes(&self) -> Vec<u8> {
        ["suoja.db", "suoja.db-wal"].iter().flat_map(|file| read_if_there(&self.folder.join(file))).collect()
    }
}

fn read_if_there(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_default()
}
