//! Animated WebP (RFC 9649, section 2.7.1): frames put together as libwebp does it (`anim_decode.c`), to the bit. The
//! decoder's own way of doing it rounds otherwise, and partners see what libwebp shows.

use std::io::Cursor;

use image_webp::WebPDecoder;

use super::super::held::{Decode, Frames, Layout};
use super::super::{File, Opened, Size, Undecodable};

/// Bytes a pixel while a frame is put on the canvas: the canvas, the frame, and what its decoder holds.
const HELD: u64 = 4 + super::HELD;

/// An animation, of which the next frame is to be shown.
pub(super) struct Animation {
    file: File,
    size: Size,
    /// Where the next chunk begins.
    at: usize,
    /// The frame that is shown.
    before: Option<Shown>,
    pixels: Vec<u8>,
}

/// What must be known of a frame when the next one comes.
#[derive(Clone, Copy)]
struct Shown {
    area: Area,
    key: bool,
    /// It gives way to nothing.
    cleared: bool,
}

/// A frame's place on the canvas.
#[derive(Clone, Copy)]
struct Area {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Area {
    const fn holds(&self, x: usize, y: usize) -> bool {
        x >= self.left && x - self.left < self.width && y >= self.top && y - self.top < self.height
    }
}

/// A part of the file: its four letters and its content. What a file that is cut off still has of it.
struct Chunk<'a> {
    name: [u8; 4],
    content: &'a [u8],
    whole: bool,
}

/// The chunk at a place, and where the next one begins.
fn chunk(file: &[u8], at: usize) -> Option<(Chunk<'_>, usize)> {
    let (&name, rest) = file.get(at..)?.split_first_chunk()?;
    let (&length, rest) = rest.split_first_chunk()?;
    let length = u32::from_le_bytes(length) as usize;
    let content = rest.get(..length);
    let next = at.saturating_add(8).saturating_add(length).saturating_add(length % 2);
    Some((Chunk { name, content: content.unwrap_or(rest), whole: content.is_some() }, next))
}

/// Three bytes, the least first.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(3).rev().fold(0, |number, &byte| number << 8 | u32::from(byte))
}

impl Animation {
    const FIRST_CHUNK: usize = 12;

    /// If the file says that it is one.
    pub(super) fn of(file: &File) -> Result<Option<Self>, Undecodable> {
        let Some((Chunk { name, content, .. }, at)) = chunk(file.bytes(), Self::FIRST_CHUNK) else { return Ok(None) };
        if &name != b"VP8X" || content.len() < 10 || content[0] & 2 == 0 {
            return Ok(None);
        }
        let size = Size::new(number(&content[4..]) + 1, number(&content[7..]) + 1)?;
        size.held_at(HELD)?;
        Ok(Some(Self { file: file.clone(), size, at, before: None, pixels: Vec::new() }))
    }

    pub(super) fn open(self) -> Opened {
        let size = self.size;
        let mut at = self.at;
        let chunks = std::iter::from_fn(|| {
            chunk(self.file.bytes(), std::mem::replace(&mut at, usize::MAX)).map(|(chunk, next)| {
                at = next;
                chunk
            })
        });
        let frames = chunks.filter(|chunk| &chunk.name == b"ANMF").count();
        let frames = u32::try_from(frames).unwrap_or(u32::MAX).min(size.most_frames()).max(1);
        Opened { size, frames, source: Box::new(Frames::new(self, size, Layout::Rgb(4), frames)) }
    }
}

impl Decode for Animation {
    fn next(&mut self, canvas: &mut Vec<u8>) -> Result<bool, Undecodable> {
        let file = self.file.clone();
        let frame = loop {
            let Some((chunk, next)) = chunk(file.bytes(), self.at) else {
                return if self.before.is_none() { Err(Undecodable::Truncated) } else { Ok(false) };
            };
            self.at = next;
            if &chunk.name == b"ANMF" {
                break chunk;
            }
        };
        if !frame.whole || frame.content.len() < 16 {
            return Err(Undecodable::Truncated);
        }
        let (head, rest) = frame.content.split_at(16);
        let at = |at: usize| number(&head[at..]) as usize;
        let area = Area { left: 2 * at(0), top: 2 * at(3), width: at(6) + 1, height: at(9) + 1 };
        if area.left + area.width > self.size.width() || area.top + area.height > self.size.height() {
            return Err(Undecodable::Damaged);
        }
        let (blended, cleared) = (head[15] & 2 == 0, head[15] & 1 != 0);
        let opaque = self.decode(rest, area)?;
        let key = self.is_key(area, opaque || !blended);
        if key {
            canvas.clear();
            canvas.resize(4 * self.size.width() * self.size.height(), 0);
        } else if let Some(Shown { area, cleared: true, .. }) = self.before {
            self.rows(canvas, area).for_each(|(_, row)| row.fill(0));
        }
        self.put(canvas, area, blended && !key && !opaque);
        self.before = Some(Shown { area, key, cleared });
        Ok(true)
    }
}

