//! *Leave quickly*: a plain link ends what is under way here, then leads to a neutral site.
//!
//! A link, not a form: `form-action 'self'` blocks a post that is redirected elsewhere. No `Clear-Site-Data` either: its
//! "cookies" would sign out staff, its "cache" can hold up the page for seconds, and nothing personal is in the cache.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use casework::mine;

use crate::App;
use crate::cookies::Holds;
use crate::error::Answer;
use crate::visit::Visit;

/// Forgets the draft and closes the case at the server and in the browser, then goes. It goes even if that fails: the
/// cookies are gone in any case, and the rows end by themselves.
pub async fn leave(State(app): State<Arc<App>>, visit: Visit) -> Answer {
    if let Some(token) = Holds::Draft.token(&app, &visit) {
        casework::draft::discard(&app.casework, &token)
            .await
            .unwrap_or_else(|cause| tracing::error!(%cause, "leaving: the draft stays until it ends by itself"));
    }
    if let Some(token) = Holds::Case.token(&app, &visit) {
        mine::leave(&app.casework, &token)
            .await
            .unwrap_or_else(|cause| tracing::error!(%cause, "leaving: the session stays until it ends by itself"));
    }
    let cookies = visit.cookies.add(Holds::Draft.forget(&app)).add(Holds::Case.forget(&app));
    Ok((cookies, Redirect::to(&app.operator.leave_to)).into_response())
}
