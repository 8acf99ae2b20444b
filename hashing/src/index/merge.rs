//! The tail made part of the base, away from whoever asks and adds meanwhile.

use std::sync::Arc;

use super::Removed;
use super::base::Base;
use super::pieces::Pieces;

/// The work of a merge: take it anywhere and [`run`](Self::run) it. Dropping it changes nothing.
pub struct Merge {
    pub(super) number: u64,
    pub(super) base: Arc<Base>,
    pub(super) removed: Removed,
    pub(super) tail: Vec<(Pieces, u128)>,
}

/// A merge that has been done, for [`Index::finish_merge`](super::Index::finish_merge).
pub struct Merged {
    pub(super) number: u64,
    pub(super) replaces: Arc<Base>,
    pub(super) base: Base,
}

/// What a merge replaced. Dropping it frees much memory, which takes its time: do it after releasing any lock.
#[must_use = "drop it where nobody waits"]
pub struct Replaced {
    pub(super) _base: Arc<Base>,
}

/// A merge of another index, or one that a later merge or a finished one has overtaken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this merge is not the index's latest")]
pub struct Stale;

impl Merge {
    /// Does the work: some seconds for ten million entries, in memory for a second index.
    pub fn run(self) -> Merged {
        let rows = self.base.rows() - self.removed.count() + self.tail.len();
        let base = Base::from_sorted(rows, in_order(&self.base, &self.removed, self.tail));
        Merged { number: self.number, replaces: self.base, base }
    }
}

/// Base and tail in ascending order, without what was removed.
pub(super) fn in_order(
    base: &Base,
    removed: &Removed,
    mut tail: Vec<(Pieces, u128)>,
) -> impl Iterator<Item = (Pieces, u128)> {
    tail.sort_unstable();
    let mut tail = tail.into_iter().peekable();
    let mut base = (0..base.rows())
        .zip(base.entries())
        .filter(|(row, _)| !removed.contains(*row))
        .map(|(_, entry)| entry)
        .peekable();
    std::iter::from_fn(move || match (base.peek(), tail.peek()) {
        (Some(left), Some(right)) if right < left => tail.next(),
        (None, _) => tail.next(),
        _ => base.next(),
    })
}
