//! Writing a report: one question a page, whatever the door.
//!
//! [`casework::report`] knows the steps and parses their fields; here stand the pages. What is typed is kept at every
//! submit, right or wrong, so that Back, Change and the language switch find it again. A form whose draft has run out
//! starts a new one from what it carries.

mod answers;
mod fields;
pub mod frames;
pub(super) mod problems;
mod question;
mod tells;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use casework::draft::{self, Found, Saved};
use casework::intake::{self, SendError};
use casework::report::{Door, Step, Told, Typed, Walk};
use casework::taxonomy::LanguageCode;

use crate::App;
use crate::cookies::Holds;
use crate::error::{Answer, ErrorKind, Failure, error_page};
use crate::form::{Fields, FormState};
use crate::paths::{Question, Receipt, Start};
use crate::visit::Visit;
use crate::words::Language;

/// The query that tells a page its draft had run out.
const ANEW: &str = "anew";

/// A page of a report, as it is shown.
struct Asked {
    language: Language,
    step: Step,
    walk: Walk,
    typed: BTreeMap<Step, Typed>,
    form: FormState,
    is_anew: bool,
}

impl Asked {
    fn url(&self, step: Step) -> String {
        Question { language: self.language, door: self.walk.door, step }.to_string()
    }
}

/// A door: leads to its first page.
pub async fn start(path: Result<Path<Start>, PathRejection>) -> Answer {
    let Path(Start { language, door }) = path.map_err(|_| Failure::NotFound)?;
    Ok(go(language, door, door.first_step()))
}

/// A page of a door, with what was typed into it before.
pub async fn show(State(app): State<Arc<App>>, path: Result<Path<Question>, PathRejection>, visit: Visit) -> Answer {
    let Path(Question { language, door, step }) = path.map_err(|_| Failure::NotFound)?;
    let typed = match draft::open(&app.casework, Holds::Draft.token(&app, &visit).as_ref()).await? {
        Found::Draft(draft) => draft.at(door),
        Found::Sent if !step.only_tells() => return Ok(to_receipt(language)),
        Found::Sent | Found::Nothing => BTreeMap::new(),
    };
    let walk = Walk::along(door, &typed);
    if !walk.reaches(step) {
        return Ok(go(language, door, walk.open));
    }
    let form = FormState::filled(typed.get(&step).cloned().map(|Typed(fields)| Fields(fields)).unwrap_or_default());
    let is_anew = visit.uri.query() == Some(ANEW);
    Ok(page(&app, &visit, Asked { language, step, walk, typed, form, is_anew }))
}

/// A page's form: kept, then parsed, then on to the next page; or the same page with what is wrong. On the last page: Send.
pub async fn submit(
    State(app): State<Arc<App>>,
    path: Result<Path<Question>, PathRejection>,
    visit: Visit,
    Fields(mut fields): Fields,
) -> Answer {
    let Path(Question { language, door, step }) = path.map_err(|_| Failure::NotFound)?;
    if step == Step::Check {
        return send(&app, &visit, language, door).await;
    }
    let switch_to = Fields(fields.clone()).get("language").parse::<Language>().ok();
    fields.retain(|(name, _)| name != "language");
    let typed = Typed(fields.clone());
    let token = Holds::Draft.token(&app, &visit);
    let saved = draft::save(&app.casework, token.as_ref(), door, step, typed.clone()).await?;
    let Saved::Kept { cookie, draft, is_new } = saved else { return Ok(to_receipt(language)) };
    let cookies = visit.cookies.clone().add(Holds::Draft.keep(&app, &cookie));

    let all = draft.at(door);
    let walk = Walk::along(door, &all);
    if is_new && !walk.reaches(step) {
        return Ok(with(cookies, go_anew(switch_to.unwrap_or(language), door, walk.open)));
    }
    if let Some(language) = switch_to {
        return Ok(with(cookies, go(language, door, step)));
    }
    if let Err(problems) = Told::default().take(door, step, &typed) {
        let problems = problems.iter().map(|problem| problems::worded(language, step, problem)).collect();
        let form = FormState { fields: Fields(fields), problems };
        let asked = Asked { language, step, walk, typed: all, form, is_anew: false };
        return Ok(with(cookies, page(&app, &visit, asked)));
    }
    Ok(with(cookies, go(language, door, walk.after(step))))
}

async fn send(app: &App, visit: &Visit, language: Language, door: Door) -> Answer {
    let Some(cookie) = Holds::Draft.token(app, visit) else { return Ok(go_anew(language, door, door.first_step())) };
    let code: LanguageCode = language.code().parse().map_err(|_| Failure::NotFound)?;
    match intake::send(&app.casework, &cookie, door, &code).await {
        Ok(_) => Ok(to_receipt(language)),
        Err(SendError::NoDraft) => Ok(go_anew(language, door, door.first_step())),
        Err(SendError::Incomplete(step)) => Ok(go(language, door, step)),
        Err(SendError::NotOpen) => Ok(error_page(app, visit, ErrorKind::Unavailable, None)),
        Err(SendError::Failed(cause)) => Err(Failure::Internal(cause)),
    }
}

fn page(app: &App, visit: &Visit, asked: Asked) -> Response {
    match asked.step {
        Step::Safety | Step::GrownUp | Step::HelpNow => tells::page(app, visit, asked),
        Step::Check => answers::page(app, visit, asked),
        _ => question::page(app, visit, asked),
    }
}

fn go(language: Language, door: Door, step: Step) -> Response {
    Redirect::to(&Question { language, door, step }.to_string()).into_response()
}

fn go_anew(language: Language, door: Door, step: Step) -> Response {
    Redirect::to(&format!("{}?{ANEW}", Question { language, door, step })).into_response()
}

fn to_receipt(language: Language) -> Response {
    Redirect::to(&Receipt { language }.to_string()).into_response()
}

fn with(cookies: CookieJar, response: Response) -> Response {
    (cookies, response).into_response()
}
