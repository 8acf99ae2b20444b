//! Letting a member in by recovery shares, when nobody who can open cases is left.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::recovery::{self, RecoveryError};
use casework::staff::session::StaffSession;
use casework::vault::recovery::{CombineError, ParseShareError, Share};
use leptos::prelude::*;

use super::frame::{Place, console_page};
use super::signed::Signed;
use crate::error::Answer;
use crate::form::{Fields, FormState, Problem, error_summary, text_area};
use crate::paths::{Queue, Recover};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, say};

/// The form.
pub async fn show(State(app): State<Arc<App>>, visit: Visit, Signed(session): Signed) -> Response {
    page(&app, &visit, &session, StatusCode::OK, FormState::default()).await
}

async fn page(app: &Arc<App>, visit: &Visit, session: &StaffSession, status: StatusCode, form: FormState) -> Response {
    let language = visit.language;
    let title = say!(language, "recover.title");
    console_page(app, visit, session, status, Place::Queue, title.clone(), move || {
        view! {
            <div class="narrow">
                <h1>{title}</h1>
                <p class="lede">{say!(language, "recover.lede")}</p>
                {error_summary(language, &form)}
                <form class="panel" method="post" action=Recover { language }.to_string()>
                    {text_area(&form, "shares", say!(language, "recover.shares"), Some(say!(language, "recover.hint")), 8)}
                    <button class="btn">{say!(language, "recover.button")}</button>
                </form>
            </div>
        }
    })
    .await
}

/// Puts the shares together.
pub async fn submit(
    State(app): State<Arc<App>>,
    Path(Recover { language }): Path<Recover>,
    visit: Visit,
    Signed(session): Signed,
    fields: Fields,
) -> Answer {
    let message = match parse(language, fields.get("shares")) {
        Err(message) => message,
        Ok(shares) => match recovery::recover(&app.casework, &session, &shares).await {
            Ok(_) => return Ok(Redirect::to(&Queue { language }.to_string()).into_response()),
            Err(RecoveryError::Failed(cause)) => return Err(cause.into()),
            Err(RecoveryError::Shares(CombineError::TooFew { found, needed })) => {
                say!(language, "recover.too_few", found = found, needed = needed)
            }
            Err(RecoveryError::Shares(CombineError::Mixed)) => say!(language, "recover.mixed"),
            Err(RecoveryError::NotOurs | RecoveryError::NotAHolder | RecoveryError::AlreadySetUp) => {
                say!(language, "recover.not_ours")
            }
        },
    };
    let form = FormState { fields, problems: vec![Problem::new("shares", message)] };
    Ok(page(&app, &visit, &session, StatusCode::UNPROCESSABLE_ENTITY, form).await)
}

/// One share a line; a share may go over several lines if an empty line stands between shares.
fn parse(language: Language, typed: &str) -> Result<Vec<Share>, String> {
    let typed = typed.replace("\r\n", "\n");
    let blocks: Vec<&str> =
        if typed.trim().contains("\n\n") { typed.split("\n\n").collect() } else { typed.lines().collect() };
    blocks
        .into_iter()
        .filter(|block| !block.trim().is_empty())
        .enumerate()
        .map(|(index, block)| block.parse().map_err(|why| refusal(language, index + 1, why)))
        .collect()
}

fn refusal(language: Language, number: usize, why: ParseShareError) -> String {
    match why {
        ParseShareError::WrongLength(found) => say!(language, "recover.wrong_length", number = number, found = found),
        ParseShareError::UnknownSymbol(symbol) => {
            say!(language, "recover.unknown_symbol", number = number, symbol = symbol)
        }
        ParseShareError::Slip => say!(language, "recover.slip", number = number),
    }
}
