//! `suoja demo`: two hundred made-up cases to look around in, or many more.
//!
//! They are made by the very use cases that real ones go through, with a clock that is put back over the last thirty
//! days, in a database that knows it is a demo: `suoja serve` refuses it, and this refuses any other. What is told in
//! them stands in `server/demo/*.toml`. The many (`--cases`) have no stories: they are written straight to the tables.

mod cases;
mod chance;
mod data;
mod many;
mod people;
mod reports;
mod sign_ins;

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context, ensure};
use app::App;
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
    let folder = &configuration.data_folder;
    let mut app = running::open(configuration, Kind::Demo, this_machine()).await?;
    let sign_ins = if let Some(made) = SignIns::read(folder)? {
        made
    } else {
        if !member::list(&app.casework).await?.is_empty() {
            let is_file = app.casework.storage.engine() == "sqlite";
            app.casework.storage.close().await;
            ensure!(is_file, "the demo was interrupted while it was made: give it an empty database");
            remove(folder)?;
            app = running::open(configuration, Kind::Demo, this_machine()).await?;
        }
        writeln!(out, "Making up 200 cases. This takes a few seconds, the first time only.")?;
        make(&mut app, folder).await?
    };
    many::fill(configuration, &app, cases, out).await?;
    sign_ins.print(out)?;
    Ok(app)
}

/// `suoja demo --code`: prints the six digits of each account.
pub fn print_digits(configuration: &Configuration, out: &mut impl Write) -> anyhow::Result<()> {
    let sign_ins =
        SignIns::read(&configuration.data_folder)?.context("there is no demo yet: run `suoja demo` first")?;
    sign_ins.print_digits(SystemClock.now(), out)
}

async fn make(app: &mut App, folder: &Path) -> anyhow::Result<SignIns> {
    let data = Data::read().context("the demo's own texts")?;
    let clock = Arc::new(DemoClock::default());
    app.casework.clock = clock.clone();
    let staffed = people::make(&app.casework, &clock, &data).await?;
    let codes = cases::make(&app.casework, &clock, &data, &staffed).await?;
    app.casework.clock = Arc::new(SystemClock);
    let sign_ins = SignIns { codes, staff: staffed.sign_ins };
    sign_ins.write(folder)?;
    Ok(sign_ins)
}

/// Removes a demo that was interrupted while it was made. The database has said that it is one.
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
struct DemoClock {
    microseconds: AtomicI64,
}

impl DemoClock {
    fn set(&self, now: DateTime<Utc>) {
        self.microseconds.store(now.timestamp_micros(), Ordering::SeqCst);
    }
}

impl Clock for DemoClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.microseconds.fetch_add(1_000, Ordering::SeqCst)).unwrap_or_default()
    }
}
