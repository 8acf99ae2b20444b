//! Forms: what was typed, what is wrong with it, and the fields that show both.
//!
//! A field keeps what was typed whatever happens. A problem stands beside its field and again in the summary at the top,
//! which takes the focus and links to the field.

use std::convert::Infallible;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use casework::press::Press;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{ErrorKind, Failed};
use crate::say;
use crate::words::Language;

/// Names and values as the browser sent them, in order; a name may come several times.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The first value of a name; empty if it did not come.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// Every value of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The language chosen by the switch while a form is open: the page comes again in it, everything typed still there.
    pub fn language(&self) -> Option<Language> {
        self.get("language").parse().ok()
    }

    /// The press of the form's button, told from a second one by [`press_field`].
    pub fn press(&self) -> Press {
        let sent = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        self.get(PRESS).parse().map_or_else(|_| Press::default(), |number| Press::of(number, sent))
    }

    /// Whether this value of this name came.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|found| found == value)
    }
}

/// A form body as [`Fields`]; a body that is no form, is cut off or not UTF-8 is answered with 400.
impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        match axum::extract::Form::<Vec<(String, String)>>::from_request(request, state).await {
            Ok(axum::extract::Form(fields)) => Ok(Self(fields)),
            Err(refused) => {
                let kind = match refused.into_response().status() {
                    StatusCode::PAYLOAD_TOO_LARGE => ErrorKind::TooLarge,
                    _ => ErrorKind::Broken,
                };
                let mut response = kind.status().into_response();
                response.extensions_mut().insert(Failed { kind, cause: None });
                Err(response)
            }
        }
    }
}

/// What stands in an address after its question mark, as [`Fields`]. One that makes no sense asks for nothing.
#[derive(Clone, Debug)]
pub struct Asked(pub Fields);

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(Fields(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())))
    }
}

/// Something to put right, beside its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field's name.
    pub field: &'static str,
    /// What is wrong and what to do, in the reader's language.
    pub message: String,
}

impl Problem {
    /// A problem with a field.
    pub fn new(field: &'static str, message: String) -> Self {
        Self { field, message }
    }
}

/// A form as it is shown: values and problems.
#[derive(Clone, Debug, Default)]
pub struct FormState {
    /// What stands in the fields.
    pub fields: Fields,
    /// What is wrong; empty when shown first.
    pub problems: Vec<Problem>,
}

impl FormState {
    /// A form shown with these values and nothing wrong.
    pub fn filled(fields: Fields) -> Self {
        Self { fields, problems: Vec::new() }
    }

