//! The end of a shift: every case in one's hands on one page, and what becomes of each.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use casework::case::Refused;
use casework::on_call;
use casework::queue::{self, QueueFilter, QueueRow};
use casework::staff::session::StaffSession;
use casework::team;
use casework::text::Words;
use leptos::prelude::*;
use uuid::Uuid;

use super::case::hands::{Receiver, TEAM};
use super::case::words::{harm, state};
use super::case::{LONGEST, refusal};
use super::frame::{Place, console_page};
use super::queue::table::{Due, level_mark};
use super::signed::Holder;
use crate::error::Answer;
use crate::form::{Choice, Fields, FormState, Problem, error_summary, in_text_area};
use crate::paths::{CasePage, HandOver, Url};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, drawings, say};

/// Every route about the end of a shift.
pub fn router() -> Router<Arc<App>> {
    Router::new().route(HandOver::PATTERN, get(show).post(submit))
}

/// In the form: back to the queue, for whom it was.
const QUEUE: &str = "queue";

/// What was chosen for one case.
#[derive(Clone, Default)]
struct Chosen {
    to: String,
    words: String,
    problem: Option<String>,
}

async fn show(State(app): State<Arc<App>>, visit: Visit, Holder(session): Holder) -> Answer {
    page(&app, &visit, &session, &[]).await
}

/// Does what was chosen, case after case. What can't be done stays on the page and says why.
async fn submit(
    State(app): State<Arc<App>>,
    Path(HandOver { language }): Path<HandOver>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let rows = fields.all("case").zip(fields.all("to")).zip(fields.all("words"));
    let mut left = Vec::new();
    for ((case, to), words) in rows {
        let Ok(case) = case.parse::<Uuid>() else { continue };
        if let Err(problem) = give(&app, &session, language, case, to, words).await? {
            left.push((case, Chosen { to: to.to_owned(), words: words.to_owned(), problem: Some(problem) }));
        }
    }
    if left.is_empty() {
        return Ok(Redirect::to(&HandOver { language }.to_string()).into_response());
    }
    page(&app, &visit, &session, &left).await
}

/// Gives one case on, or says why not.
async fn give(
    app: &App,
    session: &StaffSession,
    language: Language,
    case: Uuid,
    to: &str,
    words: &str,
) -> Result<Result<(), String>, casework::Error> {
    let cw = &app.casework;
    let Ok(words) = Words::parse_optional(words, LONGEST) else {
        return Ok(Err(say!(language, "care.hand_over.long", most = LONGEST)));
    };
    let done = match (to, Receiver::parse(to)) {
        ("", _) => return Ok(Ok(())),
        (QUEUE, _) => queue::leave(cw, session, case, words.as_ref()).await,
        (_, Some(Receiver::Team(team))) => team::give(cw, session, case, team, words.as_ref()).await,
        (_, Some(Receiver::Colleague(to))) => queue::hand_over(cw, session, case, to, words.as_ref()).await,
        (_, None) => return Ok(Err(say!(language, "case.problem.colleague"))),
    };
    match done {
        Ok(()) => Ok(Ok(())),
        Err(Refused::Failed(cause)) => Err(cause),
        Err(refused) => Ok(Err(refusal(language, &refused))),
    }
}

/// `left`: what was chosen for cases that could not be given on.
async fn page(app: &Arc<App>, visit: &Visit, session: &StaffSession, left: &[(Uuid, Chosen)]) -> Answer {
    let language = visit.language;
    let mine = queue::list(&app.casework, session, queue::Place::Mine, &QueueFilter::default(), None).await?.rows;
    let choices = choices(app, session, language).await?;
    let now = app.casework.now();
    let chosen = |case: Uuid| left.iter().find(|(id, _)| *id == case).map(|(_, chosen)| chosen.clone());
    let items: Vec<_> = (1..)
        .zip(&mine)
        .map(|(number, row)| item(language, now, number, row, &choices, &chosen(row.id).unwrap_or_default()))
        .collect();
    let problems = left.iter().filter_map(|(_, chosen)| chosen.problem.clone());
    let form =
        FormState { fields: Fields::default(), problems: problems.map(|words| Problem::new("cases", words)).collect() };
    let status = if left.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT };
    let title = say!(language, "care.hand_over.title");
    let content = if items.is_empty() {
        view! { <div class="empty">{drawings::home_safe()}<p>{say!(language, "care.hand_over.nothing")}</p></div> }
            .into_any()
    } else {
        view! {
            <form class="stack" id="cases" method="post" action=HandOver { language }.to_string() novalidate>
                <ul class="items">{items}</ul>
                <div class="actions"><button class="btn">{say!(language, "care.hand_over.button")}</button></div>
            </form>
        }
        .into_any()
    };
    Ok(console_page(app, visit, session, status, Place::Mine, title.clone(), move || {
        view! {
            <div class="narrow">
                <h1>{title}</h1>
                <p class="lede">{say!(language, "care.hand_over.lede")}</p>
                {error_summary(language, &form)}
                {content}
            </div>
        }
    })
    .await)
}

/// Keep it, put it back, give it to a team or to a colleague.
async fn choices(app: &App, session: &StaffSession, language: Language) -> Result<Vec<Choice>, casework::Error> {
    let teams = team::of_hotline(&app.casework, session).await?;
    let teams = teams
        .into_iter()
        .map(|team| Choice::new(format!("{TEAM}{}", team.id), say!(language, "case.hands.team", team = team.name)));
    let colleagues = on_call::members(&app.casework, session).await?;
    let colleagues = colleagues
        .into_iter()
        .filter(|colleague| colleague.id != session.staff)
        .map(|colleague| Choice::new(colleague.id.to_string(), colleague.name));
    let keep = Choice::new("", say!(language, "care.hand_over.keep"));
    let back = Choice::new(QUEUE, say!(language, "care.hand_over.queue"));
    Ok([keep, back].into_iter().chain(teams).chain(colleagues).collect())
}

fn item(
    language: Language,
    now: chrono::DateTime<chrono::Utc>,
    number: usize,
    row: &QueueRow,
    choices: &[Choice],
    chosen: &Chosen,
) -> AnyView {
    let href = CasePage { language, case: row.id }.to_string();
    let due = Due::of(language, now, row.state, row.deadline)
        .map(|due| view! { <li class=if due.is_late { "pill hot" } else { "pill" }>{due.words}</li> });
    let options = choices.iter().cloned().map(|choice| {
        let selected = choice.value == chosen.to;
        view! { <option value=choice.value selected=selected>{choice.label}</option> }
    });
    let problem = chosen.problem.clone().map(|words| view! { <p class="problem">{words}</p> });
    view! {
        <li class="item">
            <p>
                {level_mark(language, row.level)} " "
                <a class="ref" href=href><bdi>{row.reference.to_string()}</bdi></a> " " {harm(language, row.harm)}
            </p>
            <ul class="pills"><li class="pill wait">{state(language, row.state)}</li> {due}</ul>
            {problem}
            <input type="hidden" name="case" value=row.id.to_string() />
            <div class="field">
                <label for=format!("to-{number}")>{say!(language, "administration.routing.to")}</label>
                <select id=format!("to-{number}") name="to">{options.collect_view()}</select>
            </div>
            <div class="field">
                <label for=format!("words-{number}")>{say!(language, "case.hands.words")}</label>
                <textarea id=format!("words-{number}") name="words" rows="2" dir="auto" inner_html=in_text_area(&chosen.words)></textarea>
            </div>
        </li>
    }
    .into_any()
}
