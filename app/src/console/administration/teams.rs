//! The teams of one's hotline: which there are, and who is in them.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::staff::member::{self, Member};
use casework::staff::session::StaffSession;
use casework::taxonomy::MemberState;
use casework::team::{self, LONGEST_NAME, Team, TeamError};
use casework::text::Words;
use leptos::prelude::*;
use uuid::Uuid;

use super::super::frame::{Place, console_page};
use super::super::signed::Lead;
use super::{Tab, tabs};
use crate::App;
use crate::error::{Answer, Failure};
use crate::form::{Choice, Fields, FormState, Problem, choice_field, error_summary, text_field};
use crate::paths::{self, EndTeam, Teams};
use crate::say;
use crate::visit::Visit;
use crate::words::Language;

/// The field of who is in a team.
const FIELD: &str = "members";

/// The teams.
pub async fn show(State(app): State<Arc<App>>, visit: Visit, Lead(session): Lead) -> Answer {
    page(&app, &visit, &session, FormState::default()).await
}

/// Makes one.
pub async fn create(
    State(app): State<Arc<App>>,
    Path(Teams { language }): Path<Teams>,
    visit: Visit,
    Lead(session): Lead,
    fields: Fields,
) -> Answer {
    let wrong =
        |key: &str| Problem::new("name", say!(language, format!("administration.teams.{key}"), longest = LONGEST_NAME));
    let problem = match Words::parse(fields.get("name"), LONGEST_NAME) {
        Err(_) => wrong("name_wrong"),
        Ok(name) => match team::create(&app.casework, &session, &name).await {
            Ok(_) => return Ok(to_teams(language)),
            Err(TeamError::NameTaken) => wrong("name_taken"),
            Err(error) => return Err(error.into()),
        },
    };
    page(&app, &visit, &session, FormState { fields, problems: vec![problem] }).await
}

/// Says who is in one.
pub async fn change(
    State(app): State<Arc<App>>,
    Path(paths::Team { language, team }): Path<paths::Team>,
    Lead(session): Lead,
    fields: Fields,
) -> Answer {
    let members: BTreeSet<Uuid> = fields.all(FIELD).filter_map(|id| id.parse().ok()).collect();
    team::change(&app.casework, &session, team, &members).await?;
    Ok(to_teams(language))
}

/// Ends one.
pub async fn end(
    State(app): State<Arc<App>>,
    Path(EndTeam { language, team }): Path<EndTeam>,
    Lead(session): Lead,
) -> Answer {
    team::end(&app.casework, &session, team).await?;
    Ok(to_teams(language))
}

/// Whoever reloads after a change.
pub async fn to_list(visit: Visit) -> Response {
    to_teams(visit.language)
}

fn to_teams(language: Language) -> Response {
    Redirect::to(&Teams { language }.to_string()).into_response()
}

impl From<TeamError> for Failure {
    fn from(error: TeamError) -> Self {
        match error {
            TeamError::NotForYou => Self::Forbidden,
            TeamError::NotFound | TeamError::NameTaken => Self::NotFound,
            TeamError::Failed(cause) => Self::Internal(cause),
        }
    }
}

async fn page(app: &Arc<App>, visit: &Visit, session: &StaffSession, form: FormState) -> Answer {
    let language = visit.language;
    let teams = team::of_hotline(&app.casework, session).await?;
    let pairs = team::members(&app.casework, session).await?;
    let is_here =
        |member: &Member| member.organisation_id == session.organisation && member.state != MemberState::Removed;
    let members: Vec<Member> = member::list(&app.casework).await?.into_iter().filter(is_here).collect();
    let role = session.role;
    let title = say!(language, "administration.teams.title");
    let parts = teams.iter().map(|team| part(language, team, &members, &pairs)).collect_view();
    Ok(console_page(app, visit, session, form.status(), Place::Administration, title.clone(), move || {
        view! {
            {tabs(language, role, Tab::Teams)}
            <h1>{title}</h1>
            <p>{say!(language, "administration.teams.text")}</p>
            {error_summary(language, &form)}
            <div class="stack">
                {parts}
                <form class="panel" method="post" action=Teams { language }.to_string() novalidate>
                    <h2>{say!(language, "administration.teams.add")}</h2>
                    {text_field(&form, "name", say!(language, "administration.teams.name"), None, "text", "off")}
                    <div class="actions"><button class="btn quiet">{say!(language, "administration.teams.create")}</button></div>
                </form>
            </div>
        }
    })
    .await)
}

fn part(language: Language, team: &Team, members: &[Member], pairs: &BTreeSet<(Uuid, Uuid)>) -> AnyView {
    let chosen = members.iter().filter(|member| pairs.contains(&(team.id, member.id)));
    let chosen: Vec<_> = chosen.map(|member| (FIELD.to_owned(), member.id.to_string())).collect();
    let nobody =
        chosen.is_empty().then(|| view! { <p class="notice warm">{say!(language, "administration.teams.nobody")}</p> });
    let form = FormState::filled(Fields(chosen));
    let everybody = members.iter().map(|member| {
        let choice = Choice::new(member.id.to_string(), member.name.clone());
        choice_field(&form, "checkbox", FIELD, format!("{}-{}", team.id, member.id), choice)
    });
    let everybody = everybody.collect_view();
    let legend = say!(language, "administration.teams.members", team = team.name);
    view! {
        <section class="panel">
            <h2><bdi>{team.name.clone()}</bdi></h2>
            {nobody}
            <form method="post" action=paths::Team { language, team: team.id }.to_string()>
                <fieldset class="field">
                    <legend>{legend}</legend>
                    {everybody}
                </fieldset>
                <div class="actions"><button class="btn quiet">{say!(language, "administration.save")}</button></div>
            </form>
            <details class="more">
                <summary>{say!(language, "administration.teams.end")}</summary>
                <p>{say!(language, "administration.teams.end_text")}</p>
                <form method="post" action=EndTeam { language, team: team.id }.to_string()>
                    <button class="btn danger small">{say!(language, "administration.teams.end_now", team = team.name)}</button>
                </form>
            </details>
        </section>
    }
    .into_any()
}
