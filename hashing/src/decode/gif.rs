//! GIF (89a): every frame as it is shown, put together as Pillow does it.

use std::io::Cursor;

use gif::{DecodeOptions, Decoder, DecodingError, DisposalMethod, MemoryLimit};

use super::held::{Decode, Frames, Layout};
use super::{File, Opened, Size, Undecodable};

/// Bytes a pixel while a frame is put together: the canvas, what it was before, the frame's indices.
const HELD: u64 = 3 + 3 + 1;

pub(super) fn open(file: &File) -> Result<Opened, Undecodable> {
    let decoder = options().read_info(Cursor::new(file.clone()))?;
    let screen = (u32::from(decoder.width()), u32::from(decoder.height()));
    let Survey { first, frames } = survey(file)?;
    // Some files say too small a screen; the first frame widens it.
    let size = Size::new(screen.0.max(first.0), screen.1.max(first.1))?;
    size.held_at(HELD)?;
    let frames = frames.min(size.most_frames()).max(1);
    let source = Gif { decoder, size, shown: 0, disposal: DisposalMethod::Keep, dispose: None };
    Ok(Opened { size, frames, source: Box::new(Frames::new(source, size, Layout::Rgb(3), frames)) })
}

fn options() -> DecodeOptions {
    let mut options = DecodeOptions::new();
    // A frame is never larger than the canvas here; see `Gif::next`.
    options.set_memory_limit(MemoryLimit::Unlimited);
    options
}

/// What can be told without looking at pixels.
struct Survey {
    /// Where the first frame ends, right and bottom.
    first: (u32, u32),
    /// Where the file breaks off, those before.
    frames: u32,
}

fn survey(file: &File) -> Result<Survey, Undecodable> {
    let mut options = options();
    options.skip_frame_decoding(true);
    let mut decoder = options.read_info(Cursor::new(file.clone()))?;
    let first = decoder.next_frame_info()?.ok_or(Undecodable::Truncated)?;
    let first = (u32::from(first.left) + u32::from(first.width), u32::from(first.top) + u32::from(first.height));
    let mut frames = 1;
    while let Ok(Some(_)) = decoder.next_frame_info() {
        frames += 1;
    }
    Ok(Survey { first, frames })
}

struct Gif {
    decoder: Decoder<Cursor<File>>,
    size: Size,
    shown: u32,
    /// A frame that says nothing goes the way of the one before it.
    disposal: DisposalMethod,
    /// What happens to the frame on the canvas before the next one comes.
    dispose: Option<(Area, Instead)>,
}

/// What comes in a frame's place.
enum Instead {
    Colour([u8; 3]),
    Before(Vec<u8>),
}

/// A frame's place on the canvas.
#[derive(Clone, Copy)]
struct Area {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Decode for Gif {
    fn next(&mut self, canvas: &mut Vec<u8>) -> Result<bool, Undecodable> {
        if let Some((area, instead)) = self.dispose.take() {
            self.put_instead(canvas, area, &instead);
        }
        let Some(frame) = self.decoder.next_frame_info()? else {
            return if self.shown == 0 { Err(Undecodable::Damaged) } else { Ok(false) };
        };
        let (transparent, disposal) = (frame.transparent, frame.dispose);
        let area = Area {
            left: frame.left.into(),
            top: frame.top.into(),
            width: frame.width.into(),
            height: frame.height.into(),
        };
        if area.left + area.width > self.size.width() || area.top + area.height > self.size.height() {
            return Err(Undecodable::Damaged);
        }
        let colours = colours(self.decoder.palette()?);
        let colour = |index: u8| colours[usize::from(index)];

        if self.shown == 0 {
            canvas.clear();
            let pixels = self.size.width() * self.size.height();
            canvas.extend(std::iter::repeat_n(colour(transparent.unwrap_or(0)), pixels).flatten());
        }
        if disposal != DisposalMethod::Any {
            self.disposal = disposal;
        }
        self.dispose = match self.disposal {
            DisposalMethod::Background => {
                let index = transparent.or_else(|| self.decoder.bg_color().and_then(|index| u8::try_from(index).ok()));
                Some((area, Instead::Colour(colour(index.unwrap_or(0)))))
            }
            DisposalMethod::Previous if self.shown > 0 => Some((area, Instead::Before(self.cut(canvas, area)))),
            DisposalMethod::Previous => transparent.map(|index| (area, Instead::Colour(colour(index)))),
            DisposalMethod::Any | DisposalMethod::Keep => None,
        };

        let mut indices = vec![0; area.width * area.height];
        self.decoder.read_into_buffer(&mut indices)?;
        // The first frame shows its transparent pixels' colours, as alpha is dropped; later ones let the canvas through.
        let hidden = transparent.filter(|_| self.shown > 0);
        for (row, indices) in self.rows(canvas, area).zip(indices.chunks_exact(area.width.max(1))) {
            for (pixel, &index) in row.as_chunks_mut::<3>().0.iter_mut().zip(indices) {
                if hidden != Some(index) {
                    *pixel = colour(index);
                }
            }
        }
        self.shown += 1;
        Ok(true)
    }
}

impl Gif {
    /// The rows of an area of the canvas.
    fn rows<'a>(&self, canvas: &'a mut [u8], area: Area) -> impl Iterator<Item = &'a mut [u8]> {
        let rows = canvas.chunks_exact_mut(3 * self.size.width()).skip(area.top).take(area.height);
        rows.map(move |row| &mut row[3 * area.left..][..3 * area.width])
    }

    fn cut(&self, canvas: &mut [u8], area: Area) -> Vec<u8> {
        self.rows(canvas, area).flat_map(|row| row.iter().copied()).collect()
    }

    fn put_instead(&self, canvas: &mut [u8], area: Area, instead: &Instead) {
        match instead {
            Instead::Colour(colour) => {
                self.rows(canvas, area).flat_map(|row| row.as_chunks_mut::<3>().0).for_each(|pixel| *pixel = *colour);
            }
            Instead::Before(pixels) => {
                for (row, before) in self.rows(canvas, area).zip(pixels.chunks_exact((3 * area.width).max(1))) {
                    row.copy_from_slice(before);
                }
            }
        }
    }
}

/// All 256 colours; those that a short palette lacks are grey steps, as in Pillow.
fn colours(palette: &[u8]) -> [[u8; 3]; 256] {
    let (palette, _) = palette.as_chunks::<3>();
    std::array::from_fn(|index| palette.get(index).copied().unwrap_or_else(|| [index.to_le_bytes()[0]; 3]))
}

impl From<DecodingError> for Undecodable {
    fn from(error: DecodingError) -> Self {
        match error {
            DecodingError::UnexpectedEof => Self::Truncated,
            DecodingError::Io(cause) if cause.kind() == std::io::ErrorKind::UnexpectedEof => Self::Truncated,
            DecodingError::OutOfMemory | DecodingError::MemoryLimit => Self::TooLarge,
            _ => Self::Damaged,
        }
    }
}
