//! Many more cases, for whoever wants to see how a full hotline feels: sixty thousand reports a day, one in ten still open.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;
use app::App;
use casework::Casework;
use casework::case::needs_explanation;
use casework::clock::Clock;
use casework::installation::Kind;
use casework::intake::made_up::{self, MadeUp, Tables};
use casework::report::Door;
use casework::staff::member;
use casework::storage::Tx;
use casework::taxonomy::{LanguageCode, Outcome, Role};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::DemoClock;
use super::cases::one_of;
use super::chance::Chance;
use super::data::{About, Data, Story};
use super::people::words;
use super::reports;
use crate::commands::this_machine;
use crate::configuration::Configuration;
use crate::running::{self, Machine};
use crate::system::SystemClock;

/// Cases written in one transaction.
const AT_ONCE: usize = 500;
/// Connections that write at the same time on PostgreSQL. `SQLite` has one.
const WRITERS: usize = 4;
/// Between two reports, when sixty thousand come in a day.
const APART: TimeDelta = TimeDelta::milliseconds(1_440);
/// How many of a hundred of the newest third still wait.
const WAITING: usize = 30;
/// The longest it took to close one.
const LONGEST: TimeDelta = TimeDelta::hours(12);
/// How many cases are made between two lines that say how far it is.
const SAID_EVERY: usize = 50_000;

/// Makes as many as are missing.
pub async fn fill(configuration: &Configuration, app: &App, cases: usize, out: &mut impl Write) -> anyhow::Result<()> {
    let there = made_up::count(&app.casework).await?;
    if there >= cases {
        return Ok(());
    }
    writeln!(out, "Making up {} more cases. A million take about a quarter of an hour.", cases - there)?;
    let staff = member::list(&app.casework).await?;
    let analyst = staff.iter().find(|member| member.role == Role::Analyst).context("no analyst")?.id;
    let data = Data::read().context("the demo's own texts")?;
    let writers = if app.casework.storage.engine() == "sqlite" { 1 } else { WRITERS };
    let plan = Arc::new(Plan { data, analyst, cases, now: SystemClock.now(), next: AtomicUsize::new(there) });
    let (done, mut progress) = mpsc::channel(writers);
    let mut tasks = JoinSet::new();
    for _ in 0..writers {
        tasks.spawn(write(configuration.clone(), plan.clone(), done.clone()));
    }
    drop(done);
    let mut made = there;
    while let Some(more) = progress.recv().await {
        if made / SAID_EVERY < (made + more) / SAID_EVERY {
            writeln!(out, "{}", made + more)?;
        }
        made += more;
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(())
}

struct Plan {
    data: Data,
    analyst: Uuid,
    cases: usize,
    now: DateTime<Utc>,
    /// The first case nobody makes yet.
    next: AtomicUsize,
}

impl Plan {
    /// The cases somebody makes next; none when all are being made.
    fn batch(&self) -> Option<std::ops::Range<usize>> {
        let from = self.next.fetch_add(AT_ONCE, Ordering::SeqCst);
        (from < self.cases).then(|| from..self.cases.min(from + AT_ONCE))
    }
}

async fn write(configuration: Configuration, plan: Arc<Plan>, done: mpsc::Sender<usize>) -> anyhow::Result<()> {
    let clock = Arc::new(DemoClock::default());
    let machine = Machine { clock: clock.clone(), ..this_machine() };
    let cw = running::open(&configuration, Kind::Demo, machine).await?.casework;
    let tables = Tables::read(&cw).await?.context("no hotline takes cases")?;
    while let Some(batch) = plan.batch() {
        let mut tx = cw.storage.write().await?;
        let number = batch.len();
        for case in batch {
            Making { cw: &cw, clock: &clock, plan: &plan, tables: &tables }.make(&mut tx, case).await?;
        }
        tx.commit().await?;
        done.send(number).await?;
    }
    cw.storage.close().await;
    Ok(())
}

struct Making<'a> {
    cw: &'a Casework,
    clock: &'a DemoClock,
    plan: &'a Plan,
    tables: &'a Tables,
}

impl Making<'_> {
    /// The `number`th case, counted back from the newest.
    async fn make(&self, tx: &mut Tx, number: usize) -> anyhow::Result<()> {
        let Plan { data, cases, now, .. } = self.plan;
        let seed = u64::try_from(number)?;
        let mut chance = Chance::new(seed);
        let (report, language) = reports::draw(data, &story(&mut chance), &mut chance)?;
        let came = *now - APART * i32::try_from(number)?;
        let waits = number < cases / 3 && chance.percent(WAITING);
        self.clock.set(came);
        let seen = waits.then_some(*now);
        let made = made_up::receive(self.cw, tx, self.tables, &report, &language, seen).await?;
        self.clock.set(came + LONGEST.min(*now - came) / 100 * i32::try_from(1 + chance.below(99))?);
        match waits {
            true if chance.percent(85) => Ok(()),
            true => self.ask(tx, &made, &language, &mut chance).await,
            false => self.close(tx, &made, report.files().is_empty(), &language, &mut chance).await,
        }
    }

    async fn ask(
        &self,
        tx: &mut Tx,
        made: &MadeUp,
        language: &LanguageCode,
        chance: &mut Chance,
    ) -> anyhow::Result<()> {
        let words = one_of(chance, &self.plan.data.voices(language)?.ask)?;
        Ok(made.ask(self.cw, tx, self.plan.analyst, &words).await?)
    }

    async fn close(
        &self,
        tx: &mut Tx,
        made: &MadeUp,
        has_no_files: bool,
        language: &LanguageCode,
        chance: &mut Chance,
    ) -> anyhow::Result<()> {
        let outcome = match chance.below(10) {
            0 => Outcome::NotFound,
            1 | 2 => Outcome::NotIllegal,
            _ if has_no_files => Outcome::Removed,
            _ => Outcome::FingerprintsListed,
        };
        let closing = self.plan.data.voices(language)?.close.get(outcome.as_str()).context("no words to close with")?;
        let words = needs_explanation(outcome).then(|| words(closing)).transpose()?;
        Ok(made.close(self.cw, tx, self.plan.analyst, outcome, words.as_ref()).await?)
    }
}

/// Most see something somewhere; some send fingerprints of their own pictures; a few are threatened. All of it is somewhere,
/// or there are files.
fn story(chance: &mut Chance) -> Story {
    let (door, about) = match chance.below(100) {
        0..3 => (Door::Threat, About::Place),
        3..20 => (Door::Picture, About::File),
        _ => (Door::Seen, About::Place),
    };
    Story { cases: 1, days: (0.0, 0.0), about, doors: vec![door], acts: Vec::new() }
}
