//! An exact near-match index for PDQ: every entry at most [`Pdq::SAME_PICTURE`] bits from a hash, among millions.
//!
//! How it finds them: 256 bits are eight pieces of 32. Two hashes at most 31 bits apart have a piece that differs in
//! three bits at most (four in each would make 32), and of that piece a half that differs in one at most. So a query
//! looks up each of the sixteen halves, as it is and with one bit flipped, and passes over whatever the piece's other
//! half rules out, which lies beside each entry. Nothing is missed. (Multi-index hashing: Norouzi, Punjani, Fleet, "Fast
//! Exact Search in Hamming Space with Multi-Index Hashing", 2014; the second look at a piece is after Qin, Xiao,
//! "Pigeonring: A Principle for Faster Thresholded Similarity Search", 2018.)
//!
//! New entries wait in a *tail* that is searched one by one, until a [`Merge`] makes them part of the tables. The merge
//! can run on another thread: only its start and its end touch the index, and both are short.
//!
//! An id is the caller's: 128 bits, so that a UUID needs no second table that would have to be kept in step. All told
//! an entry takes less than 112 bytes in an index of a million or ten million; a small index takes 256 kB more.

mod base;
mod features;
mod file;
mod merge;
mod pieces;
mod prefetch;
mod search;
mod table;

use std::cmp::Reverse;
use std::io::{self, Read, Write};
use std::sync::Arc;

use crate::Pdq;
use base::Base;
use features::Features;
use pieces::{Pieces, distance};
use search::Near;

pub use file::LoadError;
pub use merge::{Merge, Merged, Replaced, Stale};

/// A hash and what it is the hash of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// The hash.
    pub pdq: Pdq,
    /// Chosen by the caller, a UUID's bits say. Several entries may share an id, and several ids a hash.
    pub id: u128,
}

/// An entry near a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Match {
    /// Number of differing bits, 0 to [`Pdq::SAME_PICTURE`].
    pub distance: u32,
    /// What was found.
    pub entry: Entry,
}

/// A set of entries that finds those near a hash.
pub struct Index {
    base: Arc<Base>,
    removed: Removed,
    tail: Vec<(Pieces, u128)>,
    merging: Option<Merging>,
    merges: u64,
    features: Features,
}

/// What has happened since a merge was started.
struct Merging {
    /// So many of the tail's first entries are part of the merge.
    taken: usize,
    /// Removed from what the merge started with.
    removed: Vec<(Pieces, u128)>,
}

impl Default for Index {
    fn default() -> Self {
        Self::over(Base::from_sorted(0, std::iter::empty()))
    }
}

impl Index {
    /// From many entries at once; the same one twice counts once.
    pub fn build(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut entries: Vec<_> = entries.into_iter().map(|entry| (Pieces::of(&entry.pdq), entry.id)).collect();
        entries.sort_unstable();
        entries.dedup();
        Self::over(Base::from_sorted(entries.len(), entries.into_iter()))
    }

