//! The frame around every console page: where one is, how much waits where, who one is, the way out.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use casework::queue::{self, Counts, MOST_COUNTED};
use casework::staff::exposure::{self, Exposure};
use casework::staff::session::StaffSession;
use casework::taxonomy::Role;
use leptos::prelude::*;

use super::{keys, live, pause};
use crate::page::Page;
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, drawings, paths, say};

/// The places the side bar leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Open cases that nobody holds.
    Queue,
    /// Cases in my hands.
    Mine,
    /// Cases in colleagues' hands.
    Colleagues,
    /// Cases that wait for a reporter or for providers.
    Waiting,
    /// Cases with an item that wants my assessment.
    SecondLook,
    /// Cases found, open or closed.
    Search,
    /// Figures of the hotline's work.
    Figures,
    /// Who is on call.
    OnCall,
    /// Staff, organisations and tables.
    Administration,
    /// One's own account.
    Account,
}

impl Place {
    const ALL: [Self; 10] = [
        Self::Queue,
        Self::Mine,
        Self::Colleagues,
        Self::Waiting,
        Self::SecondLook,
        Self::Search,
        Self::Figures,
        Self::OnCall,
        Self::Administration,
        Self::Account,
    ];

    /// Its page.
    pub fn href(self, language: Language) -> String {
        match self {
            Self::Queue => paths::Queue { language }.to_string(),
            Self::Mine => paths::MyCases { language }.to_string(),
            Self::Colleagues => paths::ColleaguesCases { language }.to_string(),
            Self::Waiting => paths::WaitingCases { language }.to_string(),
            Self::SecondLook => paths::SecondLook { language }.to_string(),
            Self::Search => paths::Search { language }.to_string(),
            Self::Figures => paths::Figures { language }.to_string(),
            Self::OnCall => paths::OnCall { language }.to_string(),
            Self::Administration => paths::Staff { language }.to_string(),
            Self::Account => paths::Account { language }.to_string(),
        }
    }

    /// Its name.
    pub fn words(self, language: Language) -> String {
        match self {
            Self::Queue => say!(language, "console.nav.queue"),
            Self::Mine => say!(language, "console.nav.mine"),
            Self::Colleagues => say!(language, "console.nav.colleagues"),
            Self::Waiting => say!(language, "console.nav.waiting"),
            Self::SecondLook => say!(language, "console.nav.second_look"),
            Self::Search => say!(language, "console.nav.search"),
            Self::Figures => say!(language, "console.nav.figures"),
            Self::OnCall => say!(language, "console.nav.on_call"),
            Self::Administration => say!(language, "administration.nav"),
            Self::Account => say!(language, "account.nav"),
        }
    }

    /// What leads there by keyboard: `g`, and another one.
    fn key(self) -> &'static str {
        match self {
            Self::Queue => "g q",
            Self::Mine => "g m",
            Self::Colleagues => "g c",
            Self::Waiting => "g w",
            Self::SecondLook => "g s",
            Self::Search => "g f",
            Self::Figures => "g n",
            Self::OnCall => "g d",
            Self::Administration => "g a",
            Self::Account => "g o",
        }
    }

    /// What it is called in news.
    fn code(self) -> Option<&'static str> {
        match self {
            Self::Queue => Some("queue"),
            Self::Mine => Some("mine"),
            Self::Waiting => Some("waiting"),
            Self::SecondLook => Some("second_look"),
            Self::Colleagues | Self::Search | Self::Figures | Self::OnCall | Self::Administration | Self::Account => {
                None
            }
        }
    }

    /// How many cases wait there.
    fn count(self, counts: &Counts) -> Option<i64> {
        match self {
            Self::Queue => Some(counts.queue),
            Self::Mine => Some(counts.mine),
            Self::Waiting => Some(counts.waiting),
            Self::SecondLook => Some(counts.second_look),
            Self::Colleagues | Self::Search | Self::Figures | Self::OnCall | Self::Administration | Self::Account => {
                None
            }
        }
    }

    /// Whether this member has something to do there: cases are for those who can open them.
    fn is_for(self, session: &StaffSession) -> bool {
        match self {
            Self::Queue
            | Self::Mine
            | Self::Colleagues
            | Self::Waiting
            | Self::SecondLook
            | Self::Search
            | Self::Figures
            | Self::OnCall => session.is_holder(),
            Self::Administration => session.role != Role::Analyst,
            Self::Account => true,
        }
    }
}

