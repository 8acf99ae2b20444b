//! A member's own account: where they are signed in, their password, their recovery codes, their language.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum_extra::extract::CookieJar;
use casework::staff::lighter;
use casework::staff::member;
use casework::staff::password::{self, ChangeError};
use casework::staff::second_factor;
use casework::staff::session::{self, OpenSession, StaffSession};
use casework::staff::takes::{self, Takes};
use casework::taxonomy::Topic;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::Deserialize;

use super::administration::rotation;
use super::flash::{Outcome, flash};
use super::frame::{Place, console_page};
use super::signed::{Holder, Signed};
use super::{new_password, recovery_codes};
use crate::cookies::Holds;
use crate::error::Answer;
use crate::form::{
    Choice, Fields, FormState, Problem, choices, error_summary, language_choices, select_field, text_field,
};
use crate::paths::{
    Account, AccountCodes, AccountLanguage, AccountLighter, AccountPassword, AccountTakes, SignIn, SignOutEverywhere,
    Url,
};
use crate::visit::Visit;
use crate::words::{Language, say_count, say_time};
use crate::{App, say};

/// Every route about one's own account.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route(Account::PATTERN, get(show))
        .route(AccountPassword::PATTERN, get(to_account).post(change_password))
        .route(AccountCodes::PATTERN, get(to_account).post(new_codes))
        .route(AccountLanguage::PATTERN, get(to_account).post(change_language))
        .route(AccountLighter::PATTERN, get(to_account).post(change_lighter))
        .route(AccountTakes::PATTERN, get(to_account).post(change_takes))
        .route(SignOutEverywhere::PATTERN, get(to_account).post(sign_out_everywhere))
}

/// What was just done.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Done {
    Password,
    Language,
    Takes,
}

impl Done {
    fn words(self, language: Language) -> String {
        match self {
            Self::Password => say!(language, "account.password.done"),
            Self::Language => say!(language, "account.language.done"),
            Self::Takes => say!(language, "account.takes.done"),
        }
    }
}

async fn show(
    State(app): State<Arc<App>>,
    Query(outcome): Query<Outcome<Done>>,
    visit: Visit,
    Signed(session): Signed,
) -> Answer {
    page(&app, &visit, &session, StatusCode::OK, outcome.done, FormState::default()).await
}

/// Whoever reloads after a form, or changes the language there.
async fn to_account(visit: Visit) -> Response {
    Redirect::to(&Account { language: visit.language }.to_string()).into_response()
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
    let open = session::own(&app.casework, session).await?;
    let address = member::own_address(&app.casework, session).await?;
    let takes = if session.is_holder() { Some(takes::own(&app.casework, session).await?) } else { None };
    let lighter = lighter::own(&app.casework, session).await?;
    let left = second_factor::recovery_codes_left(&app.casework, session).await?;
    let (own, role) = (session.id, session.role);
    let zone = app.casework.hours.zone();
    let time = move |at: DateTime<Utc>| say_time(language, zone, at);
    let title = say!(language, "account.title");
    let who = say!(
        language,
        "account.who",
        name = session.name,
        role = say!(language, format!("administration.role.{role}"))
    );
    Ok(console_page(app, visit, session, status, Place::Account, title.clone(), move || {
        view! {
            <div class="narrow">
                <h1>{title}</h1>
                <p class="lede">{who}</p>
                {done.map(|done| flash(done.words(language)))}
                {error_summary(language, &form)}
                {takes.map(|takes| view! { {takes_form(language, &takes)} {lighter_form(language, lighter.map(time))} })}
                {sessions(language, own, open, time)}
                {password_form(language, &address, &form)}
                {codes_form(language, left, &address, &form)}
                {language_form(language)}
            </div>
        }
    })
    .await)
}

fn sessions(
    language: Language,
    own: uuid::Uuid,
    open: Vec<OpenSession>,
    time: impl Fn(DateTime<Utc>) -> String,
) -> impl IntoView {
    let rows = open
        .into_iter()
        .map(|session| {
            let words =
                say!(language, "account.sessions.row", since = time(session.created_at), seen = time(session.seen_at));
            let here = (session.id == own)
                .then(|| view! { " " <span class="pill done">{say!(language, "account.sessions.here")}</span> });
            view! { <li>{words}{here}</li> }
        })
        .collect_view();
    view! {
        <section class="panel">
            <h2>{say!(language, "account.sessions.title")}</h2>
            <ul>{rows}</ul>
            <form class="actions" method="post" action=SignOutEverywhere { language }.to_string()>
                <button class="btn quiet">{say!(language, "account.sessions.end")}</button>
            </form>
            <p class="hint">{say!(language, "account.sessions.hint")}</p>
        </section>
    }
}

