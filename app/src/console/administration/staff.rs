//! The members of the hotlines: who waits to be let in, inviting, roles, new links, leaving.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::organisation;
use casework::staff::grant::{self, GrantError};
use casework::staff::invitation::{self, InviteError, NewStaff};
use casework::staff::member::{self, Member, MemberError};
use casework::staff::session::StaffSession;
use casework::taxonomy::{LanguageCode, MemberState, OrganisationKind, Role};
use casework::text::Words;
use casework::vault::CookieToken;
use leptos::prelude::*;
use uuid::Uuid;

use super::super::frame::{Place, console_page};
use super::super::signed::{Administrator, Lead};
use super::super::welcome::LONGEST_NAME;
use super::{Tab, tabs};
use crate::error::{Answer, Failure};
use crate::form::{Choice, Fields, FormState, Problem, error_summary, language_choices, select_field, text_field};
use crate::paths::{self, ChangeRole, Grant, Invite, RemoveMember, ResetMember, Staff, Welcome};
use crate::visit::Visit;
use crate::words::{Language, say_time};
use crate::{App, drawings, say};

/// Everybody, those who wait first in mind.
pub async fn show(State(app): State<Arc<App>>, visit: Visit, Lead(session): Lead) -> Answer {
    list(&app, &visit, &session, StatusCode::OK, None).await
}

