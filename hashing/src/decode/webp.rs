//! WebP (RFC 9649): lossy, lossless, with alpha; of an animated one, every frame as it is shown.

mod animation;

use std::io::{Cursor, ErrorKind};

use image_webp::{DecodingError, WebPDecoder};

use self::animation::Animation;
use super::held::{Decode, Frames, Layout};
use super::{File, MAX_HELD_BYTES, Opened, Size, Undecodable};

/// Bytes a pixel while one picture is decoded: its planes or its colours twice.
const HELD: u64 = 4 + 4;

pub(super) fn open(file: &File) -> Result<Opened, Undecodable> {
    if let Some(animation) = Animation::of(file)? {
        return Ok(animation.open());
    }
    let still = Still(Some(WebPDecoder::new(Cursor::new(file.clone()))?));
    let Some(decoder) = &still.0 else { return Err(Undecodable::Damaged) };
    let (width, height) = decoder.dimensions();
    let size = Size::new(width, height)?;
    size.held_at(HELD)?;
    let layout = Layout::Rgb(if decoder.has_alpha() { 4 } else { 3 });
    Ok(Opened::still(size, Frames::new(still, size, layout, 1)))
}

struct Still(Option<WebPDecoder<Cursor<File>>>);

impl Decode for Still {
    fn next(&mut self, pixels: &mut Vec<u8>) -> Result<bool, Undecodable> {
        let Some(decoder) = self.0.take() else { return Ok(false) };
        read(decoder, pixels)?;
        Ok(true)
    }
}

/// Reads a picture's pixels, 3 or 4 bytes each.
fn read<R: std::io::BufRead + std::io::Seek>(
    mut decoder: WebPDecoder<R>,
    pixels: &mut Vec<u8>,
) -> Result<(), Undecodable> {
    decoder.set_memory_limit(usize::try_from(MAX_HELD_BYTES).unwrap_or(usize::MAX));
    pixels.resize(decoder.output_buffer_size().ok_or(Undecodable::TooLarge)?, 0);
    Ok(decoder.read_image(pixels)?)
}

impl From<DecodingError> for Undecodable {
    fn from(error: DecodingError) -> Self {
        match error {
            DecodingError::IoError(cause) if cause.kind() == ErrorKind::UnexpectedEof => Self::Truncated,
            // The bit reader's way to say that there are no bytes left.
            DecodingError::BitStreamError => Self::Truncated,
            DecodingError::MemoryLimitExceeded | DecodingError::ImageTooLarge => Self::TooLarge,
            DecodingError::UnsupportedFeature(_) => Self::Unsupported,
            _ => Self::Damaged,
        }
    }
}
