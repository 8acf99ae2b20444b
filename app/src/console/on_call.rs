//! Who is on call, and whether the alarm reaches them.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use casework::alarm;
use casework::on_call::{self, Member};
use casework::staff::member;
use casework::staff::session::StaffSession;
use casework::taxonomy::Role;
use leptos::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use super::flash::{Outcome, flash};
use super::frame::{Place, console_page};
use super::signed::Holder;
use crate::error::Answer;
use crate::form::{Choice, Fields, FormState, Problem, error_summary, select_field};
use crate::paths::{EndOnCall, OnCall, TryAlarm, Url};
use crate::visit::Visit;
use crate::words::{Language, say_count, say_time};
use crate::{App, say};

/// The lengths one may choose from: a part of a day, a shift, a night, a day, a weekend, a week.
const HOURS: [u64; 6] = [4, 8, 12, 24, 48, 168];

/// Every route about being on call.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route(OnCall::PATTERN, get(show).post(begin))
        .route(EndOnCall::PATTERN, post(end))
        .route(TryAlarm::PATTERN, post(try_out))
}

/// What was just done.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Done {
    Saved,
    Tried,
}

impl Done {
    fn words(self, language: Language) -> String {
        match self {
            Self::Saved => say!(language, "on_call.saved"),
            Self::Tried => say!(language, "on_call.tried"),
        }
    }
}

async fn show(
    State(app): State<Arc<App>>,
    Query(outcome): Query<Outcome<Done>>,
    visit: Visit,
    Holder(session): Holder,
) -> Answer {
    page(&app, &visit, &session, StatusCode::OK, outcome.done, FormState::default()).await
}

async fn begin(
    State(app): State<Arc<App>>,
    Path(OnCall { language }): Path<OnCall>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let who = if session.role == Role::Lead { fields.get("staff").parse::<Uuid>().ok() } else { Some(session.staff) };
    let (Some(who), Ok(shift)) = (who, fields.get("hours").parse()) else {
        let problem = match who {
            None => Problem::new("staff", say!(language, "on_call.choose_who")),
            Some(_) => Problem::new("hours", say!(language, "on_call.choose_hours")),
        };
        let form = FormState { fields, problems: vec![problem] };
        return page(&app, &visit, &session, StatusCode::UNPROCESSABLE_ENTITY, None, form).await;
    };
    on_call::begin(&app.casework, &session, who, shift).await?;
    Ok(done(language, "saved"))
}

async fn end(
    State(app): State<Arc<App>>,
    Path(EndOnCall { language, staff }): Path<EndOnCall>,
    Holder(session): Holder,
) -> Answer {
    on_call::end(&app.casework, &session, staff).await?;
    Ok(done(language, "saved"))
}

async fn try_out(
    State(app): State<Arc<App>>,
    Path(TryAlarm { language }): Path<TryAlarm>,
    Holder(session): Holder,
) -> Answer {
    alarm::try_out(&app.casework, &session, app.sends.alarm_call).await?;
    Ok(done(language, "tried"))
}

fn done(language: Language, what: &str) -> axum::response::Response {
    Redirect::to(&format!("{}?done={what}", OnCall { language })).into_response()
}

async fn page(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    status: StatusCode,
    done: Option<Done>,
    form: FormState,
) -> Answer {
    let language = visit.language;
    let members = on_call::members(&app.casework, session).await?;
    let address = member::own_address(&app.casework, session).await?;
    let now = on_call_now(app, session, language, &members);
    let begin = begin_form(session, language, &members, &form);
    let reach = reach(app, language, &address);
    Ok(console_page(app, visit, session, status, Place::OnCall, Place::OnCall.words(language), move || {
        view! {
            <div class="narrow">
                <h1>{say!(language, "on_call.title")}</h1>
                <p class="lede">{say!(language, "on_call.lede")}</p>
                {done.map(|done| flash(done.words(language)))}
                {error_summary(language, &form)}
                {now}
                {begin}
                {reach}
            </div>
        }
    })
    .await)
}

fn on_call_now(app: &App, session: &StaffSession, language: Language, members: &[Member]) -> AnyView {
    let zone = app.casework.hours.zone();
    let rows = members.iter().filter_map(|one| one.until.map(|until| (one, say_time(language, zone, until))));
    let rows = rows.map(|(one, until)| {
        let may_end = one.id == session.staff || session.role == Role::Lead;
        let end = may_end.then(|| {
            view! {
                <form method="post" action=EndOnCall { language, staff: one.id }.to_string()>
                    <button class="btn quiet small" aria-label=say!(language, "on_call.end_for", name = one.name)>{say!(language, "on_call.end")}</button>
                </form>
            }
        });
        view! {
            <tr>
                <th scope="row"><bdi>{one.name.clone()}</bdi></th>
                <td>{say!(language, "on_call.until", until = until)}</td>
                <td>{end}</td>
            </tr>
        }
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return view! { <p class="notice warm">{say!(language, "on_call.nobody")}</p> }.into_any();
    }
    view! {
        <section class="panel" aria-labelledby="now">
            <h2 id="now">{say!(language, "on_call.now")}</h2>
            <table class="table cards"><tbody>{rows}</tbody></table>
        </section>
    }
    .into_any()
}

fn begin_form(session: &StaffSession, language: Language, members: &[Member], form: &FormState) -> AnyView {
    let is_lead = session.role == Role::Lead;
    let form = match form.problems.is_empty() {
        true => FormState::filled(Fields(vec![
            ("hours".to_owned(), "12".to_owned()),
            ("staff".to_owned(), session.staff.to_string()),
        ])),
        false => form.clone(),
    };
    let who = is_lead.then(|| {
        let choices = members.iter().map(|one| Choice::new(one.id.to_string(), one.name.clone())).collect();
        select_field(&form, "staff", say!(language, "on_call.who"), None, choices)
    });
    let hours =
        HOURS.iter().map(|hours| Choice::new(hours.to_string(), say_count(language, "on_call.for", *hours))).collect();
    view! {
        <form class="panel" method="post" action=OnCall { language }.to_string() novalidate>
            <h2>{if is_lead { say!(language, "on_call.begin") } else { say!(language, "on_call.begin_self") }}</h2>
            {who}
            {select_field(&form, "hours", say!(language, "on_call.hours"), None, hours)}
            <button class="btn" type="submit">{say!(language, "on_call.save")}</button>
        </form>
    }
    .into_any()
}

fn reach(app: &App, language: Language, address: &str) -> AnyView {
    let mail = if app.sends.mail {
        view! { <p>{say!(language, "on_call.mail", address = address)}</p> }.into_any()
    } else {
        view! { <p class="notice warm">{say!(language, "on_call.no_mail")}</p> }.into_any()
    };
    let call = app.sends.alarm_call.then(|| view! { <p>{say!(language, "on_call.call")}</p> });
    view! {
        <section class="panel" aria-labelledby="reach">
            <h2 id="reach">{say!(language, "on_call.reach")}</h2>
            {mail}
            {call}
            <form method="post" action=TryAlarm { language }.to_string()>
                <button class="btn quiet" type="submit">{say!(language, "on_call.try")}</button>
            </form>
        </section>
    }
    .into_any()
}
