//! `suoja training`: lessons for newcomers. Made-up cases come in like any others; whoever closes one sees what an
//! experienced analyst decided ([`casework::lesson`]). They never run out.
//!
//! It has the demo's people and words, but a database of its own that knows what it is: `suoja serve` refuses it.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use app::App;
use casework::Casework;
use casework::case_code::CaseCode;
use casework::installation::Kind;
use casework::intake;
use casework::lesson::{self, Lesson};
use casework::video::Videos;

use crate::configuration::Configuration;
use crate::demo::chance::Chance;
use crate::demo::data::{self, Data};
use crate::demo::sign_ins::SignIns;
use crate::demo::{DemoClock, open_or_make, people, reports};

/// How often it is seen whether lessons run out.
const SEEN_EVERY: Duration = Duration::from_secs(10);

/// Opens it, making it the first time, and prints how to sign in.
pub async fn open(configuration: &Configuration, out: &mut impl Write) -> anyhow::Result<App> {
    let said = "Making a place for training. This takes a second, the first time only.";
    let (app, sign_ins) = open_or_make(configuration, Kind::Training, said, out, make).await?;
    sign_ins.print("training", out)?;
    Ok(app)
}

async fn make(cw: &Casework, clock: &DemoClock, data: &Data) -> anyhow::Result<SignIns> {
    let staffed = people::make(cw, clock, data).await?;
    Ok(SignIns { codes: Vec::new(), staff: staffed.sign_ins })
}

/// The lessons there are.
pub struct Lessons {
    app: Arc<App>,
    data: Data,
}

impl Lessons {
    /// Reads what is told in them.
    pub fn read(app: Arc<App>) -> anyhow::Result<Self> {
        Ok(Self { app, data: Data::read().context("the demo's own texts")? })
    }

    /// Tops up, again and again; ends only by failing.
    pub async fn keep_topped_up(&self) -> anyhow::Result<()> {
        loop {
            tokio::time::sleep(SEEN_EVERY).await;
            self.top_up().await?;
        }
    }

    /// Sees that there are as many lessons in the queue as there are kinds of them.
    pub async fn top_up(&self) -> anyhow::Result<()> {
        let cw = &self.app.casework;
        if usize::try_from(lesson::untouched(cw).await?)? >= Lesson::ALL.len() {
            return Ok(());
        }
        let mut chance = Chance::new(cw.now().timestamp_micros().unsigned_abs());
        for lesson in Lesson::ALL {
            self.add(*lesson, &mut chance).await?;
        }
        Ok(())
    }

    /// One more case of a lesson, in one of the languages in which it is told.
    async fn add(&self, lesson: Lesson, chance: &mut Chance) -> anyhow::Result<()> {
        let told: Vec<&data::Report> =
            self.data.reports.iter().filter(|report| report.lesson == Some(lesson)).collect();
        let written = chance.one_of(&told).with_context(|| format!("nobody tells of {lesson}"))?;
        let report = reports::made(&self.data, written, false, chance)?;
        let cw = &self.app.casework;
        let (case, code) = (cw.new_id(), CaseCode::generate(&*cw.randomness));
        let mut tx = cw.storage.write().await?;
        intake::receive(cw, &mut tx, case, &code, &report, &Videos::new(), &written.language).await?;
        lesson::keep(&mut tx, case, lesson).await?;
        tx.commit().await?;
        Ok(())
    }
}
