//! Which hotline gets which report: rules in order, the first that fits decides.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::organisation;
use casework::routing::{self, Rule};
use casework::staff::session::StaffSession;
use casework::taxonomy::{Harm, OrganisationKind, Role};
use leptos::prelude::*;

use super::super::frame::{Place, console_page};
use super::super::set_up::with_none;
use super::super::signed::Administrator;
use super::{Tab, tabs};
use crate::error::Answer;
use crate::form::{Choice, Fields, FormState, Problem, error_summary, language_choices};
use crate::paths::Routing;
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, countries, say};

/// Empty rows below the rules, for new ones.
const SPARE: usize = 3;

/// One row of the form, as typed. A row without a hotline is no rule.
#[derive(Clone, Default)]
struct Row {
    country: String,
    language: String,
    harm: String,
    hotline: String,
}

impl From<Rule> for Row {
    fn from(rule: Rule) -> Self {
        Self {
            country: rule.country.map(|country| country.to_string()).unwrap_or_default(),
            language: rule.language.map(|language| language.to_string()).unwrap_or_default(),
            harm: rule.harm.map(|harm| harm.to_string()).unwrap_or_default(),
            hotline: rule.hotline.to_string(),
        }
    }
}

impl Row {
    /// The rule; none for an empty row. A language that is no language is the only thing that can be wrong.
    fn rule(&self) -> Result<Option<Rule>, String> {
        let Ok(hotline) = self.hotline.parse() else { return Ok(None) };
        let language = match self.language.trim() {
            "" => None,
            typed => Some(typed.parse().map_err(|_| typed.to_owned())?),
        };
        Ok(Some(Rule { country: self.country.parse().ok(), language, harm: self.harm.parse().ok(), hotline }))
    }
}

/// The rules.
pub async fn show(State(app): State<Arc<App>>, visit: Visit, Administrator(session): Administrator) -> Answer {
    let rules = routing::saved_rules(&app.casework).await?;
    let rows = rules.into_iter().map(Row::from).collect();
    page(&app, &visit, &session, StatusCode::OK, rows, Vec::new()).await
}

/// What can be chosen in each row.
#[derive(Clone)]
struct Choices {
    countries: Vec<Choice>,
    harms: Vec<Choice>,
    hotlines: Vec<Choice>,
}

async fn choices(app: &App, language: Language) -> Result<Choices, casework::Error> {
    let any = |key: &str| Choice::new("", say!(language, format!("administration.routing.{key}")));
    let hotlines = organisation::list(&app.casework, OrganisationKind::Hotline).await?;
    let hotlines = hotlines.into_iter().map(|hotline| Choice::new(hotline.id.to_string(), hotline.name));
    let harms = Harm::ALL
        .iter()
        .map(|harm| Choice::new(harm.to_string(), say!(language, format!("administration.harm.{harm}"))));
    let mut countries = with_none(language, countries::choices(&app.operator, language));
    if let Some(first) = countries.first_mut() {
        *first = any("any_country");
    }
    Ok(Choices {
        countries,
        harms: std::iter::once(any("any_harm")).chain(harms).collect(),
        hotlines: std::iter::once(any("no_rule")).chain(hotlines).collect(),
    })
}

async fn page(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    status: StatusCode,
    mut rows: Vec<Row>,
    problems: Vec<Problem>,
) -> Answer {
    let language = visit.language;
    let choices = choices(app, language).await?;
    rows.resize_with(rows.len() + SPARE, Row::default);
    let title = say!(language, "administration.routing.title");
    let form = FormState { fields: Fields::default(), problems };
    Ok(console_page(app, visit, session, status, Place::Administration, title.clone(), move || {
        let rows = rows
            .into_iter()
            .enumerate()
            .map(|(index, row)| rule_row(language, index + 1, &row, &choices))
            .collect_view();
        view! {
            {tabs(language, Role::Administrator, Tab::Routing)}
            <h1>{title}</h1>
            <p>{say!(language, "administration.routing.text")}</p>
            {error_summary(language, &form)}
            <form id="rules" method="post" action=Routing { language }.to_string()>
                <table class="table cards">
                    <thead><tr>
                        <th scope="col">{say!(language, "administration.routing.order")}</th>
                        <th scope="col">{say!(language, "set_up.country")}</th>
                        <th scope="col">{say!(language, "account.language.label")}</th>
                        <th scope="col">{say!(language, "administration.routing.harm")}</th>
                        <th scope="col">{say!(language, "administration.staff.hotline")}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
                <div class="actions"><button class="btn">{say!(language, "administration.save")}</button></div>
            </form>
        }
    })
    .await)
}

