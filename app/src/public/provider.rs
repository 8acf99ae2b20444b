//! A provider answers a notice, by the link in its mail. Opening the page changes nothing.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::notice::{MOST_EXPLANATION, NoticeError, Place};
use casework::notice_link::{self, ANSWERS, Asked, NoticeLink};
use casework::taxonomy::NoticeState;
use casework::text::Words;
use leptos::prelude::*;

use crate::console::door::door_page;
use crate::error::{Answer, Failure};
use crate::form::{Choice, Fields, FormState, Problem, choices, error_summary, text_area};
use crate::paths::ProviderAnswer;
use crate::visit::Visit;
use crate::words::{Language, say_count};
use crate::{App, say};

/// What is asked, and the form.
pub async fn show(State(app): State<Arc<App>>, Path(path): Path<ProviderAnswer>, visit: Visit) -> Answer {
    let (_, asked) = open(&app, &path).await?;
    Ok(page(&app, &visit, &path, &asked, FormState::default()))
}

async fn open(app: &App, path: &ProviderAnswer) -> Result<(NoticeLink, Asked), Failure> {
    let link = path.link.parse().map_err(|_| Failure::NotFound)?;
    let asked = notice_link::open(&app.casework, &link).await?.ok_or(Failure::NotFound)?;
    Ok((link, asked))
}

/// Writes the answer down.
pub async fn answer(
    State(app): State<Arc<App>>,
    Path(path): Path<ProviderAnswer>,
    visit: Visit,
    fields: Fields,
) -> Answer {
    let (link, asked) = open(&app, &path).await?;
    let problem = match parse(path.language, &fields) {
        Err(problem) => problem,
        Ok((to, words)) => match notice_link::answer(&app.casework, &link, to, words.as_ref()).await {
            Ok(()) => return Ok(Redirect::to(&path.to_string()).into_response()),
            Err(NoticeError::MovedOn) => Problem::new("state", say!(path.language, "provider.moved_on")),
            Err(NoticeError::Internal(cause)) => return Err(cause.into()),
            Err(_) => return Err(Failure::NotFound),
        },
    };
    Ok(page(&app, &visit, &path, &asked, FormState { fields, problems: vec![problem] }))
}

/// A refusal has a reason, and who needs more says what.
fn parse(language: Language, fields: &Fields) -> Result<(NoticeState, Option<Words>), Problem> {
    let to = ANSWERS.into_iter().find(|state| state.as_str() == fields.get("state"));
    let to = to.ok_or_else(|| Problem::new("state", say!(language, "provider.choose")))?;
    let words = Words::parse_optional(fields.get("words"), MOST_EXPLANATION)
        .map_err(|_| Problem::new("words", say!(language, "provider.too_long", most = MOST_EXPLANATION)))?;
    match (to, words) {
        (NoticeState::Refused | NoticeState::NeedsMore, None) => {
            Err(Problem::new("words", say!(language, "provider.say_more")))
        }
        (to, words) => Ok((to, words)),
    }
}

fn page(app: &Arc<App>, visit: &Visit, path: &ProviderAnswer, asked: &Asked, form: FormState) -> Response {
    let language = path.language;
    let title = say!(language, "provider.title", reference = asked.reference.to_string());
    let status = if form.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let answers: Vec<Choice> = asked
        .answers()
        .map(|answer| Choice::new(answer.as_str(), say!(language, format!("provider.answer.{answer}"))))
        .collect();
    let stands = say!(language, format!("provider.state.{}", asked.state));
    let what = asked.content.as_ref().map(|content| {
        let places = content.places.iter().map(|place| place_line(language, place)).collect_view();
        view! {
            <p>{say!(language, "provider.why")}</p>
            <blockquote dir="auto">{content.explanation.clone()}</blockquote>
            <p>{say_count(language, "mail.notice.places", content.places.len() as u64)}</p>
            <ul class="plain">{places}</ul>
        }
    });
    let (to, hotline) = (path.to_string(), app.operator.name.clone());
    let greeting = say!(language, "provider.text", provider = asked.provider_name, hotline = hotline);
    door_page(app, visit, status, title.clone(), move || {
        let problems = error_summary(language, &form);
        let form_of = (!answers.is_empty()).then(|| {
            view! {
                <form method="post" action=to novalidate>
                    {choices(&form, "radio", "state", say!(language, "provider.legend"), "", answers)}
                    {text_area(&form, "words", say!(language, "provider.words"), Some(say!(language, "provider.words_hint")), 4)}
                    <div class="actions"><button class="btn">{say!(language, "provider.send")}</button></div>
                </form>
            }
        });
        view! {
            <div class="panel">
                <h1>{title}</h1>
                <p><span class="pill">{stands}</span></p>
                <p>{greeting}</p>
                {problems}
                {what}
                {form_of}
            </div>
        }
    })
}

/// As in the mail, not as a link: nobody follows it by a slip.
fn place_line(language: Language, place: &Place) -> AnyView {
    match place {
        Place::Location { url, .. } => view! { <li><code class="ltr" dir="ltr">{url.clone()}</code></li> }.into_any(),
        Place::Account { handle } => {
            view! { <li>{say!(language, "mail.notice.account", handle = handle)}</li> }.into_any()
        }
    }
}
