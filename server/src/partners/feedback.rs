//! What partners say of fingerprints, in each of the three forms.

use std::sync::Arc;

use app::App;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use casework::item::Algorithm;
use casework::list::feedback::{self, MOST, Opinion, Said};
use data_encoding::HEXLOWER_PERMISSIVE;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde::{Deserialize, Serialize};

use super::door::Speaker;
use super::ncmec;
use super::problem::Problem;

/// Of our own form: what is said.
#[derive(Deserialize)]
pub struct Sent {
    feedback: Vec<SentOne>,
}

#[derive(Deserialize)]
struct SentOne {
    algorithm: Algorithm,
    value: String,
    opinion: Opinion,
}

#[derive(Serialize)]
struct Results {
    results: Vec<&'static str>,
}

/// `POST /api/v1/fingerprints/feedback`
pub async fn give(State(app): State<Arc<App>>, speaker: Speaker, sent: Result<Json<Sent>, JsonRejection>) -> Response {
    let answer = give_all(&app, &speaker, sent).await;
    answer.map_or_else(|problem| problem.answer(&app), |results| Json(results).into_response())
}

async fn give_all(app: &App, speaker: &Speaker, sent: Result<Json<Sent>, JsonRejection>) -> Result<Results, Problem> {
    let malformed = || Problem::Malformed("feedback is a list of at most 1000, each with algorithm, value and opinion");
    let Json(sent) = sent.map_err(|_| malformed())?;
    if sent.feedback.len() > MOST {
        return Err(malformed());
    }
    let said: Option<Vec<_>> = sent.feedback.iter().map(|one| said(one.algorithm, &one.value, one.opinion)).collect();
    let noted = note(app, speaker, &said.ok_or_else(malformed)?).await?;
    Ok(Results { results: noted.into_iter().map(|noted| if noted { "noted" } else { "unknown" }).collect() })
}

fn said(algorithm: Algorithm, value: &str, opinion: Opinion) -> Option<Said> {
    let value = HEXLOWER_PERMISSIVE.decode(value.as_bytes()).ok()?;
    Some(Said { algorithm, value, opinion })
}

async fn note(app: &App, speaker: &Speaker, said: &[Said]) -> Result<Vec<bool>, Problem> {
    Ok(feedback::note(&app.casework, &speaker.partner, &speaker.terms, said).await?)
}

/// Of `StopNCII`'s form: what is said, or hashes of a platform's own with what it says of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StopNcii {
    #[serde(default)]
    hash_feedbacks: Vec<HashFeedback>,
    #[serde(default)]
    hash_records: Vec<HashRecord>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HashFeedback {
    hash_value: String,
    feedback_value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HashRecord {
    hash_value: String,
    #[serde(rename = "CSPFeedbacks", default)]
    feedbacks: Vec<RecordFeedback>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordFeedback {
    feedback_value: String,
}

#[derive(Serialize)]
struct Counted {
    count: usize,
}

/// `POST …/SubmitFeedback` and `…/SubmitHashes`. We list only what a case claims: of hashes that we do not know nothing is
/// kept.
pub async fn submit(
    State(app): State<Arc<App>>,
    speaker: Speaker,
    sent: Result<Json<StopNcii>, JsonRejection>,
) -> Response {
    let answer = submit_all(&app, &speaker, sent).await;
    answer.map_or_else(|problem| problem.answer(&app), |counted| Json(counted).into_response())
}

async fn submit_all(
    app: &App,
    speaker: &Speaker,
    sent: Result<Json<StopNcii>, JsonRejection>,
) -> Result<Counted, Problem> {
    let malformed = Problem::Malformed("hashFeedbacks or hashRecords, at most 1000, as StopNCII has them");
    let Ok(Json(sent)) = sent else { return Err(malformed) };
    let of_feedbacks = sent.hash_feedbacks.iter().map(|one| (&one.hash_value, &one.feedback_value));
    let of_records = sent.hash_records.iter();
    let of_records =
        of_records.flat_map(|one| one.feedbacks.iter().map(|said| (&one.hash_value, &said.feedback_value)));
    let all: Vec<_> = of_feedbacks.chain(of_records).collect();
    if all.len() > MOST {
        return Err(malformed);
    }
    let said: Vec<_> = all.into_iter().filter_map(|(value, opinion)| said_as_stopncii(value, opinion)).collect();
    let noted = note(app, speaker, &said).await?;
    Ok(Counted { count: noted.into_iter().filter(|noted| *noted).count() })
}

/// That form has no type beside a hash: its length tells. Values that say nothing of a match are passed over.
fn said_as_stopncii(value: &str, opinion: &str) -> Option<Said> {
    let opinion = match opinion {
        "PendingReview" => Opinion::Seen,
        "Blocked" => Opinion::Blocked,
        "NotBlocked" => Opinion::NotAMatch,
        _ => return None,
    };
    let algorithm = match value.len() {
        64 => Algorithm::Pdq,
        32 => Algorithm::Md5,
        _ => return None,
    };
    said(algorithm, value, opinion)
}

/// Where NCMEC's form says it of one fingerprint of one entry.
#[derive(Deserialize)]
pub struct OfEntry {
    entry: String,
    r#type: String,
}

/// `PUT …/entries/{member}/{entry}/{type}/feedback`
pub async fn vote(State(app): State<Arc<App>>, Path(of): Path<OfEntry>, speaker: Speaker, body: String) -> Response {
    let answer = vote_one(&app, &of, &speaker, &body).await;
    answer.unwrap_or_else(|problem| problem.answer(&app))
}

async fn vote_one(app: &App, of: &OfEntry, speaker: &Speaker, body: &str) -> Result<Response, Problem> {
    let algorithm: Option<Algorithm> = of.r#type.to_lowercase().parse().ok();
    let value = of.entry.split_once('-').map(|(_, value)| value);
    let said = match (algorithm, value, opinion_in(body)) {
        (Some(algorithm), Some(value), Some(opinion)) => said(algorithm, value, opinion),
        _ => None,
    };
    let said = said.ok_or(Problem::Malformed("a feedbackSubmission, affirmative or negative, of an entry we gave"))?;
    match note(app, speaker, &[said]).await?.as_slice() {
        [true] => Ok(ncmec::written(app, "feedbackSubmission", |_| Ok(()))),
        _ => Err(Problem::Malformed("no such entry")),
    }
}

/// An affirmative vote says that it was found there; a negative one that it is something else.
fn opinion_in(body: &str) -> Option<Opinion> {
    let mut reader = Reader::from_str(body);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                b"affirmative" => return Some(Opinion::Blocked),
                b"negative" => return Some(Opinion::NotAMatch),
                _ => {}
            },
            Event::Eof => return None,
            _ => {}
        }
    }
}
