//! An index as bytes: its entries, from which the tables are made anew. So no file, however bent, can hold tables that
//! contradict the entries, and a file is less than half of what the index takes in memory.
//!
//! | bytes | |
//! |---|---|
//! | 8 | `PDQINDEX` |
//! | 4 | version, 1 |
//! | 8 | number of entries |
//! | 48 each | hash (32) and id (16), ascending by hash, then id; none twice |
//! | 32 | SHA-256 of everything before |
//!
//! Numbers are little-endian, ids big-endian as UUIDs are written.

use std::io::{self, ErrorKind, Read, Write};

use sha2::{Digest as _, Sha256};

use super::Entry;
use crate::Pdq;

const MAGIC: [u8; 8] = *b"PDQINDEX";
const VERSION: u32 = 1;
const ENTRY_BYTES: usize = 48;

/// Entries read or written at once.
const ENTRIES_A_PIECE: usize = 1024;

/// Why saved bytes give no index.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Something else.
    #[error("not a saved index")]
    NotAnIndex,
    /// Saved by a later version of this crate.
    #[error("saved in format {0}, which is not known here")]
    UnknownVersion(u32),
    /// The bytes end early.
    #[error("the saved index is cut off")]
    Truncated,
    /// The checksum or the order of the entries is wrong.
    #[error("the saved index is damaged")]
    Damaged,
    /// They could not be read at all.
    #[error("the saved index could not be read")]
    Unreadable(#[source] io::Error),
}

impl From<io::Error> for LoadError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::UnexpectedEof => Self::Truncated,
            _ => Self::Unreadable(error),
        }
    }
}

/// Writes so many entries, given in ascending order.
pub(super) fn write(count: usize, entries: impl Iterator<Item = Entry>, mut out: impl Write) -> io::Result<()> {
    let mut checksum = Sha256::new();
    let mut piece = Vec::with_capacity(ENTRIES_A_PIECE * ENTRY_BYTES);
    let mut flush = |piece: &mut Vec<u8>| {
        checksum.update(&*piece);
        out.write_all(piece)?;
        piece.clear();
        io::Result::Ok(())
    };
    piece.extend(MAGIC);
    piece.extend(VERSION.to_le_bytes());
    piece.extend((count as u64).to_le_bytes());
    flush(&mut piece)?;
    for entry in entries {
        piece.extend(entry.pdq.as_bytes());
        piece.extend(entry.id.to_be_bytes());
        if piece.len() == ENTRIES_A_PIECE * ENTRY_BYTES {
            flush(&mut piece)?;
        }
    }
    flush(&mut piece)?;
    out.write_all(&checksum.finalize())?;
    out.flush()
}

/// Reads what [`write`] wrote. Memory grows with the bytes that really come, whatever number they claim.
pub(super) fn read(mut input: impl Read) -> Result<Vec<Entry>, LoadError> {
    let mut checksum = Sha256::new();
    let mut head = [0; MAGIC.len() + 12];
    input.read_exact(&mut head)?;
    checksum.update(head);
    let (magic, numbers) = head.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(LoadError::NotAnIndex);
    }
    let (version, count) = numbers.split_at(4);
    let version = u32::from_le_bytes(version.try_into().map_err(|_| LoadError::Damaged)?);
    if version != VERSION {
        return Err(LoadError::UnknownVersion(version));
    }
    let mut left = u64::from_le_bytes(count.try_into().map_err(|_| LoadError::Damaged)?);

    let mut entries: Vec<Entry> = Vec::new();
    let mut piece = vec![0; ENTRIES_A_PIECE * ENTRY_BYTES];
    while left > 0 {
        let some = usize::try_from(left).unwrap_or(usize::MAX).min(ENTRIES_A_PIECE);
        let piece = &mut piece[..some * ENTRY_BYTES];
        input.read_exact(piece)?;
        checksum.update(&*piece);
        let (bytes, _) = piece.as_chunks::<ENTRY_BYTES>();
        entries.extend(bytes.iter().map(|bytes| Entry {
            pdq: Pdq::new(std::array::from_fn(|byte| bytes[byte])),
            id: u128::from_be_bytes(std::array::from_fn(|byte| bytes[32 + byte])),
        }));
        left -= some as u64;
    }
    let mut expected = [0; 32];
    input.read_exact(&mut expected)?;
    let ascending = entries.is_sorted_by(|a, b| a < b);
    if checksum.finalize()[..] != expected || !ascending {
        return Err(LoadError::Damaged);
    }
    Ok(entries)
}
