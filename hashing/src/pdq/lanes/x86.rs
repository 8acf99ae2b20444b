//! SSE2, which every x86-64 has, and AVX2, which is looked for before an [`Octet`] is made.
#![allow(unsafe_code)] // Every intrinsic here is of SSE2 or AVX2; loads are from whole arrays. `Engine` sees to AVX2.

#[allow(clippy::wildcard_imports)] // nearly all names here are intrinsics
use std::arch::x86_64::*;

use super::{LUMA_UNIT, Lanes, WEIGHTS};

const RED_BLUE: i32 = (WEIGHTS[2] as i32) << 16 | WEIGHTS[0] as i32;
const RED_GREEN: i32 = (WEIGHTS[1] as i32) << 16 | WEIGHTS[0] as i32;
const GREEN: i32 = WEIGHTS[1] as i32;
const BLUE: i32 = WEIGHTS[2] as i32;

/// Four lanes, SSE2.
#[derive(Clone, Copy)]
pub(in crate::pdq) struct Quad(__m128);

impl Quad {
    /// From pixels of 32 bits.
    #[inline(always)]
    fn luma(pixels: __m128i) -> Self {
        unsafe {
            let mask = _mm_set1_epi32(0x00ff_00ff);
            let red_blue = _mm_madd_epi16(_mm_and_si128(pixels, mask), _mm_set1_epi32(RED_BLUE));
            let green = _mm_madd_epi16(_mm_and_si128(_mm_srli_epi32::<8>(pixels), mask), _mm_set1_epi32(GREEN));
            let weighted = _mm_cvtepi32_ps(_mm_add_epi32(red_blue, green));
            Self(_mm_add_ps(
                _mm_mul_ps(weighted, _mm_set1_ps(LUMA_UNIT.0)),
                _mm_mul_ps(weighted, _mm_set1_ps(LUMA_UNIT.1)),
            ))
        }
    }
}

