//! Saved views: above a list the ways to others, and a name for the one that is open.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use axum::routing::post;
use casework::staff::session::StaffSession;
use casework::taxonomy::Role;
use casework::text::Words;
use casework::view::{self, LONGEST_NAME, View};
use leptos::prelude::*;

use super::frame::Place;
use super::queue::filters::{address, is_filtered, kept};
use super::signed::Holder;
use crate::error::Answer;
use crate::form::{Choice, Fields, FormState, Problem, choice_field, text_field};
use crate::paths::{Queue, RemoveView, SaveView, Url};
use crate::words::Language;
use crate::{App, say};

/// In a list's address: it was to be saved under a name that won't do.
const UNNAMED: &str = "unnamed";

/// Every route about saved views.
pub fn router() -> Router<Arc<App>> {
    Router::new().route(SaveView::PATTERN, post(save)).route(RemoveView::PATTERN, post(remove))
}

async fn save(
    State(app): State<Arc<App>>,
    Path(SaveView { language }): Path<SaveView>,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let page = page_of(fields.get("page"), language);
    let Ok(name) = Words::parse(fields.get("name"), LONGEST_NAME) else {
        return Ok(Redirect::to(&address(&page, &fields, [(UNNAMED, "1")])).into_response());
    };
    let address = address(&page, &fields, []);
    let within = address.strip_prefix(&Queue { language }.to_string()).unwrap_or_default();
    view::save(&app.casework, &session, &name, within, fields.has("shared", "yes")).await?;
    Ok(Redirect::to(&address).into_response())
}

async fn remove(
    State(app): State<Arc<App>>,
    Path(RemoveView { language, view }): Path<RemoveView>,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    view::remove(&app.casework, &session, view).await?;
    Ok(Redirect::to(&address(&page_of(fields.get("page"), language), &fields, [])).into_response())
}

/// One of the lists; whatever else was sent is the queue.
fn page_of(sent: &str, language: Language) -> String {
    let lists = [Place::Mine, Place::Colleagues, Place::Waiting, Place::SecondLook, Place::Search];
    let known = lists.into_iter().map(|place| place.href(language)).find(|href| href == sent);
    known.unwrap_or_else(|| Place::Queue.href(language))
}

/// The views there are, and the way to save this list as one, if it is filtered.
pub async fn bar(
    app: &App,
    session: &StaffSession,
    language: Language,
    place: Place,
    fields: &Fields,
) -> Result<AnyView, casework::Error> {
    let views = view::all(&app.casework, session).await?;
    let here = address(&place.href(language), fields, []);
    let links = (!views.is_empty()).then(|| links(language, &views, &here));
    let form = is_filtered(fields).then(|| save_form(session, language, place, fields));
    let own = views.into_iter().find(|view| view.is_own && href(language, view) == here);
    let remove = own.map(|view| remove_form(language, place, fields, &view));
    Ok(view! { {links} {form} {remove} }.into_any())
}

fn href(language: Language, view: &View) -> String {
    format!("{}{}", Queue { language }, view.address)
}

fn links(language: Language, views: &[View], here: &str) -> AnyView {
    let links = views.iter().map(|view| {
        let href = href(language, view);
        let current = (href == here).then_some("page");
        view! { <li><a href=href aria-current=current>{view.name.clone()}</a></li> }
    });
    view! {
        <nav aria-label=say!(language, "view.label")>
            <ul class="tabs">{links.collect_view()}</ul>
        </nav>
    }
    .into_any()
}

/// The filters of the list that is open, unseen, for a form of its own.
fn hidden(language: Language, place: Place, fields: &Fields) -> AnyView {
    let kept = kept(fields)
        .map(|(name, value)| view! { <input type="hidden" name=name.to_owned() value=value.to_owned() /> })
        .collect_view();
    view! { <input type="hidden" name="page" value=place.href(language) /> {kept} }.into_any()
}

fn save_form(session: &StaffSession, language: Language, place: Place, fields: &Fields) -> AnyView {
    let is_unnamed = !fields.get(UNNAMED).is_empty();
    let problems = if is_unnamed {
        vec![Problem::new("name", say!(language, "view.problem", most = LONGEST_NAME))]
    } else {
        Vec::new()
    };
    let form = FormState { fields: Fields::default(), problems };
    let shared = (session.role == Role::Lead).then(|| {
        let choice = Choice::new("yes", say!(language, "view.shared"));
        choice_field(&form, "checkbox", "shared", "shared".to_owned(), choice)
    });
    view! {
        <details class="more" open=is_unnamed>
            <summary>{say!(language, "view.save")}</summary>
            <form class="filters" method="post" action=SaveView { language }.to_string() novalidate>
                {hidden(language, place, fields)}
                {text_field(&form, "name", say!(language, "view.name"), None, "text", "off")}
                {shared}
                <button class="btn quiet" type="submit">{say!(language, "view.button")}</button>
            </form>
        </details>
    }
    .into_any()
}

fn remove_form(language: Language, place: Place, fields: &Fields, view: &View) -> AnyView {
    let action = RemoveView { language, view: view.id }.to_string();
    view! {
        <form method="post" action=action>
            {hidden(language, place, fields)}
            <button class="as-link" type="submit">{say!(language, "view.remove", name = view.name)}</button>
        </form>
    }
    .into_any()
}
