//! Eight numbers of 16 bits that go side by side, by the instructions that processors have for it: SSE2, which every x86-64
//! has, WebAssembly's SIMD where the module is built with it, and plain arrays anywhere else. All give the same bits.

#[cfg(target_arch = "x86_64")]
pub(super) use sse2::{Sums, Values};

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) use simd128::{Sums, Values};

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
pub(super) use plain::{Sums, Values};

/// What all kinds of lanes can do, told once.
macro_rules! operations {
    () => {
        impl Values {
            /// `self × left + other × right`, each product and sum whole.
            #[inline(always)]
            pub(in super::super) fn weighed(self, other: Self, left: i16, right: i16) -> Sums {
                let factors = Self::alternating(left, right);
                Sums(self.interleaved_low(other).dot(factors), self.interleaved_high(other).dot(factors))
            }

            /// Rows become columns.
            #[inline(always)]
            pub(in super::super) fn transposed(rows: [Self; 8]) -> [Self; 8] {
                let shuffled = |[a, b, c, d, e, f, g, h]: [Self; 8]| {
                    let (low, high) = (Self::interleaved_low, Self::interleaved_high);
                    [low(a, e), high(a, e), low(b, f), high(b, f), low(c, g), high(c, g), low(d, h), high(d, h)]
                };
                shuffled(shuffled(shuffled(rows)))
            }
        }

        impl Sums {
            #[inline(always)]
            pub(in super::super) fn plus(self, other: Self) -> Self {
                Self(add(self.0, other.0), add(self.1, other.1))
            }

            #[inline(always)]
            pub(in super::super) fn minus(self, other: Self) -> Self {
                Self(subtract(self.0, other.0), subtract(self.1, other.1))
            }

            /// Divided by a power of two and rounded; what does not fit becomes the nearest that does.
            #[inline(always)]
            pub(in super::super) fn rounded<const BITS: u32>(self) -> Values {
                let half = splat(1 << (BITS - 1));
                Values::packed(shifted::<BITS>(add(self.0, half)), shifted::<BITS>(add(self.1, half)))
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
#[allow(clippy::many_single_char_names)]
mod sse2 {
    #[allow(clippy::wildcard_imports)]
    use std::arch::x86_64::*;

    /// Calls an instruction.
    macro_rules! sse2 {
        ($call:expr) => {{
            // SAFETY: every x86-64 processor has SSE2, and none of these reads or writes memory.
            #[allow(unsafe_code)]
            unsafe {
                $call
            }
        }};
    }

    #[derive(Clone, Copy)]
    pub(in super::super) struct Values(__m128i);

    #[derive(Clone, Copy)]
    pub(in super::super) struct Sums(__m128i, __m128i);

    operations!();

    impl Values {
        #[inline(always)]
        pub(in super::super) fn load(values: &[i16; 8]) -> Self {
            let [a, b, c, d, e, f, g, h] = *values;
            Self(sse2!(_mm_setr_epi16(a, b, c, d, e, f, g, h)))
        }

        #[inline(always)]
        fn alternating(left: i16, right: i16) -> Self {
            Self(sse2!(_mm_set1_epi32(i32::from(right) << 16 | i32::from(left) & 0xffff)))
        }

        #[inline(always)]
        pub(in super::super) fn plus(self, other: Self) -> Self {
            Self(sse2!(_mm_add_epi16(self.0, other.0)))
        }

        #[inline(always)]
        pub(in super::super) fn minus(self, other: Self) -> Self {
            Self(sse2!(_mm_sub_epi16(self.0, other.0)))
        }

        #[inline(always)]
        pub(in super::super) fn times(self, other: Self) -> Self {
            Self(sse2!(_mm_mullo_epi16(self.0, other.0)))
        }

        #[inline(always)]
        fn interleaved_low(self, other: Self) -> Self {
            Self(sse2!(_mm_unpacklo_epi16(self.0, other.0)))
        }

        #[inline(always)]
        fn interleaved_high(self, other: Self) -> Self {
            Self(sse2!(_mm_unpackhi_epi16(self.0, other.0)))
        }

        #[inline(always)]
        fn dot(self, factors: Self) -> __m128i {
            sse2!(_mm_madd_epi16(self.0, factors.0))
        }

        #[inline(always)]
        fn packed(low: __m128i, high: __m128i) -> Self {
            Self(sse2!(_mm_packs_epi32(low, high)))
        }

        /// Signed values as samples: 128 more, and what does not fit becomes the nearest that does.
        #[inline(always)]
        pub(in super::super) fn samples(self) -> [u8; 8] {
            let above = sse2!(_mm_adds_epi16(self.0, _mm_set1_epi16(128)));
            sse2!(_mm_cvtsi128_si64(_mm_packus_epi16(above, above))).to_le_bytes()
        }
    }

    #[inline(always)]
    fn splat(value: i32) -> __m128i {
        sse2!(_mm_set1_epi32(value))
    }

    #[inline(always)]
    fn add(a: __m128i, b: __m128i) -> __m128i {
        sse2!(_mm_add_epi32(a, b))
    }

    #[inline(always)]
    fn subtract(a: __m128i, b: __m128i) -> __m128i {
        sse2!(_mm_sub_epi32(a, b))
    }

    #[inline(always)]
    fn shifted<const BITS: u32>(sums: __m128i) -> __m128i {
        sse2!(_mm_sra_epi32(sums, _mm_cvtsi32_si128(BITS.cast_signed())))
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[allow(clippy::many_single_char_names)]
mod simd128 {
    #[allow(clippy::wildcard_imports)]
    use std::arch::wasm32::*;

    #[derive(Clone, Copy)]
    pub(in super::super) struct Values(v128);

    #[derive(Clone, Copy)]
    pub(in super::super) struct Sums(v128, v128);

    operations!();

    impl Values {
        #[inline(always)]
        pub(in super::super) fn load(values: &[i16; 8]) -> Self {
            let [a, b, c, d, e, f, g, h] = *values;
            Self(i16x8(a, b, c, d, e, f, g, h))
        }

        #[inline(always)]
        fn alternating(left: i16, right: i16) -> Self {
            Self(i32x4_splat(i32::from(right) << 16 | i32::from(left) & 0xffff))
        }

        #[inline(always)]
        pub(in super::super) fn plus(self, other: Self) -> Self {
            Self(i16x8_add(self.0, other.0))
        }

        #[inline(always)]
        pub(in super::super) fn minus(self, other: Self) -> Self {
            Self(i16x8_sub(self.0, other.0))
        }

        #[inline(always)]
        pub(in super::super) fn times(self, other: Self) -> Self {
            Self(i16x8_mul(self.0, other.0))
        }

        #[inline(always)]
        fn interleaved_low(self, other: Self) -> Self {
            Self(i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(self.0, other.0))
        }

        #[inline(always)]
        fn interleaved_high(self, other: Self) -> Self {
            Self(i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(self.0, other.0))
        }

        #[inline(always)]
        fn dot(self, factors: Self) -> v128 {
            i32x4_dot_i16x8(self.0, factors.0)
        }

        #[inline(always)]
        fn packed(low: v128, high: v128) -> Self {
            Self(i16x8_narrow_i32x4(low, high))
        }

        /// Signed values as samples: 128 more, and what does not fit becomes the nearest that does.
        #[inline(always)]
        pub(in super::super) fn samples(self) -> [u8; 8] {
            let above = i16x8_add_sat(self.0, i16x8_splat(128));
            i64x2_extract_lane::<0>(u8x16_narrow_i16x8(above, above)).to_le_bytes()
        }
    }

    #[inline(always)]
    fn splat(value: i32) -> v128 {
        i32x4_splat(value)
    }

    #[inline(always)]
    fn add(a: v128, b: v128) -> v128 {
        i32x4_add(a, b)
    }

    #[inline(always)]
    fn subtract(a: v128, b: v128) -> v128 {
        i32x4_sub(a, b)
    }

    #[inline(always)]
    fn shifted<const BITS: u32>(sums: v128) -> v128 {
        i32x4_shr(sums, BITS)
    }
}

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
mod plain {
    use std::array::from_fn;

    #[derive(Clone, Copy)]
    pub(in super::super) struct Values([i16; 8]);

    #[derive(Clone, Copy)]
    pub(in super::super) struct Sums([i32; 4], [i32; 4]);

    operations!();

    impl Values {
        #[inline(always)]
        pub(in super::super) fn load(values: &[i16; 8]) -> Self {
            Self(*values)
        }

        #[inline(always)]
        fn alternating(left: i16, right: i16) -> Self {
            Self([left, right, left, right, left, right, left, right])
        }

        #[inline(always)]
        pub(in super::super) fn plus(self, other: Self) -> Self {
            Self(from_fn(|at| self.0[at].wrapping_add(other.0[at])))
        }

        #[inline(always)]
        pub(in super::super) fn minus(self, other: Self) -> Self {
            Self(from_fn(|at| self.0[at].wrapping_sub(other.0[at])))
        }

        #[inline(always)]
        pub(in super::super) fn times(self, other: Self) -> Self {
            Self(from_fn(|at| self.0[at].wrapping_mul(other.0[at])))
        }

        #[inline(always)]
        fn interleaved_low(self, other: Self) -> Self {
            Self(from_fn(|at| if at % 2 == 0 { self.0[at / 2] } else { other.0[at / 2] }))
        }

        #[inline(always)]
        fn interleaved_high(self, other: Self) -> Self {
            Self(from_fn(|at| if at % 2 == 0 { self.0[4 + at / 2] } else { other.0[4 + at / 2] }))
        }

        #[inline(always)]
        fn dot(self, factors: Self) -> [i32; 4] {
            let product = |at: usize| i32::from(self.0[at]) * i32::from(factors.0[at]);
            from_fn(|at| product(2 * at).wrapping_add(product(2 * at + 1)))
        }

        #[inline(always)]
        fn packed(low: [i32; 4], high: [i32; 4]) -> Self {
            #[allow(clippy::cast_possible_truncation)] // clamped
            let packed = |sum: i32| sum.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
            Self(from_fn(|at| packed(if at < 4 { low[at] } else { high[at - 4] })))
        }

        /// Signed values as samples: 128 more, and what does not fit becomes the nearest that does.
        #[inline(always)]
        pub(in super::super) fn samples(self) -> [u8; 8] {
            self.0.map(|value| value.saturating_add(128).clamp(0, 255).to_le_bytes()[0])
        }
    }

    #[inline(always)]
    fn splat(value: i32) -> [i32; 4] {
        [value; 4]
    }

    #[inline(always)]
    fn add(a: [i32; 4], b: [i32; 4]) -> [i32; 4] {
        from_fn(|at| a[at].wrapping_add(b[at]))
    }

    #[inline(always)]
    fn subtract(a: [i32; 4], b: [i32; 4]) -> [i32; 4] {
        from_fn(|at| a[at].wrapping_sub(b[at]))
    }

    #[inline(always)]
    fn shifted<const BITS: u32>(sums: [i32; 4]) -> [i32; 4] {
        sums.map(|sum| sum >> BITS)
    }
}
