//! Sealing to a public key (HPKE, RFC 9180, base mode): anyone can close, only the private half opens.

use hpke::{
    Deserializable, Kem as _, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305, kdf::HkdfSha256,
    kem::X25519HkdfSha256,
};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    randomness::{Drawing, Randomness, bytes},
    stored::stored_as_bytes,
};

type Kem = X25519HkdfSha256;

/// Says that what follows was sealed to a public key: encapsulated key, then ciphertext.
const SEALED: u8 = 1;
/// Says that what follows was wrapped under a symmetric key: nonce, then ciphertext.
pub(super) const WRAPPED: u8 = 2;

const ENCAPSULATED: usize = 32;
const TEXT: &[u8] = b"suoja text";
const KEY: &[u8] = b"suoja key";

/// The place a sealed value belongs to. It opens only there: moved to another row or field, it stays shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The id of the row that holds the value.
    pub row: Uuid,
    /// The name of the field, unique among the fields of that row, e.g. `"message.body"`.
    pub field: &'static str,
}

impl Binding {
    /// The value of `field` in the row `row`.
    pub fn new(row: Uuid, field: &'static str) -> Self {
        Self { row, field }
    }

    /// The associated data: 16 bytes of the row's id, then the field's name.
    pub(super) fn associated_data(&self) -> Vec<u8> {
        [self.row.as_bytes().as_slice(), self.field.as_bytes()].concat()
    }
}

/// Something that was closed: a format byte and the ciphertext. Safe to store; says only roughly how long it is.
#[derive(Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct Sealed(pub(super) Vec<u8>);

impl Sealed {
    /// The stored bytes, for hashing into the audit chain and for carrying across to another hotline.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Takes bytes from storage or from outside. Whether they are sound shows when they are opened.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Sealed({} bytes)", self.0.len())
    }
}

/// Why something sealed did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The bytes are not in a format this program writes.
    #[error("the sealed value has an unknown format")]
    Format,
    /// The key is another one, the value was changed, or it was moved to another row or field.
    #[error("the sealed value does not open with this key in this place")]
    WrongKeyOrPlace,
    /// It opened, but what it holds is not text.
    #[error("the sealed value holds no text")]
    NotText,
}

/// The public half of a pair: closes, never opens. Stored plain.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

stored_as_bytes!(PublicKey);

/// These bytes are not a public key to which anything can be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a public key")]
pub struct InvalidPublicKey;

impl TryFrom<[u8; 32]> for PublicKey {
    type Error = InvalidPublicKey;

    /// Refuses the few points that give every sender the same shared secret (RFC 7748, section 6.1): a trial agreement
    /// shows them, whatever the private half.
    fn try_from(key: [u8; 32]) -> Result<Self, InvalidPublicKey> {
        let (trial, _) = Kem::derive_keypair(&[0; 32]);
        let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(&key).map_err(|_| InvalidPublicKey)?;
        hpke::setup_receiver::<ChaCha20Poly1305, HkdfSha256, Kem>(&OpModeR::Base, &trial, &encapsulated, b"")
            .map_err(|_| InvalidPublicKey)?;
        Ok(Self(key))
    }
}

impl TryFrom<Vec<u8>> for PublicKey {
    type Error = InvalidPublicKey;

    fn try_from(key: Vec<u8>) -> Result<Self, InvalidPublicKey> {
        <[u8; 32]>::try_from(key).map_err(|_| InvalidPublicKey)?.try_into()
    }
}

impl PublicKey {
    /// The 32 bytes of the key (RFC 7748 encoding).
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Seals `plain` for the place `binding`. The length is padded (see [`pad`]).
    pub fn seal(&self, randomness: &dyn Randomness, binding: Binding, plain: &[u8]) -> Sealed {
        self.close(randomness, TEXT, binding, &pad(plain))
    }

    /// Seals another pair's private half, so that the holder of this pair can use it.
    pub fn seal_key(&self, randomness: &dyn Randomness, binding: Binding, key: &PrivateKey) -> Sealed {
        self.close(randomness, KEY, binding, key.0.as_slice())
    }

    #[expect(
        clippy::expect_used,
        reason = "a PublicKey is checked when made, and the cipher refuses only texts above 256 GiB"
    )]
    fn close(&self, randomness: &dyn Randomness, kind: &[u8], binding: Binding, plain: &[u8]) -> Sealed {
        let recipient = <Kem as hpke::Kem>::PublicKey::from_bytes(&self.0).expect("32 bytes");
        let (encapsulated, mut context) = hpke::setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, Kem>(
            &OpModeS::Base,
            &recipient,
            kind,
            &mut Drawing(randomness),
        )
        .expect("the point was tried when the key was made");
        let ciphertext =
            context.seal(plain, &binding.associated_data()).expect("the text is far below the cipher's limit");
        let mut sealed = Vec::with_capacity(1 + ENCAPSULATED + ciphertext.len());
        sealed.push(SEALED);
        sealed.extend_from_slice(&encapsulated.to_bytes());
        sealed.extend_from_slice(&ciphertext);
        Sealed(sealed)
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hex = data_encoding::HEXLOWER.encode(self.0.get(..4).unwrap_or_default());
        write!(formatter, "PublicKey({hex}…)")
    }
}

