//! `edited_copies < PICTURES`: reads pictures as PPM (P6), one after the other, and prints a JSON line each: hash, quality,
//! and the hashes of edited copies.

use std::io::{self, BufRead, Read as _};

use hashing::decode::Row;
use hashing::edited::{Bars, EditedCopies};
use hashing::pdq::PdqHasher;

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let mut pictures = io::stdin().lock();
    while let Some((width, height)) = size(&mut pictures)? {
        let mut pixels = vec![0; 3 * width as usize * height as usize];
        pictures.read_exact(&mut pixels)?;
        let rows = || pixels.chunks_exact(3 * width as usize);
        let (mut hasher, mut bars) = (PdqHasher::new(width, height)?, Bars::new(width, height));
        for row in rows() {
            hasher.push_rgb(row);
            bars.push(Row::Rgb(row));
        }
        let hash = hasher.finish();
        let mut copies = EditedCopies::new(width, height, bars.finish());
        rows().for_each(|row| copies.push(Row::Rgb(row)));
        let copies = copies.finish(hash.original());
        let line = serde_json::json!({ "pdq": hash.original(), "quality": hash.quality, "copies": copies });
        println!("{line}");
    }
    Ok(())
}

/// Reads `P6 WIDTH HEIGHT 255` and one white space, with white space between; nothing at the end.
fn size(pictures: &mut impl BufRead) -> Result<Option<(u32, u32)>, Error> {
    let mut head = String::new();
    while head.split_whitespace().count() < 4 || !head.ends_with(char::is_whitespace) {
        let mut byte = [0];
        if pictures.read(&mut byte)? == 0 {
            return if head.is_empty() { Ok(None) } else { Err("cut off".into()) };
        }
        head.push(char::from(byte[0]));
    }
    match head.split_whitespace().collect::<Vec<_>>()[..] {
        ["P6", width, height, "255"] => Ok(Some((width.parse()?, height.parse()?))),
        _ => Err("not a PPM of 255 levels".into()),
    }
}
