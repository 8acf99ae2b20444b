//! `suoja hash`: the fingerprints of files, one JSON line a file.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use hashing::FileFingerprints;
use serde::Serialize;

/// What is printed of a file.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    #[serde(flatten)]
    found: Found,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Found {
    Fingerprints(Box<FileFingerprints>),
    Unreadable { error: String },
}

/// Prints a line for each file; gives whether all could be read.
pub fn print(files: &[PathBuf], out: &mut impl Write) -> io::Result<bool> {
    let mut all_read = true;
    for file in files {
        let found = describe(file);
        all_read &= matches!(found, Found::Fingerprints(_));
        serde_json::to_writer(&mut *out, &Line { file: &file.to_string_lossy(), found })?;
        writeln!(out)?;
    }
    Ok(all_read)
}

fn describe(file: &Path) -> Found {
    match File::open(file).and_then(hashing::describe_from) {
        Ok(fingerprints) => Found::Fingerprints(Box::new(fingerprints)),
        Err(cause) => Found::Unreadable { error: cause.to_string() },
    }
}
