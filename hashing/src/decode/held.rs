//! Pixels as decoders leave them, handed over by rows.

use super::{Row, Size, Step, Take, Undecodable};

/// How a pixel lies in memory.
#[derive(Clone, Copy)]
pub(super) enum Layout {
    /// So many bytes a pixel, the first of them grey.
    Grey(usize),
    /// So many bytes a pixel, the first three red, green, blue.
    Rgb(usize),
}

impl Layout {
    pub(super) const fn bytes(self) -> usize {
        match self {
            Self::Grey(bytes) | Self::Rgb(bytes) => bytes,
        }
    }

    /// Hands one stored row over. In `room` a row is packed that must be.
    pub(super) fn hand_over(self, stored: &[u8], room: &mut Vec<u8>, take: Take<'_>) {
        room.clear();
        match self {
            Self::Grey(1) => take(Row::Grey(stored)),
            Self::Rgb(3) => take(Row::Rgb(stored)),
            Self::Grey(bytes) => {
                room.extend(stored.chunks_exact(bytes).map(|pixel| pixel[0]));
                take(Row::Grey(room));
            }
            Self::Rgb(bytes) => {
                room.extend(stored.chunks_exact(bytes).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]));
                take(Row::Rgb(room));
            }
        }
    }
}

/// Where a decoder of whole frames stands: it decodes one, hands it over, decodes the next.
pub(super) struct Frames<D> {
    decoder: D,
    size: Size,
    layout: Layout,
    pixels: Vec<u8>,
    /// The next row to hand over; none while there is no frame.
    next: Option<usize>,
    /// Frames that may still come.
    left: u32,
    room: Vec<u8>,
}

/// Decodes whole frames.
pub(super) trait Decode {
    /// Makes `pixels` the next frame; it holds the one before, or nothing yet. False when there is none.
    fn next(&mut self, pixels: &mut Vec<u8>) -> Result<bool, Undecodable>;
}

impl<D: Decode> Frames<D> {
    pub(super) const fn new(decoder: D, size: Size, layout: Layout, frames: u32) -> Self {
        Self { decoder, size, layout, pixels: Vec::new(), next: None, left: frames, room: Vec::new() }
    }
}

impl<D: Decode> super::Source for Frames<D> {
    fn step(&mut self, take: Take<'_>) -> Result<Step, Undecodable> {
        let Some(next) = self.next else { return self.decode() };
        let row = self.size.width() * self.layout.bytes();
        let until = self.size.height().min(next + self.size.rows_a_step());
        for stored in self.pixels[next * row..until * row].chunks_exact(row) {
            self.layout.hand_over(stored, &mut self.room, take);
        }
        self.next = (until < self.size.height()).then_some(until);
        Ok(if self.next.is_some() { Step::Busy } else { Step::Frame })
    }
}

impl<D: Decode> Frames<D> {
    fn decode(&mut self) -> Result<Step, Undecodable> {
        if self.left == 0 || !self.decoder.next(&mut self.pixels)? {
            self.left = 0;
            return Ok(Step::End);
        }
        self.left -= 1;
        self.next = Some(0);
        Ok(Step::Busy)
    }
}
