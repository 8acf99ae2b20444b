//! The reporter's secret: what opens the case.

use std::{fmt, str::FromStr};

use zeroize::Zeroize;

use crate::{
    crockford,
    randomness::{Randomness, bytes},
};

/// Symbols that carry the secret: 15 × 5 = 75 random bits.
const SECRET: usize = 15;
/// All symbols: the secret and its check symbol.
const LENGTH: usize = SECRET + 1;

/// A case code: 15 random Crockford base-32 symbols and a check symbol. It has no `Debug` and no serialisation, so that
/// it cannot slip into a log; [`Display`](fmt::Display) is for the one page that shows it. Wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct CaseCode([u8; LENGTH]);

/// Why what was typed is not a case code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseCodeError {
    /// Nothing was typed.
    #[error("the case code is empty")]
    Empty,
    /// Too few or too many letters and digits; holds how many there were, of 16.
    #[error("a case code has 16 letters and digits, this has {0}")]
    WrongLength(usize),
    /// This character is in no case code.
    #[error("this character is in no case code")]
    UnknownSymbol(char),
    /// One symbol is wrong or two are swapped: the check symbol disagrees.
    #[error("one letter or digit of the case code is not right")]
    Slip,
}

impl CaseCode {
    /// Draws a new code.
    pub fn generate(randomness: &dyn Randomness) -> Self {
        let mut symbols = [0; LENGTH];
        let drawn = bytes::<SECRET>(randomness);
        for (symbol, byte) in symbols.iter_mut().zip(drawn) {
            *symbol = byte & 31;
        }
        symbols[SECRET] = check_symbol(&symbols[..SECRET]);
        Self(symbols)
    }

    /// What the vault derives keys and lookups from: one byte for each symbol.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for CaseCode {
    type Err = CaseCodeError;

    /// Reads what a person typed: any case, spaces and hyphens, O for 0, I and L for 1, digits of other scripts.
    fn from_str(typed: &str) -> Result<Self, CaseCodeError> {
        let values = crockford::values(typed).map_err(CaseCodeError::UnknownSymbol)?;
        if values.is_empty() {
            return Err(CaseCodeError::Empty);
        }
        let symbols: [u8; LENGTH] =
            values.as_slice().try_into().map_err(|_| CaseCodeError::WrongLength(values.len()))?;
        if check_symbol(&symbols[..SECRET]) != symbols[SECRET] {
            return Err(CaseCodeError::Slip);
        }
        Ok(Self(symbols))
    }
}

impl fmt::Display for CaseCode {
    /// `XXXX-XXXX-XXXX-XXXX`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&crockford::grouped(&self.0, 4))
    }
}

impl Drop for CaseCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// The check symbol: the sum over GF(32) of each symbol times its weight. The weights are the powers x¹⁵ … x¹ of the
/// generator (and x⁰ for the check symbol itself): distinct and not zero, so that changing any one symbol or swapping any
/// two changes the sum.
fn check_symbol(symbols: &[u8]) -> u8 {
    symbols.iter().fold(0, |sum, symbol| times_x(sum ^ symbol))
}

/// Multiplies by x in GF(32) modulo x⁵ + x² + 1, which is primitive: the powers of x run through all 31 non-zero values.
fn times_x(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 0b10_0000 == 0 { shifted } else { shifted ^ 0b10_0101 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededRandomness;

    fn parse(typed: &str) -> Result<CaseCode, CaseCodeError> {
        typed.parse()
    }

    fn error(typed: &str) -> Option<CaseCodeError> {
        parse(typed).err()
    }

    #[test]
    fn a_code_is_shown_in_four_groups_and_read_back() {
        let randomness = SeededRandomness::new(1);
        for _ in 0..200 {
            let code = CaseCode::generate(&randomness);
            let shown = code.to_string();
            assert_eq!(shown.len(), 19);
            assert!(parse(&shown).is_ok_and(|read| read == code));
            let sloppy = shown.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
            assert!(parse(&sloppy).is_ok_and(|read| read == code));
        }
    }

    #[test]
    fn every_single_slip_and_every_swap_is_caught() {
        let randomness = SeededRandomness::new(2);
        for _ in 0..20 {
            let code = CaseCode::generate(&randomness).0;
            for position in 0..LENGTH {
                for wrong in (0..32).filter(|&wrong| wrong != code[position]) {
                    let mut slipped = code;
                    slipped[position] = wrong;
                    assert_eq!(error(&crockford::grouped(&slipped, 4)), Some(CaseCodeError::Slip));
                }
                for other in (position + 1..LENGTH).filter(|&other| code[other] != code[position]) {
                    let mut swapped = code;
                    swapped.swap(position, other);
                    assert_eq!(error(&crockford::grouped(&swapped, 4)), Some(CaseCodeError::Slip));
                }
            }
        }
    }

    #[test]
    fn the_weights_are_distinct_and_not_zero() {
        // Together with linearity this proves the test above for all codes: a slip adds weight × difference.
        let mut weights: Vec<u8> = (0..SECRET)
            .map(|position| {
                let mut symbols = [0; SECRET];
                symbols[position] = 1;
                check_symbol(&symbols)
            })
            .chain([1])
            .collect();
        weights.sort_unstable();
        weights.dedup();
        assert_eq!(weights.len(), LENGTH);
        assert!(!weights.contains(&0));
    }

    #[test]
    fn each_mistake_has_its_own_answer() {
        assert_eq!(error(""), Some(CaseCodeError::Empty));
        assert_eq!(error(" - \n"), Some(CaseCodeError::Empty));
        assert_eq!(error("7KQ2"), Some(CaseCodeError::WrongLength(4)));
        assert_eq!(error("7KQ2-7KQ2-7KQ2-7KQ2-7"), Some(CaseCodeError::WrongLength(17)));
        assert_eq!(error("7KQ2-7KQ2-7KQ?"), Some(CaseCodeError::UnknownSymbol('?')));
    }
}
