//! The second factor: time-based codes (RFC 6238) from an authenticator, and one-time recovery codes on paper.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use totp_rs::{Builder, Totp, TotpError};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::server_keys::{LookupHash, Purpose, ServerKeys};
use crate::{
    crockford,
    randomness::{Randomness, bytes},
};

/// 160 bits, as RFC 4226, section 4, recommends.
const SECRET: usize = 20;

/// What the authenticator and the server share. Stored encrypted under the server secret. Wiped from memory when dropped.
#[derive(Clone)]
pub struct TotpSecret(Zeroizing<[u8; SECRET]>);

/// A stored secret has the wrong length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a second factor's secret has 20 bytes")]
pub struct InvalidTotpSecret;

/// Why a typed code does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TotpRefusal {
    /// It is not the code of this minute.
    #[error("the code is wrong or too old")]
    Wrong,
    /// It was right, but it (or a later one) has been used: each code counts once (RFC 6238, section 5.2).
    #[error("the code has been used already")]
    Used,
}

impl TotpSecret {
    /// Draws a new secret.
    pub fn generate(randomness: &dyn Randomness) -> Self {
        Self(Zeroizing::new(bytes(randomness)))
    }

    /// The bytes, to be encrypted.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// Reads decrypted bytes.
    pub fn from_bytes(stored: &[u8]) -> Result<Self, InvalidTotpSecret> {
        let secret = stored.try_into().map_err(|_| InvalidTotpSecret)?;
        Ok(Self(Zeroizing::new(secret)))
    }

    /// The secret as people type it into an authenticator: base 32 (RFC 4648).
    pub fn printable(&self) -> Zeroizing<String> {
        Zeroizing::new(data_encoding::BASE32_NOPAD.encode(self.as_bytes()))
    }

    /// The `otpauth://` URL for a QR code. Colons in the names are left out: the format uses them.
    pub fn url(&self, issuer: &str, account: &str) -> Result<Zeroizing<String>, TotpError> {
        self.builder()
            .with_issuer(Some(issuer.replace(':', " ")))
            .with_account_name(account.replace(':', " "))
            .build()?
            .to_url()
            .map(Zeroizing::new)
    }

    /// Checks a typed code at the time `now`, one step (30 seconds) early or late allowed. Gives the step it belongs to,
    /// to be stored; a code of `last_step` or before is refused.
    pub fn verify(&self, code: &str, now: DateTime<Utc>, last_step: Option<i64>) -> Result<i64, TotpRefusal> {
        let time = u64::try_from(now.timestamp()).map_err(|_| TotpRefusal::Wrong)?;
        let digits = ascii_digits(code);
        let step = self
            .totp()
            .and_then(|totp| totp.check(&digits, time))
            .and_then(|step| i64::try_from(step).ok())
            .ok_or(TotpRefusal::Wrong)?;
        match last_step {
            Some(last) if step <= last => Err(TotpRefusal::Used),
            _ => Ok(step),
        }
    }

    /// The code an authenticator shows at `now`; for demonstrations and tests.
    pub fn code_at(&self, now: DateTime<Utc>) -> String {
        let time = u64::try_from(now.timestamp()).unwrap_or(0);
        self.totp().map(|totp| totp.generate(time).to_string()).unwrap_or_default()
    }

    fn totp(&self) -> Option<Totp> {
        self.builder().build().ok()
    }

    fn builder(&self) -> Builder {
        Builder::new().with_secret(*self.0)
    }
}

/// The digits of a typed code, whatever the script, without spaces. Empty if anything else is in it.
fn ascii_digits(code: &str) -> String {
    let values = crockford::values(code).unwrap_or_default();
    if values.iter().any(|&value| value > 9) {
        return String::new();
    }
    values.iter().map(|&value| crockford::symbol(value)).collect()
}

/// Symbols of a recovery code: 50 random bits, tried only a few times an hour.
const RECOVERY: usize = 10;

/// A code on paper that replaces the authenticator once. Stored only as a lookup hash.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(Zeroizing<[u8; RECOVERY]>);

/// What was typed is not a recovery code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a recovery code")]
pub struct NotARecoveryCode;

impl RecoveryCode {
    /// How many codes a person gets.
    pub const SET: usize = 10;

    /// Draws a set of codes.
    pub fn generate_set(randomness: &dyn Randomness) -> [Self; Self::SET] {
        std::array::from_fn(|_| {
            let drawn = bytes::<RECOVERY>(randomness);
            Self(Zeroizing::new(drawn.map(|byte| byte & 31)))
        })
    }

