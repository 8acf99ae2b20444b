//! The index proper: rows that never change, and tables over them.

use super::pieces::{PIECES, Pieces, half, joined, lower, upper};
use super::table::{Directory, LANES, Table};

/// Halves of all pieces: the columns of the index.
pub(super) const COLUMNS: usize = 2 * PIECES;

/// Rows sorted by hash and id. A row lies in several arrays, so that each look reads no more than it needs.
pub(super) struct Base {
    /// By the first piece's upper half: the order of the rows themselves, so this half is not stored.
    pub first: Directory,
    /// The first piece's lower half.
    pub seconds: Vec<u16>,
    /// The other pieces.
    pub rests: Vec<[u32; PIECES - 1]>,
    ids: Vec<u128>,
    /// By each other half, in order.
    pub tables: Vec<Table>,
}

impl Base {
    /// From so many entries at most, ascending, none twice.
    ///
    /// # Panics
    /// Above 2^32 - 1 entries: 470 GB of index.
    pub fn from_sorted(rows: usize, entries: impl Iterator<Item = (Pieces, u128)>) -> Self {
        assert!(u32::try_from(rows).is_ok(), "rows are numbered by 32 bits");
        let mut firsts = Vec::with_capacity(rows);
        let mut seconds = Vec::with_capacity(rows + LANES);
        let mut rests = Vec::with_capacity(rows);
        let mut ids = Vec::with_capacity(rows);
        for (Pieces([first, rest @ ..]), id) in entries {
            firsts.push(upper(first));
            seconds.push(lower(first));
            rests.push(rest);
            ids.push(id);
        }
        let rows = ids.len();
        let mut parts = Vec::new();
        let mut tables = Vec::with_capacity(COLUMNS - 1);
        let mut pieces: Vec<u32> = firsts.iter().zip(&seconds).map(|(upper, lower)| joined(*lower, *upper)).collect();
        tables.push(Table::build(&pieces, &mut parts));
        for piece in 1..PIECES {
            pieces.iter_mut().zip(&rests).for_each(|(stored, rest)| *stored = rest[piece - 1]);
            tables.push(Table::build(&pieces, &mut parts));
            for piece in &mut pieces {
                *piece = joined(lower(*piece), upper(*piece));
            }
            tables.push(Table::build(&pieces, &mut parts));
        }
        let first = Directory::new(16, firsts.into_iter());
        seconds.resize(rows + LANES, 0);
        Self { first, seconds, rests, ids, tables }
    }

    /// Number of rows.
    pub const fn rows(&self) -> usize {
        self.ids.len()
    }

    /// A row's first piece.
    pub fn first_piece(&self, row: usize) -> u32 {
        joined(self.first.key_of(row), self.seconds[row])
    }

    /// A row's hash and id.
    pub fn entry(&self, row: usize) -> (Pieces, u128) {
        (Pieces::new(self.first_piece(row), &self.rests[row]), self.ids[row])
    }

    /// All entries, in order.
    pub fn entries(&self) -> impl Iterator<Item = (Pieces, u128)> {
        let firsts = self.first.keys().zip(&self.seconds).map(|(upper, lower)| joined(upper, *lower));
        firsts.zip(&self.rests).zip(&self.ids).map(|((first, rest), id)| (Pieces::new(first, rest), *id))
    }

    /// The row of an entry.
    pub fn find(&self, entry: &(Pieces, u128)) -> Option<usize> {
        let mut rows = self.first.entries(self.first.key(half(&entry.0, 0)));
        while rows.len() > 1 {
            let middle = rows.start.midpoint(rows.end);
            rows = if self.entry(middle) <= *entry { middle..rows.end } else { rows.start..middle };
        }
        rows.next().filter(|row| self.entry(*row) == *entry)
    }

    /// What the base takes in memory.
    pub fn bytes(&self) -> usize {
        let arrays = size_of_val(&*self.seconds) + size_of_val(&*self.rests) + size_of_val(&*self.ids);
        arrays + self.first.bytes() + self.tables.iter().map(Table::bytes).sum::<usize>()
    }
}
