//! What narrows a list down, and the way through its pages: all of it stands in the address.

use std::str::FromStr;

use casework::queue::QueueFilter;
use casework::taxonomy::{CaseState, Harm};
use casework::team::Team;
use leptos::prelude::*;

use super::super::case::words::{harm, state};
use super::super::frame::Place;
use crate::form::{Choice, Fields, FormState, language_choices, select_field};
use crate::words::Language;
use crate::{App, countries, say};

/// Where a page begins.
pub const AFTER: &str = "after";

/// Everything a list can be narrowed down by; the lists of work know the first six. Nothing else of an address is kept
/// from page to page, or in a saved view.
pub const FILTERS: [&str; 11] =
    ["level", "harm", "language", "country", "state", "team", "label", "flagger", "flood", "from", "until"];

/// What was chosen. A filter that makes no sense is no filter.
pub fn chosen<T: FromStr>(fields: &Fields, name: &str) -> Option<T> {
    fields.get(name).parse().ok()
}

/// The six that every list knows.
pub fn filter_of(fields: &Fields) -> QueueFilter {
    QueueFilter {
        level: chosen(fields, "level"),
        harm: chosen(fields, "harm"),
        language: chosen(fields, "language"),
        country: chosen(fields, "country"),
        state: chosen(fields, "state"),
        team: chosen(fields, "team"),
    }
}

/// Whether anything is filtered.
pub fn is_filtered(fields: &Fields) -> bool {
    kept(fields).next().is_some()
}

/// The filters of an address, and nothing else.
pub fn kept(fields: &Fields) -> impl Iterator<Item = (&str, &str)> {
    FILTERS.into_iter().map(|name| (name, fields.get(name))).filter(|(_, value)| !value.is_empty())
}

/// `page` with these filters, and more.
pub fn address<'a>(page: &str, fields: &'a Fields, more: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(kept(fields));
    query.extend_pairs(more);
    match query.finish() {
        query if query.is_empty() => page.to_owned(),
        query => format!("{page}?{query}"),
    }
}

/// The filters of a list of work, folded away until they are used.
pub fn filters(app: &App, language: Language, place: Place, fields: &Fields, teams: &[Team]) -> AnyView {
    let form = FormState::filled(fields.clone());
    view! {
        <details class="more filter-box" open=is_filtered(fields)>
            <summary data-key="f">{say!(language, "queue.filter.title")}</summary>
            <form class="filters" method="get" action=place.href(language)>
                {selects(app, language, &form, states_of(place), teams)}
                <button class="btn quiet" type="submit">{say!(language, "queue.filter.apply")}</button>
                <a href=place.href(language)>{say!(language, "queue.filter.clear")}</a>
            </form>
        </details>
    }
    .into_any()
}

/// "Any", and these.
pub fn with_any(language: Language, choices: impl IntoIterator<Item = Choice>) -> Vec<Choice> {
    std::iter::once(Choice::new("", say!(language, "queue.filter.any"))).chain(choices).collect()
}

/// The six that every list knows, to choose from. A hotline without teams is not asked for one.
pub fn selects(app: &App, language: Language, form: &FormState, states: &[CaseState], teams: &[Team]) -> AnyView {
    let levels = (0..=4).map(|level| Choice::new(level.to_string(), say!(language, "queue.level", level = level)));
    let states = states.iter().map(|&code| Choice::new(code.as_str(), state(language, code)));
    let teams = teams.iter().map(|team| Choice::new(team.id.to_string(), team.name.clone()));
    let teams = (teams.len() > 0)
        .then(|| select_field(form, "team", say!(language, "queue.filter.team"), None, with_any(language, teams)));
    view! {
        {select_field(form, "level", say!(language, "queue.filter.level"), None, with_any(language, levels))}
        {subject_selects(app, language, form)}
        {select_field(form, "state", say!(language, "queue.filter.state"), None, with_any(language, states))}
        {teams}
    }
    .into_any()
}

/// What a case is about and who told, to choose from.
pub fn subject_selects(app: &App, language: Language, form: &FormState) -> AnyView {
    let harms = Harm::ALL.iter().map(|&code| Choice::new(code.as_str(), harm(language, code)));
    let (harms, languages) = (with_any(language, harms), with_any(language, language_choices()));
    let countries = with_any(language, countries::choices(&app.operator, language));
    view! {
        {select_field(form, "harm", say!(language, "queue.filter.harm"), None, harms)}
        {select_field(form, "language", say!(language, "queue.filter.language"), None, languages)}
        {select_field(form, "country", say!(language, "queue.filter.country"), None, countries)}
    }
    .into_any()
}

/// The states a case of this place can have.
fn states_of(place: Place) -> &'static [CaseState] {
    use CaseState::{Appealed, InReview, Received, Reopened, WaitingForProviders, WaitingForReporter};
    match place {
        Place::Queue => &[Received, InReview, Reopened, Appealed],
        Place::Waiting => &[WaitingForReporter, WaitingForProviders],
        _ => &[Received, InReview, Reopened, Appealed, WaitingForReporter, WaitingForProviders],
    }
}

/// The way to the first page and to the next; nothing if there is only one. `first` and `next` are addresses.
pub fn pager(language: Language, first: Option<String>, next: Option<String>) -> Option<AnyView> {
    if first.is_none() && next.is_none() {
        return None;
    }
    let first = first.map(|href| view! { <a class="btn quiet" href=href>{say!(language, "queue.first_page")}</a> });
    let next = next.map(
        |href| view! { <a class="btn quiet" href=href rel="next" data-key="]">{say!(language, "queue.next_page")}</a> },
    );
    Some(view! { <nav class="pager" aria-label=say!(language, "queue.pages")>{first} {next}</nav> }.into_any())
}
