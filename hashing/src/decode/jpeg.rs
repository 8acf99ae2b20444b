//! JPEG: baseline and progressive, grey, colour and four inks.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::{Layout, Picture, Undecodable, within_limits};

pub(super) fn read(file: &[u8]) -> Result<Picture, Undecodable> {
    let outline = Outline::of(file);
    if !outline.ends {
        return Err(Undecodable::Truncated);
    }
    // Lenient as libjpeg is: small faults inside still give a picture. Sizes are limited below, by area.
    let options = DecoderOptions::default().set_strict_mode(false).set_max_width(usize::MAX).set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
    decoder.decode_headers().map_err(cause)?;
    let (width, height) = decoder.dimensions().ok_or(Undecodable::Damaged)?;
    let (width, height) = (u32::try_from(width).unwrap_or(u32::MAX), u32::try_from(height).unwrap_or(u32::MAX));

    let (out, layout) = match decoder.input_colorspace().ok_or(Undecodable::Damaged)? {
        ColorSpace::Luma => (ColorSpace::Luma, Layout::Grey(1)),
        // Programs that write the Adobe marker store the inks inverted, which the decoder assumes; the others do not.
        ColorSpace::CMYK if !outline.adobe => (ColorSpace::CMYK, Layout::Rgb(4)),
        _ => (ColorSpace::RGB, Layout::Rgb(3)),
    };
    decoder.set_options(options.jpeg_set_out_colorspace(out));
    let bytes = decoder.output_buffer_size().ok_or(Undecodable::Damaged)?;
    within_limits((width, height), bytes as u64)?;
    let mut pixels = vec![0; bytes];
    decoder.decode_into(&mut pixels).map_err(cause)?;
    if out == ColorSpace::CMYK {
        mix_inks(&mut pixels);
    }
    Ok(Picture { width, height, layout, pixels })
}

fn cause(error: DecodeErrors) -> Undecodable {
    match error {
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => Undecodable::Truncated,
        DecodeErrors::Unsupported(_) => Undecodable::Unsupported,
        DecodeErrors::LargeDimensions(_) => Undecodable::TooLarge,
        _ => Undecodable::Damaged,
    }
}

/// Cyan, magenta, yellow and black become red, green and blue, as Pillow mixes them; the fourth byte is left over.
fn mix_inks(pixels: &mut [u8]) {
    for pixel in pixels.chunks_exact_mut(4) {
        let light = 255 - u32::from(pixel[3]);
        for ink in &mut pixel[..3] {
            let share = u32::from(*ink) * light + 128;
            let taken = ((share >> 8) + share) >> 8;
            #[allow(clippy::cast_possible_truncation)] // at most 255
            let left = light.saturating_sub(taken) as u8;
            *ink = left;
        }
    }
}

/// What the file's segments say, read before decoding (ITU-T T.81, annex B).
struct Outline {
    /// An Adobe segment is there.
    adobe: bool,
    /// The end marker is there; without it the file was cut off, and a decoder would invent the rest in grey.
    ends: bool,
}

impl Outline {
    fn of(file: &[u8]) -> Self {
        let mut adobe = false;
        let mut rest = file.get(2..).unwrap_or_default();
        loop {
            match rest {
                [0xff, 0xff, ..] => rest = &rest[1..],
                [0xff, 0xd9, ..] => return Self { adobe, ends: true },
                [0xff, 0x01 | 0xd0..=0xd8, tail @ ..] => rest = tail,
                [0xff, marker, tail @ ..] => {
                    let Some((&[high, low], _)) = tail.split_first_chunk() else { return Self { adobe, ends: false } };
                    let Some(after) = tail.get(usize::from(u16::from_be_bytes([high, low])).max(2)..) else {
                        return Self { adobe, ends: false };
                    };
                    if *marker == 0xda {
                        // In coded data 0xff is always followed by 0 or a restart: this marker can't appear by chance.
                        return Self { adobe, ends: after.windows(2).any(|pair| pair == [0xff, 0xd9]) };
                    }
                    adobe |= *marker == 0xee && tail[2..].starts_with(b"Adobe");
                    rest = after;
                }
                [] | [_] => return Self { adobe, ends: false },
                // Stray bytes between segments: decoders look for the next marker.
                [_, tail @ ..] => rest = tail,
            }
        }
    }
}
