//! Hash and quality are those of `pdqhash` on `PyPI`, bit for bit. `reference.tsv` is made by `reference.py` from the same drawings.

#![allow(clippy::unwrap_used)]

mod drawings;

use drawings::{Kind, draw};
use hashing::Pdq;
use hashing::pdq::{PdqHasher, PictureHash};

fn hash(pixels: &[u8], width: u32, height: u32) -> PictureHash {
    let mut hasher = PdqHasher::new(width, height).unwrap();
    pixels.chunks_exact(3 * width as usize).for_each(|row| hasher.push_rgb(row));
    hasher.finish()
}

#[test]
fn every_drawing_hashes_as_the_reference_does() {
    let mut compared = 0;
    for line in include_str!("reference.tsv").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [kind, width, height, quality, hashes @ ..] = fields.as_slice() else { panic!("{line}") };
        let (kind, width, height): (Kind, u32, u32) =
            (kind.parse().unwrap(), width.parse().unwrap(), height.parse().unwrap());

        let ours = hash(&draw(kind, width, height), width, height);

        assert_eq!(ours.quality.to_string(), *quality, "quality of {kind} {width}x{height}");
        for ((turn, pdq), reference) in ours.turned().zip(hashes) {
            let reference: Pdq = reference.parse().unwrap();
            assert_eq!(pdq, reference, "{turn:?} of {kind} {width}x{height}: {} bits differ", pdq.distance(&reference));
            compared += 1;
        }
    }
    assert!(compared > 300, "only {compared} compared");
}
