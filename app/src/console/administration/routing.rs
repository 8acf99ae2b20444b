//! Which hotline and team get which report: rules in order, the first that fits decides. Before they are saved, they are
//! tried on the last cases.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::routing::dry_run::{self, DryRun};
use casework::routing::{self, Asks, Destination, Rule};
use casework::staff::session::StaffSession;
use casework::taxonomy::{Harm, Role};
use leptos::prelude::*;

use super::super::case::words::harm;
use super::super::destinations::{Names, asks, destination};
use super::super::frame::{Place, console_page};
use super::super::signed::Administrator;
use super::{Tab, tabs};
use crate::error::Answer;
use crate::form::{Choice, Fields, FormState, Problem, error_summary, language_choices};
use crate::paths::Routing;
use crate::visit::Visit;
use crate::words::{Language, say_count};
use crate::{App, countries, say};

/// Empty rules below the others, for new ones.
const SPARE: usize = 2;

/// One rule of the form, as typed. Without a destination it is none.
#[derive(Clone, Default)]
struct Row {
    country: String,
    language: String,
    harm: String,
    provider: String,
    host: String,
    source: String,
    to: String,
}

impl From<Rule> for Row {
    fn from(rule: Rule) -> Self {
        let code = |chosen: Option<String>| chosen.unwrap_or_default();
        let team = rule.team.map(|team| format!(" {team}"));
        Self {
            country: code(rule.country.map(|country| country.to_string())),
            language: code(rule.language.map(|language| language.to_string())),
            harm: code(rule.harm.map(|harm| harm.to_string())),
            provider: code(rule.provider.map(|id| id.to_string())),
            host: code(rule.host.map(|country| country.to_string())),
            source: code(rule.source.map(|id| id.to_string())),
            to: format!("{}{}", rule.hotline, team.unwrap_or_default()),
        }
    }
}

impl Row {
    /// The rule; none for an empty row. A language that is no language is the only thing that can be wrong.
    fn rule(&self) -> Result<Option<Rule>, String> {
        let Some(Destination { hotline, team }) = destination(&self.to) else { return Ok(None) };
        let language = match self.language.trim() {
            "" => None,
            typed => Some(typed.parse().map_err(|_| typed.to_owned())?),
        };
        Ok(Some(Rule {
            country: self.country.parse().ok(),
            language,
            harm: self.harm.parse().ok(),
            provider: self.provider.parse().ok(),
            host: self.host.parse().ok(),
            source: self.source.parse().ok(),
            hotline,
            team,
        }))
    }
}

/// The rules.
pub async fn show(State(app): State<Arc<App>>, visit: Visit, Administrator(session): Administrator) -> Answer {
    let rules = routing::saved_rules(&app.casework).await?;
    let rows = rules.into_iter().map(Row::from).collect();
    page(&app, &visit, &session, StatusCode::OK, rows, Vec::new(), None).await
}

/// `tried`: what the rules of the form would have done. Only then they can be saved.
async fn page(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    status: StatusCode,
    mut rows: Vec<Row>,
    problems: Vec<Problem>,
    tried: Option<DryRun>,
) -> Answer {
    let language = visit.language;
    let names = Names::load(app).await?;
    let tried = tried.map(|tried| outcome(language, &names, &tried));
    rows.resize_with(rows.len() + SPARE, Row::default);
    let title = say!(language, "administration.routing.title");
    let form = FormState { fields: Fields::default(), problems };
    let rules = (1..).zip(&rows).map(|(number, row)| rule_fields(app, language, number, row, &names)).collect_view();
    Ok(console_page(app, visit, session, status, Place::Administration, title.clone(), move || {
        view! {
            {tabs(language, Role::Administrator, Tab::Routing)}
            <h1>{title}</h1>
            <p>{say!(language, "administration.routing.text")}</p>
            <p class="hint">{say!(language, "administration.routing.team_hint")}</p>
            {error_summary(language, &form)}
            <form class="stack" id="rules" method="post" action=Routing { language }.to_string()>
                {rules}
                <div class="actions"><button class="btn quiet" name="preview" value="1">{say!(language, "administration.routing.preview")}</button></div>
                {tried}
            </form>
        }
    })
    .await)
}

fn rule_fields(app: &App, language: Language, number: usize, row: &Row, names: &Names) -> AnyView {
    let any = |key: &str, choices: Vec<Choice>| {
        let any = Choice::new("", say!(language, format!("administration.routing.{key}")));
        std::iter::once(any).chain(choices).collect::<Vec<_>>()
    };
    let harms = Harm::ALL.iter().map(|&code| Choice::new(code.as_str(), harm(language, code))).collect();
    let countries: Vec<Choice> = countries::choices(&app.operator, language);
    let field = |name, what, chosen: &str, choices| list(name, number, asks(language, what), chosen, choices);
    let to = say!(language, "administration.routing.to");
    view! {
        <section class="panel" aria-labelledby=format!("rule-{number}")>
            <h2 id=format!("rule-{number}")>{say!(language, "administration.routing.rule", number = number)}</h2>
            <div class="form-grid">
                <div class="field">
                    <label for=format!("order-{number}")>{say!(language, "administration.routing.order")}</label>
                    <input class="short" id=format!("order-{number}") name="order" inputmode="numeric" value=number.to_string() />
                </div>
                {field("country", Asks::Country, &row.country, any("any_country", countries.clone()))}
                {field("language", Asks::Language, &row.language, any("any_language", languages(&row.language)))}
                {field("harm", Asks::Harm, &row.harm, any("any_harm", harms))}
                {field("provider", Asks::Provider, &row.provider, any("any_provider", names.providers()))}
                {field("host", Asks::Host, &row.host, any("any_country", countries))}
                {field("source", Asks::Source, &row.source, any("any_source", names.sources()))}
                {list("to", number, to, &row.to, any("no_rule", names.destinations()))}
            </div>
        </section>
    }
    .into_any()
}

