//! What is erased when, by which rule: the rules, what they will take, what the law holds, and what is gone.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use casework::figures::Ending;
use casework::legal_hold::{self, Hold};
use casework::retention::{self, AHEAD, LONGEST, Outlook, Rule, SUGGESTED, Trace, Why};
use casework::staff::session::StaffSession;
use casework::taxonomy::Role;
use leptos::prelude::*;

use super::super::case::close::hold_reason;
use super::super::case::words::ending;
use super::super::frame::{Place, console_page};
use super::super::signed::{Administrator, Lead};
use super::{Tab, tabs};
use crate::App;
use crate::error::Answer;
use crate::form::{Fields, FormState, Problem, error_summary, text_field};
use crate::paths::{CasePage, Retention};
use crate::say;
use crate::visit::Visit;
use crate::words::{Language, say_count, say_time};

/// How long cases of each ending are kept; nothing: until their reporters ask.
type Days = Vec<(Ending, Option<u32>)>;

/// The page.
pub async fn show(State(app): State<Arc<App>>, visit: Visit, Lead(session): Lead) -> Answer {
    let form = FormState::filled(filled(&retention::rules(&app.casework).await?));
    page(&app, &visit, &session, form, None).await
}

/// Shows what other rules would do, or puts them in force a day later.
pub async fn save(
    State(app): State<Arc<App>>,
    Path(Retention { language }): Path<Retention>,
    visit: Visit,
    Administrator(session): Administrator,
    fields: Fields,
) -> Answer {
    match parse(language, &fields) {
        Ok(days) if fields.has("preview", "1") => {
            let outlook = retention::outlook(&app.casework, &days).await?;
            page(&app, &visit, &session, FormState::filled(fields), Some(outlook)).await
        }
        Ok(days) => {
            retention::save(&app.casework, &session, &days).await?;
            Ok(Redirect::to(&Retention { language }.to_string()).into_response())
        }
        Err(problems) => page(&app, &visit, &session, FormState { fields, problems }, None).await,
    }
}

/// The name of the field with the days of an ending.
fn field(ending: Ending) -> &'static str {
    match ending {
        Ending::Closed(outcome) => outcome.as_str(),
        Ending::Withdrawn => "withdrawn",
        Ending::Open => "open",
    }
}

fn filled(rules: &[Rule]) -> Fields {
    Fields(rules.iter().map(|rule| (field(rule.ending).to_owned(), rule.days.to_string())).collect())
}

fn parse(language: Language, fields: &Fields) -> Result<Days, Vec<Problem>> {
    let (mut days, mut problems) = (Days::new(), Vec::new());
    for ending in retention::endings() {
        match fields.get(field(ending)).trim() {
            "" => days.push((ending, None)),
            typed => match typed.parse() {
                Ok(number) if (1..=LONGEST).contains(&number) => days.push((ending, Some(number))),
                _ => problems
                    .push(Problem::new(field(ending), say!(language, "retention.days_wrong", longest = LONGEST))),
            },
        }
    }
    if problems.is_empty() { Ok(days) } else { Err(problems) }
}

/// `outlook`: what the rules of the form would take. Only then they can be saved.
async fn page(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    form: FormState,
    outlook: Option<Vec<Outlook>>,
) -> Answer {
    let language = visit.language;
    let zone = app.casework.hours.zone();
    let rules = retention::rules(&app.casework).await?;
    let in_force: Vec<_> = rules.iter().map(|rule| (rule.ending, Some(rule.days))).collect();
    let soon = retention::outlook(&app.casework, &in_force).await?;
    let present = present(app, language, &rules, &soon);
    let change = (session.role == Role::Administrator).then(|| change_form(language, &form, outlook.as_deref()));
    let wishes = u64::try_from(retention::wishes(&app.casework, session).await?).unwrap_or_default();
    let wishes =
        part("wishes", say!(language, "retention.wishes"), words(say_count(language, "retention.wished", wishes)));
    let holds = holds(language, zone, &legal_hold::all(&app.casework, session).await?);
    let trace = trace(language, &retention::trace(&app.casework, session).await?);
    let (role, title) = (session.role, say!(language, "retention.title"));
    Ok(console_page(app, visit, session, form.status(), Place::Administration, title.clone(), move || {
        view! {
            {tabs(language, role, Tab::Retention)}
            <h1>{title}</h1>
            <p>{say!(language, "retention.text")}</p>
            {error_summary(language, &form)}
            <div class="stack">
                {present}
                {change}
                {wishes}
                {holds}
                {trace}
                {by_itself(language)}
            </div>
        }
    })
    .await)
}

/// A column: its words, and whether it holds numbers.
type Column = (String, bool);

