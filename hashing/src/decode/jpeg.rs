//! JPEG (ITU-T T.81): baseline and progressive, grey, colour and four inks, with any sampling.
//!
//! Own work, since no decoder in Rust gives rows while it reads, nor the samples of libjpeg-turbo, which is what Pillow and
//! so the partners hash: the transform, the filters and the mixing of colours here are its whole-number ones, to the bit.
//! Like it, this forgives faults inside; a file that ends too early is truncated.

#![allow(clippy::inline_always)] // whatever `widest` runs must be inlined into it

mod bits;
mod colour;
mod headers;
mod held;
mod huffman;
mod idct;
mod lanes;
mod planes;
mod scan;
mod upsample;

use std::sync::Arc;

use self::headers::{Frame, Headers, Next, Scan};
use self::held::Held;
use self::huffman::{Block, Table};
use self::planes::Planes;
use self::scan::Cursor;
use super::{File, Opened, Source, Step, Take, Undecodable};
use crate::widest::widest;

pub(super) fn open(file: &File) -> Result<Opened, Undecodable> {
    let mut headers = Headers::default();
    let Next::Scan(scan) = headers.next(file.bytes())? else { return Err(Undecodable::Damaged) };
    let frame = headers.frame.clone().ok_or(Undecodable::Damaged)?;
    let colours = headers.colours(&frame)?;
    let size = frame.size;
    if !frame.progressive && scan.parts.len() == frame.components.len() {
        let factors = frame.components.iter().map(|component| headers.factors(component));
        let planes = Planes::new(&frame, colours, factors.collect::<Result<_, _>>()?);
        let cursor = Cursor::new(&headers);
        return Ok(Opened::still(size, Rows { file: file.clone(), headers, frame, scan, cursor, planes, band: 0 }));
    }
    Ok(Opened::still(size, Held::new(file, headers, frame, colours, scan)?))
}

/// A picture whose one scan holds everything: it is decoded by rows of MCUs.
struct Rows {
    file: File,
    headers: Headers,
    frame: Arc<Frame>,
    scan: Scan,
    cursor: Cursor,
    planes: Planes,
    /// The next row of MCUs.
    band: usize,
}

impl Source for Rows {
    fn step(&mut self, take: Take<'_>) -> Result<Step, Undecodable> {
        let bands = self.frame.mcus.1;
        if self.band == bands {
            return Ok(Step::End);
        }
        let until = bands.min(self.band + self.frame.bands_a_step());
        while self.band < until {
            decode_band(self)?;
            if self.band + 1 == bands {
                self.cursor.end()?;
            }
            self.planes.hand_over(self.band, take);
            self.band += 1;
        }
        Ok(if self.band == bands { Step::Frame } else { Step::Busy })
    }
}

widest! {
    /// Decodes a row of MCUs.
    fn decode_band(rows: &mut Rows) -> Result<(), Undecodable> {
        let Rows { file, headers, frame, scan, cursor, planes, .. } = rows;
        let file = file.bytes();
        let parts = scan.parts.iter().map(|part| {
            let component = &frame.components[part.component];
            let dc = headers.dc[part.dc].as_deref().ok_or(Undecodable::Damaged)?;
            let ac = headers.ac[part.ac].as_deref().ok_or(Undecodable::Damaged)?;
            Ok((part.component, component.across, component.down, dc, ac))
        });
        let parts = parts.collect::<Result<Vec<(usize, usize, usize, &Table, &Table)>, Undecodable>>()?;
        for mcu in 0..frame.mcus.0 {
            let there = cursor.begin(file)?;
            for (slot, &(component, across, down, dc, ac)) in parts.iter().enumerate() {
                for (y, x) in (0..down).flat_map(|y| (0..across).map(move |x| (y, x))) {
                    let mut block: Block = [0; 64];
                    let flat = !there || cursor.block(file, slot, dc, ac, &mut block);
                    planes.put(component, (mcu * across + x, y), &block, flat);
                }
            }
        }
        Ok(())
    }
}
