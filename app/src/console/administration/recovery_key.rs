//! New recovery shares, when some were lost or somebody who kept one has left.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use casework::recovery::{self, RecoveryError};
use casework::staff::member;
use casework::staff::password::{self, ChangeError};
use casework::staff::session::StaffSession;
use casework::taxonomy::Role;
use leptos::prelude::*;

use super::super::account::whose;
use super::super::frame::{Place, console_page};
use super::super::set_up::{parse_split, shares_page, split_fields};
use super::super::signed::Administrator;
use super::{Tab, tabs};
use crate::cookies::Holds;
use crate::error::Answer;
use crate::form::{Fields, FormState, Problem, error_summary, text_field};
use crate::paths::RecoveryKey;
use crate::visit::Visit;
use crate::{App, say};

/// The form.
pub async fn show(State(app): State<Arc<App>>, visit: Visit, Administrator(session): Administrator) -> Answer {
    let filled = [("shares", "3"), ("needed", "2")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    page(&app, &visit, &session, StatusCode::OK, FormState::filled(Fields(filled.to_vec()))).await
}

async fn page(app: &Arc<App>, visit: &Visit, session: &StaffSession, status: StatusCode, form: FormState) -> Answer {
    let language = visit.language;
    let is_holder = session.is_holder();
    let address = member::own_address(&app.casework, session).await?;
    let title = say!(language, "administration.recovery.title");
    Ok(console_page(app, visit, session, status, Place::Administration, title.clone(), move || {
        view! {
            {tabs(language, Role::Administrator, Tab::Recovery)}
            <div class="narrow">
                <h1>{title}</h1>
                {error_summary(language, &form)}
                <p>{say!(language, "administration.recovery.text")}</p>
                {if is_holder {
                    view! {
                        <form class="panel" method="post" action=RecoveryKey { language }.to_string()>
                            {split_fields(language, &form)}
                            {whose(&address)}
                            {text_field(&form, "present", say!(language, "account.password.present"), None, "password", "current-password")}
                            <div class="actions"><button class="btn">{say!(language, "administration.recovery.button")}</button></div>
                        </form>
                    }
                    .into_any()
                } else {
                    view! { <p class="hint">{say!(language, "administration.recovery.not_a_holder")}</p> }.into_any()
                }}
            </div>
        }
    }).await)
}

/// Makes new shares for who knows their password, and shows them this once. The ones before stay good until these are said to be stored.
pub async fn renew(
    State(app): State<Arc<App>>,
    Path(RecoveryKey { language }): Path<RecoveryKey>,
    visit: Visit,
    Administrator(session): Administrator,
    fields: Fields,
) -> Answer {
    let problem = match parse_split(language, &fields) {
        Err(problem) => problem,
        Ok(split) => {
            let (device, present) = (Holds::Device.token(&app, &visit), fields.get("present").to_owned().into());
            match password::prove(&app.casework, &session, device.as_ref(), present).await {
                Ok(()) => match recovery::renew(&app.casework, &session, split).await {
                    Ok(shares) => return Ok(shares_page(&app, &visit, &session, &shares).await),
                    Err(RecoveryError::Failed(cause)) => return Err(cause.into()),
                    Err(_) => Problem::new("shares", say!(language, "administration.recovery.not_a_holder")),
                },
                Err(ChangeError::Wrong) => Problem::new("present", say!(language, "account.password.wrong")),
                Err(ChangeError::Failed(cause)) => return Err(cause.into()),
            }
        }
    };
    let kept = fields.0.into_iter().filter(|(name, _)| name != "present").collect();
    let form = FormState { fields: Fields(kept), problems: vec![problem] };
    page(&app, &visit, &session, StatusCode::UNPROCESSABLE_ENTITY, form).await
}
