//! WebAssembly's fixed-width SIMD. Nothing of relaxed SIMD, whose results may differ between devices.

#[allow(clippy::wildcard_imports)] // nearly all names here are intrinsics
use std::arch::wasm32::*;

use super::{LUMA_UNIT, Lanes, WEIGHTS};

/// Four lanes.
#[derive(Clone, Copy)]
pub(in crate::pdq) struct Quad(v128);

impl Quad {
    /// Luma of four pixels, `BYTES` each, in the lower bytes.
    #[inline(always)]
    fn luma<const BYTES: u8>(pixels: v128) -> Self {
        const NONE: u8 = 0x80;
        let (one, two, three) = (BYTES, 2 * BYTES, 3 * BYTES);
        let red_green =
            u8x16(0, NONE, 1, NONE, one, NONE, one + 1, NONE, two, NONE, two + 1, NONE, three, NONE, three + 1, NONE);
        let blue = u8x16(
            2,
            NONE,
            NONE,
            NONE,
            one + 2,
            NONE,
            NONE,
            NONE,
            two + 2,
            NONE,
            NONE,
            NONE,
            three + 2,
            NONE,
            NONE,
            NONE,
        );
        let [red_weight, green_weight, blue_weight] = WEIGHTS;
        let pairs = i16x8(
            red_weight,
            green_weight,
            red_weight,
            green_weight,
            red_weight,
            green_weight,
            red_weight,
            green_weight,
        );
        let weighted = i32x4_add(
            i32x4_dot_i16x8(u8x16_swizzle(pixels, red_green), pairs),
            i32x4_dot_i16x8(u8x16_swizzle(pixels, blue), i16x8_splat(blue_weight)),
        );
        let weighted = f32x4_convert_i32x4(weighted);
        Self(f32x4_add(f32x4_mul(weighted, f32x4_splat(LUMA_UNIT.0)), f32x4_mul(weighted, f32x4_splat(LUMA_UNIT.1))))
    }
}

impl Lanes<4> for Quad {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self(f32x4_splat(value))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(f32x4_add(self.0, other.0))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(f32x4_sub(self.0, other.0))
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(f32x4_mul(self.0, other.0))
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        Self(f32x4_div(self.0, other.0))
    }

    #[inline(always)]
    fn to_array(self) -> [f32; 4] {
        [
            f32x4_extract_lane::<0>(self.0),
            f32x4_extract_lane::<1>(self.0),
            f32x4_extract_lane::<2>(self.0),
            f32x4_extract_lane::<3>(self.0),
        ]
    }

    #[inline(always)]
    fn transpose([a, b, c, d]: [Self; 4]) -> [Self; 4] {
        let ab = i32x4_shuffle::<0, 4, 1, 5>(a.0, b.0);
        let cd = i32x4_shuffle::<0, 4, 1, 5>(c.0, d.0);
        let ab_high = i32x4_shuffle::<2, 6, 3, 7>(a.0, b.0);
        let cd_high = i32x4_shuffle::<2, 6, 3, 7>(c.0, d.0);
        [
            Self(i64x2_shuffle::<0, 2>(ab, cd)),
            Self(i64x2_shuffle::<1, 3>(ab, cd)),
            Self(i64x2_shuffle::<0, 2>(ab_high, cd_high)),
            Self(i64x2_shuffle::<1, 3>(ab_high, cd_high)),
        ]
    }

    #[inline(always)]
    fn grey(pixels: &[u8]) -> Self {
        let [a, b, c, d] = [0, 1, 2, 3].map(|at| i32::from(pixels[at]));
        Self(f32x4_convert_i32x4(i32x4(a, b, c, d)))
    }

    #[inline(always)]
    fn rgb(pixels: &[u8]) -> Self {
        Self::luma::<3>(sixteen(pixels))
    }

    #[inline(always)]
    fn rgba(pixels: &[u8]) -> Self {
        Self::luma::<4>(sixteen(pixels))
    }
}

/// The first sixteen bytes.
#[inline(always)]
#[allow(unsafe_code)] // sixteen bytes are there
fn sixteen(bytes: &[u8]) -> v128 {
    let sixteen = &bytes[..16];
    unsafe { v128_load(sixteen.as_ptr().cast()) }
}
