//! What every picture must survive, whatever stands in it.

use hashing::decode::{Picture, Step};
use hashing::{Media, describe};

/// Larger ones are opened and left: decoding them only takes the time of others.
const PIXELS: u64 = 1 << 16;

/// A file that begins as its format does, so that each decoder gets its share.
pub fn look(beginning: &[u8], media: Media, data: &[u8]) {
    let mut file = data.to_vec();
    for (byte, right) in file.iter_mut().zip(beginning) {
        *byte = *right;
    }
    let Ok(mut picture) = Picture::open(file.clone()) else { return };
    assert_eq!(Media::of(&file), media);
    if u64::from(picture.width()) * u64::from(picture.height()) > PIXELS {
        return;
    }
    let (height, mut rows, mut frames) = (picture.height(), 0, 0);
    let end = loop {
        match picture.step(&mut |_| rows += 1) {
            Ok(Step::Busy) => assert!(rows <= height),
            Ok(Step::Frame) => {
                assert_eq!(std::mem::take(&mut rows), height);
                frames += 1;
            }
            end => break end,
        }
    };
    assert!(frames <= picture.frames());
    let found = describe(&file);
    assert_eq!(found.pdq.is_none(), found.no_pdq.is_some());
    assert!(end.is_ok() || frames > 0 || found.pdq.is_none());
}
