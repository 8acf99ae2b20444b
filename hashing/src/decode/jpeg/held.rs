//! A picture whose coefficients come in several scans: all of them are held until the last has been read.

use std::sync::Arc;

use super::super::{File, MAX_HELD_BYTES, PIXELS_A_STEP, Source, Step, Take, Undecodable};
use super::colour::Colours;
use super::headers::{Frame, Headers, Next, Part, Scan};
use super::huffman::Block;
use super::planes::Planes;
use super::scan::{Cursor, Tables};
use crate::widest::widest;

/// Of each block, scans may look at so many coefficients, all told. Usual files come to 300; this stops those that
/// would keep a reader busy for hours.
const MOST_LOOKS: usize = 1000;

/// Any file may look at so many.
const LOOKS: usize = 1 << 26;

/// Blocks a step.
const BLOCKS_A_STEP: usize = PIXELS_A_STEP / 64;

pub(super) struct Held {
    file: File,
    headers: Headers,
    frame: Arc<Frame>,
    colours: Colours,
    /// Of each component, row by row.
    blocks: Vec<Vec<Block>>,
    /// As they stood when a component was first seen.
    factors: Vec<Option<Block>>,
    /// Coefficients that may still be looked at.
    looks: usize,
    stage: Stage,
}

enum Stage {
    /// A scan is read; the next MCU.
    Scanning {
        scan: Scan,
        cursor: Cursor,
        next: usize,
    },
    /// Everything has been read; the next row of MCUs to hand over.
    HandingOver {
        planes: Box<Planes>,
        band: usize,
    },
    Done,
}

impl Held {
    pub(super) fn new(
        file: &File,
        headers: Headers,
        frame: Arc<Frame>,
        colours: Colours,
        scan: Scan,
    ) -> Result<Self, Undecodable> {
        let count = |(across, down): (usize, usize)| across * down;
        let counts: Vec<usize> = frame.components.iter().map(|component| count(frame.blocks(component))).collect();
        let all: usize = counts.iter().sum();
        if (all * size_of::<Block>()) as u64 > MAX_HELD_BYTES {
            return Err(Undecodable::TooLarge);
        }
        let mut held = Self {
            file: file.clone(),
            frame,
            colours,
            blocks: counts.into_iter().map(|count| vec![[0; 64]; count]).collect(),
            factors: Vec::new(),
            looks: (all * MOST_LOOKS).max(LOOKS),
            stage: Stage::Done,
            headers,
        };
        held.factors = vec![None; held.blocks.len()];
        held.begin(scan)?;
        Ok(held)
    }

    fn begin(&mut self, scan: Scan) -> Result<(), Undecodable> {
        for &Part { component, .. } in &scan.parts {
            let factors = &mut self.factors[component];
            if factors.is_none() {
                *factors = Some(self.headers.factors(&self.frame.components[component])?);
            }
            let looks = self.blocks[component].len() * (scan.band.1 - scan.band.0 + 1);
            self.looks = self.looks.checked_sub(looks).ok_or(Undecodable::TooLarge)?;
        }
        self.stage = Stage::Scanning { scan, cursor: Cursor::new(&self.headers), next: 0 };
        Ok(())
    }

    /// A scan has been read: on to the next, or to the pixels.
    fn go_on(&mut self, at: usize) -> Result<(), Undecodable> {
        self.headers.at = at;
        match self.headers.next(self.file.bytes())? {
            Next::Scan(scan) => self.begin(scan),
            Next::End => {
                // A component that never came is zeros, whatever its factors.
                let factors = self.factors.iter().map(|factors| factors.unwrap_or([0; 64])).collect();
                let planes = Box::new(Planes::new(&self.frame, self.colours, factors));
                self.stage = Stage::HandingOver { planes, band: 0 };
                Ok(())
            }
        }
    }
}

impl Source for Held {
    fn step(&mut self, take: Take<'_>) -> Result<Step, Undecodable> {
        let Self { file, headers, frame, blocks, stage, .. } = self;
        match stage {
            Stage::Scanning { scan, cursor, next } => {
                if let Some(at) = read(file.bytes(), headers, frame, scan, cursor, next, blocks)? {
                    self.go_on(at)?;
                }
                Ok(Step::Busy)
            }
            Stage::HandingOver { planes, band } => {
                let until = frame.mcus.1.min(*band + frame.bands_a_step());
                while *band < until {
                    fill(planes, frame, blocks, *band);
                    planes.hand_over(*band, take);
                    *band += 1;
                }
                if *band < frame.mcus.1 {
                    return Ok(Step::Busy);
                }
                *stage = Stage::Done;
                Ok(Step::Frame)
            }
            Stage::Done => Ok(Step::End),
        }
    }
}

widest! {
    /// Reads some MCUs of a scan. Gives where it ends, once it does.
    fn read(
        file: &[u8],
        headers: &Headers,
        frame: &Frame,
        scan: &Scan,
        cursor: &mut Cursor,
        next: &mut usize,
        blocks: &mut [Vec<Block>],
    ) -> Result<Option<usize>, Undecodable> {
        let tables = |part: &Part| Tables { dc: headers.dc[part.dc].as_deref(), ac: headers.ac[part.ac].as_deref() };
        // A component alone comes without the blocks that only fill an MCU.
        let (across, down) = match &scan.parts[..] {
            [part] => {
                let component = &frame.components[part.component];
                (component.samples.div_ceil(8), component.lines.div_ceil(8))
            }
            _ => frame.mcus,
        };
        let until = (across * down).min(*next + BLOCKS_A_STEP);
        while *next < until {
            if !cursor.begin(file)? {
                if cursor.restarts() {
                    *next += 1;
                    continue;
                }
                return cursor.end().map(Some);
            }
            let (y, x) = (*next / across, *next % across);
            if let [part] = &scan.parts[..] {
                let stride = frame.blocks(&frame.components[part.component]).0;
                let block = &mut blocks[part.component][y * stride + x];
                cursor.refine(file, scan, 0, tables(part), block)?;
            } else {
                for (slot, part) in scan.parts.iter().enumerate() {
                    let component = &frame.components[part.component];
                    let stride = frame.blocks(component).0;
                    for row in 0..component.down {
                        let first = (y * component.down + row) * stride + x * component.across;
                        for block in &mut blocks[part.component][first..first + component.across] {
                            cursor.refine(file, scan, slot, tables(part), block)?;
                        }
                    }
                }
            }
            *next += 1;
        }
        if until < across * down { Ok(None) } else { cursor.end().map(Some) }
    }
}

widest! {
    /// Turns a row of MCUs into samples.
    fn fill(planes: &mut Planes, frame: &Frame, blocks: &[Vec<Block>], band: usize) {
        for (at, component) in frame.components.iter().enumerate() {
            let stride = frame.blocks(component).0;
            for y in 0..component.down {
                let row = &blocks[at][(band * component.down + y) * stride..][..stride];
                for (x, block) in row.iter().enumerate() {
                    planes.put(at, (x, y), block, block[1..].iter().all(|&coefficient| coefficient == 0));
                }
            }
        }
    }
}
