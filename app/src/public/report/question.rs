//! The page around one question: the way back, where one is, what is wrong, the question, and Continue.

use axum::response::Response;
use casework::report::Step;
use leptos::prelude::*;

use super::Asked;
use super::fields;
use crate::form::error_summary;
use crate::page::Page;
use crate::paths::Home;
use crate::visit::Visit;
use crate::{App, drawings, say};

/// The form's id, which the language switch submits.
const FORM: &str = "question";

/// The page.
pub fn page(app: &App, visit: &Visit, asked: Asked) -> Response {
    let language = asked.language;
    let page = in_country(Page::public(visit), &asked).with_status(asked.form.status());
    let page = page.with_open_form(FORM, asked.url(asked.step));
    let has_files = asked.step == Step::Files;
    let page = if has_files { page.with_islands() } else { page };
    page.render(app, visit, || {
        view! {
            <div class="narrow">
                {crumb(&asked)}
                {error_summary(language, &asked.form)}
                {anew(&asked)}
                {has_files.then(|| fields::files(app, &asked, FORM))}
                <form id=FORM method="post" action=asked.url(asked.step) novalidate>
                    {fields::of(app, &asked)}
                    <div class="actions"><button class="btn" type="submit">{say!(language, "report.continue")}</button></div>
                </form>
            </div>
        }
    })
}

/// The help at the page's foot is that of the country they told.
pub fn in_country(page: Page, asked: &Asked) -> Page {
    match asked.walk.told.country() {
        Some(country) => page.with_help_in(country.as_str()),
        None => page,
    }
}

/// The way back, and dots for the way gone.
pub fn crumb(asked: &Asked) -> impl IntoView + use<> {
    let language = asked.language;
    let back = asked.walk.before(asked.step).map_or_else(|| Home { language }.to_string(), |step| asked.url(step));
    let steps = &asked.walk.steps;
    let now = steps.iter().position(|step| *step == asked.step).unwrap_or(0);
    let dots = (0..steps.len())
        .map(|dot| {
            let class = match dot.cmp(&now) {
                std::cmp::Ordering::Less => "on",
                std::cmp::Ordering::Equal => "on now",
                std::cmp::Ordering::Greater => "",
            };
            view! { <i class=class></i> }
        })
        .collect_view();
    view! {
        <nav class="crumb" aria-label=say!(language, "report.steps")>
            <a href=back>{drawings::arrow_back()} {say!(language, "report.back")}</a>
            <p class="dots"><span class="visually-hidden">{say!(language, "report.step", number = now + 1)}</span>{dots}</p>
        </nav>
    }
}

/// Says why questions come again that were answered before.
fn anew(asked: &Asked) -> impl IntoView + use<> {
    let language = asked.language;
    asked.is_anew.then(|| {
        view! {
            <div class="notice info" role="status">
                <h2>{say!(language, "report.anew.title")}</h2>
                <p>{say!(language, "report.anew.text")}</p>
            </div>
        }
    })
}
