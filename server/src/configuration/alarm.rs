//! `[alarm]` as it is written.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::written::{is_this_machine, secret, secret_text};
use super::{Alarm, ConfigurationError};

/// The section. The address may stand in a file of its own, for it may hold a secret.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenAlarm {
    #[serde(default, deserialize_with = "secret_text")]
    address: Option<SecretString>,
    address_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "secret_text")]
    secret: Option<SecretString>,
    secret_file: Option<PathBuf>,
}

impl WrittenAlarm {
    /// Makes sense of it. A call without TLS goes only to this machine itself.
    pub fn understood(self, base: &Path) -> Result<Alarm, ConfigurationError> {
        let wrong = |problem: &str| ConfigurationError::value("alarm.address", problem);
        let written = secret("alarm.address", self.address, self.address_file.map(|file| base.join(file)))?
            .ok_or_else(|| wrong("is missing: the web address to call, or leave the section out"))?;
        let address = Url::parse(written.expose_secret()).map_err(|_| wrong("is not a web address"))?;
        let is_here = address.host_str().is_some_and(is_this_machine);
        if address.scheme() != "https" && !(address.scheme() == "http" && is_here) {
            return Err(wrong("must begin with https://, or be on this machine itself"));
        }
        let secret = secret("alarm.secret", self.secret, self.secret_file.map(|file| base.join(file)))?;
        Ok(Alarm { address, secret })
    }
}
