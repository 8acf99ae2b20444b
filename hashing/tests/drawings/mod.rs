//! Drawn pictures, the same on every machine: integers only, no files. Nothing here shows anything but patterns.

use std::fmt;
use std::str::FromStr;

/// One kind of drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A slope across and down.
    Gradient,
    /// Every pixel by chance.
    Noise,
    /// Soft hills, as landscapes and skin have them, with a little grain.
    Hills,
    /// Discs and blocks on a ground.
    Shapes,
    /// Thin slanted lines.
    Stripes,
    /// Squares of one, two, four… pixels.
    Checks,
    /// Grey on grey, hardly visible.
    Faint,
    /// Nothing but black.
    Black,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Gradient, Self::Noise, Self::Hills, Self::Shapes, Self::Stripes, Self::Checks, Self::Faint, Self::Black];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.to_string() == name)
            .ok_or_else(|| format!("no drawing is called {name}"))
    }
}

/// The drawing's pixels, red, green, blue, top row first.
pub fn draw(kind: Kind, width: u32, height: u32) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(width as usize * height as usize * 3);
    for y in 0..height {
        for x in 0..width {
            pixels.extend(pixel(kind, x, y, width, height).map(|part| part.min(255) as u8));
        }
    }
    pixels
}

fn pixel(kind: Kind, x: u32, y: u32, width: u32, height: u32) -> [u32; 3] {
    // Where we are, in thousandths of the picture.
    let (u, v) = (x * 1000 / width, y * 1000 / height);
    match kind {
        Kind::Gradient => [u * 255 / 999, v * 255 / 999, (u + v) * 255 / 1998],
        Kind::Noise => {
            let chance = chance(x, y, 1);
            [chance & 255, chance >> 8 & 255, chance >> 16 & 255]
        }
        Kind::Hills => {
            let grain = chance(x, y, 2) & 7;
            [
                hill(u, v, 250, 3) + grain,
                hill(u, v, 125, 4) + grain,
                hill(u, v, 500, 5).midpoint(hill(u, v, 63, 6)) + grain,
            ]
        }
        Kind::Shapes => shapes(u, v),
        Kind::Stripes => {
            if ((x + 2 * y) / 3).is_multiple_of(4) {
                [230, 40, 90]
            } else {
                [20, 60, u * 200 / 999]
            }
        }
        Kind::Checks => {
            let side = 1 << (u / 143);
            if (x / side + y / side).is_multiple_of(2) { [255, 255, 255] } else { [0, 0, 0] }
        }
        Kind::Faint => [120 + u / 200, 120 + v / 250, 121],
        Kind::Black => [0, 0, 0],
    }
}

/// Straight lines between random heights on a lattice.
fn hill(u: u32, v: u32, step: u32, seed: u32) -> u32 {
    let (column, row) = (u / step, v / step);
    let (across, down) = (u % step, v % step);
    let corner = |column, row| chance(column, row, seed) & 255;
    let blend = |a: u32, b: u32, at: u32| (a * (step - at) + b * at) / step;
    let top = blend(corner(column, row), corner(column + 1, row), across);
    let bottom = blend(corner(column, row + 1), corner(column + 1, row + 1), across);
    blend(top, bottom, down)
}

fn shapes(u: u32, v: u32) -> [u32; 3] {
    let mut color = [235, 225, 205];
    for shape in 0..12 {
        let (x, y, size) = (chance(shape, 0, 7) % 1000, chance(shape, 1, 7) % 1000, 60 + chance(shape, 2, 7) % 190);
        let (dx, dy) = (u.abs_diff(x), v.abs_diff(y));
        let inside = if shape % 2 == 0 { dx * dx + dy * dy < size * size } else { dx < size && dy < size / 2 };
        if inside {
            let paint = chance(shape, 3, 7);
            color = [paint & 255, paint >> 8 & 255, paint >> 16 & 255];
        }
    }
    color
}

/// A number that looks random and always is the same (a mix after Bob Jenkins and Thomas Wang).
fn chance(x: u32, y: u32, seed: u32) -> u32 {
    let mut n = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77) ^ seed.wrapping_mul(0xc2b2_ae3d);
    n ^= n >> 15;
    n = n.wrapping_mul(0x2c1b_3c6d);
    n ^= n >> 12;
    n = n.wrapping_mul(0x297a_2d39);
    n ^ n >> 15
}
