//! Which report gets which level, and how long each level may wait.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::priority::{self, LEVELS, LevelTime, SIDELINED, Trigger};
use casework::reorder::{self, Reordering};
use casework::staff::session::StaffSession;
use casework::taxonomy::Role;
use leptos::prelude::*;

use super::super::frame::{Place, console_page};
use super::super::queue::table::level_mark;
use super::super::signed::Administrator;
use super::{Tab, tabs};
use crate::error::Answer;
use crate::form::{Choice, Fields, FormState, Problem, choices, error_summary, select_field, text_field};
use crate::paths::PriorityTable;
use crate::visit::Visit;
use crate::words::{Language, say_count};
use crate::{App, say};

/// The names of the fields with each level's minutes.
const MINUTES: [&str; LEVELS] = ["minutes-0", "minutes-1", "minutes-2", "minutes-3", "minutes-4"];
/// The name of the choice of levels that run day and night.
const DAY_AND_NIGHT: &str = "day-and-night";
/// The longest a level may wait, in minutes: sixty days.
const LONGEST: u32 = 86_400;

/// The table in force.
pub async fn show(State(app): State<Arc<App>>, visit: Visit, Administrator(session): Administrator) -> Answer {
    let table = priority::current(&app.casework).await?;
    Ok(page(&app, &visit, &session, StatusCode::OK, FormState::filled(fields(&table)), None).await)
}

fn fields(table: &priority::PriorityTable) -> Fields {
    let levels = Trigger::CHANGEABLE.map(|trigger| (trigger.code().to_owned(), table.level(trigger).to_string()));
    let minutes =
        MINUTES.into_iter().zip(table.times()).map(|(name, time)| (name.to_owned(), time.minutes.to_string()));
    let round = (0..LEVELS)
        .zip(table.times())
        .filter(|(_, time)| time.round_the_clock)
        .map(|(level, _)| (DAY_AND_NIGHT.to_owned(), level.to_string()));
    Fields(levels.into_iter().chain(minutes).chain(round).collect())
}

/// `reordering`: what the table in the form would do to the cases that wait. Only then it can be saved.
async fn page(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    status: StatusCode,
    form: FormState,
    reordering: Option<Reordering>,
) -> Response {
    let language = visit.language;
    let title = say!(language, "administration.priority.title");
    console_page(app, visit, session, status, Place::Administration, title.clone(), move || {
        view! {
            {tabs(language, Role::Administrator, Tab::Priority)}
            <h1>{title}</h1>
            <p>{say!(language, "administration.priority.text")}</p>
            {error_summary(language, &form)}
            <form class="stack" method="post" action=PriorityTable { language }.to_string()>
                <section class="panel">
                    <h2>{say!(language, "administration.priority.levels")}</h2>
                    <p class="hint">{say!(language, "administration.priority.fixed")}</p>
                    <div class="form-grid">{level_fields(language, &form)}</div>
                </section>
                <section class="panel">
                    <h2>{say!(language, "administration.priority.times")}</h2>
                    <div class="form-grid">{time_fields(language, &form)}</div>
                    {choices(&form, "checkbox", DAY_AND_NIGHT, say!(language, "administration.priority.day_and_night"), "", level_choices(language, LEVELS))}
                </section>
                <div class="actions"><button class="btn quiet" name="preview" value="1">{say!(language, "administration.priority.preview")}</button></div>
                {reordering.map(|reordering| previewed(language, &reordering))}
            </form>
        }
    }).await
}