/// Renders a console page for a signed-in member of staff.
///
/// The counts in the side bar are those of this moment; where they cannot be had, the page goes without them, and so with
/// how long this member has looked at hard cases.
pub async fn console_page<V: IntoView + 'static>(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    status: StatusCode,
    place: Place,
    title: String,
    content: impl FnOnce() -> V + Send,
) -> Response {
    let exposure = exposure::own(&app.casework, session).await.unwrap_or_default();
    let reminder = pause::reminder(visit.language, exposure);
    let counts = if session.is_holder() { queue::counts(&app.casework, session).await.ok() } else { None };
    let nav = nav(visit, session, status, place, counts, exposure);
    let demo = app.mark(visit.language);
    let skip = say!(visit.language, "frame.skip");
    let sheet = keys::sheet(visit.language);
    Page::console(title).with_status(status).render(app, visit, move || {
        view! {
            <a class="skip" href="#main">{skip}</a>
            <div class="console">
                {nav}
                <main id="main" class="work" tabindex="-1">
                    {demo.map(|words| view! { <p class="demo-mark">{words}</p> })}
                    {reminder}
                    {content()}
                </main>
            </div>
            {sheet}
        }
    })
}

/// A number of cases as it is shown: exact as far as they are counted.
pub fn counted(cases: i64) -> String {
    match cases {
        ..=MOST_COUNTED => cases.to_string(),
        _ => format!("{MOST_COUNTED}+"),
    }
}

fn nav(
    visit: &Visit,
    session: &StaffSession,
    status: StatusCode,
    here: Place,
    counts: Option<Counts>,
    exposure: Exposure,
) -> AnyView {
    let language = visit.language;
    let links = Place::ALL
        .into_iter()
        .filter(|place| place.is_for(session))
        .map(|place| {
            let count = counts.as_ref().and_then(|counts| place.count(counts));
            let count = count.map(|count| view! { <span data-count=place.code() dir="ltr">{counted(count)}</span> });
            view! {
                <a href=place.href(language) aria-current=(place == here).then_some("page") data-key=place.key() data-key-name=place.words(language)>{place.words(language)} " " {count}</a>
            }
        })
        .collect_view();
    view! {
        <nav aria-label=say!(language, "console.nav.label")>
            <a class="mark" href=paths::Queue { language }.to_string()>{drawings::mark()} "Suoja"</a>
            {(session.is_holder() && status == StatusCode::OK).then(|| live::line(visit))}
            <a class="menu" href="#rail">{say!(language, "console.nav.menu")}</a>
            <div class="rail" id="rail">
                {links}
                <p class="who">{session.name.clone()} {pause::meter(language, exposure)}</p>
                <form method="post" action=paths::SignOut { language }.to_string()>
                    <button type="submit">{say!(language, "sign_in.out")}</button>
                </form>
                {keys::button(language)}
                {languages(visit, status, here)}
            </div>
        </nav>
    }
    .into_any()
}

/// The same page in the other languages; from the answer to a form, which has no address of its own, the place it is in.
fn languages(visit: &Visit, status: StatusCode, here: Place) -> AnyView {
    let has_address = status == StatusCode::OK;
    Language::ALL
        .into_iter()
        .filter(|language| *language != visit.language)
        .map(|language| {
            let href = if has_address { visit.in_language(language) } else { here.href(language) };
            view! { <a href=href lang=language.code() hreflang=language.code()><bdi>{language.name()}</bdi></a> }
        })
        .collect_view()
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_queue_is_shown_as_more_than_was_counted() {
        assert_eq!([0, 999, 1_000].map(counted), ["0", "999", "999+"]);
    }
}
