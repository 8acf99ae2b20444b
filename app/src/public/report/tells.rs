//! Pages that ask nothing: the four safety steps, help right now, and where grown-ups find help.

use axum::response::Response;
use casework::report::{Door, Step};
use casework::taxonomy::{Country, Danger};
use leptos::prelude::*;

use super::Asked;
use super::question::{crumb, in_country};
use crate::help::HelpKind;
use crate::page::Page;
use crate::paths::{Help, Start};
use crate::public::help::{address, call, country_or_first, elsewhere, near_by, to_ring};
use crate::visit::Visit;
use crate::{App, countries, drawings, say};

/// The page.
pub fn page(app: &App, visit: &Visit, asked: Asked) -> Response {
    in_country(Page::public(visit), &asked).render(app, visit, || match asked.step {
        Step::HelpNow => help_now(app, &asked),
        Step::GrownUp => grown_up(&asked),
        _ => safety(app, &asked),
    })
}

fn safety(app: &App, asked: &Asked) -> AnyView {
    let language = asked.language;
    let step = |drawing: AnyView, key: &str, more: AnyView| {
        view! {
            <li>
                {drawing}
                <h2>{say!(language, format!("report.safety.{key}"))}</h2>
                <p>{say!(language, format!("report.safety.{key}_text"))}</p>
                {more}
            </li>
        }
    };
    let country = country(app, asked);
    let someone = near_by(app, country, HelpKind::Helpline).into_iter().next().map(|entry| {
        let name = countries::name(language, country);
        view! { <p>{say!(language, "report.safety.tell_call", country = name)}</p> {to_ring(&entry)} }
    });
    let is_guessed = asked.walk.told.country().is_none();
    let someone = view! { {someone} {is_guessed.then(|| view! { <p>{elsewhere(language, country)}</p> })} };
    let more = view! { {someone} <p><a href=help(app, asked)>{say!(language, "report.safety.tell_more")}</a></p> };
    view! {
        <div class="narrow">
            {crumb(asked)}
            <h1>{say!(language, "report.safety.title")}</h1>
            <p class="lede">{say!(language, "report.safety.lede")}</p>
            <ol class="steps">
                {step(drawings::step_stop().into_any(), "stop", ().into_any())}
                {step(drawings::step_keep().into_any(), "keep", ().into_any())}
                {step(drawings::step_report().into_any(), "report", ().into_any())}
                {step(drawings::step_tell().into_any(), "tell", more.into_any())}
            </ol>
            <div class="actions"><a class="btn" href=next(asked)>{say!(language, "report.safety.go")}</a></div>
        </div>
    }
    .into_any()
}

/// The emergency number and someone to talk to, at once; the report goes on from here, it is never refused.
fn help_now(app: &App, asked: &Asked) -> AnyView {
    let language = asked.language;
    let who = if asked.walk.told.danger() == Some(Danger::SelfHarm) { "self" } else { "danger" };
    let told = asked.walk.told.country().map(Country::as_str);
    let emergency = told.map(|country| near_by(app, country, HelpKind::Emergency)).unwrap_or_default();
    let emergency = match emergency.first().and_then(|entry| entry.phones.first()) {
        Some(phone) => view! { <p>{call(phone)}</p> }.into_any(),
        None => view! { <p>{say!(language, "report.help_now.call_unknown")}</p> }.into_any(),
    };
    let mut lines = told.map(|country| near_by(app, country, HelpKind::Helpline)).unwrap_or_default();
    if lines.is_empty() {
        lines = app.help.everywhere().filter(|entry| entry.kind == HelpKind::Helpline).cloned().collect();
    }
    view! {
        <div class="narrow">
            {crumb(asked)}
            <h1>{say!(language, format!("report.help_now.title_{who}"))}</h1>
            <p class="lede">{say!(language, format!("report.help_now.lede_{who}"))}</p>
            <div class="notice danger">
                <h2>{say!(language, "report.help_now.call")}</h2>
                {emergency}
            </div>
            <div class="notice warm">
                <h2>{say!(language, "report.help_now.talk")}</h2>
                {lines.iter().map(to_ring).collect_view()}
                <p><a href=help(app, asked)>{say!(language, "report.help_now.more")}</a></p>
            </div>
            <p>{say!(language, "report.help_now.still")}</p>
            <div class="actions"><a class="btn" href=next(asked)>{say!(language, "report.help_now.go")}</a></div>
        </div>
    }
    .into_any()
}

fn grown_up(asked: &Asked) -> AnyView {
    let language = asked.language;
    view! {
        <div class="narrow">
            {crumb(asked)}
            <h1>{say!(language, "report.grown_up.title")}</h1>
            <p class="lede">{say!(language, "report.grown_up.lede")}</p>
            <p>{say!(language, "report.grown_up.sorry")}</p>
            <div class="actions">
                <a class="btn" href="https://stopncii.org/" rel="noreferrer">{say!(language, "report.grown_up.go")}</a>
                <a class="btn quiet" href=Help { language }.to_string()>{say!(language, "report.grown_up.help")}</a>
            </div>
            <div class="notice warm">
                <h2>{say!(language, "report.grown_up.threat")}</h2>
                <p>{say!(language, "report.grown_up.threat_text")}</p>
                <p><a href=Start { language, door: Door::Threat }.to_string()>{say!(language, "report.grown_up.threat_go")}</a></p>
            </div>
        </div>
    }
    .into_any()
}

fn next(asked: &Asked) -> String {
    asked.url(asked.walk.after(asked.step))
}

/// The country they told, else the operator's first.
fn country<'a>(app: &'a App, asked: &'a Asked) -> &'a str {
    country_or_first(app, asked.walk.told.country().map(Country::as_str))
}

fn help(app: &App, asked: &Asked) -> String {
    address(asked.language, country(app, asked))
}
