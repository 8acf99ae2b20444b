//! The list as NCMEC's hash sharing serves it, version 2: the format in which Take It Down's hashes travel already. Each of
//! our collections is a member, so that a platform can choose between them; each fingerprint is an entry of its own.
//!
//! What programs that read it do, and what follows: they take `next` as a path behind the base address and read its
//! `start`, `size` and `max`; they halve a span of time as soon as its first page has a `next`, so any span is answered
//! quickly; and they write local time as if it were UTC (`threatexchange` up to 1.2.17), which only they can mend, by
//! running in UTC.

use std::fmt;
use std::sync::Arc;

use app::App;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use casework::claim::{Collection, Medium};
use casework::item::Algorithm;
use casework::list::{self, Change, Terms};
use chrono::{DateTime, NaiveDateTime, Utc};
use data_encoding::HEXLOWER;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde::Deserialize;

use super::door::{Puller, Signed};
use super::problem::{Problem, Sent};

/// The namespace of every answer.
const NAMESPACE: &str = "https://hashsharing.ncmec.org/hashsharing/v2";
/// Entries of one page.
const PAGE: usize = 1_000;
/// How times are written; to the second.
const TIME: &str = "%Y-%m-%dT%H:%M:%SZ";

/// An answer as it is written.
type Xml = Writer<Vec<u8>>;

/// What is asked for: a span of time, its end not included; or how a page of one goes on, as `next` said.
#[derive(Deserialize)]
pub struct Asked {
    from: Option<String>,
    to: Option<String>,
    start: Option<i64>,
    max: Option<i64>,
}

/// A part of the list by its numbers: after one, up to another.
struct Span {
    after: i64,
    until: i64,
}

/// As which member a collection stands there.
fn member(collection: Collection) -> (i64, &'static str) {
    match collection {
        Collection::SelfReported => (1, "Self-reported by the person shown, unreviewed"),
        Collection::Assessed => (2, "Assessed by a hotline"),
    }
}

/// `GET …/status`: who asks.
pub async fn status(State(app): State<Arc<App>>, Signed(partner): Signed) -> Response {
    let number = i64::try_from(partner.organisation.as_u128() & 0x7fff_ffff).unwrap_or_default();
    written(&app, "status", |xml| write_member(xml, number, &partner.name))
}

/// `GET …/members`: whose entries there are.
pub async fn members(State(app): State<Arc<App>>, Puller { terms }: Puller) -> Response {
    written(&app, "members", |xml| {
        terms.scope.0.collections.iter().try_for_each(|collection| write_collection(xml, *collection))
    })
}

fn write_member(xml: &mut Xml, number: i64, name: &str) -> std::io::Result<()> {
    xml.create_element("member")
        .with_attribute(("id", number.to_string().as_str()))
        .write_text_content(BytesText::new(name))?;
    Ok(())
}

fn write_collection(xml: &mut Xml, collection: Collection) -> std::io::Result<()> {
    let (number, name) = member(collection);
    write_member(xml, number, name)
}

/// The only reason for a negative vote that means anything here, by a name of its own.
const NOT_A_MATCH: &str = "9d3c1f0e-6c0b-4f6e-9a53-1d0a4d6f2b77";

/// `GET …/feedback/{type}/reasons`: why a vote may be negative.
pub async fn reasons(State(app): State<Arc<App>>, Signed(_): Signed) -> Response {
    written(&app, "getFeedbackReasonsResponse", |xml| {
        xml.create_element("availableFeedbackReasons").write_inner_content(|xml| {
            let reason = xml.create_element("reason");
            let reason = reason.with_attributes([("guid", NOT_A_MATCH), ("name", "Not a match"), ("type", "User")]);
            reason.write_empty().map(|_| ())
        })?;
        Ok(())
    })
}

/// `GET …/entries`
pub async fn entries(State(app): State<Arc<App>>, Puller { terms }: Puller, Sent(asked): Sent<Asked>) -> Response {
    answer(&app, &terms, &asked).await.unwrap_or_else(|problem| problem.answer(&app))
}

async fn answer(app: &App, terms: &Terms, asked: &Asked) -> Result<Response, Problem> {
    let cw = &app.casework;
    list::follow(cw).await?;
    let Span { after, until } = span(app, asked).await?;
    let (mut at, mut changes) = (after, Vec::new());
    while at < until && changes.len() < PAGE {
        let page = list::page(cw, terms, at, until, PAGE - changes.len()).await?;
        at = page.until;
        changes.extend(page.changes.into_iter().filter(|change| tag(change).is_some()));
    }
    let next = (at < until).then(|| next(asked, at, until));
    Ok(written(app, "queryResult", |xml| {
        write_entries(xml, "images", Medium::Picture, &changes)?;
        write_entries(xml, "videos", Medium::Video, &changes)?;
        let Some(next) = next else { return Ok(()) };
        xml.create_element("paging").write_inner_content(|xml| {
            xml.create_element("next").write_text_content(BytesText::new(&next))?;
            Ok(())
        })?;
        Ok(())
    }))
}

