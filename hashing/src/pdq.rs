//! PDQ, a perceptual hash of 256 bits: the full-size path, as `pdqhash` on `PyPI` and `threatexchange` compute it.
//!
//! Source: Meta's PDQ (`ThreatExchange`, `pdq/cpp` and the paper "The TMK+PDQF Video-Hashing Algorithm and the PDQ
//! Image-Hashing Algorithm", 2019). Luma is blurred by a tent filter, sampled to 64 × 64, transformed by a DCT of
//! which 16 × 16 coefficients count, and each bit says whether a coefficient lies above their median.
//!
//! Hash and quality are the reference's bits, on every device: each pixel goes through the reference's float
//! operations in the reference's order, and none are fused. What differs is the shape: rows stream in and nothing
//! but a few rows is ever held, about `width × (height / 128 + 26) × 4` bytes.

mod shrink;
mod transform;

use crate::Pdq;
use shrink::Shrink;

/// The smallest side that has a PDQ hash, in pixels.
pub const MIN_SIDE: u32 = 5;

/// Below this quality a hash says too little: it would match strangers' pictures (`ThreatExchange` drops such hashes).
pub const MIN_QUALITY: u8 = 50;

/// How a picture is turned or mirrored, in the reference's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// As it is stored.
    Original,
    /// A quarter turn to the left.
    Rotate90,
    /// Upside down.
    Rotate180,
    /// A quarter turn to the right.
    Rotate270,
    /// Mirrored top to bottom.
    FlipX,
    /// Mirrored left to right.
    FlipY,
    /// Mirrored along the main diagonal.
    FlipPlus,
    /// Mirrored along the other diagonal.
    FlipMinus,
}

impl Turn {
    /// All eight, the original first.
    pub const ALL: [Self; 8] = [
        Self::Original,
        Self::Rotate90,
        Self::Rotate180,
        Self::Rotate270,
        Self::FlipX,
        Self::FlipY,
        Self::FlipPlus,
        Self::FlipMinus,
    ];
}

/// What one picture hashes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureHash {
    /// How much structure the picture has, 0 to 100.
    pub quality: u8,
    turned: [Pdq; 8],
}

impl PictureHash {
    /// The hash of the picture as it is stored.
    pub const fn original(&self) -> Pdq {
        self.turned[0]
    }

    /// The hashes of the picture turned and mirrored, in the order of [`Turn::ALL`].
    pub fn turned(&self) -> impl Iterator<Item = (Turn, Pdq)> {
        Turn::ALL.into_iter().zip(self.turned)
    }
}

/// A picture with a side under [`MIN_SIDE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a PDQ hash needs at least {MIN_SIDE} pixels each way")]
pub struct TooSmall;

/// Takes a picture row by row, top to bottom.
pub struct PdqHasher {
    shrink: Shrink,
    width: usize,
}

impl PdqHasher {
    /// For a picture of this many pixels each way.
    pub fn new(width: u32, height: u32) -> Result<Self, TooSmall> {
        if width < MIN_SIDE || height < MIN_SIDE {
            return Err(TooSmall);
        }
        let width = width as usize;
        Ok(Self { shrink: Shrink::new(width, height as usize), width })
    }

    /// Takes the next row: three bytes a pixel, red, green, blue.
    ///
    /// # Panics
    /// If the row is not `3 × width` bytes, or the picture already has all its rows.
    pub fn push_rgb(&mut self, row: &[u8]) {
        let (pixels, rest) = row.as_chunks::<3>();
        assert!(pixels.len() == self.width && rest.is_empty(), "a row is exactly as wide as the picture");
        self.shrink.push(|luma| {
            for (luma, &[red, green, blue]) in luma.iter_mut().zip(pixels) {
                *luma = weigh(red, green, blue);
            }
        });
    }

    /// Takes the next row of a grey picture: one byte a pixel. The same bits as three equal bytes.
    ///
    /// # Panics
    /// As [`Self::push_rgb`].
    pub fn push_grey(&mut self, row: &[u8]) {
        assert!(row.len() == self.width, "a row is exactly as wide as the picture");
        self.shrink.push(|luma| {
            for (luma, &grey) in luma.iter_mut().zip(row) {
                *luma = f32::from(grey);
            }
        });
    }

    /// The hashes, when all rows have been taken.
    ///
    /// # Panics
    /// If rows are missing.
    pub fn finish(self) -> PictureHash {
        let grid = self.shrink.finish();
        let coefficients = transform::dct(&grid);
        PictureHash {
            quality: transform::quality(&grid),
            turned: Turn::ALL.map(|turn| transform::bits(&transform::turned(&coefficients, turn))),
        }
    }
}

/// Luma, 0 to 255: `0.299 r + 0.587 g + 0.114 b` in double precision rounded to single, as `pdqhash` on `PyPI` has it.
///
/// The sum of thousandths is exact in a float (under 2^24) and division rounds correctly, so this gives the same bits:
/// no such quotient lies so near the middle of two floats that the reference's error of 2^-45 could tip it.
#[allow(clippy::cast_precision_loss)] // at most 255 000
fn weigh(red: u8, green: u8, blue: u8) -> f32 {
    let thousandths = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    thousandths as f32 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luma_is_the_double_precision_one() {
        for red in 0..=255 {
            for green in 0..=255 {
                for blue in 0..=255_u8 {
                    let double = f64::from(red) * 0.299 + f64::from(green) * 0.587 + f64::from(blue) * 0.114;
                    #[allow(clippy::cast_possible_truncation)]
                    let single = double as f32;
                    assert!(weigh(red, green, blue).to_bits() == single.to_bits(), "{red} {green} {blue}");
                }
            }
        }
    }

    #[test]
    fn too_small_is_said() {
        assert_eq!(PdqHasher::new(4, 100).err(), Some(TooSmall));
        assert_eq!(PdqHasher::new(100, 4).err(), Some(TooSmall));
        assert!(PdqHasher::new(5, 5).is_ok());
    }

    #[test]
    fn a_flat_picture_has_no_quality() {
        let mut hasher = PdqHasher::new(200, 300).unwrap();
        (0..300).for_each(|_| hasher.push_grey(&[77; 200]));
        assert_eq!(hasher.finish().quality, 0);
    }

    #[test]
    fn grey_is_rgb_with_equal_parts() {
        let row: Vec<u8> = (0..=255).collect();
        let tripled: Vec<u8> = row.iter().flat_map(|&grey| [grey; 3]).collect();
        let (mut grey, mut rgb) = (PdqHasher::new(256, 90).unwrap(), PdqHasher::new(256, 90).unwrap());
        for turn in 0..90 {
            let mut row = row.clone();
            row.rotate_left(turn);
            let mut tripled = tripled.clone();
            tripled.rotate_left(3 * turn);
            grey.push_grey(&row);
            rgb.push_rgb(&tripled);
        }
        assert_eq!(grey.finish(), rgb.finish());
    }
}
