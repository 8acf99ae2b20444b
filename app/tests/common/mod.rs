//! A browser without script in front of Suoja's pages: it keeps cookies, follows no redirect by itself, and runs nothing.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use app::help::HelpDirectory;
use app::islands::hash_modules::HashModules;
use app::operator::Operator;
use app::{App, Sends};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use casework::Casework;
use casework::installation::Kind;
use tower::ServiceExt;

/// An operator of Finland.
fn operator() -> Operator {
    Operator {
        name: "North Hotline".to_owned(),
        mark: None,
        responsible: "North Hotline, Example Street 1".to_owned(),
        privacy_contact: "privacy@example.org".to_owned(),
        privacy_text: BTreeMap::new(),
        countries: vec!["FI".to_owned(), "SE".to_owned()],
        answer_hours: 24,
        trusted_flagger: None,
        leave_to: "https://example.org/".to_owned(),
        backup_days: 30,
        notice_mailbox: "notices@example.org".to_owned(),
    }
}

/// All pages over a world's casework.
pub fn site(casework: Casework) -> Router {
    let app = App {
        sends: Sends { mail: true, alarm_call: false },
        casework,
        operator: operator(),
        help: HelpDirectory::shipped(),
        hash_modules: HashModules::default(),
        address: "http://localhost".to_owned(),
        console_address: "http://localhost".to_owned(),
        kind: Kind::Real,
    };
    app::public::router().merge(app::console::router()).with_state(Arc::new(app))
}

/// What came back.
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// Where a redirect leads.
    pub location: String,
    /// The body, as text.
    pub html: String,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Page {
    /// The number of the page's forms, which tells a second press of a button from the first.
    pub fn press(&self) -> &str {
        let field = self.html.split("name=\"press\" value=\"").nth(1).expect("a form with a number");
        field.split('"').next().unwrap()
    }
}

/// One browser.
pub struct Browser {
    site: Router,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Browser {
    /// A fresh one.
    pub fn new(site: &Router) -> Self {
        Self { site: site.clone(), cookies: Mutex::default() }
    }

    /// Has a cookie from elsewhere.
    pub fn give(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Page {
        self.ask(Request::get(path), Body::empty()).await
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>();
        self.send(path, "application/x-www-form-urlencoded", body.join("&")).await
    }

    /// Sends a body of any type.
    pub async fn send(&self, path: &str, content_type: &str, body: String) -> Page {
        self.ask(Request::post(path).header(header::CONTENT_TYPE, content_type), Body::from(body)).await
    }

    async fn ask(&self, request: axum::http::request::Builder, body: Body) -> Page {
        let cookies =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        let request = request.header(header::COOKIE, cookies.join("; ")).body(body).unwrap();
        let response = self.site.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        let location = response.headers().get(header::LOCATION).map(|url| url.to_str().unwrap().to_owned());
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
        let html = String::from_utf8_lossy(&bytes).into_owned();
        Page { status, location: location.unwrap_or_default(), html, bytes }
    }

    fn keep(&self, cookie: &str) {
        let (name, rest) = cookie.split_once('=').unwrap();
        let value = rest.split(';').next().unwrap();
        let mut cookies = self.cookies.lock().unwrap();
        if value.is_empty() {
            cookies.remove(name)
        } else {
            cookies.insert(name.to_owned(), value.to_owned())
        };
    }
}

/// Percent-encoded, as a form sends it.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
