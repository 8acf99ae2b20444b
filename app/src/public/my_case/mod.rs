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
use casework::message::Message;
use casework::mine::{self, Mine, MyCase as Case, Refusal};
use casework::taxonomy::CaseState;
use casework::text::{Words, WordsError};
use casework::vault::CookieToken;
use chrono_tz::Tz;
use leptos::prelude::*;

use crate::cookies::Holds;
use crate::error::{Answer, Failure};
use crate::form::{Fields, FormState, Problem, error_summary};
use crate::page::Page;
use crate::paths::{Code, Help, MyCase, MyCaseAdd, MyCaseAppeal, MyCaseClose, MyCaseErase, MyCaseKeep, MyCaseWrite};
use crate::public::code::{self, After};
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
    let open = match still_open(&app, &visit, language, After::Write, &fields).await {
        Ok(open) => open,
        Err(instead) => return instead,
    };
    if let Some(other) = fields.language() {
        return Ok(case_page(&app, &visit.speaking(other), &open.case, &FormState::filled(fields)));
    }
    match Words::parse(fields.get("words"), LONGEST_WORDS) {
        Ok(words) => {
            let written = mine::write(&app.casework, &open.token, &words, &fields.press()).await;
            answered(&app, &visit, language, written, "wrote")
        }
        Err(mistake) => {
            let form = FormState { problems: vec![Problem::new("words", about_words(language, mistake))], fields };
            Ok(case_page(&app, &visit, &open.case, &form))
        }
    }
}

