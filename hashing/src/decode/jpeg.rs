//! JPEG: baseline and progressive, grey, colour and four inks.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::held::{Decode, Frames, Layout};
use super::{File, Opened, Size, Undecodable};

pub(super) fn open(file: &File) -> Result<Opened, Undecodable> {
    if !has_end(file.bytes()) {
        return Err(Undecodable::Truncated);
    }
    let mut decoder = decoder(file);
    decoder.decode_headers().map_err(cause)?;
    let (width, height) = decoder.dimensions().ok_or(Undecodable::Damaged)?;
    let size = Size::new(u32::try_from(width).unwrap_or(u32::MAX), u32::try_from(height).unwrap_or(u32::MAX))?;
    let (out, layout) = match decoder.input_colorspace().ok_or(Undecodable::Damaged)? {
        ColorSpace::Luma => (ColorSpace::Luma, Layout::Grey(1)),
        _ => (ColorSpace::RGB, Layout::Rgb(3)),
    };
    Ok(Opened::still(size, Frames::new(Jpeg { file: file.clone(), out }, size, layout, 1)))
}

fn decoder(file: &File) -> JpegDecoder<ZCursor<File>> {
    let options = DecoderOptions::default().set_strict_mode(false).set_max_width(usize::MAX).set_max_height(usize::MAX);
    JpegDecoder::new_with_options(ZCursor::new(file.clone()), options)
}

struct Jpeg {
    file: File,
    out: ColorSpace,
}

impl Decode for Jpeg {
    fn next(&mut self, pixels: &mut Vec<u8>) -> Result<bool, Undecodable> {
        let mut decoder = decoder(&self.file);
        let options = decoder.options().jpeg_set_out_colorspace(self.out);
        decoder.set_options(options);
        *pixels = decoder.decode().map_err(cause)?;
        Ok(true)
    }
}

fn cause(error: DecodeErrors) -> Undecodable {
    match error {
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => Undecodable::Truncated,
        DecodeErrors::Unsupported(_) => Undecodable::Unsupported,
        DecodeErrors::LargeDimensions(_) => Undecodable::TooLarge,
        _ => Undecodable::Damaged,
    }
}

/// Whether the end marker is there (ITU-T T.81, annex B). Without it the file was cut off, and a decoder would make up
/// the rest in grey.
fn has_end(file: &[u8]) -> bool {
    let mut rest = file.get(2..).unwrap_or_default();
    loop {
        match rest {
            [0xff, 0xff, ..] => rest = &rest[1..],
            [0xff, 0xd9, ..] => return true,
            [0xff, 0x01 | 0xd0..=0xd8, tail @ ..] => rest = tail,
            [0xff, marker, tail @ ..] => {
                let Some((&length, _)) = tail.split_first_chunk() else { return false };
                let Some(after) = tail.get(usize::from(u16::from_be_bytes(length)).max(2)..) else { return false };
                if *marker == 0xda {
                    // In coded data 0xff is always followed by 0 or a restart: the end can't appear by chance.
                    return after.windows(2).any(|pair| pair == [0xff, 0xd9]);
                }
                rest = after;
            }
            // Stray bytes between segments: decoders look for the next marker, and so does this.
            [_, tail @ ..] => rest = tail,
            [] => return false,
        }
    }
}
