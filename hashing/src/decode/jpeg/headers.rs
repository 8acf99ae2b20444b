//! What stands before coded data (ITU-T T.81, annex B): tables, the frame, scans.

use std::sync::Arc;

use super::super::{PIXELS_A_STEP, Size, Undecodable};
use super::colour::Colours;
use super::huffman::{Block, Table, place};
use super::upsample::Upsampling;

/// A picture's frame.
pub(super) struct Frame {
    pub(super) size: Size,
    pub(super) progressive: bool,
    pub(super) components: Vec<Component>,
    /// Blocks an MCU is wide and high at most, in any component.
    pub(super) most: (usize, usize),
    /// MCUs of all components a row, and rows of them.
    pub(super) mcus: (usize, usize),
}

/// One component of a frame.
pub(super) struct Component {
    id: u8,
    /// Blocks an MCU is wide and high.
    pub(super) across: usize,
    pub(super) down: usize,
    factors: u8,
    /// Samples a row, and rows of them, without what only fills the last blocks.
    pub(super) samples: usize,
    pub(super) lines: usize,
    pub(super) upsampling: Upsampling,
}

/// One pass over some components.
pub(super) struct Scan {
    pub(super) parts: Vec<Part>,
    /// Coefficients it is about, in the file's order, both ends included.
    pub(super) band: (usize, usize),
    /// Bits that came before, and bits that are still to come.
    pub(super) bits: (u8, u8),
}

/// What a scan says of one component: which it is, and its tables' numbers.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub(super) component: usize,
    pub(super) dc: usize,
    pub(super) ac: usize,
}

/// All that has been said so far, and where in the file.
#[derive(Default)]
pub(super) struct Headers {
    pub(super) at: usize,
    pub(super) frame: Option<Arc<Frame>>,
    factors: [Option<Block>; 4],
    pub(super) dc: [Option<Box<Table>>; 4],
    pub(super) ac: [Option<Box<Table>>; 4],
    /// MCUs between restarts; 0: there are none.
    pub(super) restart_interval: usize,
    jfif: bool,
    adobe: Option<u8>,
}

/// Where a picture's headers stop.
pub(super) enum Next {
    Scan(Scan),
    End,
}

impl Headers {
    /// Reads on to the next scan or the picture's end.
    pub(super) fn next(&mut self, file: &[u8]) -> Result<Next, Undecodable> {
        loop {
            let marker = self.marker(file)?;
            match marker {
                0x01 | 0xd0..=0xd8 => continue,
                0xd9 => return Ok(Next::End),
                _ => {}
            }
            let segment = self.segment(file)?;
            match marker {
                0xc0..=0xc2 => self.frame(segment, marker == 0xc2)?,
                0xc4 => self.codes(segment)?,
                // Lossless, hierarchical, arithmetic.
                0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return Err(Undecodable::Unsupported),
                0xda => return self.scan(segment).map(Next::Scan),
                0xdb => self.quantisation(segment)?,
                0xdd => {
                    let &interval = segment.first_chunk().ok_or(Undecodable::Damaged)?;
                    self.restart_interval = u16::from_be_bytes(interval).into();
                }
                0xe0 => self.jfif |= segment.len() >= 14 && segment.starts_with(b"JFIF\0"),
                0xee if segment.len() >= 12 && segment.starts_with(b"Adobe") => self.adobe = Some(segment[11]),
                _ => {}
            }
        }
    }

