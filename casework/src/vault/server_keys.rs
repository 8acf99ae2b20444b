//! The keys of the server itself, kept in a folder outside the database.

use std::{fmt, str::FromStr};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{
    derive::derive,
    seal::{KeyPair, PrivateKey, key_from},
    wrap::WrappingKey,
};
use crate::{
    randomness::{Randomness, bytes},
    stored::{stored_as_bytes, stored_as_text},
};

/// The version of the byte format, and its first byte.
const VERSION: u8 = 1;
const SECRET: usize = 32;

/// The server secret, from which lookups, pepper and half of every session key are derived, and the operational key
/// pair, which opens only what was sealed to the server for a stated purpose and time.
pub struct ServerKeys {
    secret: Zeroizing<[u8; SECRET]>,
    lookup: Zeroizing<[u8; 32]>,
    operational: KeyPair,
}

/// The key file holds something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not server keys of a version this program knows")]
pub struct InvalidServerKeys;

impl ServerKeys {
    /// Makes new keys, once for an installation.
    pub fn generate(randomness: &dyn Randomness) -> Self {
        Self::new(Zeroizing::new(bytes(randomness)), KeyPair::generate(randomness).private)
    }

    fn new(secret: Zeroizing<[u8; SECRET]>, operational: PrivateKey) -> Self {
        Self {
            lookup: derive(&[], &[secret.as_slice()], "suoja lookup"),
            secret,
            operational: KeyPair { public: operational.public(), private: operational },
        }
    }

    /// The keys as bytes for the key folder: version, secret, private half. Whoever reads them can do what the server can.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let parts: [&[u8]; 3] = [&[VERSION], self.secret.as_slice(), self.operational.private.as_bytes()];
        Zeroizing::new(parts.concat())
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    pub fn from_bytes(stored: &[u8]) -> Result<Self, InvalidServerKeys> {
        let Some((&VERSION, keys)) = stored.split_first() else {
            return Err(InvalidServerKeys);
        };
        let (secret, operational) = keys.split_first_chunk::<SECRET>().ok_or(InvalidServerKeys)?;
        let operational = key_from(operational).map_err(|_| InvalidServerKeys)?;
        Ok(Self::new(Zeroizing::new(*secret), operational))
    }

    /// A public name of exactly these keys. The database records it; a process with other keys must not start.
    pub fn key_id(&self) -> KeyId {
        let keys: [&[u8]; 2] = [self.secret.as_slice(), self.operational.private.as_bytes()];
        let hash = derive(&[], &keys, "suoja key id");
        KeyId(data_encoding::HEXLOWER.encode(hash.get(..8).unwrap_or_default()))
    }

    /// The keyed hash by which `value` is found again without being stored. The same value gives different hashes for
    /// different purposes, so that tables cannot be compared.
    #[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "HMAC takes keys of any length")]
    pub fn lookup(&self, purpose: Purpose, value: &[u8]) -> LookupHash {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(self.lookup.as_slice()).expect("any length");
        mac.update(purpose.label().as_bytes());
        mac.update(&[0]);
        mac.update(value);
        LookupHash(mac.finalize().into_bytes().into())
    }

    /// The key for what is "encrypted under the server secret": TOTP and webhook secrets.
    pub fn secret_box(&self) -> WrappingKey {
        WrappingKey::from_bytes(self.derive("suoja secret box"))
    }

    /// The operational key pair.
    pub fn operational(&self) -> &KeyPair {
        &self.operational
    }

    /// The pepper that goes into every password hash.
    pub(super) fn pepper(&self) -> Zeroizing<[u8; 32]> {
        self.derive("suoja password")
    }

    /// A key from another party's secret and the server's: neither alone makes it.
    pub(super) fn derive_with(&self, salt: &[u8], secret: &[u8], label: &str) -> Zeroizing<[u8; 32]> {
        derive(salt, &[secret, self.secret.as_slice()], label)
    }

    fn derive(&self, label: &str) -> Zeroizing<[u8; 32]> {
        derive(&[], &[self.secret.as_slice()], label)
    }
}

