//! The directory: hotlines, trusted flaggers, providers and police.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::organisation::{self, Details, Domain, Organisation, OrganisationError, Suspension};
use casework::staff::session::StaffSession;
use casework::taxonomy::{OrganisationKind, Role};
use casework::text::Words;
use leptos::prelude::*;
use uuid::Uuid;

use super::super::frame::{Place, console_page};
use super::super::set_up::{LONGEST_NAME, with_none};
use super::super::signed::Administrator;
use super::{Tab, tabs};
use crate::error::{Answer, Failure};
use crate::form::{
    Choice, Fields, FormState, Problem, error_summary, language_choices, select_field, text_area, text_field,
};
use crate::paths::{self, NewOrganisation, Organisations, Partner, Resume, Suspend};
use crate::visit::Visit;
use crate::words::{Language, say_time};
use crate::{App, countries, say};

/// The longest reason for a pause, in characters.
const LONGEST_REASON: usize = 1_000;
/// The longest a provider may take to answer, in hours: four weeks.
const LONGEST_ANSWER: u32 = 672;

/// All of one kind.
pub async fn list(
    State(app): State<Arc<App>>,
    Path(Organisations { language, kind }): Path<Organisations>,
    visit: Visit,
    Administrator(session): Administrator,
) -> Answer {
    let organisations = organisation::list(&app.casework, kind).await?;
    let title = say!(language, format!("administration.kind.{kind}"));
    Ok(console_page(&app, &visit, &session, StatusCode::OK, Place::Administration, title.clone(), move || {
        let is_empty = organisations.is_empty();
        let rows = organisations.into_iter().map(|organisation| row(language, organisation)).collect_view();
        view! {
            {tabs(language, Role::Administrator, Tab::Organisations(kind))}
            <header class="work-head">
                <h1>{title}</h1>
                <a class="btn" href=NewOrganisation { language, kind }.to_string()>{say!(language, "administration.organisation.add")}</a>
            </header>
            {is_empty.then(|| view! { <div class="empty"><p>{say!(language, "administration.organisation.none")}</p></div> })}
            {(!is_empty).then(|| view! {
                <table class="table cards">
                    <thead><tr>
                        <th scope="col">{say!(language, "administration.organisation.name")}</th>
                        <th scope="col">{say!(language, "set_up.country")}</th>
                        <th scope="col">{say!(language, "administration.staff.state")}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            })}
        }
    }).await)
}

fn row(language: Language, organisation: Organisation) -> impl IntoView {
    let href = paths::Organisation { language, organisation: organisation.id }.to_string();
    let country = organisation.country.map(|country| countries::name(language, country.as_str())).unwrap_or_default();
    let paused = organisation.suspended_at.is_some();
    let state = if paused { "administration.organisation.paused" } else { "administration.organisation.working" };
    view! {
        <tr>
            <td data-label=say!(language, "administration.organisation.name")><a href=href>{organisation.name}</a></td>
            <td data-label=say!(language, "set_up.country")>{country}</td>
            <td data-label=say!(language, "administration.staff.state")>
                <span class="pill" class:wait=paused class:done=!paused>{say!(language, state)}</span>
            </td>
        </tr>
    }
}

/// The form for a new one.
pub async fn new_form(
    State(app): State<Arc<App>>,
    Path(path): Path<NewOrganisation>,
    visit: Visit,
    Administrator(session): Administrator,
) -> Response {
    let fields = Fields(vec![("answer_hours".to_owned(), "24".to_owned())]);
    new_page(&app, &visit, &session, path.kind, StatusCode::OK, FormState::filled(fields)).await
}

async fn new_page(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    kind: OrganisationKind,
    status: StatusCode,
    form: FormState,
) -> Response {
    let language = visit.language;
    let title = say!(language, format!("administration.new.{kind}"));
    let fields = details_fields(app, language, kind, &form).into_any();
    console_page(app, visit, session, status, Place::Administration, title.clone(), move || {
        view! {
            {tabs(language, Role::Administrator, Tab::Organisations(kind))}
            <div class="narrow">
                <h1>{title}</h1>
                {error_summary(language, &form)}
                <form class="panel" method="post" action=NewOrganisation { language, kind }.to_string()>
                    {fields}
                    <div class="actions"><button class="btn">{say!(language, "administration.save")}</button></div>
                </form>
            </div>
        }
    })
    .await
}

