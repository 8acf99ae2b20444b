//! Who has the hard work and who lighter work: a lead lets it go round. Nothing here counts what anybody did.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use casework::staff::lighter::{self, Member};
use leptos::prelude::*;
use uuid::Uuid;

use super::super::frame::{Place, console_page};
use super::super::signed::Lead;
use super::{Tab, tabs};
use crate::App;
use crate::error::{Answer, Failure};
use crate::form::{Choice, Fields};
use crate::paths::{Rotation, Teams};
use crate::say;
use crate::visit::Visit;
use crate::words::{Language, say_count, say_time};

/// For how many days one may choose.
const DAYS: [u64; 5] = [1, 3, 7, 14, 28];

/// Not at all, or for so many days.
pub fn lengths(language: Language) -> Vec<Choice> {
    let not = Choice::new("0", say!(language, "care.lighter.end"));
    let days = DAYS.iter().map(|days| Choice::new(days.to_string(), say_count(language, "retention.days", *days)));
    std::iter::once(not).chain(days).collect()
}

/// Everybody of the hotline.
pub async fn show(State(app): State<Arc<App>>, visit: Visit, Lead(session): Lead) -> Answer {
    let language = visit.language;
    let members = lighter::members(&app.casework, &session).await?;
    let zone = app.casework.hours.zone();
    let rows = members.iter().map(|member| row(language, zone, member)).collect_view();
    let (role, title) = (session.role, say!(language, "care.rotation.title"));
    let status = axum::http::StatusCode::OK;
    Ok(console_page(&app, &visit, &session, status, Place::Administration, title.clone(), move || {
        view! {
            {tabs(language, role, Tab::Rotation)}
            <h1>{title}</h1>
            <p>{say!(language, "care.rotation.text")}</p>
            <table class="table cards">
                <thead><tr>
                    <th scope="col">{say!(language, "administration.staff.name")}</th>
                    <th scope="col"><a href=Teams { language }.to_string()>{say!(language, "administration.teams.title")}</a></th>
                    <th scope="col">{say!(language, "care.lighter.title")}</th>
                    <th scope="col">{say!(language, "care.rotation.change")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
    })
    .await)
}

fn row(language: Language, zone: chrono_tz::Tz, member: &Member) -> AnyView {
    let until = match member.until {
        Some(until) => say!(language, "care.lighter.until", until = say_time(language, zone, until)),
        None => say!(language, "care.lighter.end"),
    };
    let options =
        lengths(language).into_iter().map(|choice| view! { <option value=choice.value>{choice.label}</option> });
    let label = say!(language, "care.rotation.for", name = member.name);
    view! {
        <tr>
            <th scope="row"><bdi>{member.name.clone()}</bdi></th>
            <td data-label=say!(language, "administration.teams.title")>{member.teams.join(", ")}</td>
            <td data-label=say!(language, "care.lighter.title")>{until}</td>
            <td data-label=say!(language, "care.rotation.change")>
                <form class="copy-row" method="post" action=Rotation { language }.to_string()>
                    <input type="hidden" name="staff" value=member.id.to_string() />
                    <select name="days" aria-label=label>{options.collect_view()}</select>
                    <button class="btn quiet small">{say!(language, "administration.save")}</button>
                </form>
            </td>
        </tr>
    }
    .into_any()
}

/// Makes somebody's work lighter, or ends that.
pub async fn change(
    State(app): State<Arc<App>>,
    Path(Rotation { language }): Path<Rotation>,
    Lead(session): Lead,
    fields: Fields,
) -> Answer {
    let staff: Uuid = fields.get("staff").parse().map_err(|_| Failure::NotFound)?;
    lighter::change(&app.casework, &session, staff, fields.get("days").parse().unwrap_or_default()).await?;
    Ok(Redirect::to(&Rotation { language }.to_string()).into_response())
}
