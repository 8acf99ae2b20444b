//! WebP (RFC 9649): lossy, lossless, with alpha; of an animated one, every frame as it is shown.

use std::io::{Cursor, ErrorKind};

use image_webp::{DecodingError, WebPDecoder};

use super::held::{Decode, Frames, Layout};
use super::{File, MAX_HELD_BYTES, Opened, Size, Undecodable};

/// Bytes a pixel while a frame is decoded: the canvas of an animation, the frame, and the frame handed over.
const HELD: u64 = 4 + 4 + 4;

pub(super) fn open(file: &File) -> Result<Opened, Undecodable> {
    let mut decoder = WebPDecoder::new(Cursor::new(file.clone()))?;
    let (width, height) = decoder.dimensions();
    let size = Size::new(width, height)?;
    let animated = decoder.is_animated();
    size.held_at(if animated { HELD } else { HELD - 4 })?;
    decoder.set_memory_limit(usize::try_from(MAX_HELD_BYTES).unwrap_or(usize::MAX));
    let frames = if animated { decoder.num_frames().clamp(1, size.most_frames().max(1)) } else { 1 };
    if animated {
        // As libwebp and Pillow have it: frames are shown on nothing, whatever background the file wishes for.
        decoder.set_background_color([0; 4])?;
    }
    let layout = Layout::Rgb(if decoder.has_alpha() { 4 } else { 3 });
    Ok(Opened { size, frames, source: Box::new(Frames::new(WebP { decoder, animated }, size, layout, frames)) })
}

struct WebP {
    decoder: WebPDecoder<Cursor<File>>,
    animated: bool,
}

impl Decode for WebP {
    fn next(&mut self, pixels: &mut Vec<u8>) -> Result<bool, Undecodable> {
        pixels.resize(self.decoder.output_buffer_size().ok_or(Undecodable::TooLarge)?, 0);
        if self.animated {
            match self.decoder.read_frame(pixels) {
                Err(DecodingError::NoMoreFrames) => return Ok(false),
                read => read.map(drop)?,
            }
        } else {
            self.decoder.read_image(pixels)?;
        }
        Ok(true)
    }
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