fn details_fields(app: &App, language: Language, kind: OrganisationKind, form: &FormState) -> impl IntoView + use<> {
    let countries = with_none(language, countries::choices(&app.operator, language));
    let name = text_field(form, "name", say!(language, "administration.organisation.name"), None, "text", "off");
    let provider = (kind == OrganisationKind::Provider).then(|| provider_fields(language, form));
    view! {
        {name}
        {select_field(form, "country", say!(language, "set_up.country"), None, countries)}
        {provider}
    }
}

fn provider_fields(language: Language, form: &FormState) -> impl IntoView + use<> {
    let languages = std::iter::once(Choice::new("", say!(language, "administration.organisation.any_language")))
        .chain(language_choices())
        .collect();
    view! {
        {text_field(form, "notice_email", say!(language, "administration.organisation.email"), Some(say!(language, "administration.organisation.email_hint")), "email", "off")}
        <div class="form-grid">
            {select_field(form, "notice_language", say!(language, "administration.organisation.language"), None, languages)}
            {text_field(form, "answer_hours", say!(language, "administration.organisation.hours"), None, "text", "off")}
        </div>
        {text_area(form, "domains", say!(language, "administration.organisation.domains"), Some(say!(language, "administration.organisation.domains_hint")), 4)}
    }
}

fn parse(language: Language, kind: OrganisationKind, fields: &Fields) -> Result<Details, Vec<Problem>> {
    let name = Words::parse(fields.get("name"), LONGEST_NAME)
        .map_err(|_| Problem::new("name", say!(language, "administration.name_wrong", longest = LONGEST_NAME)));
    let is_provider = kind == OrganisationKind::Provider;
    let email = match fields.get("notice_email").trim() {
        "" => Ok(None),
        typed => {
            typed.parse().map(Some).map_err(|_| Problem::new("notice_email", say!(language, "welcome.address_wrong")))
        }
    };
    let hours = match fields.get("answer_hours").trim().parse() {
        Ok(hours) if (1..=LONGEST_ANSWER).contains(&hours) => Ok(hours),
        _ if !is_provider => Ok(24),
        _ => Err(Problem::new(
            "answer_hours",
            say!(language, "administration.organisation.hours_wrong", longest = LONGEST_ANSWER),
        )),
    };
    let domains = parse_domains(language, fields.get("domains"));
    match (name, email, hours, domains) {
        (Ok(name), Ok(notice_email), Ok(answer_hours), Ok(domains)) => Ok(Details {
            name,
            country: fields.get("country").parse().ok(),
            notice_email,
            notice_language: fields.get("notice_language").parse().ok(),
            answer_hours,
            domains,
        }),
        (name, email, hours, domains) => {
            Err([name.err(), email.err(), hours.err(), domains.err()].into_iter().flatten().collect())
        }
    }
}