    fn over(base: Base) -> Self {
        Self {
            removed: Removed::none_of(base.rows()),
            base: Arc::new(base),
            tail: Vec::new(),
            merging: None,
            merges: 0,
            features: Features::found(),
        }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.base.rows() - self.removed.count() + self.tail.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All entries at most [`Pdq::SAME_PICTURE`] bits from a hash, the nearest first.
    pub fn query(&self, pdq: &Pdq) -> Vec<Match> {
        let mut matches = self.matches(pdq);
        matches.sort_unstable();
        matches
    }

    /// The first `most` of what [`Self::query`] finds, of equally near ones those with the greatest ids: for a picture that
    /// goes round and has thousands near it.
    pub fn nearest(&self, pdq: &Pdq, most: usize) -> Vec<Match> {
        let order = |found: &Match| (found.distance, Reverse(found.entry.id));
        let mut matches = self.matches(pdq);
        if most < matches.len() {
            matches.select_nth_unstable_by_key(most, order);
            matches.truncate(most);
        }
        matches.sort_unstable_by_key(order);
        matches
    }

    /// In no order.
    fn matches(&self, pdq: &Pdq) -> Vec<Match> {
        let query = Pieces::of(pdq);
        let in_base = self.base.near(&query, self.features).into_iter();
        let in_base = in_base.filter(|near| !self.removed.contains(near.row)).map(|Near { row, distance }| {
            let (pieces, id) = self.base.entry(row);
            Match { distance, entry: Entry { pdq: pieces.pdq(), id } }
        });
        let in_tail = self.tail.iter().filter_map(|(pieces, id)| {
            let distance = distance(&query.0, &pieces.0);
            (distance <= Pdq::SAME_PICTURE).then(|| Match { distance, entry: Entry { pdq: pieces.pdq(), id: *id } })
        });
        in_base.chain(in_tail).collect()
    }

    /// Adds an entry. False if it was there already.
    pub fn add(&mut self, entry: Entry) -> bool {
        let added = (Pieces::of(&entry.pdq), entry.id);
        if self.row_of(&added).is_some() || self.tail.contains(&added) {
            return false;
        }
        self.tail.push(added);
        true
    }

    /// Removes an entry. False if it was not there.
    pub fn remove(&mut self, entry: Entry) -> bool {
        let removed = (Pieces::of(&entry.pdq), entry.id);
        if let Some(row) = self.row_of(&removed) {
            self.removed.insert(row);
        } else if let Some(place) = self.tail.iter().position(|waiting| *waiting == removed) {
            self.tail.remove(place);
            match &mut self.merging {
                Some(merging) if place < merging.taken => merging.taken -= 1,
                _ => return true,
            }
        } else {
            return false;
        }
        if let Some(merging) = &mut self.merging {
            merging.removed.push(removed);
        }
        true
    }

    fn row_of(&self, entry: &(Pieces, u128)) -> Option<usize> {
        self.base.find(entry).filter(|row| !self.removed.contains(*row))
    }

    /// Whether a merge is worth its time: the tail makes queries slow, or what was removed takes much room.
    pub fn wants_merge(&self) -> bool {
        const LONG_TAIL: usize = 4096;
        self.merging.is_none() && (self.tail.len() >= LONG_TAIL || self.removed.count() > self.base.rows() / 8)
    }

    /// Starts to merge, if only to forget what was removed. Copies the tail and a bit for each entry, no more.
    ///
    /// A merge that was started before and not finished is forgotten.
    pub fn start_merge(&mut self) -> Merge {
        self.merges += 1;
        self.merging = Some(Merging { taken: self.tail.len(), removed: Vec::new() });
        Merge {
            number: self.merges,
            base: Arc::clone(&self.base),
            removed: self.removed.clone(),
            tail: self.tail.clone(),
        }
    }

    /// Takes over what a merge made. What was added and removed since it was started stays so.
    pub fn finish_merge(&mut self, merged: Merged) -> Result<Replaced, Stale> {
        if merged.number != self.merges || !Arc::ptr_eq(&merged.replaces, &self.base) {
            return Err(Stale);
        }
        let Merging { taken, removed } = self.merging.take().ok_or(Stale)?;
        self.removed = Removed::none_of(merged.base.rows());
        for row in removed.iter().filter_map(|entry| merged.base.find(entry)) {
            self.removed.insert(row);
        }
        self.tail.drain(..taken);
        Ok(Replaced { _base: std::mem::replace(&mut self.base, Arc::new(merged.base)) })
    }

    /// Writes all entries, in the same order whatever way they came: equal sets give equal bytes.
    pub fn save(&self, out: impl Write) -> io::Result<()> {
        let entries = merge::in_order(&self.base, &self.removed, self.tail.clone());
        file::write(self.len(), entries.map(|(pieces, id)| Entry { pdq: pieces.pdq(), id }), out)
    }

    /// Reads what [`Self::save`] wrote, and not a byte more. Takes memory for entries that are there, not for those that
    /// damaged bytes claim.
    pub fn load(input: impl Read) -> Result<Self, LoadError> {
        file::read(input).map(Self::build)
    }

    /// What the index takes in memory, in bytes, all told.
    pub fn bytes(&self) -> usize {
        self.base.bytes() + self.removed.bytes() + self.tail.capacity() * size_of::<(Pieces, u128)>()
    }

    /// Forgets what the processor can do beyond its kind's baseline. For measurements.
    #[doc(hidden)]
    pub fn use_baseline(&mut self) {
        self.features = Features::Baseline;
    }

    /// Undoes [`Self::use_baseline`].
    #[doc(hidden)]
    pub fn use_all_features(&mut self) {
        self.features = Features::found();
    }
}

/// A bit for each row of the base: whether it has been removed.
#[derive(Clone)]
struct Removed {
    bits: Vec<u64>,
    count: usize,
}

impl Removed {
    fn none_of(rows: usize) -> Self {
        Self { bits: vec![0; rows.div_ceil(64)], count: 0 }
    }

    fn contains(&self, row: usize) -> bool {
        self.bits[row / 64] >> (row % 64) & 1 == 1
    }

    /// Removes a row that has not been.
    fn insert(&mut self, row: usize) {
        self.bits[row / 64] |= 1 << (row % 64);
        self.count += 1;
    }

    const fn count(&self) -> usize {
        self.count
    }

    fn bytes(&self) -> usize {
        size_of_val(&*self.bits)
    }
}
