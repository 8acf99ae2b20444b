//! Turns what went wrong into a page in the visitor's language, and its cause into one line of the log.

use std::any::Any;
use std::convert::Infallible;
use std::sync::Arc;

use app::App;
use app::error::{ErrorKind, Failed, error_page};
use app::visit::Visit;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::log::Incident;

/// Shows the page for an error that came back bare.
pub async fn show(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit: Result<Visit, Infallible> = Visit::from_request_parts(&mut parts, &()).await;
    let Ok(visit) = visit;
    let is_asking = parts.method == Method::GET || parts.method == Method::HEAD;
    let route = parts.extensions.get::<MatchedPath>().cloned();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(failed) = what_failed(&response, is_asking) else { return response };

    let incident = (failed.kind == ErrorKind::Internal).then(|| app.casework.new_id());
    if let Some(incident) = incident {
        let cause = failed.cause.as_ref().map_or_else(|| "panic, logged above".to_owned(), ToString::to_string);
        let route = route.as_ref().map_or("none", MatchedPath::as_str);
        tracing::error!(%incident, route, cause, "a request failed");
    }
    let mut page = error_page(&app, &visit, failed.kind, incident);
    if let Some(incident) = incident {
        page.extensions_mut().insert(Incident(incident));
    }
    // The router adds the methods that are.
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        *page.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    }
    page
}

/// What a handler said failed; or, where no handler answered, what the bare status means.
fn what_failed(response: &Response, is_asking: bool) -> Option<Failed> {
    if let Some(failed) = response.extensions().get::<Failed>() {
        return Some(failed.clone());
    }
    let is_bare = response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind == "text/plain; charset=utf-8");
    let status = response.status();
    if !is_bare || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    let kind = match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => ErrorKind::NotFound,
        StatusCode::FORBIDDEN => ErrorKind::Forbidden,
        StatusCode::PAYLOAD_TOO_LARGE => ErrorKind::TooLarge,
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::TooMany,
        StatusCode::SERVICE_UNAVAILABLE => ErrorKind::Unavailable,
        // A path whose id or language is none: there is no such page.
        StatusCode::BAD_REQUEST if is_asking => ErrorKind::NotFound,
        _ if status.is_client_error() => ErrorKind::Broken,
        _ => ErrorKind::Internal,
    };
    Some(Failed { kind, cause: None })
}

/// A panic in a handler ends that request alone. What it said is dropped: it could hold anything. Where it happened is
/// logged by [`quiet_panics`].
pub fn after_panic(_: Box<dyn Any + Send>) -> Response {
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Failed { kind: ErrorKind::Internal, cause: None });
    response
}

/// Makes panics log their place and nothing else, for the whole process: their words could hold what the vault protects.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}
