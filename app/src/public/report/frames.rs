//! The frames of a video: the island sends them beside the form, in parts that fit a body (`docs/hashing.md`).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use casework::video::{self, Keeping, Part};

use crate::App;
use crate::cookies::Holds;
use crate::error::Answer;
use crate::visit::Visit;

/// Keeps a part beside the draft, which begins if there is none. Only script asks, and reads nothing but the status: 204
/// kept, 413 as many as fit, 422 not a part.
pub async fn keep(State(app): State<Arc<App>>, visit: Visit, body: Bytes) -> Answer {
    let Ok(part) = serde_json::from_slice::<Part>(&body) else {
        return Ok(StatusCode::UNPROCESSABLE_ENTITY.into_response());
    };
    let kept = StatusCode::NO_CONTENT;
    match video::keep_part(&app.casework, Holds::Draft.token(&app, &visit).as_ref(), &part).await? {
        Keeping::Kept => Ok(kept.into_response()),
        Keeping::Begun(cookie) => Ok((visit.cookies.add(Holds::Draft.keep(&app, &cookie)), kept).into_response()),
        Keeping::TooMany => Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response()),
    }
}
