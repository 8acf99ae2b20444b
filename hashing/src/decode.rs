//! A file's bytes to pixels, safe on hostile files: bounded in memory, typed errors, no panic.
//!
//! Pixels are what Pillow's `convert("RGB")` gives, since partners hash those: alpha is dropped, 16 bits keep their upper
//! eight, palettes are resolved, CMYK is converted. EXIF orientation is not applied: the eight turned hashes cover it.

mod jpeg;

use std::io::{Cursor, ErrorKind};

use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, webp::WebPDecoder};
use image::{ColorType, ImageDecoder, ImageError, Limits};

use crate::Media;

/// Pictures above this many pixels are refused before anything is allocated for them.
pub const MAX_PIXELS: u64 = 50_000_000;

/// Picture files above this many bytes are not read as pictures.
pub const MAX_FILE_BYTES: u64 = 128 * 1024 * 1024;

/// Most bytes the decoded pixels may take, and most a decoder may take beside them.
const MAX_DECODED_BYTES: u64 = 256 * 1024 * 1024;

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
    /// Above [`MAX_PIXELS`], [`MAX_FILE_BYTES`] or what its decoder may take.
    #[error("the picture is too large")]
    TooLarge,
}

/// A decoded picture.
pub struct Picture {
    width: u32,
    height: u32,
    layout: Layout,
    pixels: Vec<u8>,
}

/// How a pixel lies in memory.
#[derive(Clone, Copy)]
enum Layout {
    /// So many bytes a pixel, the first of them grey.
    Grey(usize),
    /// So many bytes a pixel, the first three red, green, blue.
    Rgb(usize),
}

impl Picture {
    /// Width in pixels.
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// Writes row `y`, counted from the top, as red, green, blue, over whatever `row` held.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn rgb_row(&self, y: u32, row: &mut Vec<u8>) {
        let (Layout::Grey(bytes) | Layout::Rgb(bytes)) = self.layout;
        let length = self.width as usize * bytes;
        let stored = &self.pixels[y as usize * length..][..length];
        row.clear();
        match self.layout {
            Layout::Grey(bytes) => row.extend(stored.chunks_exact(bytes).flat_map(|pixel| [pixel[0]; 3])),
            Layout::Rgb(3) => row.extend_from_slice(stored),
            Layout::Rgb(bytes) => {
                row.extend(stored.chunks_exact(bytes).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]));
            }
        }
    }
}

/// Decodes a picture; of an animation, the first frame.
pub fn decode(file: &[u8]) -> Result<Picture, Undecodable> {
    if file.len() as u64 > MAX_FILE_BYTES {
        return Err(Undecodable::TooLarge);
    }
    let media = Media::of(file);
    match media.kind() {
        crate::media::Kind::Readable => {}
        crate::media::Kind::Unsupported => return Err(Undecodable::Unsupported),
        _ => return Err(Undecodable::NotAPicture),
    }
    let bytes = Cursor::new(file);
    match media {
        Media::Jpeg => jpeg::read(file),
        Media::Png => read(PngDecoder::with_limits(bytes, limits())?),
        Media::Gif => read(GifDecoder::new(bytes)?),
        Media::WebP => read(WebPDecoder::new(bytes)?),
        _ => read(BmpDecoder::new(bytes)?),
    }
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    limits
}

fn within_limits((width, height): (u32, u32), bytes: u64) -> Result<(), Undecodable> {
    if u64::from(width) * u64::from(height) > MAX_PIXELS || bytes > MAX_DECODED_BYTES {
        return Err(Undecodable::TooLarge);
    }
    if width == 0 || height == 0 {
        return Err(Undecodable::Damaged);
    }
    Ok(())
}

fn read(mut decoder: impl ImageDecoder) -> Result<Picture, Undecodable> {
    let (width, height) = decoder.dimensions();
    within_limits((width, height), decoder.total_bytes())?;
    decoder.set_limits(limits())?;

    let color = decoder.color_type();
    let mut pixels = vec![0; usize::try_from(decoder.total_bytes()).map_err(|_| Undecodable::TooLarge)?];
    decoder.read_image(&mut pixels)?;

    if matches!(color, ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16) {
        keep_upper_bytes(&mut pixels);
    }
    let layout = match color {
        ColorType::L8 | ColorType::L16 => Layout::Grey(1),
        ColorType::La8 | ColorType::La16 => Layout::Grey(2),
        ColorType::Rgb8 | ColorType::Rgb16 => Layout::Rgb(3),
        ColorType::Rgba8 | ColorType::Rgba16 => Layout::Rgb(4),
        _ => return Err(Undecodable::Unsupported),
    };
    Ok(Picture { width, height, layout, pixels })
}

/// Samples of 16 bits in native order become their upper eight, in place.
fn keep_upper_bytes(pixels: &mut Vec<u8>) {
    let upper = usize::from(cfg!(target_endian = "little"));
    let samples = pixels.len() / 2;
    for sample in 0..samples {
        pixels[sample] = pixels[2 * sample + upper];
    }
    pixels.truncate(samples);
}

impl From<ImageError> for Undecodable {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooLarge,
            ImageError::Unsupported(_) => Self::Unsupported,
            ImageError::IoError(cause) if cause.kind() == ErrorKind::UnexpectedEof => Self::Truncated,
            other if ends_early(&other) => Self::Truncated,
            _ => Self::Damaged,
        }
    }
}

/// Whether an end of file stands anywhere among an error's causes.
fn ends_early(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|cause| cause.kind() == ErrorKind::UnexpectedEof)
    })
}
