//! Like reports that are set aside, each flood a line with its number: look at one, act on all, or say that they differ.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use axum::routing::post;
use casework::flood::{self, Flood};
use casework::staff::session::StaffSession;
use leptos::prelude::*;

use super::queue::table::level_mark;
use super::signed::Holder;
use crate::error::Answer;
use crate::paths::{CasePage, DissolveFlood, Queue, Search, TakeOfFlood, Url};
use crate::words::{Language, say_count, say_time};
use crate::{App, say};

/// Every route about floods.
pub fn router() -> Router<Arc<App>> {
    Router::new().route(TakeOfFlood::PATTERN, post(take_one)).route(DissolveFlood::PATTERN, post(dissolve))
}

async fn take_one(
    State(app): State<Arc<App>>,
    Path(TakeOfFlood { language, flood }): Path<TakeOfFlood>,
    Holder(session): Holder,
) -> Answer {
    let to = match flood::take_one(&app.casework, &session, flood).await? {
        Some(case) => CasePage { language, case }.to_string(),
        None => Queue { language }.to_string(),
    };
    Ok(Redirect::to(&to).into_response())
}

async fn dissolve(
    State(app): State<Arc<App>>,
    Path(DissolveFlood { language, flood }): Path<DissolveFlood>,
    Holder(session): Holder,
) -> Answer {
    flood::dissolve(&app.casework, &session, flood).await?;
    Ok(Redirect::to(&Queue { language }.to_string()).into_response())
}

/// The floods there are, one line each; nothing if there are none.
pub async fn part(app: &App, session: &StaffSession, language: Language) -> Result<Option<AnyView>, casework::Error> {
    let floods = flood::list(&app.casework, session).await?;
    if floods.is_empty() {
        return Ok(None);
    }
    let zone = app.casework.hours.zone();
    let rows = floods.into_iter().map(|flood| row(language, zone, flood)).collect_view();
    Ok(Some(
        view! {
            <section class="panel" aria-labelledby="floods">
                <h2 id="floods">{say!(language, "flood.title")}</h2>
                <p class="hint">{say!(language, "flood.text")}</p>
                <ul class="items">{rows}</ul>
            </section>
        }
        .into_any(),
    ))
}

fn row(language: Language, zone: chrono_tz::Tz, flood: Flood) -> impl IntoView {
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    let all = format!("{}?flood={}", Search { language }, flood.id);
    let of = match &flood.domain {
        Some(domain) => domain.clone(),
        None => say!(language, "flood.account"),
    };
    let since = say!(
        language,
        "flood.since",
        since = say_time(language, zone, flood.started_at),
        last = say_time(language, zone, flood.last_at)
    );
    view! {
        <li class="item">
            <p>
                {level_mark(language, casework::priority::SIDELINED)} " "
                <b>{say_count(language, "flood.reports", count(flood.reports))}</b> " " <bdi>{of}</bdi> " · "
                {say_count(language, "flood.waiting", count(flood.waiting))}
            </p>
            <p class="hint">{since}</p>
            <div class="actions">
                <form method="post" action=TakeOfFlood { language, flood: flood.id }.to_string()>
                    <button class="btn quiet small">{say!(language, "flood.take_one")}</button>
                </form>
                <a class="btn quiet small" href=all>{say!(language, "flood.all")}</a>
                <form method="post" action=DissolveFlood { language, flood: flood.id }.to_string()>
                    <button class="btn quiet small">{say!(language, "flood.dissolve")}</button>
                </form>
            </div>
        </li>
    }
}
