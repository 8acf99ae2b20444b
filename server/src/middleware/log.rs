//! One line a request: what kind it was and how it went. Never a path with an id in it, a query, an address or a body.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

/// The number of something that went wrong, on the page and in the log. On the response.
#[derive(Clone, Copy, Debug)]
pub struct Incident(pub Uuid);

/// Writes the line.
pub async fn request(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    match response.extensions().get::<Incident>() {
        Some(Incident(incident)) => tracing::info!(%method, route, status, ms, %incident, "request"),
        None => tracing::info!(%method, route, status, ms, "request"),
    }
    response
}
