//! One notice: exactly what goes out, its approval, and the provider's answer.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::notice::{self, MOST_EXPLANATION, NoticeError, Preview};
use casework::outbox::Delivery;
use casework::staff::session::StaffSession;
use casework::taxonomy::NoticeState;
use casework::text::Words;
use chrono::TimeDelta;
use leptos::prelude::*;
use uuid::Uuid;

use crate::console::frame::{Place, console_page};
use crate::console::signed::Holder;
use crate::error::Answer;
use crate::form::{self, Choice, Fields, FormState, Problem};
use crate::mail::{self, Mail};
use crate::paths::{CasePage, NoticeAnswer, NoticeApproval, NoticeDiscard, NoticeDraft, NoticePage};
use crate::visit::Visit;
use crate::words::{Language, say_count, say_time};
use crate::{App, say};

/// What an analyst may write down about a notice that is out.
const ANSWERS: [NoticeState; 6] = [
    NoticeState::Received,
    NoticeState::NeedsMore,
    NoticeState::Removed,
    NoticeState::Refused,
    NoticeState::NoAnswer,
    NoticeState::Withdrawn,
];

/// A mail that nobody has tried to send for so long waits for a mail server.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);

/// The notice.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(NoticePage { language: _, notice }): Path<NoticePage>,
    visit: Visit,
    Holder(session): Holder,
) -> Answer {
    answer_with(&app, &visit, &session, notice, StatusCode::OK, FormState::default()).await
}

/// Approves it; a second press, or one that came late, comes back to the notice as it stands.
pub async fn approve(
    State(app): State<Arc<App>>,
    Path(NoticeApproval { language, notice }): Path<NoticeApproval>,
    Holder(session): Holder,
) -> Answer {
    match notice::approve(&app.casework, &session, notice).await {
        Ok(()) | Err(NoticeError::MovedOn) => Ok(back(language, notice)),
        Err(other) => Err(other.into()),
    }
}

/// Takes back what has not gone out, and leads back to the case.
pub async fn discard(
    State(app): State<Arc<App>>,
    Path(NoticeDiscard { language, notice }): Path<NoticeDiscard>,
    Holder(session): Holder,
) -> Answer {
    match notice::discard(&app.casework, &session, notice).await {
        Ok(case) => Ok(Redirect::to(&CasePage { language, case }.to_string()).into_response()),
        Err(NoticeError::MovedOn) => Ok(back(language, notice)),
        Err(other) => Err(other.into()),
    }
}

