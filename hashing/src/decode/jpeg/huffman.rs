//! Huffman codes (ITU-T T.81, annex C and F.2.2), most of them found by one look at the next bits.

use super::super::Undecodable;
use super::bits::Bits;

/// So many bits are looked at at once.
const LOOK: u32 = 10;

/// Codes of up to 16 bits to symbols.
pub(super) struct Table {
    /// By the next [`LOOK`] bits.
    quick: [Entry; 1 << LOOK],
    /// By a code's length: the first 16 bits beyond all codes so long, and what to add to a code to find its symbol.
    limits: [(u32, i32); 17],
    symbols: [u8; 256],
}

/// What the next bits begin with: value << 16 | run << 8 | whole << 7 | length. With `whole`, the length is that of code
/// and value, run the zeros before the value. Else it is the code's alone, and in place of run stands the symbol; length 0:
/// the code is longer than a look.
type Entry = i32;

const WHOLE: i32 = 0x80;

impl Table {
    /// From the number of codes of each length 1 to 16, and their symbols in order.
    pub(super) fn new(counts: &[u8; 16], listed: &[u8]) -> Result<Box<Self>, Undecodable> {
        let mut table = Box::new(Self { quick: [0; 1 << LOOK], limits: [(0, 0); 17], symbols: [0; 256] });
        table.symbols.get_mut(..listed.len()).ok_or(Undecodable::Damaged)?.copy_from_slice(listed);
        let (mut code, mut at) = (0_u32, 0_usize);
        for (length, &count) in (1..).zip(counts) {
            table.limits[length as usize].1 = i32::try_from(at).unwrap_or(0) - i32::try_from(code).unwrap_or(0);
            for &symbol in listed.get(at..at + usize::from(count)).ok_or(Undecodable::Damaged)? {
                if code >> length != 0 {
                    return Err(Undecodable::Damaged);
                }
                if length <= LOOK {
                    table.note(code, length, symbol);
                }
                code += 1;
            }
            at += usize::from(count);
            table.limits[length as usize].0 = code << (16 - length);
            code <<= 1;
        }
        Ok(table)
    }

    /// Notes a short code in all places that begin with it.
    fn note(&mut self, code: u32, length: u32, symbol: u8) {
        let size = u32::from(symbol & 15);
        let free = LOOK - length;
        for rest in 0..1 << free {
            let entry = if size > 0 && size <= free {
                let value = extend(rest >> (free - size), size);
                i32::from(value) << 16 | i32::from(symbol >> 4) << 8 | WHOLE | (length + size).cast_signed()
            } else {
                i32::from(symbol) << 8 | length.cast_signed()
            };
            self.quick[(code << free | rest) as usize] = entry;
        }
    }

    /// The next run of zeros and the value that ends it. No value, 0, is a symbol without bits: the run then says which.
    #[inline(always)]
    pub(super) fn pair(&self, bits: &mut Bits) -> (usize, i16) {
        let entry = self.quick[bits.peek(LOOK) as usize];
        let field = u32::from(entry.to_le_bytes()[1]);
        if entry & WHOLE != 0 {
            bits.skip(entry.cast_unsigned() & 0x7f);
            return (field as usize, (entry >> 16) as i16);
        }
        let (symbol, length) = match entry.cast_unsigned() & 0x7f {
            0 => self.long_symbol(bits.peek(16)),
            length => (field, length),
        };
        bits.skip(length);
        let size = symbol & 15;
        ((symbol >> 4) as usize, extend(bits.take(size), size))
    }

    /// The symbol that 16 bits begin with, and how long its code is. One that does not exist is taken for 0, as libjpeg
    /// does.
    #[cold]
    #[inline(never)]
    fn long_symbol(&self, next: u32) -> (u32, u32) {
        let found = (1..).zip(&self.limits[1..]).find(|(_, (limit, _))| next < *limit);
        let Some((length, (_, offset))) = found else { return (0, 16) };
        let at = (next >> (16 - length)).cast_signed() + offset;
        (self.symbols[usize::from(at.to_le_bytes()[0])].into(), length)
    }
}