/// The case, opened again, with what was typed into one of its forms before it was closed.
pub async fn go_on(app: &App, visit: &Visit, after: After, fields: Fields) -> Answer {
    let form = FormState::filled(fields);
    match opened(app, visit, visit.language).await {
        Ok(open) if after == After::Add && open.case.can_be_added_to() => Ok(add::page(app, visit, &open.case, &form)),
        Ok(open) if after == After::Appeal && open.case.can_be_appealed() => {
            Ok(appeal::page(app, visit, &open.case, &form))
        }
        _ => page(app, visit, visit.language, &form).await,
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
    opened_or(app, visit, language, || to_code(app, visit, language)).await
}

/// The open case, for a form of it that was sent. If it was closed meanwhile, typing the code again brings back what was
/// typed.
async fn still_open(
    app: &App,
    visit: &Visit,
    language: Language,
    after: After,
    fields: &Fields,
) -> Result<Opened, Answer> {
    let closed = || code::again(app, visit, after, fields).unwrap_or_else(|| to_code(app, visit, language));
    opened_or(app, visit, language, closed).await
}

async fn opened_or(
    app: &App,
    visit: &Visit,
    language: Language,
    closed: impl FnOnce() -> Response + Send,
) -> Result<Opened, Answer> {
    let Some(token) = Holds::Case.token(app, visit) else { return Err(Ok(closed())) };
    match mine::my_case(&app.casework, &token).await {
        Ok(Some(Mine::Case(case))) => Ok(Opened { token, case }),
        Ok(Some(Mine::Stub(_))) => Err(Ok(to_my_case(language))),
        Ok(None) => Err(Ok(closed())),
        Err(cause) => Err(Err(cause.into())),
    }
}

/// A page about a case, with the help of the reporter's country at its foot.
fn about(case: &Case, visit: &Visit) -> Page {
    let page = Page::public(visit);
    match &case.country {
        Some(country) => page.with_help_in(country),
        None => page,
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
    let mut page = about(case, visit).with_status(form.status());
    if case.can_be_added_to() {
        page = page.with_open_form("write", MyCaseWrite { language }.to_string());
    }
    page.render(app, visit, || {
        view! {
            <div class="narrow">
                {error_summary(language, form)}
                {flash(visit)}
                <h1>{say!(language, "my_case.title")}</h1>
                <p class="lede">{say!(language, format!("my_case.state.{}", case.state))}</p>
                {outcome(language, case)}
                {stopping(language, case)}
                {pending(app, language, case)}
                {case.nothing_could_be_done().then(|| sorry(language, case))}
                {news(language, zone, case)}
                {road::road(language, zone, case)}
                {protection(language, case)}
                {thread::thread(app, language, case, form)}
                {erased_by_itself(app, language, case)}
                {choices(language, case)}
                <p class="hint">{say!(language, "my_case.reference")} " " <bdi class="code">{case.reference.to_string()}</bdi></p>
            </div>
        }
    })
}

/// How it ended; where nothing could be done, [`sorry`] says that.
fn outcome(language: Language, case: &Case) -> impl IntoView + use<> {
    let outcome = case.outcome.filter(|_| case.state == CaseState::Closed && !case.nothing_could_be_done())?;
    Some(view! { <p><b>{say!(language, format!("my_case.outcome.{outcome}"))}</b></p> })
}

/// The newest message, if it is ours and not told already, with the way to answer.
fn news(language: Language, zone: Tz, case: &Case) -> impl IntoView + use<> {
    let is_told = |message: &Message| case.nothing_could_be_done() && case.explanation.as_ref() == Some(&message.body);
    let newest = case.messages.last().filter(|newest| !newest.from_reporter && !is_told(newest))?;
    let at = newest.created_at;
    let answer =
        case.can_be_added_to().then(|| view! { <p><a href="#words">{say!(language, "my_case.news.answer")}</a></p> });
    Some(view! {
        <section class="notice warm">
            <h2>{say!(language, "my_case.news.title")}</h2>
            <p class="told" dir="auto">{newest.body.clone()}</p>
            <p class="hint"><time datetime=at.to_rfc3339()>{say_time(language, zone, at)}</time></p>
            {answer}
        </section>
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

/// It has ended, and one day we erase it without being asked.
fn erased_by_itself(app: &App, language: Language, case: &Case) -> impl IntoView + use<> {
    let at = case.erased_at.filter(|_| case.erase_words_at.is_none() && !case.legal_hold)?;
    let day = say_time(language, app.casework.hours.zone(), at);
    let is_protected = case.protection.listed > 0 && case.end_protection_at.is_none();
    Some(view! {
        <section class="notice">
            <p>{say!(language, "my_case.by_itself.words", day = day)}</p>
            {is_protected.then(|| view! { <p>{say!(language, "my_case.by_itself.protected")}</p> })}
        </section>
    })
}

/// The reporter wants nobody to work on the case: that it is so, or that a person reads it first; and the way back.
fn stopping(language: Language, case: &Case) -> impl IntoView + use<> {
    let now = if case.state.is_open() { "my_case.stopping.soon" } else { "my_case.stopping.now" };
    let erases = case.erase_words_at.is_some() || case.end_protection_at.is_some();
    let is_protected = !case.state.is_open() && case.protection.listed > 0 && case.end_protection_at.is_none();
    case.withdraw_asked.then(|| {
        view! {
            <section class="notice">
                <p>{say!(language, now)}</p>
                {is_protected.then(|| view! { <p>{say!(language, "my_case.stopping.protected")}</p> })}
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
            {case.can_be_appealed()
                .then(|| way("my_case.sorry.appeal", MyCaseAppeal { language }.to_string(), "my_case.do.appeal"))}
            {way("my_case.sorry.new_link", MyCaseAdd { language }.to_string(), "my_case.do.add")}
            {way("my_case.sorry.help", Help { language }.to_string(), "my_case.sorry.help_link")}
        </section>
    }
}

fn protection(language: Language, case: &Case) -> impl IntoView + use<> {
    let (files, listed) = (case.protection.files as u64, case.protection.listed as u64);
    let text = || say!(language, "my_case.protection.text");
    let given = || say_count(language, "my_case.protection.files", files);
    let sentences = match listed {
        0 => vec![given(), say_count(language, "my_case.protection.none", files)],
        _ if listed == files => vec![say_count(language, "my_case.protection.all", files), text()],
        _ => vec![given(), say_count(language, "my_case.protection.listed", listed), text()],
    };
    case.has_files().then(|| {
        view! {
            <h2>{say!(language, "my_case.protection.title")}</h2>
            <p>{sentences.join(" ")}</p>
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
