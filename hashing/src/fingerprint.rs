//! The values themselves. Each is a fixed number of bytes, written as lower-case hex digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that is not the fingerprint it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} is written as {digits} hex digits")]
pub struct NotAFingerprint {
    kind: &'static str,
    digits: usize,
}

macro_rules! fingerprint {
    ($(#[$about:meta])* $name:ident, $kind:literal, $bytes:literal) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// From its bytes, most significant first.
            pub const fn new(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }

            /// Its bytes, most significant first.
            pub const fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = NotAFingerprint;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                bytes_of(text).map(Self).ok_or(NotAFingerprint { kind: $kind, digits: 2 * $bytes })
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAFingerprint;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    };
}

fingerprint! {
    /// A PDQ hash: 256 bits that change little when the picture changes little.
    Pdq, "a PDQ hash", 32
}
fingerprint! {
    /// The MD5 of a file (RFC 1321): what older lists hold. Not collision-resistant.
    Md5, "an MD5", 16
}
fingerprint! {
    /// The SHA-1 of a file (FIPS 180-4): what older lists hold. Not collision-resistant.
    Sha1, "a SHA-1", 20
}
fingerprint! {
    /// The SHA-256 of a file (FIPS 180-4).
    Sha256, "a SHA-256", 32
}

impl Pdq {
    /// At most this many differing bits make two hashes the same picture (`ThreatExchange`'s threshold).
    pub const SAME_PICTURE: u32 = 31;

    /// Number of differing bits, 0 to 256. Unrelated pictures are about 128 apart.
    pub fn distance(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }
}

/// Exactly `2 * N` hex digits of either case, nothing else.
fn bytes_of<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value_of(pair[0])? << 4 | value_of(pair[1])?;
    }
    Some(bytes)
}

const fn value_of(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_goes_both_ways_and_forgives_capitals() {
        let text = "0123456789abcdef".repeat(4);
        let pdq: Pdq = text.parse().unwrap();
        assert_eq!(pdq.to_string(), text);
        assert_eq!(text.to_uppercase().parse::<Pdq>().unwrap(), pdq);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "00", &"g".repeat(32), &"0".repeat(33), &" 0".repeat(16), &"é".repeat(16)] {
            assert!(text.parse::<Md5>().is_err(), "{text:?}");
        }
        assert_eq!("x".parse::<Sha1>().unwrap_err().to_string(), "a SHA-1 is written as 40 hex digits");
    }

    #[test]
    fn distance_counts_bits() {
        let zero = Pdq::new([0; 32]);
        let mut bytes = [0; 32];
        bytes[0] = 0b1010_0000;
        bytes[31] = 1;
        assert_eq!(zero.distance(&Pdq::new(bytes)), 3);
        assert_eq!(zero.distance(&Pdq::new([255; 32])), 256);
    }
}
