//! Coded data as bits (ITU-T T.81, F.2.2.5): stuffed bytes out, markers seen but never passed.

/// Where the reading of coded data stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bits {
    /// The next byte to take.
    pub(super) at: usize,
    /// Bits not yet used, from the top. Below the first `count` may stand some that come again.
    buffer: u64,
    count: u32,
    /// Zeros put in after the last coded bit.
    padding: u32,
    end: End,
}

/// Why no bits are left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum End {
    /// Some are.
    #[default]
    NotYet,
    /// A marker comes.
    Marker,
    /// The file ends.
    File,
}

impl Bits {
    /// So many bits are there after [`Self::refill`]: a code of 16 and the bits it announces.
    const ENOUGH: u32 = 32;

    pub(super) const fn new(at: usize) -> Self {
        Self { at, buffer: 0, count: 0, padding: 0, end: End::NotYet }
    }

    /// Makes sure of 32 bits; past the end they are zeros.
    #[inline(always)]
    pub(super) fn refill(&mut self, file: &[u8]) {
        if self.count < Self::ENOUGH {
            self.refill_some(file);
        }
    }

    #[inline(always)]
    fn refill_some(&mut self, file: &[u8]) {
        if let Some(&bytes) = file.get(self.at..).and_then(<[u8]>::first_chunk) {
            let word = u64::from_be_bytes(bytes);
            if !has_ff(word) {
                self.buffer |= word >> self.count;
                self.at += ((63 - self.count) / 8) as usize;
                self.count |= 0x38;
                return;
            }
        }
        *self = self.refilled(file);
    }

    /// By single bytes. From value to value, so that the fast ways keep all of it in registers.
    #[cold]
    #[inline(never)]
    fn refilled(mut self, file: &[u8]) -> Self {
        while self.count <= 56 {
            let byte = match file.get(self.at..).unwrap_or_default() {
                _ if self.end != End::NotYet => {
                    self.padding += 8;
                    0
                }
                [0xff, 0, ..] => {
                    self.at += 2;
                    0xff
                }
                [0xff, 0xff, ..] => {
                    self.at += 1;
                    continue;
                }
                [0xff, _, ..] => {
                    self.end = End::Marker;
                    continue;
                }
                [0xff] | [] => {
                    self.end = End::File;
                    continue;
                }
                &[byte, ..] => {
                    self.at += 1;
                    byte
                }
            };
            // What stands below `count` is the beginning of this very byte, or nothing.
            self.buffer |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
        self
    }

    /// The next `length` bits, 1 to 32, which stay.
    #[allow(clippy::cast_possible_truncation)] // 32 bits
    #[inline(always)]
    pub(super) const fn peek(&self, length: u32) -> u32 {
        (self.buffer >> (64 - length)) as u32
    }

    /// Drops bits that were seen.
    #[inline(always)]
    pub(super) const fn skip(&mut self, length: u32) {
        self.buffer <<= length;
        self.count -= length;
    }

    /// Takes `length` bits, 0 to 16.
    #[allow(clippy::cast_possible_truncation)] // 16 bits
    #[inline(always)]
    pub(super) const fn take(&mut self, length: u32) -> u32 {
        // Twice, since a shift by 64 is none.
        let bits = ((self.buffer >> 1) >> (63 - length)) as u32;
        self.skip(length);
        bits
    }

    /// Drops what is left before the next marker and goes on behind it, if it is a restart. Else no bits are left.
    #[cold]
    pub(super) fn restart(&mut self, file: &[u8]) {
        let rest = file.get(self.at..).unwrap_or_default();
        let marker = rest.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff));
        let nothing = Self { padding: 1, ..Self::new(self.at + marker.unwrap_or(rest.len())) };
        *self = match marker.map(|at| rest[at + 1]) {
            Some(0xd0..=0xd7) => Self::new(nothing.at + 2),
            Some(_) => Self { end: End::Marker, ..nothing },
            None => Self { end: End::File, ..nothing },
        };
    }

    /// Whether more bits were taken than there are, and why there are none.
    pub(super) const fn overrun(&self) -> Option<End> {
        if self.padding > self.count { Some(self.end) } else { None }
    }
}

/// Whether any byte is `0xff`.
#[inline(always)]
const fn has_ff(word: u64) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const LOW: u64 = 0x0101_0101_0101_0101;
    // A byte of the complement is zero.
    let inverse = !word;
    inverse.wrapping_sub(LOW) & word & HIGH != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(file: &[u8], lengths: &[u32]) -> (Vec<u32>, Bits) {
        let mut bits = Bits::new(0);
        let taken = lengths.iter().map(|&length| {
            bits.refill(file);
            bits.take(length)
        });
        (taken.collect(), bits)
    }

    #[test]
    fn stuffing_goes_and_markers_stay() {
        let (got, bits) = taken(&[0xab, 0xff, 0, 0xcd, 0xff, 0xff, 0xd9, 1], &[4, 8, 12, 0]);
        assert_eq!(got, [0xa, 0xbf, 0xfcd, 0]);
        assert_eq!((bits.overrun(), bits.at), (None, 5));
        let (got, bits) = taken(&[0xab, 0xff, 0, 0xcd, 0xff, 0xff, 0xd9, 1], &[16, 16]);
        assert_eq!(got, [0xabff, 0xcd00]);
        assert_eq!((bits.overrun(), bits.at), (Some(End::Marker), 5));
    }

    #[test]
    fn the_end_of_the_file_gives_zeros() {
        let (got, bits) = taken(&[0x12, 0x34, 0xff], &[16, 16]);
        assert_eq!((got[0], got[1], bits.overrun()), (0x1234, 0, Some(End::File)));
    }

    #[test]
    fn every_byte_comes_once_in_order() {
        let file: Vec<u8> = (0..2000_u32).map(|i| (i * 7 % 251) as u8).collect();
        let lengths: Vec<u32> = (0..1000).map(|i| i % 17).collect();
        let (got, _) = taken(&file, &lengths);
        let bit = |at: usize| u32::from(file[at / 8] >> (7 - at % 8)) & 1;
        let mut at = 0;
        for (length, got) in lengths.iter().zip(got) {
            let expected = (0..*length as usize).fold(0, |bits, next| bits << 1 | bit(at + next));
            assert_eq!(got, expected);
            at += *length as usize;
        }
    }

    #[test]
    fn bytes_of_ones_are_found_anywhere() {
        for at in 0..8 {
            assert!(has_ff(0xff << (8 * at)));
            assert!(has_ff(0x0101_fe80_7f00_fefe | 0xff << (8 * at)));
        }
        assert!(!has_ff(0xfefe_7f80_0001_00fe));
    }
}
