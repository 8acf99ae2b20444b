//! Which lanes a picture goes through: as many as this device has.

use super::lanes::Lanes;
#[cfg(target_arch = "x86_64")]
use super::lanes::Octet;
#[cfg(not(all(target_arch = "wasm32", not(target_feature = "simd128"))))]
use super::lanes::Quad;
use super::shrink::{Grid, Layout, Shrink};

/// What PDQ is computed with. Every engine gives the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Engine {
    /// One pixel at a time.
    Scalar,
    /// Four at a time: SSE2, NEON, WebAssembly's SIMD.
    Quads,
    /// Eight at a time: AVX2.
    Octets,
}

impl Engine {
    /// Those this device has, the fastest last.
    pub fn available() -> impl Iterator<Item = Self> {
        [Self::Scalar, Self::Quads, Self::Octets].into_iter().filter(|engine| engine.is_available())
    }

    /// The fastest of this device.
    pub fn fastest() -> Self {
        if Self::Octets.is_available() {
            Self::Octets
        } else if Self::Quads.is_available() {
            Self::Quads
        } else {
            Self::Scalar
        }
    }

    fn is_available(self) -> bool {
        match self {
            Self::Scalar => true,
            Self::Quads => cfg!(any(not(target_arch = "wasm32"), target_feature = "simd128")),
            #[cfg(target_arch = "x86_64")]
            Self::Octets => is_x86_feature_detected!("avx2"),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Octets => false,
        }
    }
}

// A module for browsers has one of these two, to stay small; the other's name stands for the same.
#[cfg(not(target_feature = "simd128"))]
type Scalar = Shrink<f32, 1, 4>;
#[cfg(target_feature = "simd128")]
type Scalar = Quads;
#[cfg(not(all(target_arch = "wasm32", not(target_feature = "simd128"))))]
type Quads = Shrink<Quad, 4, 4>;
#[cfg(all(target_arch = "wasm32", not(target_feature = "simd128")))]
type Quads = Scalar;
#[cfg(target_arch = "x86_64")]
type Octets = Shrink<Octet, 8, 4>;

/// A picture on its way from rows to grid.
pub(super) enum Shrinking {
    Scalar(Box<Scalar>),
    Quads(Box<Quads>),
    #[cfg(target_arch = "x86_64")]
    Octets(Box<Octets>),
}

impl Shrinking {
    pub(super) fn new(engine: Engine, width: usize, height: usize) -> Self {
        match engine {
            #[cfg(target_arch = "x86_64")]
            Engine::Octets if engine.is_available() => Self::Octets(Box::new(Shrink::new(width, height))),
            Engine::Quads => Self::Quads(Box::new(Shrink::new(width, height))),
            _ => Self::Scalar(Box::new(Shrink::new(width, height))),
        }
    }

    /// So many rows are taken at a time.
    pub(super) fn band(&self) -> usize {
        match self {
            Self::Scalar(_) => Scalar::BAND,
            Self::Quads(_) => Quads::BAND,
            #[cfg(target_arch = "x86_64")]
            Self::Octets(_) => Octets::BAND,
        }
    }

    /// Takes the next band.
    pub(super) fn take(&mut self, pixels: &[u8], layout: Layout) {
        match self {
            Self::Scalar(shrink) => take_any(shrink, pixels, layout),
            Self::Quads(shrink) => take_any(shrink, pixels, layout),
            #[cfg(target_arch = "x86_64")]
            Self::Octets(shrink) => take_octets(shrink, pixels, layout),
        }
    }

    /// The samples, once enough rows have been taken.
    pub(super) fn grid(&self) -> Option<&Grid> {
        match self {
            Self::Scalar(shrink) => shrink.grid(),
            Self::Quads(shrink) => shrink.grid(),
            #[cfg(target_arch = "x86_64")]
            Self::Octets(shrink) => shrink.grid(),
        }
    }
}

#[inline(never)]
fn take_any<L: Lanes<N>, const N: usize, const G: usize>(shrink: &mut Shrink<L, N, G>, pixels: &[u8], layout: Layout) {
    shrink.take(pixels, layout);
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)] // octets are only made where AVX2 was found
fn take_octets(shrink: &mut Octets, pixels: &[u8], layout: Layout) {
    #[target_feature(enable = "avx2")]
    fn take(shrink: &mut Octets, pixels: &[u8], layout: Layout) {
        shrink.take(pixels, layout);
    }
    unsafe { take(shrink, pixels, layout) }
}