/// What would move, and the button that saves.
fn previewed(language: Language, reordering: &Reordering) -> AnyView {
    let moves = (0..LEVELS)
        .flat_map(|from| (0..LEVELS).map(move |to| (from, to)))
        .filter(|(from, to)| from != to)
        .filter_map(|(from, to)| Some((from, to, *reordering.moves.get(from)?.get(to)?)))
        .filter(|(.., cases)| *cases > 0);
    let rows: Vec<_> = moves
        .map(|(from, to, cases)| {
            view! { <tr><td>{level_mark(language, from)}</td><td>{level_mark(language, to)}</td><td class="number">{cases}</td></tr> }
        })
        .collect();
    let table = if rows.is_empty() {
        view! { <p>{say!(language, "administration.priority.nothing_moves")}</p> }.into_any()
    } else {
        view! {
            <table class="table">
                <caption class="visually-hidden">{say!(language, "administration.priority.moves")}</caption>
                <thead><tr>
                    <th scope="col">{say!(language, "administration.priority.from")}</th>
                    <th scope="col">{say!(language, "administration.priority.to")}</th>
                    <th scope="col" class="number">{say!(language, "administration.priority.cases")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let late = say!(language, "administration.priority.late", now = reordering.late, then = reordering.late_then);
    view! {
        <section class="panel" id="moves" tabindex="-1" autofocus>
            <h2>{say!(language, "administration.priority.moves")}</h2>
            <p>{say_count(language, "administration.priority.waiting", reordering.cases)}</p>
            {table}
            <p>{late}</p>
            <div class="actions"><button class="btn">{say!(language, "administration.save")}</button></div>
        </section>
    }
    .into_any()
}

fn level_choices(language: Language, count: usize) -> Vec<Choice> {
    (0..count)
        .map(|level| Choice::new(level.to_string(), say!(language, "administration.priority.level", level = level)))
        .collect()
}

fn level_fields(language: Language, form: &FormState) -> impl IntoView + use<> {
    Trigger::CHANGEABLE
        .map(|trigger| {
            let label = say!(language, format!("administration.trigger.{}", trigger.code()));
            select_field(form, trigger.code(), label, None, level_choices(language, SIDELINED.into()))
        })
        .into_iter()
        .collect_view()
}

fn time_fields(language: Language, form: &FormState) -> impl IntoView + use<> {
    (0..LEVELS)
        .zip(MINUTES)
        .map(|(level, name)| {
            let label = say!(language, "administration.priority.minutes", level = level);
            text_field(form, name, label, None, "text", "off")
        })
        .collect_view()
}

fn parse(language: Language, fields: &Fields) -> Result<priority::PriorityTable, Vec<Problem>> {
    let mut table = priority::PriorityTable::default();
    let mut times = *table.times();
    let mut problems = Vec::new();
    for trigger in Trigger::CHANGEABLE {
        let level = fields.get(trigger.code()).parse().ok();
        match level.and_then(|level| table.clone().with_level(trigger, level).ok()) {
            Some(changed) => table = changed,
            None => problems.push(Problem::new(trigger.code(), say!(language, "administration.choose"))),
        }
    }
    for ((level, name), time) in (0..LEVELS).zip(MINUTES).zip(&mut times) {
        let round_the_clock = fields.has(DAY_AND_NIGHT, &level.to_string());
        match fields.get(name).trim().parse() {
            Ok(minutes) if (1..=LONGEST).contains(&minutes) => *time = LevelTime { minutes, round_the_clock },
            _ => problems
                .push(Problem::new(name, say!(language, "administration.priority.minutes_wrong", longest = LONGEST))),
        }
    }
    if problems.is_empty() { table.with_times(times).map_err(|_| Vec::new()) } else { Err(problems) }
}

/// Shows what another table would do, or puts it in force.
pub async fn save(
    State(app): State<Arc<App>>,
    Path(PriorityTable { language }): Path<PriorityTable>,
    visit: Visit,
    Administrator(session): Administrator,
    fields: Fields,
) -> Answer {
    match parse(language, &fields) {
        Ok(table) if fields.has("preview", "1") => {
            let reordering = Some(reorder::preview(&app.casework, &table).await?);
            Ok(page(&app, &visit, &session, StatusCode::OK, FormState::filled(fields), reordering).await)
        }
        Ok(table) => {
            priority::save(&app.casework, &session, &table).await?;
            Ok(Redirect::to(&PriorityTable { language }.to_string()).into_response())
        }
        Err(problems) => {
            let form = FormState { fields, problems };
            Ok(page(&app, &visit, &session, StatusCode::UNPROCESSABLE_ENTITY, form, None).await)
        }
    }
}
