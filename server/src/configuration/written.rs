//! The configuration as it is written, before it is understood.
//!
//! Numbers, lists and switches may be text as well: that is all a variable can hold.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use app::operator::{Mark, Operator};
use casework::hosts::HostCountries;
use lettre::message::Mailbox;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de};
use url::Url;

use super::{Configuration, ConfigurationError, Limits, LogFormat, Mail, MailTls};

/// The whole file.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Written {
    listen: String,
    console_listen: Option<String>,
    address: Option<String>,
    console_address: Option<String>,
    data_folder: PathBuf,
    key_folder: PathBuf,
    site_folder: PathBuf,
    #[serde(deserialize_with = "secret_text")]
    database: Option<SecretString>,
    database_file: Option<PathBuf>,
    log: String,
    mail: Option<WrittenMail>,
    alarm: Option<super::alarm::WrittenAlarm>,
    host_countries_file: Option<PathBuf>,
    operator: WrittenOperator,
    opening_hours: super::hours::WrittenHours,
    limits: WrittenLimits,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:7400".to_owned(),
            console_listen: None,
            address: None,
            console_address: None,
            data_folder: "data".into(),
            key_folder: "keys".into(),
            site_folder: "target/site".into(),
            database: None,
            database_file: None,
            log: "text".to_owned(),
            mail: None,
            alarm: None,
            host_countries_file: None,
            operator: WrittenOperator::default(),
            opening_hours: super::hours::WrittenHours::default(),
            limits: WrittenLimits::default(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMail {
    host: String,
    #[serde(default, deserialize_with = "optional_number")]
    port: Option<u16>,
    #[serde(default)]
    tls: Option<String>,
    user: Option<String>,
    #[serde(default, deserialize_with = "secret_text")]
    password: Option<SecretString>,
    password_file: Option<PathBuf>,
    from: String,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WrittenOperator {
    name: String,
    mark_file: Option<PathBuf>,
    responsible: String,
    privacy_contact: String,
    privacy_text: BTreeMap<String, String>,
    #[serde(deserialize_with = "list")]
    countries: Vec<String>,
    #[serde(deserialize_with = "number")]
    answer_hours: u32,
    trusted_flagger: Option<String>,
    leave_to: String,
    #[serde(deserialize_with = "number")]
    backup_days: u32,
    notice_mailbox: String,
}

impl Default for WrittenOperator {
    fn default() -> Self {
        Self {
            name: "Suoja".to_owned(),
            mark_file: None,
            responsible: "The hotline that runs this. Its name and address go here.".to_owned(),
            privacy_contact: "privacy@example.org".to_owned(),
            privacy_text: BTreeMap::new(),
            countries: vec!["FI".to_owned(), "SE".to_owned()],
            answer_hours: 24,
            trusted_flagger: None,
            leave_to: "https://example.org/".to_owned(),
            backup_days: 30,
            notice_mailbox: "notices@example.org".to_owned(),
        }
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WrittenLimits {
    #[serde(deserialize_with = "number")]
    posts_per_minute: u32,
    #[serde(deserialize_with = "number")]
    calls_per_minute: u32,
    #[serde(deserialize_with = "number")]
    pages_per_minute: u32,
    #[serde(deserialize_with = "number")]
    request_seconds: u32,
    #[serde(deserialize_with = "list")]
    proxies: Vec<String>,
}

impl Default for WrittenLimits {
    fn default() -> Self {
        Self {
            posts_per_minute: 60,
            calls_per_minute: 120,
            pages_per_minute: 600,
            request_seconds: 30,
            proxies: vec!["127.0.0.1".to_owned(), "::1".to_owned()],
        }
    }
}

impl Written {
    /// Makes sense of it, or says why that can't be done.
    pub fn understood(self, base: &Path) -> Result<Configuration, ConfigurationError> {
        let listen = socket("listen", &self.listen)?;
        let console_listen = self.console_listen.as_deref().map(|at| socket("console_listen", at)).transpose()?;
        let address = web_address("address", self.address, listen)?;
        let console_address = match (self.console_address, console_listen) {
            (None, None) => address.clone(),
            (Some(_), None) => {
                let problem = "says where the console is, but console_listen is missing: write both or neither";
                return Err(ConfigurationError::value("console_address", problem));
            }
            (_, Some(at)) if at == listen => {
                let problem = "is where the pages are: give the console another, or leave it out";
                return Err(ConfigurationError::value("console_listen", problem));
            }
            (written, Some(at)) => web_address("console_address", written, at)?,
        };
        let data_folder = base.join(self.data_folder);
        let database = match secret("database", self.database, self.database_file.map(|file| base.join(file)))? {
            Some(written) => written,
            None => sqlite_in(&data_folder),
        };
        Ok(Configuration {
            listen,
            console_listen,
            address,
            console_address,
            key_folder: base.join(self.key_folder),
            site_folder: base.join(self.site_folder),
            data_folder,
            database,
            log: match self.log.as_str() {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                other => return Err(ConfigurationError::value("log", format!("{other:?} is neither text nor json"))),
            },
            mail: self.mail.map(|mail| mail.understood(base)).transpose()?,
            alarm: self.alarm.map(|alarm| alarm.understood(base)).transpose()?,
            host_countries: self
                .host_countries_file
                .map(|file| hosts(&base.join(file)))
                .transpose()?
                .unwrap_or_default(),
            operator: self.operator.understood(base)?,
            opening_hours: self.opening_hours.understood()?,
            limits: self.limits.understood()?,
        })
    }
}

/// Whether a host, as it stands in an address, is the machine itself: nobody can read what goes there on the way.
pub fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.trim_matches(['[', ']']).parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

impl WrittenMail {
    fn understood(self, base: &Path) -> Result<Mail, ConfigurationError> {
        let tls = match self.tls.as_deref() {
            None | Some("starttls") => MailTls::Starttls,
            Some("tls") => MailTls::Tls,
            Some("none") => MailTls::None,
            Some(other) => {
                return Err(ConfigurationError::value("mail.tls", format!("{other:?} is none of starttls, tls, none")));
            }
        };
        if tls == MailTls::None && !is_this_machine(&self.host) {
            let problem = "mail may go without TLS only to this machine itself; use starttls or tls";
            return Err(ConfigurationError::value("mail.tls", problem));
        }
        let password = secret("mail.password", self.password, self.password_file.map(|file| base.join(file)))?;
        let login = match (self.user, password) {
            (Some(user), Some(password)) => Some((user, password)),
            (None, None) => None,
            _ => return Err(ConfigurationError::value("mail.user", "user and password go together; one is missing")),
        };
        let port = self.port.unwrap_or(match tls {
            MailTls::Tls => 465,
            MailTls::Starttls => 587,
            MailTls::None => 25,
        });
        Ok(Mail { host: self.host, port, tls, login, from: mailbox("mail.from", &self.from)? })
    }
}

impl WrittenOperator {
    fn understood(self, base: &Path) -> Result<Operator, ConfigurationError> {
        mailbox("operator.notice_mailbox", &self.notice_mailbox)?;
        if !self.leave_to.starts_with("https://") || Url::parse(&self.leave_to).is_err() {
            let problem = "is the whole address of a neutral site, such as https://www.example.org/";
            return Err(ConfigurationError::value("operator.leave_to", problem));
        }
        for country in &self.countries {
            if country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()) {
                let problem = format!("{country:?} is not a country's two capital letters, such as FI");
                return Err(ConfigurationError::value("operator.countries", problem));
            }
        }
        if let Some(code) = self.privacy_text.keys().find(|code| code.parse::<app::words::Language>().is_err()) {
            let problem = format!("{code:?} is not a language Suoja speaks");
            return Err(ConfigurationError::value("operator.privacy_text", problem));
        }
        let mark = self.mark_file.map(|file| mark(&base.join(file))).transpose()?;
        Ok(Operator {
            name: self.name,
            mark,
            responsible: self.responsible,
            privacy_contact: self.privacy_contact,
            privacy_text: self.privacy_text,
            countries: self.countries,
            answer_hours: self.answer_hours,
            trusted_flagger: self.trusted_flagger,
            leave_to: self.leave_to,
            backup_days: self.backup_days,
            notice_mailbox: self.notice_mailbox,
        })
    }
}

fn hosts(file: &Path) -> Result<HostCountries, ConfigurationError> {
    let wrong = |problem: String| ConfigurationError::value("host_countries_file", problem);
    let text =
        std::fs::read_to_string(file).map_err(|cause| wrong(format!("{} can't be read: {cause}", file.display())))?;
    HostCountries::parse(&text).map_err(|cause| wrong(format!("{}: {cause}", file.display())))
}

/// The largest mark: it stands on every page.
const MARK_BYTES: usize = 16 * 1024;

fn mark(file: &Path) -> Result<Mark, ConfigurationError> {
    let wrong = |problem: String| ConfigurationError::value("operator.mark_file", problem);
    let media_type = match file.extension().and_then(|ending| ending.to_str()) {
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => return Err(wrong(format!("{} is neither an .svg nor a .png", file.display()))),
    };
    let bytes = std::fs::read(file).map_err(|cause| wrong(format!("{} can't be read: {cause}", file.display())))?;
    if bytes.len() > MARK_BYTES {
        return Err(wrong(format!("{} has {} bytes, at most {MARK_BYTES} fit", file.display(), bytes.len())));
    }
    Ok(Mark { media_type, bytes })
}

impl WrittenLimits {
    fn understood(self) -> Result<Limits, ConfigurationError> {
        let at_least_one = |key, number: u32| match number {
            0 => Err(ConfigurationError::value(key, "0 would shut everyone out; write 1 or more")),
            number => Ok(number),
        };
        let proxies = self.proxies.iter().map(|proxy| {
            let problem = format!("{proxy:?} is not an IP address");
            proxy.parse().map_err(|_| ConfigurationError::value("limits.proxies", problem))
        });
        Ok(Limits {
            posts_per_minute: at_least_one("limits.posts_per_minute", self.posts_per_minute)?,
            calls_per_minute: at_least_one("limits.calls_per_minute", self.calls_per_minute)?,
            pages_per_minute: at_least_one("limits.pages_per_minute", self.pages_per_minute)?,
            request: Duration::from_secs(at_least_one("limits.request_seconds", self.request_seconds)?.into()),
            proxies: proxies.collect::<Result<_, _>>()?,
        })
    }
}

/// The database of a data folder, when nothing else is said.
pub fn sqlite_in(data_folder: &Path) -> SecretString {
    format!("sqlite:{}", data_folder.join("suoja.sqlite").display()).into()
}

fn socket(key: &'static str, written: &str) -> Result<SocketAddr, ConfigurationError> {
    let problem = format!("{written:?} is not an address and port such as 127.0.0.1:7400 or [::]:7400");
    written.parse().map_err(|_| ConfigurationError::value(key, problem))
}

/// An address without path, query or trailing slash in what is printed; where it is not written, that of the listener.
fn web_address(key: &'static str, written: Option<String>, listen: SocketAddr) -> Result<Url, ConfigurationError> {
    let Some(written) = written else {
        let host = if listen.ip().is_unspecified() { "localhost".to_owned() } else { host_of(listen.ip()) };
        let fallback = format!("http://{host}:{}", listen.port());
        return Url::parse(&fallback).map_err(|_| ConfigurationError::value(key, "must be written for this listener"));
    };
    let problem = || format!("{written:?} is not a web address such as https://report.example.org, without a path");
    let parsed = Url::parse(&written).map_err(|_| ConfigurationError::value(key, problem()))?;
    let is_plain = parsed.path() == "/" && parsed.query().is_none() && parsed.fragment().is_none();
    if !matches!(parsed.scheme(), "http" | "https") || !is_plain {
        return Err(ConfigurationError::value(key, problem()));
    }
    Ok(parsed)
}

fn host_of(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    }
}

fn mailbox(key: &'static str, written: &str) -> Result<Mailbox, ConfigurationError> {
    let problem =
        format!("{written:?} is not a mail address such as notices@example.org or Name <notices@example.org>");
    written.parse().map_err(|_| ConfigurationError::value(key, problem))
}

pub(super) fn secret(
    key: &'static str,
    written: Option<SecretString>,
    file: Option<PathBuf>,
) -> Result<Option<SecretString>, ConfigurationError> {
    match (written, file) {
        (Some(_), Some(_)) => {
            Err(ConfigurationError::value(key, "stands here and in a file; keep one of the two".to_owned()))
        }
        (Some(written), None) => Ok(Some(written)),
        (None, None) => Ok(None),
        (None, Some(file)) => {
            let text = std::fs::read_to_string(&file).map_err(|cause| ConfigurationError::Unreadable(file, cause))?;
            Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned().into()))
        }
    }
}

pub(super) fn secret_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Some(String::deserialize(deserializer)?.into()))
}

#[derive(Deserialize)]
#[serde(untagged)]
enum NumberOrText {
    Number(i64),
    Text(String),
}

fn number<'de, D: Deserializer<'de>, N: TryFrom<i64> + FromStr>(deserializer: D) -> Result<N, D::Error> {
    let parsed = match NumberOrText::deserialize(deserializer)? {
        NumberOrText::Number(number) => N::try_from(number).ok(),
        NumberOrText::Text(text) => text.trim().parse().ok(),
    };
    parsed.ok_or_else(|| de::Error::custom("not a whole number in range"))
}

fn optional_number<'de, D: Deserializer<'de>, N: TryFrom<i64> + FromStr>(
    deserializer: D,
) -> Result<Option<N>, D::Error> {
    number(deserializer).map(Some)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ListOrText {
    List(Vec<String>),
    Text(String),
}

/// A list, or text with commas.
pub fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match ListOrText::deserialize(deserializer)? {
        ListOrText::List(list) => list,
        ListOrText::Text(text) => {
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        }
    })
}
