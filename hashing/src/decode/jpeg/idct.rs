//! Coefficients to samples: libjpeg's accurate integer transform (`jidctint.c`; Loeffler, Ligtenberg and Moschytz, 1989),
//! to the bit, since partners hash what it gives. All sums are whole numbers, so any order and any width of lanes give the
//! same.

use super::huffman::Block;

/// Eight numbers that go side by side.
#[derive(Clone, Copy)]
struct Lanes([i32; 8]);

macro_rules! lane_by_lane {
    ($name:ident, $operation:ident) => {
        #[inline(always)]
        fn $name(self, other: Self) -> Self {
            let mut lanes = [0; 8];
            for (lane, (a, b)) in lanes.iter_mut().zip(self.0.iter().zip(&other.0)) {
                *lane = a.$operation(*b);
            }
            Self(lanes)
        }
    };
}

impl Lanes {
    lane_by_lane!(plus, wrapping_add);
    lane_by_lane!(minus, wrapping_sub);

    #[inline(always)]
    fn times(self, factor: i32) -> Self {
        Self(self.0.map(|lane| lane.wrapping_mul(factor)))
    }

    #[inline(always)]
    fn scaled(self) -> Self {
        Self(self.0.map(|lane| lane.wrapping_shl(FRACTION)))
    }

    /// Divides by a power of two and rounds.
    #[inline(always)]
    fn rounded<const BITS: u32>(self) -> Self {
        Self(self.0.map(|lane| lane.wrapping_add(1 << (BITS - 1)) >> BITS))
    }
}

/// Bits after the point in the factors.
const FRACTION: u32 = 13;

/// One dimension of the transform, in all lanes; the result is scaled by `2^BITS` down.
#[inline(always)]
fn transform<const BITS: u32>(input: [Lanes; 8]) -> [Lanes; 8] {
    let [i0, i1, i2, i3, i4, i5, i6, i7] = input;

    let z1 = i2.plus(i6).times(4433);
    let t2 = z1.plus(i6.times(-15137));
    let t3 = z1.plus(i2.times(6270));
    let t0 = i0.plus(i4).scaled();
    let t1 = i0.minus(i4).scaled();
    let (t10, t13, t11, t12) = (t0.plus(t3), t0.minus(t3), t1.plus(t2), t1.minus(t2));

    let z5 = i7.plus(i3).plus(i5.plus(i1)).times(9633);
    let z1 = i7.plus(i1).times(-7373);
    let z2 = i5.plus(i3).times(-20995);
    let z3 = i7.plus(i3).times(-16069).plus(z5);
    let z4 = i5.plus(i1).times(-3196).plus(z5);
    let o0 = i7.times(2446).plus(z1).plus(z3);
    let o1 = i5.times(16819).plus(z2).plus(z4);
    let o2 = i3.times(25172).plus(z2).plus(z3);
    let o3 = i1.times(12299).plus(z1).plus(z4);

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

#[inline(always)]
fn transposed(rows: &[Lanes; 8]) -> [Lanes; 8] {
    let mut columns = [Lanes([0; 8]); 8];
    for (y, row) in rows.iter().enumerate() {
        for (column, lane) in columns.iter_mut().zip(row.0) {
            column.0[y] = lane;
        }
    }
    columns
}

/// Writes the 8 × 8 samples of a block into `samples`, whose rows are `stride` apart.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped to 0..=255
pub(super) fn block(coefficients: &Block, factors: &Block, samples: &mut [u8], stride: usize) {
    let mut rows = [Lanes([0; 8]); 8];
    for (y, row) in rows.iter_mut().enumerate() {
        for (x, lane) in row.0.iter_mut().enumerate() {
            *lane = i32::from(coefficients[8 * y + x].wrapping_mul(factors[8 * y + x]));
        }
    }
    // Columns first, with two more bits kept; then rows, which are lanes after a turn.
    let half_way = transform::<{ FRACTION - 2 }>(rows);
    let columns = transform::<{ FRACTION + 5 }>(transposed(&half_way));
    for (y, row) in transposed(&columns).iter().enumerate() {
        let bytes = row.0.map(|lane| lane.saturating_add(128).clamp(0, 255) as u8);
        samples[y * stride..][..8].copy_from_slice(&bytes);
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
#[allow(clippy::cast_possible_truncation)]
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
