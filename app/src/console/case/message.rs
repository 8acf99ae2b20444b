//! The thread with the reporter, and the form that writes to them.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use casework::case;
use casework::message::Message;
use leptos::prelude::*;

use super::words::language_name;
use super::{Desk, Part, Typed, Work, show, words_in};
use crate::console::plain;
use crate::console::signed::Holder;
use crate::console::template::Ready;
use crate::error::Answer;
use crate::form::{Choice, Fields, FormState, choices, select_field, text_area};
use crate::visit::Visit;
use crate::{App, paths, say};

/// Writes to the reporter; or, by the other buttons, puts a ready answer into the field, or looks at how it reads.
pub async fn submit(
    State(app): State<Arc<App>>,
    Path(paths::WriteMessage { language, case }): Path<paths::WriteMessage>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let work = Work { app, visit, session, case };
    if fields.has("do", "fill") || fields.has("do", "check") {
        let typed = Typed { part: Part::Thread, form: FormState::filled(fields) };
        return show::page(work, StatusCode::OK, Some(typed), None).await;
    }
    let words = match words_in(language, &fields, "message") {
        Ok(words) => words,
        Err(problem) => return work.again(Part::Thread, StatusCode::UNPROCESSABLE_ENTITY, fields, vec![problem]).await,
    };
    let and_wait = fields.has("wait", "yes");
    let done =
        case::write_to_reporter(&work.app.casework, &work.session, case, &words, and_wait, &fields.press()).await;
    work.answer(Part::Thread, fields, done).await
}

/// Puts the chosen ready answer after whatever was typed, if the other button was pressed: nothing is lost, nothing sent.
pub(super) fn filled(mut typed: Typed, ready: &[Ready]) -> Typed {
    let fields = &mut typed.form.fields;
    let chosen = ready.iter().find(|answer| fields.has("do", "fill") && fields.has("template", &answer.name));
    if let Some(answer) = chosen {
        let text = format!("{}\n\n{}", fields.get("message").trim(), answer.body);
        fields.0.retain(|(name, _)| name != "message");
        fields.0.push(("message".to_owned(), text.trim_start().to_owned()));
    }
    typed
}

/// The thread and its form.
pub(super) fn part(desk: &Desk) -> AnyView {
    let language = desk.language;
    let messages = desk.case.messages.iter().map(|message| one(desk, message)).collect_view();
    let thread = if desk.case.messages.is_empty() {
        view! { <p class="hint">{say!(language, "case.thread.empty")}</p> }.into_any()
    } else {
        view! { <ol class="messages">{messages}</ol> }.into_any()
    };
    view! {
        <section class="panel" aria-labelledby="thread" data-key="m">
            <h2 id="thread">{say!(language, "case.thread.title")}</h2>
            {thread}
            {(desk.is_mine() && desk.case.facts.state.is_open()).then(|| form(desk))}
        </section>
    }
    .into_any()
}

fn one(desk: &Desk, message: &Message) -> AnyView {
    let language = desk.language;
    let (side, who) = match message.staff_id {
        Some(staff) => ("mine", desk.name(staff)),
        None => ("theirs", say!(language, "case.thread.reporter")),
    };
    let unread = (message.from_reporter && message.read_at.is_none())
        .then(|| view! { " " <span class="pill hot">{say!(language, "case.thread.new")}</span> });
    view! {
        <li class=side>
            <small><b>{who}</b> " " <time datetime=message.created_at.to_rfc3339()>{desk.time(message.created_at)}</time> {unread}</small>
            <p dir="auto">{message.body.clone()}</p>
        </li>
    }
    .into_any()
}

fn form(desk: &Desk) -> AnyView {
    let language = desk.language;
    let form = desk.form(Part::Thread);
    let hint = say!(language, "case.thread.hint", language = language_name(&desk.case.facts.language));
    let wait = vec![Choice::new("yes", say!(language, "case.thread.wait"))];
    view! {
        <form method="post" action=paths::WriteMessage { language, case: desk.id() }.to_string()>
            {desk.press(&form)}
            {ready_answers(desk, &form)}
            <div class="beside">
                {text_area(&form, "message", say!(language, "case.thread.field"), Some(hint), 6)}
                {meaning(desk, &form)}
            </div>
            {how_it_reads(desk, &form)}
            {choices(&form, "checkbox", "wait", say!(language, "case.thread.then"), "visually-hidden", wait)}
            <div class="actions">
                <button class="btn" type="submit">{say!(language, "case.thread.send")}</button>
                <button class="btn quiet" type="submit" name="do" value="check" formnovalidate>{say!(language, "case.plain.check")}</button>
            </div>
        </form>
    }
    .into_any()
}

/// The ready answer that was put into the field, in the language of the console.
fn meaning(desk: &Desk, form: &FormState) -> Option<AnyView> {
    let fields = &form.fields;
    let is_asked = fields.has("do", "fill") || fields.has("do", "check");
    let ready = desk.ready.iter().find(|ready| is_asked && fields.has("template", &ready.name))?;
    let meaning = ready.meaning.clone()?;
    Some(
        view! {
            <div>
                <p><b>{say!(desk.language, "case.thread.meaning", name = ready.name)}</b></p>
                <p class="letter" dir="auto">{meaning}</p>
            </div>
        }
        .into_any(),
    )
}

/// What in the words could be easier to read.
fn how_it_reads(desk: &Desk, form: &FormState) -> Option<AnyView> {
    let language = desk.language;
    let text = form.fields.get("message").trim();
    let reporter = desk.case.facts.language.as_str().parse().ok()?;
    if text.is_empty() || !form.fields.has("do", "check") {
        return None;
    }
    let hints = plain::hints(reporter, text);
    let words = if hints.is_empty() {
        view! { <p>{say!(language, "case.plain.well")}</p> }.into_any()
    } else {
        let hints = hints.iter().map(|hint| view! { <li dir="auto">{hint.words(language)}</li> }).collect_view();
        view! { <ul>{hints}</ul> }.into_any()
    };
    Some(
        view! { <div class="notice" role="status"><h3>{say!(language, "case.plain.title")}</h3> {words}</div> }
            .into_any(),
    )
}

fn ready_answers(desk: &Desk, form: &FormState) -> Option<AnyView> {
    let language = desk.language;
    if desk.ready.is_empty() {
        return None;
    }
    let options = desk.ready.iter().map(|answer| Choice::new(answer.name.clone(), answer.name.clone())).collect();
    Some(
        view! {
            <div class="filters">
                {select_field(form, "template", say!(language, "case.thread.template"), None, options)}
                <button class="btn quiet" type="submit" name="do" value="fill" formnovalidate>{say!(language, "case.thread.fill")}</button>
            </div>
        }
        .into_any(),
    )
}
