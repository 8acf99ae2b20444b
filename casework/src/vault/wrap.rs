//! Wrapping under a symmetric key (XChaCha20-Poly1305): whoever can make the key again can open.

use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use zeroize::Zeroizing;

use super::seal::{Binding, OpenError, PrivateKey, Sealed, WRAPPED, key_from, pad, unpad};
use crate::randomness::{Randomness, bytes};

const NONCE: usize = 24;
const TEXT: &[u8] = b"suoja text";
const KEY: &[u8] = b"suoja key";

/// A key that both closes and opens. Made from a password, a case code or a cookie each time it is needed, never stored.
/// Wiped from memory when dropped.
#[derive(Clone)]
pub struct WrappingKey(Zeroizing<[u8; 32]>);

impl WrappingKey {
    pub(super) fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// Wraps `plain` for the place `binding`. The length is padded as in sealing.
    pub fn wrap(&self, randomness: &dyn Randomness, binding: Binding, plain: &[u8]) -> Sealed {
        self.close(randomness, TEXT, binding, &pad(plain))
    }

    /// Opens what [`wrap`](Self::wrap) closed for the same place.
    pub fn unwrap(&self, binding: Binding, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        unpad(self.disclose(TEXT, binding, sealed)?)
    }

    /// Wraps a private key for the place `binding`.
    pub fn wrap_key(&self, randomness: &dyn Randomness, binding: Binding, key: &PrivateKey) -> Sealed {
        self.close(randomness, KEY, binding, key.as_bytes())
    }

    /// Opens a private key that [`wrap_key`](Self::wrap_key) closed for the same place.
    pub fn unwrap_key(&self, binding: Binding, sealed: &Sealed) -> Result<PrivateKey, OpenError> {
        key_from(&self.disclose(KEY, binding, sealed)?)
    }

    #[expect(clippy::expect_used, reason = "the cipher refuses only texts above 256 GiB")]
    fn close(&self, randomness: &dyn Randomness, kind: &[u8], binding: Binding, plain: &[u8]) -> Sealed {
        let nonce = bytes::<NONCE>(randomness);
        let ciphertext = self
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &associated_data(kind, binding) })
            .expect("the text is far below the cipher's limit");
        let mut sealed = Vec::with_capacity(1 + NONCE + ciphertext.len());
        sealed.push(WRAPPED);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        Sealed(sealed)
    }

    fn disclose(&self, kind: &[u8], binding: Binding, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let Some((&WRAPPED, rest)) = sealed.0.split_first() else {
            return Err(OpenError::Format);
        };
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>().ok_or(OpenError::Format)?;
        self.cipher()
            .decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad: &associated_data(kind, binding) })
            .map(Zeroizing::new)
            .map_err(|_| OpenError::WrongKeyOrPlace)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.0).into())
    }
}

/// What was wrapped, and where. No kind holds a zero byte, so no two of them can be read alike.
fn associated_data(kind: &[u8], binding: Binding) -> Vec<u8> {
    [kind, &[0], &binding.associated_data()].concat()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{testing::SeededRandomness, vault::KeyPair};

    const PLACE: Binding = Binding { row: Uuid::from_u128(7), field: "secret" };

    fn key(randomness: &SeededRandomness) -> WrappingKey {
        WrappingKey::from_bytes(Zeroizing::new(bytes(randomness)))
    }

    #[test]
    fn what_is_wrapped_opens_with_the_same_key_in_the_same_place_only() {
        let randomness = SeededRandomness::new(1);
        let (right, wrong) = (key(&randomness), key(&randomness));
        let wrapped = right.wrap(&randomness, PLACE, b"hello");
        let opened = right.unwrap(PLACE, &wrapped).expect("same key, same place");
        assert_eq!(opened.as_slice(), b"hello");
        let elsewhere = Binding::new(Uuid::from_u128(8), "secret");
        for result in [
            wrong.unwrap(PLACE, &wrapped),
            right.unwrap(elsewhere, &wrapped),
            right.unwrap(Binding::new(PLACE.row, "other"), &wrapped),
        ] {
            assert_eq!(result, Err(OpenError::WrongKeyOrPlace));
        }
    }

    #[test]
    fn a_private_key_comes_back_whole_and_is_not_mistaken_for_text() {
        let randomness = SeededRandomness::new(2);
        let wrapping = key(&randomness);
        let pair = KeyPair::generate(&randomness);
        let wrapped = wrapping.wrap_key(&randomness, PLACE, &pair.private);
        let opened = wrapping.unwrap_key(PLACE, &wrapped).expect("same key");
        assert_eq!(opened.public(), pair.public);
        assert!(wrapping.unwrap(PLACE, &wrapped).is_err());
    }

    #[test]
    fn any_changed_bit_or_missing_end_keeps_it_shut() {
        let randomness = SeededRandomness::new(3);
        let wrapping = key(&randomness);
        let wrapped = wrapping.wrap(&randomness, PLACE, b"hello");
        for position in 0..wrapped.0.len() {
            let mut changed = wrapped.clone();
            changed.0[position] ^= 1;
            assert!(wrapping.unwrap(PLACE, &changed).is_err());
            let short = Sealed::from_bytes(wrapped.0[..position].to_vec());
            assert!(wrapping.unwrap(PLACE, &short).is_err());
        }
    }

    #[test]
    fn what_was_sealed_to_a_public_key_is_another_format() {
        let randomness = SeededRandomness::new(4);
        let pair = KeyPair::generate(&randomness);
        let sealed = pair.public.seal(&randomness, PLACE, b"hello");
        let opened = key(&randomness).unwrap(PLACE, &sealed);
        assert_eq!(opened, Err(OpenError::Format));
    }
}
