//! The frame around every console page: where one is, who one is, the way out.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use casework::staff::session::StaffSession;
use casework::taxonomy::Role;
use leptos::prelude::*;

use crate::page::Page;
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, drawings, paths, say};

/// The places the side bar leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The queue.
    Queue,
    /// Staff, organisations and tables.
    Administration,
    /// One's own account.
    Account,
}

impl Place {
    const ALL: [Self; 3] = [Self::Queue, Self::Administration, Self::Account];

    /// Whether this member has something to do there.
    fn is_for(self, role: Role) -> bool {
        match self {
            Self::Queue | Self::Account => true,
            Self::Administration => role != Role::Analyst,
        }
    }

    fn href(self, language: Language) -> String {
        match self {
            Self::Queue => paths::Queue { language }.to_string(),
            Self::Administration => paths::Staff { language }.to_string(),
            Self::Account => paths::Account { language }.to_string(),
        }
    }

    fn words(self, language: Language) -> String {
        match self {
            Self::Queue => say!(language, "console.nav.queue"),
            Self::Administration => say!(language, "administration.nav"),
            Self::Account => say!(language, "account.nav"),
        }
    }
}

/// Renders a console page for a signed-in member of staff.
pub fn console_page<V: IntoView + 'static>(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    status: StatusCode,
    place: Place,
    title: String,
    content: impl FnOnce() -> V,
) -> Response {
    let language = visit.language;
    let name = session.name.clone();
    let demo = app.demo;
    let links = Place::ALL
        .into_iter()
        .filter(|to| to.is_for(session.role))
        .map(|to| view! { <a href=to.href(language) aria-current=(to == place).then_some("page")>{to.words(language)}</a> })
        .collect_view();
    Page::console(title).with_status(status).render(app, visit, move || {
        view! {
            <div class="console">
                <nav aria-label=say!(language, "console.nav.label")>
                    <a class="mark" href=paths::Queue { language }.to_string()>{drawings::mark()} "Suoja"</a>
                    {links}
                    <p class="who">{name}</p>
                    <form method="post" action=paths::SignOut { language }.to_string()><button>{say!(language, "sign_in.out")}</button></form>
                </nav>
                <main id="main" class="work" tabindex="-1">
                    {demo.then(|| view! { <p class="demo-mark">{say!(language, "frame.demo")}</p> })}
                    {content()}
                </main>
            </div>
        }
    })
}
