//! The lists of cases: the queue, mine, colleagues', waiting, second look. One page of each, filters and place in the URL.

pub mod filters;
pub mod table;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{MethodRouter, get};
use casework::lapse::{self, Lapsed};
use casework::queue::{self, Counts, MOST_COUNTED};
use casework::staff::session::StaffSession;
use casework::team;
use leptos::prelude::*;

use super::bulk;
use super::flood;
use super::frame::{Place, console_page};
use super::signed::Holder;
use super::views;
use crate::error::Answer;
use crate::form::{Asked, Fields};
use crate::visit::Visit;
use crate::words::{Language, say_count};
use crate::{App, paths, say};
use filters::{AFTER, address, filter_of, filters, is_filtered, pager};
use table::Table;

/// In the queue's URL: there was no case to give.
const NOTHING_GIVEN: &str = "none";
/// How many of the cases that went back by themselves are seen at once.
const MOST_LAPSED: usize = 5;

/// The page of a list of work.
pub fn page(place: Place) -> MethodRouter<Arc<App>> {
    get(move |State(app): State<Arc<App>>, visit: Visit, Holder(session): Holder, Asked(fields): Asked| {
        show(app, visit, session, place, fields)
    })
}

/// Takes the most urgent case and opens it; where there is none, the queue says so.
pub async fn take_next(
    State(app): State<Arc<App>>,
    Path(paths::TakeNext { language }): Path<paths::TakeNext>,
    Holder(session): Holder,
) -> Answer {
    take_the_next(&app, &session, language).await
}

/// The next case, taken and open.
pub(super) async fn take_the_next(app: &App, session: &StaffSession, language: Language) -> Answer {
    let to = match queue::take_next(&app.casework, session).await? {
        Some(case) => paths::CasePage { language, case }.to_string(),
        None => format!("{}?{NOTHING_GIVEN}=1", paths::Queue { language }),
    };
    Ok(Redirect::to(&to).into_response())
}

async fn show(app: Arc<App>, visit: Visit, session: StaffSession, place: Place, fields: Fields) -> Answer {
    let language = visit.language;
    let after = fields.get(AFTER).parse().ok();
    let is_first = after.is_none();
    let list = listed(place);
    let page = queue::list(&app.casework, &session, list, &filter_of(&fields), after.clone()).await?;
    let counts = queue::counts(&app.casework, &session).await?;
    let (now, zone) = (app.casework.now(), app.casework.hours.zone());
    let table = Table { language, now, zone, place, me: session.staff, ticked: None };
    let head = head(language, place, &counts);
    let views = views::bar(&app, &session, language, place, &fields).await?;
    let teams = team::of_hotline(&app.casework, &session).await?;
    let filters = filters(&app, language, place, &fields, &teams);
    let finder = finder(language);
    let pager = pager(
        language,
        after.map(|_| address(&place.href(language), &fields, [])),
        page.next.map(|next| address(&place.href(language), &fields, [(AFTER, next.to_string().as_str())])),
    );
    let is_for_many = matches!(place, Place::Queue | Place::Mine) && !page.rows.is_empty();
    let together = is_for_many.then(|| bulk::link(language, place, &fields, []));
    let rows = table.view(page.rows, is_filtered(&fields));
    let hand_over = (place == Place::Mine && counts.mine > 0).then(|| {
        let href = paths::HandOver { language }.to_string();
        view! { <p><a class="btn quiet small" href=href>{say!(language, "care.hand_over.link")}</a></p> }
    });
    let floods = match place {
        Place::Queue if is_first => flood::part(&app, &session, language).await?,
        _ => None,
    };
    let news = news(&app, language, &session, place, &fields, &counts).await?;
    Ok(console_page(&app, &visit, &session, StatusCode::OK, place, place.words(language), move || {
        view! { {head} {news} {finder} {views} {filters} {together} {hand_over} {rows} {pager} {floods} }
    })
    .await)
}

