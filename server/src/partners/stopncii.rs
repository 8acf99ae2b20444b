//! The list as `StopNCII`'s version 1 serves it, so that programs which read that format (`threatexchange`, HMA) pull ours by
//! configuration alone.
//!
//! What those programs do, and what follows: they keep `nextSetTimestamp` after every page and refuse one that falls, so it
//! is never less than what they sent; they ask again from the second they kept, so that second is included; they know no
//! other types than `ImagePDQ` and `VideoMD5` here and pass over others, so a video's frames may go as `VideoVPDQ`; and
//! they keep what is `Withdrawn` (a mistake in `threatexchange` up to 1.2.17), so we say of it as feedback of our own that
//! it is `NotBlocked`, which makes it disputed there.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::App;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use casework::claim::Medium;
use casework::item::Algorithm;
use casework::list::{self, Change, Terms};
use chrono::DateTime;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::door::Puller;
use super::problem::{Problem, Sent};

/// The most records of one page.
const LARGEST_PAGE: usize = 5_000;

/// What is asked for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// In seconds since 1970. What changed in that second is included.
    #[serde(default)]
    start_timestamp: i64,
    /// How many records at most.
    page_size: Option<usize>,
    /// Where the page before ended.
    next_page_token: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    count: usize,
    next_page_token: Option<String>,
    next_set_timestamp: i64,
    has_more_records: bool,
    hash_records: Vec<Record>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    #[serde(rename = "lastModtimestamp")]
    last_modified: i64,
    signal_type: &'static str,
    hash_value: String,
    hash_status: &'static str,
    case_numbers: BTreeMap<String, String>,
    #[serde(rename = "CSPFeedbacks")]
    feedbacks: Vec<Feedback>,
}

#[derive(Serialize)]
struct Feedback {
    source: &'static str,
    #[serde(rename = "feedbackValue")]
    value: &'static str,
    tags: [&'static str; 0],
}

/// `GET …/FetchHashes`
pub async fn fetch_hashes(State(app): State<Arc<App>>, Puller { terms }: Puller, Sent(asked): Sent<Asked>) -> Response {
    let answer = answer(&app, &terms, &asked).await;
    answer.map_or_else(|problem| problem.answer(&app), |answer| Json(answer).into_response())
}

async fn answer(app: &App, terms: &Terms, asked: &Asked) -> Result<Answer, Problem> {
    let cw = &app.casework;
    list::follow(cw).await?;
    let (head, mut at) = (list::head(cw).await?, first(app, terms, asked).await?);
    let (most, mut records) = (asked.page_size.unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE), Vec::new());
    let mut last = asked.start_timestamp;
    while at < head.sequence && records.len() < most {
        let page = list::page(cw, terms, at, head.sequence, most - records.len()).await?;
        at = page.until;
        last = page.changes.last().map_or(last, |change| last.max(change.listing.changed_at.timestamp()));
        records.extend(page.changes.iter().filter_map(record));
    }
    let has_more_records = at < head.sequence;
    Ok(Answer {
        count: records.len(),
        next_page_token: has_more_records.then(|| at.to_string()),
        next_set_timestamp: if has_more_records { last } else { last.max(head.changed_at.timestamp()) },
        has_more_records,
        hash_records: records,
    })
}

/// Where an answer begins. Whoever read last under other terms hears everything.
async fn first(app: &App, terms: &Terms, asked: &Asked) -> Result<i64, Problem> {
    if let Some(token) = asked.next_page_token {
        return Ok(token.max(0));
    }
    if asked.start_timestamp < terms.recorded_at.timestamp() {
        return Ok(0);
    }
    let start = DateTime::from_timestamp(asked.start_timestamp, 0);
    let start = start.ok_or(Problem::Malformed("startTimestamp is seconds since 1970"))?;
    Ok(list::before(&app.casework, start).await?)
}

/// What the format has a type for.
fn record(change: &Change) -> Option<Record> {
    let listing = &change.listing;
    let hex = || HEXLOWER.encode(&listing.value);
    let (signal_type, hash_value) = match (listing.algorithm, listing.medium) {
        (Algorithm::Pdq, _) => ("ImagePDQ", hex()),
        (Algorithm::Md5, Medium::Video) => ("VideoMD5", hex()),
        (Algorithm::Vpdq, _) => ("VideoVPDQ", change.frames.clone()?),
        (Algorithm::Md5 | Algorithm::Sha1 | Algorithm::Sha256, _) => return None,
    };
    let is_gone = !change.is_listed && !change.is_elsewhere;
    let not_blocked = Feedback { source: "suoja", value: "NotBlocked", tags: [] };
    Some(Record {
        last_modified: listing.changed_at.timestamp(),
        signal_type,
        hash_value,
        hash_status: if is_gone { "Withdrawn" } else { "Active" },
        case_numbers: BTreeMap::new(),
        feedbacks: is_gone.then_some(not_blocked).into_iter().collect(),
    })
}
