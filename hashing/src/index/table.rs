//! Rows by one half of one piece: for each key the rows that have it, with the piece's other half beside each.

#![allow(clippy::inline_always)] // part of the search, which is compiled once for each set of instructions

use super::pieces::{lower, upper};
use super::prefetch::prefetch;

/// Entries looked at together; so many stand unused at a column's end, that the last look reads no further than it.
pub(super) const LANES: usize = 16;

/// A table has about one key for so many rows, as far as a half's 16 bits go.
const ROWS_A_KEY_LOG2: u32 = 5;

/// Rows are numbered by blocks of so many bits.
const BLOCK_BITS: u32 = 16;

/// Entries sorted by key, then by row (compressed rows).
///
/// An entry is about 4.25 bytes: 2 for the other half, by which nearly all are passed over without another look, 2 for
/// the row within its block, and about 2 bits for the block (Elias–Fano coding: a key's rows ascend, so of each
/// entry's block only the step from the one before is kept, in unary).
pub(super) struct Table {
    directory: Directory,
    /// Each entry's other half.
    others: Vec<u16>,
    /// Each entry's row within its block.
    lows: Vec<u16>,
    /// Entry `e` of key `k` in block `b` is the one at bit `e + k × blocks + b`; all other bits are zero.
    steps: Vec<u64>,
    /// Number of blocks.
    blocks: usize,
}

/// Where each key's entries begin.
pub(super) struct Directory {
    /// The key is so many of a half's upper bits: fewer when there are few rows, or the directory would outweigh them.
    pub key_bits: u32,
    /// Where each key's entries begin, and the end.
    starts: Vec<u32>,
}

impl Directory {
    /// Of rows given by their halves.
    pub fn new(key_bits: u32, halves: impl Iterator<Item = u16>) -> Self {
        let mut starts = vec![0; (1 << key_bits) + 1];
        let mut directory = Self { key_bits, starts: Vec::new() };
        halves.for_each(|half| starts[directory.key(half) + 1] += 1);
        for key in 1..starts.len() {
            starts[key] += starts[key - 1];
        }
        directory.starts = starts;
        directory
    }

    #[inline(always)]
    pub fn key(&self, half: u16) -> usize {
        usize::from(half) >> (16 - self.key_bits)
    }

    /// The key that an entry stands under.
    #[allow(clippy::cast_possible_truncation)] // a key has 16 bits at most
    pub fn key_of(&self, entry: usize) -> u16 {
        (self.starts.partition_point(|&start| start as usize <= entry) - 1) as u16
    }

    /// Each entry's key.
    pub fn keys(&self) -> impl Iterator<Item = u16> {
        (0..=u16::MAX).zip(self.starts.windows(2)).flat_map(|(key, ends)| (ends[0]..ends[1]).map(move |_| key))
    }

    #[inline(always)]
    pub fn entries(&self, key: usize) -> std::ops::Range<usize> {
        self.starts[key] as usize..self.starts[key + 1] as usize
    }

    #[inline(always)]
    pub fn prefetch(&self, key: usize) {
        prefetch(&self.starts, key);
    }

    /// Pieces and their rows, sorted by the upper bits of the piece's key; rows in order.
    fn part(&self, pieces: &[u32], parts: &mut Vec<(u32, u32)>) {
        let keys_a_part_log2 = self.key_bits.saturating_sub(8);
        let mut next = [0; 256];
        for (next, start) in next.iter_mut().zip(self.starts.iter().step_by(1 << keys_a_part_log2)) {
            *next = *start as usize;
        }
        parts.resize(pieces.len(), (0, 0));
        for (&piece, row) in pieces.iter().zip(0..) {
            let next = &mut next[self.key(upper(piece)) >> keys_a_part_log2];
            parts[*next] = (piece, row);
            *next += 1;
        }
    }

    /// What the directory takes in memory.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.starts)
    }
}

impl Table {
    /// Of rows given by one piece each: its upper half is what the table is keyed by, its lower half the other.
    ///
    /// Entries go first to the part of the table they belong to (`parts` lends the room), then to their place in it: a
    /// part fits the processor's cache, and the second step, all over the place, stays in there.
    pub fn build(pieces: &[u32], parts: &mut Vec<(u32, u32)>) -> Self {
        let rows = pieces.len();
        let key_bits = rows.checked_ilog2().unwrap_or(0).saturating_sub(ROWS_A_KEY_LOG2).min(16);
        let directory = Directory::new(key_bits, pieces.iter().map(|piece| upper(*piece)));
        let blocks = rows.div_ceil(1 << BLOCK_BITS);
        let mut others = vec![0; rows + LANES];
        let mut lows = vec![0; rows];
        let mut steps = vec![0; (rows + (blocks << key_bits)).div_ceil(64)];
        directory.part(pieces, parts);
        let mut next = directory.starts.clone();
        for &(piece, row) in parts.iter() {
            let key = directory.key(upper(piece));
            let entry = next[key] as usize;
            next[key] += 1;
            others[entry] = lower(piece);
            lows[entry] = lower(row);
            let step = entry + key * blocks + (row >> BLOCK_BITS) as usize;
            steps[step / 64] |= 1 << (step % 64);
        }
        Self { directory, others, lows, steps, blocks }
    }

    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    pub fn others(&self) -> &[u16] {
        &self.others
    }

    /// Begins to fetch what [`Self::rows`] will read for an entry of this key, whose entries begin at `first`.
    #[inline(always)]
    pub fn prefetch_row(&self, key: usize, first: usize, entry: usize) {
        prefetch(&self.lows, entry);
        prefetch(&self.steps, (first + key * self.blocks) / 64);
    }

    /// The rows of some of a key's entries, given in ascending order; the key's entries begin at `first`.
    #[inline(always)]
    pub fn rows(&self, key: usize, first: usize, entries: impl Iterator<Item = usize>, mut found: impl FnMut(usize)) {
        let before = key * self.blocks;
        let mut word = (first + before) / 64;
        let mut steps = self.steps[word] & (!0 << ((first + before) % 64));
        let mut next = first;
        for entry in entries {
            loop {
                let here = steps.count_ones() as usize;
                if entry < next + here {
                    break;
                }
                next += here;
                word += 1;
                steps = self.steps[word];
            }
            while next < entry {
                steps &= steps - 1;
                next += 1;
            }
            let block = 64 * word + steps.trailing_zeros() as usize - entry - before;
            found(block << BLOCK_BITS | usize::from(self.lows[entry]));
        }
    }

    /// What the table takes in memory.
    pub fn bytes(&self) -> usize {
        self.directory.bytes() + size_of_val(&*self.others) + size_of_val(&*self.lows) + size_of_val(&*self.steps)
    }
}
