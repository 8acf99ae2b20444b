//! Four floats without any instructions of their own: the compiler finds those of the device, such as NEON.

use super::{LUMA_UNIT, Lanes, WEIGHTS};

/// Four lanes.
#[derive(Clone, Copy)]
pub(in crate::pdq) struct Quad([f32; 4]);

impl Quad {
    #[inline(always)]
    fn with(self, other: Self, operation: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|lane| operation(self.0[lane], other.0[lane])))
    }

    /// Luma of four pixels of so many bytes.
    #[inline(always)]
    #[allow(clippy::cast_precision_loss)] // under 2^24
    fn luma(pixels: &[u8], bytes: usize) -> Self {
        let [red, green, blue] = WEIGHTS.map(i32::from);
        Self(std::array::from_fn(|lane| {
            let part = |part| i32::from(pixels[lane * bytes + part]);
            let weighted = (red * part(0) + green * part(1) + blue * part(2)) as f32;
            weighted * LUMA_UNIT.0 + weighted * LUMA_UNIT.1
        }))
    }
}

impl Lanes<4> for Quad {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; 4])
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.with(other, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.with(other, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.with(other, |a, b| a * b)
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.with(other, |a, b| a / b)
    }

    #[inline(always)]
    fn to_array(self) -> [f32; 4] {
        self.0
    }

    #[inline(always)]
    fn transpose(square: [Self; 4]) -> [Self; 4] {
        std::array::from_fn(|x| Self(std::array::from_fn(|y| square[y].0[x])))
    }

    #[inline(always)]
    fn grey(pixels: &[u8]) -> Self {
        Self(std::array::from_fn(|lane| f32::from(pixels[lane])))
    }

    #[inline(always)]
    fn rgb(pixels: &[u8]) -> Self {
        Self::luma(pixels, 3)
    }

    #[inline(always)]
    fn rgba(pixels: &[u8]) -> Self {
        Self::luma(pixels, 4)
    }
}
