//! The vault: what seals and opens private text.
//!
//! The rule behind all of it: **whoever steals the database reads nothing private**, and staff read only the cases of a
//! hotline they belong to, while they are signed in. In plain words:
//!
//! - *A case has a lock anyone can close.* Each case has a key pair ([`KeyPair`]). Its public half closes the lock
//!   ([`PublicKey::seal`]): a reporter's words, a provider's answer and a sister hotline's message can be sealed to the
//!   case at any time. Only its private half opens ([`PrivateKey::open`]).
//! - *The case's private half has several holders.* It is sealed to the hotline's key ([`PublicKey::seal_key`]), and
//!   wrapped under the reporter's key ([`reporter_key`]), which exists only while the case code is being typed. Words
//!   that staff write for staff are sealed to a second pair that reporters do not hold.
//! - *A hotline's private half* is sealed to each member's own key, and a member's private half is wrapped under their
//!   password ([`PasswordHashing`]). No password, no hotline, no case.
//! - *Nobody is the last one.* A recovery key, split among several people on paper ([`recovery`]), also opens.
//! - *A signed-in browser* holds, in its cookie, half of what opens the member's key for the length of the session
//!   ([`CookieKeys`]); the other half is the server secret. Either alone opens nothing.
//! - *The server's own keys* ([`ServerKeys`]) live outside the database. They make lookups possible without storing what
//!   is looked up ([`LookupHash`]), and open only what was sealed to the server for a stated purpose and time.
//!
//! Everything sealed is bound to its place, the row and the field ([`Binding`]): a database thief cannot move one
//! person's words into another's case. Lengths are padded, so that a short answer does not show.
//!
//! Primitives: HPKE (RFC 9180) in base mode with X25519, HKDF-SHA256 and ChaCha20-Poly1305 for sealing;
//! XChaCha20-Poly1305 for wrapping; HKDF-SHA256 (RFC 5869) for deriving; HMAC-SHA256 for lookups; Argon2id (RFC 9106)
//! for passwords; Shamir's scheme over GF(256) for recovery; TOTP (RFC 6238) as second factor.

pub mod cookie;
mod derive;
pub mod password;
pub mod recovery;
pub mod reporter_key;
pub mod seal;
pub mod server_keys;
pub mod totp;
pub mod wrap;

pub use cookie::{CookieKeys, CookieToken, ParseCookieError};
pub use password::{
    HashingFailed, NewPassword, NewPasswordError, PasswordCost, PasswordHashing, PasswordKeys, Verifier,
};
pub use reporter_key::reporter_key;
pub use seal::{Binding, InvalidPublicKey, KeyPair, OpenError, PrivateKey, PublicKey, Sealed};
pub use server_keys::{InvalidServerKeys, KeyId, LookupHash, Purpose, ServerKeys};
pub use wrap::WrappingKey;