/// What a lookup is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Case code → case.
    CaseCode,
    /// Normalised URL → cases about it.
    Location,
    /// Account → cases about it.
    Account,
    /// Payment detail of a blackmailer → cases about it.
    PaymentDetail,
    /// A browser's draft of a report.
    DraftCookie,
    /// A file whose frames were sent beside a draft.
    DraftVideo,
    /// A reporter's open case in a browser.
    CaseCookie,
    /// A signed-in member of staff.
    SessionCookie,
    /// A browser in which a member of staff has signed in before.
    KnownDevice,
    /// A link that invites somebody to an account.
    Invitation,
    /// A one-time code used instead of a second factor.
    RecoveryCode,
    /// A form sent twice must act once.
    SubmissionToken,
    /// A partner's API key.
    ApiKey,
    /// An outside person's link in an approved notice.
    NoticeLink,
    /// The sender of a request, for rate limits in memory; never stored.
    Sender,
    /// A row of the audit log and the one before it.
    AuditChain,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::CaseCode => "case code",
            Self::Location => "location",
            Self::Account => "account",
            Self::PaymentDetail => "payment detail",
            Self::DraftCookie => "draft cookie",
            Self::DraftVideo => "draft video",
            Self::CaseCookie => "case cookie",
            Self::SessionCookie => "session cookie",
            Self::KnownDevice => "known device",
            Self::Invitation => "invitation",
            Self::RecoveryCode => "recovery code",
            Self::SubmissionToken => "submission token",
            Self::ApiKey => "api key",
            Self::NoticeLink => "notice link",
            Self::Sender => "sender",
            Self::AuditChain => "audit chain",
        }
    }
}

/// A keyed hash (HMAC-SHA256) of something we do not store. Without the server secret it cannot be tested against guesses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LookupHash([u8; 32]);

stored_as_bytes!(LookupHash);

/// A stored lookup hash has the wrong length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a lookup hash has 32 bytes")]
pub struct InvalidLookupHash;

impl LookupHash {
    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<Vec<u8>> for LookupHash {
    type Error = InvalidLookupHash;

    fn try_from(stored: Vec<u8>) -> Result<Self, InvalidLookupHash> {
        stored.try_into().map(Self).map_err(|_| InvalidLookupHash)
    }
}

impl fmt::Debug for LookupHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LookupHash(…)")
    }
}

/// The public name of a set of server keys: 16 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyId(String);

stored_as_text!(KeyId);

/// A stored key id is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key id has 16 hexadecimal digits")]
pub struct InvalidKeyId;

impl KeyId {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for KeyId {
    type Err = InvalidKeyId;

    fn from_str(stored: &str) -> Result<Self, InvalidKeyId> {
        let is_id = stored.len() == 16 && stored.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_id.then(|| Self(stored.to_ascii_lowercase())).ok_or(InvalidKeyId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededRandomness;

    #[test]
    fn keys_written_to_the_folder_come_back_the_same() {
        let keys = ServerKeys::generate(&SeededRandomness::new(1));
        let read = ServerKeys::from_bytes(&keys.to_bytes()).expect("our own bytes");
        assert_eq!(read.key_id(), keys.key_id());
        assert_eq!(read.operational().public, keys.operational().public);
        let value = b"https://example.com/";
        assert_eq!(read.lookup(Purpose::Location, value), keys.lookup(Purpose::Location, value));
        assert_eq!(keys.key_id().as_str().parse(), Ok(keys.key_id()));
    }

    #[test]
    fn a_damaged_key_file_is_refused() {
        let bytes = ServerKeys::generate(&SeededRandomness::new(2)).to_bytes();
        for length in 0..bytes.len() {
            assert!(ServerKeys::from_bytes(&bytes[..length]).is_err());
        }
        let mut other_version = bytes.to_vec();
        other_version[0] = 9;
        assert!(ServerKeys::from_bytes(&other_version).is_err());
    }

    #[test]
    fn changing_either_key_changes_the_id() {
        let randomness = SeededRandomness::new(3);
        let keys = ServerKeys::generate(&randomness);
        for position in [1, 40] {
            let mut bytes = keys.to_bytes();
            bytes[position] ^= 0x10;
            let changed = ServerKeys::from_bytes(&bytes).expect("any 64 bytes are keys");
            assert_ne!(changed.key_id(), keys.key_id());
        }
    }

    #[test]
    fn lookups_differ_by_value_purpose_and_installation() {
        let randomness = SeededRandomness::new(4);
        let keys = ServerKeys::generate(&randomness);
        let other = ServerKeys::generate(&randomness);
        let hash = keys.lookup(Purpose::Location, b"a");
        assert_eq!(hash, keys.lookup(Purpose::Location, b"a"));
        assert_ne!(hash, keys.lookup(Purpose::Location, b"b"));
        assert_ne!(hash, keys.lookup(Purpose::Account, b"a"));
        assert_ne!(hash, other.lookup(Purpose::Location, b"a"));
    }
}
