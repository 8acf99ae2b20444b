//! What went wrong, for a program and the engineer behind it (RFC 9457). In English alone, as the interface is.

use std::sync::Arc;

use app::App;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use casework::storage::StorageError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::middleware::log::Incident;

/// Why a call was refused.
#[derive(Debug)]
pub enum Problem {
    /// No key, one that is not known, or one that has ended.
    NoKey,
    /// The key may not do this.
    NotYours(&'static str),
    /// Too many calls; so many seconds until the next.
    TooMany(u64),
    /// What was sent makes no sense: which part, and what it should be.
    Malformed(&'static str),
    /// The cursor is older than what is remembered.
    StartAnew,
    /// Our fault; the cause goes to the log.
    Failed(casework::Error),
}

impl From<casework::Error> for Problem {
    fn from(cause: casework::Error) -> Self {
        Self::Failed(cause)
    }
}

impl From<StorageError> for Problem {
    fn from(cause: StorageError) -> Self {
        Self::Failed(cause.into())
    }
}

/// What was asked for in the address.
pub struct Sent<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Sent<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let wrong = Problem::Malformed("a parameter behind the question mark is not what it should be");
        Query::try_from_uri(&parts.uri).map(|Query(sent)| Self(sent)).map_err(|_| wrong.answer(app))
    }
}

#[derive(Serialize)]
struct Body {
    r#type: String,
    title: &'static str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<Uuid>,
}

impl Problem {
    fn kind(&self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::NoKey => ("no-key", StatusCode::UNAUTHORIZED, "a valid key is needed"),
            Self::NotYours(_) => ("not-yours", StatusCode::FORBIDDEN, "this key may not do that"),
            Self::TooMany(_) => ("too-many", StatusCode::TOO_MANY_REQUESTS, "too many calls"),
            Self::Malformed(_) => ("malformed", StatusCode::BAD_REQUEST, "the call makes no sense"),
            Self::StartAnew => {
                ("start-anew", StatusCode::GONE, "the cursor is too old: drop what you have and pull all")
            }
            Self::Failed(_) => ("failed", StatusCode::INTERNAL_SERVER_ERROR, "this is our fault; try again later"),
        }
    }

    fn detail(&self) -> Option<&'static str> {
        match self {
            Self::NotYours(detail) | Self::Malformed(detail) => Some(detail),
            Self::NoKey | Self::TooMany(_) | Self::StartAnew | Self::Failed(_) => None,
        }
    }

    /// Answers, and logs the cause of what is our fault once.
    pub fn answer(&self, app: &App) -> Response {
        let Self::Failed(cause) = self else { return self.written(None) };
        let incident = app.casework.new_id();
        tracing::error!(%incident, %cause, "a partner's call failed");
        self.written(Some(incident))
    }

    /// A panic is logged by its place.
    pub fn after_panic() -> Response {
        Self::Failed(casework::Error::Inconsistent("panic")).written(None)
    }

    fn written(&self, incident: Option<Uuid>) -> Response {
        let (kind, status, title) = self.kind();
        let r#type = format!("urn:suoja:problem:{kind}");
        let body = Body { r#type, title, status: status.as_u16(), detail: self.detail(), incident };
        let json = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], json).into_response();
        match self {
            Self::NoKey => {
                let ways = HeaderValue::from_static("Bearer realm=\"suoja\", Basic realm=\"suoja\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, ways);
            }
            Self::TooMany(seconds) => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Self::NotYours(_) | Self::Malformed(_) | Self::StartAnew | Self::Failed(_) => {}
        }
        if let Some(incident) = incident {
            response.extensions_mut().insert(Incident(incident));
        }
        response
    }
}
