//! Adding links, an account, files and words to a case, on one page.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use casework::account::{AccountError, AccountHandle};
use casework::location::{LocationError, MOST_LOCATIONS, PastedLocations, parse_pasted};
use casework::mine::{self, Addition, ITEMS, Refusal};
use casework::report::{self, NAMED, Step, Wrong};
use casework::text::Words;
use casework::vault::CookieToken;
use leptos::prelude::*;

use super::{Case, LONGEST_WORDS, about, about_words, answered, opened, still_open, to_my_case};
use crate::cookies::Holds;
use crate::error::Answer;
use crate::form::{Fields, FormState, Problem, error_summary, press_field, problem_line, text_area, text_field};
use crate::islands::hash_files::{HashFiles, HashWords};
use crate::paths::{DraftFrames, MyCase, MyCaseAdd};
use crate::public::code::After;
use crate::public::report::problems::worded;
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, drawings, say};

/// The empty form.
pub async fn show(State(app): State<Arc<App>>, Path(MyCaseAdd { language }): Path<MyCaseAdd>, visit: Visit) -> Answer {
    match opened(&app, &visit, language).await {
        Ok(open) if open.case.can_be_added_to() => Ok(page(&app, &visit, &open.case, &FormState::default())),
        Ok(_) => Ok(to_my_case(language)),
        Err(instead) => instead,
    }
}

/// Adds.
pub async fn send(
    State(app): State<Arc<App>>,
    Path(MyCaseAdd { language }): Path<MyCaseAdd>,
    visit: Visit,
    fields: Fields,
) -> Answer {
    let open = match still_open(&app, &visit, language, After::Add, &fields).await {
        Ok(open) => open,
        Err(instead) => return instead,
    };
    if let Some(other) = fields.language() {
        return Ok(page(&app, &visit.speaking(other), &open.case, &FormState::filled(fields)));
    }
    let wrong = match addition(language, &fields) {
        Err(problems) => problems,
        Ok(addition) => match added(&app, &visit, &open.token, &addition, &fields).await {
            Err(Refusal::TooMany) => vec![Problem::new("links", say!(language, "my_case.add.too_many", max = ITEMS))],
            added => return answered(&app, &visit, language, added, "added"),
        },
    };
    Ok(page(&app, &visit, &open.case, &FormState { fields, problems: wrong }))
}

/// The frames of videos came beside a draft.
async fn added(
    app: &App,
    visit: &Visit,
    case: &CookieToken,
    addition: &Addition,
    fields: &Fields,
) -> Result<(), Refusal> {
    let beside = Holds::Draft.token(app, visit);
    mine::add(&app.casework, case, addition, beside.as_ref(), &fields.press()).await
}

/// Parses everything, so that all that is wrong is told at once.
fn addition(language: Language, fields: &Fields) -> Result<Addition, Vec<Problem>> {
    let mut problems = Vec::new();
    let addition = Addition {
        locations: links(language, fields.get("links"), &mut problems),
        accounts: account(language, fields, &mut problems).into_iter().collect(),
        files: files(language, fields, &mut problems),
        words: words(language, fields.get("words"), &mut problems),
    };
    if problems.is_empty() && addition.is_empty() {
        problems.push(Problem::new("links", say!(language, "my_case.add.nothing")));
    }
    if problems.is_empty() { Ok(addition) } else { Err(problems) }
}

fn links(language: Language, pasted: &str, problems: &mut Vec<Problem>) -> Vec<casework::location::Location> {
    let PastedLocations { good, bad } = parse_pasted(pasted);
    let (over, bad): (Vec<_>, Vec<_>) = bad.into_iter().partition(|bad| bad.why == LocationError::TooMany);
    if !over.is_empty() {
        let message = say!(language, "my_case.add.problem.too_many_links", max = MOST_LOCATIONS);
        problems.push(Problem::new("links", message));
    }
    problems.extend(bad.into_iter().take(NAMED).map(|bad| said(language, "links", Wrong::Link(bad))));
    good
}

/// As a report says it.
fn said(language: Language, field: &'static str, wrong: Wrong) -> Problem {
    worded(language, Step::Where, &report::Problem { field, wrong })
}

/// Both fields empty: no account. The name alone is one: not everybody knows the app.
fn account(language: Language, fields: &Fields, problems: &mut Vec<Problem>) -> Option<AccountHandle> {
    let (provider, handle) = (fields.get("provider").trim(), fields.get("handle").trim());
    if provider.is_empty() && handle.is_empty() {
        return None;
    }
    let error = match AccountHandle::parse(provider, handle) {
        Ok(account) => return Some(account),
        Err(error) => error,
    };
    let field = if error == AccountError::ProviderTooLong { "provider" } else { "handle" };
    problems.push(said(language, field, Wrong::Account(error)));
    None
}

fn files(language: Language, fields: &Fields, problems: &mut Vec<Problem>) -> Vec<hashing::FileFingerprints> {
    let parsed: Result<Vec<_>, _> = fields.all("file").map(report::file).collect();
    parsed.unwrap_or_else(|wrong| {
        problems.push(said(language, "choose-files", wrong));
        Vec::new()
    })
}

fn words(language: Language, typed: &str, problems: &mut Vec<Problem>) -> Option<Words> {
    Words::parse_optional(typed, LONGEST_WORDS).unwrap_or_else(|mistake| {
        problems.push(Problem::new("words", about_words(language, mistake)));
        None
    })
}

/// The files stand before the form and belong to it: a file field inside a form could be sent.
pub(super) fn page(app: &App, visit: &Visit, case: &Case, form: &FormState) -> Response {
    let language = visit.language;
    let kept: Vec<String> = form.fields.all("file").map(str::to_owned).collect();
    let page = about(case, visit).with_status(form.status()).with_islands();
    page.with_open_form("add", MyCaseAdd { language }.to_string()).render(app, visit, || {
        view! {
            <div class="narrow">
                {error_summary(language, form)}
                <p class="crumb"><a href=MyCase { language }.to_string()>{drawings::arrow_back()} {say!(language, "my_case.back")}</a></p>
                <h1>{say!(language, "my_case.add.title")}</h1>
                <p class="lede">{say!(language, "my_case.add.lede")}</p>
                <section>
                    <h2>{say!(language, "my_case.add.files")}</h2>
                    {problem_line("choose-files", form.problem("choose-files"))}
                    <HashFiles words=HashWords::in_language(language) modules=app.hash_modules.clone() form="add".to_owned() kept
                        frames_to=DraftFrames {}.to_string() />
                </section>
                <form id="add" method="post" action=MyCaseAdd { language }.to_string()>
                    {press_field(form, app.casework.new_id())}
                    {text_area(form, "links", say!(language, "my_case.add.links"), Some(say!(language, "my_case.add.links_hint")), 4)}
                    <h2>{say!(language, "my_case.add.account")}</h2>
                    {text_field(form, "provider", say!(language, "my_case.add.provider"), None, "text", "off")}
                    {text_field(form, "handle", say!(language, "my_case.add.handle"), None, "text", "off")}
                    {text_area(form, "words", say!(language, "my_case.add.words"), Some(say!(language, "my_case.add.words_hint")), 6)}
                    <p><button class="btn" type="submit">{say!(language, "my_case.add.send")}</button></p>
                </form>
            </div>
        }
    })
}
