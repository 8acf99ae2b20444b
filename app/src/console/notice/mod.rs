//! Notices to providers: draft, read exactly what goes out, approve, write down the answer.

mod draft;
mod show;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::App;
use crate::paths::{NoticeAnswer, NoticeApproval, NoticeDiscard, NoticeDraft, NoticePage, Url};

/// Every route about notices.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route(NoticeDraft::PATTERN, get(draft::show).post(draft::submit))
        .route(NoticePage::PATTERN, get(show::show))
        .route(NoticeApproval::PATTERN, post(show::approve))
        .route(NoticeDiscard::PATTERN, post(show::discard))
        .route(NoticeAnswer::PATTERN, post(show::answer))
}
