//! As much of a browser as forms need: cookies, `Origin`, `Sec-Fetch-Site`. It follows no redirects by itself.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::HOST;

/// One visitor.
pub struct Browser {
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
    extra: HeaderMap,
}

/// An answer.
pub struct Page {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as text.
    pub body: String,
}

impl Browser {
    /// Somebody who comes for the first time.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, cookies: BTreeMap::new(), extra: HeaderMap::new() }
    }

    /// Sends this header with every request from now on.
    pub fn always_send(&mut self, name: &'static str, value: &str) {
        self.extra.insert(name, value.parse().unwrap());
    }

    /// Gives it a cookie.
    pub fn give(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, HeaderMap::new(), Body::empty()).await
    }

    /// The same, where the server may be gone: none without a whole answer.
    pub async fn try_get(&mut self, path: &str) -> Option<Page> {
        self.try_send(Method::GET, path, HeaderMap::new(), Body::empty()).await
    }

    /// Finds the server somewhere else from now on.
    pub fn move_to(&mut self, address: SocketAddr) {
        self.address = address;
    }

    /// Sends a form from one of our own pages.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.try_post(path, fields).await.expect("an answer")
    }

    /// The same, where the server may be gone: none without a whole answer.
    pub async fn try_post(&mut self, path: &str, fields: &[(&str, &str)]) -> Option<Page> {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut headers = HeaderMap::new();
        headers.insert(header::ORIGIN, format!("http://{HOST}").parse().unwrap());
        headers.insert("sec-fetch-site", "same-origin".parse().unwrap());
        headers.insert(header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
        self.try_send(Method::POST, path, headers, Body::from(form)).await
    }

    /// Sends a form, and opens the page it is answered with.
    pub async fn post_and_follow(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let answer = self.post(path, fields).await;
        match answer.location() {
            Some(location) => self.get(&location).await,
            None => answer,
        }
    }

    /// Sends anything.
    pub async fn send(&mut self, method: Method, path: &str, headers: HeaderMap, body: Body) -> Page {
        self.try_send(method, path, headers, body).await.expect("an answer")
    }

    /// Sends anything; none without a whole answer.
    pub async fn try_send(&mut self, method: Method, path: &str, headers: HeaderMap, body: Body) -> Option<Page> {
        let stream = TcpStream::connect(self.address).await.ok()?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        let connection = tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path).body(body).unwrap();
        *request.headers_mut() = headers;
        request.headers_mut().insert(header::HOST, HOST.parse().unwrap());
        request.headers_mut().extend(self.extra.clone());
        if !self.cookies.is_empty() {
            let cookies =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
            request.headers_mut().insert(header::COOKIE, cookies.parse().unwrap());
        }
        let response = sender.send_request(request).await.ok()?;
        let (parts, body) = response.into_parts();
        self.keep_cookies(&parts.headers);
        let bytes = to_bytes(Body::new(body), usize::MAX).await.ok()?;
        connection.abort();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Some(Page { status: parts.status, headers: parts.headers, body })
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for set in headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (pair, attributes) = set.split_once(';').unwrap_or((set, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.to_lowercase().contains("max-age=0") || value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// The cookies it holds, by name.
    pub fn cookies(&self) -> &BTreeMap<String, String> {
        &self.cookies
    }
}

impl Page {
    /// Where a redirect leads.
    pub fn location(&self) -> Option<String> {
        Some(self.headers.get(header::LOCATION)?.to_str().unwrap().to_owned())
    }

    /// A header's value; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
