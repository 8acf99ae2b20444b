//! Pauses: how long hard cases were open today, a word when a pause would do good, and a quiet page to come back from.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use casework::lapse::{IDLE, URGENT_IDLE};
use casework::staff::exposure::{self, Exposure};
use leptos::prelude::*;

use super::frame::{Place, console_page};
use super::signed::Holder;
use crate::error::Answer;
use crate::paths::{Account, MyCases, Pause, Queue, QuietPause, Url};
use crate::visit::Visit;
use crate::words::{Language, say_count, say_duration};
use crate::{App, drawings, say};

/// Every route about pauses.
pub fn router() -> Router<Arc<App>> {
    Router::new().route(Pause::PATTERN, get(show)).route(QuietPause::PATTERN, post(quiet))
}

/// Away for a while: nothing is asked for here.
async fn show(
    State(app): State<Arc<App>>,
    Path(Pause { language }): Path<Pause>,
    visit: Visit,
    Holder(session): Holder,
) -> Answer {
    exposure::keep_quiet(&app.casework, &session).await?;
    let title = say!(language, "care.pause.title");
    let keeps = say!(
        language,
        "care.pause.keeps",
        urgent = say_duration(language, URGENT_IDLE),
        others = say_duration(language, IDLE)
    );
    Ok(console_page(&app, &visit, &session, StatusCode::OK, Place::Account, title.clone(), move || {
        view! {
            <div class="ending">
                {drawings::home_safe()}
                <h1>{title}</h1>
                <p class="lede">{say!(language, "care.pause.text")}</p>
                <p>{keeps}</p>
                <div class="actions">
                    <a class="btn" href=Queue { language }.to_string()>{say!(language, "care.pause.back")}</a>
                    <a class="btn quiet" href=MyCases { language }.to_string()>{Place::Mine.words(language)}</a>
                    <a class="btn quiet" href=format!("{}#lighter", Account { language })>{say!(language, "care.lighter.title")}</a>
                </div>
            </div>
        }
    })
    .await)
}

async fn quiet(
    State(app): State<Arc<App>>,
    Path(QuietPause { language }): Path<QuietPause>,
    Holder(session): Holder,
) -> Answer {
    exposure::keep_quiet(&app.casework, &session).await?;
    Ok(Redirect::to(&Queue { language }.to_string()).into_response())
}

/// Minutes of hard cases today; nothing while there are none.
pub fn meter(language: Language, exposure: Exposure) -> Option<AnyView> {
    let minutes = u64::try_from(exposure.minutes).ok().filter(|minutes| *minutes > 0)?;
    Some(view! { <small>{say_count(language, "care.meter", minutes)}</small> }.into_any())
}

/// A word about a pause, when one is due.
pub fn reminder(language: Language, exposure: Exposure) -> Option<AnyView> {
    if !exposure.is_pause_due {
        return None;
    }
    let much = exposure.is_much.then(|| {
        view! {
            <p>
                {say!(language, "care.much")} " "
                <a href=format!("{}#lighter", Account { language })>{say!(language, "care.lighter.title")}</a>
            </p>
        }
    });
    Some(
        view! {
            <aside class="notice info" aria-label=say!(language, "care.pause.label")>
                <p>{say!(language, "care.reminder")}</p>
                {much}
                <div class="actions">
                    <a class="btn small" href=Pause { language }.to_string()>{say!(language, "care.pause.go")}</a>
                    <form method="post" action=QuietPause { language }.to_string()>
                        <button class="btn quiet small">{say!(language, "care.pause.not_now")}</button>
                    </form>
                </div>
            </aside>
        }
        .into_any(),
    )
}
