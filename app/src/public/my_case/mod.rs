//! A reporter's own case: what happened, place by place; messages; adding, appealing, taking back.

pub mod add;
pub mod appeal;
pub mod erase;
mod road;
mod stub;
mod thread;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::mine::{self, Mine, MyCase as Case, Refusal};
use casework::text::{Words, WordsError};
use casework::vault::CookieToken;
use leptos::prelude::*;

use crate::cookies::Holds;
use crate::error::{Answer, Failure};
use crate::form::{Fields, FormState, Problem, error_summary};
use crate::page::Page;
use crate::paths::{Code, Help, MyCase, MyCaseAdd, MyCaseAppeal, MyCaseClose, MyCaseErase, MyCaseKeep, MyCaseWrite};
use crate::visit::Visit;
use crate::words::{Language, say_count, say_time};
use crate::{App, say};

/// The most characters of a message or an appeal.
const LONGEST_WORDS: usize = 5_000;

/// The case that is open in this browser; without one, the page to type the code.
pub async fn show(State(app): State<Arc<App>>, Path(MyCase { language }): Path<MyCase>, visit: Visit) -> Answer {
    page(&app, &visit, language, &FormState::default()).await
}

/// Sends a message.
pub async fn write(
    State(app): State<Arc<App>>,
    Path(MyCaseWrite { language }): Path<MyCaseWrite>,
    visit: Visit,
    fields: Fields,
) -> Answer {
    if let Some(other) = fields.language() {
        return page(&app, &visit, other, &FormState::filled(fields)).await;
    }
    let Some(token) = Holds::Case.token(&app, &visit) else { return Ok(to_code(&app, &visit, language)) };
    match Words::parse(fields.get("words"), LONGEST_WORDS) {
        Ok(words) => {
            let written = mine::write(&app.casework, &token, &words).await;
            answered(&app, &visit, language, written, "wrote")
        }
        Err(mistake) => {
            let form = FormState { problems: vec![Problem::new("words", about_words(language, mistake))], fields };
            page(&app, &visit, language, &form).await
        }
    }
}

/// A form's own address, opened by hand: leads to the page that holds the form.
pub async fn to_case(visit: Visit) -> Redirect {
    Redirect::to(&MyCase { language: visit.language }.to_string())
}

/// Closes the case in this browser.
pub async fn close(
    State(app): State<Arc<App>>,
    Path(MyCaseClose { language }): Path<MyCaseClose>,
    visit: Visit,
) -> Answer {
    if let Some(token) = Holds::Case.token(&app, &visit) {
        mine::leave(&app.casework, &token).await?;
    }
    Ok(to_code(&app, &visit, language))
}

/// No case is open here, or no longer.
fn to_code(app: &App, visit: &Visit, language: Language) -> Response {
    let cookies = visit.cookies.clone().add(Holds::Case.forget(app));
    (cookies, Redirect::to(&Code { language }.to_string())).into_response()
}

fn to_my_case(language: Language) -> Response {
    Redirect::to(&MyCase { language }.to_string()).into_response()
}

/// Back to the case with a short word about what was done; or to the code, where the session has ended meanwhile.
fn answered<T>(app: &App, visit: &Visit, language: Language, result: Result<T, Refusal>, done: &'static str) -> Answer {
    match result {
        Ok(_) => Ok(Redirect::to(&format!("{}?done={done}", MyCase { language })).into_response()),
        Err(Refusal::NotOpen) => Ok(to_code(app, visit, language)),
        Err(Refusal::NotNow | Refusal::TooMany) => Ok(to_my_case(language)),
        Err(Refusal::Failed(cause)) => Err(Failure::Internal(cause)),
    }
}

/// The case that is open, for a page of its own about it.
struct Opened {
    token: CookieToken,
    case: Box<Case>,
}

/// The open case; or the answer to give instead.
async fn opened(app: &App, visit: &Visit, language: Language) -> Result<Opened, Answer> {
    let Some(token) = Holds::Case.token(app, visit) else { return Err(Ok(to_code(app, visit, language))) };
    match mine::my_case(&app.casework, &token).await {
        Ok(Some(Mine::Case(case))) => Ok(Opened { token, case }),
        Ok(Some(Mine::Stub(_))) => Err(Ok(to_my_case(language))),
        Ok(None) => Err(Ok(to_code(app, visit, language))),
        Err(cause) => Err(Err(cause.into())),
    }
}

fn about_words(language: Language, mistake: WordsError) -> String {
    match mistake {
        WordsError::Empty => say!(language, "my_case.problem.empty"),
        WordsError::TooLong { found, max } => say!(language, "my_case.problem.too_long", found = found, max = max),
    }
}

async fn page(app: &App, visit: &Visit, language: Language, form: &FormState) -> Answer {
    let Some(token) = Holds::Case.token(app, visit) else { return Ok(to_code(app, visit, language)) };
    let visit = visit.speaking(language);
    match mine::my_case(&app.casework, &token).await? {
        Some(Mine::Case(case)) => Ok(case_page(app, &visit, &case, form)),
        Some(Mine::Stub(stub)) => Ok(stub::page(app, &visit, &stub)),
        None => Ok(to_code(app, &visit, language)),
    }
}

