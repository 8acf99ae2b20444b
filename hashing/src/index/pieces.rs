//! A hash cut into eight pieces of 32 bits, and each piece into two halves: what the tables are keyed by.

#![allow(clippy::inline_always)] // part of the search, which is compiled once for each set of instructions

use crate::Pdq;

/// Number of pieces.
pub(super) const PIECES: usize = 8;

/// A hash's pieces, in order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pieces(pub [u32; PIECES]);

impl Pieces {
    pub fn new(first: u32, rest: &[u32; PIECES - 1]) -> Self {
        let mut pieces = [first; PIECES];
        pieces[1..].copy_from_slice(rest);
        Self(pieces)
    }

    pub fn of(pdq: &Pdq) -> Self {
        let (words, _) = pdq.as_bytes().as_chunks::<4>();
        Self(std::array::from_fn(|piece| u32::from_be_bytes(words[piece])))
    }

    pub fn pdq(&self) -> Pdq {
        let mut bytes = [0; 32];
        let (words, _) = bytes.as_chunks_mut::<4>();
        for (word, piece) in words.iter_mut().zip(self.0) {
            *word = piece.to_be_bytes();
        }
        Pdq::new(bytes)
    }
}

/// Number of differing bits of two hashes, or of some of their pieces.
#[inline(always)]
pub(super) fn distance<const N: usize>(a: &[u32; N], b: &[u32; N]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}

/// One of a hash's sixteen halves; `number ^ 1` is the other of its piece.
#[inline(always)]
pub(super) const fn half(Pieces(pieces): &Pieces, number: usize) -> u16 {
    let piece = pieces[number / 2];
    if number & 1 == 0 { upper(piece) } else { lower(piece) }
}

/// A piece's upper half.
#[inline(always)]
pub(super) const fn upper(piece: u32) -> u16 {
    lower(piece >> 16)
}

/// A piece's lower half.
#[allow(clippy::cast_possible_truncation)] // the upper half is not wanted
#[inline(always)]
pub(super) const fn lower(piece: u32) -> u16 {
    piece as u16
}

/// A piece of its halves.
#[inline(always)]
pub(super) fn joined(upper: u16, lower: u16) -> u32 {
    u32::from(upper) << 16 | u32::from(lower)
}