/// The private half of a pair: opens. Wiped from memory when dropped; can be neither printed nor serialised, only sealed
/// to another key or wrapped.
#[derive(Clone)]
pub struct PrivateKey(Zeroizing<[u8; 32]>);

impl PrivateKey {
    /// Takes the 32 bytes of a key that was opened, unwrapped or put together again.
    pub(super) fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    pub(super) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The public half that belongs to this private half.
    pub fn public(&self) -> PublicKey {
        let mut public = [0; 32];
        public.copy_from_slice(&Kem::sk_to_pk(&self.hpke_key()).to_bytes());
        PublicKey(public)
    }

    /// Opens what was sealed for the place `binding`.
    pub fn open(&self, binding: Binding, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        unpad(self.disclose(TEXT, binding, sealed)?)
    }

    /// Opens what was sealed for the place `binding`, as text.
    pub fn open_text(&self, binding: Binding, sealed: &Sealed) -> Result<String, OpenError> {
        let mut plain = self.open(binding, sealed)?;
        String::from_utf8(std::mem::take(&mut *plain)).map_err(|_| OpenError::NotText)
    }

    /// Opens another pair's private half, sealed by [`PublicKey::seal_key`].
    pub fn open_key(&self, binding: Binding, sealed: &Sealed) -> Result<PrivateKey, OpenError> {
        key_from(&self.disclose(KEY, binding, sealed)?)
    }

    fn disclose(&self, kind: &[u8], binding: Binding, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let Some((&SEALED, rest)) = sealed.0.split_first() else {
            return Err(OpenError::Format);
        };
        let (encapsulated, ciphertext) = rest.split_at_checked(ENCAPSULATED).ok_or(OpenError::Format)?;
        let encapsulated = <Kem as hpke::Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| OpenError::Format)?;
        hpke::setup_receiver::<ChaCha20Poly1305, HkdfSha256, Kem>(&OpModeR::Base, &self.hpke_key(), &encapsulated, kind)
            .and_then(|mut context| context.open(ciphertext, &binding.associated_data()))
            .map(Zeroizing::new)
            .map_err(|_| OpenError::WrongKeyOrPlace)
    }

    #[expect(clippy::expect_used, reason = "every 32 bytes are an X25519 private key")]
    fn hpke_key(&self) -> <Kem as hpke::Kem>::PrivateKey {
        <Kem as hpke::Kem>::PrivateKey::from_bytes(self.0.as_slice()).expect("32 bytes")
    }
}

/// The 32 bytes of an opened key.
pub(super) fn key_from(plain: &[u8]) -> Result<PrivateKey, OpenError> {
    let mut key = Zeroizing::new([0; 32]);
    if plain.len() != key.len() {
        return Err(OpenError::Format);
    }
    key.copy_from_slice(plain);
    Ok(PrivateKey(key))
}

/// A lock and its key.
#[derive(Clone)]
pub struct KeyPair {
    /// Closes.
    pub public: PublicKey,
    /// Opens.
    pub private: PrivateKey,
}

impl KeyPair {
    /// Makes a new pair.
    pub fn generate(randomness: &dyn Randomness) -> Self {
        let private = PrivateKey(Zeroizing::new(bytes(randomness)));
        Self { public: private.public(), private }
    }
}

/// The shortest padded length. "Yes", "no" and one short sentence all look the same.
const SHORTEST: usize = 128;
const END: u8 = 0x80;

/// Marks the end of `plain` and fills with zeros to the next length of the Padmé series (Nikitin et al., "Reducing
/// Metadata Leakage from Encrypted Files", PETS 2019), at least 128: at most 12 % more, and the length of a message says
/// only its order of magnitude.
pub(super) fn pad(plain: &[u8]) -> Zeroizing<Vec<u8>> {
    let length = padded_length(plain.len() + 1);
    // Reserved at once: growing would leave copies of the text in freed memory.
    let mut padded = Zeroizing::new(Vec::with_capacity(length));
    padded.extend_from_slice(plain);
    padded.push(END);
    padded.resize(length, 0);
    padded
}

fn padded_length(length: usize) -> usize {
    let length = length.max(SHORTEST);
    let exponent = length.ilog2();
    let kept_bits = exponent.ilog2() + 1;
    let mask = (1_usize << (exponent - kept_bits)) - 1;
    (length + mask) & !mask
}