/// A value of `size` bits: the lower half stands for negative ones (T.81, F.2.2.1).
#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // at most 16 bits; libjpeg wraps too
pub(super) const fn extend(bits: u32, size: u32) -> i16 {
    if size == 0 {
        return 0;
    }
    let negative = bits >> (size - 1) == 0;
    (bits as i32 + if negative { (-1 << size) + 1 } else { 0 }) as i16
}

/// Where a block's coefficients, in the order of the file, stand in it; the ones past 64 are for runs that lead out.
const ZIGZAG: [u8; 128] = {
    let mut places = [63; 128];
    let (mut row, mut column, mut at) = (0, 0, 0);
    while at < 64 {
        places[at] = 8 * row + column;
        let up = (row + column) % 2 == 0;
        match (up, row, column) {
            (true, _, 7) | (false, 0..7, 0) => row += 1,
            (true, 0, _) | (false, 7, _) => column += 1,
            (true, ..) => (row, column) = (row - 1, column + 1),
            (false, ..) => (row, column) = (row + 1, column - 1),
        }
        at += 1;
    }
    places
};

/// The place of the coefficient that comes so manieth, 0 to 63; any larger number is a place too.
#[inline(always)]
pub(super) const fn place(at: usize) -> usize {
    ZIGZAG[at & 127] as usize & 63
}

/// Coefficients of 8 × 8 samples, row by row.
pub(super) type Block = [i16; 64];

/// The next difference of a block's first coefficient.
#[inline(always)]
pub(super) fn difference(bits: &mut Bits, file: &[u8], dc: &Table) -> i16 {
    bits.refill(file);
    dc.pair(bits).1
}

/// Reads a block of a baseline picture, all but its first coefficient, into zeros. Gives whether all stayed zero.
#[inline(always)]
pub(super) fn rest_of_block(bits: &mut Bits, file: &[u8], ac: &Table, block: &mut Block) -> bool {
    let mut at = 1;
    let mut flat = true;
    while at < 64 {
        bits.refill(file);
        let (run, value) = ac.pair(bits);
        if value == 0 && run < 15 {
            break;
        }
        at += run;
        if value != 0 {
            block[place(at)] = value;
            flat = false;
        }
        at += 1;
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_the_standard_s() {
        let first: Vec<usize> = (0..16).map(place).collect();
        assert_eq!(first, [0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5]);
        let last: Vec<usize> = (55..65).map(place).collect();
        assert_eq!(last, [46, 53, 60, 61, 54, 47, 55, 62, 63, 63]);
        let mut all: Vec<usize> = (0..64).map(place).collect();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..64));
    }

    #[test]
    fn values_extend_as_in_the_standard() {
        let of_size = |size: u32| (0..1 << size).map(|bits| extend(bits, size)).collect::<Vec<_>>();
        assert_eq!(of_size(1), [-1, 1]);
        assert_eq!(of_size(3), [-7, -6, -5, -4, 4, 5, 6, 7]);
        assert_eq!(extend(0, 0), 0);
    }

    #[test]
    fn short_and_long_codes_are_found() {
        // 0 → 3 bits, 10 → nothing, 11…10 (12 long) → run of 2 and 2 bits.
        let mut counts = [0; 16];
        (counts[0], counts[1], counts[11]) = (1, 1, 1);
        let table = Table::new(&counts, &[3, 0, 0x22]).unwrap();
        let file = [0b0101_1011, 0b0000_0000, 0b0110_0000, 0, 0, 0, 0, 0];
        let mut bits = Bits::new(0);
        bits.refill(&file);
        assert_eq!(table.pair(&mut bits), (0, 5));
        let mut bits = Bits::new(0);
        let file = [0b1100_0000, 0b0000_1100, 0, 0, 0, 0, 0, 0];
        bits.refill(&file);
        assert_eq!(table.pair(&mut bits), (2, 3));
    }

    #[test]
    fn impossible_tables_are_refused() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Table::new(&counts, &[1, 2, 3]).is_err());
        counts[0] = 2;
        assert!(Table::new(&counts, &[1]).is_err());
        assert!(Table::new(&counts, &[1, 2]).is_ok());
    }
}
