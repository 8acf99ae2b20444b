//! After *Send*: the case code, as often as it is asked for, until "I have saved it" or an hour.

mod picture;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use casework::case_code::CaseCode;
use casework::intake;
use casework::taxonomy::{Country, Danger};
use leptos::prelude::*;
use url::form_urlencoded;

use crate::cookies::Holds;
use crate::error::{Answer, Failure};
use crate::help::HelpKind;
use crate::page::Page;
use crate::paths::{Code, Help, Receipt, ReceiptKept, ReceiptPicture, Saved};
use crate::public::help::{call, near_by, to_ring};
use crate::visit::Visit;
use crate::words::{Language, say_count};
use crate::{App, countries, drawings, paths, qr_code, say};

/// The code. Without one to show, the page to type it.
pub async fn show(State(app): State<Arc<App>>, Path(Receipt { language }): Path<Receipt>, visit: Visit) -> Answer {
    let Some(intake::Receipt { code, reference, country, has_files, .. }) = kept_for(&app, &visit).await? else {
        return Ok(Redirect::to(&Code { language }.to_string()).into_response());
    };
    let hours = u64::from(app.operator.answer_hours);
    let page = with_help(Page::public(&visit), country.as_ref().map(Country::as_str));
    Ok(page.render(&app, &visit, || {
        view! {
            <div class="narrow">
                <h1>{say!(language, "receipt.title")}</h1>
                <p class="lede">{say!(language, "receipt.lede")}</p>
                <p class="case-code" aria-label=say!(language, "receipt.code")>{grouped(&code)}</p>
                {ways_to_keep(language)}
                {password_manager(language, &code)}
                {about_keeping(language, has_files)}
                <form method="post" action=Receipt { language }.to_string()>
                    <p class="actions"><button class="btn" type="submit">{say!(language, "receipt.saved")}</button></p>
                    <p class="hint">{say!(language, "receipt.saved_hint")}</p>
                </form>
                {square(&code)}
                {what_comes(language, hours)}
                <p>{say!(language, "receipt.reference")} " " <bdi class="code">{reference.to_string()}</bdi></p>
                <p><a href=paths::Privacy { language }.to_string()>{say!(language, "frame.privacy")}</a></p>
            </div>
        }
    }))
}

/// "I have saved it": the code is not shown again. What the last page needs to know goes with the address.
pub async fn saved(State(app): State<Arc<App>>, Path(Receipt { language }): Path<Receipt>, visit: Visit) -> Answer {
    let ending = kept_for(&app, &visit).await?.map(|receipt| Ending::of(&receipt)).unwrap_or_default();
    if let Some(token) = Holds::Draft.token(&app, &visit) {
        intake::saved(&app.casework, &token).await?;
    }
    let cookies = visit.cookies.add(Holds::Draft.forget(&app));
    Ok((cookies, Redirect::to(&format!("{}{}", Saved { language }, ending.query()))).into_response())
}

/// What the last page knows of the case, which it cannot ask for: the code has been saved.
#[derive(Default)]
struct Ending {
    /// The country the reporter told.
    country: Option<String>,
    /// Somebody is in danger: the case is the first to be read.
    is_first: bool,
}

impl Ending {
    fn of(receipt: &intake::Receipt) -> Self {
        Self {
            country: receipt.country.as_ref().map(|country| country.as_str().to_owned()),
            is_first: matches!(receipt.danger, Danger::InDanger | Danger::SelfHarm),
        }
    }

    /// `?country=SE&first=1`, as far as there is something to say.
    fn query(&self) -> String {
        let country = self.country.as_deref().map(|country| ("country", country));
        let pairs: Vec<_> = country.into_iter().chain(self.is_first.then_some(("first", "1"))).collect();
        if pairs.is_empty() {
            return String::new();
        }
        format!("?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
    }

    fn read(query: &str) -> Self {
        let mut ending = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "country" if countries::is_known(&value) => ending.country = Some(value.into_owned()),
                "first" => ending.is_first = true,
                _ => {}
            }
        }
        ending
    }
}

/// The end of the way.
pub async fn done(State(app): State<Arc<App>>, Path(Saved { language }): Path<Saved>, visit: Visit) -> Response {
    let Ending { country, is_first } = Ending::read(visit.uri.query().unwrap_or_default());
    let title = if is_first { "receipt.done.title_first" } else { "receipt.done.title" };
    with_help(Page::public(&visit), country.as_deref()).render(&app, &visit, || {
        view! {
            <div class="narrow ending">
                {drawings::home_safe()}
                <h1>{say!(language, title)}</h1>
                {is_first.then(|| numbers(&app, language, country.as_deref()))}
                <p class="lede">{say!(language, "receipt.done.lede")}</p>
                <p class="actions">
                    <a class="btn" href=Code { language }.to_string()>{say!(language, "receipt.done.open")}</a>
                    <a class="btn quiet" href=Help { language }.to_string()>{say!(language, "receipt.done.help")}</a>
                </p>
            </div>
        }
    })
}

