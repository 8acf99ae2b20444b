//! `stopwatch ENGINE WIDTH HEIGHT ROUNDS`: hashes a drawing so many times and prints each round's nanoseconds, then
//! the hash and its quality. The engine is `fastest`, `baseline` (what every processor of
//! this kind has) or `scalar`.

#[path = "../tests/drawings/mod.rs"]
mod drawings;

use std::time::Instant;

use hashing::pdq::{Engine, PdqHasher};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [engine, width, height, rounds] = &words[..] else { return Err("stopwatch ENGINE WIDTH HEIGHT ROUNDS".into()) };
    let engine = match engine.as_str() {
        "scalar" => Engine::Scalar,
        "baseline" => Engine::Quads,
        _ => Engine::fastest(),
    };
    let (width, height) = (width.parse()?, height.parse()?);
    let pixels = drawings::draw(drawings::Kind::Hills, width, height);
    let mut hash = None;
    for _ in 0..rounds.parse()? {
        let start = Instant::now();
        let mut hasher = PdqHasher::with(engine, width, height)?;
        pixels.chunks_exact(3 * width as usize).for_each(|row| hasher.push_rgb(row));
        hash = Some(hasher.finish());
        println!("{}", start.elapsed().as_nanos());
    }
    let hash = hash.ok_or("no rounds")?;
    println!("{} {}", hash.original(), hash.quality);
    Ok(())
}
