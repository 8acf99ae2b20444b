//! What a request passes through, from the outside in: log and headers (put around everything by
//! [`running`](crate::running)), then, around pages, what [`around`] names: pages for errors, panics, time, origin, rates,
//! slowing of wrong case codes, size.

pub mod errors;
pub mod headers;
pub mod log;
pub mod origin;
pub mod rates;
pub mod size;
pub mod slowdown;

use std::sync::Arc;

use app::App;
use axum::Router;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::configuration::Limits;
use rates::Rates;
use slowdown::Slowdown;

/// Puts everything around the routes that are for people.
pub fn around(routes: Router<Arc<App>>, app: &Arc<App>, limits: &Limits) -> Router<Arc<App>> {
    let rates = Arc::new(Rates::new(app.clone(), limits));
    let slowdown = Arc::new(Slowdown::default());
    routes
        // Named, so that it stays with what is around it when files are merged in beside.
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(from_fn(size::limit))
        .layer(from_fn_with_state(slowdown, slowdown::slow_wrong_codes))
        .layer(from_fn_with_state(rates, rates::limit))
        .layer(origin::own_only())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limits.request))
        .layer(CatchPanicLayer::custom(errors::after_panic))
        .layer(from_fn_with_state(app.clone(), errors::show))
}