fn password_form(language: Language, address: &str, form: &FormState) -> impl IntoView + use<> {
    view! {
        <section class="panel">
            <h2>{say!(language, "account.password.title")}</h2>
            <form method="post" action=AccountPassword { language }.to_string()>
                {whose(address)}
                {text_field(form, "present", say!(language, "account.password.present"), None, "password", "current-password")}
                {new_password::fields(language, form)}
                <div class="actions"><button class="btn quiet">{say!(language, "account.password.button")}</button></div>
                <p class="hint">{say!(language, "account.password.hint")}</p>
            </form>
        </section>
    }
}

/// For password managers: whose password a form asks for.
pub(super) fn whose(address: &str) -> impl IntoView + use<> {
    view! { <input type="text" name="username" autocomplete="username" value=address.to_owned() hidden /> }
}

fn codes_form(language: Language, left: u64, address: &str, form: &FormState) -> impl IntoView + use<> {
    view! {
        <section class="panel">
            <h2>{say!(language, "account.codes.title")}</h2>
            <p>{say_count(language, "account.codes.left", left)}</p>
            <form method="post" action=AccountCodes { language }.to_string()>
                {whose(address)}
                {text_field(form, "present_for_codes", say!(language, "account.password.present"), None, "password", "current-password")}
                <div class="actions"><button class="btn quiet">{say!(language, "account.codes.button")}</button></div>
            </form>
        </section>
    }
}

fn language_form(language: Language) -> impl IntoView {
    let form = FormState::filled(Fields(vec![("language".to_owned(), language.to_string())]));
    let choices = language_choices().collect();
    view! {
        <section class="panel">
            <h2>{say!(language, "account.language.title")}</h2>
            <form method="post" action=AccountLanguage { language }.to_string()>
                {select_field(&form, "language", say!(language, "account.language.label"), None, choices)}
                <div class="actions"><button class="btn quiet">{say!(language, "account.language.button")}</button></div>
            </form>
        </section>
    }
}

/// Which cases `take_next` gives.
fn takes_form(language: Language, takes: &Takes) -> impl IntoView + use<> {
    let chosen = takes.languages.iter().map(|language| ("answers".to_owned(), language.as_str().to_owned()));
    let left_out = takes.left_out.iter().map(|topic| ("left_out".to_owned(), topic.to_string()));
    let form = FormState::filled(Fields(chosen.chain(left_out).collect()));
    let languages = language_choices().collect();
    let topics = Topic::ALL
        .iter()
        .map(|topic| Choice::new(topic.as_str(), say!(language, format!("account.topic.{topic}"))))
        .collect();
    view! {
        <section class="panel" id="takes">
            <h2>{say!(language, "account.takes.title")}</h2>
            <p>{say!(language, "account.takes.text")}</p>
            <form class="stack" method="post" action=AccountTakes { language }.to_string()>
                {choices(&form, "checkbox", "answers", say!(language, "account.takes.languages"), "", languages)}
                <p class="hint">{say!(language, "account.takes.languages_hint")}</p>
                {choices(&form, "checkbox", "left_out", say!(language, "account.takes.left_out"), "", topics)}
                <p class="hint">{say!(language, "account.takes.left_out_hint")}</p>
                <div class="actions"><button class="btn quiet">{say!(language, "account.takes.button")}</button></div>
            </form>
        </section>
    }
}

/// What the form offers; anything else is nothing.
async fn change_takes(
    State(app): State<Arc<App>>,
    Path(AccountTakes { language }): Path<AccountTakes>,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let offered = fields.all("answers").filter_map(|code| code.parse::<Language>().ok());
    let takes = Takes {
        languages: offered.filter_map(|language| language.code().parse().ok()).collect(),
        left_out: fields.all("left_out").filter_map(|code| code.parse().ok()).collect(),
    };
    takes::change(&app.casework, &session, &takes).await?;
    Ok(Redirect::to(&format!("{}?done=takes", Account { language })).into_response())
}

