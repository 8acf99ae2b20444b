//! A web address that keeps what it is sent, and answers as it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A call as it arrived.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
}

type Kept = Arc<(watch::Sender<Vec<Call>>, AtomicU16)>;

/// The web address.
pub struct WebSink {
    port: u16,
    calls: watch::Receiver<Vec<Call>>,
    kept: Kept,
}

impl WebSink {
    /// Starts one that takes everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (keep, calls) = watch::channel(Vec::new());
        let kept: Kept = Arc::new((keep, AtomicU16::new(204)));
        let router = Router::new().fallback(keep_call).with_state(kept.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { port, calls, kept }
    }

    /// Its address.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/ring", self.port)
    }

    /// From now on answers with this status.
    pub fn answer_with(&self, status: u16) {
        self.kept.1.store(status, Ordering::SeqCst);
    }

    /// Waits until so many calls have arrived.
    pub async fn wait_for(&self, number: usize) -> Vec<Call> {
        let mut calls = self.calls.clone();
        let waiting = calls.wait_for(|calls| calls.len() >= number);
        tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("no call in 30 s").unwrap().clone()
    }
}

async fn keep_call(State(kept): State<Kept>, headers: HeaderMap, body: String) -> StatusCode {
    kept.0.send_modify(|calls| calls.push(Call { headers, body }));
    StatusCode::from_u16(kept.1.load(Ordering::SeqCst)).unwrap()
}
