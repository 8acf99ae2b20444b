//! The list in our own format: one line a fingerprint, all of it or what has changed since a cursor.
//!
//! The number where an answer ends is known when it begins, so it stands in the header, and the answer is written while it
//! is read: the whole list never lies in memory. What changes meanwhile moves behind that number and comes with the next
//! pull. Said of a fingerprint is what a program needs to match it; not who claims it, nor where.

use std::sync::Arc;

use app::App;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use casework::Error;
use casework::claim::{Collection, Medium};
use casework::item::Algorithm;
use casework::list::{self, Change, Head, Terms};
use chrono::{DateTime, SecondsFormat, Utc};
use data_encoding::HEXLOWER;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::door::Puller;
use super::problem::{Problem, Sent};

/// Changes written at once.
const AT_ONCE: usize = 1_000;

/// What is asked for.
#[derive(Deserialize)]
pub struct Asked {
    /// The cursor of an earlier answer. None: the whole list, as it is now.
    after: Option<String>,
}

/// A place in the list under terms, as partners keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cursor {
    sequence: i64,
    terms: DateTime<Utc>,
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let (sequence, terms) = text.split_once('-')?;
        let sequence = sequence.parse().ok().filter(|sequence| *sequence >= 0)?;
        Some(Self { sequence, terms: DateTime::from_timestamp_micros(terms.parse().ok()?)? })
    }

    fn written(self) -> String {
        format!("{}-{}", self.sequence, self.terms.timestamp_micros())
    }
}

/// From where to where an answer goes.
struct Span {
    after: i64,
    until: i64,
    /// Whether what left the list is said: not to whoever has nothing.
    with_gone: bool,
}

impl Span {
    /// Under other terms than those of the cursor, everything is said anew: what is on the list, and what is not.
    fn of(cursor: Option<Cursor>, head: Head, terms: &Terms) -> Result<Self, Problem> {
        let until = head.sequence;
        match cursor {
            None => Ok(Self { after: 0, until, with_gone: false }),
            // Too old; or of a time after the one to which the database was put back.
            Some(cursor) if !(head.forgotten..=until).contains(&cursor.sequence) => Err(Problem::StartAnew),
            Some(cursor) if cursor.terms != terms.recorded_at => Ok(Self { after: 0, until, with_gone: true }),
            Some(cursor) => Ok(Self { after: cursor.sequence, until, with_gone: true }),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Lines,
    Csv,
}

impl Format {
    fn of(headers: &HeaderMap) -> Self {
        let wanted = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        if wanted.contains("text/csv") { Self::Csv } else { Self::Lines }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Lines => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    fn head(self) -> &'static str {
        match self {
            Self::Lines => "",
            Self::Csv => "sequence,changed_at,state,collection,medium,algorithm,value,quality,variant\r\n",
        }
    }
}

/// `GET /api/v1/fingerprints`
pub async fn pull(
    State(app): State<Arc<App>>,
    Puller { terms }: Puller,
    Sent(asked): Sent<Asked>,
    headers: HeaderMap,
) -> Response {
    let format = Format::of(&headers);
    answer(&app, terms, asked, &headers, format).await.unwrap_or_else(|problem| problem.answer(&app))
}

async fn answer(
    app: &Arc<App>,
    terms: Terms,
    asked: Asked,
    headers: &HeaderMap,
    format: Format,
) -> Result<Response, Problem> {
    let malformed = Problem::Malformed("after is a cursor of an earlier answer");
    let cursor = match asked.after {
        Some(text) => Some(Cursor::parse(&text).ok_or(malformed)?),
        None => None,
    };
    list::follow(&app.casework).await?;
    let head = list::head(&app.casework).await?;
    let span = Span::of(cursor, head, &terms)?;
    let next = Cursor { sequence: span.until, terms: terms.recorded_at }.written();
    let tag = format!("W/\"{}-{}-{next}-{}\"", span.after, span.with_gone, format.media_type().len());
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = [(header::CONTENT_TYPE, format.media_type())];
        (kind, Body::from_stream(written(app.clone(), terms, span, format))).into_response()
    };
    let link = format!("</api/v1/fingerprints?after={next}>; rel=\"next\"");
    for (name, value) in [(header::ETAG, &tag), (header::LINK, &link)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept, authorization"));
    Ok(response)
}

/// The answer, as it is written. A failure breaks it off: what came until then stands, and each line says where to go on.
fn written(
    app: Arc<App>,
    terms: Terms,
    span: Span,
    format: Format,
) -> impl stream::Stream<Item = Result<Bytes, Error>> + Send {
    let head = stream::iter((!format.head().is_empty()).then(|| Ok(Bytes::from_static(format.head().as_bytes()))));
    let rows = stream::try_unfold(span.after, move |at| {
        let (app, terms) = (app.clone(), terms.clone());
        async move {
            if at >= span.until {
                return Ok(None);
            }
            let page = list::page(&app.casework, &terms, at, span.until, AT_ONCE).await;
            let page = page.inspect_err(|cause| tracing::error!(%cause, "a partner's pull broke off"))?;
            let said = page.changes.iter().filter(|change| change.is_listed || span.with_gone);
            let bytes: Vec<u8> = said.flat_map(|change| line(change, format)).collect();
            Ok(Some((Bytes::from(bytes), page.until)))
        }
    });
    stream::StreamExt::chain(head, rows)
}

#[derive(Serialize)]
struct Line<'a> {
    sequence: i64,
    changed_at: String,
    state: &'static str,
    collection: Collection,
    medium: Medium,
    algorithm: Algorithm,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<i64>,
    variant: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    frames: Option<&'a RawValue>,
}

fn line(change: &Change, format: Format) -> Vec<u8> {
    let listing = &change.listing;
    let line = Line {
        sequence: listing.sequence,
        changed_at: listing.changed_at.to_rfc3339_opts(SecondsFormat::Micros, true),
        state: if change.is_listed { "listed" } else { "withdrawn" },
        collection: listing.collection,
        medium: listing.medium,
        algorithm: listing.algorithm,
        value: HEXLOWER.encode(&listing.value),
        quality: listing.quality,
        variant: &listing.variant,
        frames: change
            .frames
            .as_deref()
            .filter(|_| change.is_listed)
            .and_then(|frames| serde_json::from_str(frames).ok()),
    };
    match format {
        Format::Lines => {
            let mut json = serde_json::to_vec(&line).unwrap_or_default();
            json.push(b'\n');
            json
        }
        // No field holds a comma or a quote: they are numbers, codes and hexadecimal digits.
        Format::Csv => format!(
            "{},{},{},{},{},{},{},{},{}\r\n",
            line.sequence,
            line.changed_at,
            line.state,
            line.collection,
            line.medium,
            line.algorithm,
            line.value,
            line.quality.map(|quality| quality.to_string()).unwrap_or_default(),
            line.variant
        )
        .into_bytes(),
    }
}