/// Names with spaces, commas or lines between them.
fn parse_domains(language: Language, typed: &str) -> Result<Vec<Domain>, Problem> {
    let mut domains: Vec<Domain> = Vec::new();
    for name in
        typed.split(|character: char| character.is_whitespace() || character == ',').filter(|name| !name.is_empty())
    {
        let wrong =
            || Problem::new("domains", say!(language, "administration.organisation.domain_wrong", domain = name));
        let domain = name.parse().map_err(|_| wrong())?;
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    Ok(domains)
}

fn taken(language: Language, domain: &str) -> Problem {
    Problem::new("domains", say!(language, "administration.organisation.domain_taken", domain = domain))
}

/// Adds one.
pub async fn create(
    State(app): State<Arc<App>>,
    Path(NewOrganisation { language, kind }): Path<NewOrganisation>,
    visit: Visit,
    Administrator(session): Administrator,
    fields: Fields,
) -> Answer {
    let problems = match parse(language, kind, &fields) {
        Err(problems) => problems,
        Ok(details) => match organisation::create(&app.casework, &session, kind, &details).await {
            Ok(_) => return Ok(Redirect::to(&Organisations { language, kind }.to_string()).into_response()),
            Err(OrganisationError::DomainTaken(domain)) => vec![taken(language, &domain)],
            Err(OrganisationError::NotFound) => return Err(Failure::NotFound),
            Err(OrganisationError::Failed(cause)) => return Err(cause.into()),
        },
    };
    Ok(new_page(&app, &visit, &session, kind, StatusCode::UNPROCESSABLE_ENTITY, FormState { fields, problems }).await)
}

/// One of them.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(path): Path<paths::Organisation>,
    visit: Visit,
    Administrator(session): Administrator,
) -> Answer {
    let found = find(&app, path.organisation).await?;
    let fields = present(&app, &found).await?;
    page(&app, &visit, &session, found, StatusCode::OK, FormState::filled(fields)).await
}

/// What is known of one, as the form's fields.
async fn present(app: &App, found: &Organisation) -> Result<Fields, casework::Error> {
    let domains = organisation::domains(&app.casework, found.id).await?;
    let text = |value: Option<String>| value.unwrap_or_default();
    let filled = [
        ("name", found.name.clone()),
        ("country", text(found.country.as_ref().map(ToString::to_string))),
        ("notice_email", text(found.notice_email.clone())),
        ("notice_language", text(found.notice_language.as_ref().map(ToString::to_string))),
        ("answer_hours", found.answer_hours.to_string()),
        ("domains", domains.join("\n")),
    ];
    Ok(Fields(filled.map(|(name, value)| (name.to_owned(), value)).to_vec()))
}

pub(super) async fn find(app: &App, id: Uuid) -> Result<Organisation, Failure> {
    organisation::find(&app.casework, id).await?.ok_or(Failure::NotFound)
}

async fn page(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    found: Organisation,
    status: StatusCode,
    form: FormState,
) -> Answer {
    let language = visit.language;
    let zone = app.casework.hours.zone();
    let pauses = organisation::suspensions(&app.casework, found.id).await?;
    let pauses: Vec<String> = pauses.into_iter().map(|pause| pause_words(language, zone, pause)).collect();
    let fields = details_fields(app, language, found.kind, &form).into_any();
    let title = found.name.clone();
    Ok(console_page(app, visit, session, status, Place::Administration, title.clone(), move || {
        view! {
            {tabs(language, Role::Administrator, Tab::Organisations(found.kind))}
            <div class="narrow">
                <h1>{title}</h1>
                {error_summary(language, &form)}
                <form class="panel" method="post" action=paths::Organisation { language, organisation: found.id }.to_string()>
                    {fields}
                    <div class="actions"><button class="btn">{say!(language, "administration.save")}</button></div>
                </form>
                {partner_panel(language, &found)}
                {pause_panel(language, &found, &form, pauses)}
            </div>
        }
    }).await)
}

/// The way to what a partner gets.
fn partner_panel(language: Language, found: &Organisation) -> Option<AnyView> {
    let href = Partner { language, organisation: found.id }.to_string();
    let gets = matches!(found.kind, OrganisationKind::Provider | OrganisationKind::TrustedFlagger);
    gets.then(|| {
        view! {
            <section class="panel">
                <h2>{say!(language, "partner.heading")}</h2>
                <p>{say!(language, "partner.about")}</p>
                <p class="actions"><a class="btn quiet" href=href>{say!(language, "partner.open")}</a></p>
            </section>
        }
        .into_any()
    })
}

fn pause_words(language: Language, zone: chrono_tz::Tz, pause: Suspension) -> String {
    let from = say_time(language, zone, pause.began_at);
    match pause.ended_at {
        Some(ended) => {
            let to = say_time(language, zone, ended);
            say!(language, "administration.pause.was", from = from, to = to, reason = pause.reason)
        }
        None => say!(language, "administration.pause.is", from = from, reason = pause.reason),
    }
}

