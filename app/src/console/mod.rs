//! The staff's pages.

pub mod door;
pub mod frame;
mod new_password;
mod recover;
mod recovery_codes;
mod set_up;
mod sign_in;
pub mod signed;
mod notice;
pub mod template;
mod welcome;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::App;
use crate::paths::{Recover, SecondFactor, SetUp, SharesStored, SignIn, SignOut, Url, Welcome};

/// Every console route.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route(SignIn::PATTERN, get(sign_in::show).post(sign_in::submit))
        .route(SignOut::PATTERN, post(sign_in::sign_out))
        .merge(notice::router())
        .merge(template::router())
        .route(Welcome::PATTERN, get(welcome::show).post(welcome::choose_password))
        .route(SecondFactor::PATTERN, get(welcome::second_factor).post(welcome::confirm))
        .route(SetUp::PATTERN, get(set_up::show).post(set_up::submit))
        .route(SharesStored::PATTERN, post(set_up::stored))
        .route(Recover::PATTERN, get(recover::show).post(recover::submit))
}
