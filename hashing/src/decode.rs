//! A file's bytes to rows of pixels, safe on hostile files: bounded in memory and time, typed errors, no panic.
//!
//! Pixels are what Pillow's `convert("RGB")` gives, since partners hash those: alpha is dropped, 16 bits keep their upper
//! eight, palettes are resolved, four inks are mixed. EXIF orientation is not applied: the eight turned hashes cover it.
//! Nothing is ever scaled.
//!
//! A picture comes row by row ([`Picture::step`]). Baseline JPEG and PNG are decoded as they are handed over, so that 48
//! megapixels take a few megabytes beside the file. Everything else is held whole while it is decoded, within
//! [`MAX_HELD_BYTES`].

mod bmp;
mod gif;
mod held;
mod jpeg;
mod png;
mod webp;

use std::sync::Arc;

use crate::Media;
use crate::media::Kind;

/// Pictures above this many pixels are refused before anything is allocated for them.
pub const MAX_PIXELS: u64 = 50_000_000;

/// Picture files above this many bytes are not read as pictures.
pub const MAX_FILE_BYTES: u64 = 128 * 1024 * 1024;

/// Most bytes a decoder may hold where rows can't be decoded one by one: frames, planes, coefficients.
pub const MAX_HELD_BYTES: u64 = 256 * 1024 * 1024;

/// Of an animation, frames are looked at until they come to this many pixels in all.
pub const MAX_ANIMATION_PIXELS: u64 = 500_000_000;

/// About so many pixels a step: some milliseconds, so that a wish to stop is heard soon.
const PIXELS_A_STEP: usize = 1 << 20;

/// Why a file gives no pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undecodable {
    /// Not a picture in any format known here.
    #[error("not a picture")]
    NotAPicture,
    /// A picture, but in a format that can't be read here.
    #[error("this kind of picture can't be read here")]
    Unsupported,
    /// The file ends before the picture does.
    #[error("the picture is cut off")]
    Truncated,
    /// The file contradicts its own format.
    #[error("the picture is broken inside")]
    Damaged,
    /// Above [`MAX_PIXELS`], [`MAX_FILE_BYTES`] or [`MAX_HELD_BYTES`].
    #[error("the picture is too large")]
    TooLarge,
}

/// One row of a picture, left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row<'a> {
    /// One byte a pixel.
    Grey(&'a [u8]),
    /// Three bytes a pixel: red, green, blue.
    Rgb(&'a [u8]),
}

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Some work was done; maybe rows were handed over.
    Busy,
    /// The last row of a frame has been handed over.
    Frame,
    /// There is nothing more.
    End,
}

/// Takes rows.
type Take<'a> = &'a mut dyn FnMut(Row<'_>);

/// A picture that is being decoded, each frame from the top row to the bottom one.
pub struct Picture {
    file: File,
    size: Size,
    frames: u32,
    source: Box<dyn Source + Send>,
}

/// What every format can do: a bounded piece of work.
trait Source {
    fn step(&mut self, take: Take<'_>) -> Result<Step, Undecodable>;
}

impl Picture {
    /// Reads what a picture says of itself; no pixels yet.
    pub fn open(file: Vec<u8>) -> Result<Self, Undecodable> {
        Self::of(File(Arc::new(file)))
    }

    /// Opens the same picture anew, at its first row: for whoever needs to see it twice.
    pub fn reopen(&self) -> Result<Self, Undecodable> {
        Self::of(self.file.clone())
    }

    fn of(file: File) -> Result<Self, Undecodable> {
        if file.bytes().len() as u64 > MAX_FILE_BYTES {
            return Err(Undecodable::TooLarge);
        }
        let media = Media::of(file.bytes());
        match media.kind() {
            Kind::Readable => {}
            Kind::ByPlatform | Kind::Unsupported => return Err(Undecodable::Unsupported),
            Kind::Video | Kind::Other => return Err(Undecodable::NotAPicture),
        }
        let Opened { size, frames, source } = match media {
            Media::Jpeg => jpeg::open(&file),
            Media::Png => png::open(&file),
            Media::Gif => gif::open(&file),
            Media::WebP => webp::open(&file),
            _ => bmp::open(&file),
        }?;
        Ok(Self { file, size, frames, source })
    }

    /// Width in pixels, of every frame.
    pub const fn width(&self) -> u32 {
        self.size.width
    }

    /// Height in pixels, of every frame.
    pub const fn height(&self) -> u32 {
        self.size.height
    }

    /// How many frames the file announces, at least 1. Fewer come if it is cut off, or longer than
    /// [`MAX_ANIMATION_PIXELS`].
    pub const fn frames(&self) -> u32 {
        self.frames
    }

    /// Does some milliseconds of work, and hands over the rows that are ready.
    pub fn step(&mut self, take: &mut dyn FnMut(Row<'_>)) -> Result<Step, Undecodable> {
        self.source.step(take)
    }
}

/// What opening a format gives.
struct Opened {
    size: Size,
    frames: u32,
    source: Box<dyn Source + Send>,
}

impl Opened {
    fn still(size: Size, source: impl Source + Send + 'static) -> Self {
        Self { size, frames: 1, source: Box::new(source) }
    }
}

/// A file's bytes, shared.
#[derive(Clone)]
struct File(Arc<Vec<u8>>);

impl File {
    fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for File {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}

/// Width and height of a picture that may be decoded: at least 1 each, at most [`MAX_PIXELS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Size {
    width: u32,
    height: u32,
}

impl Size {
    fn new(width: u32, height: u32) -> Result<Self, Undecodable> {
        if width == 0 || height == 0 {
            return Err(Undecodable::Damaged);
        }
        if u64::from(width) * u64::from(height) > MAX_PIXELS {
            return Err(Undecodable::TooLarge);
        }
        Ok(Self { width, height })
    }

    const fn width(self) -> usize {
        self.width as usize
    }

    const fn height(self) -> usize {
        self.height as usize
    }

    const fn pixels(self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// Rows that make about one step.
    const fn rows_a_step(self) -> usize {
        PIXELS_A_STEP.div_ceil(self.width())
    }

    /// Refuses what would hold more than [`MAX_HELD_BYTES`] at so many bytes a pixel.
    fn held_at(self, bytes_a_pixel: u64) -> Result<(), Undecodable> {
        if self.pixels() * bytes_a_pixel > MAX_HELD_BYTES {
            return Err(Undecodable::TooLarge);
        }
        Ok(())
    }

    /// Frames of this size that may be looked at.
    fn most_frames(self) -> u32 {
        u32::try_from(MAX_ANIMATION_PIXELS / self.pixels()).unwrap_or(u32::MAX)
    }
}
