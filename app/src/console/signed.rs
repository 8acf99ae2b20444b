//! Who is at the console: extractors that let only the right people past.
//!
//! A handler names what it needs as an argument: [`Signed`] anybody who is signed in, [`Holder`] who can open cases,
//! [`Lead`] and [`Administrator`] a role. Who has no session is led to the sign-in page and, after it, back.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use casework::recovery;
use casework::staff::exposure;
use casework::staff::session::{self, StaffSession};
use casework::taxonomy::Role;
use leptos::prelude::*;

use super::frame::{Place, console_page};
use crate::cookies::Holds;
use crate::error::Failure;
use crate::visit::Visit;
use crate::{App, paths, say};

/// Somebody who is signed in.
pub struct Signed(pub StaffSession);

/// Somebody who is signed in and holds the hotline's keys.
pub struct Holder(pub StaffSession);

/// A lead or an administrator.
pub struct Lead(pub StaffSession);

/// An administrator.
pub struct Administrator(pub StaffSession);

impl FromRequestParts<Arc<App>> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let Ok(visit) = Visit::from_request_parts(parts, app).await;
        let session = match Holds::Session.token(app, &visit) {
            Some(token) => {
                session::resume(&app.casework, &token).await.map_err(|cause| Failure::from(cause).into_response())?
            }
            None => None,
        };
        session.map(Self).ok_or_else(|| to_sign_in(&visit, &parts.method))
    }
}

/// Leads to the sign-in page; a page that was only looked at is found again after it.
fn to_sign_in(visit: &Visit, method: &Method) -> Response {
    let sign_in = paths::SignIn { language: visit.language }.to_string();
    if method != Method::GET {
        return Redirect::to(&sign_in).into_response();
    }
    let wanted: String = url::form_urlencoded::byte_serialize(visit.uri.to_string().as_bytes()).collect();
    Redirect::to(&format!("{sign_in}?to={wanted}")).into_response()
}

impl FromRequestParts<Arc<App>> for Holder {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let Signed(session) = Signed::from_request_parts(parts, app).await?;
        if session.is_holder() {
            let ticked = exposure::tick(&app.casework, &session).await;
            ticked.map_err(|cause| Failure::from(cause).into_response())?;
            return Ok(Self(session));
        }
        let Ok(visit) = Visit::from_request_parts(parts, app).await;
        let is_set_up = recovery::is_set_up(&app.casework, session.organisation)
            .await
            .map_err(|cause| Failure::from(cause).into_response())?;
        if is_set_up {
            return Err(waiting_page(app, &visit, &session).await);
        }
        Err(Redirect::to(&paths::SetUp { language: visit.language }.to_string()).into_response())
    }
}

/// Says why no case can be opened, and what can be done.
async fn waiting_page(app: &Arc<App>, visit: &Visit, session: &StaffSession) -> Response {
    let language = visit.language;
    let title = say!(language, "sign_in.waiting.title");
    console_page(app, visit, session, StatusCode::FORBIDDEN, Place::Queue, title.clone(), move || {
        view! {
            <div class="narrow">
                <h1>{title}</h1>
                <p class="lede">{say!(language, "sign_in.waiting.text")}</p>
                <p>{say!(language, "sign_in.waiting.recover")} " "
                    <a href=paths::Recover { language }.to_string()>{say!(language, "sign_in.waiting.recover_link")}</a>
                </p>
            </div>
        }
    })
    .await
}

impl FromRequestParts<Arc<App>> for Lead {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let Signed(session) = Signed::from_request_parts(parts, app).await?;
        match session.role {
            Role::Lead | Role::Administrator => Ok(Self(session)),
            Role::Analyst => Err(Failure::Forbidden.into_response()),
        }
    }
}

impl FromRequestParts<Arc<App>> for Administrator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let Signed(session) = Signed::from_request_parts(parts, app).await?;
        match session.role {
            Role::Administrator => Ok(Self(session)),
            Role::Lead | Role::Analyst => Err(Failure::Forbidden.into_response()),
        }
    }
}
