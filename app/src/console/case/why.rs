//! Why a case is here: what decided it when it came, and what each of today's rules says of it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use casework::routing::why::{self, Why};
use casework::routing::{Asks, Rule};
use leptos::prelude::*;

use crate::console::destinations::{Names, asks};
use crate::console::frame::{Place, console_page};
use crate::console::signed::Holder;
use crate::error::{Answer, Failure};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, countries, drawings, paths, say};

/// The explanation.
pub async fn page(
    State(app): State<Arc<App>>,
    Path(paths::WhyHere { language, case }): Path<paths::WhyHere>,
    visit: Visit,
    Holder(session): Holder,
) -> Answer {
    let why = why::why(&app.casework, &session, case).await?.ok_or(Failure::NotFound)?;
    let names = Names::load(&app).await?;
    let title = say!(language, "case.why.title", reference = why.reference);
    let back = paths::CasePage { language, case }.to_string();
    let body = view! {
        <div class="narrow">
            <h1>{title.clone()}</h1>
            <p><a class="btn quiet small" href=back>{say!(language, "case.story.back")}</a></p>
            {then(language, &names, &why)}
            {today(language, &names, &why)}
        </div>
    };
    Ok(console_page(&app, &visit, &session, StatusCode::OK, Place::Queue, title, move || body).await)
}

/// What decided when the report came.
fn then(language: Language, names: &Names, why: &Why) -> AnyView {
    let here = say!(language, "case.why.here", place = names.destination(language, why.here));
    let by = match &why.routed {
        None => say!(language, "case.why.not_kept"),
        Some(routed) => match &routed.by {
            Some((place, rule)) => {
                say!(language, "case.why.by_rule", number = place, rule = in_words(language, names, rule))
            }
            None if routed.is_unrouted() => say!(language, "case.why.unrouted"),
            None => say!(language, "case.why.no_rules"),
        },
    };
    view! {
        <section class="panel" aria-labelledby="then">
            <h2 id="then">{say!(language, "case.why.then")}</h2>
            <p><b>{here}</b></p>
            <p>{by}</p>
        </section>
    }
    .into_any()
}

/// What a rule asks, one after another: "Country: Finland; language: suomi".
fn in_words(language: Language, names: &Names, rule: &Rule) -> String {
    let asked = Asks::ALL.into_iter().map(|what| (what, names.asked(language, rule, what)));
    let words: Vec<String> =
        asked.filter(|(_, words)| !words.is_empty()).map(|(what, words)| one(language, what, &words)).collect();
    if words.is_empty() { say!(language, "case.why.asks_nothing") } else { words.join("; ") }
}

fn one(language: Language, what: Asks, words: &str) -> String {
    say!(language, "case.why.asks", what = asks(language, what), words = words)
}

/// What today's rules say of it.
fn today(language: Language, names: &Names, why: &Why) -> Option<AnyView> {
    let (destination, decides) = why.today?;
    let rules = (1..).zip(&why.rules).map(|(number, (rule, answers))| {
        let answers: Vec<_> = answers
            .iter()
            .map(|(what, fits)| answer(language, *what, &names.asked(language, rule, *what), *fits))
            .collect();
        let nothing = answers.is_empty().then(|| view! { <li>{say!(language, "case.why.asks_nothing")}</li> });
        let decides = (decides == Some(number))
            .then(|| view! { " " <span class="pill done">{say!(language, "case.why.decides")}</span> });
        view! {
            <li class="item">
                <p><b>{say!(language, "administration.routing.rule", number = number)}</b> {decides}</p>
                <ul class="effects">{answers} {nothing}</ul>
            </li>
        }
    });
    let would = if destination == why.here {
        say!(language, "case.why.same_today")
    } else {
        say!(language, "case.why.other_today", place = names.destination(language, destination))
    };
    Some(
        view! {
            <section class="panel" aria-labelledby="today">
                <h2 id="today">{say!(language, "case.why.today")}</h2>
                <p>{would}</p>
                {hosts(language, why)}
                <ol class="items">{rules.collect_view()}</ol>
            </section>
        }
        .into_any(),
    )
}

/// Where its links are hosted, as far as the table knows; the case's page does not say it.
fn hosts(language: Language, why: &Why) -> Option<AnyView> {
    let hosts = why.facts.hosts.iter().map(|country| countries::name(language, country.as_str()));
    let words = hosts.collect::<Vec<_>>().join(", ");
    (!words.is_empty()).then(|| view! { <p class="hint">{one(language, Asks::Host, &words)}</p> }.into_any())
}

fn answer(language: Language, what: Asks, words: &str, fits: bool) -> AnyView {
    let (class, mark, says) = match fits {
        true => ("done", drawings::check().into_any(), say!(language, "case.why.fits")),
        false => ("danger", drawings::cross().into_any(), say!(language, "case.why.fits_not")),
    };
    view! {
        <li class=class>
            {mark}
            <span>{one(language, what, words)} <span class="visually-hidden">" " {says}</span></span>
        </li>
    }
    .into_any()
}
