//! From 64 × 64 luma samples to quality and bits.

use std::array;

use super::shrink::{Grid, SIDE};
use crate::Pdq;

/// Coefficients are kept for so many frequencies each way, the lowest (the mean) left out.
const FREQUENCIES: usize = 16;

/// DCT coefficients: vertical frequency, then horizontal.
pub(super) type Coefficients = [[f32; FREQUENCIES]; FREQUENCIES];

/// `sqrt(2/64) · cos(π/128 · k)` for k from 0 to 63, rounded as the reference rounds them.
/// Written out, since the cosines of two devices' libraries may differ in the last bit.
#[rustfmt::skip]
#[allow(clippy::unreadable_literal)]
const COSINES: [f32; 64] = [
    0.17677669, 0.17672345, 0.17656375, 0.17629771, 0.17592546, 0.17544726, 0.17486335, 0.17417413,
    0.17337997, 0.17248139, 0.17147891, 0.17037314, 0.16916475, 0.16785446, 0.16644305, 0.16493139,
    0.16332036, 0.16161098, 0.15980424, 0.15790124, 0.15590313, 0.1538111, 0.15162642, 0.14935042,
    0.14698444, 0.14452994, 0.14198837, 0.13936128, 0.13665023, 0.13385688, 0.13098289, 0.12803,
    0.125, 0.121894695, 0.11871597, 0.11546574, 0.112145945, 0.108758606, 0.10530575, 0.10178947,
    0.09821187, 0.09457511, 0.090881385, 0.08713291, 0.08333196, 0.079480805, 0.075581774, 0.07163722,
    0.06764951, 0.06362105, 0.059554275, 0.05545162, 0.051315565, 0.0471486, 0.042953234, 0.038731992,
    0.034487423, 0.030222077, 0.025938528, 0.021639355, 0.017327147, 0.0130045, 0.008674021, 0.004338317,
];

/// The DCT's matrix: row i, column j holds frequency i + 1 at sample j.
const MATRIX: [[f32; SIDE]; FREQUENCIES] = {
    let mut matrix = [[0.0; SIDE]; FREQUENCIES];
    let mut i = 0;
    while i < FREQUENCIES {
        let mut j = 0;
        while j < SIDE {
            matrix[i][j] = cosine((i + 1) * (2 * j + 1));
            j += 1;
        }
        i += 1;
    }
    matrix
};

/// The same matrix, columns first.
const TRANSPOSED: [[f32; FREQUENCIES]; SIDE] = {
    let mut transposed = [[0.0; FREQUENCIES]; SIDE];
    let mut j = 0;
    while j < SIDE {
        let mut i = 0;
        while i < FREQUENCIES {
            transposed[j][i] = MATRIX[i][j];
            i += 1;
        }
        j += 1;
    }
    transposed
};

/// `sqrt(2/64) · cos(π/128 · k)`: one quarter of the wave is tabulated, the rest are its mirrors.
const fn cosine(k: usize) -> f32 {
    match k % 256 {
        64 | 192 => 0.0,
        k @ 0..=63 => COSINES[k],
        k @ 65..=128 => -COSINES[128 - k],
        k @ 129..=191 => -COSINES[k - 128],
        k => COSINES[256 - k],
    }
}

/// How much structure there is, 0 to 100: the steps between neighbours, each truncated to whole hundredths of the range.
#[allow(clippy::cast_possible_truncation)] // the truncation is the reference's
pub(super) fn quality(grid: &Grid) -> u8 {
    let step = |a: f32, b: f32| (((a - b) * 100.0 / 255.0) as i32).unsigned_abs();
    let mut steps = 0;
    for (upper, lower) in grid.iter().zip(&grid[1..]) {
        steps += upper.iter().zip(lower).map(|(&a, &b)| step(a, b)).sum::<u32>();
    }
    for row in grid {
        steps += row.iter().zip(&row[1..]).map(|(&a, &b)| step(a, b)).sum::<u32>();
    }
    (steps / 90).min(100) as u8
}

/// The two-dimensional DCT, only the coefficients that count, summed in the reference's order.
pub(super) fn dct(grid: &Grid) -> Coefficients {
    let mut vertical = [[0.0; SIDE]; FREQUENCIES];
    for (weights, sums) in MATRIX.iter().zip(&mut vertical) {
        // Few sums at a time, so that they stay in registers.
        for (at, sums) in sums.as_chunks_mut::<16>().0.iter_mut().enumerate() {
            for (weight, samples) in weights.iter().zip(grid) {
                for (sum, sample) in sums.iter_mut().zip(&samples[16 * at..]) {
                    *sum += weight * sample;
                }
            }
        }
    }
    vertical.map(|samples| {
        let mut coefficients = [0.0; FREQUENCIES];
        for (sample, weights) in samples.iter().zip(&TRANSPOSED) {
            for (coefficient, weight) in coefficients.iter_mut().zip(weights) {
                *coefficient += sample * weight;
            }
        }
        coefficients
    })
}

/// The hashes of the picture and its turned forms, in the order of [`super::Turn::ALL`].
///
/// A mirrored picture's coefficients are the same with the other sign at odd frequencies, one along a diagonal is
/// transposed. What is transposed has the same median.
pub(super) fn turned(coefficients: &Coefficients) -> [Pdq; 8] {
    let [original, flip_plus] = with_transposed(coefficients);
    let [flip_x, rotate_270] = with_transposed(&negated(coefficients, |row, _| is_odd(row)));
    let [flip_y, rotate_90] = with_transposed(&negated(coefficients, |_, column| is_odd(column)));
    let [rotate_180, flip_minus] = with_transposed(&negated(coefficients, |row, column| is_odd(row) != is_odd(column)));
    [original, rotate_90, rotate_180, rotate_270, flip_x, flip_y, flip_plus, flip_minus]
}

/// Whether a frequency is odd, by its index: the first is frequency 1.
const fn is_odd(index: usize) -> bool {
    index.is_multiple_of(2)
}

fn negated(coefficients: &Coefficients, which: impl Fn(usize, usize) -> bool) -> Coefficients {
    array::from_fn(|row| {
        array::from_fn(|column| {
            let value = coefficients[row][column];
            if which(row, column) { -value } else { value }
        })
    })
}

/// One bit a coefficient: above the lower median or not. The first coefficient is the last bit.
fn with_transposed(coefficients: &Coefficients) -> [Pdq; 2] {
    let mut ordered = *coefficients;
    let ordered = ordered.as_flattened_mut();
    let (_, &mut median, _) = ordered.select_nth_unstable_by(FREQUENCIES * FREQUENCIES / 2 - 1, f32::total_cmp);

    let mut bytes = [[0; 32]; 2];
    for (i, row) in coefficients.iter().enumerate() {
        for (j, &coefficient) in row.iter().enumerate() {
            let bit = u8::from(coefficient > median);
            bytes[0][31 - 2 * i - j / 8] |= bit << (j % 8);
            bytes[1][31 - 2 * j - i / 8] |= bit << (i % 8);
        }
    }
    bytes.map(Pdq::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    fn the_matrix_is_the_reference_s() {
        let scale = f64::from((2.0_f64 / 64.0).sqrt() as f32);
        for (i, row) in MATRIX.iter().enumerate() {
            for (j, weight) in row.iter().enumerate() {
                let angle = std::f64::consts::PI / 2.0 / 64.0 * (i + 1) as f64 * (2 * j + 1) as f64;
                let reference = (scale * angle.cos()) as f32;
                assert!(weight.to_bits() == reference.to_bits(), "{i} {j}: {weight} is not {reference}");
            }
        }
    }
}
