//! One visit: what a handler needs to know of the request beside its path and form.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;

use crate::words::Language;

/// The nonce of this response's Content-Security-Policy, put into the request by the server's middleware.
#[derive(Clone, Debug)]
pub struct CspNonce(pub String);

/// What a handler knows of a request.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The language its path names; else the best of those its browser accepts.
    pub language: Language,
    /// Its path and query, for the language switch.
    pub uri: Uri,
    /// Its cookies.
    pub cookies: CookieJar,
    /// The nonce inline scripts carry.
    pub nonce: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let uri =
            parts.extensions.get::<axum::extract::OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
        let accepted = parts.headers.get("accept-language").and_then(|value| value.to_str().ok()).unwrap_or("");
        let named = uri.path().split('/').nth(1).and_then(|code| code.parse().ok());
        Ok(Self {
            language: named.unwrap_or_else(|| Language::negotiate(accepted)),
            cookies: CookieJar::from_headers(&parts.headers),
            nonce: parts.extensions.get::<CspNonce>().map(|nonce| nonce.0.clone()).unwrap_or_default(),
            uri,
        })
    }
}

impl Visit {
    /// The same visit, answered in another language than its path names.
    #[must_use]
    pub fn speaking(&self, language: Language) -> Self {
        Self { language, ..self.clone() }
    }

    /// This same page in another language.
    pub fn in_language(&self, language: Language) -> String {
        let rest = self.uri.path().splitn(3, '/').nth(2).map(|rest| format!("/{rest}")).unwrap_or_default();
        let query = self.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("/{language}{rest}{query}")
    }
}
