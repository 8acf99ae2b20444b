//! Recovery: a hotline's recovery key, split among people so that some of them together, and fewer never, can restore it.
//!
//! Shamir's scheme ("How to share a secret", 1979) over GF(256), byte by byte: each byte of the key is the value at 0 of a
//! random polynomial of degree *threshold* − 1; each share holds the polynomial's values at one other point.

use std::str::FromStr;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::seal::PrivateKey;
use crate::{
    crockford,
    randomness::{Randomness, bytes},
};

const KEY: usize = 32;
/// Threshold, index, two bytes that name the split, the values.
const CONTENT: usize = 4 + KEY;
const CHECKSUM: usize = 4;
/// 40 bytes are exactly 64 symbols of base 32.
const BYTES: usize = CONTENT + CHECKSUM;
const SYMBOLS: usize = BYTES * 8 / 5;

/// One person's part of a recovery key, to be printed and kept on paper. Wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Share {
    threshold: u8,
    index: u8,
    split: [u8; 2],
    values: Zeroizing<[u8; KEY]>,
}

/// A key cannot be split so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key is split for at least 2 people, of whom at least 2 and at most all are needed")]
pub struct InvalidSplit;

/// Why what was typed is not a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseShareError {
    /// Too few or too many letters and digits; holds how many there were, of 64.
    #[error("a share has 64 letters and digits, this has {0}")]
    WrongLength(usize),
    /// This character is in no share.
    #[error("this character is in no share")]
    UnknownSymbol(char),
    /// The checksum disagrees: something was mistyped.
    #[error("something in this share is not right")]
    Slip,
}

/// Why shares do not give the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CombineError {
    /// More different shares are needed.
    #[error("{needed} shares are needed, there are {found}")]
    TooFew {
        /// How many different shares there are.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// The shares are of different keys, or of different splits of one.
    #[error("these shares do not belong together")]
    Mixed,
}

impl Share {
    /// Which share this is, from 1.
    pub fn index(&self) -> u8 {
        self.index
    }

    /// How many shares it takes to restore the key.
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// The share as it is printed: 16 groups of four symbols.
    pub fn printable(&self) -> Zeroizing<String> {
        let content = self.content();
        let checksum = checksum(&content);
        let mut symbols = Zeroizing::new(Vec::with_capacity(SYMBOLS));
        let (mut held, mut bits) = (0_u16, 0);
        for &byte in content.iter().chain(&checksum) {
            held = held << 8 | u16::from(byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                symbols.push((held >> bits & 31) as u8);
            }
            held &= (1 << bits) - 1;
        }
        Zeroizing::new(crockford::grouped(&symbols, 4))
    }

    fn content(&self) -> Zeroizing<Vec<u8>> {
        let parts: [&[u8]; 3] = [&[self.threshold, self.index], &self.split, self.values.as_slice()];
        Zeroizing::new(parts.concat())
    }
}

impl FromStr for Share {
    type Err = ParseShareError;

    /// Reads a printed share as a person types it: any case, spaces, hyphens, O for 0, I and L for 1.
    fn from_str(typed: &str) -> Result<Self, ParseShareError> {
        let symbols = crockford::values(typed).map_err(ParseShareError::UnknownSymbol)?;
        if symbols.len() != SYMBOLS {
            return Err(ParseShareError::WrongLength(symbols.len()));
        }
        let bytes = to_bytes(&symbols);
        let (content, written) = bytes.split_at(CONTENT);
        if checksum(content) != written {
            return Err(ParseShareError::Slip);
        }
        match content {
            &[threshold, index, ref rest @ ..] if threshold >= 2 && index >= 1 => {
                let (split, values) = rest.split_first_chunk::<2>().ok_or(ParseShareError::Slip)?;
                let mut share = Self { threshold, index, split: *split, values: Zeroizing::new([0; KEY]) };
                share.values.copy_from_slice(values);
                Ok(share)
            }
            _ => Err(ParseShareError::Slip),
        }
    }
}

