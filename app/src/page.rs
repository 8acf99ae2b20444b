//! The page around every page: head, top bar, help, leave-quickly, footer; and how a view becomes a response.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use hydration_context::SsrSharedContext;
use leptos::nonce::Nonce;
use leptos::prelude::*;

use crate::paths;
use crate::public::help::help_strip;
use crate::say;
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, drawings};

/// Which frame a page stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Reporters' pages: leave-quickly, help and footer on each.
    Public,
    /// The console.
    Console,
}

/// A form with an open field.
pub struct OpenForm {
    /// Its id.
    pub id: &'static str,
    /// Where it goes; in another language, the same path there.
    pub action: String,
}

impl OpenForm {
    fn action_in(&self, language: Language) -> String {
        let rest = self.action.splitn(3, '/').nth(2).unwrap_or_default();
        format!("/{language}/{rest}")
    }
}

/// What the frame needs to know of a page.
pub struct Page {
    /// The tab's title: neutral on public pages, so that it tells a bystander nothing.
    pub title: String,
    /// The frame.
    pub frame: Frame,
    /// The answer's status.
    pub status: StatusCode,
    /// Whether it carries an island, and so the module script.
    pub islands: bool,
    /// The form with an open field: the language switch then submits it, so that nothing typed is lost.
    pub open_form: Option<OpenForm>,
    /// The reader's country, if they said it: whose help stands at the page's foot.
    pub country: Option<String>,
}

impl Page {
    /// A public page. Its tab's title is the neutral one.
    pub fn public(visit: &Visit) -> Self {
        Self {
            title: say!(visit.language, "frame.tab"),
            frame: Frame::Public,
            status: StatusCode::OK,
            islands: false,
            open_form: None,
            country: None,
        }
    }

    /// A console page with a title of its own.
    pub fn console(title: String) -> Self {
        Self { title, frame: Frame::Console, status: StatusCode::OK, islands: false, open_form: None, country: None }
    }

    /// The same page as an answer to bad input (422) or a missing thing (404).
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same page with the module script for its island.
    #[must_use]
    pub fn with_islands(mut self) -> Self {
        self.islands = true;
        self
    }

    /// The same page whose language switch submits the form of this id, which goes to `action`, a path of ours.
    #[must_use]
    pub fn with_open_form(mut self, id: &'static str, action: String) -> Self {
        self.open_form = Some(OpenForm { id, action });
        self
    }

    /// The same page with the help of this country (ISO 3166-1 alpha-2) at its foot.
    #[must_use]
    pub fn with_help_in(mut self, country: &str) -> Self {
        self.country = Some(country.to_owned());
        self
    }

    /// Renders `content` in the frame. `content` runs inside Leptos' context, so islands in it work.
    pub fn render<V: IntoView + 'static>(self, app: &App, visit: &Visit, content: impl FnOnce() -> V) -> Response {
        let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
        let html = owner.with(|| {
            provide_context(Nonce::from_value(visit.nonce.clone()));
            document(&self, app, visit, content().into_any()).to_html()
        });
        owner.unset_with_forced_cleanup();
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(visit.language.code()));
        (self.status, headers, Html(format!("<!doctype html>{html}"))).into_response()
    }
}

fn document(page: &Page, app: &App, visit: &Visit, content: AnyView) -> impl IntoView + use<> {
    let language = visit.language;
    let body = match page.frame {
        Frame::Public => public_frame(page, app, visit, content).into_any(),
        Frame::Console => view! { <body class="in-console">{content}</body> }.into_any(),
    };
    view! {
        <html lang=language.code() dir=language.direction()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="robots" content="noindex" />
                <title>{page.title.clone()}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href="/style.css" />
                <script src="/leave.js" defer></script>
                {page.islands.then(hydration)}
            </head>
            {body}
        </html>
    }
}

/// The module script that wakes islands; only on pages that have one.
fn hydration() -> impl IntoView {
    let options = LeptosOptions::builder().output_name("app").site_pkg_dir("pkg").build();
    view! { <HydrationScripts options islands=true /> }
}

fn public_frame(page: &Page, app: &App, visit: &Visit, content: AnyView) -> impl IntoView + use<> {
    let language = visit.language;
    view! {
        <body>
            <a class="skip" href="#main">{say!(language, "frame.skip")}</a>
            {page.open_form.as_ref().map(|form| enter_button(form.id))}
            <header class="top">
                <a class="mark" href=paths::Home { language }.to_string()>{mark(app)} {app.operator.name.clone()}</a>
                {language_switch(page, visit)}
                {leave(language)}
            </header>
            {app.mark(language).map(|words| view! { <section class="demo-mark" aria-label=words.clone()>{words.clone()}</section> })}
            <main id="main" tabindex="-1">{content}</main>
            {help_strip(app, language, page.country.as_deref())}
            <footer class="foot">
                <a href=paths::Privacy { language }.to_string()>{say!(language, "frame.privacy")}</a>
                <a href=paths::About { language }.to_string()>{say!(language, "frame.about")}</a>
            </footer>
        </body>
    }
}

/// The operator's mark, or the house. Their name stands beside it, so it says nothing to those who hear.
fn mark(app: &App) -> AnyView {
    match app.operator.mark {
        Some(_) => view! { <img src=paths::OperatorMark {}.to_string() alt="" width="32" height="32" /> }.into_any(),
        None => drawings::mark().into_any(),
    }
}

/// The Enter key presses the first button of a form on the page. Without this one that would be the language switch's.
fn enter_button(form: &'static str) -> impl IntoView {
    view! { <button class="visually-hidden" type="submit" form=form tabindex="-1" aria-hidden="true"></button> }
}

/// Links to this page in the other languages; where a field is open, buttons that carry what was typed along. Enter in
/// a field presses the form's first button: one that only sends it comes before them.
pub fn language_switch(page: &Page, visit: &Visit) -> impl IntoView + use<> {
    let current = visit.language;
    let choices = Language::ALL
        .into_iter()
        .map(|language| {
            let here = (language == current).then_some("true");
            match &page.open_form {
                Some(form) => view! {
                    <li>
                        <button type="submit" form=form.id formaction=form.action_in(language) name="language"
                            value=language.code() lang=language.code() dir=language.direction() aria-current=here
                            formnovalidate>
                            {language.name()}
                        </button>
                    </li>
                }
                .into_any(),
                None => view! {
                    <li>
                        <a href=visit.in_language(language) lang=language.code() hreflang=language.code()
                            dir=language.direction() aria-current=here>
                            {language.name()}
                        </a>
                    </li>
                }
                .into_any(),
            }
        })
        .collect_view();
    let by_enter = page.open_form.as_ref().map(|form| view! { <button type="submit" form=form.id hidden></button> });
    view! {
        {by_enter}
        <details class="languages">
            <summary>{drawings::globe()}<span class="visually-hidden">{say!(current, "frame.language")}": "</span>{current.name()}</summary>
            <ul>{choices}</ul>
        </details>
    }
}

fn leave(language: Language) -> impl IntoView {
    view! {
        <a class="leave" href=paths::Leave {}.to_string() rel="nofollow noreferrer"
            data-loading=say!(language, "leave.loading")
            data-press-two=say!(language, "leave.press_two")
            data-press-one=say!(language, "leave.press_one")
            data-expired=say!(language, "leave.expired")>
            {drawings::leave()}
            <span>{say!(language, "leave.button")}</span>
        </a>
    }
}
