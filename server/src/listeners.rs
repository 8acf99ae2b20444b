//! Where requests come in: HTTP/1.1 on one or two addresses, behind a reverse proxy that speaks TLS.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::middleware::rates::Peer;

/// Connections at the same time, each at most one request; more wait to be accepted.
const CONNECTIONS: usize = 2048;
/// How long a client may take to send a request's head, and how long an idle connection is kept.
const HEAD: Duration = Duration::from_secs(20);
/// How long requests under way get to finish at shutdown.
const GRACE: Duration = Duration::from_secs(30);
/// How long to wait when the machine has no more sockets to give.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Serves until `stop`, then finishes the requests it accepted.
pub async fn serve(listener: TcpListener, routes: Router, stop: CancellationToken) {
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(slot) = slots.clone().acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(cause) => {
                after_failed_accept(&cause).await;
                continue;
            }
        };
        let routes = routes.clone();
        let answer = service_fn(move |request: hyper::Request<Incoming>| answer(routes.clone(), peer, request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .serve_connection(TokioIo::new(stream), answer);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A client that went away is no event of ours.
            let _gone = connection.await;
            drop(slot);
        });
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time and were ended");
    }
}

async fn answer(
    routes: Router,
    peer: SocketAddr,
    request: hyper::Request<Incoming>,
) -> Result<axum::response::Response, Infallible> {
    let mut request: Request = request.map(Body::new);
    request.extensions_mut().insert(Peer(peer));
    routes.oneshot(request).await
}

async fn after_failed_accept(cause: &io::Error) {
    if matches!(cause.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) {
        return;
    }
    tracing::error!(%cause, "no connection can be accepted");
    tokio::time::sleep(EXHAUSTED).await;
}
