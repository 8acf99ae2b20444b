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

/// The form's id, which the language switch submits: a country chosen but not shown yet comes along.
const FORM: &str = "country-form";

/// `?country=SE`; without it, or with a code that is none, the operator's first country.
pub async fn show(State(app): State<Arc<App>>, Path(Help { language }): Path<Help>, visit: Visit) -> Response {
    let country = chosen_country(&app, &visit);
    let form = FormState::filled(Fields(vec![("country".to_owned(), country.clone())]));
    let page = Page::public(&visit).with_help_in(&country);
    page.with_open_form(FORM, Help { language }.to_string()).render(&app, &visit, || {
        let name = countries::name(language, &country);
        let is_other = |entry: &&HelpEntry| entry.kind == HelpKind::Prevention;
        let lines = |entries: Vec<&HelpEntry>| entries.into_iter().map(|entry| line(language, entry)).collect::<Vec<_>>();
        let (other_near, near): (Vec<_>, Vec<_>) = app.help.in_country(&country).partition(is_other);
        let (other, everywhere): (Vec<_>, Vec<_>) = app.help.everywhere().partition(is_other);
        let nothing_near = near.is_empty();
        let emergency = near_by(&app, &country, HelpKind::Emergency).into_iter().next();
        let emergency = emergency.and_then(|entry| entry.phones.first().map(|phone| call(phone)));
        let emergency = emergency.map(|number| {
            view! { <p>{say!(language, "help.danger_call", country = name.clone())}</p> {number} }
        });
        let (near, everywhere) = (lines(near), lines(everywhere));
        let other = lines([other_near, other].concat());
        view! {
            <div class="narrow">
                <h1>{say!(language, "help.title")}</h1>
                <p class="lede">{say!(language, "help.lede")}</p>
                <div class="notice plum">
                    <p>{say!(language, "help.danger")}</p>
                    {emergency}
                </div>
                <form id=FORM method="get" action=Help { language }.to_string()>
                    {select_field(&form, "country", say!(language, "help.country"), None, countries::choices(&app.operator, language))}
                    <p><button class="btn quiet" type="submit">{say!(language, "help.show")}</button></p>
                </form>
                <h2>{say!(language, "help.in_country", country = name)}</h2>
                {nothing_near.then(|| view! { <p>{say!(language, "help.none")}</p> })}
                <ul class="lines">{near}</ul>
                <h2>{say!(language, "help.everywhere")}</h2>
                <p>{say!(language, "help.everywhere_text")}</p>
                <ul class="lines">{everywhere}</ul>
                <details class="more">
                    <summary>{say!(language, "help.other")}</summary>
                    <ul class="lines">{other}</ul>
                </details>
            </div>
        }
    })
}

