//! Who runs this, what they can do and what they cannot.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use leptos::prelude::*;

use crate::page::Page;
use crate::paths::{About, PublicFigures};
use crate::visit::Visit;
use crate::words::{Language, say_count};
use crate::{App, say};

/// The page.
pub async fn show(State(app): State<Arc<App>>, Path(About { language }): Path<About>, visit: Visit) -> Response {
    let operator = &app.operator;
    let flagger = operator.trusted_flagger.is_some().then(|| {
        view! { <p>{say!(language, "about.how.flagger", name = operator.name)}</p> }
    });
    Page::public(&visit).render(&app, &visit, || {
        view! {
            <div class="narrow prose">
                <h1>{say!(language, "about.title")}</h1>
                <p class="lede">{say!(language, "about.lede", name = operator.name)}</p>
                {list(language, "do", &["read", "ask", "list", "answer", "police"])}
                {list(language, "cannot", &["all", "private", "emergency"])}
                <h2>{say!(language, "about.when.title")}</h2>
                <p>{say_count(language, "about.hours", u64::from(operator.answer_hours))}</p>
                <h2>{say!(language, "about.cost.title")}</h2>
                <p>{say!(language, "about.cost.text")}</p>
                <h2>{say!(language, "about.how.title")}</h2>
                <p>{say!(language, "about.how.look")}</p>
                {flagger}
                <p>{say!(language, "about.how.open")}</p>
                <p><a href=PublicFigures { language }.to_string()>{say!(language, "about.how.figures")}</a></p>
            </div>
        }
    })
}

fn list(language: Language, part: &'static str, keys: &'static [&'static str]) -> impl IntoView {
    let points =
        keys.iter().map(|key| view! { <li>{say!(language, format!("about.{part}.{key}"))}</li> }).collect_view();
    view! {
        <h2>{say!(language, format!("about.{part}.title"))}</h2>
        <ul>{points}</ul>
    }
}
