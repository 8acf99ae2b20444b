//! PNG (W3C, third edition): row by row, unless it is interlaced. Of an animated one, the still picture.

use std::io::{Cursor, ErrorKind};

use png::{ColorType, Decoder, DecodingError, Limits, Reader, Transformations};

use super::held::{Decode, Frames, Layout};
use super::{File, MAX_HELD_BYTES, Opened, Size, Source, Step, Take, Undecodable};

pub(super) fn open(file: &File) -> Result<Opened, Undecodable> {
    let limits = Limits { bytes: usize::try_from(MAX_HELD_BYTES).unwrap_or(usize::MAX) };
    let mut decoder = Decoder::new_with_limits(Cursor::new(file.clone()), limits);
    // Texts and colour profiles are skipped: they can only cost memory.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let header = decoder.read_header_info()?;
    let (size, interlaced) = (Size::new(header.width, header.height)?, header.interlaced);
    let reader = decoder.read_info()?;
    has_whole_palette(&reader)?;
    let layout = match reader.output_color_type().0 {
        ColorType::Grayscale => Layout::Grey(1),
        ColorType::GrayscaleAlpha => Layout::Grey(2),
        ColorType::Rgb => Layout::Rgb(3),
        ColorType::Rgba => Layout::Rgb(4),
        ColorType::Indexed => return Err(Undecodable::Unsupported),
    };
    if interlaced {
        size.held_at(layout.bytes() as u64)?;
        return Ok(Opened::still(size, Frames::new(Interlaced(reader), size, layout, 1)));
    }
    Ok(Opened::still(size, Rows { reader, size, layout, room: Vec::new(), done: 0 }))
}

type Png = Reader<Cursor<File>>;

/// A palette is one to 256 triples (W3C PNG, 11.2.2). The decoder takes that for granted and panics on others.
fn has_whole_palette(reader: &Png) -> Result<(), Undecodable> {
    let info = reader.info();
    let Some(palette) = info.palette.as_deref().filter(|_| info.color_type == ColorType::Indexed) else {
        return Ok(());
    };
    let whole = palette.len() % 3 == 0 && (3..=3 * 256).contains(&palette.len());
    if whole { Ok(()) } else { Err(Undecodable::Damaged) }
}

struct Rows {
    reader: Png,
    size: Size,
    layout: Layout,
    room: Vec<u8>,
    done: usize,
}

impl Source for Rows {
    fn step(&mut self, take: Take<'_>) -> Result<Step, Undecodable> {
        if self.done == self.size.height() {
            return Ok(Step::End);
        }
        let until = self.size.height().min(self.done + self.size.rows_a_step());
        for _ in self.done..until {
            let row = self.reader.next_row()?.ok_or(Undecodable::Truncated)?;
            self.layout.hand_over(row.data(), &mut self.room, take);
        }
        self.done = until;
        Ok(if until == self.size.height() { Step::Frame } else { Step::Busy })
    }
}

struct Interlaced(Png);

impl Decode for Interlaced {
    fn next(&mut self, pixels: &mut Vec<u8>) -> Result<bool, Undecodable> {
        pixels.resize(self.0.output_buffer_size().ok_or(Undecodable::TooLarge)?, 0);
        self.0.next_frame(pixels)?;
        Ok(true)
    }
}

impl From<DecodingError> for Undecodable {
    fn from(error: DecodingError) -> Self {
        match error {
            DecodingError::IoError(cause) if cause.kind() == ErrorKind::UnexpectedEof => Self::Truncated,
            DecodingError::LimitsExceeded => Self::TooLarge,
            DecodingError::IoError(_) | DecodingError::Format(_) | DecodingError::Parameter(_) => Self::Damaged,
        }
    }
}
