//! The program as operators run it: child processes on one installation, ended as brutally as a test wants.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use app::App;
use casework::installation::Kind;
use casework::vault::PasswordCost;
use server::configuration::Configuration;
use server::running::{self, Machine};
use server::system::{SystemClock, SystemRandomness};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

use crate::harness::{Browser, HOST, MailSink};
use crate::reporter::NO_LIMITS;

/// A database, its keys, and everything else that processes share.
pub struct Installation {
    /// Data, keys, site and logs lie in here.
    pub folder: Folder,
    /// The mail server.
    pub mail: MailSink,
    /// The schema on PostgreSQL; none on SQLite.
    pub schema: Option<Schema>,
    logs: AtomicU32,
}

/// A folder of an installation's own. (Tests need none that stays, the bench does.)
#[allow(dead_code)]
pub enum Folder {
    /// It goes with the installation.
    Passing(TempDir),
    /// It stays, and is used again.
    Kept(PathBuf),
}

impl Folder {
    /// Where it is.
    pub fn path(&self) -> &Path {
        match self {
            Self::Passing(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }
}

/// A schema of a PostgreSQL server that is this test's alone.
pub struct Schema {
    server: String,
    name: String,
}

impl Schema {
    async fn make(server: String) -> Self {
        let name = format!("proof_{}", Uuid::from_bytes(casework::randomness::bytes(&SystemRandomness)).simple());
        Self::of_name(server, name).await
    }

    /// The schema of this name, made if it is not there.
    pub async fn of_name(server: String, name: String) -> Self {
        let schema = Self { server, name };
        schema.run(format!("CREATE SCHEMA IF NOT EXISTS {}", schema.name)).await;
        schema
    }

    async fn run(&self, sql: String) {
        let mut admin = PgConnection::connect(&self.server).await.unwrap();
        sqlx::query(AssertSqlSafe(sql)).execute(&mut admin).await.unwrap();
    }

    /// Where it is.
    pub fn address(&self) -> String {
        let mark = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{mark}options[search_path]={}", self.server, self.name)
    }

    /// Every row of every table, as text.
    pub async fn dump(&self) -> String {
        let mut connection = PgConnection::connect(&self.address()).await.unwrap();
        let tables: Vec<(String,)> =
            sqlx::query_as("SELECT table_name::text FROM information_schema.tables WHERE table_schema = $1")
                .bind(&self.name)
                .fetch_all(&mut connection)
                .await
                .unwrap();
        let mut dump = String::new();
        for (table,) in tables {
            let sql = format!("SELECT row_to_json(each_row)::text FROM \"{table}\" AS each_row");
            let rows: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
            dump.extend(rows.into_iter().map(|(row,)| row + "\n"));
        }
        dump
    }

    /// What `pg_dump` writes of it: the backup that operators make.
    pub fn backup(&self) -> Vec<u8> {
        let written =
            Command::new("pg_dump").args(["--dbname", &self.server, "--schema", &self.name]).output().unwrap();
        assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
        written.stdout
    }
}

/// Runs a test on SQLite, and on PostgreSQL where `SUOJA_TEST_POSTGRES` names a server.
pub async fn on_each_engine(test: impl AsyncFn(&Installation)) {
    on_sqlite(&test).await;
    let Ok(server) = std::env::var("SUOJA_TEST_POSTGRES") else { return };
    let schema = Schema::make(server).await;
    let installation = Installation::make(passing(), Some(schema)).await;
    test(&installation).await;
    if let Some(schema) = installation.schema {
        schema.run(format!("DROP SCHEMA {} CASCADE", schema.name)).await;
    }
}

/// Runs a test on SQLite alone.
pub async fn on_sqlite(test: impl AsyncFn(&Installation)) {
    test(&Installation::make(passing(), None).await).await;
}

fn passing() -> Folder {
    Folder::Passing(TempDir::new().unwrap())
}

/// How often to start again where somebody else took the port first.
const TRIES: usize = 5;

impl Installation {
    /// One in this folder, with a mail server.
    pub async fn make(folder: Folder, schema: Option<Schema>) -> Self {
        fs::create_dir_all(folder.path().join("site")).unwrap();
        fs::write(folder.path().join("suoja.toml"), "").unwrap();
        Self { folder, mail: MailSink::start().await, schema, logs: AtomicU32::new(0) }
    }

    fn variables(&self) -> Vec<(String, String)> {
        let mut variables: Vec<(&str, String)> = vec![
            ("SUOJA_ADDRESS", format!("http://{HOST}")),
            ("SUOJA_SITE_FOLDER", self.folder.path().join("site").display().to_string()),
            ("SUOJA_MAIL__HOST", "127.0.0.1".to_owned()),
            ("SUOJA_MAIL__PORT", self.mail.port().to_string()),
            ("SUOJA_MAIL__TLS", "none".to_owned()),
            ("SUOJA_MAIL__FROM", "hotline@example.org".to_owned()),
        ];
        variables.extend(NO_LIMITS.iter().map(|(name, value)| (*name, (*value).to_owned())));
        variables.extend(self.schema.as_ref().map(|schema| ("SUOJA_DATABASE", schema.address())));
        variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The same installation opened within the test, for what staff have done beforehand. Its passwords cost little.
    pub async fn app(&self) -> App {
        let file = self.folder.path().join("suoja.toml");
        let configuration = Configuration::read(Some(&file), self.variables()).unwrap();
        let machine = Machine {
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
            password_cost: PasswordCost::cheapest(),
        };
        running::open(&configuration, Kind::Real, machine).await.unwrap()
    }

    /// Starts `suoja serve`; it is ready when this returns.
    pub async fn serve(&self, variables: &[(&str, &str)]) -> Process {
        self.start("serve", variables).await
    }

    /// Starts a command that serves; it is ready when this returns.
    pub async fn start(&self, command: &str, variables: &[(&str, &str)]) -> Process {
        for _ in 0..TRIES {
            if let Some(process) = self.try_start(command, variables).await {
                return process;
            }
        }
        panic!("it does not start: {}", self.log());
    }

    /// None if it ended instead.
    async fn try_start(&self, command: &str, variables: &[(&str, &str)]) -> Option<Process> {
        let address = free_address();
        let number = self.logs.fetch_add(1, Ordering::SeqCst);
        let log = File::create(self.folder.path().join(format!("log-{number}"))).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_suoja"))
            .arg(command)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(self.variables())
            .env("SUOJA_LISTEN", address.to_string())
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let read = tokio::task::spawn_blocking(move || {
            let mut said = String::new();
            while !said.contains("Suoja is at") {
                if out.read_line(&mut said).unwrap_or(0) == 0 {
                    break;
                }
            }
            (out, said)
        });
        let (out, said) = read.await.unwrap();
        if !said.contains("Suoja is at") {
            child.wait().unwrap();
            return None;
        }
        Some(Process { child, address, said, _out: out })
    }

    /// The files in which the processes' logs are.
    pub fn logs(&self) -> Vec<PathBuf> {
        (0..self.logs.load(Ordering::SeqCst)).map(|number| self.folder.path().join(format!("log-{number}"))).collect()
    }

    /// Everything the processes have logged.
    pub fn log(&self) -> String {
        self.logs().into_iter().map(|file| fs::read_to_string(file).unwrap_or_default()).collect()
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A `suoja` that serves.
pub struct Process {
    child: Child,
    /// Where.
    pub address: SocketAddr,
    /// What it printed until it was ready.
    pub said: String,
    /// Kept open: a program whose output nobody can take any more would be another case.
    _out: BufReader<ChildStdout>,
}

impl Process {
    /// A visitor with cookies of their own.
    pub fn browser(&self) -> Browser {
        Browser::new(self.address)
    }

    /// SIGKILL.
    pub fn kill(self) {
        drop(self);
    }

    /// SIGTERM, as an operator ends it; it must end well.
    pub async fn end(self) {
        assert!(self.signalled("-TERM").await.success());
    }

    /// SIGABRT, as a program ends itself that cannot go on; whatever it has to say of it is in its log.
    pub async fn crash(self) {
        assert!(!self.signalled("-ABRT").await.success());
    }

    async fn signalled(self, signal: &'static str) -> ExitStatus {
        let ended = tokio::task::spawn_blocking(move || {
            let mut process = self;
            Command::new("kill").args([signal, &process.child.id().to_string()]).status().unwrap();
            process.child.wait().unwrap()
        });
        ended.await.unwrap()
    }
}

/// SIGKILL, also where a test stops early. One that has ended already stays as it is.
impl Drop for Process {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _status = self.child.wait();
    }
}
