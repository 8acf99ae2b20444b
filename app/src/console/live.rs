//! What an open console page hears while it stays open: how much waits where, and that the case it shows changed
//! (server-sent events; `public/live.js`). Without script one refreshes.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use casework::live::{self, Listener, Now};
use casework::staff::session;
use casework::vault::CookieToken;
use futures_util::stream::{self, Stream};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::frame::counted;
use crate::cookies::Holds;
use crate::visit::Visit;
use crate::{App, paths, say};

/// News are never sent more often than this.
const AT_MOST: Duration = Duration::from_secs(1);

/// How often a silent stream shows that it lives.
const ALIVE: Duration = Duration::from_secs(20);

/// What the page shows.
#[derive(Deserialize)]
pub struct Shown {
    case: Option<Uuid>,
}

/// The line that says there is something new. It has its place from the beginning, so that nothing moves when it comes.
pub fn line(visit: &Visit) -> impl IntoView + use<> {
    let language = visit.language;
    let case = case_of(visit.uri.path());
    let from = paths::Live { language };
    let from = case.map_or_else(|| from.to_string(), |case| format!("{from}?case={case}"));
    view! {
        <p class="live" id="live" data-live=from role="status"><a href=visit.uri.to_string()>{say!(language, "console.live")}</a></p>
        <script src="/live.js" defer></script>
    }
}

/// The case that a page is about, told from its address.
fn case_of(path: &str) -> Option<Uuid> {
    let mut parts = path.split('/').skip(3);
    parts.next().filter(|part| *part == "case")?;
    parts.next()?.parse().ok()
}

/// The stream. 204 tells the browser not to come again: nobody is signed in.
pub async fn stream(State(app): State<Arc<App>>, visit: Visit, Query(shown): Query<Shown>) -> Response {
    let Some(token) = Holds::Session.token(&app, &visit) else { return StatusCode::NO_CONTENT.into_response() };
    if !matches!(session::peek(&app.casework, &token).await, Ok(Some(_))) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let listener = app.casework.changes.listen();
    let open = Open { app, token, case: shown.case, listener, last: None };
    // A reverse proxy that gathers answers before it passes them on would hold the news back.
    let unbuffered = [("x-accel-buffering", "no")];
    (unbuffered, Sse::new(open.news()).keep_alive(KeepAlive::new().interval(ALIVE))).into_response()
}

/// An open page.
struct Open {
    app: Arc<App>,
    token: CookieToken,
    case: Option<Uuid>,
    listener: Listener,
    last: Option<Now>,
}

impl Open {
    fn news(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut open| async move { open.next().await.map(|event| (Ok(event), open)) })
    }

    /// How things are, whenever that is not what was said last; none when the session or the process ends.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.last.is_some() {
                if !self.listener.next().await {
                    return None;
                }
                tokio::time::sleep(AT_MOST).await;
            }
            let session = session::peek(&self.app.casework, &self.token).await.ok().flatten()?;
            let now = live::now(&self.app.casework, &session, self.case).await.ok()?;
            if self.last.replace(now) != Some(now) {
                return Event::default().json_data(said(&now)).ok();
            }
        }
    }
}

fn said(now: &Now) -> serde_json::Value {
    let counts = now.counts;
    json!({
        "queue": counted(counts.queue),
        "mine": counted(counts.mine),
        "waiting": counted(counts.waiting),
        "second_look": counted(counts.second_look),
        "head": now.head,
        "case": now.case,
    })
}
