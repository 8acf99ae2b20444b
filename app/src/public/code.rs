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
use crate::visit::Visit;
use crate::words::{Language, say_count};
use crate::{App, say};

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
            let cookies = visit.cookies.add(Holds::Case.keep(&app, &token));
            Ok((cookies, Redirect::to(&MyCase { language }.to_string())).into_response())
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
    Page::public(&visit).with_status(form.status()).with_open_form("open").render(app, &visit, || {
        view! {
            <div class="narrow">
                {error_summary(language, form)}
                <h1>{say!(language, "code.title")}</h1>
                <p class="lede">{say!(language, "code.lede")}</p>
                <form id="open" method="post" action=Code { language }.to_string()>
                    <input type="text" name="username" autocomplete="username" value=say!(language, "code.account") hidden />
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
