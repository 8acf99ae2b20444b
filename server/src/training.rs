//! `suoja training`: lessons for newcomers. Made-up cases come in like any others; whoever closes one sees what an
//! experienced analyst decided ([`casework::lesson`]). They never run out.
//!
//! It has the demo's people and words, but a database of its own that knows what it is: `suoja serve` refuses it.

use std::io::Write;

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

/// Opens it, making it the first time, and prints how to sign in.
pub async fn open(configuration: &Configuration, out: &mut impl Write) -> anyhow::Result<App> {
    let said = "Making a place for training. This takes a second, the first time only.";
    let (app, sign_ins) = open_or_make(configuration, Kind::Training, said, out, make).await?;
    top_up(&app.casework).await?;
    sign_ins.print(Kind::Training, out)?;
    Ok(app)
}

async fn make(cw: &Casework, clock: &DemoClock, data: &Data) -> anyhow::Result<SignIns> {
    let staffed = people::make(cw, clock, data).await?;
    Ok(SignIns { codes: Vec::new(), staff: staffed.sign_ins })
}

/// Sees that there are as many lessons in the queue as there are kinds of them. For the worker.
pub async fn top_up(cw: &Casework) -> anyhow::Result<()> {
    if usize::try_from(lesson::untouched(cw).await?)? >= Lesson::ALL.len() {
        return Ok(());
    }
    let data = Data::read().context("the demo's own texts")?;
    let mut chance = Chance::new(cw.now().timestamp_micros().unsigned_abs());
    for lesson in Lesson::ALL {
        add(cw, &data, *lesson, &mut chance).await?;
    }
    Ok(())
}

/// One more case of a lesson, in one of the languages in which it is told.
async fn add(cw: &Casework, data: &Data, lesson: Lesson, chance: &mut Chance) -> anyhow::Result<()> {
    let told: Vec<&data::Report> = data.reports.iter().filter(|report| report.lesson == Some(lesson)).collect();
    let written = chance.one_of(&told).with_context(|| format!("nobody tells of {lesson}"))?;
    let report = reports::made(data, written, false, chance)?;
    let (case, code) = (cw.new_id(), CaseCode::generate(&*cw.randomness));
    let mut tx = cw.storage.write().await?;
    intake::receive(cw, &mut tx, case, &code, &report, &Videos::new(), &written.language).await?;
    lesson::keep(&mut tx, case, lesson).await?;
    Ok(tx.commit().await?)
}
