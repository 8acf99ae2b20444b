//! What a browser holds: one random token, from which the server makes a lookup and a key.

use std::{fmt, str::FromStr};

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use super::{
    server_keys::{LookupHash, Purpose, ServerKeys},
    wrap::WrappingKey,
};
use crate::randomness::{Randomness, bytes};

const LENGTH: usize = 32;

/// The content of a cookie, or of what else somebody holds to prove themself: an API key, a link that invites. 32 random
/// bytes, never stored at the server. Wiped from memory when dropped.
#[derive(Clone)]
pub struct CookieToken(Zeroizing<[u8; LENGTH]>);

/// A cookie does not hold a token of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cookie token")]
pub struct ParseCookieError;

impl CookieToken {
    /// Draws a new token.
    pub fn generate(randomness: &dyn Randomness) -> Self {
        Self(Zeroizing::new(bytes(randomness)))
    }
}

impl fmt::Display for CookieToken {
    /// The cookie's value: base64url without padding, 43 characters.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&Zeroizing::new(BASE64URL_NOPAD.encode(self.0.as_slice())))
    }
}

impl FromStr for CookieToken {
    type Err = ParseCookieError;

    fn from_str(value: &str) -> Result<Self, ParseCookieError> {
        let decoded = BASE64URL_NOPAD.decode(value.as_bytes()).map(Zeroizing::new).map_err(|_| ParseCookieError)?;
        let mut token = Zeroizing::new([0; LENGTH]);
        if decoded.len() != LENGTH {
            return Err(ParseCookieError);
        }
        token.copy_from_slice(&decoded);
        Ok(Self(token))
    }
}

/// What a cookie and the server secret make together.
pub struct CookieKeys {
    /// Finds the row that belongs to the cookie.
    pub lookup: LookupHash,
    /// Opens what that row holds.
    pub sealing: WrappingKey,
}

impl CookieKeys {
    /// Derives both from the token. A cookie set for one purpose is worth nothing for another.
    pub fn derive(token: &CookieToken, keys: &ServerKeys, purpose: Purpose) -> Self {
        let lookup = keys.lookup(purpose, token.0.as_slice());
        let sealing = keys.derive_with(lookup.as_bytes(), token.0.as_slice(), "suoja cookie");
        Self { lookup, sealing: WrappingKey::from_bytes(sealing) }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{testing::SeededRandomness, vault::Binding};

    #[test]
    fn a_token_survives_the_browser() {
        let token = CookieToken::generate(&SeededRandomness::new(1));
        let value = token.to_string();
        assert_eq!(value.len(), 43);
        let read: CookieToken = value.parse().expect("our own value");
        assert_eq!(read.0, token.0);
    }

    #[test]
    fn anything_else_in_the_cookie_is_refused() {
        let value = CookieToken::generate(&SeededRandomness::new(2)).to_string();
        for other in ["", "hello", &value[1..], &format!("{value}A"), &value.replace(char::is_alphanumeric, "!")] {
            assert!(other.parse::<CookieToken>().is_err(), "{other}");
        }
    }

    #[test]
    fn the_key_needs_the_cookie_the_server_and_the_purpose() {
        let randomness = SeededRandomness::new(3);
        let server = ServerKeys::generate(&randomness);
        let token = CookieToken::generate(&randomness);
        let place = Binding::new(Uuid::from_u128(1), "draft");
        let keys = CookieKeys::derive(&token, &server, Purpose::DraftCookie);
        let sealed = keys.sealing.wrap(&randomness, place, b"hello");

        let again = CookieKeys::derive(&token, &server, Purpose::DraftCookie);
        assert_eq!(again.lookup, keys.lookup);
        assert!(again.sealing.unwrap(place, &sealed).is_ok());

        let other_token = CookieToken::generate(&randomness);
        let other_server = ServerKeys::generate(&randomness);
        for wrong in [
            CookieKeys::derive(&other_token, &server, Purpose::DraftCookie),
            CookieKeys::derive(&token, &other_server, Purpose::DraftCookie),
            CookieKeys::derive(&token, &server, Purpose::SessionCookie),
        ] {
            assert_ne!(wrong.lookup, keys.lookup);
            assert!(wrong.sealing.unwrap(place, &sealed).is_err());
        }
    }
}
