//! A report of the demo: what stands written, and the rest drawn.

use std::collections::BTreeMap;

use anyhow::Context;
use casework::report::{Door, Report, Step, Typed, Walk};
use casework::taxonomy::{AgeBand, Danger, LanguageCode};

use super::chance::Chance;
use super::data::{self, About, Data, Organisation, Place, Story};

/// A report that fits a story, and its language.
pub fn draw(data: &Data, story: &Story, chance: &mut Chance) -> anyhow::Result<(Report, LanguageCode)> {
    let language = chance.one_of(&data.words.drawn.languages).context("no languages")?;
    let fitting: Vec<&data::Report> =
        data.reports.iter().filter(|report| report.language == *language && fits(report, story)).collect();
    let written = chance.one_of(&fitting).with_context(|| format!("no report in {language} fits a story"))?;
    Ok((made(data, written, story.about == About::File, chance)?, language.clone()))
}

/// A report as it is written, with what is not written drawn. `has_files`: if it takes any.
pub fn made(data: &Data, written: &data::Report, has_files: bool, chance: &mut Chance) -> anyhow::Result<Report> {
    let typed = Typed(filled(data, has_files, written, chance)?);
    // Each step reads its own fields and leaves the others.
    let every_step: BTreeMap<Step, Typed> = Step::ALL.iter().map(|step| (*step, typed.clone())).collect();
    let walk = Walk::along(written.door, &every_step);
    let open = walk.open;
    walk.report().with_context(|| format!("a report in {} stops at {open}", written.language))
}

fn fits(report: &data::Report, story: &Story) -> bool {
    let fits_door = story.doors.is_empty() || story.doors.contains(&report.door);
    let fits_matter = match story.about {
        About::Urgent => report.urgent,
        About::Any => !report.urgent,
        About::Place => !report.urgent && report.place != Place::None,
        About::File => !report.urgent && takes_files(report),
    };
    fits_door && fits_matter
}

/// Who helps somebody else has no files, and witnesses are never asked for any.
fn takes_files(report: &data::Report) -> bool {
    let helps = matches!(report.told.get("whose"), Some(data::Typed::One(whose)) if whose == "helping");
    report.door == Door::Picture && !helps
}

/// Every field of every step.
fn filled(
    data: &Data,
    has_files: bool,
    report: &data::Report,
    chance: &mut Chance,
) -> anyhow::Result<Vec<(String, String)>> {
    let mut fields = Vec::new();
    let mut fill = |name: &str, value: String| fields.push((name.to_owned(), value));
    for (name, typed) in &report.told {
        match typed {
            data::Typed::One(value) => fill(name, value.clone()),
            data::Typed::Several(values) => values.iter().for_each(|value| fill(name, value.clone())),
        }
    }
    fill("age", chance.one_of(&report.ages).context("no ages")?.to_string());
    fill("age_in_picture", age_in_picture(report, chance).to_string());
    fill("country", chance.one_of(&data.words.drawn.countries).cloned().unwrap_or_default());
    fill("danger", if chance.percent(75) { Danger::No } else { Danger::Unsure }.to_string());
    let provider = a_provider(data, chance)?;
    match report.place {
        Place::Link => fill("links", links(provider, chance)),
        Place::Account => {
            fill("provider", provider.name.clone());
            fill("handle", handle(data, chance));
        }
        Place::None => {}
    }
    if takes_files(report) && (has_files || report.place == Place::None || chance.percent(40)) {
        for _ in 0..=chance.below(3) {
            fill("file", file(chance));
        }
    }
    if chance.percent(20) {
        fill("reply", "email".to_owned());
        fill("email", format!("reader{}@mail.example", chance.below(1_000)));
    } else {
        fill("reply", "code".to_owned());
    }
    Ok(fields)
}

/// In the picture they were as old as they are, or a little younger; who is grown up now was a child then.
fn age_in_picture(report: &data::Report, chance: &mut Chance) -> AgeBand {
    let children = [AgeBand::From10To12, AgeBand::From13To15];
    let then = report.ages.iter().min().filter(|age| **age < AgeBand::Adult);
    then.or_else(|| chance.one_of(&children)).copied().unwrap_or(AgeBand::Unsure)
}

fn a_provider<'a>(data: &'a Data, chance: &mut Chance) -> anyhow::Result<&'a Organisation> {
    let providers: Vec<&Organisation> =
        data.people.organisation.iter().filter(|organisation| organisation.link.is_some()).collect();
    chance.one_of(&providers).copied().context("no providers")
}

fn links(provider: &Organisation, chance: &mut Chance) -> String {
    let number = if chance.percent(70) { 1 } else { 1 + chance.below(4) };
    let links: Vec<String> = (0..number).map(|_| link(provider, chance)).collect();
    links.join("\n")
}

fn link(provider: &Organisation, chance: &mut Chance) -> String {
    provider.link.as_deref().unwrap_or_default().replace("{id}", &chance.hex(10))
}

/// One more link.
pub fn another_link(data: &Data, chance: &mut Chance) -> anyhow::Result<String> {
    Ok(link(a_provider(data, chance)?, chance))
}

fn handle(data: &Data, chance: &mut Chance) -> String {
    let name = chance.one_of(&data.words.drawn.handles).map_or("someone", String::as_str);
    format!("{name}{}", chance.below(100))
}

/// What a browser would have made of a picture: numbers that belong to no picture at all.
fn file(chance: &mut Chance) -> String {
    let (pdq, md5, sha1, sha256) = (pdq(chance), chance.hex(32), chance.hex(40), chance.hex(64));
    let (bytes, quality) = (90_000 + chance.below(4_000_000), 60 + chance.below(41));
    format!(
        r#"{{"media_type":"image/jpeg","bytes":{bytes},"width":1080,"height":1440,"pdq":"{pdq}","pdq_quality":{quality},"md5":"{md5}","sha1":"{sha1}","sha256":"{sha256}"}}"#
    )
}

/// Pictures that go round: all but the last two digits of their hashes.
const GOING_ROUND: [&str; 3] = [
    "0f83e1dcf87c639079d8b1f038d74e3fc460623f0e32214fd2b54e1ec54e62",
    "3d9cf1623cce19c6beae4619e738860579d8183133589ce0bf9c6d8cea8e74",
    "6c8c053bc6314e39e7309e3738c939b8183573d8ef4ec1c7c12f4a9d03b57e",
];

/// A hash; one in eight is near to another one's, as where a picture is passed on and changed a little.
fn pdq(chance: &mut Chance) -> String {
    match chance.one_of(&GOING_ROUND).filter(|_| chance.percent(12)) {
        Some(picture) => format!("{picture}{}", chance.hex(2)),
        None => chance.hex(64),
    }
}