fn to_bytes(symbols: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(BYTES));
    let (mut held, mut bits) = (0_u16, 0);
    for &symbol in symbols {
        held = held << 5 | u16::from(symbol);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 255) as u8);
            held &= (1 << bits) - 1;
        }
    }
    bytes
}

fn checksum(content: &[u8]) -> [u8; CHECKSUM] {
    let hash: [u8; 32] = Sha256::new_with_prefix(b"suoja share").chain_update(content).finalize().into();
    let mut checksum = [0; CHECKSUM];
    checksum.copy_from_slice(hash.split_at(CHECKSUM).0);
    checksum
}

/// Splits `key` into `shares` shares, `threshold` of which restore it.
pub fn split(
    randomness: &dyn Randomness,
    key: &PrivateKey,
    threshold: u8,
    shares: u8,
) -> Result<Vec<Share>, InvalidSplit> {
    if threshold < 2 || threshold > shares {
        return Err(InvalidSplit);
    }
    let name = bytes(randomness);
    // The coefficients of x¹, x², …; that of x⁰ is the key.
    let coefficients: Vec<Zeroizing<[u8; KEY]>> = (1..threshold).map(|_| Zeroizing::new(bytes(randomness))).collect();
    let share = |index: u8| {
        let mut values = Zeroizing::new([0; KEY]);
        for coefficient in coefficients.iter().rev().map(|bytes| &**bytes).chain([key.as_bytes()]) {
            for (value, &coefficient) in values.iter_mut().zip(coefficient) {
                *value = multiply(*value, index) ^ coefficient;
            }
        }
        Share { threshold, index, split: name, values }
    };
    Ok((1..=shares).map(share).collect())
}

/// Restores the key. The caller compares its public half with the one on record.
pub fn combine(shares: &[Share]) -> Result<PrivateKey, CombineError> {
    let Some(first) = shares.first() else {
        return Err(CombineError::TooFew { found: 0, needed: 2 });
    };
    let mut different: Vec<&Share> = Vec::with_capacity(shares.len());
    for share in shares {
        if (share.threshold, share.split) != (first.threshold, first.split) {
            return Err(CombineError::Mixed);
        }
        match different.iter().find(|known| known.index == share.index) {
            None => different.push(share),
            Some(known) if known.values == share.values => {}
            Some(_) => return Err(CombineError::Mixed),
        }
    }
    let needed = usize::from(first.threshold);
    if different.len() < needed {
        let found = different.len();
        return Err(CombineError::TooFew { found, needed });
    }
    different.truncate(needed);
    Ok(PrivateKey::from_bytes(value_at_zero(&different)))
}

/// Lagrange's interpolation at 0. In GF(256) minus is plus.
fn value_at_zero(shares: &[&Share]) -> Zeroizing<[u8; KEY]> {
    let mut key = Zeroizing::new([0; KEY]);
    for share in shares {
        let factor = shares.iter().filter(|other| other.index != share.index).fold(1, |factor, other| {
            let fraction = multiply(other.index, inverse(other.index ^ share.index));
            multiply(factor, fraction)
        });
        for (byte, &value) in key.iter_mut().zip(share.values.iter()) {
            *byte ^= multiply(value, factor);
        }
    }
    key
}

/// Multiplies in GF(256) modulo x⁸ + x⁴ + x³ + x + 1, without branches or tables that depend on the values.
fn multiply(mut one: u8, mut other: u8) -> u8 {
    let mut product = 0;
    for _ in 0..8 {
        product ^= one & (other & 1).wrapping_neg();
        let carry = (one >> 7).wrapping_neg();
        one = one << 1 ^ carry & 0x1b;
        other >>= 1;
    }
    product
}

