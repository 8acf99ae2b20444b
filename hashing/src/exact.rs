//! Hashes of a file exactly as it is stored. One changed byte changes them all.

use md5::Digest;

use crate::{Md5, Sha1, Sha256};

/// The three exact hashes of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exact {
    /// For lists that hold nothing newer.
    pub md5: Md5,
    /// For lists that hold nothing newer.
    pub sha1: Sha1,
    /// The one to trust.
    pub sha256: Sha256,
}

/// Computes all three in one pass over the bytes, in constant memory.
#[derive(Clone, Default)]
pub struct ExactHasher {
    md5: md5::Md5,
    sha1: sha1::Sha1,
    sha256: sha2::Sha256,
}

impl ExactHasher {
    /// Takes the next bytes, in pieces of any size.
    pub fn update(&mut self, bytes: &[u8]) {
        // Small pieces stay in the processor's first cache for all three.
        for piece in bytes.chunks(16 * 1024) {
            self.md5.update(piece);
            self.sha1.update(piece);
            self.sha256.update(piece);
        }
    }

    /// The hashes of everything taken.
    pub fn finish(self) -> Exact {
        Exact {
            md5: Md5::new(self.md5.finalize().into()),
            sha1: Sha1::new(self.sha1.finalize().into()),
            sha256: Sha256::new(self.sha256.finalize().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8], piece: usize) -> [String; 3] {
        let mut hasher = ExactHasher::default();
        bytes.chunks(piece).for_each(|piece| hasher.update(piece));
        let exact = hasher.finish();
        [exact.md5.to_string(), exact.sha1.to_string(), exact.sha256.to_string()]
    }

    #[test]
    fn standard_vectors() {
        assert_eq!(
            of(b"", 1),
            [
                "d41d8cd98f00b204e9800998ecf8427e",
                "da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            ]
        );
        assert_eq!(
            of(b"abc", 2),
            [
                "900150983cd24fb0d6963f7d28e17f72",
                "a9993e364706816aba3e25717850c26c9cd0d89d",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            ]
        );
    }

    #[test]
    fn pieces_do_not_matter() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|i| (i * 7 / 3).to_le_bytes()[0]).collect();
        let whole = of(&bytes, bytes.len());
        for piece in [1, 63, 64, 65, 4096, 16_385] {
            assert_eq!(of(&bytes, piece), whole, "in pieces of {piece}");
        }
    }
}
