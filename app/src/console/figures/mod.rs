//! Figures people look at: a period, drawn by the server, each drawing with its table; and the same as a file.

mod files;
mod tables;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use casework::figures;
use casework::staff::session::StaffSession;
use chrono::NaiveDate;
use leptos::prelude::*;

use super::days::{self, FROM, UNTIL};
use super::frame::{Place, console_page};
use super::queue::filters::{chosen, subject_selects};
use super::signed::Holder;
use crate::error::{Answer, Failure};
use crate::form::{Asked, Fields, FormState, Problem, error_summary, text_field};
use crate::paths::{Figures, FiguresFile, FiguresWorkbook, Url};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, say};
use tables::{Row, Table};

/// Every route about figures.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route(Figures::PATTERN, get(show))
        .route(FiguresFile::PATTERN, get(file))
        .route(FiguresWorkbook::PATTERN, get(workbook))
}

/// The period when none is asked for: so many days, today included. Also offered as ready choices.
const DAYS: [u64; 3] = [7, 30, 90];
/// Of these, the one that is shown first.
const FIRST: u64 = 30;
/// The longest period.
const LONGEST: i64 = 366;

async fn show(State(app): State<Arc<App>>, visit: Visit, Holder(session): Holder, Asked(fields): Asked) -> Answer {
    let language = visit.language;
    let fields = with_period(&app, fields);
    let (form, tables) = match parse(&app, language, &fields) {
        Ok(asked) => {
            let figures = figures::count(&app.casework, &session, &asked).await?;
            (FormState::filled(fields), tables::of(language, &figures))
        }
        Err(problems) => (FormState { fields, problems }, Vec::new()),
    };
    page(&app, &visit, &session, form, tables).await
}

/// The same as a file: comma-separated, one line a number.
async fn file(
    State(app): State<Arc<App>>,
    Path(FiguresFile { language }): Path<FiguresFile>,
    Holder(session): Holder,
    Asked(fields): Asked,
) -> Answer {
    taken_away(&app, &session, language, fields, "csv", "text/csv; charset=utf-8", |tables| {
        Ok(files::csv(tables).into_bytes())
    })
    .await
}

/// The same as a workbook, one sheet a figure.
async fn workbook(
    State(app): State<Arc<App>>,
    Path(FiguresWorkbook { language }): Path<FiguresWorkbook>,
    Holder(session): Holder,
    Asked(fields): Asked,
) -> Answer {
    const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    taken_away(&app, &session, language, fields, "xlsx", WORKBOOK, |tables| {
        files::workbook(tables, language.direction() == "rtl")
            .map_err(|_| Failure::Internal(casework::Error::Inconsistent("figures.xlsx")))
    })
    .await
}

