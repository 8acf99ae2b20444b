//! PDQ, a perceptual hash of 256 bits: the full-size path, as `pdqhash` on `PyPI` and `threatexchange` compute it.
//!
//! Source: Meta's PDQ (`ThreatExchange`, `pdq/cpp` and the paper "The TMK+PDQF Video-Hashing Algorithm and the PDQ
//! Image-Hashing Algorithm", 2019). Luma is blurred by a tent filter, sampled to 64 × 64, transformed by a DCT of
//! which 16 × 16 coefficients count, and each bit says whether a coefficient lies above their median.
//!
//! Hash and quality are the reference's bits, on every device: each pixel goes through the reference's float
//! operations in the reference's order, and none are fused. What differs is the shape: rows stream in and nothing
//! but a few rows is ever held: about `width × (height / 128 + 24) × 4` bytes.

mod engine;
#[allow(clippy::inline_always)] // what is not inlined would be compiled without the processor's features
mod lanes;
#[allow(clippy::inline_always)] // as above
mod shrink;
mod transform;

pub use engine::Engine;

use crate::Pdq;
use engine::Shrinking;
use shrink::{Grid, Layout, SIDE};

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
    width: usize,
    height: usize,
    rows: usize,
    shrinking: Shrinking,
    /// Rows that do not make a band yet.
    waiting: Vec<u8>,
    layout: Layout,
    /// A picture of 64 × 64 is taken as it is (the reference's shortcut, meant for video frames).
    as_it_is: Option<Box<Grid>>,
}

impl PdqHasher {
    /// For a picture of this many pixels each way.
    pub fn new(width: u32, height: u32) -> Result<Self, TooSmall> {
        Self::with(Engine::fastest(), width, height)
    }

    /// The same with a certain engine. One this device does not have is replaced by [`Engine::Scalar`].
    pub fn with(engine: Engine, width: u32, height: u32) -> Result<Self, TooSmall> {
        if width < MIN_SIDE || height < MIN_SIDE {
            return Err(TooSmall);
        }
        let (width, height) = (width as usize, height as usize);
        let is_grid = (width, height) == (SIDE, SIDE);
        Ok(Self {
            width,
            height,
            rows: 0,
            shrinking: Shrinking::new(engine, width, height),
            waiting: Vec::new(),
            layout: Layout::Rgb,
            as_it_is: is_grid.then(|| Box::new([[0.0; SIDE]; SIDE])),
        })
    }

    /// Takes the next row, or several: three bytes a pixel, red, green, blue. Many at once spare a copy.
    ///
    /// # Panics
    /// If it is not whole rows of `3 × width` bytes, if the picture has no more rows, or if earlier rows came in another
    /// layout.
    pub fn push_rgb(&mut self, rows: &[u8]) {
        self.push(rows, Layout::Rgb);
    }

    /// Takes the next row, or several: four bytes a pixel, red, green, blue, and one that does not count.
    ///
    /// # Panics
    /// As [`Self::push_rgb`].
    pub fn push_rgba(&mut self, rows: &[u8]) {
        self.push(rows, Layout::Rgba);
    }

    /// Takes the next row, or several, of a grey picture: one byte a pixel. The same bits as three equal bytes.
    ///
    /// # Panics
    /// As [`Self::push_rgb`].
    pub fn push_grey(&mut self, rows: &[u8]) {
        self.push(rows, Layout::Grey);
    }

    fn push(&mut self, mut pixels: &[u8], layout: Layout) {
        let row = self.width * layout.bytes();
        let rows = pixels.len() / row;
        assert!(pixels.len() == rows * row, "a row is exactly as wide as the picture");
        assert!(rows <= self.height - self.rows, "a picture has no more rows than it said");
        assert!(self.rows == 0 || layout == self.layout, "all rows of a picture have one layout");
        self.layout = layout;
        if let Some(grid) = &mut self.as_it_is {
            let pixels = pixels.chunks_exact(layout.bytes());
            for (luma, pixel) in grid.as_flattened_mut()[self.rows * SIDE..].iter_mut().zip(pixels) {
                *luma = layout.luma(pixel);
            }
        } else {
            let band = self.shrinking.band() * row;
            if !self.waiting.is_empty() {
                let missing = (band - self.waiting.len()).min(pixels.len());
                self.waiting.extend_from_slice(&pixels[..missing]);
                pixels = &pixels[missing..];
                if self.waiting.len() == band {
                    self.shrinking.take(&self.waiting, layout);
                    self.waiting.clear();
                }
            }
            let mut bands = pixels.chunks_exact(band);
            for band in &mut bands {
                self.shrinking.take(band, layout);
            }
            self.waiting.extend_from_slice(bands.remainder());
        }
        self.rows += rows;
    }

    /// The hashes, when all rows have been taken.
    ///
    /// # Panics
    /// If rows are missing.
    pub fn finish(mut self) -> PictureHash {
        assert!(self.rows == self.height, "all rows have been taken");
        let grid = self.as_it_is.take().unwrap_or_else(|| self.samples());
        let coefficients = transform::dct(&grid);
        PictureHash { quality: transform::quality(&grid), turned: transform::turned(&coefficients) }
    }

    /// Goes on in black below the picture until the last sample has come out.
    fn samples(&mut self) -> Box<Grid> {
        let band = self.shrinking.band() * self.width * self.layout.bytes();
        loop {
            if let Some(grid) = self.shrinking.grid() {
                return Box::new(*grid);
            }
            self.waiting.resize(band, 0);
            self.shrinking.take(&self.waiting, self.layout);
            self.waiting.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
