//! The first page: five doors. The threat door stands first and wide: who is threatened finds it without reading.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;

use crate::page::Page;
use crate::paths::Home;
use crate::visit::Visit;
use crate::{App, say};

/// `/`: goes to the best language.
pub async fn choose_language(visit: Visit) -> Response {
    Redirect::to(&Home { language: visit.language }.to_string()).into_response()
}

/// The doors.
pub async fn show(State(app): State<Arc<App>>, Path(Home { language }): Path<Home>, visit: Visit) -> Response {
    Page::public(&visit).render(&app, &visit, move || {
        view! {
            <h1>{say!(language, "home.title")}</h1>
            <p class="lede">{say!(language, "home.lede")}</p>
        }
    })
}
