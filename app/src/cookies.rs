//! The cookies there are. Each holds one random token and is worth nothing to a script, to another site, or to a thief of
//! the database. All but the one by which a staff member's browser is known live until the browser closes.

use axum_extra::extract::cookie::{Cookie, SameSite};
use casework::staff::device;
use casework::vault::CookieToken;

use crate::App;
use crate::visit::Visit;

/// What a cookie's token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A report that is being written.
    Draft,
    /// A reporter's open case.
    Case,
    /// A staff member's session.
    Session,
    /// Nothing; says that a member of staff has signed in with this browser before.
    Device,
}

impl Holds {
    /// Whether it carries `Secure`: where its pages are reached over TLS.
    fn is_secure(self, app: &App) -> bool {
        App::is_secure(match self {
            Self::Draft | Self::Case => &app.address,
            Self::Session | Self::Device => &app.console_address,
        })
    }

    /// The cookie's name. The `__Host-` prefix keeps other hosts of the same domain from setting it (RFC 6265bis,
    /// section 4.1.3.2); it needs `Secure`, so it goes where that goes.
    fn name(self, app: &App) -> &'static str {
        match (self, self.is_secure(app)) {
            (Self::Draft, true) => "__Host-draft",
            (Self::Draft, false) => "draft",
            (Self::Case, true) => "__Host-case",
            (Self::Case, false) => "case",
            (Self::Session, true) => "__Host-session",
            (Self::Session, false) => "session",
            (Self::Device, true) => "__Host-device",
            (Self::Device, false) => "device",
        }
    }

    /// The token this visit's browser sent, if it is one.
    pub fn token(self, app: &App, visit: &Visit) -> Option<CookieToken> {
        visit.cookies.get(self.name(app))?.value().parse().ok()
    }

    /// The cookie that hands the token to the browser.
    pub fn keep(self, app: &App, token: &CookieToken) -> Cookie<'static> {
        let cookie = self.cookie(app, token.to_string());
        if self != Self::Device {
            return cookie;
        }
        let remembered = device::REMEMBERED.to_std().unwrap_or_default();
        Cookie::build(cookie).max_age(remembered.try_into().unwrap_or_default()).build()
    }

    /// The cookie that takes it away again.
    pub fn forget(self, app: &App) -> Cookie<'static> {
        let mut cookie = self.cookie(app, String::new());
        cookie.make_removal();
        cookie
    }

    fn cookie(self, app: &App, value: String) -> Cookie<'static> {
        Cookie::build((self.name(app), value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(self.is_secure(app))
            .build()
    }
}
