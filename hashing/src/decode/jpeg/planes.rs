//! A band of the picture: one row of MCUs as samples, and the way from them to rows of pixels.

use super::super::{Row, Take};
use super::colour::{Colours, mix};
use super::headers::{Component, Frame};
use super::huffman::Block;
use super::idct;
use super::upsample::{Rows, Upsampling, upsample};
use crate::widest::widest;

/// The samples of one component in a row of MCUs, and the last line of the row before.
struct Plane {
    /// A line above, then the band's own.
    lines: Vec<u8>,
    stride: usize,
    /// Of the band, without the one above.
    height: usize,
    factors: Block,
    /// Of the whole component.
    samples: usize,
    last_line: usize,
    upsampling: Upsampling,
}

/// All components of a row of MCUs.
pub(super) struct Planes {
    components: Vec<Plane>,
    colours: Colours,
    width: usize,
    height: usize,
    /// Rows of pixels in a band.
    band: usize,
    room: Room,
}

/// Where a row is put together.
struct Room {
    sums: Vec<u16>,
    full: Vec<Vec<u8>>,
    pixels: Vec<[u8; 3]>,
}

impl Planes {
    pub(super) fn new(frame: &Frame, colours: Colours, factors: Vec<Block>) -> Self {
        let plane = |(component, factors): (&Component, Block)| {
            let (stride, height) = (frame.mcus.0 * component.across * 8, component.down * 8);
            Plane {
                lines: vec![0; (1 + height) * stride],
                stride,
                height,
                factors,
                samples: component.samples,
                last_line: component.lines - 1,
                upsampling: component.upsampling,
            }
        };
        let widest = frame.mcus.0 * frame.most.0 * 8;
        let grey = colours == Colours::Grey;
        let full = |component: &Component| match component.upsampling {
            Upsampling::None => Vec::new(),
            _ => vec![0; widest],
        };
        Self {
            components: frame.components.iter().zip(factors).map(plane).collect(),
            colours,
            width: frame.size.width(),
            height: frame.size.height(),
            band: frame.most.1 * 8,
            room: Room {
                sums: vec![0; widest],
                full: frame.components.iter().map(full).collect(),
                pixels: vec![[0; 3]; if grey { 0 } else { frame.size.width() }],
            },
        }
    }

    /// Puts a block of a component in its place, counted in blocks within the band. `flat`: only its first coefficient
    /// is not zero.
    #[inline(always)]
    pub(super) fn put(&mut self, component: usize, (x, y): (usize, usize), block: &Block, flat: bool) {
        let plane = &mut self.components[component];
        let samples = &mut plane.lines[(1 + 8 * y) * plane.stride + 8 * x..];
        if flat {
            idct::flat_block(block[0], plane.factors[0], samples, plane.stride);
        } else {
            idct::block(block, &plane.factors, samples, plane.stride);
        }
    }

    /// Hands over the rows that a band completes: one late, since the last needs the next band's first line.
    pub(super) fn hand_over(&mut self, band: usize, take: Take<'_>) {
        let top = band * self.band;
        let end = if top + self.band >= self.height { self.height } else { top + self.band - 1 };
        for y in top.saturating_sub(1)..end {
            self.row(band, y, take);
        }
        for plane in &mut self.components {
            let last = plane.height * plane.stride;
            plane.lines.copy_within(last..last + plane.stride, 0);
        }
    }

    fn row(&mut self, band: usize, y: usize, take: Take<'_>) {
        if self.colours == Colours::Grey {
            return take(Row::Grey(&self.components[0].rows(band, y).near[..self.width]));
        }
        put_together(self, band, y);
        take(Row::Rgb(self.room.pixels.as_flattened()));
    }
}

widest! {
    /// Makes row `y` of pixels.
    fn put_together(planes: &mut Planes, band: usize, y: usize) {
        let Planes { components, colours, room: Room { sums, full, pixels }, .. } = planes;
        for (plane, full) in components.iter().zip(&mut *full) {
            if plane.upsampling != Upsampling::None {
                upsample(plane.upsampling, plane.rows(band, y), sums, full);
            }
        }
        let mut rows = [&[][..]; 4];
        for ((row, plane), full) in rows.iter_mut().zip(&*components).zip(&*full) {
            *row = if plane.upsampling == Upsampling::None { plane.rows(band, y).near } else { full };
        }
        mix(*colours, rows, pixels);
    }
}

impl Plane {
    /// The lines that row `y` of the picture is made of.
    #[inline(always)]
    fn rows(&self, band: usize, y: usize) -> Rows<'_> {
        let near = y / self.upsampling.down();
        let far_is_below = y % 2 == 1;
        let far = if far_is_below { self.last_line.min(near + 1) } else { near.saturating_sub(1) };
        Rows { near: self.line(band, near), far: self.line(band, far), far_is_below }
    }

    /// A line of the component; the band has it, or it is the one above.
    #[inline(always)]
    fn line(&self, band: usize, line: usize) -> &[u8] {
        // A neighbour that is not asked for may lie outside: then any line will do.
        let at = (1 + line).saturating_sub(band * self.height).min(self.height);
        &self.lines[at * self.stride..][..self.samples]
    }
}