    /// The next marker's second byte; whatever stands before it is skipped.
    fn marker(&mut self, file: &[u8]) -> Result<u8, Undecodable> {
        let rest = file.get(self.at..).unwrap_or_default();
        let found = rest.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff));
        let found = found.ok_or(Undecodable::Truncated)?;
        self.at += found + 2;
        Ok(rest[found + 1])
    }

    fn segment<'a>(&mut self, file: &'a [u8]) -> Result<&'a [u8], Undecodable> {
        let rest = file.get(self.at..).unwrap_or_default();
        let (&length, rest) = rest.split_first_chunk().ok_or(Undecodable::Truncated)?;
        let length = usize::from(u16::from_be_bytes(length));
        let segment = rest.get(..length.checked_sub(2).ok_or(Undecodable::Damaged)?).ok_or(Undecodable::Truncated)?;
        self.at += length;
        Ok(segment)
    }

    /// B.2.2.
    fn frame(&mut self, segment: &[u8], progressive: bool) -> Result<(), Undecodable> {
        let (&[precision, y1, y0, x1, x0, count], listed) = segment.split_first_chunk().ok_or(Undecodable::Damaged)?;
        if self.frame.is_some() {
            return Err(Undecodable::Damaged);
        }
        if precision != 8 {
            return Err(Undecodable::Unsupported);
        }
        let size = Size::new(u16::from_be_bytes([x1, x0]).into(), u16::from_be_bytes([y1, y0]).into())?;
        let (listed, _) = listed.as_chunks::<3>();
        let mut listed = listed.get(..usize::from(count)).ok_or(Undecodable::Damaged)?.to_vec();
        if let [[_, sampling, _]] = &mut listed[..] {
            // Alone it is as large as the picture, whatever it says.
            *sampling = 0x11;
        }
        let factors = |sampling: u8| (usize::from(sampling >> 4), usize::from(sampling & 15));
        let all = || listed.iter().map(|&[_, sampling, _]| factors(sampling));
        if all().any(|(across, down)| !(1..=4).contains(&across) || !(1..=4).contains(&down)) {
            return Err(Undecodable::Damaged);
        }
        let most = (all().map(|(across, _)| across).max().unwrap_or(1), all().map(|(_, down)| down).max().unwrap_or(1));
        let component = |&[id, sampling, factors_at]: &[u8; 3]| {
            let (across, down) = factors(sampling);
            if most.0 % across != 0 || most.1 % down != 0 {
                return Err(Undecodable::Unsupported);
            }
            let samples = (size.width() * across).div_ceil(most.0);
            let lines = (size.height() * down).div_ceil(most.1);
            let upsampling = Upsampling::new(samples, most.0 / across, most.1 / down);
            Ok(Component { id, across, down, factors: factors_at, samples, lines, upsampling })
        };
        let components = listed.iter().map(component).collect::<Result<_, _>>()?;
        let mcus = (size.width().div_ceil(8 * most.0), size.height().div_ceil(8 * most.1));
        self.frame = Some(Arc::new(Frame { size, progressive, components, most, mcus }));
        Ok(())
    }

    /// B.2.4.2.
    fn codes(&mut self, mut segment: &[u8]) -> Result<(), Undecodable> {
        while let Some((&kind, rest)) = segment.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or(Undecodable::Damaged)?;
            let sum = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(sum).ok_or(Undecodable::Damaged)?;
            let tables = if kind >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *tables.get_mut(usize::from(kind & 15)).ok_or(Undecodable::Damaged)? = Some(Table::new(counts, symbols)?);
            segment = rest;
        }
        Ok(())
    }

    /// B.2.4.1. Of 16 bits, as many as the transform takes.
    fn quantisation(&mut self, mut segment: &[u8]) -> Result<(), Undecodable> {
        while let Some((&kind, rest)) = segment.split_first() {
            let wide = kind >> 4 != 0;
            let (listed, rest) = rest.split_at_checked(if wide { 128 } else { 64 }).ok_or(Undecodable::Damaged)?;
            let mut factors = [0; 64];
            for (at, factor) in listed.chunks_exact(if wide { 2 } else { 1 }).enumerate() {
                factors[place(at)] = factor.iter().fold(0, |value, &byte| value << 8 | i16::from(byte));
            }
            *self.factors.get_mut(usize::from(kind & 15)).ok_or(Undecodable::Damaged)? = Some(factors);
            segment = rest;
        }
        Ok(())
    }

    /// B.2.3.
    fn scan(&self, segment: &[u8]) -> Result<Scan, Undecodable> {
        let frame = self.frame.as_ref().ok_or(Undecodable::Damaged)?;
        let (&count, rest) = segment.split_first().ok_or(Undecodable::Damaged)?;
        let (listed, rest) = rest.split_at_checked(2 * usize::from(count)).ok_or(Undecodable::Damaged)?;
        let mut parts: Vec<Part> = Vec::new();
        for &[id, tables] in listed.as_chunks::<2>().0 {
            let known = frame
                .components
                .iter()
                .enumerate()
                .find(|(at, component)| component.id == id && parts.iter().all(|part| part.component != *at));
            let (component, _) = known.ok_or(Undecodable::Damaged)?;
            parts.push(Part { component, dc: usize::from(tables >> 4) & 3, ac: usize::from(tables & 3) });
        }
        let &[first, last, bits] = rest.first_chunk().ok_or(Undecodable::Damaged)?;
        if parts.is_empty() {
            return Err(Undecodable::Damaged);
        }
        if !frame.progressive {
            return Ok(Scan { parts, band: (0, 63), bits: (0, 0) });
        }
        let (high, low) = (bits >> 4, bits & 15);
        let band = (usize::from(first), usize::from(last));
        let well = match band {
            (0, last) => last == 0,
            (first, last) => first <= last && last < 64 && parts.len() == 1,
        };
        if !well || low > 13 || high > 13 {
            return Err(Undecodable::Damaged);
        }
        Ok(Scan { parts, band, bits: (high, low) })
    }

    /// What the components are, now that all is known.
    pub(super) fn colours(&self, frame: &Frame) -> Result<Colours, Undecodable> {
        let ids: Vec<u8> = frame.components.iter().map(|component| component.id).collect();
        Colours::guess(&ids, self.jfif, self.adobe).ok_or(Undecodable::Unsupported)
    }

    /// The factors of a component, as they stand now.
    pub(super) fn factors(&self, component: &Component) -> Result<Block, Undecodable> {
        self.factors.get(usize::from(component.factors)).copied().flatten().ok_or(Undecodable::Damaged)
    }
}

impl Frame {
    /// Rows of MCUs that make about one step.
    pub(super) const fn bands_a_step(&self) -> usize {
        let band = self.size.width() * self.most.1 * 8;
        PIXELS_A_STEP.div_ceil(band)
    }

    /// Blocks of a component a row, and rows of them, with those that only fill an MCU.
    pub(super) const fn blocks(&self, component: &Component) -> (usize, usize) {
        (self.mcus.0 * component.across, self.mcus.1 * component.down)
    }
}
