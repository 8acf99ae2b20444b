//! Help by country: emergency first, then someone to talk to; and the strip of it that stands on every public page.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use leptos::prelude::*;
use url::{Url, form_urlencoded};

use crate::form::{Fields, FormState, select_field};
use crate::help::{HelpEntry, HelpKind};
use crate::page::Page;
use crate::paths::Help;
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, countries, drawings, say};

/// `?country=SE`; without it, or with a code that is none, the operator's first country.
pub async fn show(State(app): State<Arc<App>>, Path(Help { language }): Path<Help>, visit: Visit) -> Response {
    let country = chosen_country(&app, &visit);
    let form = FormState::filled(Fields(vec![("country".to_owned(), country.clone())]));
    Page::public(&visit).with_help_in(&country).render(&app, &visit, || {
        let name = countries::name(language, &country);
        let near: Vec<_> = app.help.in_country(&country).map(|entry| line(language, entry)).collect();
        let nothing_near = near.is_empty();
        let everywhere: Vec<_> = app.help.everywhere().map(|entry| line(language, entry)).collect();
        view! {
            <div class="narrow">
                <h1>{say!(language, "help.title")}</h1>
                <p class="lede">{say!(language, "help.lede")}</p>
                <p class="notice plum">{say!(language, "help.danger")}</p>
                <form method="get" action=Help { language }.to_string()>
                    {select_field(&form, "country", say!(language, "help.country"), None, countries::choices(&app.operator, language))}
                    <p><button class="btn quiet" type="submit">{say!(language, "help.show")}</button></p>
                </form>
                <h2>{say!(language, "help.in_country", country = name)}</h2>
                {nothing_near.then(|| view! { <p>{say!(language, "help.none")}</p> })}
                <ul class="lines">{near}</ul>
                <h2>{say!(language, "help.everywhere")}</h2>
                <p>{say!(language, "help.everywhere_text")}</p>
                <ul class="lines">{everywhere}</ul>
            </div>
        }
    })
}

fn chosen_country(app: &App, visit: &Visit) -> String {
    let query = visit.uri.query().unwrap_or_default();
    let asked = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "country")
        .map(|(_, value)| value.into_owned());
    asked
        .filter(|code| countries::is_known(code))
        .or_else(|| app.operator.countries.first().cloned())
        .unwrap_or_default()
}

/// One place to turn to, with everything we know of it and where we know it from.
fn line(language: Language, entry: &HelpEntry) -> impl IntoView + use<> {
    let facts = [
        ("help.opens", &entry.hours),
        ("help.cost", &entry.cost),
        ("help.how", &entry.channels),
        ("help.who", &entry.ages),
        ("help.languages", &entry.languages),
    ];
    let facts: Vec<_> = facts
        .into_iter()
        .filter_map(|(key, fact)| fact.clone().map(|fact| view! { <p>{say!(language, key)} " " <bdi>{fact}</bdi></p> }))
        .collect();
    let page = entry.url.clone().map(|url| {
        view! { <p><a href=url rel="noreferrer">{say!(language, "help.page")}</a></p> }
    });
    view! {
        <li class="line">
            <p>{say!(language, format!("help.kind.{}", entry.kind.code()))}</p>
            <h3>{place_name(language, entry)}</h3>
            {entry.phones.iter().map(|phone| call(phone)).collect_view()}
            {page}
            {facts}
            {sources(language, entry)}
        </li>
    }
}

/// The number of the emergency services has no name of its own to show.
fn place_name(language: Language, entry: &HelpEntry) -> AnyView {
    match entry.kind {
        HelpKind::Emergency => say!(language, "help.emergency_services").into_any(),
        _ => view! { <bdi>{entry.name.clone()}</bdi> }.into_any(),
    }
}

fn sources(language: Language, entry: &HelpEntry) -> impl IntoView + use<> {
    let mut urls: Vec<String> =
        entry.sources.iter().flat_map(|cell| cell.split(" ; ")).map(|url| url.trim().to_owned()).collect();
    urls.sort();
    urls.dedup();
    let checked = match entry.checked_on.clone() {
        Some(day) => say!(language, "help.checked", day = day),
        None => say!(language, "help.not_checked"),
    };
    let links = urls
        .into_iter()
        .filter_map(|url| {
            let host = Url::parse(&url).ok()?.host_str()?.to_owned();
            Some(view! { <li><a href=url rel="noreferrer"><bdi>{host}</bdi></a></li> })
        })
        .collect_view();
    view! {
        <details>
            <summary>{say!(language, "help.sources")}</summary>
            <ul>{links}</ul>
            <p>{checked}</p>
        </details>
    }
}

/// A number to press. What is no plain number ("text CONNECT to …") is shown as it is printed.
pub fn call(phone: &str) -> AnyView {
    let phone = phone.to_owned();
    match dialable(&phone) {
        Some(number) => {
            view! { <a class="call" href=format!("tel:{number}")>{drawings::phone()}<bdi dir="ltr">{phone}</bdi></a> }
                .into_any()
        }
        None => view! { <span class="call">{drawings::phone()}<bdi>{phone}</bdi></span> }.into_any(),
    }
}

/// The number as `tel:` wants it (RFC 3966): digits, and a plus before an international one.
fn dialable(phone: &str) -> Option<String> {
    let is_number = phone.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
    is_number.then(|| phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect())
}

/// The strip of local help at the foot of every public page: the emergency number, someone to talk to, and the way to all
/// of it. `country`: the reader's if they said it, else the operator's first.
pub fn help_strip(app: &App, language: Language, country: Option<&str>) -> impl IntoView + use<> {
    let country = country.or(app.operator.countries.first().map(String::as_str)).unwrap_or_default().to_owned();
    let first_number = |kind| {
        let entry = app.help.in_country(&country).find(|entry| entry.kind == kind && !entry.phones.is_empty())?;
        Some((entry.name.clone(), entry.phones.first()?.clone()))
    };
    let emergency = first_number(HelpKind::Emergency)
        .map(|(_, phone)| view! { <li>{say!(language, "help.strip.danger")} {call(&phone)}</li> });
    let talk = first_number(HelpKind::Helpline).map(
        |(name, phone)| view! { <li>{say!(language, "help.strip.talk")} " " <bdi>{name}</bdi> {call(&phone)}</li> },
    );
    let href = format!(
        "{}?{}",
        Help { language },
        form_urlencoded::Serializer::new(String::new()).append_pair("country", &country).finish()
    );
    view! {
        <aside class="help" aria-label=say!(language, "help.strip.label")>
            <ul>
                {emergency}
                {talk}
                <li><a href=href>{say!(language, "help.strip.all")}</a></li>
            </ul>
        </aside>
    }
}

#[cfg(test)]
mod tests {
    use super::dialable;

    #[test]
    fn only_plain_numbers_can_be_pressed() {
        assert_eq!(dialable("116 111").as_deref(), Some("116111"));
        assert_eq!(dialable("+54 9 11 2481-1722").as_deref(), Some("+5491124811722"));
        assert_eq!(dialable("text CONNECT to 686868"), None);
        assert_eq!(dialable("114 (SMS)"), None);
    }
}
