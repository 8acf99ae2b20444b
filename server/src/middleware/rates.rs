//! How much one visitor may ask for, without ever keeping who they are.
//!
//! A visitor is a keyed hash of their address (of an IPv6 address its first half), made with a salt that is forgotten
//! every ten minutes together with all hashes made with it. It lives in memory alone and is never logged.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use app::App;
use app::error::{ErrorKind, Failed};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use casework::randomness;
use casework::vault::server_keys::{LookupHash, Purpose};
use chrono::{DateTime, TimeDelta, Utc};

use crate::configuration::Limits;

/// Who is at the other end of the connection; put on each request by the listener.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// A visitor, as far as limits need to know. On the request when it is known; this machine itself is nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Visitor(LookupHash);

/// How long a salt lasts.
const WINDOW: TimeDelta = TimeDelta::minutes(10);
/// How many visitors are remembered; more than that within one window is an attack, and all start anew.
const REMEMBERED: usize = 200_000;

/// How much each visitor has asked for lately.
pub struct Rates {
    app: Arc<App>,
    limits: Limits,
    window: Mutex<Window>,
}

struct Window {
    began: DateTime<Utc>,
    salt: [u8; 16],
    spent: HashMap<(Visitor, bool), Spent>,
}

/// A bucket that empties steadily: a minute's worth may come at once.
pub struct Spent {
    requests: f64,
    at: DateTime<Utc>,
}

impl Rates {
    /// Nobody has asked for anything yet.
    pub fn new(app: Arc<App>, limits: &Limits) -> Self {
        let window = Window { began: app.casework.now(), salt: Rates::salt(&app), spent: HashMap::new() };
        Self { app, limits: limits.clone(), window: Mutex::new(window) }
    }

    fn salt(app: &App) -> [u8; 16] {
        randomness::bytes(&*app.casework.randomness)
    }

    /// Who is asking, and whether they may.
    fn ask(&self, address: IpAddr, is_post: bool) -> (Visitor, bool) {
        let now = self.app.casework.now();
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if now - window.began >= WINDOW || window.spent.len() >= REMEMBERED {
            *window = Window { began: now, salt: Self::salt(&self.app), spent: HashMap::new() };
        }
        let value = [window.salt.as_slice(), &network(address)].concat();
        let visitor = Visitor(self.app.casework.keys.lookup(Purpose::Sender, &value));
        let per_minute = if is_post { self.limits.posts_per_minute } else { self.limits.pages_per_minute };
        let spent = window.spent.entry((visitor, is_post)).or_insert_with(|| Spent::nothing(now));
        (visitor, spent.take(f64::from(per_minute), now))
    }
}

impl Spent {
    /// Nothing yet.
    pub fn nothing(now: DateTime<Utc>) -> Self {
        Self { requests: 0.0, at: now }
    }

    /// How many more may come at once.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // between 0 and a u32
    pub fn left(&self, per_minute: u32) -> u32 {
        (f64::from(per_minute) - self.requests).clamp(0.0, per_minute.into()) as u32
    }

    /// Takes one; false if there is none left.
    pub fn take(&mut self, per_minute: f64, now: DateTime<Utc>) -> bool {
        let minutes = (now - self.at).as_seconds_f64().max(0.0) / 60.0;
        self.requests = (self.requests - minutes * per_minute).max(0.0);
        self.at = now;
        if self.requests + 1.0 > per_minute {
            return false;
        }
        self.requests += 1.0;
        true
    }
}

/// Refuses a visitor who asks for far more than a person does.
pub async fn limit(State(rates): State<Arc<Rates>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let Some(address) = peer.and_then(|peer| visitor_address(peer, request.headers(), &rates.limits.proxies)) else {
        return next.run(request).await;
    };
    let (visitor, may) = rates.ask(address, request.method() == Method::POST);
    if !may {
        let mut response = ErrorKind::TooMany.status().into_response();
        response.extensions_mut().insert(Failed { kind: ErrorKind::TooMany, cause: None });
        return response;
    }
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

/// The visitor's own address: behind our reverse proxy, what it says last; straight from this machine, nobody's.
fn visitor_address(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> Option<IpAddr> {
    let peer = peer.to_canonical();
    if !proxies.contains(&peer) {
        return (!peer.is_loopback()).then_some(peer);
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    forwarded.rsplit(',').next()?.trim().parse().ok()
}

/// What one household or phone has for itself: an IPv4 address, or the first 64 bits of an IPv6 one.
fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().into_iter().take(8).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_believed_only_where_it_is_ours() {
        let proxy: IpAddr = "127.0.0.1".parse().unwrap();
        let stranger: IpAddr = "192.0.2.7".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "198.51.100.1, 203.0.113.9".parse().unwrap());
        assert_eq!(visitor_address(proxy, &headers, &[proxy]), Some("203.0.113.9".parse().unwrap()));
        assert_eq!(visitor_address(stranger, &headers, &[proxy]), Some(stranger));
        assert_eq!(visitor_address(proxy, &HeaderMap::new(), &[proxy]), None);
    }

    #[test]
    fn a_minutes_worth_may_come_at_once_and_comes_back_steadily() {
        let start = DateTime::<Utc>::UNIX_EPOCH;
        let mut spent = Spent::nothing(start);
        assert!((0..6).all(|_| spent.take(6.0, start)));
        assert!(!spent.take(6.0, start));
        assert!(!spent.take(6.0, start + TimeDelta::seconds(9)));
        assert!(spent.take(6.0, start + TimeDelta::seconds(10)));
    }

    #[test]
    fn an_ipv6_household_counts_as_one() {
        let [one, other, stranger] =
            ["2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"].map(|address| network(address.parse().unwrap()));
        assert_eq!(one, other);
        assert_ne!(one, stranger);
    }
}