async fn list(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    status: StatusCode,
    problem: Option<String>,
) -> Answer {
    let language = visit.language;
    let members = member::list(&app.casework).await?;
    let zone = app.casework.hours.zone();
    let is_administrator = session.role == Role::Administrator;
    let (role, can_grant, hotline) = (session.role, session.is_holder(), session.organisation);
    let title = say!(language, "administration.staff.title");
    Ok(console_page(app, visit, session, status, Place::Administration, title.clone(), move || {
        let rows = members
            .into_iter()
            .map(|member| {
                let seen = member.signed_in_at.map(|at| say_time(language, zone, at));
                let grants = can_grant && member.organisation_id == hotline;
                row(language, member, seen, grants, is_administrator)
            })
            .collect_view();
        view! {
            {tabs(language, role, Tab::Staff)}
            <header class="work-head">
                <h1>{title}</h1>
                {is_administrator.then(|| view! { <a class="btn" href=Invite { language }.to_string()>{say!(language, "administration.staff.invite")}</a> })}
            </header>
            {problem.map(|words| view! { <div class="notice danger" role="alert"><p>{words}</p></div> })}
            <table class="table cards">
                <thead><tr>
                    <th scope="col">{say!(language, "administration.staff.name")}</th>
                    <th scope="col">{say!(language, "administration.staff.hotline")}</th>
                    <th scope="col">{say!(language, "administration.staff.role")}</th>
                    <th scope="col">{say!(language, "administration.staff.state")}</th>
                    <th scope="col">{say!(language, "administration.staff.seen")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
    }).await)
}

fn row(language: Language, member: Member, seen: Option<String>, grants: bool, changes: bool) -> impl IntoView {
    let name = if changes {
        let href = paths::Member { language, staff: member.id }.to_string();
        view! { <a href=href>{member.name.clone()}</a> }.into_any()
    } else {
        member.name.clone().into_any()
    };
    let waits = member.state == MemberState::Waiting;
    view! {
        <tr>
            <td data-label=say!(language, "administration.staff.name")><div>{name} <br /> <small><bdi>{member.sign_in}</bdi></small></div></td>
            <td data-label=say!(language, "administration.staff.hotline")>{member.organisation_name}</td>
            <td data-label=say!(language, "administration.staff.role")>{say!(language, format!("administration.role.{}", member.role))}</td>
            <td data-label=say!(language, "administration.staff.state")>
                <div>
                    <span class="pill" class:wait=waits class:done=member.state == MemberState::Active>
                        {say!(language, format!("administration.state.{}", member.state))}
                    </span>
                    {(waits && grants).then(|| view! {
                        <form method="post" action=Grant { language, staff: member.id }.to_string()>
                            <button class="btn small">{say!(language, "administration.staff.grant", name = member.name)}</button>
                        </form>
                    })}
                </div>
            </td>
            <td data-label=say!(language, "administration.staff.seen")>{seen.unwrap_or_else(|| say!(language, "administration.staff.never"))}</td>
        </tr>
    }
}

/// Lets a colleague in.
pub async fn grant(
    State(app): State<Arc<App>>,
    Path(Grant { language, staff }): Path<Grant>,
    visit: Visit,
    Lead(session): Lead,
) -> Answer {
    match grant::grant(&app.casework, &session, staff).await {
        // Who does not wait any more was let in by somebody else meanwhile.
        Ok(()) | Err(GrantError::NotWaiting) => Ok(to_list(language)),
        Err(GrantError::NotAHolder) => {
            let problem = say!(language, "administration.staff.not_a_holder");
            list(&app, &visit, &session, StatusCode::FORBIDDEN, Some(problem)).await
        }
        Err(GrantError::Failed(cause)) => Err(cause.into()),
    }
}

/// Whoever reloads after a change.
pub async fn to_staff(visit: Visit) -> Response {
    to_list(visit.language)
}

fn to_list(language: Language) -> Response {
    Redirect::to(&Staff { language }.to_string()).into_response()
}

/// The form to invite somebody.
pub async fn invite_form(State(app): State<Arc<App>>, visit: Visit, Administrator(session): Administrator) -> Answer {
    let filled = [
        ("role", Role::Analyst.to_string()),
        ("language", visit.language.to_string()),
        ("hotline", session.organisation.to_string()),
    ];
    let fields = Fields(filled.map(|(name, value)| (name.to_owned(), value)).to_vec());
    invite_page(&app, &visit, &session, StatusCode::OK, FormState::filled(fields)).await
}

async fn invite_page(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    status: StatusCode,
    form: FormState,
) -> Answer {
    let language = visit.language;
    let hotlines = organisation::list(&app.casework, OrganisationKind::Hotline).await?;
    let hotlines = hotlines.into_iter().map(|hotline| Choice::new(hotline.id.to_string(), hotline.name)).collect();
    let languages = language_choices().collect();
    let title = say!(language, "administration.staff.invite");
    Ok(console_page(app, visit, session, status, Place::Administration, title.clone(), move || {
        view! {
            {tabs(language, Role::Administrator, Tab::Staff)}
            <div class="narrow">
                <h1>{title}</h1>
                {error_summary(language, &form)}
                <form class="panel" method="post" action=Invite { language }.to_string()>
                    {text_field(&form, "name", say!(language, "administration.staff.name"), None, "text", "off")}
                    {text_field(&form, "address", say!(language, "sign_in.address"), None, "email", "off")}
                    <div class="form-grid">
                        {select_field(&form, "hotline", say!(language, "administration.staff.hotline"), None, hotlines)}
                        {select_field(&form, "role", say!(language, "administration.staff.role"), None, roles(language))}
                        {select_field(&form, "language", say!(language, "account.language.label"), None, languages)}
                    </div>
                    <div class="actions"><button class="btn">{say!(language, "administration.staff.send")}</button></div>
                </form>
            </div>
        }
    }).await)
}

fn roles(language: Language) -> Vec<Choice> {
    let choice = |role: &Role| Choice {
        value: role.to_string(),
        label: say!(language, format!("administration.role.{role}")),
        hint: None,
    };
    Role::ALL.iter().map(choice).collect()
}

/// Invites somebody; the link is mailed, and shown this once.
pub async fn invite(
    State(app): State<Arc<App>>,
    Path(Invite { language }): Path<Invite>,
    visit: Visit,
    Administrator(session): Administrator,
    fields: Fields,
) -> Answer {
    let new = match parse(language, &fields) {
        Ok(new) => new,
        Err(problems) => {
            return invite_page(
                &app,
                &visit,
                &session,
                StatusCode::UNPROCESSABLE_ENTITY,
                FormState { fields, problems },
            )
            .await;
        }
    };
    let link = |token: &CookieToken| welcome_link(&app, &new.language, token);
    match invitation::invite(&app.casework, &session, &new, link).await {
        Ok(token) => {
            let link = welcome_link(&app, &new.language, &token);
            Ok(link_page(&app, &visit, &session, new.name.as_str(), link).await)
        }
        Err(InviteError::AddressTaken) => {
            let problems = vec![Problem::new("address", say!(language, "welcome.address_taken"))];
            invite_page(&app, &visit, &session, StatusCode::UNPROCESSABLE_ENTITY, FormState { fields, problems }).await
        }
        Err(InviteError::NotFound | InviteError::Oneself | InviteError::LastHolder) => Err(Failure::NotFound),
        Err(InviteError::Failed(cause)) => Err(cause.into()),
    }
}

fn parse(language: Language, fields: &Fields) -> Result<NewStaff, Vec<Problem>> {
    let name = Words::parse(fields.get("name"), LONGEST_NAME)
        .map_err(|_| Problem::new("name", say!(language, "administration.name_wrong", longest = LONGEST_NAME)));
    let address =
        fields.get("address").parse().map_err(|_| Problem::new("address", say!(language, "welcome.address_wrong")));
    let chosen = |field| Problem::new(field, say!(language, "administration.choose"));
    let hotline = fields.get("hotline").parse().map_err(|_| chosen("hotline"));
    let role = fields.get("role").parse().map_err(|_| chosen("role"));
    let speaks = fields.get("language").parse().map_err(|_| chosen("language"));
    match (name, address, hotline, role, speaks) {
        (Ok(name), Ok(address), Ok(organisation), Ok(role), Ok(language)) => {
            Ok(NewStaff { organisation, address, name, role, language })
        }
        (name, address, hotline, role, speaks) => {
            Err([name.err(), address.err(), hotline.err(), role.err(), speaks.err()].into_iter().flatten().collect())
        }
    }
}

/// The whole address of a one-time link, in the language of whom it is for.
fn welcome_link(app: &App, language: &LanguageCode, token: &CookieToken) -> String {
    let language = language.primary().parse().unwrap_or(Language::En);
    format!("{}{}", app.console_address, Welcome { language, token: token.to_string() })
}

async fn link_page(app: &Arc<App>, visit: &Visit, session: &StaffSession, name: &str, link: String) -> Response {
    let language = visit.language;
    let title = say!(language, "administration.link.title", name = name);
    console_page(app, visit, session, StatusCode::OK, Place::Administration, title.clone(), move || {
        view! {
            {tabs(language, Role::Administrator, Tab::Staff)}
            <div class="narrow">
                <h1>{title}</h1>
                <p>{say!(language, "administration.link.text")}</p>
                <div class="copy-row">
                    <code class="ltr" id="link" dir="ltr">{link}</code>
                    <button class="btn quiet small" type="button" hidden data-copy-target="link" data-done=say!(language, "administration.link.copied")>
                        {drawings::copy()} <span aria-live="polite">{say!(language, "administration.link.copy")}</span>
                    </button>
                </div>
                <p class="actions"><a class="btn quiet" href=Staff { language }.to_string()>{say!(language, "administration.staff.title")}</a></p>
            </div>
        }
    }).await
}

/// One member, and what can be done.
pub async fn member(
    State(app): State<Arc<App>>,
    Path(path): Path<paths::Member>,
    visit: Visit,
    Administrator(session): Administrator,
) -> Answer {
    member_page(&app, &visit, &session, path.staff, StatusCode::OK, None).await
}

async fn member_page(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    staff: Uuid,
    status: StatusCode,
    problem: Option<String>,
) -> Answer {
    let language = visit.language;
    let members = member::list(&app.casework).await?;
    let member = members.into_iter().find(|member| member.id == staff).ok_or(Failure::NotFound)?;
    let is_self = member.id == session.staff;
    let title = member.name.clone();
    Ok(console_page(app, visit, session, status, Place::Administration, title.clone(), move || {
        view! {
            {tabs(language, Role::Administrator, Tab::Staff)}
            <div class="narrow">
                <h1>{title}</h1>
                <p class="lede"><bdi>{member.sign_in.clone()}</bdi> ", " {member.organisation_name.clone()}</p>
                {problem.map(|words| view! { <div class="notice danger" role="alert"><p>{words}</p></div> })}
                {if is_self {
                    view! { <p>{say!(language, "administration.member.oneself")}</p> }.into_any()
                } else {
                    changes(language, &member).into_any()
                }}
            </div>
        }
    })
    .await)
}

fn changes(language: Language, member: &Member) -> impl IntoView + use<> {
    let staff = member.id;
    let form = FormState::filled(Fields(vec![("role".to_owned(), member.role.to_string())]));
    view! {
        <section class="panel">
            <h2>{say!(language, "administration.staff.role")}</h2>
            <form method="post" action=ChangeRole { language, staff }.to_string()>
                {select_field(&form, "role", say!(language, "administration.staff.role"), Some(say!(language, "administration.member.roles")), roles(language))}
                <div class="actions"><button class="btn quiet">{say!(language, "administration.save")}</button></div>
            </form>
        </section>
        <section class="panel">
            <h2>{say!(language, "administration.member.reset")}</h2>
            <p>{say!(language, "administration.member.reset_text")}</p>
            <form class="actions" method="post" action=ResetMember { language, staff }.to_string()>
                <button class="btn quiet">{say!(language, "administration.member.reset_button")}</button>
            </form>
        </section>
        <section class="panel">
            <h2>{say!(language, "administration.member.remove")}</h2>
            <p>{say!(language, "administration.member.remove_text")}</p>
            <form class="actions" method="post" action=RemoveMember { language, staff }.to_string()>
                <button class="btn danger">{say!(language, "administration.member.remove_button")}</button>
            </form>
        </section>
    }
}

/// Changes a member's role.
pub async fn change_role(
    State(app): State<Arc<App>>,
    Path(ChangeRole { language, staff }): Path<ChangeRole>,
    visit: Visit,
    Administrator(session): Administrator,
    fields: Fields,
) -> Answer {
    let role = fields.get("role").parse().map_err(|_| Failure::NotFound)?;
    let changed = member::change_role(&app.casework, &session, staff, role).await;
    after_change(&app, &visit, &session, language, staff, changed).await
}

/// Removes a member.
pub async fn remove(
    State(app): State<Arc<App>>,
    Path(RemoveMember { language, staff }): Path<RemoveMember>,
    visit: Visit,
    Administrator(session): Administrator,
) -> Answer {
    let removed = member::remove(&app.casework, &session, staff).await;
    after_change(&app, &visit, &session, language, staff, removed).await
}

async fn after_change(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    language: Language,
    staff: Uuid,
    change: Result<(), MemberError>,
) -> Answer {
    let problem = match change {
        Ok(()) => return Ok(to_list(language)),
        Err(MemberError::Oneself) => say!(language, "administration.member.oneself"),
        Err(MemberError::LastHolder) => say!(language, "administration.member.last_holder"),
        Err(MemberError::NotFound) => return Err(Failure::NotFound),
        Err(MemberError::Failed(cause)) => return Err(cause.into()),
    };
    member_page(app, visit, session, staff, StatusCode::CONFLICT, Some(problem)).await
}

/// Invites a member anew; the link is mailed, and shown this once.
pub async fn reset(
    State(app): State<Arc<App>>,
    Path(ResetMember { language, staff }): Path<ResetMember>,
    visit: Visit,
    Administrator(session): Administrator,
) -> Answer {
    let members = member::list(&app.casework).await?;
    let member = members.into_iter().find(|member| member.id == staff).ok_or(Failure::NotFound)?;
    let link = |token: &CookieToken| welcome_link(&app, &member.language, token);
    match invitation::reset(&app.casework, &session, staff, link).await {
        Ok(token) => {
            let link = welcome_link(&app, &member.language, &token);
            Ok(link_page(&app, &visit, &session, &member.name, link).await)
        }
        Err(InviteError::Oneself) => {
            let problem = say!(language, "administration.member.oneself");
            member_page(&app, &visit, &session, staff, StatusCode::CONFLICT, Some(problem)).await
        }
        Err(InviteError::LastHolder) => {
            let problem = say!(language, "administration.member.last_holder");
            member_page(&app, &visit, &session, staff, StatusCode::CONFLICT, Some(problem)).await
        }
        Err(InviteError::NotFound | InviteError::AddressTaken) => Err(Failure::NotFound),
        Err(InviteError::Failed(cause)) => Err(cause.into()),
    }
}