/// Whom to ring if it gets worse.
fn numbers(app: &App, language: Language, country: Option<&str>) -> impl IntoView + use<> {
    let near = |kind| country.and_then(|country| near_by(app, country, kind).into_iter().next());
    let number = near(HelpKind::Emergency).and_then(|entry| entry.phones.into_iter().next());
    let worse = match number {
        Some(number) => view! {
            <p>{say!(language, "receipt.done.worse", number = &number)}</p>
            {call(&number)}
        }
        .into_any(),
        None => view! { <p>{say!(language, "report.help_now.call_unknown")}</p> }.into_any(),
    };
    let talk = near(HelpKind::Helpline).map(|entry| {
        view! { <p>{say!(language, "report.help_now.talk")}</p> {to_ring(&entry)} }
    });
    view! { <div class="notice danger">{worse} {talk}</div> }
}

/// The page with the help of the country that was told at its foot.
fn with_help(page: Page, country: Option<&str>) -> Page {
    match country {
        Some(country) => page.with_help_in(country),
        None => page,
    }
}

/// A password manager offers to save what a form sends; there is nothing else to do with it.
pub async fn kept(Path(ReceiptKept { language }): Path<ReceiptKept>) -> Redirect {
    Redirect::to(&Receipt { language }.to_string())
}

/// The code as a picture to download: the code alone, no address, nothing that says what it is for.
pub async fn picture(
    State(app): State<Arc<App>>,
    Path(ReceiptPicture { .. }): Path<ReceiptPicture>,
    visit: Visit,
) -> Answer {
    let code = kept_for(&app, &visit).await?.ok_or(Failure::NotFound)?.code;
    let png = picture::png(&code).ok_or(Failure::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"note.png\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, png).into_response())
}

async fn kept_for(app: &App, visit: &Visit) -> Result<Option<intake::Receipt>, Failure> {
    let Some(token) = Holds::Draft.token(app, visit) else { return Ok(None) };
    Ok(intake::receipt(&app.casework, &token).await?)
}

/// In groups of four that never break inside, left to right in every language.
fn grouped(code: &CaseCode) -> impl IntoView + use<> {
    let code = code.to_string();
    let groups: Vec<String> = code.split('-').map(str::to_owned).collect();
    let last = groups.len() - 1;
    let groups = groups
        .into_iter()
        .enumerate()
        .map(|(index, group)| view! { <span>{group}{(index < last).then_some("-")}</span> })
        .collect_view();
    view! { <bdi id="case-code" dir="ltr">{groups}</bdi> }
}

/// Copying and printing need script and show themselves when there is some.
fn ways_to_keep(language: Language) -> impl IntoView {
    view! {
        <p class="actions">
            <button class="btn quiet" type="button" hidden data-copy-target="case-code" data-done=say!(language, "receipt.copied")>
                {drawings::copy()}
                <span>{say!(language, "receipt.copy")}</span>
            </button>
            <a class="btn quiet" href=ReceiptPicture { language }.to_string() download>
                {say!(language, "receipt.picture")}
            </a>
            <button class="btn quiet" type="button" hidden data-print>
                {drawings::print()}
                <span>{say!(language, "receipt.print")}</span>
            </button>
        </p>
        <p class="hint">{say!(language, "receipt.picture_hint")}</p>
    }
}

fn square(code: &CaseCode) -> impl IntoView + use<> {
    let code = code.to_string();
    view! {
        <div class="qr">
            {qr_code::square(&code)}
            <code dir="ltr">{code}</code>
        </div>
    }
}

fn password_manager(language: Language, code: &CaseCode) -> impl IntoView + use<> {
    view! {
        <details class="more">
            <summary>{say!(language, "receipt.manager")}</summary>
            <p>{say!(language, "receipt.manager_hint")}</p>
            <form method="post" action=ReceiptKept { language }.to_string()>
                <div class="field">
                    <label for="case">{say!(language, "receipt.manager_name")}</label>
                    <input id="case" name="case" type="text" autocomplete="username" value=say!(language, "code.account") />
                </div>
                <div class="field">
                    <label for="code">{say!(language, "receipt.manager_code")}</label>
                    <input id="code" name="code" type="password" autocomplete="new-password" value=code.to_string() dir="ltr" readonly />
                </div>
                <p><button class="btn quiet" type="submit">{say!(language, "receipt.manager_save")}</button></p>
            </form>
        </details>
    }
}

fn about_keeping(language: Language, has_files: bool) -> impl IntoView {
    view! {
        <h2>{say!(language, "receipt.where")}</h2>
        <p>{say!(language, "receipt.where_text")}</p>
        <h2>{say!(language, "receipt.lost")}</h2>
        <p>
            {say!(language, "receipt.lost_text")}
            {has_files.then(|| format!(" {}", say!(language, "receipt.lost_protected")))}
        </p>
    }
}

fn what_comes(language: Language, hours: u64) -> impl IntoView {
    view! {
        <h2>{say!(language, "receipt.next")}</h2>
        <p>{say_count(language, "receipt.when", hours)}</p>
        <p>{say!(language, "receipt.next_come")}</p>
    }
}