    /// The code as it is printed, `XXXXX-XXXXX`.
    pub fn printable(&self) -> Zeroizing<String> {
        Zeroizing::new(crockford::grouped(self.0.as_slice(), 5))
    }

    /// What is stored: the keyed hash of the code for this one account.
    pub fn lookup(&self, keys: &ServerKeys, account: Uuid) -> LookupHash {
        let value = Zeroizing::new([account.as_bytes().as_slice(), self.0.as_slice()].concat());
        keys.lookup(Purpose::RecoveryCode, &value)
    }
}

impl FromStr for RecoveryCode {
    type Err = NotARecoveryCode;

    fn from_str(typed: &str) -> Result<Self, NotARecoveryCode> {
        let values = crockford::values(typed).map_err(|_| NotARecoveryCode)?;
        let values = values.as_slice().try_into().map_err(|_| NotARecoveryCode)?;
        Ok(Self(Zeroizing::new(values)))
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::{
        clock::Clock,
        testing::{SeededRandomness, TestClock},
    };

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, SHA-1: the last six of the eight digits given there.
        let secret = TotpSecret::from_bytes(b"12345678901234567890").expect("20 bytes");
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let now = DateTime::from_timestamp_secs(time).expect("in range");
            assert_eq!(secret.code_at(now), code);
            assert_eq!(secret.verify(code, now, None), Ok(time / 30));
        }
    }

    #[test]
    fn one_step_early_or_late_counts_and_more_does_not() {
        let secret = TotpSecret::generate(&SeededRandomness::new(1));
        let now = TestClock::default().now();
        let step = now.timestamp() / 30;
        for late in -4..=4 {
            let code = secret.code_at(now + Duration::seconds(30 * late));
            let expected = if late.abs() <= 1 { Ok(step + late) } else { Err(TotpRefusal::Wrong) };
            assert_eq!(secret.verify(&code, now, None), expected, "{late} steps");
        }
    }

    #[test]
    fn a_code_counts_once_and_an_older_one_not_after_it() {
        let secret = TotpSecret::generate(&SeededRandomness::new(2));
        let now = TestClock::default().now();
        let before = secret.code_at(now - Duration::seconds(30));
        let code = secret.code_at(now);
        let step = secret.verify(&code, now, None).expect("the code of now");
        assert_eq!(secret.verify(&code, now, Some(step)), Err(TotpRefusal::Used));
        assert_eq!(secret.verify(&before, now, Some(step)), Err(TotpRefusal::Used));
        let later = now + Duration::seconds(30);
        let next = secret.code_at(later);
        assert_eq!(secret.verify(&next, later, Some(step)), Ok(step + 1));
    }

    #[test]
    fn spaces_and_other_digits_are_understood_and_nonsense_is_refused() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890").expect("20 bytes");
        let now = DateTime::from_timestamp_secs(59).expect("in range");
        assert_eq!(secret.verify(" 287 082 ", now, None), Ok(1));
        assert_eq!(secret.verify("٢٨٧٠٨٢", now, None), Ok(1));
        for typed in ["", "28708", "2870822", "abcdef", "28708!", "😢"] {
            assert_eq!(secret.verify(typed, now, None), Err(TotpRefusal::Wrong), "{typed}");
        }
    }

    #[test]
    fn the_url_names_issuer_and_account() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890").expect("20 bytes");
        let url = secret.url("Suoja: North", "anna@example.org").expect("valid names");
        assert!(url.starts_with("otpauth://totp/"), "{}", *url);
        assert!(url.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{}", *url);
        assert!(url.contains("issuer=Suoja"), "{}", *url);
    }

    #[test]
    fn recovery_codes_differ_are_read_back_and_belong_to_one_account() {
        let randomness = SeededRandomness::new(3);
        let keys = ServerKeys::generate(&randomness);
        let set = RecoveryCode::generate_set(&randomness);
        let anna = Uuid::from_u128(1);
        let mut hashes: Vec<LookupHash> = set.iter().map(|code| code.lookup(&keys, anna)).collect();
        for (code, hash) in set.iter().zip(&hashes) {
            let typed = code.printable().to_lowercase().replace('-', " ");
            assert_eq!(code.printable().len(), 11);
            assert!(typed.parse() == Ok(code.clone()));
            assert_ne!(code.lookup(&keys, Uuid::from_u128(2)), *hash);
        }
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), RecoveryCode::SET);
        assert!("".parse::<RecoveryCode>().is_err());
    }
}
