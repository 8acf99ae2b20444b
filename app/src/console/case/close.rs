//! Where the case stands: waiting for somebody, closed with an outcome, opened again, withdrawn as its reporter asked, held
//! for the law.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use casework::case::{self, Refused};
use casework::legal_hold::{self, HoldReason};
use casework::taxonomy::{CaseState, Outcome};
use casework::text::Words;
use casework::withdrawal;
use leptos::prelude::*;

use super::words::{outcome, state};
use super::{Desk, LONGEST, Part, Work, optional_words_in};
use crate::console::signed::Holder;
use crate::error::Answer;
use crate::form::{Choice, Fields, FormState, Problem, select_field, text_area};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, paths, say};

/// Puts the case into another state.
pub async fn change_state(
    State(app): State<Arc<App>>,
    Path(paths::ChangeState { case, .. }): Path<paths::ChangeState>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let work = Work { app, visit, session, case };
    let done = match fields.get("state").parse() {
        Ok(to) => case::change_state(&work.app.casework, &work.session, case, to).await,
        Err(_) => Err(Refused::NotNow),
    };
    work.answer(Part::Close, fields, done).await
}

/// Closes the case.
pub async fn close(
    State(app): State<Arc<App>>,
    Path(paths::CloseCase { language, case }): Path<paths::CloseCase>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let work = Work { app, visit, session, case };
    let (chosen, words) = match parse(language, &fields) {
        Ok(end) => end,
        Err(problems) => return work.again(Part::Close, StatusCode::UNPROCESSABLE_ENTITY, fields, problems).await,
    };
    let done = case::close(&work.app.casework, &work.session, case, chosen, words.as_ref()).await;
    work.answer(Part::Close, fields, done).await
}

/// How it ended and what the reporter is told, or what is wrong with it.
pub(in crate::console) fn parse(language: Language, fields: &Fields) -> Result<(Outcome, Option<Words>), Vec<Problem>> {
    let chosen =
        fields.get("outcome").parse().map_err(|_| Problem::new("outcome", say!(language, "case.problem.outcome")));
    match (chosen, optional_words_in(language, fields, "explanation", LONGEST)) {
        (Ok(chosen), Ok(None)) if case::needs_explanation(chosen) => {
            Err(vec![Problem::new("explanation", say!(language, "case.refused.needs_explanation"))])
        }
        (Ok(chosen), Ok(words)) => Ok((chosen, words)),
        (chosen, words) => Err([chosen.err(), words.err()].into_iter().flatten().collect()),
    }
}

/// Opens a closed case again.
pub async fn reopen(
    State(app): State<Arc<App>>,
    Path(paths::ReopenCase { case, .. }): Path<paths::ReopenCase>,
    visit: Visit,
    Holder(session): Holder,
) -> Answer {
    let work = Work { app, visit, session, case };
    let done = case::reopen(&work.app.casework, &work.session, case).await;
    work.answer(Part::Close, Fields::default(), done).await
}

/// Stops the case, as its reporter asked.
pub async fn withdraw(
    State(app): State<Arc<App>>,
    Path(paths::WithdrawCase { case, .. }): Path<paths::WithdrawCase>,
    visit: Visit,
    Holder(session): Holder,
) -> Answer {
    let work = Work { app, visit, session, case };
    let done = withdrawal::confirm(&work.app.casework, &work.session, case).await;
    work.answer(Part::Close, Fields::default(), done).await
}

/// Puts a legal hold on, for a reason, or takes it off.
pub async fn legal_hold(
    State(app): State<Arc<App>>,
    Path(paths::LegalHold { language, case }): Path<paths::LegalHold>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let work = Work { app, visit, session, case };
    if fields.has("hold", "off") {
        let done = legal_hold::lift(&work.app.casework, &work.session, case).await;
        return work.answer(Part::Hold, fields, done).await;
    }
    let reason = fields.get("hold_reason").parse::<HoldReason>();
    let reason = reason.map_err(|_| Problem::new("hold_reason", say!(language, "case.problem.hold_reason")));
    match (reason, optional_words_in(language, &fields, "hold_words", LONGEST)) {
        (Ok(reason), Ok(words)) => {
            let done = legal_hold::put(&work.app.casework, &work.session, case, reason, words.as_ref()).await;
            work.answer(Part::Hold, fields, done).await
        }
        (reason, words) => {
            let problems = [reason.err(), words.err()].into_iter().flatten().collect();
            work.again(Part::Hold, StatusCode::UNPROCESSABLE_ENTITY, fields, problems).await
        }
    }
}

