//! The case code as a picture that a phone's gallery takes: a PNG of one bit a pixel, black on white, with the code in
//! symbols and as a QR code. Nothing in it says what it is for.

use casework::case_code::CaseCode;
use embedded_graphics::mono_font::{MonoTextStyle, ascii::FONT_10X20};
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::prelude::*;
use embedded_graphics::text::{Baseline, Text};
use qrcodegen::{QrCode, QrCodeEcc};

use crate::qr_code::QUIET;

/// Pixels a module of the QR code takes.
const MODULE: usize = 20;
/// How many times its size the font is drawn: 30 × 60 pixels a symbol.
const LETTER: usize = 3;

/// The picture, as the bytes of a PNG. None if the code were too long for a QR code.
pub(super) fn png(code: &CaseCode) -> Option<Vec<u8>> {
    let code = code.to_string();
    let square = Bitmap::of_qr(&QrCode::encode_text(&code, QrCodeEcc::Medium).ok()?);
    let words = Bitmap::of_words(&code);
    let quiet = usize::try_from(QUIET).ok()? * MODULE;
    let width = (square.width * MODULE).max(words.width * LETTER) + 2 * quiet;
    let below = 2 * quiet + square.height * MODULE;
    let mut picture = Bitmap::new(width, below + words.height * LETTER + quiet);
    picture.paste(&square, MODULE, quiet);
    picture.paste(&words, LETTER, below);
    picture.encoded()
}

/// Black and white pixels, white at first.
struct Bitmap {
    width: usize,
    height: usize,
    black: Vec<bool>,
}

impl Bitmap {
    fn new(width: usize, height: usize) -> Self {
        Self { width, height, black: vec![false; width * height] }
    }

    fn of_qr(code: &QrCode) -> Self {
        let side = code.size();
        let modules = (0..side).flat_map(|y| (0..side).map(move |x| code.get_module(x, y)));
        let side = side.unsigned_abs() as usize;
        Self { width: side, height: side, black: modules.collect() }
    }

    fn of_words(words: &str) -> Self {
        let letter = FONT_10X20.character_size;
        let mut bitmap = Self::new(words.len() * letter.width as usize, letter.height as usize);
        let style = MonoTextStyle::new(&FONT_10X20, BinaryColor::On);
        let Ok(_end) = Text::with_baseline(words, Point::zero(), style, Baseline::Top).draw(&mut bitmap);
        bitmap
    }

    /// Draws another bitmap into the middle, `scale` times its size, from row `top` on.
    fn paste(&mut self, other: &Self, scale: usize, top: usize) {
        let left = (self.width - other.width * scale) / 2;
        for y in 0..other.height * scale {
            for x in 0..other.width * scale {
                self.black[(top + y) * self.width + left + x] = other.black[y / scale * other.width + x / scale];
            }
        }
    }

    fn encoded(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder =
            png::Encoder::new(&mut bytes, u32::try_from(self.width).ok()?, u32::try_from(self.height).ok()?);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let mut writer = encoder.write_header().ok()?;
        writer.write_image_data(&self.packed()).ok()?;
        writer.finish().ok()?;
        Some(bytes)
    }

    /// Eight pixels a byte, each row beginning a new one; white is 1 (PNG, section 7.2).
    fn packed(&self) -> Vec<u8> {
        let byte = |pixels: &[bool]| {
            pixels.iter().enumerate().fold(0, |byte, (at, black)| byte | u8::from(!black) << (7 - at))
        };
        self.black.chunks_exact(self.width).flat_map(|row| row.chunks(8).map(byte)).collect()
    }
}

impl OriginDimensions for Bitmap {
    #[allow(clippy::cast_possible_truncation)] // no side comes near the largest number
    fn size(&self) -> Size {
        Size::new(self.width as u32, self.height as u32)
    }
}

impl DrawTarget for Bitmap {
    type Color = BinaryColor;
    type Error = std::convert::Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<BinaryColor>>>(&mut self, pixels: I) -> Result<(), Self::Error> {
        for Pixel(Point { x, y }, colour) in pixels {
            let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { continue };
            if x < self.width && y < self.height {
                self.black[y * self.width + x] = colour.is_on();
            }
        }
        Ok(())
    }
}