fn chosen_country(app: &App, visit: &Visit) -> String {
    let query = visit.uri.query().unwrap_or_default();
    let asked = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "country")
        .map(|(_, value)| value.into_owned());
    let asked = asked.filter(|code| countries::is_known(code));
    country_or_first(app, asked.as_deref()).to_owned()
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
        .filter_map(|(key, fact)| {
            fact.as_deref().map(|fact| view! { <p>{say!(language, key)} " " {told(language, fact)}</p> })
        })
        .collect();
    let page = entry.url.clone().map(|url| {
        let name = entry.name.clone();
        view! {
            <p>
                <a href=url rel="noreferrer">
                    {say!(language, "help.page")}
                    <span class="visually-hidden">": " <bdi>{name}</bdi></span>
                </a>
            </p>
        }
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

/// A fact in the reader's language, if it is made of what many places say; else as the directory has it, in English.
fn told(language: Language, fact: &str) -> AnyView {
    let translated: Option<Vec<String>> = fact.split("; ").map(|part| common(language, part)).collect();
    match translated {
        Some(parts) => {
            let comma = say!(language, "help.value.comma");
            parts.join(&format!("{comma} ")).into_any()
        }
        None => {
            let fact = fact.to_owned();
            view! { <bdi lang="en" dir="ltr">{fact}</bdi> }.into_any()
        }
    }
}

/// What many places say of themselves, and the words for it.
fn common(language: Language, part: &str) -> Option<String> {
    let key = match part {
        "24/7" | "24 h" | "24 h, all year" | "24 h, every day" => "always",
        "free" | "free call" | "toll-free" | "toll-free short code" => "free",
        "free call, not shown on the bill" => "free_hidden",
        "not shown on the bill" => "hidden",
        "phone" => "phone",
        "chat" | "live chat" | "online chat" | "webchat" => "chat",
        "email" => "email",
        "SMS" => "sms",
        "app" => "app",
        "forum" => "forum",
        "web form" | "web form only" => "form",
        "web form, anonymous" => "form_anonymous",
        "web form, can be anonymous" => "form_maybe_anonymous",
        "under 18" => "under_18",
        "up to 18" | "18 and under" => "up_to_18",
        "up to 25" => "up_to_25",
        "parents" => "parents",
        "adults" => "adults",
        "Dutch" => "dutch",
        "English" => "english",
        "Finnish" => "finnish",
        "French" => "french",
        "German" => "german",
        "Italian" => "italian",
        "Swedish" => "swedish",
        _ => return None,
    };
    Some(say!(language, format!("help.value.{key}")))
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

/// The country the reader told, else the operator's first.
pub fn country_or_first<'a>(app: &'a App, told: Option<&'a str>) -> &'a str {
    told.or(app.operator.countries.first().map(String::as_str)).unwrap_or_default()
}

/// Numbers to ring in a country; up to two, the first of them first.
pub fn near_by(app: &App, country: &str, kind: HelpKind) -> Vec<HelpEntry> {
    let entries = app.help.in_country(country);
    entries.filter(|entry| entry.kind == kind && !entry.phones.is_empty()).take(2).cloned().collect()
}

/// Who it is, and the number that rings when pressed; without a number, their page.
pub fn to_ring(entry: &HelpEntry) -> impl IntoView + use<> {
    let phone = entry.phones.first().map(|phone| call(phone));
    let name = entry.name.clone();
    let name = match entry.url.clone().filter(|_| phone.is_none()) {
        Some(url) => view! { <a href=url rel="noreferrer"><bdi>{name}</bdi></a> }.into_any(),
        None => view! { <bdi>{name}</bdi> }.into_any(),
    };
    view! { <p>{name} " " {phone}</p> }
}

/// Help in a country.
pub fn address(language: Language, country: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("country", country).finish();
    format!("{}?{query}", Help { language })
}

/// The way out for a reader who told no country and is not in the one shown.
pub fn elsewhere(language: Language, country: &str) -> impl IntoView + use<> {
    let name = countries::name(language, country);
    let words = say!(language, "help.strip.elsewhere", country = name);
    (!country.is_empty()).then(|| view! { <a href=Help { language }.to_string()>{words}</a> })
}

/// The strip of local help at the foot of every public page: the emergency number, someone to talk to, and the way to all
/// of it. It names the country: the reader's if they said it, else the operator's first, with the way to another.
pub fn help_strip(app: &App, language: Language, told: Option<&str>) -> impl IntoView + use<> {
    let country = country_or_first(app, told);
    let name = countries::name(language, country);
    let first_number = |kind| {
        let entry = near_by(app, country, kind).into_iter().next()?;
        Some((entry.name, entry.phones.into_iter().next()?))
    };
    let emergency = first_number(HelpKind::Emergency).map(|(_, phone)| {
        view! { <li>{say!(language, "help.strip.danger", country = name.clone())} {call(&phone)}</li> }
    });
    let talk = first_number(HelpKind::Helpline).map(|(line, phone)| {
        view! {
            <li>{say!(language, "help.strip.talk", country = name.clone())} " " <bdi>{line}</bdi> {call(&phone)}</li>
        }
    });
    view! {
        <aside class="help" aria-label=say!(language, "help.strip.label")>
            <ul>
                {emergency}
                {talk}
                {told.is_none().then(|| view! { <li>{elsewhere(language, country)}</li> })}
                <li><a href=address(language, country)>{say!(language, "help.strip.all")}</a></li>
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