/// What can be done about where the case stands.
pub(super) fn part(desk: &Desk) -> Option<AnyView> {
    let language = desk.language;
    let facts = &desk.case.facts;
    let steps = desk.is_mine().then(|| steps(desk));
    let close = (desk.is_mine() && facts.state.can_become(CaseState::Closed)).then(|| close_form(desk));
    let withdraw = (desk.is_mine() && facts.waits_for_withdrawal()).then(|| {
        button(paths::WithdrawCase { language, case: facts.id }.to_string(), say!(language, "case.end.withdraw"), None)
    });
    let reopen = (facts.state == CaseState::Closed).then(|| {
        button(paths::ReopenCase { language, case: facts.id }.to_string(), say!(language, "case.end.reopen"), None)
    });
    let hold = desk.is_lead.then(|| hold_form(desk));
    let held = facts.legal_hold.then(|| {
        let reason = facts.hold_reason.map(|reason| format!(" · {}", hold_reason(language, reason)));
        view! { <p class="pill wait">{say!(language, "case.end.held")} {reason}</p> }
    });
    let is_anything = steps.is_some() || close.is_some() || reopen.is_some() || hold.is_some() || held.is_some();
    is_anything.then(|| {
        view! {
            <section class="panel" aria-labelledby="end" data-key="e">
                <h2 id="end">{say!(language, "case.end.title")}</h2>
                {withdraw} {steps} {close} {reopen} {held} {hold}
            </section>
        }
        .into_any()
    })
}

/// A form that is one button, which may carry one value.
fn button(action: String, words: String, value: Option<(&'static str, String)>) -> AnyView {
    let (name, value) = value.unzip();
    view! {
        <form method="post" action=action>
            <button class="btn quiet small" type="submit" name=name value=value>{words}</button>
        </form>
    }
    .into_any()
}

/// A button for each state the case may be put into from here.
fn steps(desk: &Desk) -> AnyView {
    let language = desk.language;
    let from = desk.case.facts.state;
    [CaseState::InReview, CaseState::WaitingForReporter, CaseState::WaitingForProviders]
        .into_iter()
        .filter(|&to| from.can_become(to))
        .map(|to| {
            let words = say!(language, "case.end.put", state = state(language, to));
            button(paths::ChangeState { language, case: desk.id() }.to_string(), words, Some(("state", to.to_string())))
        })
        .collect_view()
        .into_any()
}

fn outcomes(language: Language) -> Vec<Choice> {
    let outcomes = Outcome::ALL.iter().map(|&code| Choice::new(code.to_string(), outcome(language, code)));
    std::iter::once(Choice::new("", say!(language, "case.choose"))).chain(outcomes).collect()
}

/// How it ended, and what the reporter is told.
pub(in crate::console) fn ending_fields(language: Language, form: &FormState) -> impl IntoView + use<> {
    let hint = say!(language, "case.end.explanation_hint");
    view! {
        {select_field(form, "outcome", say!(language, "case.end.outcome"), None, outcomes(language))}
        {text_area(form, "explanation", say!(language, "case.end.explanation"), Some(hint), 5)}
    }
}

fn close_form(desk: &Desk) -> AnyView {
    let language = desk.language;
    view! {
        <details class="more" open=desk.came_back(Part::Close)>
            <summary>{say!(language, "case.end.close")}</summary>
            <form method="post" action=paths::CloseCase { language, case: desk.id() }.to_string()>
                {ending_fields(language, &desk.form(Part::Close))}
                <p><button class="btn" type="submit">{say!(language, "case.end.close_now")}</button></p>
            </form>
        </details>
    }
    .into_any()
}

fn hold_form(desk: &Desk) -> AnyView {
    let language = desk.language;
    let action = paths::LegalHold { language, case: desk.id() }.to_string();
    if desk.case.facts.legal_hold {
        return button(action, say!(language, "case.end.hold_off"), Some(("hold", "off".to_owned())));
    }
    let form = desk.form(Part::Hold);
    let reasons = HoldReason::ALL.iter().map(|reason| Choice::new(reason.as_str(), hold_reason(language, *reason)));
    let reasons = std::iter::once(Choice::new("", say!(language, "case.choose"))).chain(reasons).collect();
    view! {
        <details class="more" id="hold" open=desk.came_back(Part::Hold)>
            <summary>{say!(language, "case.end.hold_on")}</summary>
            <form method="post" action=action>
                {select_field(&form, "hold_reason", say!(language, "case.hold.reason"), Some(say!(language, "case.hold.hint")), reasons)}
                {text_area(&form, "hold_words", say!(language, "case.hold.words"), Some(say!(language, "case.hold.words_hint")), 3)}
                <p><button class="btn quiet small" type="submit">{say!(language, "case.hold.now")}</button></p>
            </form>
        </details>
    }
    .into_any()
}

/// The words for a reason.
pub(in crate::console) fn hold_reason(language: Language, reason: HoldReason) -> String {
    say!(language, format!("case.hold.{reason}"))
}
