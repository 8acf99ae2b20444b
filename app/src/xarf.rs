//! What a notice says as XARF, version 4 (the eXtended Abuse Reporting Format), for the desks that read it by machine: one
//! report a link whose class the format has a word for. Never a picture, nor who reported.

use casework::notice::{Outgoing, Place};
use casework::taxonomy::Class;
use chrono::SecondsFormat;
use serde_json::{Value, json};
use url::Url;
use uuid::Builder;

use crate::App;

/// The version of the schemas that this was written after.
const VERSION: &str = "4.2.0";
/// The longest description, in characters.
const LONGEST: usize = 1_000;

/// The reports of a notice; none for accounts, and for what is no crime by itself.
pub fn reports(app: &App, outgoing: &Outgoing) -> Vec<Value> {
    let places = outgoing.content.places.iter().enumerate();
    places.filter_map(|(number, place)| report(app, outgoing, number, place)).collect()
}

fn report(app: &App, outgoing: &Outgoing, number: usize, place: &Place) -> Option<Value> {
    let Place::Location { url, class: Some(class) } = place else { return None };
    let kind = Kind::of(*class)?;
    let us = json!({
        "org": app.operator.name,
        "contact": app.operator.notice_mailbox,
        "domain": app.operator.notice_mailbox.rsplit('@').next(),
    });
    let mut report = json!({
        "xarf_version": VERSION,
        "report_id": id(outgoing, number),
        "timestamp": outgoing.at.to_rfc3339_opts(SecondsFormat::Secs, true),
        "reporter": us.clone(),
        "sender": us,
        "source_identifier": Url::parse(url).ok()?.host_str()?,
        "category": "content",
        "type": kind.code(),
        "url": url,
        "detection_method": "manual_review",
        "verification_method": "manual",
        "description": outgoing.content.explanation.chars().take(LONGEST).collect::<String>(),
        "tags": ["dsa:article-16", format!("notice:{}", outgoing.reference.to_string().to_lowercase())],
    });
    let (name, value) = kind.detail();
    report.as_object_mut()?.insert(name.to_owned(), json!(value));
    Some(report)
}

/// What the format calls it.
#[derive(Clone, Copy)]
enum Kind {
    /// Material, by its classification: A younger, B older children; 1 a sexual act, 2 another unlawful depiction.
    Csam(&'static str),
    /// Contact or coercion.
    Csem,
}

impl Kind {
    /// What a machine made has no classification there, and what is lawful is no abuse.
    fn of(class: Class) -> Option<Self> {
        match class {
            Class::C1 => Some(Self::Csam("A1")),
            Class::C2 => Some(Self::Csam("A2")),
            Class::C3 => Some(Self::Csam("B1")),
            Class::C4 => Some(Self::Csam("B2")),
            Class::C6 => Some(Self::Csem),
            Class::C0 | Class::C5 | Class::C7 => None,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Csam(_) => "csam",
            Self::Csem => "csem",
        }
    }

    fn detail(self) -> (&'static str, &'static str) {
        match self {
            Self::Csam(classification) => ("classification", classification),
            Self::Csem => ("exploitation_type", "solicitation"),
        }
    }
}

/// The same whenever the notice is written, so that a mail that comes twice is known again. The format wants UUIDs of
/// version 4: these have its form.
fn id(outgoing: &Outgoing, number: usize) -> String {
    let number = u128::try_from(number).unwrap_or_default();
    Builder::from_random_bytes((outgoing.id.as_u128() ^ number).to_be_bytes()).into_uuid().to_string()
}
