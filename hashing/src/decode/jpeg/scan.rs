//! Coded data to coefficients (ITU-T T.81, F.2 and G.1).

use super::super::Undecodable;
use super::bits::{Bits, End};
use super::headers::{Headers, Scan};
use super::huffman::{Block, Table, difference, place, rest_of_block};

/// A scan's tables for one component.
#[derive(Clone, Copy)]
pub(super) struct Tables<'a> {
    pub(super) dc: Option<&'a Table>,
    pub(super) ac: Option<&'a Table>,
}

/// Where the decoding of a scan stands, between two MCUs.
#[derive(Clone)]
pub(super) struct Cursor {
    pub(super) bits: Bits,
    restart_interval: usize,
    /// MCUs until the next restart.
    left: usize,
    /// Each component's first coefficient before.
    before: [i16; 4],
    /// Blocks that go on without coefficients (G.1.2.2).
    empty: u32,
}

impl Cursor {
    pub(super) const fn new(headers: &Headers) -> Self {
        let interval = headers.restart_interval;
        Self { bits: Bits::new(headers.at), restart_interval: interval, left: interval, before: [0; 4], empty: 0 }
    }

    /// Begins an MCU. False if there is no data left for it: its blocks stay as they are, as libjpeg leaves them.
    #[inline(always)]
    pub(super) fn begin(&mut self, file: &[u8]) -> Result<bool, Undecodable> {
        if self.restart_interval > 0 {
            if self.left == 0 {
                self.restart(file);
            }
            self.left -= 1;
        }
        match self.bits.overrun() {
            None => Ok(true),
            Some(End::Marker) => Ok(false),
            Some(End::File | End::NotYet) => Err(Undecodable::Truncated),
        }
    }

    /// Whether data may come again after some that is broken.
    pub(super) const fn restarts(&self) -> bool {
        self.restart_interval > 0
    }

    /// Ends a scan: what was made of a file that stops is no picture.
    pub(super) fn end(&self) -> Result<usize, Undecodable> {
        match self.bits.overrun() {
            Some(End::File) => Err(Undecodable::Truncated),
            _ => Ok(self.bits.at),
        }
    }

    #[cold]
    fn restart(&mut self, file: &[u8]) {
        self.bits.restart(file);
        self.left = self.restart_interval;
        self.before = [0; 4];
        self.empty = 0;
    }

    /// A block of a baseline picture, into zeros. Gives whether only its first coefficient may differ from zero.
    #[inline(always)]
    pub(super) fn block(&mut self, file: &[u8], slot: usize, dc: &Table, ac: &Table, block: &mut Block) -> bool {
        let mut bits = self.bits;
        let before = &mut self.before[slot & 3];
        *before = before.wrapping_add(difference(&mut bits, file, dc));
        block[0] = *before;
        let flat = rest_of_block(&mut bits, file, ac, block);
        self.bits = bits;
        flat
    }

    /// One block of any scan of a picture that is held as coefficients.
    #[inline(always)]
    pub(super) fn refine(
        &mut self,
        file: &[u8],
        scan: &Scan,
        slot: usize,
        tables: Tables<'_>,
        block: &mut Block,
    ) -> Result<(), Undecodable> {
        let (dc, ac) = (tables.dc.ok_or(Undecodable::Damaged), tables.ac.ok_or(Undecodable::Damaged));
        match (scan.band, scan.bits) {
            ((0, 63), _) => _ = self.block(file, slot, dc?, ac?, block),
            ((0, _), (0, low)) => {
                let before = &mut self.before[slot & 3];
                *before = before.wrapping_add(difference(&mut self.bits, file, dc?));
                block[0] = before.wrapping_shl(low.into());
            }
            ((0, _), (_, low)) => {
                self.bits.refill(file);
                if self.bits.take(1) == 1 {
                    block[0] |= 1 << low;
                }
            }
            (band, (0, low)) => self.first_bits(file, band, low, ac?, block),
            (band, (_, low)) => self.next_bit(file, band, low, ac?, block),
        }
        Ok(())
    }

    /// G.1.2.2.
    fn first_bits(&mut self, file: &[u8], (first, last): (usize, usize), low: u8, ac: &Table, block: &mut Block) {
        if self.empty > 0 {
            self.empty -= 1;
            return;
        }
        let mut at = first;
        while at <= last {
            self.bits.refill(file);
            let (run, value) = ac.pair(&mut self.bits);
            if value == 0 && run < 15 {
                self.empty = self.run_of_blocks(file, run) - 1;
                return;
            }
            at += run;
            if value != 0 {
                block[place(at)] = value.wrapping_shl(low.into());
            }
            at += 1;
        }
    }

    /// So many blocks, from this one on, hold nothing more.
    fn run_of_blocks(&mut self, file: &[u8], size: usize) -> u32 {
        self.bits.refill(file);
        (1 << size) + self.bits.take(u32::try_from(size).unwrap_or(0))
    }

    /// G.1.2.3.
    fn next_bit(&mut self, file: &[u8], (first, last): (usize, usize), low: u8, ac: &Table, block: &mut Block) {
        let bit = 1 << low;
        let mut at = first;
        if self.empty == 0 {
            while at <= last {
                self.bits.refill(file);
                let (run, value) = ac.pair(&mut self.bits);
                if value == 0 && run < 15 {
                    self.empty = self.run_of_blocks(file, run);
                    break;
                }
                at = self.correct(file, (at, last), run, bit, block);
                if value != 0 && at <= last {
                    block[place(at)] = if value > 0 { bit } else { -bit };
                }
                at += 1;
            }
        }
        if self.empty > 0 {
            self.correct(file, (at, last), usize::MAX, bit, block);
            self.empty -= 1;
        }
    }

    /// Gives every coefficient that has a value its next bit, until so many without have been passed. Gives where it stops.
    fn correct(
        &mut self,
        file: &[u8],
        (first, last): (usize, usize),
        mut run: usize,
        bit: i16,
        block: &mut Block,
    ) -> usize {
        for at in first..=last {
            let value = &mut block[place(at)];
            if *value == 0 {
                if run == 0 {
                    return at;
                }
                run -= 1;
                continue;
            }
            self.bits.refill(file);
            if self.bits.take(1) == 1 && *value & bit == 0 {
                *value = value.wrapping_add(if *value >= 0 { bit } else { -bit });
            }
        }
        last + 1
    }
}
