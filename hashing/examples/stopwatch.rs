//! `stopwatch WIDTH HEIGHT ROUNDS`: hashes a drawing so many times and prints each round's nanoseconds.

#[path = "../tests/drawings/mod.rs"]
mod drawings;

use std::hint::black_box;
use std::time::Instant;

use hashing::pdq::PdqHasher;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let numbers = std::env::args().skip(1).map(|word| word.parse()).collect::<Result<Vec<u32>, _>>()?;
    let [width, height, rounds] = numbers[..] else { return Err("stopwatch WIDTH HEIGHT ROUNDS".into()) };
    let pixels = drawings::draw(drawings::Kind::Hills, width, height);
    for _ in 0..rounds {
        let start = Instant::now();
        let mut hasher = PdqHasher::new(width, height)?;
        for row in pixels.chunks_exact(3 * width as usize) {
            hasher.push_rgb(row);
        }
        black_box(hasher.finish());
        println!("{}", start.elapsed().as_nanos());
    }
    Ok(())
}
