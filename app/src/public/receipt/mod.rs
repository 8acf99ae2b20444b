//! After *Send*: the case code, as often as it is asked for, until "I have saved it" or an hour.

mod picture;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use casework::case_code::CaseCode;
use casework::intake;
use leptos::prelude::*;

use crate::cookies::Holds;
use crate::error::{Answer, Failure};
use crate::page::Page;
use crate::paths::{Code, Help, Receipt, ReceiptKept, ReceiptPicture, Saved};
use crate::visit::Visit;
use crate::words::{Language, say_count};
use crate::{App, drawings, paths, qr_code, say};

/// The code. Without one to show, the page to type it.
pub async fn show(State(app): State<Arc<App>>, Path(Receipt { language }): Path<Receipt>, visit: Visit) -> Answer {
    let Some(intake::Receipt { code, reference }) = kept_for(&app, &visit).await? else {
        return Ok(Redirect::to(&Code { language }.to_string()).into_response());
    };
    let hours = u64::from(app.operator.answer_hours);
    Ok(Page::public(&visit).render(&app, &visit, || {
        view! {
            <div class="narrow">
                <h1>{say!(language, "receipt.title")}</h1>
                <p class="lede">{say!(language, "receipt.lede")}</p>
                <p class="case-code" aria-label=say!(language, "receipt.code")>{grouped(&code)}</p>
                {ways_to_keep(language)}
                <form method="post" action=Receipt { language }.to_string()>
                    <p><button class="btn" type="submit">{say!(language, "receipt.saved")}</button></p>
                    <p class="hint">{say!(language, "receipt.saved_hint")}</p>
                </form>
                {square(&code)}
                {password_manager(language, &code)}
                <p>{say!(language, "receipt.reference")} " " <bdi class="code">{reference.to_string()}</bdi></p>
                {questions(language, hours)}
            </div>
        }
    }))
}

/// "I have saved it": the code is not shown again.
pub async fn saved(State(app): State<Arc<App>>, Path(Receipt { language }): Path<Receipt>, visit: Visit) -> Answer {
    if let Some(token) = Holds::Draft.token(&app, &visit) {
        intake::saved(&app.casework, &token).await?;
    }
    let cookies = visit.cookies.add(Holds::Draft.forget(&app));
    Ok((cookies, Redirect::to(&Saved { language }.to_string())).into_response())
}

/// The end of the way.
pub async fn done(State(app): State<Arc<App>>, Path(Saved { language }): Path<Saved>, visit: Visit) -> Response {
    Page::public(&visit).render(&app, &visit, || {
        view! {
            <div class="narrow ending">
                {drawings::home_safe()}
                <h1>{say!(language, "receipt.done.title")}</h1>
                <p class="lede">{say!(language, "receipt.done.lede")}</p>
                <p class="actions">
                    <a class="btn" href=Code { language }.to_string()>{say!(language, "receipt.done.open")}</a>
                    <a class="btn quiet" href=Help { language }.to_string()>{say!(language, "receipt.done.help")}</a>
                </p>
            </div>
        }
    })
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

fn questions(language: Language, hours: u64) -> impl IntoView {
    view! {
        <h2>{say!(language, "receipt.next")}</h2>
        <p>{say_count(language, "receipt.when", hours)}</p>
        <p>{say!(language, "receipt.next_come")}</p>
        <h2>{say!(language, "receipt.where")}</h2>
        <p>{say!(language, "receipt.where_text")}</p>
        <h2>{say!(language, "receipt.lost")}</h2>
        <p>{say!(language, "receipt.lost_text")}</p>
        <p><a href=paths::Privacy { language }.to_string()>{say!(language, "frame.privacy")}</a></p>
    }
}
