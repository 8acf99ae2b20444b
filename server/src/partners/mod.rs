//! What partners' programs speak with: our own interface under `/api/v1`, and the list in formats that platforms read
//! already. Every call carries a key ([`casework::api_key`]), has its share of calls a minute, and stands in the audit log
//! by its route and status, without what was asked or answered.

mod door;
mod feedback;
mod fingerprints;
mod ncmec;
mod problem;
mod stopncii;

use std::sync::Arc;

use app::App;
use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post, put};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::configuration::Limits;
use door::Door;
use problem::Problem;

/// Every route for partners' programs.
pub fn router(app: &Arc<App>, limits: &Limits) -> Router<Arc<App>> {
    let door = Arc::new(Door::new(app.clone(), limits.calls_per_minute));
    Router::new()
        .route("/api/v1/fingerprints", get(fingerprints::pull))
        .route("/api/v1/fingerprints/feedback", post(feedback::give))
        .route("/exchange/stopncii/v1/FetchHashes", get(stopncii::fetch_hashes))
        .route("/exchange/stopncii/v1/SubmitFeedback", post(feedback::submit))
        .route("/exchange/stopncii/v1/SubmitHashes", post(feedback::submit))
        .route("/exchange/ncmec/v2/status", get(ncmec::status))
        .route("/exchange/ncmec/v2/members", get(ncmec::members))
        .route("/exchange/ncmec/v2/entries", get(ncmec::entries))
        .route("/exchange/ncmec/v2/feedback/{type}/reasons", get(ncmec::reasons))
        .route("/exchange/ncmec/v2/entries/{member}/{entry}/{type}/feedback", put(feedback::vote))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(door, door::let_in))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limits.request))
        .layer(CatchPanicLayer::custom(|_| Problem::after_panic()))
}
