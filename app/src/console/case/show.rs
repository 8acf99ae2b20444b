//! The page itself: what the case is, what was told, and beside it what can be done.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use casework::answer::{Answer as Told, AnswerKind};
use casework::referral;
use casework::taxonomy::Role;
use leptos::prelude::*;
use uuid::Uuid;

use super::words::{age, danger, harm, language_name, outcome, reporter, spreading, state};
use super::{
    Desk, Typed, Work, assess, close, dispute, hands, label, lesson, message, note, notices, open, related, story,
};
use crate::console::frame::{Place, console_page};
use crate::console::queue::table::{Due, level_mark, reason_pills};
use crate::console::signed::Holder;
use crate::console::template;
use crate::error::Answer;
use crate::form::error_summary;
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, countries, paths, say};

/// The case; `?item=` opens an item's assessment form.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(paths::CasePage { case, .. }): Path<paths::CasePage>,
    Query(asked): Query<BTreeMap<String, String>>,
    visit: Visit,
    Holder(session): Holder,
) -> Answer {
    let item = asked.get("item").and_then(|id| id.parse().ok());
    page(Work { app, visit, session, case }, StatusCode::OK, None, item).await
}

/// Renders the page. `typed`: a form that came back.
pub(super) async fn page(work: Work, status: StatusCode, typed: Option<Typed>, item: Option<Uuid>) -> Answer {
    let case = open(&work).await?;
    let Work { app, visit, session, .. } = work;
    let language = visit.language;
    let reporter = case.facts.language.as_str().parse().unwrap_or(language);
    let ready = template::ready(&app, language, reporter).await?;
    let typed = typed.map(|typed| message::filled(typed, &ready));
    let desk = Desk {
        language,
        now: app.casework.now(),
        press: app.casework.new_id(),
        zone: app.casework.hours.zone(),
        me: session.staff,
        is_lead: session.role == Role::Lead,
        destinations: referral::destinations(&app.casework, &session).await?,
        ready,
        item: item.or_else(|| assess::first_open(&case, session.staff)),
        case,
        typed,
    };
    let place = if desk.is_mine() { Place::Mine } else { Place::Queue };
    let title = say!(language, "case.title", reference = desk.case.facts.reference.to_string());
    let body = body(&desk);
    Ok(console_page(&app, &visit, &session, status, place, title, move || body).await)
}

fn body(desk: &Desk) -> AnyView {
    let problems = desk.typed.as_ref().map(|typed| error_summary(desk.language, &typed.form));
    view! {
        {head(desk)}
        {problems}
        {lesson::part(desk)}
        <div class="case" data-unsaved=say!(desk.language, "case.unsaved")>
            <div>
                {dispute::part(desk)}
                {told(desk)}
                {assess::part(desk)}
                {related::together(desk)}
                {notices::part(desk)}
                {message::part(desk)}
                {note::part(desk)}
                {story::part(desk)}
            </div>
            <aside aria-label=say!(desk.language, "case.actions")>
                {facts(desk)}
                {hands::part(desk)}
                {label::part(desk)}
                {close::part(desk)}
                {super::referral::part(desk)}
            </aside>
        </div>
    }
    .into_any()
}

fn head(desk: &Desk) -> AnyView {
    let language = desk.language;
    let facts = &desk.case.facts;
    let due = Due::of(language, desk.now, facts.state, facts.deadline)
        .map(|due| view! { <span class=if due.is_late { "pill hot" } else { "pill" }>{due.words}</span> });
    view! {
        <header class="work-head">
            {level_mark(language, facts.level)}
            <h1><bdi>{facts.reference.to_string()}</bdi></h1>
            <span class="pill wait">{state(language, facts.state)}</span>
            {facts.outcome.map(|code| view! { <span class="pill done">{outcome(language, code)}</span> })}
            {due}
            {hands::take_button(desk)}
        </header>
        <ul class="pills">{reason_pills(language, &facts.reasons.0, facts.flagger.as_deref())}</ul>
        {withdrawing(desk)}
        {waits_for_erasing(desk)}
    }
    .into_any()
}

