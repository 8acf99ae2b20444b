//! The headers that keep a page to itself.

use std::sync::Arc;

use app::App;
use app::visit::CspNonce;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use casework::randomness;

/// On every response, whatever it is.
const ALWAYS: [(HeaderName, &str); 9] = [
    // Not `no-referrer`: browsers then post `Origin: null`, and our own forms would look like another site's.
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_DNS_PREFETCH_CONTROL, "off"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("origin-agent-cluster"), "?1"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), midi=(), payment=(), usb=()",
    ),
];

/// A year.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Gives each request a nonce of its own and its response these headers. The state says whether it came over TLS.
pub async fn secure(State((app, is_secure)): State<(Arc<App>, bool)>, mut request: Request, next: Next) -> Response {
    let nonce = STANDARD_NO_PAD.encode(randomness::bytes::<16>(&*app.casework.randomness));
    request.extensions_mut().insert(CspNonce(nonce.clone()));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Assets bring their own policy and caching; everything else is a page, and personal.
    if let Ok(policy) = HeaderValue::from_str(&page_policy(&nonce)) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if is_secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}

fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' blob: data:; media-src blob:; connect-src 'self'; worker-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}
