//! Whether the process lives, and whether it can serve. For machines: plain words, no page around them.

use std::sync::Arc;

use app::App;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// `/healthz` and `/readyz`, on every listener.
pub fn router() -> Router<Arc<App>> {
    Router::new().route("/healthz", get(|| async { plain(StatusCode::OK, "alive\n") })).route("/readyz", get(ready))
}

async fn ready(State(app): State<Arc<App>>) -> Response {
    match app.casework.storage.schema_is_current().await {
        Ok(true) => plain(StatusCode::OK, "ready\n"),
        Ok(false) => plain(StatusCode::SERVICE_UNAVAILABLE, "not ready: the database's schema is not current\n"),
        Err(cause) => {
            tracing::error!(%cause, "the database can't be reached");
            plain(StatusCode::SERVICE_UNAVAILABLE, "not ready: the database can't be reached\n")
        }
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}