/// The reporter asked to stop: who has read the case stops it.
fn withdrawing(desk: &Desk) -> Option<AnyView> {
    let words = say!(desk.language, "case.withdrawing");
    let facts = &desk.case.facts;
    facts.waits_for_withdrawal().then(|| view! { <p class="notice warm">{words}</p> }.into_any())
}

/// The reporter asked for erasing: staff see when it happens, and whether a legal hold stops it.
fn waits_for_erasing(desk: &Desk) -> Option<AnyView> {
    let facts = &desk.case.facts;
    let at = [facts.erase_words_at, facts.end_protection_at].into_iter().flatten().min()?;
    let words = if facts.legal_hold {
        say!(desk.language, "case.erasing_held")
    } else {
        say!(desk.language, "case.erasing", time = desk.time(at))
    };
    Some(view! { <p class="notice warm">{words}</p> }.into_any())
}

fn facts(desk: &Desk) -> AnyView {
    let language = desk.language;
    let facts = &desk.case.facts;
    let country = facts
        .country
        .as_ref()
        .map_or_else(|| say!(language, "case.not_told"), |country| countries::name(language, country.as_str()));
    let rows = [
        ("harm", harm(language, facts.harm)),
        ("reporter", facts.flagger.clone().unwrap_or_else(|| reporter(language, facts.reporter))),
        ("age", age(language, facts.age_band)),
        ("danger", danger(language, facts.danger)),
        ("spreading", spreading(language, facts.spreading)),
        ("country", country),
        ("language", language_name(&facts.language)),
        ("team", facts.team.clone().unwrap_or_else(|| say!(language, "case.everybody"))),
        ("received", desk.time(facts.received_at)),
        ("deadline", desk.time(facts.deadline)),
    ];
    let erased_at = desk.case.erased_at.filter(|_| !facts.legal_hold).map(|at| ("erased", desk.time(at)));
    let rows = rows
        .into_iter()
        .chain(erased_at)
        .map(|(key, words)| view! { <dt>{say!(language, format!("case.fact.{key}"))}</dt> <dd>{words}</dd> })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="facts">
            <h2 id="facts">{say!(language, "case.facts")}</h2>
            <dl class="facts">{rows}</dl>
            <p><a href=paths::WhyHere { language, case: facts.id }.to_string()>{say!(language, "case.why.link")}</a></p>
        </section>
    }
    .into_any()
}

/// What the reporter told. Free words stay folded until they are wanted: nobody has to read them twice by accident.
fn told(desk: &Desk) -> Option<AnyView> {
    let language = desk.language;
    if desk.case.answers.is_empty() {
        return None;
    }
    let answers = desk.case.answers.iter().map(|answer| told_one(language, answer)).collect_view();
    Some(
        view! {
            <section class="panel" aria-labelledby="told">
                <h2 id="told">{say!(language, "case.told")}</h2>
                {answers}
                {related::payment(desk)}
            </section>
        }
        .into_any(),
    )
}

fn told_one(language: Language, answer: &Told) -> AnyView {
    let what = say!(language, format!("case.answer.{}", answer.kind));
    if is_in_codes(answer.kind) {
        let codes = answer.body.split_whitespace();
        let pills =
            codes.map(|code| view! { <li class="pill">{code_words(language, answer.kind, code)}</li> }).collect_view();
        return view! { <h3>{what}</h3> <ul class="pills">{pills}</ul> }.into_any();
    }
    let length = say!(language, "case.characters", count = answer.body.chars().count());
    view! {
        <details class="more">
            <summary>{what} <span class="hint">{length}</span></summary>
            <p class="told" dir="auto">{answer.body.clone()}</p>
        </details>
    }
    .into_any()
}

fn is_in_codes(kind: AnswerKind) -> bool {
    matches!(kind, AnswerKind::AgeInPicture | AnswerKind::Shows | AnswerKind::Wants)
}

fn code_words(language: Language, kind: AnswerKind, code: &str) -> String {
    match (kind, code.parse()) {
        (AnswerKind::AgeInPicture, Ok(band)) => age(language, band),
        _ => say!(language, format!("case.{kind}.{code}")),
    }
}
