//! Adding links, an account, files and words to a case, on one page.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use casework::account::{AccountError, AccountHandle};
use casework::location::{LocationError, MOST_LOCATIONS, parse_pasted};
use casework::mine::{self, Addition, ITEMS, Refusal};
use casework::text::Words;
use leptos::prelude::*;

use super::{LONGEST_WORDS, about_words, answered, opened, to_my_case};
use crate::error::Answer;
use crate::form::{Fields, FormState, Problem, error_summary, text_area, text_field};
use crate::islands::hash_files::{HashFiles, HashWords};
use crate::page::Page;
use crate::paths::{MyCase, MyCaseAdd};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, drawings, say};

/// The empty form.
pub async fn show(State(app): State<Arc<App>>, Path(MyCaseAdd { language }): Path<MyCaseAdd>, visit: Visit) -> Answer {
    match opened(&app, &visit, language).await {
        Ok(open) if open.case.can_be_added_to() => Ok(page(&app, &visit, language, &FormState::default())),
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
    let open = match opened(&app, &visit, language).await {
        Ok(open) => open,
        Err(instead) => return instead,
    };
    if let Some(other) = fields.language() {
        return Ok(page(&app, &visit, other, &FormState::filled(fields)));
    }
    let wrong = match addition(language, &fields) {
        Err(problems) => problems,
        Ok(addition) => match mine::add(&app.casework, &open.token, &addition).await {
            Err(Refusal::TooMany) => vec![Problem::new("links", say!(language, "my_case.add.too_many", max = ITEMS))],
            added => return answered(&app, &visit, language, added, "added"),
        },
    };
    Ok(page(&app, &visit, language, &FormState { fields, problems: wrong }))
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
    let pasted = parse_pasted(pasted);
    for bad in pasted.bad {
        let message = match bad.why {
            LocationError::TooMany => say!(language, "my_case.add.problem.too_many_links", max = MOST_LOCATIONS),
            _ => say!(language, "my_case.add.problem.link", typed = bad.text),
        };
        problems.push(Problem::new("links", message));
    }
    pasted.good
}

/// Both fields empty: no account. One of them: an account that lacks something.
fn account(language: Language, fields: &Fields, problems: &mut Vec<Problem>) -> Option<AccountHandle> {
    let (provider, handle) = (fields.get("provider").trim(), fields.get("handle").trim());
    if provider.is_empty() && handle.is_empty() {
        return None;
    }
    let (field, key) = match AccountHandle::parse(provider, handle) {
        Ok(account) => return Some(account),
        Err(AccountError::ProviderMissing) => ("provider", "provider"),
        Err(AccountError::ProviderTooLong) => ("provider", "provider_long"),
        Err(AccountError::HandleMissing) => ("handle", "handle"),
        Err(AccountError::HandleTooLong) => ("handle", "handle_long"),
    };
    problems.push(Problem::new(field, say!(language, format!("my_case.add.problem.{key}"))));
    None
}

fn files(language: Language, fields: &Fields, problems: &mut Vec<Problem>) -> Vec<hashing::FileFingerprints> {
    let parsed: Result<Vec<_>, _> = fields.all("file").map(serde_json::from_str).collect();
    parsed.unwrap_or_else(|_| {
        problems.push(Problem::new("choose-files", say!(language, "my_case.add.problem.file")));
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
fn page(app: &App, visit: &Visit, language: Language, form: &FormState) -> Response {
    let kept: Vec<String> = form.fields.all("file").map(str::to_owned).collect();
    let visit = visit.speaking(language);
    Page::public(&visit).with_status(form.status()).with_open_form("add").with_islands().render(app, &visit, || {
        view! {
            <div class="narrow">
                {error_summary(language, form)}
                <p class="crumb"><a href=MyCase { language }.to_string()>{drawings::arrow_back()} {say!(language, "my_case.back")}</a></p>
                <h1>{say!(language, "my_case.add.title")}</h1>
                <p class="lede">{say!(language, "my_case.add.lede")}</p>
                <section>
                    <h2>{say!(language, "my_case.add.files")}</h2>
                    <HashFiles words=HashWords::in_language(language) modules=app.hash_modules.clone() form="add".to_owned() kept />
                </section>
                <form id="add" method="post" action=MyCaseAdd { language }.to_string()>
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
