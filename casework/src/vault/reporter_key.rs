//! The reporter's way into their case.

use uuid::Uuid;

use super::{server_keys::ServerKeys, wrap::WrappingKey};
use crate::case_code::CaseCode;

/// The key under which a case's private half is wrapped for its reporter: HKDF(code ‖ server secret, salt = case id). It
/// exists only while the code is at hand; the code itself is never stored.
pub fn reporter_key(code: &CaseCode, keys: &ServerKeys, case: Uuid) -> WrappingKey {
    let key = keys.derive_with(case.as_bytes(), code.as_bytes(), "suoja reporter key");
    WrappingKey::from_bytes(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        testing::SeededRandomness,
        vault::{Binding, KeyPair, OpenError},
    };

    #[test]
    fn only_the_code_with_this_server_and_this_case_opens() {
        let randomness = SeededRandomness::new(1);
        let keys = ServerKeys::generate(&randomness);
        let code = CaseCode::generate(&randomness);
        let (case, other_case) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let pair = KeyPair::generate(&randomness);
        let place = Binding::new(case, "case.reporter_key");
        let wrapped = reporter_key(&code, &keys, case).wrap_key(&randomness, place, &pair.private);

        let typed: CaseCode = code.to_string().to_lowercase().parse().expect("our own code");
        let opened = reporter_key(&typed, &keys, case).unwrap_key(place, &wrapped);
        assert!(opened.is_ok_and(|key| key.public() == pair.public));

        let other_code = CaseCode::generate(&randomness);
        let other_server = ServerKeys::generate(&randomness);
        for wrong in [
            reporter_key(&other_code, &keys, case),
            reporter_key(&code, &other_server, case),
            reporter_key(&code, &keys, other_case),
        ] {
            let opened = wrong.unwrap_key(place, &wrapped);
            assert_eq!(opened.err(), Some(OpenError::WrongKeyOrPlace));
        }
    }
}
