//! `suoja hash`.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::run;

/// A patchwork, as an uncompressed 24-bit BMP.
fn a_picture() -> Vec<u8> {
    const SIDE: u32 = 128;
    let mut bytes = b"BM".to_vec();
    for field in [54 + SIDE * SIDE * 3, 0, 54, 40, SIDE, SIDE, 0x0018_0001, 0, SIDE * SIDE * 3, 2835, 2835, 0, 0] {
        bytes.extend(field.to_le_bytes());
    }
    for y in 0..SIDE {
        for x in 0..SIDE {
            let patch = (x / 16 + 8 * (y / 16) + 1).wrapping_mul(2_654_435_761);
            let shade: u8 = if patch >> 13 & 1 == 1 { 255 } else { 0 };
            bytes.extend([shade, shade, shade]);
        }
    }
    bytes
}

#[test]
fn every_file_gets_its_line_also_after_one_that_cannot_be_read() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("picture.bmp"), a_picture()).unwrap();
    fs::write(folder.path().join("empty"), "").unwrap();
    fs::write(folder.path().join("words.txt"), "abc").unwrap();
    let ended = run(folder.path(), &["hash", "picture.bmp", "missing.png", "empty", "words.txt"]);
    assert_eq!(ended.code, 1, "one could not be read");
    let lines: Vec<Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [picture, missing, empty, words] = lines.as_slice() else { panic!("{}", ended.out) };

    assert_eq!((&picture["file"], &picture["media_type"]), (&"picture.bmp".into(), &"image/bmp".into()));
    assert_eq!((&picture["width"], &picture["height"]), (&128.into(), &128.into()));
    assert_eq!(picture["pdq"].as_str().unwrap().len(), 64);
    assert!(picture["pdq_quality"].as_u64().unwrap() <= 100);
    assert!(missing["error"].is_string() && missing.get("md5").is_none());
    assert_eq!(empty["md5"], "d41d8cd98f00b204e9800998ecf8427e");
    assert!(empty.get("pdq").is_none());
    assert_eq!(words["sha1"], "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_eq!(words["sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn when_all_could_be_read_it_went_well() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a file"), "abc").unwrap();
    assert_eq!(run(folder.path(), &["hash", "a file"]).code, 0);
    assert_ne!(run(folder.path(), &["hash"]).code, 0, "no file is a mistake");
}
