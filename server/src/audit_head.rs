//! The audit chain's head, as it is kept outside the database: who cuts off the chain's end must forge this file as well.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use casework::audit::Head;
use data_encoding::HEXLOWER;

/// The file's name in the data folder.
const FILE: &str = "audit-head";

/// Where it is kept.
pub fn file(data_folder: &Path) -> PathBuf {
    data_folder.join(FILE)
}

/// What was written last; `None` before the first time.
pub fn read(data_folder: &Path) -> io::Result<Option<Head>> {
    let text = match fs::read_to_string(file(data_folder)) {
        Ok(text) => text,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(cause),
    };
    let head = text.trim().split_once(' ').and_then(|(number, hash)| {
        Some(Head { number: number.parse().ok()?, hash: HEXLOWER.decode(hash.as_bytes()).ok()? })
    });
    head.map(Some).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not a number and a hash"))
}

/// Writes it: whole, or not at all.
pub fn write(data_folder: &Path, head: &Head) -> io::Result<()> {
    let place = file(data_folder);
    let fresh = place.with_extension("new");
    let mut written = fs::File::create(&fresh)?;
    writeln!(written, "{} {}", head.number, HEXLOWER.encode(&head.hash))?;
    written.sync_all()?;
    fs::rename(fresh, place)
}
