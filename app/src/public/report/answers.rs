//! All answers once more, each with a way back to it, and Send. Nothing was sent before.

use axum::response::Response;
use casework::report::{ReplyWay, Step, Typed, country_code};
use leptos::prelude::*;

use super::question::{crumb, in_country};
use super::{Asked, fields};
use crate::page::Page;
use crate::visit::Visit;
use crate::words::{Language, say_count};
use crate::{App, countries, say};

/// The page.
pub fn page(app: &App, visit: &Visit, asked: Asked) -> Response {
    let language = asked.language;
    in_country(Page::public(visit), &asked).render(app, visit, || {
        let rows = asked.walk.steps.iter().filter(|step| !step.only_tells() && !step.is_last());
        let rows = rows.map(|step| row(&asked, *step)).collect_view();
        view! {
            <div class="narrow">
                {crumb(&asked)}
                <h1>{say!(language, "report.check.title")}</h1>
                <p class="why">{say!(language, "report.check.why")}</p>
                <dl class="answers">{rows}</dl>
                <form method="post" action=asked.url(Step::Check)>
                    <p class="hint">{say!(language, "report.check.send_hint")}</p>
                    <div class="actions"><button class="btn" type="submit">{say!(language, "report.check.send")}</button></div>
                </form>
            </div>
        }
    })
}

fn row(asked: &Asked, step: Step) -> impl IntoView + use<> {
    let language = asked.language;
    let name = say!(language, format!("{}.short", fields::key(step)));
    let answer = asked.typed.get(&step).map(|typed| told(language, step, typed)).unwrap_or_default();
    let answer = if answer.is_empty() { say!(language, "report.nothing") } else { answer };
    view! {
        <div>
            <dt>{name.clone()}</dt>
            <dd dir="auto">{answer}</dd>
            <dd><a href=asked.url(step)>{say!(language, "report.change")} <span class="visually-hidden">" "{name}</span></a></dd>
        </div>
    }
}

/// An answer as it reads back: a code's words, or what was typed, one thing a line.
fn told(language: Language, step: Step, typed: &Typed) -> String {
    let lines: Vec<String> = match step {
        Step::Files => match typed.all("file").count() {
            0 => Vec::new(),
            files => vec![say_count(language, "report.files.kept", files as u64)],
        },
        Step::Country => match country_code(typed) {
            "" => vec![say!(language, "report.country.unsaid")],
            code => vec![countries::name(language, code)],
        },
        Step::Reply if typed.get("reply") == ReplyWay::Code.as_str() => {
            vec![fields::option(language, step, typed.get("reply"))]
        }
        _ => typed.0.iter().filter_map(|(name, value)| read_back(language, step, name, value)).collect(),
    };
    lines.join("\n")
}

fn read_back(language: Language, step: Step, name: &str, value: &str) -> Option<String> {
    let value = value.trim();
    match name {
        "whose" | "age_in_picture" | "age" | "spreading" | "what" | "danger" | "shows" | "wants" | "reply" => {
            Some(fields::option(language, step, value))
        }
        _ => (!value.is_empty()).then(|| value.to_owned()),
    }
}
