//! How large a body may be: text fits; files are never sent here.

use std::future::poll_fn;
use std::pin::Pin;

use app::error::{ErrorKind, Failed};
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// In bytes: 256 kB.
pub const LIMIT: usize = 256 * 1024;
/// How much of a body that is too large is still read, in bytes, so that a browser is ready to hear the answer.
const DRAINED: usize = 32 * 1024 * 1024;

/// Reads the whole body before anything is done about it: one that is too large gets the 413 page, one that was cut off
/// changes nothing.
pub async fn limit(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let announced = parts.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > LIMIT) {
        drain(body).await;
        return refused(ErrorKind::TooLarge);
    }
    match to_bytes(body, LIMIT).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        // A body that did not say its length is too large, or the connection broke and nobody hears the answer.
        Err(_) if announced.is_none() => refused(ErrorKind::TooLarge),
        Err(_) => refused(ErrorKind::Broken),
    }
}

fn refused(kind: ErrorKind) -> Response {
    let mut response = kind.status().into_response();
    response.extensions_mut().insert(Failed { kind, cause: None });
    response
}

/// A browser that is still sending when the connection closes shows its own error instead of our page.
async fn drain(mut body: Body) {
    let mut seen = 0;
    while seen < DRAINED {
        match poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            Some(Ok(frame)) => seen += frame.data_ref().map_or(0, Bytes::len),
            Some(Err(_)) | None => return,
        }
    }
}
