//! How to look around: the demo's accounts and a few case codes, kept beside its database. For made-up cases only.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use casework::installation::Kind;
use casework::vault::totp::TotpSecret;
use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};

/// Written last: where it is, the demo is complete.
#[derive(Serialize, Deserialize)]
pub struct SignIns {
    /// Case codes to try.
    pub codes: Vec<String>,
    /// The accounts.
    pub staff: Vec<SignIn>,
}

/// One account.
#[derive(Serialize, Deserialize)]
pub struct SignIn {
    /// Whose.
    pub name: String,
    /// The address.
    pub address: String,
    /// The password.
    pub password: String,
    /// The authenticator's secret, base 32.
    pub secret: String,
}

impl SignIn {
    /// The six digits of a moment.
    fn code(&self, now: DateTime<Utc>) -> anyhow::Result<String> {
        let secret = BASE32_NOPAD.decode(self.secret.as_bytes())?;
        Ok(TotpSecret::from_bytes(&secret)?.code_at(now))
    }
}

/// Where they are kept.
pub fn file(data_folder: &Path) -> PathBuf {
    data_folder.join("sign-ins.toml")
}

impl SignIns {
    /// Reads them; none while the demo is not complete.
    pub fn read(data_folder: &Path) -> anyhow::Result<Option<Self>> {
        match std::fs::read_to_string(file(data_folder)) {
            Ok(text) => Ok(Some(
                toml::from_str(&text).context("demo-data/sign-ins.toml is damaged: remove demo-data and demo-keys")?,
            )),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(cause).context("demo-data/sign-ins.toml can't be read"),
        }
    }

    /// Writes them.
    pub fn write(&self, data_folder: &Path) -> anyhow::Result<()> {
        let mut written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file(data_folder))?;
        written.write_all(toml::to_string(self)?.as_bytes())?;
        Ok(written.sync_all()?)
    }

    /// What whoever started it needs to know.
    pub fn print(&self, kind: Kind, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "\nAll cases here are made up. To sign in to the console:")?;
        for SignIn { name, address, password, .. } in &self.staff {
            writeln!(out, "  {name:<18}  {address:<26}  password: {password}")?;
        }
        writeln!(out, "  The six digits: run `suoja {} --code` (they change every 30 seconds)", kind.as_str())?;
        if !self.codes.is_empty() {
            writeln!(out, "To look at a case as its reporter, type one of these codes:")?;
        }
        for code in &self.codes {
            writeln!(out, "  {code}")?;
        }
        writeln!(out)
    }

    /// The six digits of now, and how long they are good.
    pub fn print_digits(&self, now: DateTime<Utc>, out: &mut impl Write) -> anyhow::Result<()> {
        for staff in &self.staff {
            writeln!(out, "{:<18}  {}", staff.name, staff.code(now)?)?;
        }
        writeln!(out, "(for {} seconds more)", 30 - now.timestamp().rem_euclid(30))?;
        Ok(())
    }
}
