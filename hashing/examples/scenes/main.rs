//! Pictures drawn by chance, for measuring.
//!
//! - `scenes draw NUMBER WIDTH HEIGHT > picture.ppm`
//! - `scenes hash FIRST COUNT > hashes`: the PDQ hashes of so many pictures, 32 bytes each, those of enough quality.

mod scene;

use std::io::{self, BufWriter, Write as _};

use hashing::pdq::{MIN_QUALITY, PdqHasher};

/// Large enough for PDQ, which looks at 64 × 64; small enough to draw a hundred thousand.
const HASHED_WIDTH: u32 = 128;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let mut out = BufWriter::new(io::stdout().lock());
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["draw", number, width, height] => {
            let (number, width, height) = (number.parse()?, width.parse()?, height.parse()?);
            writeln!(out, "P6 {width} {height} 255")?;
            out.write_all(&scene::draw(number, width, height))?;
        }
        ["hash", first, count] => {
            let first: u64 = first.parse()?;
            for number in first..first + count.parse::<u64>()? {
                let height = [96, 128, 72, 170][(number / 8 % 4) as usize];
                let pixels = scene::draw(number, HASHED_WIDTH as usize, height as usize);
                let mut hasher = PdqHasher::new(HASHED_WIDTH, height)?;
                pixels.chunks_exact(3 * HASHED_WIDTH as usize).for_each(|row| hasher.push_rgb(row));
                let hash = hasher.finish();
                if hash.quality >= MIN_QUALITY {
                    out.write_all(hash.original().as_bytes())?;
                }
            }
        }
        _ => return Err("scenes draw NUMBER WIDTH HEIGHT, or scenes hash FIRST COUNT".into()),
    }
    Ok(out.flush()?)
}
