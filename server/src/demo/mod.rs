//! `suoja demo`: two hundred made-up cases to look around in, or many more.
//!
//! They are made by the very use cases that real ones go through, with a clock that is put back over the last thirty
//! days, in a database that knows it is a demo: `suoja serve` refuses it, and this refuses any other. What is told in
//! them stands in `server/demo/*.toml`. The many (`--cases`) have no stories: they are written straight to the tables.

mod cases;
pub(crate) mod chance;
pub(crate) mod data;
mod many;
pub(crate) mod people;
pub(crate) mod reports;
pub(crate) mod sign_ins;

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context, ensure};
use app::App;
use casework::Casework;
use casework::clock::Clock;
use casework::installation::Kind;
use casework::staff::member;
use chrono::{DateTime, Utc};

use crate::commands::this_machine;
use crate::configuration::Configuration;
use crate::running;
use crate::system::SystemClock;
use data::Data;
use sign_ins::SignIns;

/// Opens the demo, making it the first time, and prints how to sign in. `cases`: how many there are to be at least.
pub async fn open(configuration: &Configuration, cases: usize, out: &mut impl Write) -> anyhow::Result<App> {
    let said = "Making up 200 cases. This takes a few seconds, the first time only.";
    let (app, sign_ins) = open_or_make(configuration, Kind::Demo, said, out, make).await?;
    many::fill(configuration, &app, cases, out).await?;
    sign_ins.print(Kind::Demo, out)?;
    Ok(app)
}

/// Opens an installation of made-up cases, and how to sign in to it; `make` makes both the first time.
pub(crate) async fn open_or_make(
    configuration: &Configuration,
    kind: Kind,
    said: &str,
    out: &mut impl Write,
    make: impl AsyncFnOnce(&Casework, &DemoClock, &Data) -> anyhow::Result<SignIns>,
) -> anyhow::Result<(App, SignIns)> {
    let folder = &configuration.data_folder;
    let mut app = running::open(configuration, kind, this_machine()).await?;
    if let Some(made) = SignIns::read(folder)? {
        return Ok((app, made));
    }
    if !member::list(&app.casework).await?.is_empty() {
        let is_file = app.casework.storage.engine() == "sqlite";
        app.casework.storage.close().await;
        ensure!(is_file, "this was interrupted while it was made: give it an empty database");
        remove(folder)?;
        app = running::open(configuration, kind, this_machine()).await?;
    }
    writeln!(out, "{said}")?;
    let data = Data::read().context("the demo's own texts")?;
    let clock = Arc::new(DemoClock::default());
    app.casework.clock = clock.clone();
    let sign_ins = make(&app.casework, &clock, &data).await?;
    app.casework.clock = Arc::new(SystemClock);
    sign_ins.write(folder)?;
    Ok((app, sign_ins))
}

/// `--code`: prints the six digits of each account.
pub fn print_digits(configuration: &Configuration, out: &mut impl Write) -> anyhow::Result<()> {
    let sign_ins =
        SignIns::read(&configuration.data_folder)?.context("there is nothing yet: run it without --code first")?;
    sign_ins.print_digits(SystemClock.now(), out)
}

async fn make(cw: &Casework, clock: &DemoClock, data: &Data) -> anyhow::Result<SignIns> {
    let staffed = people::make(cw, clock, data).await?;
    let codes = cases::make(cw, clock, data, &staffed).await?;
    Ok(SignIns { codes, staff: staffed.sign_ins })
}

/// Removes what was interrupted while it was made. The database has said that its cases are made up.
fn remove(folder: &Path) -> io::Result<()> {
    for name in ["suoja.sqlite", "suoja.sqlite-wal", "suoja.sqlite-shm", "audit-head"] {
        match std::fs::remove_file(folder.join(name)) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
            _ => {}
        }
    }
    Ok(())
}

/// A clock that is set. Each look at it takes a millisecond, so that what happens one after the other is so ordered.
#[derive(Default)]
pub(crate) struct DemoClock {
    microseconds: AtomicI64,
}

impl DemoClock {
    pub(crate) fn set(&self, now: DateTime<Utc>) {
        self.microseconds.store(now.timestamp_micros(), Ordering::SeqCst);
    }
}

impl Clock for DemoClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.microseconds.fetch_add(1_000, Ordering::SeqCst)).unwrap_or_default()
    }
}