/// Our languages, and the one a rule names that is none of ours: it stays as long as it is chosen.
fn languages(chosen: &str) -> Vec<Choice> {
    let is_other = !chosen.is_empty() && chosen.parse::<Language>().is_err();
    let other = is_other.then(|| Choice::new(chosen, chosen.to_owned()));
    language_choices().chain(other).collect()
}

fn list(name: &'static str, number: usize, label: String, chosen: &str, choices: Vec<Choice>) -> AnyView {
    let id = format!("{name}-{number}");
    let options = choices.into_iter().map(|choice| {
        let selected = choice.value == chosen;
        view! { <option value=choice.value selected=selected>{choice.label}</option> }
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name>{options.collect_view()}</select>
        </div>
    }
    .into_any()
}

/// What the rules would have done with the last cases, and the button that saves them.
fn outcome(language: Language, names: &Names, tried: &DryRun) -> AnyView {
    let by_rule = (1..).zip(&tried.by_rule).map(|(number, cases)| {
        let none = (*cases == 0)
            .then(|| view! { " " <span class="pill wait">{say!(language, "administration.routing.fits_none")}</span> });
        view! {
            <tr>
                <th scope="row">{say!(language, "administration.routing.rule", number = number)} {none}</th>
                <td class="number">{*cases}</td>
            </tr>
        }
    });
    let unrouted = say!(language, "administration.routing.unrouted", now = tried.unrouted_now);
    let moves: Vec<_> = tried
        .moves
        .iter()
        .map(|((from, to), cases)| {
            view! {
                <tr>
                    <td>{names.destination(language, *from)}</td>
                    <td>{names.destination(language, *to)}</td>
                    <td class="number">{*cases}</td>
                </tr>
            }
        })
        .collect();
    let moves = if moves.is_empty() {
        view! { <p>{say!(language, "administration.routing.nothing_moves")}</p> }.into_any()
    } else {
        view! {
            <table class="table">
                <thead><tr>
                    <th scope="col">{say!(language, "administration.routing.by_present")}</th>
                    <th scope="col">{say!(language, "administration.routing.by_these")}</th>
                    <th scope="col" class="number">{say!(language, "administration.priority.cases")}</th>
                </tr></thead>
                <tbody>{moves}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="panel" id="tried" tabindex="-1" autofocus>
            <h2>{say!(language, "administration.routing.tried")}</h2>
            <p>{say_count(language, "administration.routing.tried_on", tried.cases)}</p>
            <table class="table">
                <thead><tr>
                    <th scope="col">{say!(language, "administration.routing.decides")}</th>
                    <th scope="col" class="number">{say!(language, "administration.priority.cases")}</th>
                </tr></thead>
                <tbody>
                    {by_rule.collect_view()}
                    <tr><th scope="row">{unrouted}</th> <td class="number">{tried.unrouted}</td></tr>
                </tbody>
            </table>
            <h3>{say!(language, "administration.routing.moves")}</h3>
            {moves}
            <div class="actions"><button class="btn">{say!(language, "administration.save")}</button></div>
        </section>
    }
    .into_any()
}

/// The rules as sent, in the order their numbers say; a number that is none keeps its place.
fn rows(fields: &Fields) -> Vec<Row> {
    let column = |name: &'static str| -> Vec<String> { fields.all(name).map(str::to_owned).collect() };
    let columns = ["order", "country", "language", "harm", "provider", "host", "source"].map(column);
    let mut rows: Vec<(usize, Row)> = fields
        .all("to")
        .enumerate()
        .filter(|(_, to)| !to.is_empty())
        .map(|(index, to)| {
            let [order, country, language, harm, provider, host, source] =
                columns.each_ref().map(|column| column.get(index).cloned().unwrap_or_default());
            let row = Row { country, language, harm, provider, host, source, to: to.to_owned() };
            (order.trim().parse().unwrap_or(index + 1), row)
        })
        .collect();
    rows.sort_by_key(|(order, _)| *order);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Tries other rules, or puts them in force.
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
            if fields.has("preview", "1") {
                let tried = dry_run::try_out(&app.casework, &rules).await?;
                return page(&app, &visit, &session, StatusCode::OK, rows, Vec::new(), tried).await;
            }
            routing::save_rules(&app.casework, &session, &rules).await?;
            Ok(Redirect::to(&Routing { language }.to_string()).into_response())
        }
        Err(typed) => {
            let problem =
                Problem::new("rules", say!(language, "administration.routing.language_wrong", language = typed));
            page(&app, &visit, &session, StatusCode::UNPROCESSABLE_ENTITY, rows, vec![problem], None).await
        }
    }
}
