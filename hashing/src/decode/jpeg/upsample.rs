//! Samples of a component to a full row of the picture, as libjpeg does it (`jdsample.c`), to the bit: by halves with a
//! triangle filter, by other whole factors by repeating.

/// How a component becomes as wide and high as the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Upsampling {
    /// It is.
    None,
    /// Twice as wide.
    Across,
    /// Twice as high.
    Down,
    /// Both.
    Both,
    /// So many times as wide and high, by repeating.
    Repeat(usize, usize),
}

impl Upsampling {
    /// For a component of so many samples a row, and how many times as wide and high it must become.
    pub(super) const fn new(samples: usize, across: usize, down: usize) -> Self {
        match (across, down) {
            (1, 1) => Self::None,
            (1, 2) => Self::Down,
            (2, 1) if samples > 2 => Self::Across,
            (2, 2) if samples > 2 => Self::Both,
            _ => Self::Repeat(across, down),
        }
    }

    /// How many rows of the picture one row of samples becomes.
    pub(super) const fn down(self) -> usize {
        match self {
            Self::None | Self::Across => 1,
            Self::Down | Self::Both => 2,
            Self::Repeat(_, down) => down,
        }
    }
}

/// Rows of samples that make one row of the picture.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    /// The one the row lies in.
    pub(super) near: &'a [u8],
    /// The neighbour it lies next to.
    pub(super) far: &'a [u8],
    /// Whether that is the one below.
    pub(super) far_is_below: bool,
}

/// Writes a full row: at least twice as many samples as come in where `way` doubles them.
#[inline(always)]
pub(super) fn upsample(way: Upsampling, rows: Rows<'_>, sums: &mut [u16], full: &mut [u8]) {
    let Rows { near, far, far_is_below } = rows;
    match way {
        Upsampling::None => full[..near.len()].copy_from_slice(near),
        Upsampling::Across => across(near, full),
        Upsampling::Down => {
            let bias = if far_is_below { 2 } else { 1 };
            for (full, (&near, &far)) in full.iter_mut().zip(near.iter().zip(far)) {
                *full = low((u16::from(near) * 3 + u16::from(far) + bias) >> 2);
            }
        }
        Upsampling::Both => {
            let sums = &mut sums[..near.len()];
            for (sum, (&near, &far)) in sums.iter_mut().zip(near.iter().zip(far)) {
                *sum = u16::from(near) * 3 + u16::from(far);
            }
            both(sums, full);
        }
        Upsampling::Repeat(times, _) => {
            for (full, &sample) in full.chunks_mut(times).zip(near) {
                full.fill(sample);
            }
        }
    }
}

/// A sample of 8 bits.
#[inline(always)]
const fn low(sample: u16) -> u8 {
    sample.to_le_bytes()[0]
}

#[inline(always)]
fn across(samples: &[u8], full: &mut [u8]) {
    let (pairs, _) = full.as_chunks_mut::<2>();
    let last = samples.len() - 1;
    pairs[0] = [samples[0], low((u16::from(samples[0]) * 3 + u16::from(samples[1]) + 2) >> 2)];
    let (before, after) = (&samples[..last - 1], &samples[2..]);
    for ((pair, &sample), (&before, &after)) in pairs[1..].iter_mut().zip(&samples[1..]).zip(before.iter().zip(after)) {
        let triple = u16::from(sample) * 3;
        *pair = [low((triple + u16::from(before) + 1) >> 2), low((triple + u16::from(after) + 2) >> 2)];
    }
    pairs[last] = [low((u16::from(samples[last]) * 3 + u16::from(samples[last - 1]) + 1) >> 2), samples[last]];
}

#[inline(always)]
fn both(sums: &[u16], full: &mut [u8]) {
    let (pairs, _) = full.as_chunks_mut::<2>();
    let last = sums.len() - 1;
    pairs[0] = [low((sums[0] * 4 + 8) >> 4), low((sums[0] * 3 + sums[1] + 7) >> 4)];
    let (before, after) = (&sums[..last - 1], &sums[2..]);
    for ((pair, &sum), (&before, &after)) in pairs[1..].iter_mut().zip(&sums[1..]).zip(before.iter().zip(after)) {
        *pair = [low((sum * 3 + before + 8) >> 4), low((sum * 3 + after + 7) >> 4)];
    }
    pairs[last] = [low((sums[last] * 3 + sums[last - 1] + 8) >> 4), low((sums[last] * 4 + 7) >> 4)];
}
