//! A query: keys looked up, entries passed over by their other half, rows found, distances taken.
//!
//! Most of its time would be waiting for memory. So each step asks for what the next one reads, for many places at once.

#![allow(clippy::inline_always)] // the whole search is compiled once for each set of instructions

use super::base::{Base, COLUMNS};
use super::features::Features;
use super::pieces::{PIECES, Pieces, distance, half};
use super::prefetch::prefetch;
use super::table::{Directory, LANES, Table};
use crate::Pdq;

/// Of two hashes that match, some piece differs in so many bits at most: one more in each would be too many.
const SPARE: u32 = Pdq::SAME_PICTURE / 8;
const _: () = assert!((SPARE + 1) * 8 > Pdq::SAME_PICTURE && PIECES == 8);
// Of such a piece, one half differs in one bit at most.
const _: () = assert!(SPARE < 4);

/// The keys looked up in a column: the query's own, and those one bit away.
const MOST_KEYS: usize = 17;

/// So many keys ahead, entries are asked for.
const AHEAD: usize = 8;

/// One key of one column, and its entries.
struct Lookup {
    column: usize,
    /// The other half may differ in so many bits.
    spare: u32,
    key: usize,
    start: usize,
    end: usize,
}

/// A row near the query.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Near {
    pub row: usize,
    pub distance: u32,
}

impl Base {
    /// All rows at most [`Pdq::SAME_PICTURE`] bits from the query, in order.
    pub fn near(&self, query: &Pieces, features: Features) -> Vec<Near> {
        match features {
            Features::Baseline => self.search(query),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: only `Features::found` makes an `Avx2`, and it has asked the processor.
            #[allow(unsafe_code)]
            Features::Avx2 => unsafe { self.search_avx2(query) },
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn search_avx2(&self, query: &Pieces) -> Vec<Near> {
        self.search(query)
    }

    #[inline(always)]
    fn search(&self, query: &Pieces) -> Vec<Near> {
        let lookups = self.look_up(query);
        // Of few rows, or of many alike, the tables would look at each more than once.
        if lookups.iter().map(|lookup| lookup.end - lookup.start).sum::<usize>() > self.rows() {
            return self.measure(query, 0..self.rows());
        }
        let candidates = self.pass_over(query, &lookups);
        let rows = self.resolve(&lookups, &candidates);
        self.measure(query, rows.into_iter())
    }

    /// The entries of each key that is the query's, or one bit away.
    #[inline(always)]
    fn look_up(&self, query: &Pieces) -> Vec<Lookup> {
        for column in 0..COLUMNS {
            let (directory, _) = self.column(column);
            keys(directory, half(query, column)).for_each(|(key, _)| directory.prefetch(key));
        }
        let mut lookups = Vec::with_capacity(COLUMNS * MOST_KEYS);
        for column in 0..COLUMNS {
            let (directory, _) = self.column(column);
            lookups.extend(keys(directory, half(query, column)).map(|(key, spare)| {
                let entries = directory.entries(key);
                Lookup { column, spare, key, start: entries.start, end: entries.end }
            }));
        }
        lookups
    }

    /// The entries that their other half does not rule out: which lookup, which entry.
    #[inline(always)]
    fn pass_over(&self, query: &Pieces, lookups: &[Lookup]) -> Vec<(usize, usize)> {
        let mut candidates = Vec::with_capacity(1024);
        lookups.iter().take(AHEAD).for_each(|lookup| self.ask_for(lookup));
        for (number, lookup) in lookups.iter().enumerate() {
            if let Some(ahead) = lookups.get(number + AHEAD) {
                self.ask_for(ahead);
            }
            let (_, others) = self.column(lookup.column);
            let table = self.table(lookup.column);
            let wanted = half(query, lookup.column ^ 1);
            let near = |other: &u16| (other ^ wanted).count_ones() <= lookup.spare;
            // The last look reads beyond the key's entries; what lies there is not taken.
            let looks = others[lookup.start..].chunks_exact(LANES).take((lookup.end - lookup.start).div_ceil(LANES));
            for (start, look) in (lookup.start..).step_by(LANES).zip(looks) {
                if !look.iter().fold(false, |any, other| any | near(other)) {
                    continue;
                }
                for (entry, other) in (start..lookup.end).zip(look) {
                    if near(other) {
                        candidates.push((number, entry));
                        table.inspect(|table| table.prefetch_row(lookup.key, lookup.start, entry));
                    }
                }
            }
        }
        candidates
    }

    /// Begins to fetch a lookup's entries; of very many, the first, as the processor sees by itself that more are wanted.
    #[inline(always)]
    fn ask_for(&self, lookup: &Lookup) {
        let (_, others) = self.column(lookup.column);
        (lookup.start..lookup.end).step_by(32).take(8).for_each(|entry| prefetch(others, entry));
    }

    /// The entries' rows.
    #[inline(always)]
    fn resolve(&self, lookups: &[Lookup], candidates: &[(usize, usize)]) -> Vec<usize> {
        let mut rows = Vec::with_capacity(candidates.len());
        for of_one in candidates.chunk_by(|a, b| a.0 == b.0) {
            let lookup = &lookups[of_one[0].0];
            let entries = of_one.iter().map(|(_, entry)| *entry);
            let found = |row: usize| {
                prefetch(&self.rests, row);
                rows.push(row);
            };
            match self.table(lookup.column) {
                Some(table) => table.rows(lookup.key, lookup.start, entries, found),
                None => entries.for_each(found),
            }
        }
        rows
    }

    /// Those of the rows that are near enough, each once.
    #[inline(always)]
    fn measure(&self, query: &Pieces, rows: impl Iterator<Item = usize>) -> Vec<Near> {
        let Pieces([first, rest @ ..]) = query;
        let mut near = Vec::new();
        for row in rows {
            let of_rest = distance(rest, &self.rests[row]);
            if of_rest <= Pdq::SAME_PICTURE {
                let distance = of_rest + (first ^ self.first_piece(row)).count_ones();
                near.push(Near { row, distance });
            }
        }
        near.retain(|near| near.distance <= Pdq::SAME_PICTURE);
        near.sort_unstable();
        near.dedup();
        near
    }

    /// A column's directory, and each entry's other half.
    #[inline(always)]
    fn column(&self, column: usize) -> (&Directory, &[u16]) {
        match self.table(column) {
            Some(table) => (table.directory(), table.others()),
            None => (&self.first, &self.seconds),
        }
    }

    /// A column's table; the first has none, its entries are the rows.
    #[inline(always)]
    fn table(&self, column: usize) -> Option<&Table> {
        column.checked_sub(1).map(|table| &self.tables[table])
    }
}

/// The keys a half is looked up by, and in how many bits the other half may differ then.
#[inline(always)]
fn keys(directory: &Directory, half: u16) -> impl Iterator<Item = (usize, u32)> {
    let key = directory.key(half);
    let flipped = (0..directory.key_bits).map(move |bit| (key ^ 1 << bit, SPARE - 1));
    std::iter::once((key, SPARE)).chain(flipped)
}
