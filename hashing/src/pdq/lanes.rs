//! Floats that go side by side, the same operation on each: as many as a device has room for.
//!
//! Every implementation rounds after every operation as IEEE 754 says and none fuses two, so all give the same bits.

#[cfg(not(any(target_arch = "x86_64", target_arch = "wasm32")))]
mod portable;
#[cfg(target_feature = "simd128")]
mod wasm;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(not(any(target_arch = "x86_64", target_arch = "wasm32")))]
pub(super) use portable::Quad;
#[cfg(target_feature = "simd128")]
pub(super) use wasm::Quad;
#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Octet, Quad};

/// `N` floats.
pub(super) trait Lanes<const N: usize>: Copy {
    fn splat(value: f32) -> Self;
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn div(self, other: Self) -> Self;
    fn to_array(self) -> [f32; N];

    /// Rows to columns.
    fn transpose(square: [Self; N]) -> [Self; N];

    /// Grey of the first `N` pixels, one byte each. All three take `4 N` bytes, whatever a pixel has.
    fn grey(pixels: &[u8]) -> Self;
    /// Luma of the first `N` pixels, three bytes each: red, green, blue.
    fn rgb(pixels: &[u8]) -> Self;
    /// Luma of the first `N` pixels, four bytes each: red, green, blue, anything.
    fn rgba(pixels: &[u8]) -> Self;
}

/// What red, green and blue weigh, in [`LUMA_UNIT`]s: 33 times the thousandths 299, 587 and 114. For several lanes, as below.
#[cfg(any(not(target_arch = "wasm32"), target_feature = "simd128"))]
pub(super) const WEIGHTS: [i16; 3] = [33 * 299, 33 * 587, 33 * 114];

/// `1 / 33 000`, in two parts: a power of two, which multiplies exactly, and a small rest.
///
/// Luma is `0.299 r + 0.587 g + 0.114 b` in double precision rounded to single, as `pdqhash` on `PyPI` has it. The
/// weighted sum is exact in a float (under 2^24); times each part and added, it gives that very float for all 2^24
/// colours. A test tries every one. A division would too, but takes several times as long.
#[allow(clippy::cast_possible_truncation)] // rounded once
#[cfg(any(not(target_arch = "wasm32"), target_feature = "simd128"))]
pub(super) const LUMA_UNIT: (f32, f32) = (1.0 / 32_768.0, (1.0 / 33_000.0 - 1.0 / 32_768.0) as f32);

/// What each value of red, green and blue adds to luma.
static RED: [f64; 256] = products(0.299);
static GREEN: [f64; 256] = products(0.587);
static BLUE: [f64; 256] = products(0.114);

#[allow(clippy::cast_precision_loss)] // under 256
const fn products(weight: f64) -> [f64; 256] {
    let mut products = [0.0; 256];
    let mut value = 0;
    while value < 256 {
        products[value] = value as f64 * weight;
        value += 1;
    }
    products
}

/// One lane: for devices without any more.
impl Lanes<1> for f32 {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        value
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self + other
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self - other
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self * other
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self / other
    }

    #[inline(always)]
    fn to_array(self) -> [f32; 1] {
        [self]
    }

    #[inline(always)]
    fn transpose(square: [Self; 1]) -> [Self; 1] {
        square
    }

    #[inline(always)]
    fn grey(pixels: &[u8]) -> Self {
        Self::from(pixels[0])
    }

    /// The reference's own way, each product looked up.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // rounded, as the reference does
    fn rgb(pixels: &[u8]) -> Self {
        (RED[usize::from(pixels[0])] + GREEN[usize::from(pixels[1])] + BLUE[usize::from(pixels[2])]) as Self
    }

    #[inline(always)]
    fn rgba(pixels: &[u8]) -> Self {
        Self::rgb(pixels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_the_double_precision_one<L: Lanes<N>, const N: usize>() {
        let mut pixels = vec![[0; 4]; N];
        for color in 0..1 << 24 {
            let [red, green, blue, _] = u32::to_le_bytes(color);
            let lane = color as usize % N;
            pixels[lane] = [red, green, blue, 255];
            if lane + 1 < N {
                continue;
            }
            let rgb: Vec<u8> = pixels.iter().flat_map(|pixel| &pixel[..3]).chain(&[255; 8]).copied().collect();
            let (from_rgb, from_rgba) = (L::rgb(&rgb).to_array(), L::rgba(pixels.as_flattened()).to_array());
            for (lane, &[red, green, blue, _]) in pixels.iter().enumerate() {
                let double = f64::from(red) * 0.299 + f64::from(green) * 0.587 + f64::from(blue) * 0.114;
                #[allow(clippy::cast_possible_truncation)]
                let single = double as f32;
                assert!(from_rgb[lane].to_bits() == single.to_bits(), "{red} {green} {blue}");
                assert!(from_rgba[lane].to_bits() == single.to_bits(), "{red} {green} {blue}");
            }
        }
    }

    #[test]
    fn luma_of_one_lane_is_the_double_precision_one() {
        is_the_double_precision_one::<f32, 1>();
    }

    #[test]
    fn luma_of_four_lanes_is_the_double_precision_one() {
        is_the_double_precision_one::<Quad, 4>();
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn luma_of_eight_lanes_is_the_double_precision_one() {
        if is_x86_feature_detected!("avx2") {
            is_the_double_precision_one::<Octet, 8>();
        }
    }
}
