//! The staff's pages.

pub mod door;
pub mod frame;
mod sign_in;
pub mod signed;
mod notice;
pub mod template;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::App;
use crate::paths::{SignIn, SignOut, Url};

/// Every console route.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route(SignIn::PATTERN, get(sign_in::show).post(sign_in::submit))
        .route(SignOut::PATTERN, post(sign_in::sign_out))
        .merge(notice::router())
        .merge(template::router())
}