impl Animation {
    /// Decodes a frame's own pixels. Gives whether they are opaque, and three bytes each.
    fn decode(&mut self, chunks: &[u8], area: Area) -> Result<bool, Undecodable> {
        let decoder = WebPDecoder::new(Cursor::new(as_file(chunks)?))?;
        let (width, height) = decoder.dimensions();
        if (width as usize, height as usize) != (area.width, area.height) {
            return Err(Undecodable::Damaged);
        }
        let opaque = !decoder.has_alpha();
        super::read(decoder, &mut self.pixels)?;
        Ok(opaque)
    }

    /// Whether nothing of the frame before is seen.
    fn is_key(&self, area: Area, covers: bool) -> bool {
        let is_full = |area: Area| area.width == self.size.width() && area.height == self.size.height();
        self.before
            .is_none_or(|before| covers && is_full(area) || before.cleared && (before.key || is_full(before.area)))
    }

    /// The rows of an area of the canvas, with their numbers.
    fn rows<'a>(&self, canvas: &'a mut [u8], area: Area) -> impl Iterator<Item = (usize, &'a mut [u8])> {
        let rows = canvas.chunks_exact_mut(4 * self.size.width()).enumerate().skip(area.top).take(area.height);
        rows.map(move |(y, row)| (y, &mut row[4 * area.left..][..4 * area.width]))
    }

    /// Puts the decoded pixels on the canvas.
    fn put(&self, canvas: &mut [u8], area: Area, blended: bool) {
        // Where the frame before was cleared, there is nothing to blend with.
        let cleared = self.before.filter(|before| before.cleared).map(|before| before.area);
        let bytes = self.pixels.len() / (area.width * area.height);
        for ((y, row), pixels) in self.rows(canvas, area).zip(self.pixels.chunks_exact(bytes * area.width)) {
            for (x, (below, pixel)) in row.as_chunks_mut::<4>().0.iter_mut().zip(pixels.chunks_exact(bytes)).enumerate()
            {
                let above = [pixel[0], pixel[1], pixel[2], pixel.get(3).copied().unwrap_or(255)];
                let alone = !blended || cleared.is_some_and(|area_before| area_before.holds(area.left + x, y));
                *below = if alone { above } else { blend(above, *below) };
            }
        }
    }
}

/// libwebp's way to lay a pixel over another.
fn blend(above: [u8; 4], below: [u8; 4]) -> [u8; 4] {
    let alpha = u32::from(above[3]);
    match alpha {
        0 => return below,
        255 => return above,
        _ => {}
    }
    let rest = (u32::from(below[3]) * (256 - alpha)) >> 8;
    let sum = alpha + rest;
    let scale = (1 << 24) / sum;
    let channel = |at: usize| {
        let unscaled = u32::from(above[at]) * alpha + u32::from(below[at]) * rest;
        ((unscaled * scale) >> 24).to_le_bytes()[0]
    };
    [channel(0), channel(1), channel(2), sum.to_le_bytes()[0]]
}

/// A frame's chunks as a file of their own.
fn as_file(chunks: &[u8]) -> Result<Vec<u8>, Undecodable> {
    let (first, _) = chunk(chunks, 0).ok_or(Undecodable::Truncated)?;
    let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
    if &first.name == b"ALPH" {
        file.extend(b"VP8X\x0a\0\0\0\x10\0\0\0");
        let mut at = 0;
        while let Some((chunk, next)) = chunk(chunks, at) {
            if &chunk.name == b"VP8 " {
                // Its width and height stand after the tag and the start code (RFC 6386, 9.1).
                let sizes = chunk.content.get(6..10).ok_or(Undecodable::Truncated)?;
                for side in sizes.chunks_exact(2) {
                    let side = u32::from(u16::from_le_bytes([side[0], side[1]]) & 0x3fff);
                    let less = side.checked_sub(1).ok_or(Undecodable::Damaged)?;
                    file.extend_from_slice(&less.to_le_bytes()[..3]);
                }
                break;
            }
            at = next;
        }
    }
    file.extend_from_slice(chunks);
    let length = u32::try_from(file.len() - 8).map_err(|_| Undecodable::TooLarge)?;
    file[4..8].copy_from_slice(&length.to_le_bytes());
    Ok(file)
}
