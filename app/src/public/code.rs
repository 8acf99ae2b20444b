//! Typing the case code back. Forgiving: letter case, blanks and lines do not count, and a slip is told as a slip.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::case_code::{CaseCode, CaseCodeError};
use casework::mine;
use leptos::prelude::*;

use crate::cookies::Holds;
use crate::error::Answer;
use crate::form::{Fields, FormState, Problem, error_summary};
use crate::page::Page;
use crate::paths::{Code, MyCase};
use crate::public::my_case;
use crate::visit::Visit;
use crate::words::{Language, say_count};
use crate::{App, say};

/// Which form of a case was sent when the case was no longer open. What was typed into it goes on to it, by way of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// A message.
    Write,
    /// Something to add.
    Add,
    /// An appeal.
    Appeal,
}

impl After {
    const ALL: [Self; 3] = [Self::Write, Self::Add, Self::Appeal];

    fn code(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Add => "add",
            Self::Appeal => "appeal",
        }
    }

    fn of(fields: &Fields) -> Option<Self> {
        Self::ALL.into_iter().find(|after| after.code() == fields.get(AFTER))
    }
}

/// The field that names the form.
const AFTER: &str = "after";

/// The fields of those forms.
const TYPED: [&str; 5] = ["words", "links", "provider", "handle", "file"];

/// The answer to a form of a case that is no longer open: the field for the code, which keeps what was typed. Without
/// anything typed there is nothing to keep.
pub fn again(app: &App, visit: &Visit, after: After, fields: &Fields) -> Option<Response> {
    let typed = fields.0.iter().filter(|(name, value)| TYPED.contains(&name.as_str()) && !value.trim().is_empty());
    let mut typed: Vec<_> = typed.cloned().collect();
    if typed.is_empty() {
        return None;
    }
    typed.push((AFTER.to_owned(), after.code().to_owned()));
    let cookies = visit.cookies.clone().add(Holds::Case.forget(app));
    let page = page(app, visit, visit.language, &FormState::filled(Fields(typed)));
    Some((cookies, page).into_response())
}

/// The empty field.
pub async fn show(State(app): State<Arc<App>>, Path(Code { language }): Path<Code>, visit: Visit) -> Response {
    page(&app, &visit, language, &FormState::default())
}

/// Opens the case. A code that opens nothing gets one and the same answer, whatever the reason.
pub async fn open(
    State(app): State<Arc<App>>,
    Path(Code { language }): Path<Code>,
    visit: Visit,
    fields: Fields,
) -> Answer {
    if let Some(other) = fields.language() {
        return Ok(page(&app, &visit, other, &FormState::filled(fields)));
    }
    let entered = match fields.get("code").parse::<CaseCode>() {
        Ok(code) => mine::enter(&app.casework, &code).await?.ok_or_else(|| say!(language, "code.problem.unknown")),
        Err(mistake) => Err(told(language, mistake)),
    };
    match entered {
        Ok(token) => {
            let cookies = visit.cookies.clone().add(Holds::Case.keep(&app, &token));
            let Some(after) = After::of(&fields) else {
                return Ok((cookies, Redirect::to(&MyCase { language }.to_string())).into_response());
            };
            let visit = Visit { cookies: cookies.clone(), ..visit };
            let page = my_case::go_on(&app, &visit, after, fields).await?;
            Ok((cookies, page).into_response())
        }
        Err(message) => {
            let form = FormState { fields, problems: vec![Problem::new("code", message)] };
            Ok(page(&app, &visit, language, &form))
        }
    }
}

fn told(language: Language, mistake: CaseCodeError) -> String {
    match mistake {
        CaseCodeError::Empty => say!(language, "code.problem.empty"),
        CaseCodeError::WrongLength(found) => say_count(language, "code.problem.length", found as u64),
        CaseCodeError::UnknownSymbol(symbol) => say!(language, "code.problem.unknown_symbol", symbol = symbol),
        CaseCodeError::Slip => say!(language, "code.problem.slip"),
    }
}

/// The field is no password field, so that one sees what one types; its autofill hint lets password managers fill it.
fn page(app: &App, visit: &Visit, language: Language, form: &FormState) -> Response {
    let problem = form.problem("code");
    let typed = form.fields.get("code").to_owned();
    let visit = visit.speaking(language);
    let ended =
        After::of(&form.fields).map(|_| view! { <p class="notice" role="status">{say!(language, "code.ended")}</p> });
    let page = Page::public(&visit).with_status(form.status());
    page.with_open_form("open", Code { language }.to_string()).render(app, &visit, || {
        view! {
            <div class="narrow">
                {error_summary(language, form)}
                <h1>{say!(language, "code.title")}</h1>
                {ended}
                <p class="lede">{say!(language, "code.lede")}</p>
                <form id="open" method="post" action=Code { language }.to_string()>
                    <input type="text" name="username" autocomplete="username" value=say!(language, "code.account") hidden />
                    {typed_before(form)}
                    <div class="field" class:wrong=problem.is_some()>
                        <label for="code">{say!(language, "code.label")}</label>
                        <p class="hint" id="code-hint">{say!(language, "code.hint")}</p>
                        {problem.clone().map(|message| view! { <p class="problem" id="code-problem">{message}</p> })}
                        <input class="code-input" id="code" name="code" type="text" value=typed dir="ltr" autocomplete="current-password"
                            autocapitalize="characters" spellcheck="false" placeholder="XXXX-XXXX-XXXX-XXXX"
                            aria-invalid=problem.is_some().then_some("true")
                            aria-describedby=if problem.is_some() { "code-problem code-hint" } else { "code-hint" } />
                    </div>
                    <p><button class="btn" type="submit">{say!(language, "code.open")}</button></p>
                </form>
                <details class="more">
                    <summary>{say!(language, "code.lost")}</summary>
                    <p>{say!(language, "code.lost_text")}</p>
                </details>
            </div>
        }
    })
}

/// What was typed into a form of the case before it was closed, carried along unseen.
fn typed_before(form: &FormState) -> impl IntoView + use<> {
    let is_carried = After::of(&form.fields).is_some();
    let fields =
        form.fields.0.iter().filter(|(name, _)| is_carried && (name == AFTER || TYPED.contains(&name.as_str())));
    fields.cloned().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()
}
