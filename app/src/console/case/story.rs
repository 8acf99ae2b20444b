//! The case's history, told as a story: who, what, when, why. A part of the case's page, a page of its own to print, and a
//! file for machines.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use casework::case::{self, Facts, OpenCase};
use casework::history::{Entry, Event};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::close::hold_reason;
use super::hands::skip_reason;
use super::teller::Teller;
use super::words::{age, harm, label, language_name, outcome, reporter, state};
use super::{Desk, Work, open};
use crate::console::frame::{Place, console_page};
use crate::console::queue::table::{level_mark, reason_pills};
use crate::console::signed::Holder;
use crate::error::{Answer, Failure};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, countries, paths, say};

/// The history, newest first.
pub(super) fn part(desk: &Desk) -> AnyView {
    let language = desk.language;
    let teller = desk.teller();
    let entries = desk.case.history.iter().rev().map(|entry| one(&teller, entry)).collect_view();
    let page = paths::CaseStory { language, case: desk.id() }.to_string();
    view! {
        <section class="panel" aria-labelledby="history" data-key="y">
            <h2 id="history">{say!(language, "case.history.title")}</h2>
            <ol class="history" reversed>{entries}</ol>
            <p><a class="btn quiet small" href=page>{say!(language, "case.story.open")}</a></p>
        </section>
    }
    .into_any()
}

fn one(teller: &Teller<'_>, entry: &Entry) -> AnyView {
    let who = entry.staff_id.map(|staff| teller.name(staff));
    let seen = entry
        .for_reporter
        .then(|| view! { " " <span class="pill">{say!(teller.language, "case.history.seen")}</span> });
    view! {
        <li>
            <span>{words(teller, &entry.event.0)} {seen}</span>
            <small><time datetime=entry.created_at.to_rfc3339()>{teller.time(entry.created_at)}</time> {who.map(|who| format!(" · {who}"))}</small>
        </li>
    }
    .into_any()
}

/// The story by itself, from the beginning, for the screen and for paper.
pub async fn page(
    State(app): State<Arc<App>>,
    Path(paths::CaseStory { language, case }): Path<paths::CaseStory>,
    visit: Visit,
    Holder(session): Holder,
) -> Answer {
    let work = Work { app, visit, session, case };
    let opened = open(&work).await?;
    let Work { app, visit, session, .. } = work;
    // On paper nobody is "you".
    let teller = Teller { language, zone: app.casework.hours.zone(), names: &opened.names, me: Uuid::nil() };
    let told = told(&teller, &opened, &session.name, app.casework.now());
    let title = say!(language, "case.story.title", reference = opened.facts.reference);
    Ok(console_page(&app, &visit, &session, StatusCode::OK, Place::Queue, title, move || told).await)
}

fn told(teller: &Teller<'_>, opened: &OpenCase, by: &str, now: DateTime<Utc>) -> AnyView {
    let language = teller.language;
    let facts = &opened.facts;
    let entries = opened.history.iter().map(|entry| one(teller, entry)).collect_view();
    let case = paths::CasePage { language, case: facts.id }.to_string();
    let file = paths::CaseStoryFile { language, case: facts.id }.to_string();
    let printed = say!(language, "case.story.printed", name = by, time = teller.time(now));
    view! {
        <article class="narrow">
            <h1>{say!(language, "case.story.title", reference = facts.reference)}</h1>
            <div class="actions">
                <a class="btn quiet small" href=case>{say!(language, "case.story.back")}</a>
                <button class="btn quiet small" type="button" hidden data-print>{say!(language, "case.story.print")}</button>
                <a class="btn quiet small" href=file download="">{say!(language, "case.story.file")}</a>
            </div>
            <p>{level_mark(language, facts.level)}</p>
            <ul class="pills">{reason_pills(language, &facts.reasons.0, facts.flagger.as_deref())}</ul>
            {summary(teller, facts)}
            <ol class="history">{entries}</ol>
            <p class="hint">{printed}</p>
        </article>
    }
    .into_any()
}

