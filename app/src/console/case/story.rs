//! The case's history, told as a story: who, what, when.

use casework::history::{Entry, Event};
use leptos::prelude::*;

use super::Desk;
use super::hands::skip_reason;
use super::words::{label, outcome, state};
use crate::say;
use crate::words::Language;

/// The history, newest first.
pub(super) fn part(desk: &Desk) -> AnyView {
    let language = desk.language;
    let entries = desk.case.history.iter().rev().map(|entry| one(desk, entry)).collect_view();
    view! {
        <section class="panel" aria-labelledby="history" data-key="y">
            <h2 id="history">{say!(language, "case.history.title")}</h2>
            <ol class="history" reversed>{entries}</ol>
        </section>
    }
    .into_any()
}

fn one(desk: &Desk, entry: &Entry) -> AnyView {
    let who = entry.staff_id.map(|staff| desk.name(staff));
    let seen =
        entry.for_reporter.then(|| view! { " " <span class="pill">{say!(desk.language, "case.history.seen")}</span> });
    view! {
        <li>
            <span>{words(desk, &entry.event.0)} {seen}</span>
            <small><time datetime=entry.created_at.to_rfc3339()>{desk.time(entry.created_at)}</time> {who.map(|who| format!(" · {who}"))}</small>
        </li>
    }
    .into_any()
}

fn words(desk: &Desk, event: &Event) -> String {
    let language = desk.language;
    match event {
        Event::Prioritised { level } => say!(language, "case.history.prioritised", level = level),
        Event::HandedOver { to } => say!(language, "case.history.handed_over", name = desk.name(*to)),
        Event::Skipped { reason } => {
            say!(language, "case.history.skipped", reason = skip_reason(language, *reason))
        }
        Event::Lapsed { from } => say!(language, "case.history.lapsed", name = desk.name(*from)),
        Event::StateChanged { to } => say!(language, "case.history.state_changed", state = state(language, *to)),
        Event::Closed { outcome: how, .. } => say!(language, "case.history.closed", outcome = outcome(language, *how)),
        Event::ReporterAdded { locations, files } => {
            say!(language, "case.history.reporter_added", locations = locations, files = files)
        }
        Event::Labelled { label: code } => say!(language, "case.history.labelled", label = label_of(language, code)),
        Event::Unlabelled { label: code } => {
            say!(language, "case.history.unlabelled", label = label_of(language, code))
        }
        Event::Assessed { position } => say!(language, format!("case.history.assessed_{position}")),
        Event::LegalHold { on } => say!(language, if *on { "case.history.hold_on" } else { "case.history.hold_off" }),
        Event::NoticeDrafted { provider } => say!(language, "case.history.notice_drafted", provider = provider),
        Event::NoticeApproved { provider } => say!(language, "case.history.notice_approved", provider = provider),
        Event::Notice { provider, state, .. } => {
            say!(
                language,
                "case.history.notice",
                provider = provider,
                state = say!(language, format!("case.notice_state.{state}"))
            )
        }
        Event::Referred { organisation } => say!(language, "case.history.referred", organisation = organisation),
        Event::FingerprintsListed { files } => say!(language, "case.history.fingerprints_listed", files = files),
        Event::FingerprintsEnded { files } => say!(language, "case.history.fingerprints_ended", files = files),
        Event::Received => say!(language, "case.history.received"),
        Event::Taken => say!(language, "case.history.taken"),
        Event::AlarmRang => say!(language, "case.history.alarm_rang"),
        Event::AlarmAnswered { times, minutes } => {
            say!(language, "case.history.alarm_answered", times = times, minutes = minutes)
        }
        Event::Released => say!(language, "case.history.released"),
        Event::Opened => say!(language, "case.history.opened"),
        Event::Reopened => say!(language, "case.history.reopened"),
        Event::Appealed => say!(language, "case.history.appealed"),
        Event::ReporterWrote => say!(language, "case.history.reporter_wrote"),
        Event::StaffWrote => say!(language, "case.history.staff_wrote"),
        Event::Noted => say!(language, "case.history.noted"),
        Event::AssessorsDiffer => say!(language, "case.history.assessors_differ"),
        Event::EraseAsked { .. } => say!(language, "case.history.erase_asked"),
        Event::EraseCancelled => say!(language, "case.history.erase_cancelled"),
        Event::WithdrawAsked => say!(language, "case.history.withdraw_asked"),
        Event::WithdrawCancelled => say!(language, "case.history.withdraw_cancelled"),
        Event::Withdrawn => say!(language, "case.history.withdrawn"),
        Event::ReporterMailed => say!(language, "case.history.reporter_mailed"),
    }
}

fn label_of(language: Language, code: &str) -> String {
    code.parse().map_or_else(|_| code.to_owned(), |known| label(language, known))
}
