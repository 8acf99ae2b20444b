//! `decoding FILE ROUNDS`: opens, decodes and hashes a picture so many times. A line a round: nanoseconds for its pixels
//! alone, and for everything, exact hashes too.

use std::hint::black_box;
use std::time::Instant;

use hashing::decode::{Picture, Step};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(path), Some(rounds)) = (words.next(), words.next()) else { return Err("decoding FILE ROUNDS".into()) };
    let file = std::fs::read(path)?;
    for _ in 0..rounds.parse()? {
        let copy = file.clone();
        let start = Instant::now();
        let mut picture = Picture::open(copy)?;
        while picture.step(&mut |row| _ = black_box(row))? != Step::End {}
        let pixels = start.elapsed();
        let start = Instant::now();
        black_box(hashing::describe(&file));
        println!("{} {}", pixels.as_nanos(), start.elapsed().as_nanos());
    }
    Ok(())
}
