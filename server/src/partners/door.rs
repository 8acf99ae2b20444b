//! Who calls, how often they may, and the trace that they did.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use app::App;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use casework::api_key::{self, Partner, Right};
use casework::history::Actor;
use casework::list::{self, Terms};
use casework::{Error, audit};
use uuid::Uuid;

use super::problem::Problem;
use crate::middleware::rates::Spent;

/// What stands before every route.
pub struct Door {
    app: Arc<App>,
    per_minute: u32,
    spent: Mutex<HashMap<Uuid, Spent>>,
}

impl Door {
    /// Nobody has called yet.
    pub fn new(app: Arc<App>, per_minute: u32) -> Self {
        Self { app, per_minute, spent: Mutex::default() }
    }

    /// Takes one call off a key's share. Gives how many are left, or in how many seconds there is one.
    fn take(&self, key: Uuid) -> Result<u32, u64> {
        let now = self.app.casework.now();
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = spent.entry(key).or_insert_with(|| Spent::nothing(now));
        if spent.take(self.per_minute.into(), now) {
            return Ok(spent.left(self.per_minute));
        }
        Err(u64::from(60_u32.div_ceil(self.per_minute.max(1))))
    }
}

/// Lets in whoever has a key and calls to spare.
pub async fn let_in(State(door): State<Arc<Door>>, mut request: Request, next: Next) -> Response {
    let app = &door.app;
    let partner = match holder(app, request.headers()).await {
        Ok(partner) => partner,
        Err(problem) => return problem.answer(app),
    };
    let taken = door.take(partner.key);
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let call = format!("{} {route}", request.method());
    let mut response = match taken {
        Err(seconds) => Problem::TooMany(seconds).answer(app),
        Ok(_) => {
            request.extensions_mut().insert(partner.clone());
            next.run(request).await
        }
    };
    if let Err(cause) = trace(app, &partner, &format!("{call} {}", response.status().as_u16())).await {
        return Problem::Failed(cause).answer(app);
    }
    say_share(&mut response, door.per_minute, taken.unwrap_or_default());
    response
}

async fn holder(app: &App, headers: &HeaderMap) -> Result<Partner, Problem> {
    let secret = secret_of(headers).ok_or(Problem::NoKey)?;
    api_key::holder(&app.casework, &secret).await?.ok_or(Problem::NoKey)
}

/// The key, where the formats have it: as a bearer token, as a password, or in `x-functions-key`.
fn secret_of(headers: &HeaderMap) -> Option<String> {
    if let Some(key) = headers.get("x-functions-key") {
        return key.to_str().ok().map(str::to_owned);
    }
    let (scheme, value) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(value.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}

async fn trace(app: &App, partner: &Partner, call: &str) -> Result<(), Error> {
    let cw = &app.casework;
    let mut tx = cw.storage.write().await?;
    audit::record(cw, &mut tx, Actor::Partner(partner.key), "api.call", partner.organisation, call).await?;
    Ok(tx.commit().await?)
}

/// As draft-ietf-httpapi-ratelimit-headers writes it.
fn say_share(response: &mut Response, per_minute: u32, left: u32) {
    let headers = response.headers_mut();
    for (name, words) in
        [("ratelimit-policy", format!("\"key\";q={per_minute};w=60")), ("ratelimit", format!("\"key\";r={left}"))]
    {
        if let Ok(value) = HeaderValue::from_str(&words) {
            headers.insert(name, value);
        }
    }
}

/// Whoever was let in.
pub struct Signed(pub Partner);

impl FromRequestParts<Arc<App>> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let partner = parts.extensions.get::<Partner>().cloned().map(Self);
        partner.ok_or_else(|| Problem::NoKey.answer(app))
    }
}

/// A partner who may pull the list, and on which terms.
pub struct Puller {
    /// The terms.
    pub terms: Terms,
}

impl FromRequestParts<Arc<App>> for Puller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let found = with_terms(parts, app, Right::Fingerprints, "the key is not for pulling fingerprints").await;
        found.map(|(_, terms)| Self { terms }).map_err(|problem| problem.answer(app))
    }
}

/// A partner who may say what became of fingerprints.
pub struct Speaker {
    /// Who it is.
    pub partner: Partner,
    /// Which fingerprints it may know.
    pub terms: Terms,
}

impl FromRequestParts<Arc<App>> for Speaker {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let found = with_terms(parts, app, Right::Feedback, "the key is not for feedback").await;
        found.map(|(partner, terms)| Self { partner, terms }).map_err(|problem| problem.answer(app))
    }
}

async fn with_terms(
    parts: &Parts,
    app: &App,
    right: Right,
    refusal: &'static str,
) -> Result<(Partner, Terms), Problem> {
    let partner = parts.extensions.get::<Partner>().ok_or(Problem::NoKey)?;
    if !partner.may(right) {
        return Err(Problem::NotYours(refusal));
    }
    let terms = list::terms(&app.casework, partner.organisation).await?;
    let terms = terms.ok_or(Problem::NotYours("no terms are recorded with your organisation"))?;
    Ok((partner.clone(), terms))
}
