//! Reporters' pages.

mod home;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::App;
use crate::paths::{Home, Root, Url};

/// Every public route.
pub fn router() -> Router<Arc<App>> {
    Router::new().route(Root::PATTERN, get(home::choose_language)).route(Home::PATTERN, get(home::show))
}
