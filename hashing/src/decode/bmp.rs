//! BMP, as Windows writes it.

use std::io::{Cursor, ErrorKind};

use image::codecs::bmp::BmpDecoder;
use image::{ColorType, ImageDecoder, ImageError};

use super::held::{Decode, Frames, Layout};
use super::{File, Opened, Size, Undecodable};

pub(super) fn open(file: &File) -> Result<Opened, Undecodable> {
    let decoder = BmpDecoder::new(Cursor::new(file.clone()))?;
    let (width, height) = decoder.dimensions();
    let size = Size::new(width, height)?;
    let layout = match decoder.color_type() {
        ColorType::L8 => Layout::Grey(1),
        ColorType::Rgb8 => Layout::Rgb(3),
        ColorType::Rgba8 => Layout::Rgb(4),
        _ => return Err(Undecodable::Unsupported),
    };
    size.held_at(layout.bytes() as u64)?;
    let length = size.width() * size.height() * layout.bytes();
    Ok(Opened::still(size, Frames::new(Bmp { decoder: Some(decoder), length }, size, layout, 1)))
}

struct Bmp {
    decoder: Option<BmpDecoder<Cursor<File>>>,
    length: usize,
}

impl Decode for Bmp {
    fn next(&mut self, pixels: &mut Vec<u8>) -> Result<bool, Undecodable> {
        let Some(decoder) = self.decoder.take() else { return Ok(false) };
        pixels.resize(self.length, 0);
        decoder.read_image(pixels)?;
        Ok(true)
    }
}

impl From<ImageError> for Undecodable {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooLarge,
            ImageError::Unsupported(_) => Self::Unsupported,
            ImageError::IoError(cause) if cause.kind() == ErrorKind::UnexpectedEof => Self::Truncated,
            _ => Self::Damaged,
        }
    }
}