fn summary(teller: &Teller<'_>, facts: &Facts) -> AnyView {
    let language = teller.language;
    let country = facts.country.as_ref().map(|country| countries::name(language, country.as_str()));
    let ended = facts.outcome.map(|code| outcome(language, code));
    let rows = [
        ("harm", Some(harm(language, facts.harm))),
        ("reporter", Some(facts.flagger.clone().unwrap_or_else(|| reporter(language, facts.reporter)))),
        ("age", Some(age(language, facts.age_band))),
        ("country", country),
        ("language", Some(language_name(&facts.language))),
        ("state", Some(state(language, facts.state))),
        ("outcome", ended),
    ];
    let rows = rows.into_iter().filter_map(|(key, words)| {
        let words = words?;
        Some(view! { <dt>{say!(language, format!("case.fact.{key}"))}</dt> <dd>{words}</dd> })
    });
    view! { <dl class="facts">{rows.collect_view()}</dl> }.into_any()
}

/// The same for machines; docs/operations.md says what stands in it.
pub async fn file(
    State(app): State<Arc<App>>,
    Path(paths::CaseStoryFile { case, .. }): Path<paths::CaseStoryFile>,
    visit: Visit,
    Holder(session): Holder,
) -> Answer {
    let work = Work { app, visit, session, case };
    let opened = open(&work).await?;
    case::exported(&work.app.casework, &work.session, case).await.map_err(Failure::Internal)?;
    let name = format!("attachment; filename=\"{}.json\"", opened.facts.reference);
    Ok(([(header::CONTENT_DISPOSITION, name)], Json(exported(&opened))).into_response())
}

fn exported(opened: &OpenCase) -> Value {
    let facts = &opened.facts;
    let name = |staff: Uuid| opened.names.get(&staff);
    let entry = |entry: &Entry| {
        json!({
            "at": entry.created_at,
            "by": entry.staff_id.and_then(name),
            "seen_by_reporter": entry.for_reporter,
            "what": entry.event.0,
        })
    };
    json!({
        "format": "suoja-case-story/1",
        "reference": facts.reference.to_string(),
        "state": facts.state,
        "outcome": facts.outcome,
        "harm": facts.harm,
        "reporter": facts.reporter,
        "age_band": facts.age_band,
        "country": facts.country,
        "language": facts.language,
        "level": facts.level,
        "reasons": facts.reasons.0,
        "flagger": facts.flagger,
        "received_at": facts.received_at,
        "closed_at": facts.closed_at,
        "labels": opened.labels,
        "history": opened.history.iter().map(entry).collect::<Vec<_>>(),
    })
}

fn words(teller: &Teller<'_>, event: &Event) -> String {
    let language = teller.language;
    match event {
        Event::Prioritised { level } => say!(language, "case.history.prioritised", level = level),
        Event::GivenToTeam { team: Some(team) } => say!(language, "case.history.given_to_team", team = team),
        Event::GivenToTeam { team: None } => say!(language, "case.history.given_to_everybody"),
        Event::HandedOver { to } => say!(language, "case.history.handed_over", name = teller.name(*to)),
        Event::Skipped { reason } => {
            say!(language, "case.history.skipped", reason = skip_reason(language, *reason))
        }
        Event::Lapsed { from } => say!(language, "case.history.lapsed", name = teller.name(*from)),
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
        Event::LegalHold { on: true, reason: Some(reason) } => {
            say!(language, "case.history.hold_on_for", reason = hold_reason(language, *reason))
        }
        Event::LegalHold { on: true, .. } => say!(language, "case.history.hold_on"),
        Event::LegalHold { on: false, .. } => say!(language, "case.history.hold_off"),
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
        Event::PartnerSaid { partner, opinion } => {
            say!(language, format!("case.history.partner_said_{opinion}"), partner = partner)
        }
        Event::DisputeDecided { kept: true } => say!(language, "case.history.dispute_kept"),
        Event::DisputeDecided { kept: false } => say!(language, "case.history.dispute_off"),
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
