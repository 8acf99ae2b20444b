//! Hash and quality are those of `pdqhash` on `PyPI`, bit for bit, with every engine this device has. `reference.tsv` is
//! made by `reference.py` from the same drawings.

#![allow(clippy::unwrap_used)]

mod drawings;

use drawings::{Kind, draw};
use hashing::Pdq;
use hashing::pdq::{Engine, PdqHasher, PictureHash};

fn hash(engine: Engine, pixels: &[u8], width: u32, height: u32) -> PictureHash {
    let mut hasher = PdqHasher::with(engine, width, height).unwrap();
    hasher.push_rgb(pixels);
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
        let pixels = draw(kind, width, height);
        for engine in Engine::available() {
            let ours = hash(engine, &pixels, width, height);
            let name = format!("{kind} {width}x{height} by {engine:?}");
            assert_eq!(ours.quality.to_string(), *quality, "quality of {name}");
            for ((turn, pdq), reference) in ours.turned().zip(hashes) {
                let reference: Pdq = reference.parse().unwrap();
                assert_eq!(pdq, reference, "{turn:?} of {name}: {} bits differ", pdq.distance(&reference));
                compared += 1;
            }
        }
    }
    assert!(compared > 600, "only {compared} compared");
}

#[test]
fn it_does_not_matter_how_the_rows_come() {
    let (width, height) = (333, 201);
    let pixels = draw(Kind::Hills, width, height);
    let rgba: Vec<u8> = pixels.chunks_exact(3).flat_map(|rgb| [rgb[0], rgb[1], rgb[2], rgb[0] ^ rgb[1]]).collect();
    for engine in Engine::available() {
        let at_once = hash(engine, &pixels, width, height);
        for rows in [1, 3, 7, 31, 32, 33, 100] {
            let mut by_three = PdqHasher::with(engine, width, height).unwrap();
            pixels.chunks(3 * width as usize * rows).for_each(|rows| by_three.push_rgb(rows));
            assert_eq!(by_three.finish(), at_once, "{rows} rows at a time by {engine:?}");
            let mut by_four = PdqHasher::with(engine, width, height).unwrap();
            rgba.chunks(4 * width as usize * rows).for_each(|rows| by_four.push_rgba(rows));
            assert_eq!(by_four.finish(), at_once, "{rows} rows of four bytes by {engine:?}");
        }
    }
}