fn rule_row(language: Language, number: usize, row: &Row, choices: &Choices) -> impl IntoView + use<> {
    let label =
        |key: &str| say!(language, "administration.routing.field", number = number, field = say!(language, key));
    view! {
        <tr>
            <td data-label=say!(language, "administration.routing.order")>
                <input class="short" name="order" inputmode="numeric" value=number.to_string() aria-label=label("administration.routing.order") />
            </td>
            <td data-label=say!(language, "set_up.country")>{list("country", label("set_up.country"), &row.country, &choices.countries)}</td>
            <td data-label=say!(language, "account.language.label")>{list("language", label("account.language.label"), &row.language, &languages(language, &row.language))}</td>
            <td data-label=say!(language, "administration.routing.harm")>{list("harm", label("administration.routing.harm"), &row.harm, &choices.harms)}</td>
            <td data-label=say!(language, "administration.staff.hotline")>{list("hotline", label("administration.staff.hotline"), &row.hotline, &choices.hotlines)}</td>
        </tr>
    }
}

/// Any language, ours, and the one a rule names that is none of ours: it stays as long as it is chosen.
fn languages(language: Language, chosen: &str) -> Vec<Choice> {
    let any = Choice::new("", say!(language, "administration.routing.any_language"));
    let ours = language_choices();
    let is_other = !chosen.is_empty() && chosen.parse::<Language>().is_err();
    let other = is_other.then(|| Choice::new(chosen, chosen.to_owned()));
    std::iter::once(any).chain(ours).chain(other).collect()
}

/// A list whose label is its column's, for those who do not see the table.
fn list(name: &'static str, label: String, chosen: &str, choices: &[Choice]) -> impl IntoView + use<> {
    let options = choices
        .iter()
        .cloned()
        .map(|choice| {
            let selected = choice.value == chosen;
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect_view();
    view! { <select name=name aria-label=label>{options}</select> }
}

/// The rows as sent, in the order their numbers say; a number that is none keeps its place.
fn rows(fields: &Fields) -> Vec<Row> {
    let column = |name: &'static str| -> Vec<String> { fields.all(name).map(str::to_owned).collect() };
    let (orders, countries, languages) = (column("order"), column("country"), column("language"));
    let (harms, hotlines) = (column("harm"), column("hotline"));
    let cell = |column: &[String], index: usize| column.get(index).cloned().unwrap_or_default();
    let mut rows: Vec<(usize, Row)> = (0..hotlines.len())
        .map(|index| {
            let row = Row {
                country: cell(&countries, index),
                language: cell(&languages, index),
                harm: cell(&harms, index),
                hotline: cell(&hotlines, index),
            };
            (cell(&orders, index).trim().parse().unwrap_or(index + 1), row)
        })
        .filter(|(_, row)| !row.hotline.is_empty())
        .collect();
    rows.sort_by_key(|(order, _)| *order);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Puts other rules in force.
pub async fn save(
    State(app): State<Arc<App>>,
    Path(Routing { language }): Path<Routing>,
    visit: Visit,
    Administrator(session): Administrator,
    fields: Fields,
) -> Answer {
    let rows = rows(&fields);
    let rules: Result<Vec<Option<Rule>>, String> = rows.iter().map(Row::rule).collect();
    match rules {
        Ok(rules) => {
            let rules: Vec<Rule> = rules.into_iter().flatten().collect();
            routing::save_rules(&app.casework, &session, &rules).await?;
            Ok(saved(language))
        }
        Err(typed) => {
            let problem =
                Problem::new("rules", say!(language, "administration.routing.language_wrong", language = typed));
            page(&app, &visit, &session, StatusCode::UNPROCESSABLE_ENTITY, rows, vec![problem]).await
        }
    }
}

fn saved(language: Language) -> Response {
    Redirect::to(&Routing { language }.to_string()).into_response()
}
