//! Ready answers to reporters: those that come with Suoja, in every language, and the hotline's own before them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use casework::staff::session::StaffSession;
use casework::taxonomy::Role;
use casework::template::{self, Template, TemplateError};
use casework::text::Words;
use leptos::prelude::*;

use super::administration::{Tab, tabs};
use super::case::words::language_name;
use super::frame::{Place, console_page};
use super::signed::Lead;
use crate::error::{Answer, Failure};
use crate::form::{self, Fields, FormState, Problem, language_choices};
use crate::paths::{RemoveTemplate, Templates, Url};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, say};

/// Most characters a template's name may have.
const MOST_NAME: usize = 80;
/// Most characters its text may have.
const MOST_BODY: usize = 5_000;
/// The keys under `template.` of those that come with Suoja.
const SHIPPED: [&str; 8] = ["read", "asked", "removed", "refused", "listed", "threat", "need_more", "nothing"];

/// A ready answer in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// What staff know it by, in the language of their console.
    pub name: String,
    /// The text, in the reporter's language.
    pub body: String,
    /// The same in the language of the console, for staff who do not read the reporter's; none if it is the same
    /// language, or if nobody wrote one.
    pub meaning: Option<String>,
}

/// Every route about templates.
pub fn router() -> Router<Arc<App>> {
    Router::new().route(Templates::PATTERN, get(show).post(save)).route(RemoveTemplate::PATTERN, post(remove))
}

/// What an analyst may choose from for a reporter's language: the hotline's own first, then those that come with Suoja.
pub async fn ready(app: &App, console: Language, reporter: Language) -> Result<Vec<Ready>, casework::Error> {
    let own = template::all(&app.casework).await?;
    let meaning = |name: &str| {
        let is_it = |other: &&Template| other.name == name && other.language.as_str() == console.code();
        own.iter().find(is_it).filter(|_| console != reporter).map(|other| other.body.clone())
    };
    let of_reporter = own.iter().filter(|template| template.language.as_str() == reporter.code());
    let mut ready: Vec<Ready> = of_reporter
        .map(|own| Ready { name: own.name.clone(), body: own.body.clone(), meaning: meaning(&own.name) })
        .collect();
    let shipped = shipped(console, reporter).filter(|shipped| ready.iter().all(|own| own.name != shipped.name));
    let shipped: Vec<Ready> = shipped.collect();
    ready.extend(shipped);
    Ok(ready)
}

fn shipped(console: Language, reporter: Language) -> impl Iterator<Item = Ready> {
    SHIPPED.into_iter().map(move |key| Ready {
        name: say!(console, format!("template.{key}.name")),
        body: say!(reporter, format!("template.{key}.body")),
        meaning: (console != reporter).then(|| say!(console, format!("template.{key}.body"))),
    })
}

async fn show(State(app): State<Arc<App>>, visit: Visit, Lead(session): Lead) -> Answer {
    let language = visit.language;
    let form = FormState::filled(Fields(vec![("language".to_owned(), language.code().to_owned())]));
    page(&app, &visit, &session, StatusCode::OK, form).await
}

async fn save(
    State(app): State<Arc<App>>,
    Path(Templates { language }): Path<Templates>,
    visit: Visit,
    Lead(session): Lead,
    fields: Fields,
) -> Answer {
    match parse(language, &fields) {
        Ok((name, of, body)) => {
            template::save(&app.casework, &session, &name, &of, &body).await?;
            Ok(Redirect::to(&Templates { language }.to_string()).into_response())
        }
        Err(problems) => {
            page(&app, &visit, &session, StatusCode::UNPROCESSABLE_ENTITY, FormState { fields, problems }).await
        }
    }
}

async fn remove(
    State(app): State<Arc<App>>,
    Path(RemoveTemplate { language, template }): Path<RemoveTemplate>,
    Lead(session): Lead,
) -> Answer {
    template::remove(&app.casework, &session, template).await?;
    Ok(Redirect::to(&Templates { language }.to_string()).into_response())
}

type Parsed = (Words, casework::taxonomy::LanguageCode, Words);

fn parse(language: Language, fields: &Fields) -> Result<Parsed, Vec<Problem>> {
    let name = Words::parse(fields.get("name"), MOST_NAME)
        .map_err(|_| Problem::new("name", say!(language, "template.problem.name", most = MOST_NAME)));
    let body = Words::parse(fields.get("body"), MOST_BODY)
        .map_err(|_| Problem::new("body", say!(language, "template.problem.body", most = MOST_BODY)));
    let of = fields.get("language").parse::<Language>().unwrap_or(language).code().parse();
    match (name, of, body) {
        (Ok(name), Ok(of), Ok(body)) => Ok((name, of, body)),
        (name, _, body) => Err([name.err(), body.err()].into_iter().flatten().collect()),
    }
}

async fn page(app: &Arc<App>, visit: &Visit, session: &StaffSession, status: StatusCode, form: FormState) -> Answer {
    let language = visit.language;
    let own = template::all(&app.casework).await?;
    let title = say!(language, "template.title");
    let role = session.role;
    Ok(console_page(app, visit, session, status, Place::Administration, title, || content(language, role, own, &form))
        .await)
}

fn content(language: Language, role: Role, own: Vec<Template>, form: &FormState) -> impl IntoView + use<> {
    let languages = language_choices().collect();
    view! {
        {tabs(language, role, Tab::Templates)}
        <h1>{say!(language, "template.title")}</h1>
        <p class="lede">{say!(language, "template.lede")}</p>
        {form::error_summary(language, form)}
        <form method="post" action=Templates { language }.to_string() novalidate class="panel">
            {form::text_field(form, "name", say!(language, "template.name"), None, "text", "off")}
            {form::select_field(form, "language", say!(language, "template.language"), None, languages)}
            {form::text_area(form, "body", say!(language, "template.body"), Some(say!(language, "template.body_hint")), 6)}
            <button class="btn" type="submit">{say!(language, "template.save")}</button>
        </form>
        {(!own.is_empty()).then(|| view! {
            <section class="panel">
                <h2>{say!(language, "template.own")}</h2>
                {own.into_iter().map(|template| own_template(language, template)).collect_view()}
            </section>
        })}
        <section class="panel">
            <h2>{say!(language, "template.shipped")}</h2>
            {shipped(language, language).map(|ready| view! {
                <details class="more"><summary>{ready.name}</summary><p class="letter" dir="auto">{ready.body}</p></details>
            }).collect_view()}
        </section>
    }
}

fn own_template(language: Language, template: Template) -> impl IntoView {
    let of = template.language.as_str().to_owned();
    view! {
        <details class="more">
            <summary><span>{template.name} " (" <bdi>{language_name(&template.language)}</bdi> ")"</span></summary>
            <p class="letter" dir="auto" lang=of>{template.body}</p>
            <form method="post" action=RemoveTemplate { language, template: template.id }.to_string()>
                <button class="btn quiet small" type="submit">{say!(language, "template.remove")}</button>
            </form>
        </details>
    }
}

impl From<TemplateError> for Failure {
    fn from(error: TemplateError) -> Self {
        match error {
            TemplateError::Internal(cause) => Self::Internal(cause),
            TemplateError::Forbidden => Self::Forbidden,
        }
    }
}
