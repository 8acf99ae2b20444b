//! YUV4MPEG2, as `ffmpeg` writes it: a line that says what the frames are, then frames, each behind a line `FRAME`
//! (`man yuv4mpeg`; `XCOLORRANGE` and samples of more than 8 bits, as in `420p10`, are `ffmpeg`'s additions).

use std::io::{BufRead, ErrorKind, Read};

use hashing::vpdq::{Chroma, MAX_PIXELS, Pixels, Plane, Range, Sampling};

/// No line is longer.
const LONGEST_LINE: u64 = 1024;

/// A stream that is none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a YUV4MPEG2 stream that we know")]
pub struct NotY4m;

/// What the frames are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// None: grey.
    chroma: Option<Sampling>,
    /// Bits a sample, 8 to 16; above 8 a sample has two bytes.
    bits: u32,
    range: Range,
    /// Frames in so many seconds.
    rate: (u64, u64),
}

impl Header {
    /// Reads the first line.
    pub fn read(from: &mut impl BufRead) -> Result<Self, NotY4m> {
        let line = line(from)?.ok_or(NotY4m)?;
        Self::parse(&line).ok_or(NotY4m)
    }

    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(' ');
        if fields.next()? != "YUV4MPEG2" {
            return None;
        }
        let mut header = Self { width: 0, height: 0, chroma: None, bits: 0, range: Range::Limited, rate: (0, 1) };
        for field in fields {
            match field.split_at_checked(1)? {
                ("W", width) => header.width = width.parse().ok()?,
                ("H", height) => header.height = height.parse().ok()?,
                ("C", colour) => (header.chroma, header.bits) = colour_of(colour)?,
                ("F", rate) => {
                    let (frames, seconds) = rate.split_once(':')?;
                    header.rate = (frames.parse().ok()?, seconds.parse().ok()?);
                }
                ("X", "COLORRANGE=FULL") => header.range = Range::Full,
                _ => {}
            }
        }
        (8..=16).contains(&header.bits).then_some(header)
    }

    /// Bytes of a frame; nothing above [`MAX_PIXELS`].
    pub fn frame_length(&self) -> Option<usize> {
        let pixels = u64::from(self.width) * u64::from(self.height);
        (pixels <= MAX_PIXELS).then(|| self.rows().iter().map(|(row, rows)| row * rows).sum())
    }

    /// For each plane, bytes a row and rows.
    fn rows(&self) -> [(usize, usize); 3] {
        let sample = if self.bits > 8 { 2 } else { 1 };
        let (width, height) = (self.width as usize, self.height as usize);
        let chroma = match self.chroma {
            None => (0, 0),
            Some(Sampling::Quarter) => (sample * width.div_ceil(2), height.div_ceil(2)),
            Some(Sampling::Half) => (sample * width.div_ceil(2), height),
            Some(Sampling::Whole) => (sample * width, height),
        };
        [(sample * width, height), chroma, chroma]
    }

    /// A frame's pixels, of its bytes.
    pub fn pixels<'a>(&self, mut bytes: &'a [u8]) -> Pixels<'a> {
        let [luma, blue, red] = self.rows().map(|(row, rows)| {
            let (plane, rest) = bytes.split_at_checked(row * rows).unwrap_or((bytes, &[]));
            bytes = rest;
            Plane { bytes: plane, stride: row }
        });
        let chroma = self.chroma.map_or(Chroma::None, |sampling| Chroma::Planes(blue, red, sampling));
        Pixels::Yuv { luma, chroma, bits: self.bits, range: self.range }
    }

    /// When the frame of this number is shown.
    pub fn milliseconds(&self, number: u64) -> u64 {
        let (frames, seconds) = self.rate;
        let rounded = number.saturating_mul(seconds).saturating_mul(1000).saturating_add(frames / 2);
        rounded.checked_div(frames).unwrap_or_default()
    }
}

/// `420jpeg`, `422`, `444p10`, `mono` and the like.
fn colour_of(name: &str) -> Option<(Option<Sampling>, u32)> {
    let (chroma, rest) = match name.split_at_checked(3)? {
        ("420", rest) => (Some(Sampling::Quarter), rest),
        ("422", rest) => (Some(Sampling::Half), rest),
        ("444", rest) => (Some(Sampling::Whole), rest),
        _ => (None, name.strip_prefix("mono")?),
    };
    let bits = match rest {
        "" | "jpeg" | "mpeg2" | "paldv" => 8,
        deep => deep.strip_prefix('p').unwrap_or(deep).parse().ok()?,
    };
    Some((chroma, bits))
}

/// Reads the next frame; false at the end, or where the stream breaks off.
pub fn read_frame(from: &mut impl BufRead, frame: &mut [u8]) -> Result<bool, NotY4m> {
    let Some(line) = line(from)? else { return Ok(false) };
    if !line.starts_with("FRAME") {
        return Err(NotY4m);
    }
    match from.read_exact(frame) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(_) => Err(NotY4m),
    }
}

fn line(from: &mut impl BufRead) -> Result<Option<String>, NotY4m> {
    let mut line = Vec::new();
    from.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line).map_err(|_| NotY4m)?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => String::from_utf8(line).map(Some).map_err(|_| NotY4m),
        Some(_) => Err(NotY4m),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(line: &str) -> Option<Header> {
        Header::read(&mut line.as_bytes()).ok()
    }

    #[test]
    fn the_first_line_says_what_the_frames_are() {
        let plain = header("YUV4MPEG2 W639 H361 F30000:1001 Ip A1:1 C420mpeg2 XYSCSS=420MPEG2\n").unwrap();
        assert_eq!((plain.width, plain.height, plain.bits, plain.range), (639, 361, 8, Range::Limited));
        assert_eq!(plain.milliseconds(30_000), 1_001_000);
        assert_eq!(plain.frame_length(), Some(639 * 361 + 2 * 320 * 181));
        let deep = header("YUV4MPEG2 W640 H360 F25:1 Ip A1:1 C444p10 XCOLORRANGE=FULL\n").unwrap();
        assert_eq!((deep.bits, deep.range, deep.frame_length()), (10, Range::Full, Some(6 * 640 * 360)));
        let grey = header("YUV4MPEG2 W6 H6 F0:0 Cmono\n").unwrap();
        assert_eq!((grey.milliseconds(3), grey.frame_length()), (0, Some(36)));
        assert_eq!(header("YUV4MPEG2 W60000 H60000 F0:0 C422\n").unwrap().frame_length(), None);
    }

    #[test]
    fn other_streams_are_refused() {
        for line in ["", "\n", "YUV4MPEG2 W640 H360", "YUV4MPEG2 W640 H360 C411\n", "YUV4MPEG2 Wx Cmono\n", "RIFF\n"] {
            assert_eq!(header(line), None, "{line}");
        }
        assert_eq!(header("YUV4MPEG2 W640 H360 C420p99\n"), None);
        assert_eq!(header(&"W".repeat(5_000)), None);
    }

    #[test]
    fn frames_come_until_the_stream_ends_or_breaks_off() {
        let mut plane = [0; 4];
        let mut stream = b"FRAME\nabcdFRAME Ip\nefghFRAME\nij".as_slice();
        assert_eq!(read_frame(&mut stream, &mut plane), Ok(true));
        assert_eq!(read_frame(&mut stream, &mut plane), Ok(true));
        assert_eq!(&plane, b"efgh");
        assert_eq!(read_frame(&mut stream, &mut plane), Ok(false));
        assert_eq!(read_frame(&mut b"junk\n".as_slice(), &mut plane), Err(NotY4m));
    }
}