fn pause_panel(
    language: Language,
    found: &Organisation,
    form: &FormState,
    pauses: Vec<String>,
) -> impl IntoView + use<> {
    let organisation = found.id;
    let change = if found.suspended_at.is_some() {
        view! {
            <form class="actions" method="post" action=Resume { language, organisation }.to_string()>
                <button class="btn quiet">{say!(language, "administration.pause.end")}</button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <form method="post" action=Suspend { language, organisation }.to_string()>
                {text_area(form, "reason", say!(language, "administration.pause.reason"), None, 3)}
                <div class="actions"><button class="btn quiet">{say!(language, "administration.pause.begin")}</button></div>
            </form>
        }
        .into_any()
    };
    view! {
        <section class="panel">
            <h2>{say!(language, "administration.pause.title")}</h2>
            <p>{say!(language, format!("administration.pause.{}", found.kind))}</p>
            <ul>{pauses.into_iter().map(|words| view! { <li>{words}</li> }).collect_view()}</ul>
            {change}
        </section>
    }
}

/// Changes one.
pub async fn change(
    State(app): State<Arc<App>>,
    Path(paths::Organisation { language, organisation: id }): Path<paths::Organisation>,
    visit: Visit,
    Administrator(session): Administrator,
    fields: Fields,
) -> Answer {
    let found = find(&app, id).await?;
    let problems = match parse(language, found.kind, &fields) {
        Err(problems) => problems,
        Ok(details) => match organisation::change(&app.casework, &session, id, &details).await {
            Ok(()) => {
                return Ok(Redirect::to(&Organisations { language, kind: found.kind }.to_string()).into_response());
            }
            Err(OrganisationError::DomainTaken(domain)) => vec![taken(language, &domain)],
            Err(OrganisationError::NotFound) => return Err(Failure::NotFound),
            Err(OrganisationError::Failed(cause)) => return Err(cause.into()),
        },
    };
    page(&app, &visit, &session, found, StatusCode::UNPROCESSABLE_ENTITY, FormState { fields, problems }).await
}

/// Whoever reloads after a pause began or ended.
pub async fn to_organisation(Path(path): Path<paths::Organisation>) -> Response {
    Redirect::to(&path.to_string()).into_response()
}

/// Pauses one.
pub async fn suspend(
    State(app): State<Arc<App>>,
    Path(Suspend { language, organisation: id }): Path<Suspend>,
    visit: Visit,
    Administrator(session): Administrator,
    fields: Fields,
) -> Answer {
    let found = find(&app, id).await?;
    let Ok(reason) = Words::parse(fields.get("reason"), LONGEST_REASON) else {
        let problem =
            Problem::new("reason", say!(language, "administration.pause.reason_wrong", longest = LONGEST_REASON));
        let mut shown = present(&app, &found).await?;
        shown.0.push(("reason".to_owned(), fields.get("reason").to_owned()));
        let form = FormState { fields: shown, problems: vec![problem] };
        return page(&app, &visit, &session, found, StatusCode::UNPROCESSABLE_ENTITY, form).await;
    };
    after(language, id, organisation::suspend(&app.casework, &session, id, &reason).await)
}

/// Ends a pause.
pub async fn resume(
    State(app): State<Arc<App>>,
    Path(Resume { language, organisation: id }): Path<Resume>,
    Administrator(session): Administrator,
) -> Answer {
    after(language, id, organisation::resume(&app.casework, &session, id).await)
}

fn after(language: Language, organisation: Uuid, change: Result<(), OrganisationError>) -> Answer {
    match change {
        // Somebody else did the same meanwhile.
        Ok(()) | Err(OrganisationError::NotFound | OrganisationError::DomainTaken(_)) => {
            Ok(Redirect::to(&paths::Organisation { language, organisation }.to_string()).into_response())
        }
        Err(OrganisationError::Failed(cause)) => Err(cause.into()),
    }
}
