//! The staff's pages.

pub mod frame;

use std::sync::Arc;

use axum::Router;

use crate::App;

/// Every console route.
pub fn router() -> Router<Arc<App>> {
    Router::new()
}