/// Takes the padding off again.
pub(super) fn unpad(mut padded: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let end = padded.iter().rposition(|&byte| byte != 0);
    match end {
        Some(end) if padded.get(end) == Some(&END) => {
            padded.truncate(end);
            Ok(padded)
        }
        _ => Err(OpenError::Format),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededRandomness;

    fn place(row: u128, field: &'static str) -> Binding {
        Binding::new(Uuid::from_u128(row), field)
    }

    #[test]
    fn what_is_sealed_opens_with_the_private_half() {
        let randomness = SeededRandomness::new(1);
        let pair = KeyPair::generate(&randomness);
        for text in ["", "yes", "Hän lähetti kuvan 😢", &"a".repeat(5_000)] {
            let sealed = pair.public.seal(&randomness, place(1, "words"), text.as_bytes());
            let opened = pair.private.open_text(place(1, "words"), &sealed);
            assert_eq!(opened.as_deref(), Ok(text));
        }
    }

    #[test]
    fn it_opens_only_in_its_own_row_and_field() {
        let randomness = SeededRandomness::new(2);
        let pair = KeyPair::generate(&randomness);
        let sealed = pair.public.seal(&randomness, place(1, "words"), b"hello");
        for elsewhere in [place(2, "words"), place(1, "note")] {
            let opened = pair.private.open(elsewhere, &sealed);
            assert_eq!(opened, Err(OpenError::WrongKeyOrPlace));
        }
    }

    #[test]
    fn it_does_not_open_with_another_key() {
        let randomness = SeededRandomness::new(3);
        let pair = KeyPair::generate(&randomness);
        let other = KeyPair::generate(&randomness);
        let sealed = pair.public.seal(&randomness, place(1, "words"), b"hello");
        let opened = other.private.open(place(1, "words"), &sealed);
        assert_eq!(opened, Err(OpenError::WrongKeyOrPlace));
    }

    #[test]
    fn any_changed_bit_or_missing_end_keeps_it_shut() {
        let randomness = SeededRandomness::new(4);
        let pair = KeyPair::generate(&randomness);
        let sealed = pair.public.seal(&randomness, place(1, "words"), b"hello");
        for position in 0..sealed.0.len() {
            let mut changed = sealed.clone();
            changed.0[position] ^= 1;
            assert!(pair.private.open(place(1, "words"), &changed).is_err());
            let short = Sealed::from_bytes(sealed.0[..position].to_vec());
            assert!(pair.private.open(place(1, "words"), &short).is_err());
        }
    }

    #[test]
    fn the_same_words_never_look_the_same() {
        let randomness = SeededRandomness::new(5);
        let pair = KeyPair::generate(&randomness);
        let first = pair.public.seal(&randomness, place(1, "words"), b"hello");
        let second = pair.public.seal(&randomness, place(1, "words"), b"hello");
        assert!(first != second);
        assert!(!first.0.windows(5).any(|window| window == b"hello"));
    }

    #[test]
    fn a_key_can_be_handed_on_and_is_not_mistaken_for_text() {
        let randomness = SeededRandomness::new(6);
        let hotline = KeyPair::generate(&randomness);
        let case = KeyPair::generate(&randomness);
        let handed = hotline.public.seal_key(&randomness, place(1, "case_key"), &case.private);
        let key = hotline.private.open_key(place(1, "case_key"), &handed).expect("the hotline holds the key");
        assert_eq!(key.public(), case.public);
        assert_eq!(hotline.private.open(place(1, "case_key"), &handed), Err(OpenError::WrongKeyOrPlace));
    }

    #[test]
    fn short_words_all_have_one_length_and_long_ones_grow_by_at_most_an_eighth() {
        let randomness = SeededRandomness::new(7);
        let pair = KeyPair::generate(&randomness);
        let length = |text: &str| {
            let sealed = pair.public.seal(&randomness, place(1, "words"), text.as_bytes());
            sealed.as_bytes().len()
        };
        assert_eq!(length("no"), length("yes, he is in my class"));
        for size in 1..6_000 {
            let padded = padded_length(size);
            assert!(padded >= size.max(SHORTEST));
            assert!(size < SHORTEST || (padded - size) * 8 <= size);
        }
    }

    #[test]
    fn bytes_that_are_no_usable_point_are_refused() {
        assert_eq!(PublicKey::try_from([0; 32]), Err(InvalidPublicKey));
        let mut one = [0; 32];
        one[0] = 1;
        assert_eq!(PublicKey::try_from(one), Err(InvalidPublicKey));
        assert_eq!(PublicKey::try_from(vec![9; 31]), Err(InvalidPublicKey));
        let pair = KeyPair::generate(&SeededRandomness::new(8));
        let stored = pair.public.as_bytes().to_vec();
        assert_eq!(PublicKey::try_from(stored), Ok(pair.public));
    }
}