/// The inverse of a non-zero value: its 254th power, as every non-zero value to the 255th is 1.
fn inverse(value: u8) -> u8 {
    (0..7).fold(1, |power, _| {
        let next = multiply(power, value);
        multiply(next, next)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{testing::SeededRandomness, vault::KeyPair};

    #[test]
    fn multiplication_is_that_of_the_field() {
        // FIPS 197, section 4.2: {57}·{83} = {c1}, {57}·{13} = {fe}.
        assert_eq!(multiply(0x57, 0x83), 0xc1);
        assert_eq!(multiply(0x57, 0x13), 0xfe);
        for value in 1..=255 {
            assert_eq!(multiply(value, inverse(value)), 1);
        }
    }

    #[test]
    fn any_two_of_three_restore_the_key() {
        let randomness = SeededRandomness::new(1);
        let pair = KeyPair::generate(&randomness);
        let shares = split(&randomness, &pair.private, 2, 3).expect("2 of 3");
        for chosen in [[0, 1], [1, 0], [0, 2], [2, 1]] {
            let chosen = chosen.map(|index| shares[index].clone());
            assert!(combine(&chosen).is_ok_and(|key| key.public() == pair.public));
        }
        assert!(combine(&shares).is_ok_and(|key| key.public() == pair.public));
    }

    #[test]
    fn larger_splits_work_and_fewer_shares_give_another_key() {
        let randomness = SeededRandomness::new(2);
        let pair = KeyPair::generate(&randomness);
        let shares = split(&randomness, &pair.private, 4, 7).expect("4 of 7");
        let four = [6, 2, 0, 5].map(|index| shares[index].clone());
        assert!(combine(&four).is_ok_and(|key| key.public() == pair.public));
        let fewer: Vec<&Share> = shares.iter().take(3).collect();
        assert_ne!(*value_at_zero(&fewer), *pair.private.as_bytes());
    }

    #[test]
    fn a_printed_share_is_read_back_however_it_is_typed() {
        let randomness = SeededRandomness::new(3);
        let pair = KeyPair::generate(&randomness);
        for share in split(&randomness, &pair.private, 2, 3).expect("2 of 3") {
            let printed = share.printable();
            assert_eq!(printed.len(), 79);
            assert!(printed.parse() == Ok(share.clone()));
            let typed = printed.to_lowercase().replace('-', " ").replace('0', "o");
            assert!(typed.parse() == Ok(share));
        }
    }

    #[test]
    fn a_mistyped_share_is_noticed() {
        let randomness = SeededRandomness::new(4);
        let pair = KeyPair::generate(&randomness);
        let shares = split(&randomness, &pair.private, 2, 3).expect("2 of 3");
        let printed = shares[0].printable();
        let error = |typed: &str| typed.parse::<Share>().err();
        for (position, symbol) in printed.char_indices().filter(|&(_, symbol)| symbol != '-') {
            let wrong = if symbol == '7' { "8" } else { "7" };
            let mut typed = printed.to_string();
            typed.replace_range(position..=position, wrong);
            assert_eq!(error(&typed), Some(ParseShareError::Slip));
        }
        assert_eq!(error(""), Some(ParseShareError::WrongLength(0)));
        assert_eq!(error("7KQ2"), Some(ParseShareError::WrongLength(4)));
        assert_eq!(error("7KQ?"), Some(ParseShareError::UnknownSymbol('?')));
    }

    #[test]
    fn shares_that_do_not_suffice_or_belong_together_say_so() {
        let randomness = SeededRandomness::new(5);
        let pair = KeyPair::generate(&randomness);
        let shares = split(&randomness, &pair.private, 2, 3).expect("2 of 3");
        let others = split(&randomness, &pair.private, 2, 3).expect("2 of 3");
        let too_few = |found| Some(CombineError::TooFew { found, needed: 2 });
        assert_eq!(combine(&[]).err(), too_few(0));
        assert_eq!(combine(&shares[..1]).err(), too_few(1));
        let twice = [shares[0].clone(), shares[0].clone()];
        assert_eq!(combine(&twice).err(), too_few(1));
        let mixed = [shares[0].clone(), others[1].clone()];
        assert_eq!(combine(&mixed).err(), Some(CombineError::Mixed));
    }

    #[test]
    fn senseless_splits_are_refused() {
        let randomness = SeededRandomness::new(6);
        let key = KeyPair::generate(&randomness).private;
        for (threshold, shares) in [(0, 0), (0, 3), (1, 3), (4, 3)] {
            assert!(split(&randomness, &key, threshold, shares).is_err());
        }
    }
}
