//! Finding cases, open or closed: by anything known of them, narrowed down by what they are about.
//!
//! What is typed is posted and comes back closed in the address: it may be a child's name, and addresses are kept.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use casework::organisation;
use casework::search::{self, SearchFilter};
use casework::staff::session::StaffSession;
use casework::taxonomy::{CaseState, ContextLabel, OrganisationKind};
use casework::team::{self, Team};
use leptos::prelude::*;

use super::bulk;
use super::case::words::label;
use super::days::{self, Days};
use super::frame::{Place, console_page};
use super::queue::filters::{AFTER, address, chosen, filter_of, is_filtered, pager, selects, with_any};
use super::queue::table::Table;
use super::signed::Holder;
use super::views;
use crate::error::Answer;
use crate::form::{Asked, Choice, Fields, FormState, Problem, error_summary, select_field, text_field};
use crate::paths::{CasePage, Search, Url};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, say};

/// In the form: what was typed.
const TEXT: &str = "text";
/// In the address: the same, closed.
pub const CLOSED: &str = "q";
/// Most characters of it: a link has 2 048.
const LONGEST: usize = 2_100;

/// Every route about searching.
pub fn router() -> Router<Arc<App>> {
    Router::new().route(Search::PATTERN, get(show).post(submit))
}

/// A case's name leads to it at once; all else to what was found.
async fn submit(
    State(app): State<Arc<App>>,
    Path(Search { language }): Path<Search>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let text = fields.get(TEXT).trim();
    if let Ok(reference) = text.parse()
        && let Some(case) = search::by_reference(&app.casework, &session, &reference).await?
    {
        return Ok(Redirect::to(&CasePage { language, case }.to_string()).into_response());
    }
    if let Err(problems) = parse(&app, language, &fields) {
        let form = FormState { fields, problems };
        return page(&app, &visit, &session, form, None).await;
    }
    let closed = (!text.is_empty()).then(|| search::closed(&app.casework, &session, text));
    let more = closed.as_deref().map(|closed| (CLOSED, closed));
    Ok(Redirect::to(&address(&Search { language }.to_string(), &fields, more)).into_response())
}

async fn show(State(app): State<Arc<App>>, visit: Visit, Holder(session): Holder, Asked(mut fields): Asked) -> Answer {
    let text = search::opened(&app.casework, &session, fields.get(CLOSED));
    fields.0.extend(text.map(|text| (TEXT.to_owned(), text)));
    match parse(&app, visit.language, &fields) {
        Ok(filter) => page(&app, &visit, &session, FormState::filled(fields), Some(filter)).await,
        Err(problems) => page(&app, &visit, &session, FormState { fields, problems }, None).await,
    }
}

/// What narrows the search down, or what is wrong with it.
pub fn parse(app: &App, language: Language, fields: &Fields) -> Result<SearchFilter, Vec<Problem>> {
    let (days, mut problems) = match days::parse(language, fields) {
        Ok(days) => (days, Vec::new()),
        Err(problems) => (Days::default(), problems),
    };
    if fields.get(TEXT).chars().count() > LONGEST {
        problems.push(Problem::new(TEXT, say!(language, "search.problem.long", most = LONGEST)));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(SearchFilter {
        about: filter_of(fields),
        label: chosen(fields, "label"),
        flagger: chosen(fields, "flagger"),
        flood: chosen(fields, "flood"),
        from: days.from.map(|day| days::start(app, day)),
        until: days.until.map(|day| days::end(app, day)),
    })
}

async fn page(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    form: FormState,
    filter: Option<SearchFilter>,
) -> Answer {
    let language = visit.language;
    let text = Some(form.fields.get(TEXT).trim()).filter(|text| !text.is_empty());
    let is_asked = text.is_some() || is_filtered(&form.fields);
    let found = match filter.filter(|_| is_asked) {
        Some(filter) => Some(found(app, session, language, &form, text, &filter).await?),
        None => None,
    };
    let views = views::bar(app, session, language, Place::Search, &form.fields).await?;
    let flaggers = organisation::list(&app.casework, OrganisationKind::TrustedFlagger).await?;
    let flaggers = flaggers.into_iter().map(|flagger| Choice::new(flagger.id.to_string(), flagger.name));
    let teams = team::of_hotline(&app.casework, session).await?;
    let fields = search_form(app, language, &form, with_any(language, flaggers), &teams);
    let status = form.status();
    Ok(console_page(app, visit, session, status, Place::Search, Place::Search.words(language), move || {
        view! {
            <header class="work-head"><h1>{Place::Search.words(language)}</h1></header>
            {error_summary(language, &form)}
            {views}
            {fields}
            {found}
        }
    })
    .await)
}

async fn found(
    app: &App,
    session: &StaffSession,
    language: Language,
    form: &FormState,
    text: Option<&str>,
    filter: &SearchFilter,
) -> Result<AnyView, casework::Error> {
    let after = chosen(&form.fields, AFTER);
    let found = search::find(&app.casework, session, text, filter, after).await?;
    let (now, zone) = (app.casework.now(), app.casework.hours.zone());
    let table = Table { language, now, zone, place: Place::Search, me: session.staff, ticked: None };
    let looked_on = (found.rows.is_empty() && found.next.is_some())
        .then(|| view! { <p class="notice">{say!(language, "search.look_further")}</p> });
    let here = Search { language }.to_string();
    let closed = Some((CLOSED, form.fields.get(CLOSED))).filter(|(_, closed)| !closed.is_empty());
    let next = found.next.map(|next| next.to_string());
    let next = next.as_deref().map(|next| address(&here, &form.fields, closed.into_iter().chain([(AFTER, next)])));
    let first = after.map(|_: uuid::Uuid| address(&here, &form.fields, closed));
    let together = (!found.rows.is_empty()).then(|| bulk::link(language, Place::Search, &form.fields, closed));
    let rows = if looked_on.is_none() { Some(table.view(found.rows, false)) } else { None };
    Ok(view! { {looked_on} {together} {rows} {pager(language, first, next)} }.into_any())
}

fn search_form(app: &App, language: Language, form: &FormState, flaggers: Vec<Choice>, teams: &[Team]) -> AnyView {
    let flood = form.fields.get("flood");
    let flood = (!flood.is_empty()).then(|| {
        view! {
            <input type="hidden" name="flood" value=flood.to_owned() />
            <p class="notice">{say!(language, "search.flood")}</p>
        }
    });
    let labels = ContextLabel::ALL.iter().map(|&code| Choice::new(code.as_str(), label(language, code)));
    view! {
        <form class="panel" method="post" action=Search { language }.to_string() role="search" novalidate>
            {flood}
            {text_field(form, TEXT, say!(language, "search.text"), Some(say!(language, "search.text_hint")), "search", "off")}
            <div class="filters">
                {selects(app, language, form, CaseState::ALL, teams)}
                {select_field(form, "label", say!(language, "search.label"), None, with_any(language, labels))}
                {select_field(form, "flagger", say!(language, "search.flagger"), None, flaggers)}
                {text_field(form, "from", say!(language, "search.from"), None, "date", "off")}
                {text_field(form, "until", say!(language, "search.until"), None, "date", "off")}
            </div>
            <div class="actions">
                <button class="btn" type="submit">{say!(language, "search.button")}</button>
                <a class="btn quiet" href=Search { language }.to_string()>{say!(language, "queue.filter.clear")}</a>
            </div>
        </form>
    }
    .into_any()
}