fn case_page(app: &App, visit: &Visit, case: &Case, form: &FormState) -> Response {
    let language = visit.language;
    let zone = app.casework.hours.zone();
    let mut page = Page::public(visit).with_status(form.status());
    if let Some(country) = &case.country {
        page = page.with_help_in(country);
    }
    if case.can_be_added_to() {
        page = page.with_open_form("write");
    }
    page.render(app, visit, || {
        view! {
            <div class="narrow">
                {error_summary(language, form)}
                {flash(visit)}
                <h1>{say!(language, "my_case.title")}</h1>
                <p class="lede">{say!(language, format!("my_case.state.{}", case.state))}</p>
                {stopping(language, case)}
                {pending(app, language, case)}
                {case.nothing_could_be_done().then(|| sorry(language, case))}
                {road::road(language, zone, case)}
                {protection(language, case)}
                {thread::thread(language, zone, case, form)}
                {choices(language, case)}
                <p class="hint">{say!(language, "my_case.reference")} " " <bdi class="code">{case.reference.to_string()}</bdi></p>
            </div>
        }
    })
}

/// What may stand behind `?done=`.
const DONE: [&str; 6] = ["wrote", "added", "appealed", "stop", "erase", "keep"];

fn flash(visit: &Visit) -> impl IntoView + use<> {
    let language = visit.language;
    let done = visit.uri.query()?.strip_prefix("done=")?;
    let done = DONE.into_iter().find(|known| *known == done)?;
    Some(view! { <p class="flash" role="status">{say!(language, format!("my_case.done.{done}"))}</p> })
}

/// What will be erased and when, with the way to stop it; or that the law stops it.
fn pending(app: &App, language: Language, case: &Case) -> impl IntoView + use<> {
    if case.erase_words_at.is_none() && case.end_protection_at.is_none() {
        return None;
    }
    let day = |at| say_time(language, app.casework.hours.zone(), at);
    let words = case.erase_words_at.map(|at| view! { <p>{say!(language, "my_case.pending.words", day = day(at))}</p> });
    let protection =
        case.end_protection_at.map(|at| view! { <p>{say!(language, "my_case.pending.protection", day = day(at))}</p> });
    Some(view! {
        <section class="notice plum">
            <h2>{say!(language, "my_case.pending.title")}</h2>
            {words}
            {protection}
            {case.legal_hold.then(|| view! { <p><b>{say!(language, "my_case.pending.hold")}</b></p> })}
            <p>{say!(language, "my_case.pending.stranger")}</p>
            {keep_form(language, "my_case.pending.stop")}
        </section>
    })
}

/// The reporter wants nobody to work on the case: that it is so, or that a person reads it first; and the way back.
fn stopping(language: Language, case: &Case) -> impl IntoView + use<> {
    let now = if case.state.is_open() { "my_case.stopping.soon" } else { "my_case.stopping.now" };
    let erases = case.erase_words_at.is_some() || case.end_protection_at.is_some();
    case.withdraw_asked.then(|| {
        view! {
            <section class="notice">
                <p>{say!(language, now)}</p>
                {(!erases).then(|| view! { <p>{say!(language, "my_case.stopping.stranger")}</p> })}
                {(!erases).then(|| keep_form(language, "my_case.stopping.go_on"))}
            </section>
        }
    })
}

/// The way to stop what is pending, and to go on with what has stopped.
fn keep_form(language: Language, words: &'static str) -> impl IntoView + use<> {
    view! {
        <form method="post" action=MyCaseKeep { language }.to_string()>
            <p><button class="btn" type="submit">{say!(language, words)}</button></p>
        </form>
    }
}

/// Nothing could be done: why, the appeal, and other help. Never the end of the road.
fn sorry(language: Language, case: &Case) -> impl IntoView + use<> {
    let why = case.outcome.map(|outcome| view! { <p>{say!(language, format!("my_case.outcome.{outcome}"))}</p> });
    let said = case.explanation.clone().map(|said| view! { <p><bdi>{said}</bdi></p> });
    let way = |why: &str, href: String, words: &str| {
        view! { <p>{say!(language, why)} " " <a href=href>{say!(language, words)}</a></p> }
    };
    view! {
        <section class="notice">
            <h2>{say!(language, "my_case.sorry.title")}</h2>
            {why}
            {said}
            <p>{say!(language, "my_case.sorry.not_fault")}</p>
            {way("my_case.sorry.appeal", MyCaseAppeal { language }.to_string(), "my_case.do.appeal")}
            {way("my_case.sorry.new_link", MyCaseAdd { language }.to_string(), "my_case.do.add")}
            {way("my_case.sorry.help", Help { language }.to_string(), "my_case.sorry.help_link")}
        </section>
    }
}

fn protection(language: Language, case: &Case) -> impl IntoView + use<> {
    let files = case.protection.files as u64;
    let now = match case.protection.listed as u64 {
        0 => say!(language, "my_case.protection.none"),
        listed => format!(
            "{} {}",
            say_count(language, "my_case.protection.listed", listed),
            say!(language, "my_case.protection.text")
        ),
    };
    (files > 0).then(|| {
        view! {
            <h2>{say!(language, "my_case.protection.title")}</h2>
            <p>{say_count(language, "my_case.protection.files", files)} " " {now}</p>
        }
    })
}

fn choices(language: Language, case: &Case) -> impl IntoView + use<> {
    let link = |href: String, key: &str| view! { <li><a class="btn quiet" href=href>{say!(language, key)}</a></li> };
    view! {
        <h2>{say!(language, "my_case.do.title")}</h2>
        <ul class="choices">
            {case.can_be_added_to().then(|| link(MyCaseAdd { language }.to_string(), "my_case.do.add"))}
            {case.can_be_appealed().then(|| link(MyCaseAppeal { language }.to_string(), "my_case.do.appeal"))}
            {link(MyCaseErase { language }.to_string(), "my_case.do.erase")}
            <li>
                <form method="post" action=MyCaseClose { language }.to_string()>
                    <button class="btn quiet" type="submit">{say!(language, "my_case.do.close")}</button>
                </form>
            </li>
        </ul>
    }
}
