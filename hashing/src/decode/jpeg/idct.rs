//! Coefficients to samples: libjpeg's accurate integer transform (`jidctint.c`; Loeffler, Ligtenberg and Moschytz, 1989),
//! to the bit, since partners hash what it gives. All numbers are whole, so that every processor gives the same; where a
//! broken file makes them too large, they wrap and saturate as in libjpeg-turbo's own lanes.

use super::huffman::Block;
use super::lanes::{Sums, Values};

/// Bits after the point in the factors.
const FRACTION: u32 = 13;

/// A factor with [`FRACTION`] bits after the point, given in thousand millionths.
#[allow(clippy::cast_possible_truncation)] // under 4
const fn factor(billionths: i64) -> i16 {
    let scaled = (billionths.abs() << FRACTION) + 500_000_000;
    let rounded = (scaled / 1_000_000_000) as i16;
    if billionths < 0 { -rounded } else { rounded }
}

// Of two factors whose values are added, each is rounded on its own, as the reference does.
const EVEN_2: (i16, i16) = (factor(541_196_100) + factor(765_366_865), factor(541_196_100));
const EVEN_6: (i16, i16) = (factor(541_196_100), factor(541_196_100) + factor(-1_847_759_065));
const ODD_73: (i16, i16) = (factor(1_175_875_602) + factor(-1_961_570_560), factor(1_175_875_602));
const ODD_51: (i16, i16) = (factor(1_175_875_602), factor(1_175_875_602) + factor(-390_180_644));
const ODD_0: (i16, i16) = (factor(298_631_336) + factor(-899_976_223), factor(-899_976_223));
const ODD_1: (i16, i16) = (factor(2_053_119_869) + factor(-2_562_915_447), factor(-2_562_915_447));
const ODD_2: (i16, i16) = (factor(-2_562_915_447), factor(3_072_711_026) + factor(-2_562_915_447));
const ODD_3: (i16, i16) = (factor(-899_976_223), factor(1_501_321_110) + factor(-899_976_223));
const ONE: i16 = 1 << FRACTION;

/// One dimension of the transform, in all lanes; the result is divided by `2^BITS`.
#[inline(always)]
fn transform<const BITS: u32>([i0, i1, i2, i3, i4, i5, i6, i7]: [Values; 8]) -> [Values; 8] {
    let weighed = |a: Values, b: Values, (left, right): (i16, i16)| -> Sums { a.weighed(b, left, right) };

    let (t3, t2) = (weighed(i2, i6, EVEN_2), weighed(i2, i6, EVEN_6));
    let (t0, t1) = (weighed(i0.plus(i4), i0, (ONE, 0)), weighed(i0.minus(i4), i0, (ONE, 0)));
    let (t10, t13, t11, t12) = (t0.plus(t3), t0.minus(t3), t1.plus(t2), t1.minus(t2));

    let (z3, z4) = (i7.plus(i3), i5.plus(i1));
    let (z3, z4) = (weighed(z3, z4, ODD_73), weighed(z3, z4, ODD_51));
    let (o0, o3) = (weighed(i7, i1, ODD_0).plus(z3), weighed(i7, i1, ODD_3).plus(z4));
    let (o1, o2) = (weighed(i5, i3, ODD_1).plus(z4), weighed(i5, i3, ODD_2).plus(z3));

    [
        t10.plus(o3).rounded::<BITS>(),
        t11.plus(o2).rounded::<BITS>(),
        t12.plus(o1).rounded::<BITS>(),
        t13.plus(o0).rounded::<BITS>(),
        t13.minus(o0).rounded::<BITS>(),
        t12.minus(o1).rounded::<BITS>(),
        t11.minus(o2).rounded::<BITS>(),
        t10.minus(o3).rounded::<BITS>(),
    ]
}

/// Writes the 8 × 8 samples of a block into `samples`, whose rows are `stride` apart.
#[inline(always)]
pub(super) fn block(coefficients: &Block, factors: &Block, samples: &mut [u8], stride: usize) {
    let (coefficients, _) = coefficients.as_chunks::<8>();
    let (factors, _) = factors.as_chunks::<8>();
    let row = |y: usize| Values::load(&coefficients[y]).times(Values::load(&factors[y]));
    // Columns first, with two more bits kept; then rows, which are lanes after a turn.
    let half_way = transform::<{ FRACTION - 2 }>(std::array::from_fn(row));
    let columns = transform::<{ FRACTION + 5 }>(Values::transposed(half_way));
    for (y, row) in Values::transposed(columns).into_iter().enumerate() {
        samples[y * stride..][..8].copy_from_slice(&row.samples());
    }
}

/// The same for a block whose only coefficient is the first.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped to 0..=255
pub(super) fn flat_block(first: i16, factor: i16, samples: &mut [u8], stride: usize) {
    let sample = (((i32::from(first.wrapping_mul(factor)) + 4) >> 3) + 128).clamp(0, 255) as u8;
    for y in 0..8 {
        samples[y * stride..][..8].fill(sample);
    }
}

#[cfg(test)]
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_precision_loss)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_block_is_any_block() {
        for first in -1100..1100 {
            let mut coefficients = [0; 64];
            coefficients[0] = first;
            let (mut whole, mut flat) = ([1; 64], [2; 64]);
            block(&coefficients, &[3; 64], &mut whole, 8);
            flat_block(first, 3, &mut flat, 8);
            assert_eq!(whole, flat, "{first}");
        }
    }

    #[test]
    fn near_the_exact_transform() {
        let mut chance = 7_u32;
        for _ in 0..200 {
            let coefficients: Block = std::array::from_fn(|at| {
                chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (chance >> 16) as i16 % (240 / (1 + at as i16))
            });
            let mut samples = [0; 64];
            block(&coefficients, &[2; 64], &mut samples, 8);
            for (at, &sample) in samples.iter().enumerate() {
                let exact = exact(&coefficients, at % 8, at / 8).clamp(0.0, 255.0);
                assert!((exact - f64::from(sample)).abs() < 1.0, "{exact} {sample}");
            }
        }
    }

    /// T.81, A.3.3.
    fn exact(coefficients: &Block, x: usize, y: usize) -> f64 {
        let wave = |at: usize, frequency: usize| {
            let scale = if frequency == 0 { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
            scale * ((2 * at + 1) as f64 * frequency as f64 * std::f64::consts::PI / 16.0).cos()
        };
        let sum: f64 = (0..64).map(|at| wave(x, at % 8) * wave(y, at / 8) * 2.0 * f64::from(coefficients[at])).sum();
        sum / 4.0 + 128.0
    }
}