impl Lanes<4> for Quad {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self(unsafe { _mm_set1_ps(value) })
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(unsafe { _mm_add_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(unsafe { _mm_sub_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(unsafe { _mm_mul_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        Self(unsafe { _mm_div_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn to_array(self) -> [f32; 4] {
        let mut array = [0.0; 4];
        unsafe { _mm_storeu_ps(array.as_mut_ptr(), self.0) };
        array
    }

    #[inline(always)]
    fn transpose([a, b, c, d]: [Self; 4]) -> [Self; 4] {
        unsafe {
            let (ab, cd) = (_mm_unpacklo_ps(a.0, b.0), _mm_unpacklo_ps(c.0, d.0));
            let (ab_high, cd_high) = (_mm_unpackhi_ps(a.0, b.0), _mm_unpackhi_ps(c.0, d.0));
            [
                Self(_mm_movelh_ps(ab, cd)),
                Self(_mm_movehl_ps(cd, ab)),
                Self(_mm_movelh_ps(ab_high, cd_high)),
                Self(_mm_movehl_ps(cd_high, ab_high)),
            ]
        }
    }

    #[inline(always)]
    fn grey(pixels: &[u8]) -> Self {
        let (a, b, c, d) = (pixels[0].into(), pixels[1].into(), pixels[2].into(), pixels[3].into());
        Self(unsafe { _mm_cvtepi32_ps(_mm_set_epi32(d, c, b, a)) })
    }

    #[inline(always)]
    fn rgb(pixels: &[u8]) -> Self {
        Self::luma(unsafe { _mm_set_epi32(pixel(pixels, 9), pixel(pixels, 6), pixel(pixels, 3), pixel(pixels, 0)) })
    }

    #[inline(always)]
    fn rgba(pixels: &[u8]) -> Self {
        Self::luma(sixteen(pixels, 0))
    }
}

/// Eight lanes, AVX2.
#[derive(Clone, Copy)]
pub(in crate::pdq) struct Octet(__m256);

impl Octet {
    /// From pairs of red and green, and of blue and nothing, 16 bits each.
    #[inline(always)]
    fn luma(red_green: __m256i, blue: __m256i) -> Self {
        unsafe {
            let red_green = _mm256_madd_epi16(red_green, _mm256_set1_epi32(RED_GREEN));
            let blue = _mm256_madd_epi16(blue, _mm256_set1_epi32(BLUE));
            let weighted = _mm256_cvtepi32_ps(_mm256_add_epi32(red_green, blue));
            Self(_mm256_add_ps(
                _mm256_mul_ps(weighted, _mm256_set1_ps(LUMA_UNIT.0)),
                _mm256_mul_ps(weighted, _mm256_set1_ps(LUMA_UNIT.1)),
            ))
        }
    }

    /// Luma of two times four pixels of `bytes` each, in the lower bytes of each half.
    #[inline(always)]
    fn spread(pixels: __m256i, bytes: i8) -> Self {
        let (one, two, three) = (bytes, 2 * bytes, 3 * bytes);
        unsafe {
            let red_green = _mm256_broadcastsi128_si256(_mm_setr_epi8(
                0,
                -1,
                1,
                -1,
                one,
                -1,
                one + 1,
                -1,
                two,
                -1,
                two + 1,
                -1,
                three,
                -1,
                three + 1,
                -1,
            ));
            let blue = _mm256_broadcastsi128_si256(_mm_setr_epi8(
                2,
                -1,
                -1,
                -1,
                one + 2,
                -1,
                -1,
                -1,
                two + 2,
                -1,
                -1,
                -1,
                three + 2,
                -1,
                -1,
                -1,
            ));
            Self::luma(_mm256_shuffle_epi8(pixels, red_green), _mm256_shuffle_epi8(pixels, blue))
        }
    }
}

impl Lanes<8> for Octet {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self(unsafe { _mm256_set1_ps(value) })
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(unsafe { _mm256_add_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(unsafe { _mm256_sub_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(unsafe { _mm256_mul_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        Self(unsafe { _mm256_div_ps(self.0, other.0) })
    }

    #[inline(always)]
    fn to_array(self) -> [f32; 8] {
        let mut array = [0.0; 8];
        unsafe { _mm256_storeu_ps(array.as_mut_ptr(), self.0) };
        array
    }

    #[inline(always)]
    fn transpose(square: [Self; 8]) -> [Self; 8] {
        unsafe {
            let upper = quarters(square[0].0, square[1].0, square[2].0, square[3].0);
            let lower = quarters(square[4].0, square[5].0, square[6].0, square[7].0);
            [
                Self(_mm256_permute2f128_ps::<0x20>(upper[0], lower[0])),
                Self(_mm256_permute2f128_ps::<0x20>(upper[1], lower[1])),
                Self(_mm256_permute2f128_ps::<0x20>(upper[2], lower[2])),
                Self(_mm256_permute2f128_ps::<0x20>(upper[3], lower[3])),
                Self(_mm256_permute2f128_ps::<0x31>(upper[0], lower[0])),
                Self(_mm256_permute2f128_ps::<0x31>(upper[1], lower[1])),
                Self(_mm256_permute2f128_ps::<0x31>(upper[2], lower[2])),
                Self(_mm256_permute2f128_ps::<0x31>(upper[3], lower[3])),
            ]
        }
    }

    #[inline(always)]
    fn grey(pixels: &[u8]) -> Self {
        Self(unsafe { _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(sixteen(pixels, 0))) })
    }

    #[inline(always)]
    fn rgb(pixels: &[u8]) -> Self {
        Self::spread(unsafe { _mm256_set_m128i(sixteen(pixels, 12), sixteen(pixels, 0)) }, 3)
    }

    #[inline(always)]
    fn rgba(pixels: &[u8]) -> Self {
        Self::spread(unsafe { _mm256_set_m128i(sixteen(pixels, 16), sixteen(pixels, 0)) }, 4)
    }
}

/// Four rows to four columns, in each half on its own.
#[inline(always)]
fn quarters(a: __m256, b: __m256, c: __m256, d: __m256) -> [__m256; 4] {
    unsafe {
        let (ab, cd) = (_mm256_unpacklo_ps(a, b), _mm256_unpacklo_ps(c, d));
        let (ab_high, cd_high) = (_mm256_unpackhi_ps(a, b), _mm256_unpackhi_ps(c, d));
        [
            _mm256_shuffle_ps::<0x44>(ab, cd),
            _mm256_shuffle_ps::<0xee>(ab, cd),
            _mm256_shuffle_ps::<0x44>(ab_high, cd_high),
            _mm256_shuffle_ps::<0xee>(ab_high, cd_high),
        ]
    }
}

/// Sixteen bytes from here.
#[inline(always)]
fn sixteen(bytes: &[u8], from: usize) -> __m128i {
    let sixteen = &bytes[from..from + 16];
    unsafe { _mm_loadu_si128(sixteen.as_ptr().cast()) }
}

/// Four bytes from here.
#[inline(always)]
fn pixel(bytes: &[u8], from: usize) -> i32 {
    i32::from_le_bytes(bytes[from..].first_chunk().copied().unwrap_or_default())
}
