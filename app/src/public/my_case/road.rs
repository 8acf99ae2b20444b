//! The case's road: what happened, in plain words with dates, the places and their answers, and what comes next.

use casework::history::{Entry, Event};
use casework::mine::{MyCase, Place};
use casework::taxonomy::NoticeState;
use chrono_tz::Tz;
use leptos::prelude::*;

use super::thread::message_id;
use crate::say;
use crate::words::{Language, say_time};

/// The road. What does not concern a reporter, or is told already, is left out.
pub fn road(language: Language, zone: Tz, case: &MyCase) -> impl IntoView + use<> {
    let mut told = Vec::new();
    let mut steps = Vec::new();
    for entry in &case.timeline {
        let Some((key, words)) = words(language, &entry.event.0) else { continue };
        if TOLD_ONCE.contains(&key) && told.contains(&key) {
            continue;
        }
        told.push(key);
        steps.push(step(language, zone, entry, words, (key == ASKED).then_some(case)));
    }
    let unasked = (!told.contains(&ASKED) && !case.places.is_empty()).then(|| {
        view! { <h2>{say!(language, "my_case.place.title")}</h2> {places(language, zone, case)} }
    });
    view! {
        <h2>{say!(language, "my_case.road.title")}</h2>
        <ol class="road">
            {steps}
            {next(language, case)}
        </ol>
        {unasked}
    }
}

/// The step under which the places stand with their answers.
const ASKED: &str = "asked";

/// Steps that are told the first time only.
const TOLD_ONCE: [&str; 2] = ["opened", ASKED];

fn step(language: Language, zone: Tz, entry: &Entry, words: String, asked: Option<&MyCase>) -> AnyView {
    let at = entry.created_at;
    let message = entry.subject_id.filter(|_| matches!(entry.event.0, Event::StaffWrote | Event::ReporterWrote));
    let headline = match message {
        Some(message) => view! { <a href=format!("#{}", message_id(message))>{words}</a> }.into_any(),
        None => words.into_any(),
    };
    view! {
        <li>
            <b>{headline}</b>
            <time datetime=at.to_rfc3339()>{say_time(language, zone, at)}</time>
            {ending(language, &entry.event.0)}
            {asked.map(|case| places(language, zone, case))}
        </li>
    }
    .into_any()
}

/// What the event was to a reporter, with the key of the words; none for what does not concern them.
fn words(language: Language, event: &Event) -> Option<(&'static str, String)> {
    let key = match event {
        Event::Received => "received",
        Event::Opened => "opened",
        Event::Closed { .. } => "closed",
        Event::Reopened => "reopened",
        Event::Appealed => "appealed",
        Event::ReporterWrote => "reporter_wrote",
        Event::ReporterAdded { .. } => "reporter_added",
        Event::StaffWrote => "staff_wrote",
        Event::FingerprintsListed { .. } => "listed",
        Event::FingerprintsEnded { .. } => "ended",
        Event::EraseAsked { .. } => "erase_asked",
        Event::EraseCancelled => "erase_cancelled",
        Event::WithdrawAsked => "withdraw_asked",
        Event::WithdrawCancelled => "withdraw_cancelled",
        Event::Withdrawn => "withdrawn",
        Event::Referred { organisation } => {
            return Some(("referred", say!(language, "my_case.road.referred", organisation = organisation)));
        }
        Event::Notice { provider, state, .. } => {
            let key = notice_key(*state)?;
            return Some((key, say!(language, format!("my_case.road.{key}"), provider = provider)));
        }
        _ => return None,
    };
    Some((key, say!(language, format!("my_case.road.{key}"))))
}

fn notice_key(state: NoticeState) -> Option<&'static str> {
    match state {
        NoticeState::Sent => Some(ASKED),
        NoticeState::Removed => Some("removed"),
        NoticeState::Refused => Some("refused"),
        NoticeState::NoAnswer => Some("no_answer"),
        NoticeState::NeedsMore => Some("needs_more"),
        NoticeState::Draft
        | NoticeState::Approved
        | NoticeState::Received
        | NoticeState::Undeliverable
        | NoticeState::Withdrawn => None,
    }
}

fn ending(language: Language, event: &Event) -> Option<AnyView> {
    let Event::Closed { outcome, .. } = event else { return None };
    Some(view! { <p>{say!(language, format!("my_case.outcome.{outcome}"))}</p> }.into_any())
}

fn places(language: Language, zone: Tz, case: &MyCase) -> impl IntoView + use<> {
    let rows = case.places.iter().map(|place| row(language, zone, place, case.state.is_open())).collect_view();
    view! { <ul class="places">{rows}</ul> }
}

fn row(language: Language, zone: Tz, place: &Place, is_open: bool) -> impl IntoView + use<> {
    let (class, words) = match &place.notice {
        None if is_open => ("pill", say!(language, "my_case.place.not_asked")),
        None => ("pill", say!(language, "my_case.place.not_asked_closed")),
        Some(notice) => (pill(notice.state), say!(language, format!("my_case.place.{}", notice.state))),
    };
    let at = place.notice.as_ref().and_then(|notice| notice.answered_at.or(notice.sent_at));
    let at = at.map(|at| view! { <p><time datetime=at.to_rfc3339()>{say_time(language, zone, at)}</time></p> });
    let answer = place.notice.as_ref().and_then(|notice| notice.answer.clone());
    view! {
        <li class="place">
            <bdi>{place.name.clone()}</bdi>
            <span class=class>{words}</span>
            {at}
            {answer.map(|answer| view! { <p>{say!(language, "my_case.place.answer")} " " <q dir="auto">{answer}</q></p> })}
        </li>
    }
}

/// Colour is never the only sign: the words say it too.
fn pill(state: NoticeState) -> &'static str {
    match state {
        NoticeState::Removed => "pill pine",
        NoticeState::Refused | NoticeState::Undeliverable => "pill plum",
        _ => "pill sun",
    }
}

fn next(language: Language, case: &MyCase) -> impl IntoView + use<> {
    case.state
        .is_open()
        .then(|| view! { <li class="next"><b>{say!(language, format!("my_case.next.{}", case.state))}</b></li> })
}