/// Writes down what the provider answered.
pub async fn answer(
    State(app): State<Arc<App>>,
    Path(NoticeAnswer { language, notice }): Path<NoticeAnswer>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let (state, words) = match parse(language, &fields) {
        Ok(parsed) => parsed,
        Err(problem) => {
            let form = FormState { fields, problems: vec![problem] };
            return answer_with(&app, &visit, &session, notice, StatusCode::UNPROCESSABLE_ENTITY, form).await;
        }
    };
    match notice::record_answer(&app.casework, &session, notice, state, words.as_ref()).await {
        Ok(()) => Ok(back(language, notice)),
        Err(NoticeError::MovedOn) => {
            let problems = vec![Problem::new("state", say!(language, "notice.problem.moved_on"))];
            let form = FormState { fields, problems };
            answer_with(&app, &visit, &session, notice, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
        Err(other) => Err(other.into()),
    }
}

fn parse(language: Language, fields: &Fields) -> Result<(NoticeState, Option<Words>), Problem> {
    let state = ANSWERS.into_iter().find(|state| state.as_str() == fields.get("state"));
    let state = state.ok_or_else(|| Problem::new("state", say!(language, "notice.problem.state")))?;
    let typed = fields.get("words").trim();
    if typed.is_empty() {
        return match state {
            NoticeState::Refused => Err(Problem::new("words", say!(language, "notice.problem.reason"))),
            _ => Ok((state, None)),
        };
    }
    match Words::parse(typed, MOST_EXPLANATION) {
        Ok(words) => Ok((state, Some(words))),
        Err(_) => Err(Problem::new("words", say!(language, "notice.problem.explanation", most = MOST_EXPLANATION))),
    }
}

fn back(language: Language, notice: Uuid) -> Response {
    Redirect::to(&NoticePage { language, notice }.to_string()).into_response()
}

async fn answer_with(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    notice: Uuid,
    status: StatusCode,
    form: FormState,
) -> Answer {
    let language = visit.language;
    let preview = notice::preview(&app.casework, session, notice).await?;
    let mail = mail::notice(app, &preview.outgoing);
    let fares = preview.delivery.as_ref().and_then(|delivery| fares(app, language, preview.state, delivery));
    let title = say!(language, "notice.title", provider = preview.outgoing.provider_name);
    let place = if preview.in_hands { Place::Mine } else { Place::Queue };
    Ok(console_page(app, visit, session, status, place, title, || page(language, &preview, &mail, fares, &form)).await)
}

/// How its mail fares, where there is anything to say: what went wrong, and when it is tried again.
fn fares(app: &App, language: Language, state: NoticeState, delivery: &Delivery) -> Option<String> {
    let now = app.casework.now();
    let Some(code) = &delivery.last_error else {
        let waits_long = delivery.next_attempt_at + PATIENCE < now;
        return waits_long.then(|| say!(language, "notice.delivery.not_tried"));
    };
    let why = say!(language, format!("notice.delivery.why.{code}"));
    if state == NoticeState::Undeliverable {
        return Some(why);
    }
    let next = say_time(language, app.casework.hours.zone(), delivery.next_attempt_at);
    let tries = u64::try_from(delivery.attempts).unwrap_or_default();
    let tried = say_count(language, "notice.delivery.again", tries);
    Some(format!("{why} {tried} {}", say!(language, "notice.delivery.next", time = next)))
}

fn page(
    language: Language,
    preview: &Preview,
    mail: &Mail,
    fares: Option<String>,
    form: &FormState,
) -> impl IntoView + use<> {
    let notice = preview.outgoing.id;
    let reference = preview.outgoing.reference.to_string();
    let can_go_out = preview.state.can_become(NoticeState::Approved);
    let is_out = ANSWERS.into_iter().any(|answer| preview.state.takes(answer)) && !can_go_out;
    view! {
        <p class="crumb"><a href=CasePage { language, case: preview.case }.to_string()>{say!(language, "notice.to_case", reference = reference)}</a></p>
        <h1>{say!(language, "notice.title", provider = preview.outgoing.provider_name)}</h1>
        <p><span class="pill">{say!(language, format!("notice.state.{}", preview.state.as_str()))}</span></p>
        {fares.map(|words| view! { <p class="notice warm">{words}</p> })}
        {form::error_summary(language, form)}
        <section class="panel" aria-label=say!(language, "notice.preview")>
            <dl class="facts">
                <dt>{say!(language, "notice.to")}</dt><dd><bdi>{mail.to.clone()}</bdi></dd>
                <dt>{say!(language, "notice.subject")}</dt><dd>{mail.subject.clone()}</dd>
            </dl>
            <pre class="letter" dir="auto">{mail.text.clone()}</pre>
            {mail.attachments.iter().map(|file| view! {
                <details><summary>{file.name.clone()}</summary><pre class="letter" dir="ltr">{String::from_utf8_lossy(&file.bytes).into_owned()}</pre></details>
            }).collect_view()}
        </section>
        {preview.provider_words.clone().map(|words| view! {
            <h2>{say!(language, "notice.answer.by_link")}</h2>
            <p class="hint">{say!(language, "notice.answer.by_link_hint")}</p>
            <blockquote dir="auto">{words}</blockquote>
        })}
        {preview.answer.clone().map(|answer| view! {
            <h2>{say!(language, "notice.answer.title")}</h2>
            <blockquote dir="auto">{answer}</blockquote>
        })}
        {(preview.in_hands && can_go_out).then(|| view! {
            <form method="post" action=NoticeApproval { language, notice }.to_string()>
                <p class="hint">{say!(language, "notice.approve_hint")}</p>
                <button class="btn" type="submit">{say!(language, "notice.approve")}</button>
            </form>
            <div class="actions">
                <a class="btn quiet small" href=format!("{}?replaces={notice}", NoticeDraft { language, case: preview.case })>
                    {say!(language, "notice.change")}
                </a>
                <form method="post" action=NoticeDiscard { language, notice }.to_string()>
                    <button class="btn quiet small" type="submit">{say!(language, "notice.discard")}</button>
                </form>
            </div>
        })}
        {(preview.in_hands && is_out).then(|| answer_form(language, preview, form))}
    }
}

fn answer_form(language: Language, preview: &Preview, form: &FormState) -> impl IntoView + use<> {
    let states = ANSWERS
        .into_iter()
        .filter(|answer| preview.state.takes(*answer))
        .map(|answer| Choice::new(answer.as_str(), say!(language, format!("notice.state.{}", answer.as_str()))))
        .collect();
    view! {
        <form method="post" action=NoticeAnswer { language, notice: preview.outgoing.id }.to_string() novalidate>
            {form::choices(form, "radio", "state", say!(language, "notice.answer.what"), "", states)}
            {form::text_area(form, "words", say!(language, "notice.answer.words"), Some(say!(language, "notice.answer.words_hint")), 4)}
            <button class="btn" type="submit">{say!(language, "notice.answer.save")}</button>
        </form>
    }
}