/// Rows of so many cells, each below its column; the first names its row.
fn table<const N: usize>(columns: [Column; N], rows: Vec<[AnyView; N]>) -> AnyView {
    let heads = columns
        .iter()
        .map(|(words, is_number)| view! { <th scope="col" class:number=*is_number>{words.clone()}</th> })
        .collect_view();
    let row = |cells: [AnyView; N]| {
        let mut cells = columns.iter().zip(cells);
        let name = cells.next().map(|(_, cell)| view! { <th scope="row">{cell}</th> });
        let cells = cells
            .map(
                |((words, is_number), cell)| view! { <td class:number=*is_number data-label=words.clone()>{cell}</td> },
            )
            .collect_view();
        view! { <tr>{name} {cells}</tr> }
    };
    let rows = rows.into_iter().map(row).collect_view();
    view! {
        <table class="table cards">
            <thead><tr>{heads}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// A part of the page.
fn part(id: &'static str, title: String, content: AnyView) -> AnyView {
    view! {
        <section class="panel" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn words(text: String) -> AnyView {
    view! { <p>{text}</p> }.into_any()
}

/// The rules there are.
fn present(app: &App, language: Language, rules: &[Rule], soon: &[Outlook]) -> AnyView {
    let (now, zone) = (app.casework.now(), app.casework.hours.zone());
    let row = |(rule, outlook): (&Rule, &Outlook)| {
        let from = (rule.in_force_at > now).then(|| {
            let words = say!(language, "retention.from", time = say_time(language, zone, rule.in_force_at));
            view! { <br /> <span class="pill wait">{words}</span> }
        });
        [
            ending(language, rule.ending).into_any(),
            view! { {say_count(language, "retention.days", rule.days.into())} {from} }.into_any(),
            (outlook.at_once + outlook.ahead).into_any(),
        ]
    };
    let columns = [
        (say!(language, "retention.ended"), false),
        (say!(language, "retention.kept"), false),
        (say!(language, "retention.ahead", days = AHEAD), true),
    ];
    let content = match rules {
        [] => view! { <p class="notice warm">{say!(language, "retention.none")}</p> }.into_any(),
        _ => table(columns, rules.iter().zip(soon).map(row).collect()),
    };
    part("present", say!(language, "retention.rules"), content)
}

fn change_form(language: Language, form: &FormState, outlook: Option<&[Outlook]>) -> AnyView {
    let fields = retention::endings()
        .map(|one| text_field(form, field(one), ending(language, one), None, "text", "off"))
        .collect_view();
    let previewed = outlook.map(|outlook| previewed(language, outlook));
    view! {
        <form class="stack" method="post" action=Retention { language }.to_string() novalidate>
            <section class="panel" aria-labelledby="change">
                <h2 id="change">{say!(language, "retention.change")}</h2>
                <p class="hint">{say!(language, "retention.change_hint", days = SUGGESTED)}</p>
                <div class="form-grid">{fields}</div>
                <div class="actions"><button class="btn quiet" name="preview" value="1">{say!(language, "retention.preview")}</button></div>
            </section>
            {previewed}
        </form>
    }
    .into_any()
}

/// What the rules of the form would take, and the button that saves them.
fn previewed(language: Language, outlook: &[Outlook]) -> AnyView {
    let columns = [
        (say!(language, "retention.ended"), false),
        (say!(language, "retention.at_once"), true),
        (say!(language, "retention.after", days = AHEAD), true),
    ];
    let row = |one: &Outlook| [ending(language, one.ending).into_any(), one.at_once.into_any(), one.ahead.into_any()];
    view! {
        <section class="panel" id="outlook" tabindex="-1" autofocus>
            <h2>{say!(language, "retention.would")}</h2>
            {table(columns, outlook.iter().map(row).collect())}
            <p>{say!(language, "retention.would_text")}</p>
            <div class="actions"><button class="btn danger">{say!(language, "retention.save")}</button></div>
        </section>
    }
    .into_any()
}

fn holds(language: Language, zone: chrono_tz::Tz, holds: &[Hold]) -> AnyView {
    let row = |hold: &Hold| {
        let href = CasePage { language, case: hold.case_id }.to_string();
        let reason = match hold.reason {
            Some(reason) => hold_reason(language, reason),
            None => say!(language, "retention.no_reason"),
        };
        let waited = hold
            .is_waited_for
            .then(|| view! { " " <span class="pill wait">{say!(language, "retention.waited")}</span> });
        [
            view! { <a class="ref" href=href><bdi>{hold.reference.to_string()}</bdi></a> {waited} }.into_any(),
            reason.into_any(),
            hold.since.map(|since| say_time(language, zone, since)).into_any(),
            hold.by.clone().into_any(),
        ]
    };
    let columns = [
        (say!(language, "queue.column.case"), false),
        (say!(language, "case.hold.reason"), false),
        (say!(language, "retention.since"), false),
        (say!(language, "retention.by"), false),
    ];
    let content = match holds {
        [] => words(say!(language, "retention.no_holds")),
        _ => table(columns, holds.iter().map(row).collect()),
    };
    part("holds", say!(language, "retention.holds"), content)
}

fn trace(language: Language, trace: &[Trace]) -> AnyView {
    let why = |why: Why| match why {
        Why::Wish => say!(language, "retention.by_wish"),
        Why::Rule(ended, days) => say!(language, "retention.by_rule", ended = ending(language, ended), days = days),
    };
    let row = |one: &Trace| {
        let day = view! { <bdi>{one.day.to_string()}</bdi> };
        [day.into_any(), why(one.why).into_any(), one.number.into_any()]
    };
    let columns = [
        (say!(language, "retention.day"), false),
        (say!(language, "retention.why"), false),
        (say!(language, "administration.priority.cases"), true),
    ];
    let content = match trace {
        [] => words(say!(language, "retention.nothing_erased")),
        _ => table(columns, trace.iter().map(row).collect()),
    };
    part("trace", say!(language, "retention.erased"), content)
}

/// What nobody has to decide.
fn by_itself(language: Language) -> AnyView {
    let points = ["draft", "wish", "session", "list", "takes", "outbox", "counts"];
    let points = points.map(|key| view! { <li>{say!(language, format!("retention.always.{key}"))}</li> });
    part("always", say!(language, "retention.always.title"), view! { <ul>{points.to_vec()}</ul> }.into_any())
}
