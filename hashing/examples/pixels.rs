//! `pixels FILE > rgb`: writes a picture's pixels, red, green, blue, frame after frame, for other programs to compare.

use std::io::Write as _;

use hashing::decode::{Picture, Row, Step};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("pixels FILE")?;
    let mut picture = Picture::open(std::fs::read(path)?)?;
    let mut pixels = Vec::new();
    while picture.step(&mut |row| match row {
        Row::Grey(row) => pixels.extend(row.iter().flat_map(|&grey| [grey; 3])),
        Row::Rgb(row) => pixels.extend_from_slice(row),
    })? != Step::End
    {}
    std::io::stdout().write_all(&pixels)?;
    Ok(())
}
