//! When something goes wrong: a plain sentence and an incident id for the person, the cause, once, for the log.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use casework::case::Refused;
use casework::staff::StaffError;
use leptos::prelude::*;
use uuid::Uuid;

use crate::page::Page;
use crate::visit::Visit;
use crate::{App, paths, say};

/// What a handler may fail with once the person can do nothing about it.
#[derive(Debug)]
pub enum Failure {
    /// There is no such page, case or item, or not for this person.
    NotFound,
    /// This person may not do that.
    Forbidden,
    /// Our fault.
    Internal(casework::Error),
}

impl From<casework::Error> for Failure {
    fn from(cause: casework::Error) -> Self {
        Self::Internal(cause)
    }
}

/// For what a page offers to nobody who would be refused: the page has nothing of its own to say.
impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Failed(cause) => Self::Internal(cause),
            Refused::NotFound => Self::NotFound,
            _ => Self::Forbidden,
        }
    }
}

impl From<StaffError> for Failure {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::NotForYou => Self::Forbidden,
            StaffError::Failed(cause) => Self::Internal(cause),
        }
    }
}

/// A handler's answer.
pub type Answer = Result<Response, Failure>;

/// Put on the response for the server's middleware, which renders the page in the visitor's language and logs the cause.
#[derive(Clone, Debug)]
pub struct Failed {
    /// What to say.
    pub kind: ErrorKind,
    /// The cause, for the log only.
    pub cause: Option<Arc<casework::Error>>,
}

/// The sentences there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// 404.
    NotFound,
    /// 403, also for a post from another site.
    Forbidden,
    /// 413.
    TooLarge,
    /// 429.
    TooMany,
    /// 400: the request was cut off or is not a form.
    Broken,
    /// 500.
    Internal,
    /// 503: no hotline has been set up yet, or the database is away.
    Unavailable,
}

impl ErrorKind {
    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Broken => StatusCode::BAD_REQUEST,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The key under `error.` of its words.
    fn key(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Forbidden => "forbidden",
            Self::TooLarge => "too_large",
            Self::TooMany => "too_many",
            Self::Broken => "broken",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (kind, cause) = match self {
            Self::NotFound => (ErrorKind::NotFound, None),
            Self::Forbidden => (ErrorKind::Forbidden, None),
            Self::Internal(cause) => (ErrorKind::Internal, Some(Arc::new(cause))),
        };
        let mut response = kind.status().into_response();
        response.extensions_mut().insert(Failed { kind, cause });
        response
    }
}

/// The page for an error. `incident` is shown where a person may want to quote it.
pub fn error_page(app: &App, visit: &Visit, kind: ErrorKind, incident: Option<Uuid>) -> Response {
    let language = visit.language;
    let title = say!(language, format!("error.{}.title", kind.key()));
    let text = say!(language, format!("error.{}.text", kind.key()));
    Page::public(visit).with_status(kind.status()).render(app, visit, move || {
        view! {
            <div class="narrow">
                <h1>{title}</h1>
                <p class="lede">{text}</p>
                {incident.map(|id| view! { <p class="hint">{say!(language, "error.incident")} " " <bdi class="code">{id.to_string()}</bdi></p> })}
                <p><a class="btn" href=paths::Home { language }.to_string()>{say!(language, "error.home")}</a></p>
            </div>
        }
    })
}
