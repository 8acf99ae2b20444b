//! `describe FILE…`: prints what the browser would send of each file, one JSON line each.

use std::fs::File;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args_os().skip(1) {
        let fingerprints = hashing::describe_from(File::open(path)?)?;
        println!("{}", serde_json::to_string(&fingerprints)?);
    }
    Ok(())
}
