//! One secret in, an independent secret for each use out (HKDF-SHA256, RFC 5869).

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Derives 32 bytes from `secret` for the one use that `label` names. Different labels give unrelated bytes.
#[expect(clippy::expect_used, reason = "HKDF-SHA256 refuses only outputs above 8,160 bytes; ours is 32")]
pub(super) fn derive(salt: &[u8], secret: &[&[u8]], label: &str) -> Zeroizing<[u8; 32]> {
    let secret = Zeroizing::new(secret.concat());
    let mut derived = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(salt), &secret)
        .expand(label.as_bytes(), derived.as_mut())
        .expect("32 bytes are within HKDF's limit");
    derived
}
