//! Calls a web address: one signed POST of JSON, answered soon or taken for failed.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use casework::outbox::Failure;
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use url::Url;

use crate::configuration::Alarm;

/// How long the other side may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// When the call was signed, in seconds since 1970: what is older than minutes was kept and sent again by somebody else.
const TIMESTAMP: &str = "suoja-timestamp";
/// `v1=` and the HMAC-SHA-256 of timestamp, a full stop and the body, in hexadecimal.
const SIGNATURE: &str = "suoja-signature";

/// Why a call did not arrive, without the address.
#[derive(Debug, thiserror::Error)]
#[error("{code}")]
pub struct CallFailure {
    /// Whether trying again makes sense.
    pub failure: Failure,
    /// What happened.
    pub code: &'static str,
}

/// What calls the alarm's address.
pub struct Caller {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    address: Url,
    secret: Option<SecretString>,
}

impl Caller {
    /// Calls this address.
    pub fn new(alarm: &Alarm) -> std::io::Result<Self> {
        let connector =
            hyper_rustls::HttpsConnectorBuilder::new().with_native_roots()?.https_or_http().enable_http1().build();
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            address: alarm.address.clone(),
            secret: alarm.secret.clone(),
        })
    }

    /// Posts `body`, JSON. Redirects are not followed: the address is the operator's word.
    pub async fn call(&self, body: String, now: DateTime<Utc>) -> Result<(), CallFailure> {
        let timestamp = now.timestamp().to_string();
        let mut request = Request::post(self.address.as_str())
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, "Suoja")
            .header(TIMESTAMP, &timestamp);
        if let Some(secret) = &self.secret {
            request = request.header(SIGNATURE, signature(secret.expose_secret(), &timestamp, &body));
        }
        let request = request.body(Body::from(body)).map_err(|_| refused("unwritable"))?;
        let answer = tokio::time::timeout(PATIENCE, self.client.request(request)).await;
        let answer = answer.map_err(|_| passing("timeout"))?.map_err(|_| passing("unreachable"))?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Err(passing("refused_now")),
            status if status.is_server_error() => Err(passing("refused_now")),
            _ => Err(refused("refused")),
        }
    }
}

fn passing(code: &'static str) -> CallFailure {
    CallFailure { failure: Failure::Passing, code }
}

fn refused(code: &'static str) -> CallFailure {
    CallFailure { failure: Failure::Final, code }
}

fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    format!("v1={}", HEXLOWER.encode(&mac.finalize().into_bytes()))
}
