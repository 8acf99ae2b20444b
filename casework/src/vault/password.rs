//! A member's password: one slow run gives both the proof that it is right and the key that opens their private half.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::{derive::derive, server_keys::ServerKeys, wrap::WrappingKey};
use crate::stored::stored_as_bytes;

/// How much work one guess at a password takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordCost(Params);

impl PasswordCost {
    /// The least work, for tests.
    #[cfg(any(test, feature = "testing"))]
    pub fn cheapest() -> Self {
        Self::new(Params::MIN_M_COST, Params::MIN_T_COST, Params::MIN_P_COST).unwrap_or_default()
    }

    /// `memory` in KiB (at least 8 for each lane), `passes` over it (at least 1), `lanes` (at least 1). `None` outside
    /// Argon2's ranges (RFC 9106, section 3.1).
    pub fn new(memory: u32, passes: u32, lanes: u32) -> Option<Self> {
        Params::new(memory, passes, lanes, None).ok().map(Self)
    }
}

impl Default for PasswordCost {
    /// 19 MiB, two passes, one lane: OWASP's Password Storage Cheat Sheet for Argon2id.
    fn default() -> Self {
        Self(Params::DEFAULT)
    }
}

/// What a password and its salt give.
pub struct PasswordKeys {
    /// Stored, and compared at sign-in.
    pub verifier: Verifier,
    /// Wraps and unwraps the member's private key. Never stored.
    pub wrapping: WrappingKey,
}

/// The stored proof that a password is right: a hash of one half of what Argon2id gave. It says nothing about the other.
#[derive(Clone)]
pub struct Verifier([u8; 32]);

stored_as_bytes!(Verifier);

/// A stored verifier has the wrong length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a verifier has 32 bytes")]
pub struct InvalidVerifier;

impl Verifier {
    /// Whether both come from the same password and salt, in a time that does not depend on the answer.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<Vec<u8>> for Verifier {
    type Error = InvalidVerifier;

    fn try_from(stored: Vec<u8>) -> Result<Self, InvalidVerifier> {
        stored.try_into().map(Self).map_err(|_| InvalidVerifier)
    }
}

/// The machine could not hash: no memory, or the process is ending. Says nothing about the password.
#[derive(Debug, thiserror::Error)]
pub enum HashingFailed {
    /// Argon2 gave up.
    #[error("the password could not be hashed: {0}")]
    Argon2(argon2::Error),
    /// The thread that hashed is gone.
    #[error("the password hashing was interrupted")]
    Interrupted,
}

/// Runs password hashing off the async threads, a few at a time, so that a flood of sign-ins takes neither all memory nor
/// all processors.
#[derive(Clone)]
pub struct PasswordHashing {
    cost: PasswordCost,
    pepper: Arc<Zeroizing<[u8; 32]>>,
    turns: Arc<Semaphore>,
}

impl PasswordHashing {
    /// Hashes at most `at_once` (at least 1) passwords at the same time, with the pepper of `keys`.
    pub fn new(keys: &ServerKeys, cost: PasswordCost, at_once: usize) -> Self {
        Self { cost, pepper: Arc::new(keys.pepper()), turns: Arc::new(Semaphore::new(at_once.max(1))) }
    }

    /// Derives both halves. Takes the full time for any password, known or not, so call it for unknown names as well (with
    /// a random salt) and throw the result away.
    pub async fn derive(&self, password: SecretString, salt: [u8; 16]) -> Result<PasswordKeys, HashingFailed> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| HashingFailed::Interrupted)?;
        let (cost, pepper) = (self.cost.clone(), Arc::clone(&self.pepper));
        tokio::task::spawn_blocking(move || {
            // Given back when the work is done, even if nobody waits for the answer any more.
            let _turn = turn;
            derive_keys(&cost, &pepper, &password, salt)
        })
        .await
        .map_err(|_| HashingFailed::Interrupted)?
    }
}

fn derive_keys(
    cost: &PasswordCost,
    pepper: &[u8; 32],
    password: &SecretString,
    salt: [u8; 16],
) -> Result<PasswordKeys, HashingFailed> {
    // One keyboard writes ä as one character, another as two: RFC 8265, section 4.2.
    let password: Zeroizing<String> = Zeroizing::new(password.expose_secret().nfc().collect());
    let mut root = Zeroizing::new([0; 32]);
    Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, cost.0.clone())
        .and_then(|argon2| argon2.hash_password_into(password.as_bytes(), &salt, root.as_mut()))
        .map_err(HashingFailed::Argon2)?;
    let root: [&[u8]; 1] = [root.as_slice()];
    let proof = derive(&salt, &root, "suoja password verifier");
    Ok(PasswordKeys {
        verifier: Verifier(Sha256::digest(proof.as_slice()).into()),
        wrapping: WrappingKey::from_bytes(derive(&salt, &root, "suoja password wrapping")),
    })
}

/// A password someone chose, checked to be neither too short nor too long. Length is what counts; there are no rules about
/// kinds of characters (NIST SP 800-63B, section 5.1.1.2).
#[derive(Clone)]
pub struct NewPassword(SecretString);

/// Why a chosen password will not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NewPasswordError {
    /// Fewer than [`NewPassword::SHORTEST`] characters.
    #[error("the password is too short")]
    TooShort,
    /// More than [`NewPassword::LONGEST`] characters.
    #[error("the password is too long")]
    TooLong,
    /// A list of common passwords, a pattern, or what everybody knows of its owner leads to it soon.
    #[error("the password is easy to guess")]
    Guessable,
}

