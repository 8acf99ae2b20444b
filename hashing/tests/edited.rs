//! Edited copies, asked for with a file's description.

#![allow(clippy::unwrap_used)]

use hashing::decode::{Picture, Step};
use hashing::edited::{Bars, EditedCopies, EditedCopy};
use hashing::{Describing, FileFingerprints, Pdq};

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/pictures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn described(file: &[u8], edited: bool) -> FileFingerprints {
    let mut describing = Describing::default();
    describing.update(file);
    let mut looking = describing.look();
    if edited {
        looking.want_edited_copies();
    }
    let mut before = 0.0;
    while looking.step() {
        if let Some((done, all)) = looking.progress() {
            let now = f64::from(done) / f64::from(all);
            assert!((before..=1.0).contains(&now), "progress goes forwards");
            before = now;
        }
    }
    looking.fingerprints().clone()
}

/// By hand: the picture twice.
fn copies(file: &[u8], pdq: Pdq) -> Vec<EditedCopy> {
    let mut picture = Picture::open(file.to_vec()).unwrap();
    let mut again = picture.reopen().unwrap();
    let (width, height) = (picture.width(), picture.height());
    let mut bars = Bars::new(width, height);
    while picture.step(&mut |row| bars.push(row)).unwrap() == Step::Busy {}
    let mut copies = EditedCopies::new(width, height, bars.finish());
    while again.step(&mut |row| copies.push(row)).unwrap() == Step::Busy {}
    copies.finish(pdq)
}

#[test]
fn they_come_when_asked_for_and_change_nothing_else() {
    for name in ["picture.jpg", "progressive.jpg", "grey.jpg", "colour.png", "alpha.png", "picture.webp", "picture.bmp"]
    {
        let file = file(name);
        let plain = described(&file, false);
        assert!(plain.edited.is_empty(), "{name}");
        let edited = described(&file, true);
        assert_eq!(edited.edited, copies(&file, plain.pdq.unwrap()), "{name}");
        assert!(!edited.edited.is_empty(), "{name}");
        assert_eq!(FileFingerprints { edited: Vec::new(), ..edited }, plain, "{name}");
    }
}

#[test]
fn an_animation_has_none() {
    assert!(described(&file("animated.gif"), true).edited.is_empty());
}
