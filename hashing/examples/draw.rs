//! `draw KIND WIDTH HEIGHT > picture.ppm`: writes one of the test drawings, for other programs to hash.

#[path = "../tests/drawings/mod.rs"]
mod drawings;

use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let mut word = || words.next().ok_or("draw KIND WIDTH HEIGHT");
    let (kind, width, height) = (word()?.parse()?, word()?.parse()?, word()?.parse()?);
    let mut out = std::io::stdout().lock();
    writeln!(out, "P6 {width} {height} 255")?;
    out.write_all(&drawings::draw(kind, width, height))?;
    Ok(())
}