/// The figures as a file; taking them away is audited. What makes no sense leads to the page, which says so.
async fn taken_away(
    app: &App,
    session: &StaffSession,
    language: Language,
    fields: Fields,
    ending: &str,
    media_type: &str,
    written: impl FnOnce(&[Table]) -> Result<Vec<u8>, Failure>,
) -> Answer {
    let fields = with_period(app, fields);
    let Ok(asked) = parse(app, language, &fields) else {
        return Ok(Redirect::to(&Figures { language }.to_string()).into_response());
    };
    let figures = figures::count(&app.casework, session, &asked).await?;
    let bytes = written(&tables::of(language, &figures))?;
    figures::exported(&app.casework, session).await?;
    let name = format!("attachment; filename=\"figures-{}-{}.{ending}\"", fields.get(FROM), fields.get(UNTIL));
    Ok(([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}

/// What was asked for, with the first period where none was.
fn with_period(app: &App, mut fields: Fields) -> Fields {
    if fields.get(FROM).is_empty() && fields.get(UNTIL).is_empty() {
        let (from, until) = period(app, FIRST);
        fields.0.retain(|(name, _)| name != FROM && name != UNTIL);
        fields.0.extend([(FROM.to_owned(), from.to_string()), (UNTIL.to_owned(), until.to_string())]);
    }
    fields
}

/// So many days up to today, where the hotline is.
fn period(app: &App, days: u64) -> (NaiveDate, NaiveDate) {
    let today = app.casework.now().with_timezone(&app.casework.hours.zone()).date_naive();
    (today.checked_sub_days(chrono::Days::new(days - 1)).unwrap_or(today), today)
}

fn parse(app: &App, language: Language, fields: &Fields) -> Result<figures::Asked, Vec<Problem>> {
    let days = days::parse(language, fields)?;
    let (from, until) = match (days.from, days.until) {
        (Some(from), Some(until)) => (from, until),
        (from, _) => {
            let field = if from.is_none() { FROM } else { UNTIL };
            return Err(vec![Problem::new(field, say!(language, "search.problem.day"))]);
        }
    };
    if (until - from).num_days() >= LONGEST {
        return Err(vec![Problem::new(FROM, say!(language, "figures.problem.long"))]);
    }
    Ok(figures::Asked {
        from: days::start(app, from),
        until: days::end(app, until),
        harm: chosen(fields, "harm"),
        language: chosen(fields, "language"),
        country: chosen(fields, "country"),
    })
}

async fn page(app: &Arc<App>, visit: &Visit, session: &StaffSession, form: FormState, tables: Vec<Table>) -> Answer {
    let language = visit.language;
    let fields = period_form(app, language, &form);
    let query = visit.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let csv = format!("{}{query}", FiguresFile { language });
    let workbook = format!("{}{query}", FiguresWorkbook { language });
    let taken_away = (!tables.is_empty()).then(|| {
        view! {
            <a class="btn quiet small" href=csv download="">{say!(language, "figures.file")}</a>
            <a class="btn quiet small" href=workbook download="">{say!(language, "figures.workbook")}</a>
        }
    });
    let figures = tables.iter().enumerate().map(|(index, table)| figure(language, index, table)).collect_view();
    Ok(console_page(app, visit, session, form.status(), Place::Figures, Place::Figures.words(language), move || {
        view! {
            <header class="work-head"><h1>{Place::Figures.words(language)}</h1> {taken_away}</header>
            <p class="lede">{say!(language, "figures.lede")}</p>
            {error_summary(language, &form)}
            {fields}
            <div class="figures">{figures}</div>
        }
    })
    .await)
}

fn period_form(app: &App, language: Language, form: &FormState) -> AnyView {
    let presets = DAYS.map(|days| {
        let (from, until) = period(app, days);
        let href = format!("{}?from={from}&until={until}", Figures { language });
        view! { <a class="btn quiet small" href=href>{say!(language, "figures.days", days = days)}</a> }
    });
    view! {
        <form class="filters" method="get" action=Figures { language }.to_string() novalidate>
            {text_field(form, FROM, say!(language, "figures.from"), None, "date", "off")}
            {text_field(form, UNTIL, say!(language, "figures.until"), None, "date", "off")}
            {subject_selects(app, language, form)}
            <button class="btn quiet" type="submit">{say!(language, "queue.filter.apply")}</button>
            {presets.to_vec()}
        </form>
    }
    .into_any()
}

/// A figure: its table, with a bar for each row as long as its number. A screen reader hears the table.
fn figure(language: Language, index: usize, table: &Table) -> AnyView {
    let id = format!("figure-{index}");
    let most = table.rows.iter().filter_map(|row| row.bar).max().unwrap_or_default().max(1);
    let is_wide = table.columns.len() > 3;
    let has_bars = table.rows.iter().any(|row| row.bar.is_some());
    let heads = table
        .columns
        .iter()
        .map(|column| view! { <th scope="col" class="number">{column.clone()}</th> })
        .collect_view();
    let rows = table.rows.iter().map(|row| figure_row(table, row, most, has_bars)).collect_view();
    let content = if table.rows.is_empty() {
        view! { <p class="hint">{say!(language, "figures.nothing")}</p> }.into_any()
    } else {
        view! {
            <table class="table cards" aria-labelledby=id.clone()>
                <thead><tr><th scope="col">{table.label.clone()}</th> {heads} {has_bars.then(|| view! { <td></td> })}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="panel" class:wide=is_wide aria-labelledby=id.clone()>
            <h2 id=id.clone()>{table.title.clone()}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn figure_row(table: &Table, row: &Row, most: u64, has_bars: bool) -> AnyView {
    let cells = table.columns.iter().zip(&row.cells);
    let cells = cells
        .map(|(column, cell)| view! { <td class="number" data-label=column.clone()>{cell.shown.clone()}</td> })
        .collect_view();
    let bar = has_bars.then(|| {
        let width = row.bar.unwrap_or_default() * 100 / most;
        view! {
            <td class="bar">
                <svg class="flips" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                    <rect width=width.to_string() height="8" />
                </svg>
            </td>
        }
    });
    view! { <tr><th scope="row"><bdi>{row.label.clone()}</bdi></th> {cells} {bar}</tr> }.into_any()
}
