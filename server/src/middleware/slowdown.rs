//! Slows whoever types wrong case codes, right ones included, so that guessing is hopeless and nothing tells a wrong code
//! from an unknown one. A case itself is never locked: others' guesses can't keep a child out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::error::{ErrorKind, Failed};
use app::paths::{Code, Url};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::rates::Visitor;

/// So many wrong codes cost nothing: anyone mistypes.
const FREE: u32 = 3;
/// What the first one after them costs; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Nobody waits longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// So many tries of one visitor may wait at the same time.
const WAITING: u32 = 4;

/// Who has typed wrong codes lately. A visitor's hash changes every ten minutes, and with it this is forgotten.
#[derive(Default)]
pub struct Slowdown {
    visitors: Mutex<HashMap<Option<Visitor>, Tries>>,
}

#[derive(Clone, Copy, Default)]
struct Tries {
    wrong: u32,
    waiting: u32,
}

impl Slowdown {
    /// Begins a try. It counts as wrong until [`right`](Self::right) says otherwise, so that many at once gain nothing.
    /// `None` where too many wait already.
    fn begin(&self, visitor: Option<Visitor>) -> Option<Duration> {
        let mut visitors = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        if visitors.len() > 100_000 {
            visitors.clear();
        }
        let tries = visitors.entry(visitor).or_default();
        let pause = pause_after(tries.wrong);
        if !pause.is_zero() && tries.waiting >= WAITING {
            return None;
        }
        tries.waiting += 1;
        tries.wrong = tries.wrong.saturating_add(1);
        Some(pause)
    }

    fn end(&self, visitor: Option<Visitor>, was_right: bool) {
        let mut visitors = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(tries) = visitors.get_mut(&visitor) else { return };
        tries.waiting = tries.waiting.saturating_sub(1);
        if was_right {
            visitors.remove(&visitor);
        }
    }
}

fn pause_after(wrong: u32) -> Duration {
    match wrong.checked_sub(FREE) {
        None => Duration::ZERO,
        Some(further) => FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(further)).min(LONGEST_PAUSE),
    }
}

/// Puts the pause before the handler: a right code waits as long as a wrong one.
pub async fn slow_wrong_codes(State(slowdown): State<Arc<Slowdown>>, request: Request, next: Next) -> Response {
    let is_code = request.extensions().get::<MatchedPath>().is_some_and(|path| path.as_str() == Code::PATTERN);
    if !is_code || request.method() != Method::POST {
        return next.run(request).await;
    }
    let visitor = request.extensions().get::<Visitor>().copied();
    let Some(pause) = slowdown.begin(visitor) else {
        let mut response = ErrorKind::TooMany.status().into_response();
        response.extensions_mut().insert(Failed { kind: ErrorKind::TooMany, cause: None });
        return response;
    };
    let mut trying = Trying { slowdown, visitor, was_right: false };
    tokio::time::sleep(pause).await;
    let response = next.run(request).await;
    trying.was_right = response.status() != StatusCode::UNPROCESSABLE_ENTITY && !response.status().is_server_error();
    response
}

/// Ends the try also when the visitor goes away while waiting.
struct Trying {
    slowdown: Arc<Slowdown>,
    visitor: Option<Visitor>,
    was_right: bool,
}

impl Drop for Trying {
    fn drop(&mut self) {
        self.slowdown.end(self.visitor, self.was_right);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let pauses: Vec<u128> = (0..12).map(|wrong| pause_after(wrong).as_millis()).collect();
        assert_eq!(pauses, [0, 0, 0, 250, 500, 1000, 2000, 4000, 8000, 8000, 8000, 8000]);
        assert_eq!(pause_after(u32::MAX), LONGEST_PAUSE);
    }

    #[test]
    fn many_tries_at_once_gain_nothing() {
        let slowdown = Slowdown::default();
        let pauses: Vec<_> = (0..8).map(|_| slowdown.begin(None)).collect();
        assert_eq!(pauses.iter().flatten().filter(|pause| pause.is_zero()).count(), 3);
        assert_eq!(pauses.iter().filter(|pause| pause.is_none()).count(), 4);
    }

    #[test]
    fn a_right_code_ends_it() {
        let slowdown = Slowdown::default();
        for _ in 0..3 {
            slowdown.begin(None);
            slowdown.end(None, false);
        }
        assert_eq!(slowdown.begin(None), Some(FIRST_PAUSE));
        slowdown.end(None, true);
        assert_eq!(slowdown.begin(None), Some(Duration::ZERO));
    }
}