/// Nothing hard for a while.
fn lighter_form(language: Language, until: Option<String>) -> impl IntoView + use<> {
    let form = FormState::default();
    let now = match until {
        Some(until) => say!(language, "care.lighter.until", until = until),
        None => say!(language, "care.lighter.not_now"),
    };
    view! {
        <section class="panel" id="lighter">
            <h2>{say!(language, "care.lighter.title")}</h2>
            <p>{say!(language, "care.lighter.text")}</p>
            <p><b>{now}</b></p>
            <form method="post" action=AccountLighter { language }.to_string()>
                {select_field(&form, "days", say!(language, "care.lighter.for"), None, rotation::lengths(language))}
                <div class="actions"><button class="btn quiet">{say!(language, "account.takes.button")}</button></div>
            </form>
        </section>
    }
}

async fn change_lighter(
    State(app): State<Arc<App>>,
    Path(AccountLighter { language }): Path<AccountLighter>,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    lighter::change(&app.casework, &session, session.staff, fields.get("days").parse().unwrap_or_default()).await?;
    Ok(Redirect::to(&format!("{}?done=takes", Account { language })).into_response())
}

async fn change_password(
    State(app): State<Arc<App>>,
    Path(AccountPassword { language }): Path<AccountPassword>,
    visit: Visit,
    Signed(session): Signed,
    fields: Fields,
) -> Answer {
    let (device, present) = (Holds::Device.token(&app, &visit), fields.get("present").to_owned().into());
    let problem = match new_password::parse(language, &fields) {
        Err(problem) => problem,
        Ok(new) => match password::change(&app.casework, &session, device.as_ref(), present, new).await {
            Ok(()) => return Ok(Redirect::to(&format!("{}?done=password", Account { language })).into_response()),
            Err(ChangeError::Wrong) => Problem::new("present", say!(language, "account.password.wrong")),
            Err(ChangeError::Failed(cause)) => return Err(cause.into()),
        },
    };
    let form = FormState { fields: Fields::default(), problems: vec![problem] };
    page(&app, &visit, &session, StatusCode::UNPROCESSABLE_ENTITY, None, form).await
}

/// New recovery codes, for who knows the password: they would let anybody in.
async fn new_codes(
    State(app): State<Arc<App>>,
    Path(AccountCodes { language }): Path<AccountCodes>,
    visit: Visit,
    Signed(session): Signed,
    fields: Fields,
) -> Answer {
    let (device, present) = (Holds::Device.token(&app, &visit), fields.get("present_for_codes").to_owned().into());
    match password::prove(&app.casework, &session, device.as_ref(), present).await {
        Ok(()) => {}
        Err(ChangeError::Wrong) => {
            let problems = vec![Problem::new("present_for_codes", say!(language, "account.password.wrong"))];
            let form = FormState { fields: Fields::default(), problems };
            return page(&app, &visit, &session, StatusCode::UNPROCESSABLE_ENTITY, None, form).await;
        }
        Err(ChangeError::Failed(cause)) => return Err(cause.into()),
    }
    let codes = second_factor::renew_recovery_codes(&app.casework, &session).await?;
    let list = recovery_codes::list(language, &codes).into_any();
    let title = say!(language, "welcome.codes.title");
    Ok(console_page(&app, &visit, &session, StatusCode::OK, Place::Account, title.clone(), move || {
        view! {
            <div class="narrow">
                <h1>{title}</h1>
                {list}
                <p class="actions"><a class="btn" href=Account { language }.to_string()>{say!(language, "welcome.codes.kept")}</a></p>
            </div>
        }
    }).await)
}

async fn change_language(
    State(app): State<Arc<App>>,
    Path(AccountLanguage { language }): Path<AccountLanguage>,
    Signed(session): Signed,
    fields: Fields,
) -> Answer {
    let chosen: Language = fields.get("language").parse().unwrap_or(language);
    if let Ok(code) = chosen.code().parse() {
        member::change_language(&app.casework, &session, &code).await?;
    }
    Ok(Redirect::to(&format!("{}?done=language", Account { language: chosen })).into_response())
}

async fn sign_out_everywhere(
    State(app): State<Arc<App>>,
    Path(SignOutEverywhere { language }): Path<SignOutEverywhere>,
    Signed(session): Signed,
) -> Answer {
    session::sign_out_everywhere(&app.casework, &session).await?;
    let cookies = CookieJar::new().add(Holds::Session.forget(&app)).add(Holds::Device.forget(&app));
    Ok((cookies, Redirect::to(&SignIn { language }.to_string())).into_response())
}