async fn span(app: &App, asked: &Asked) -> Result<Span, Problem> {
    if let (Some(start), Some(max)) = (asked.start, asked.max) {
        return Ok(Span { after: start.saturating_sub(1).max(0), until: max });
    }
    let from = time(asked.from.as_deref())?.unwrap_or(DateTime::UNIX_EPOCH);
    let after = list::before(&app.casework, from).await?;
    let until = match time(asked.to.as_deref())? {
        Some(to) => list::before(&app.casework, to).await?,
        None => list::head(&app.casework).await?.sequence,
    };
    Ok(Span { after, until })
}

fn time(text: Option<&str>) -> Result<Option<DateTime<Utc>>, Problem> {
    let Some(text) = text else { return Ok(None) };
    // With parts of a second, as the documentation has it, or without, as programs send it.
    let read = NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), "%Y-%m-%dT%H:%M:%S%.f");
    read.map(|time| Some(time.and_utc()))
        .map_err(|_| Problem::Malformed("from and to are times such as 2026-11-27T00:00:00Z"))
}

/// How the next page is asked for, behind the base address.
fn next(asked: &Asked, at: i64, until: i64) -> String {
    let times = [("from", &asked.from), ("to", &asked.to)];
    let times = times.into_iter().filter_map(|(name, time)| Some((name, time.as_deref()?)));
    let mut query = url::form_urlencoded::Serializer::new("/v2/entries?".to_owned());
    query.extend_pairs(times);
    let numbers: [(&str, &dyn fmt::Display); 3] = [("start", &(at + 1)), ("size", &PAGE), ("max", &until)];
    for (name, number) in numbers {
        query.append_pair(name, &number.to_string());
    }
    query.finish()
}

/// What the format calls a fingerprint; none if it has no place for it.
fn tag(change: &Change) -> Option<&'static str> {
    match change.listing.algorithm {
        Algorithm::Pdq => Some("pdq"),
        Algorithm::Md5 => Some("md5"),
        Algorithm::Sha1 => Some("sha1"),
        Algorithm::Sha256 | Algorithm::Vpdq => None,
    }
}

fn write_entries(xml: &mut Xml, name: &'static str, medium: Medium, changes: &[Change]) -> std::io::Result<()> {
    let of_medium: Vec<&Change> = changes.iter().filter(|change| change.listing.medium == medium).collect();
    let Some(last) = of_medium.last() else { return Ok(()) };
    xml.create_element(name)
        .with_attribute(("count", of_medium.len().to_string().as_str()))
        .with_attribute(("maxTimestamp", last.listing.changed_at.format(TIME).to_string().as_str()))
        .write_inner_content(|xml| of_medium.iter().try_for_each(|change| write_entry(xml, change)))?;
    Ok(())
}

fn write_entry(xml: &mut Xml, change: &Change) -> std::io::Result<()> {
    let listing = &change.listing;
    let Some(tag) = tag(change) else { return Ok(()) };
    let name = match (listing.medium, change.is_listed) {
        (Medium::Picture, true) => "image",
        (Medium::Picture, false) => "deletedImage",
        (Medium::Video, true) => "video",
        (Medium::Video, false) => "deletedVideo",
    };
    let value = HEXLOWER.encode(&listing.value);
    let text = |xml: &mut Xml, name: &'static str, text: &str| {
        xml.create_element(name).write_text_content(BytesText::new(text)).map(|_| ())
    };
    xml.create_element(name).write_inner_content(|xml| {
        write_collection(xml, listing.collection)?;
        text(xml, "timestamp", &listing.changed_at.format(TIME).to_string())?;
        text(xml, "id", &format!("{tag}-{value}"))?;
        if !change.is_listed {
            return Ok(());
        }
        text(xml, "classification", listing.collection.as_str())?;
        xml.create_element("fingerprints").write_inner_content(|xml| text(xml, tag, &value))?;
        Ok(())
    })?;
    Ok(())
}

/// An answer with one root.
pub fn written(app: &App, root: &'static str, inner: impl FnOnce(&mut Xml) -> std::io::Result<()>) -> Response {
    let mut xml = Writer::new(Vec::new());
    let done = xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None))).and_then(|()| {
        xml.create_element(root).with_attribute(("xmlns", NAMESPACE)).write_inner_content(inner).map(|_| ())
    });
    match done {
        Ok(()) => ([(header::CONTENT_TYPE, "application/xml; charset=utf-8")], xml.into_inner()).into_response(),
        Err(_) => Problem::Failed(casework::Error::Inconsistent("xml")).answer(app),
    }
}
