//! The configuration: one TOML file, `SUOJA_…` variables over it, read once into types that hold only what makes sense.
//!
//! `SUOJA_MAIL__HOST` sets `host` in `[mail]`: two underscores go one section down, and a list is written with commas.
//! A secret may stand in a file of its own instead: `password_file`, `database_file`. An unknown key is an error, so that
//! a slip of the pen never silently means the default. `suoja.toml` explains every key.

mod alarm;
mod hours;
mod merge;
mod written;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use app::operator::Operator;
use casework::hosts::HostCountries;
use casework::installation::Kind;
use casework::opening_hours::OpeningHours;
use lettre::message::Mailbox;
use secrecy::SecretString;
use url::Url;

pub use written::is_this_machine;

/// What an operator decided.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Where the pages are served.
    pub listen: SocketAddr,
    /// Where the console is served, if not with the pages.
    pub console_listen: Option<SocketAddr>,
    /// The address people reach the pages at.
    pub address: Url,
    /// The address staff reach the console at.
    pub console_address: Url,
    /// Everything that is backed up; the SQLite database is here.
    pub data_folder: PathBuf,
    /// The keys; never inside the data folder.
    pub key_folder: PathBuf,
    /// The built style, scripts and wasm.
    pub site_folder: PathBuf,
    /// `sqlite:PATH` or `postgres://…`.
    pub database: SecretString,
    /// How logs are written.
    pub log: LogFormat,
    /// How mail is sent. Without it, what waits in the outbox goes on waiting.
    pub mail: Option<Mail>,
    /// What the alarm calls beside its mails, if anything.
    pub alarm: Option<Alarm>,
    /// Who runs this.
    pub operator: Operator,
    /// Where links are hosted, as far as the operator's table knows.
    pub host_countries: HostCountries,
    /// When the hotline is staffed.
    pub opening_hours: OpeningHours,
    /// How much one visitor may ask for.
    pub limits: Limits,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One line an event, for people.
    Text,
    /// One JSON object an event, for machines.
    Json,
}

/// How mail is sent.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailTls,
    /// Who we are there, if it wants to know.
    pub login: Option<(String, SecretString)>,
    /// The sender of every mail.
    pub from: Mailbox,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    /// From the first byte (usually port 465).
    Tls,
    /// After `STARTTLS`, which must succeed (usually port 587).
    Starttls,
    /// Not at all: only to this machine itself.
    None,
}

/// A web address that is called when cases in danger wait.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// The address; it may hold a secret, so it is never logged.
    pub address: Url,
    /// What signs each call, if the other side wants to be sure it is us.
    pub secret: Option<SecretString>,
}

/// How much one visitor may ask for.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Form posts a minute from one address.
    pub posts_per_minute: u32,
    /// How many calls a partner's key may make in a minute.
    pub calls_per_minute: u32,
    /// Pages a minute from one address.
    pub pages_per_minute: u32,
    /// How long a request may take.
    pub request: Duration,
    /// Addresses of our own reverse proxies, whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpAddr>,
}

/// What is wrong with a configuration, and how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// The file can't be read.
    #[error("the configuration file {0} can't be read: {1}. Name another with --configuration, or mend its rights")]
    Unreadable(PathBuf, std::io::Error),
    /// The file is not TOML.
    #[error("the configuration file {0} is not valid TOML: {1}")]
    NotToml(PathBuf, Box<toml::de::Error>),
    /// A key is unknown or has the wrong kind of value.
    #[error("{0}. suoja.toml in the project's folder explains every key")]
    Key(String),
    /// A value makes no sense.
    #[error("{key}: {problem}")]
    Value {
        /// The key, with its section.
        key: &'static str,
        /// What is wrong, and what would be right.
        problem: String,
    },
}

impl ConfigurationError {
    fn value(key: &'static str, problem: impl Into<String>) -> Self {
        Self::Value { key, problem: problem.into() }
    }
}

/// The file that is read when none is named.
const DEFAULT_FILE: &str = "suoja.toml";

impl Configuration {
    /// Reads `file` (or `./suoja.toml` if there is one) and lays `variables` over it. Relative folders are relative to
    /// the file's own.
    pub fn read(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigurationError> {
        let file = match file {
            Some(named) => Some(named.to_owned()),
            None => Some(PathBuf::from(DEFAULT_FILE)).filter(|default| default.exists()),
        };
        let text = match &file {
            Some(path) => {
                std::fs::read_to_string(path).map_err(|cause| ConfigurationError::Unreadable(path.clone(), cause))?
            }
            None => String::new(),
        };
        let table = toml::from_str(&text)
            .map_err(|cause| ConfigurationError::NotToml(file.clone().unwrap_or_default(), Box::new(cause)))?;
        let table = merge::with_variables(table, variables)?;
        let written: written::Written =
            table.try_into().map_err(|cause: toml::de::Error| ConfigurationError::Key(one_line(&cause.to_string())))?;
        written.understood(file.as_deref().and_then(Path::parent).unwrap_or(Path::new("")))
    }

    /// The same, with made-up cases of this kind in folders of their own: they can never meet real ones.
    #[must_use]
    pub fn made_up(mut self, kind: Kind, database: Option<String>) -> Self {
        self.data_folder = beside(&self.data_folder, &format!("{}-data", kind.as_str()));
        self.key_folder = beside(&self.key_folder, &format!("{}-keys", kind.as_str()));
        self.database = database.map_or_else(|| written::sqlite_in(&self.data_folder), SecretString::from);
        self.mail = None;
        self
    }
}

fn beside(folder: &Path, name: &str) -> PathBuf {
    folder.parent().unwrap_or(Path::new("")).join(name)
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ")
}
