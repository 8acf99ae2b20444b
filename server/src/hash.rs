//! `suoja hash`: the fingerprints of files, one JSON line a file.

mod video;

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use hashing::vpdq::VideoFingerprint;
use hashing::{FileFingerprints, NoPdq};
use serde::Serialize;

use video::NoVpdq;

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
    File {
        #[serde(flatten)]
        fingerprints: Box<FileFingerprints>,
        #[serde(flatten)]
        frames: Option<Frames>,
    },
    Unreadable {
        error: String,
    },
}

#[derive(Serialize)]
#[serde(untagged)]
enum Frames {
    Hashed(VideoFingerprint),
    None { no_vpdq: NoVpdq },
}

/// Prints a line for each file; gives whether all could be read. `edited`: also the hashes of edited copies.
pub fn print(files: &[PathBuf], edited: bool, out: &mut impl Write) -> io::Result<bool> {
    let mut all_read = true;
    for file in files {
        let found = describe(file, edited).unwrap_or_else(|cause| Found::Unreadable { error: cause.to_string() });
        all_read &= matches!(found, Found::File { .. });
        serde_json::to_writer(&mut *out, &Line { file: &file.to_string_lossy(), found })?;
        writeln!(out)?;
    }
    Ok(all_read)
}

fn describe(path: &Path, edited: bool) -> io::Result<Found> {
    let mut looking = hashing::read(File::open(path)?)?;
    if edited {
        looking.want_edited_copies();
    }
    let fingerprints = looking.finish();
    let is_video = fingerprints.no_pdq == Some(NoPdq::Video);
    let frames = is_video.then(|| video::hash(path).map_or_else(|no_vpdq| Frames::None { no_vpdq }, Frames::Hashed));
    Ok(Found::File { fingerprints: Box::new(fingerprints), frames })
}
