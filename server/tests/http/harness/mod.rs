//! A whole Suoja for a test: fresh database, fresh keys, a clock that stands still until the test moves it.

#![allow(dead_code, reason = "it offers more than any one day's tests use")]

mod browser;
mod mail_sink;
pub mod program;

use std::path::Path;
use std::sync::Arc;

use app::App;
use casework::installation::Kind;
use casework::testing::{SeededRandomness, TestClock};
use casework::vault::PasswordCost;
use server::configuration::Configuration;
use server::running::{self, Machine, Running};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

pub use browser::{Browser, Page};
pub use mail_sink::MailSink;
#[allow(unused_imports, reason = "a bench runs no command")]
pub use program::suoja as run;

/// The name under which the test's Suoja believes it is reached.
pub const HOST: &str = "suoja.test";

/// A started Suoja.
pub struct Suoja {
    /// What its handlers are given.
    pub app: Arc<App>,
    /// Its clock: Monday, 1 June 2026, 10:00 UTC, until the test moves it.
    pub clock: Arc<TestClock>,
    /// The mail server it sends to.
    pub mail: MailSink,
    /// Its data folder, key folder and site lie in here.
    pub folder: TempDir,
    running: Running,
}

/// Runs a test on SQLite, and on PostgreSQL where `SUOJA_TEST_POSTGRES` names a server.
pub async fn on_each_engine(test: impl AsyncFn(&Suoja)) {
    on_each_engine_with(&[], test).await;
}

/// The same with some of the configuration as variables would set it.
pub async fn on_each_engine_with(variables: &[(&str, &str)], test: impl AsyncFn(&Suoja)) {
    let suoja = Suoja::start(None, variables).await;
    test(&suoja).await;
    suoja.running.stop().await;
    let Ok(server) = std::env::var("SUOJA_TEST_POSTGRES") else { return };
    let schema = format!("http_{}", Uuid::from_bytes(fresh_bytes()).simple());
    let mut admin = PgConnection::connect(&server).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).execute(&mut admin).await.unwrap();
    let mark = if server.contains('?') { '&' } else { '?' };
    let suoja = Suoja::start(Some(format!("{server}{mark}options[search_path]={schema}")), variables).await;
    test(&suoja).await;
    suoja.running.stop().await;
    sqlx::query(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"))).execute(&mut admin).await.unwrap();
}

/// Real randomness, for names that no other test process may have.
fn fresh_bytes() -> [u8; 16] {
    use casework::randomness::bytes;
    bytes(&server::system::SystemRandomness)
}

impl Suoja {
    async fn start(database: Option<String>, variables: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        write_site(&folder.path().join("site"));
        let mail = MailSink::start().await;
        let in_folder = |name: &str| folder.path().join(name).display().to_string();
        let mut all = vec![
            ("SUOJA_LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
            ("SUOJA_ADDRESS".to_owned(), format!("http://{HOST}")),
            ("SUOJA_DATA_FOLDER".to_owned(), in_folder("data")),
            ("SUOJA_KEY_FOLDER".to_owned(), in_folder("keys")),
            ("SUOJA_SITE_FOLDER".to_owned(), in_folder("site")),
            ("SUOJA_MAIL__HOST".to_owned(), "127.0.0.1".to_owned()),
            ("SUOJA_MAIL__PORT".to_owned(), mail.port().to_string()),
            ("SUOJA_MAIL__TLS".to_owned(), "none".to_owned()),
            ("SUOJA_MAIL__FROM".to_owned(), "hotline@example.org".to_owned()),
        ];
        all.extend(database.map(|address| ("SUOJA_DATABASE".to_owned(), address)));
        all.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let nothing = folder.path().join("empty.toml");
        std::fs::write(&nothing, "").unwrap();
        let configuration = Configuration::read(Some(&nothing), all).unwrap();

        let clock = Arc::new(TestClock::default());
        let machine = Machine {
            clock: clock.clone(),
            randomness: Arc::new(SeededRandomness::new(11)),
            password_cost: PasswordCost::cheapest(),
        };
        let app = Arc::new(running::open(&configuration, Kind::Real, machine).await.unwrap());
        let running = running::start(&configuration, app.clone()).await.unwrap();
        Self { app, clock, mail, folder, running }
    }

    /// A visitor with cookies of their own.
    pub fn browser(&self) -> Browser {
        Browser::new(self.running.address)
    }

    /// Where it listens.
    pub fn address(&self) -> std::net::SocketAddr {
        self.running.address
    }
}

/// A site of the right shape; what is in the files does not matter here.
fn write_site(folder: &Path) {
    std::fs::create_dir_all(folder.join("pkg")).unwrap();
    for (name, content) in [
        ("style.css", "body { margin: 0 }"),
        ("style.css.gz", "not really gzip"),
        ("leave.js", "0"),
        ("favicon.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("hash-worker.js", "0"),
        ("pkg/hashing.wasm", "\0asm"),
        ("pkg/hashing-simd.wasm", "\0asm"),
    ] {
        std::fs::write(folder.join(name), content).unwrap();
    }
}
