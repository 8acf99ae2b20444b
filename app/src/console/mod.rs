//! The staff's pages.

mod account;
mod administration;
mod bulk;
mod case;
mod days;
mod destinations;
pub mod door;
mod figures;
mod flash;
mod flood;
pub mod frame;
mod hand_over;
mod keys;
mod live;
mod new_password;
mod notice;
mod on_call;
mod pause;
mod plain;
mod queue;
mod recover;
mod recovery_codes;
mod search;
mod set_up;
mod sign_in;
pub mod signed;
pub mod template;
mod views;
mod welcome;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use frame::Place;

use crate::App;
use crate::paths::{
    ColleaguesCases, Live, MyCases, Queue, Recover, SecondFactor, SecondLook, SetUp, SharesStored, SignIn, SignOut,
    TakeNext, Url, WaitingCases, Welcome,
};

/// Every console route.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route(SignIn::PATTERN, get(sign_in::show).post(sign_in::submit))
        .route(Queue::PATTERN, queue::page(Place::Queue))
        .route(MyCases::PATTERN, queue::page(Place::Mine))
        .route(ColleaguesCases::PATTERN, queue::page(Place::Colleagues))
        .route(Live::PATTERN, get(live::stream))
        .merge(bulk::router())
        .merge(figures::router())
        .merge(flood::router())
        .merge(search::router())
        .merge(views::router())
        .route(WaitingCases::PATTERN, queue::page(Place::Waiting))
        .route(SecondLook::PATTERN, queue::page(Place::SecondLook))
        .route(TakeNext::PATTERN, post(queue::take_next))
        .merge(case::router())
        .route(SignOut::PATTERN, get(set_up::to_queue).post(sign_in::sign_out))
        .merge(account::router())
        .merge(administration::router())
        .merge(notice::router())
        .merge(on_call::router())
        .merge(pause::router())
        .merge(hand_over::router())
        .merge(template::router())
        .route(Welcome::PATTERN, get(welcome::show).post(welcome::choose_password))
        .route(SecondFactor::PATTERN, get(welcome::second_factor).post(welcome::confirm))
        .route(SetUp::PATTERN, get(set_up::show).post(set_up::submit))
        .route(SharesStored::PATTERN, get(set_up::to_queue).post(set_up::stored))
        .route(Recover::PATTERN, get(recover::show).post(recover::submit))
}