fn listed(place: Place) -> queue::Place {
    match place {
        Place::Mine => queue::Place::Mine,
        Place::Colleagues => queue::Place::Colleagues,
        Place::Waiting => queue::Place::Waiting,
        Place::SecondLook => queue::Place::SecondLook,
        _ => queue::Place::Queue,
    }
}

/// Above the lists of what to do: that nothing was given though cases wait, and what went back from one's own hands.
async fn news(
    app: &App,
    language: Language,
    session: &StaffSession,
    place: Place,
    fields: &Fields,
    counts: &Counts,
) -> Result<AnyView, casework::Error> {
    if !matches!(place, Place::Queue | Place::Mine) {
        return Ok(().into_any());
    }
    let is_nothing_given = !fields.get(NOTHING_GIVEN).is_empty() && counts.queue > 0;
    let nothing_given = is_nothing_given.then(|| {
        view! {
            <p class="notice" role="status">
                {say!(language, "queue.nothing_given")} " "
                <a href=paths::Account { language }.to_string() + "#takes">{say!(language, "queue.what_you_take")}</a>
            </p>
        }
    });
    let lapsed = lapse::own(&app.casework, session).await?;
    let lapsed = (!lapsed.is_empty()).then(|| went_back(language, &lapsed));
    Ok(view! { {nothing_given} {lapsed} }.into_any())
}

/// The cases that went back by themselves: many are folded, so that the queue stays in sight.
fn went_back(language: Language, lapsed: &[Lapsed]) -> impl IntoView + use<> {
    let (seen, folded) = lapsed.split_at(lapsed.len().min(MOST_LAPSED));
    let list = |cases: &[Lapsed]| {
        let cases = cases.iter().map(|case| {
            let href = paths::CasePage { language, case: case.case_id }.to_string();
            view! { <li><a href=href><bdi>{case.reference.to_string()}</bdi></a></li> }
        });
        view! { <ul class="lapsed">{cases.collect_view()}</ul> }
    };
    let folded = (!folded.is_empty()).then(|| {
        let count = u64::try_from(folded.len()).unwrap_or_default();
        let more = say_count(language, "queue.lapsed.more", count);
        view! { <details class="more"><summary>{more}</summary>{list(folded)}</details> }
    });
    view! {
        <section class="notice" aria-labelledby="lapsed">
            <h2 id="lapsed">{say!(language, "queue.lapsed.title")}</h2>
            <p>{say!(language, "queue.lapsed.text")}</p>
            {list(seen)}
            {folded}
        </section>
    }
}

fn head(language: Language, place: Place, counts: &Counts) -> AnyView {
    let due = (place == Place::Queue && counts.due_soon > 0).then(|| {
        let words = match u64::try_from(counts.due_soon).unwrap_or_default() {
            count if counts.due_soon <= MOST_COUNTED => say_count(language, "queue.due_soon", count),
            _ => say!(language, "queue.many_due_soon", count = MOST_COUNTED),
        };
        view! { <span class="pill wait">{words}</span> }
    });
    let take = (place == Place::Queue).then(|| {
        view! {
            <form method="post" action=paths::TakeNext { language }.to_string()>
                <button class="btn" type="submit" accesskey="n" data-key="n" data-key-name=say!(language, "queue.take_next")>{say!(language, "queue.take_next")} " " <kbd>"N"</kbd></button>
            </form>
        }
    });
    view! {
        <header class="work-head">
            <h1>{place.words(language)}</h1>
            {due}
            <a class="btn quiet small" href=place.href(language) data-key="r">{say!(language, "queue.refresh")}</a>
            {take}
        </header>
    }
    .into_any()
}

/// The way to a case by anything known of it.
fn finder(language: Language) -> AnyView {
    view! {
        <form class="finder" method="post" action=paths::Search { language }.to_string() role="search">
            <label for="text">{say!(language, "queue.find.label")}</label>
            <input id="text" name="text" type="search" data-key="/" dir="auto" autocomplete="off" placeholder=say!(language, "queue.find.hint") />
            <button class="btn quiet small" type="submit">{say!(language, "queue.find.button")}</button>
        </form>
    }
    .into_any()
}
