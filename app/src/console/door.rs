//! The console's door: the page around sign-in and welcome, before anybody is known.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use crate::page::{Page, language_switch};
use crate::visit::Visit;
use crate::{App, drawings};

/// Renders a page outside the console's frame.
pub fn door_page<V: IntoView + 'static>(
    app: &Arc<App>,
    visit: &Visit,
    status: StatusCode,
    title: String,
    content: impl FnOnce() -> V,
) -> Response {
    let language = visit.language;
    let (name, demo) = (app.operator.name.clone(), app.mark(language));
    let page = Page::console(title);
    let languages = language_switch(&page, visit).into_any();
    page.with_status(status).render(app, visit, move || {
        view! {
            <main id="main" class="sign-in" tabindex="-1">
                {demo.map(|words| view! { <p class="demo-mark">{words}</p> })}
                <p class="mark">{drawings::mark()} {name}</p>
                {content()}
                {languages}
            </main>
        }
    })
}