    /// 200; or 422 when something is wrong.
    pub fn status(&self) -> StatusCode {
        if self.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    /// All that is wrong with a field, one thing a line; none if all is well.
    pub fn problem(&self, field: &str) -> Option<String> {
        let messages = self.problems.iter().filter(|problem| problem.field == field);
        let messages: Vec<&str> = messages.map(|problem| problem.message.as_str()).collect();
        (!messages.is_empty()).then(|| messages.join("\n"))
    }
}

/// The id of a field's message, for `aria-describedby`.
fn message_id(field: &str) -> String {
    format!("{field}-problem")
}

/// The ids of all that is said of a field, for `aria-describedby`: its hint, and what is wrong with it.
fn described_by(field: &str, has_hint: bool, has_problem: bool) -> Option<String> {
    let hint = has_hint.then(|| format!("{field}-hint"));
    let ids: Vec<String> = hint.into_iter().chain(has_problem.then(|| message_id(field))).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// The summary of all problems; takes the focus when the page loads. Nothing if there are none.
pub fn error_summary(language: Language, form: &FormState) -> impl IntoView + use<> {
    let problems = form.problems.clone();
    (!problems.is_empty()).then(|| {
        view! {
            <div class="problems" role="alert" tabindex="-1" autofocus>
                <h2>{say!(language, "form.problems")}</h2>
                <ul>
                    {problems.into_iter().map(|problem| view! { <li><a href=format!("#{}", problem.field)>{problem.message}</a></li> }).collect_view()}
                </ul>
            </div>
        }
    })
}

/// A field's message, which `aria-describedby` finds by its id; nothing if all is well.
pub fn problem_line(field: &'static str, problem: Option<String>) -> impl IntoView {
    problem.map(|message| view! { <p class="problem" id=message_id(field)>{message}</p> })
}

const PRESS: &str = "press";

/// The form's own number ([`casework::press`]): the one it came back with, else this new one.
pub fn press_field(form: &FormState, new: Uuid) -> impl IntoView + use<> {
    let number = form.fields.get(PRESS).parse().unwrap_or(new);
    view! { <input type="hidden" name=PRESS value=number.to_string() /> }
}

/// A one-line text field. `kind` is the input's type, `autocomplete` its autofill hint (`off` where a shared device must not remember).
pub fn text_field(
    form: &FormState,
    name: &'static str,
    label: String,
    hint: Option<String>,
    kind: &'static str,
    autocomplete: &'static str,
) -> impl IntoView + use<> {
    let problem = form.problem(name);
    let described = described_by(name, hint.is_some(), problem.is_some());
    view! {
        <div class="field" class:wrong=problem.is_some()>
            <label for=name>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
            {problem_line(name, problem.clone())}
            <input id=name name=name type=kind value=form.fields.get(name).to_owned() autocomplete=autocomplete
                aria-invalid=problem.is_some().then_some("true") aria-describedby=described dir="auto" />
        </div>
    }
}

/// A field for several lines.
pub fn text_area(
    form: &FormState,
    name: &'static str,
    label: String,
    hint: Option<String>,
    rows: u32,
) -> impl IntoView + use<> {
    let problem = form.problem(name);
    let described = described_by(name, hint.is_some(), problem.is_some());
    view! {
        <div class="field" class:wrong=problem.is_some()>
            <label for=name>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
            {problem_line(name, problem.clone())}
            <textarea id=name name=name rows=rows dir="auto"
                aria-invalid=problem.is_some().then_some("true") aria-describedby=described
                inner_html=in_text_area(form.fields.get(name))></textarea>
        </div>
    }
}

/// The HTML of what stands in a `textarea`. The renderer writes the children of one as they are, so that what somebody typed
/// could end it and go on as a page of theirs. The line break before it is not part of it (HTML, section 13.1.2.5).
pub fn in_text_area(text: &str) -> String {
    format!("\n{}", html_escape::encode_text(text))
}

/// One of several: value and words.
#[derive(Clone)]
pub struct Choice {
    /// The value sent.
    pub value: String,
    /// The words shown.
    pub label: String,
    /// A line under the words.
    pub hint: Option<String>,
}

impl Choice {
    /// A choice without a hint.
    pub fn new(value: impl Into<String>, label: String) -> Self {
        Self { value: value.into(), label, hint: None }
    }
}

/// The languages of the pages, each by its own name.
pub fn language_choices() -> impl Iterator<Item = Choice> {
    Language::ALL.into_iter().map(|language| Choice::new(language.code(), language.name().to_owned()))
}

/// Choices of which one (`radio`) or any number (`checkbox`) can be chosen.
pub fn choices(
    form: &FormState,
    kind: &'static str,
    name: &'static str,
    legend: String,
    legend_class: &'static str,
    choices: Vec<Choice>,
) -> impl IntoView + use<> {
    let problem = form.problem(name);
    let described = problem.is_some().then(|| message_id(name));
    view! {
        <fieldset class="field" class:wrong=problem.is_some() aria-describedby=described>
            <legend class=legend_class>{legend}</legend>
            {problem_line(name, problem.clone())}
            {options(form, kind, name, choices)}
        </fieldset>
    }
}

/// The choices themselves, for a fieldset of one's own; the first has the field's name as its id.
pub fn options(
    form: &FormState,
    kind: &'static str,
    name: &'static str,
    choices: Vec<Choice>,
) -> impl IntoView + use<> {
    choices
        .into_iter()
        .enumerate()
        .map(|(index, choice)| {
            let id = if index == 0 { name.to_owned() } else { format!("{name}-{index}") };
            choice_field(form, kind, name, id, choice)
        })
        .collect_view()
}

/// One choice.
pub fn choice_field(
    form: &FormState,
    kind: &'static str,
    name: &'static str,
    id: String,
    choice: Choice,
) -> impl IntoView + use<> {
    let checked = form.fields.has(name, &choice.value);
    view! {
        <label class="opt">
            <input id=id type=kind name=name value=choice.value checked=checked />
            <span>{choice.label}{choice.hint.map(|hint| view! { <small>{hint}</small> })}</span>
        </label>
    }
}

/// A list to choose one from.
pub fn select_field(
    form: &FormState,
    name: &'static str,
    label: String,
    hint: Option<String>,
    options: Vec<Choice>,
) -> impl IntoView + use<> {
    let problem = form.problem(name);
    let described = described_by(name, hint.is_some(), problem.is_some());
    let chosen = form.fields.get(name).to_owned();
    let options = options
        .into_iter()
        .map(|option| {
            let selected = option.value == chosen;
            view! { <option value=option.value selected=selected>{option.label}</option> }
        })
        .collect_view();
    view! {
        <div class="field" class:wrong=problem.is_some()>
            <label for=name>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
            {problem_line(name, problem.clone())}
            <select id=name name=name aria-invalid=problem.is_some().then_some("true") aria-describedby=described>{options}</select>
        </div>
    }
}