impl NewPassword {
    /// The fewest characters.
    pub const SHORTEST: usize = 12;
    /// The most characters.
    pub const LONGEST: usize = 256;

    /// Checks a chosen password: its length, and that it is not among the first 100 million guesses of someone who knows
    /// these things `about` its owner, their address or name (as NIST SP 800-63B, section 3.1.1.2, asks). It is kept as
    /// typed, spaces too.
    pub fn parse(typed: SecretString, about: &[&str]) -> Result<Self, NewPasswordError> {
        let text = typed.expose_secret();
        let length = text.chars().count();
        if length < Self::SHORTEST {
            return Err(NewPasswordError::TooShort);
        }
        if length > Self::LONGEST {
            return Err(NewPasswordError::TooLong);
        }
        if zxcvbn::zxcvbn(text, about).score() < zxcvbn::Score::Three {
            return Err(NewPasswordError::Guessable);
        }
        Ok(Self(typed))
    }

    /// The password, for [`PasswordHashing::derive`].
    pub fn into_secret(self) -> SecretString {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        testing::SeededRandomness,
        vault::{Binding, KeyPair},
    };

    const SALT: [u8; 16] = [7; 16];

    async fn keys(hashing: &PasswordHashing, password: &str, salt: [u8; 16]) -> PasswordKeys {
        let derived = hashing.derive(password.into(), salt).await;
        derived.expect("the test machine can hash")
    }

    fn hashing(seed: u64) -> PasswordHashing {
        let server = ServerKeys::generate(&SeededRandomness::new(seed));
        PasswordHashing::new(&server, PasswordCost::cheapest(), 2)
    }

    #[tokio::test]
    async fn the_right_password_proves_itself_and_opens_the_key() {
        let randomness = SeededRandomness::new(9);
        let hashing = hashing(1);
        let pair = KeyPair::generate(&randomness);
        let place = Binding::new(Uuid::from_u128(1), "member.private_key");
        let chosen = keys(&hashing, "correct horse battery", SALT).await;
        let wrapped = chosen.wrapping.wrap_key(&randomness, place, &pair.private);

        let typed = keys(&hashing, "correct horse battery", SALT).await;
        assert!(typed.verifier.matches(&chosen.verifier));
        let opened = typed.wrapping.unwrap_key(place, &wrapped);
        assert!(opened.is_ok_and(|key| key.public() == pair.public));

        let wrong = keys(&hashing, "correct horse batterz", SALT).await;
        assert!(!wrong.verifier.matches(&chosen.verifier));
        assert!(wrong.wrapping.unwrap_key(place, &wrapped).is_err());
    }

    #[tokio::test]
    async fn salt_and_server_secret_both_count() {
        let chosen = keys(&hashing(1), "correct horse battery", SALT).await;
        let other_salt = keys(&hashing(1), "correct horse battery", [8; 16]).await;
        let other_server = keys(&hashing(2), "correct horse battery", SALT).await;
        assert!(!other_salt.verifier.matches(&chosen.verifier));
        assert!(!other_server.verifier.matches(&chosen.verifier));
    }

    #[tokio::test]
    async fn the_stored_verifier_is_not_the_wrapping_key() {
        let randomness = SeededRandomness::new(3);
        let place = Binding::new(Uuid::from_u128(1), "member.private_key");
        let chosen = keys(&hashing(1), "correct horse battery", SALT).await;
        let sealed = chosen.wrapping.wrap(&randomness, place, b"hello");
        let stored = WrappingKey::from_bytes(Zeroizing::new(chosen.verifier.0));
        assert!(stored.unwrap(place, &sealed).is_err());
    }

    #[tokio::test]
    async fn an_umlaut_typed_in_one_or_two_pieces_is_the_same_password() {
        let hashing = hashing(1);
        let composed = keys(&hashing, "hyv\u{e4}\u{e4} p\u{e4}iv\u{e4}\u{e4}", SALT).await;
        let decomposed = keys(&hashing, "hyva\u{308}a\u{308} pa\u{308}iva\u{308}a\u{308}", SALT).await;
        assert!(composed.verifier.matches(&decomposed.verifier));
    }

    #[test]
    fn the_default_cost_is_the_recommended_one() {
        let cost = PasswordCost::default().0;
        assert_eq!((cost.m_cost(), cost.t_cost(), cost.p_cost()), (19_456, 2, 1));
        assert!(PasswordCost::new(0, 0, 0).is_none());
    }

    #[test]
    fn a_chosen_password_has_12_to_256_characters_and_is_hard_to_guess() {
        let about = ["anna.lind@example.org", "Anna Lind"];
        let error = |text: &str| NewPassword::parse(text.into(), &about).err();
        let long: String = (0..300u32).filter_map(|at| char::from_u32(97 + at * at * 7 % 26)).collect();
        assert_eq!(error("elevenchars"), Some(NewPasswordError::TooShort));
        assert_eq!(error("sju ål åt öl"), None, "characters, not bytes");
        assert_eq!(error("lanterns along the harbour wall"), None);
        assert_eq!(error(&long[..256]), None);
        assert_eq!(error(&long[..257]), Some(NewPasswordError::TooLong));
        for guessed in
            ["aaaaaaaaaaaaaa", "password1234", "qwertyuiop12", "123456789012", "Anna Lind 1", "anna.lind@example.org"]
        {
            assert!(error(guessed).is_some(), "{guessed}");
        }
    }
}
