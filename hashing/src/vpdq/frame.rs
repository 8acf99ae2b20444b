//! One decoded frame, as a decoder hands it over, and its colours as it is shown.

/// Frames above this many pixels are refused.
pub const MAX_PIXELS: u64 = crate::decode::MAX_PIXELS;

/// How far a frame is to be turned to the right before it is shown: what a phone held upright writes into its files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quarter {
    /// As it is stored.
    #[default]
    None,
    /// A quarter turn to the right.
    Right,
    /// Upside down.
    Half,
    /// A quarter turn to the left.
    Left,
}

impl Quarter {
    /// From degrees to the right: 0, 90, 180 or 270.
    pub const fn from_degrees(degrees: u32) -> Option<Self> {
        match degrees {
            0 => Some(Self::None),
            90 => Some(Self::Right),
            180 => Some(Self::Half),
            270 => Some(Self::Left),
            _ => None,
        }
    }
}

/// What black and white are in a Y plane (ITU-R BT.601, 8 bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// 0 and 255.
    Full,
    /// 16 and 235.
    Limited,
}

/// Samples in memory, top row first.
#[derive(Clone, Copy)]
pub struct Plane<'a> {
    /// Where they lie.
    pub bytes: &'a [u8],
    /// Bytes from row to row.
    pub stride: usize,
}

/// How much smaller the chroma planes are than the luma plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// Half as wide and half as high (4:2:0).
    Quarter,
    /// Half as wide (4:2:2).
    Half,
    /// As large (4:4:4).
    Whole,
}

/// The chroma of a frame.
#[derive(Clone, Copy)]
pub enum Chroma<'a> {
    /// None: a grey frame.
    None,
    /// Blue and red differences, a plane each.
    Planes(Plane<'a>, Plane<'a>, Sampling),
    /// One plane, half as wide and high, of pairs of blue and red differences (NV12).
    Pairs(Plane<'a>),
}

/// A frame's pixels.
#[derive(Clone, Copy)]
pub enum Pixels<'a> {
    /// Luma and chroma. A sample has one byte; above 8 bits it has two, the lower first.
    Yuv {
        /// Luma.
        luma: Plane<'a>,
        /// Colour.
        chroma: Chroma<'a>,
        /// Bits a sample, 8 to 16.
        bits: u32,
        /// What the samples mean.
        range: Range,
    },
    /// Red, green, blue and one byte that is not looked at; where a browser gives no planes.
    Rgbx(Plane<'a>),
}

/// Why a frame gives no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFrame {
    /// A side under [`crate::pdq::MIN_SIDE`].
    #[error("the frame is too small")]
    TooSmall,
    /// Above [`MAX_PIXELS`].
    #[error("the frame is too large")]
    TooLarge,
    /// The pixels are not as many as they should be.
    #[error("the frame is cut off")]
    CutOff,
}

/// A frame whose pixels are all there.
pub struct Frame<'a> {
    width: usize,
    height: usize,
    turn: Quarter,
    pixels: Pixels<'a>,
}

impl<'a> Frame<'a> {
    /// A frame of `width` × `height` stored pixels.
    pub fn new(width: u32, height: u32, turn: Quarter, pixels: Pixels<'a>) -> Result<Self, BadFrame> {
        if width < crate::pdq::MIN_SIDE || height < crate::pdq::MIN_SIDE {
            return Err(BadFrame::TooSmall);
        }
        if u64::from(width) * u64::from(height) > MAX_PIXELS {
            return Err(BadFrame::TooLarge);
        }
        let (width, height) = (width as usize, height as usize);
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        let all_there = match pixels {
            Pixels::Rgbx(plane) => plane.holds(4 * width, height),
            Pixels::Yuv { luma, chroma, bits, .. } => {
                let sample = if bits > 8 { 2 } else { 1 };
                (8..=16).contains(&bits)
                    && luma.holds(sample * width, height)
                    && match chroma {
                        Chroma::None => true,
                        Chroma::Pairs(pairs) => pairs.holds(2 * sample * half_width, half_height),
                        Chroma::Planes(blue, red, sampling) => [blue, red].iter().all(|plane| match sampling {
                            Sampling::Quarter => plane.holds(sample * half_width, half_height),
                            Sampling::Half => plane.holds(sample * half_width, height),
                            Sampling::Whole => plane.holds(sample * width, height),
                        }),
                    }
            }
        };
        if all_there { Ok(Self { width, height, turn, pixels }) } else { Err(BadFrame::CutOff) }
    }

    /// Width and height as it is shown, in pixels.
    #[allow(clippy::cast_possible_truncation)] // they came as u32
    pub(super) const fn shown(&self) -> (u32, u32) {
        match self.turn {
            Quarter::None | Quarter::Half => (self.width as u32, self.height as u32),
            Quarter::Right | Quarter::Left => (self.height as u32, self.width as u32),
        }
    }

    /// Writes row `y` as it is shown, red, green, blue, over whatever `row` held.
    pub(super) fn write_rgb(&self, y: u32, row: &mut Vec<u8>) {
        let y = y as usize;
        let (right, bottom) = (self.width - 1, self.height - 1);
        row.clear();
        match self.turn {
            Quarter::None => self.write(row, (0..self.width).map(|x| (x, y))),
            Quarter::Half => self.write(row, (0..self.width).map(|x| (right - x, bottom - y))),
            Quarter::Right => self.write(row, (0..self.height).map(|x| (y, bottom - x))),
            Quarter::Left => self.write(row, (0..self.height).map(|x| (right - y, x))),
        }
    }

    /// Writes the colours of the stored pixels at these places.
    fn write(&self, row: &mut Vec<u8>, places: impl Iterator<Item = (usize, usize)>) {
        match self.pixels {
            Pixels::Rgbx(plane) => row.extend(places.flat_map(|(x, y)| {
                let at = y * plane.stride + 4 * x;
                [plane.bytes[at], plane.bytes[at + 1], plane.bytes[at + 2]]
            })),
            Pixels::Yuv { luma, chroma, bits: 8, range } => {
                let sample = |plane: &Plane<'_>, x, y| plane.bytes[y * plane.stride + x];
                row.extend(places.flat_map(|(x, y)| range.rgb(sample(&luma, x, y), chroma.at(x, y, sample))));
            }
            Pixels::Yuv { luma, chroma, bits, range } => {
                let sample = |plane: &Plane<'_>, x, y| plane.upper_byte(x, y, bits);
                row.extend(places.flat_map(|(x, y)| range.rgb(sample(&luma, x, y), chroma.at(x, y, sample))));
            }
        }
    }
}

impl Plane<'_> {
    /// Whether it has so many rows of so many bytes.
    fn holds(&self, row: usize, rows: usize) -> bool {
        let needed = self.stride.checked_mul(rows - 1).and_then(|before| before.checked_add(row));
        self.stride >= row && needed.is_some_and(|needed| self.bytes.len() >= needed)
    }

    /// The upper eight bits of a sample of two bytes.
    #[allow(clippy::cast_possible_truncation)] // shifted to eight bits
    fn upper_byte(&self, x: usize, y: usize, bits: u32) -> u8 {
        let at = y * self.stride + 2 * x;
        (u16::from_le_bytes([self.bytes[at], self.bytes[at + 1]]) >> (bits - 8)) as u8
    }
}

impl Chroma<'_> {
    /// The blue and the red difference of a pixel: those of the sample it lies in.
    fn at(&self, x: usize, y: usize, sample: impl Fn(&Plane<'_>, usize, usize) -> u8) -> [u8; 2] {
        match self {
            Self::None => [128; 2],
            Self::Pairs(pairs) => [sample(pairs, x & !1, y / 2), sample(pairs, x | 1, y / 2)],
            Self::Planes(blue, red, sampling) => {
                let (x, y) = match sampling {
                    Sampling::Quarter => (x / 2, y / 2),
                    Sampling::Half => (x / 2, y),
                    Sampling::Whole => (x, y),
                };
                [sample(blue, x, y), sample(red, x, y)]
            }
        }
    }
}

impl Range {
    /// Red, green, blue by ITU-R BT.601, in fixed point of 16 bits.
    fn rgb(self, luma: u8, [blue, red]: [u8; 2]) -> [u8; 3] {
        let (luma, [blue, red]) = (i32::from(luma), [blue, red].map(|chroma| i32::from(chroma) - 128));
        let [bright, red_to_red, blue_to_green, red_to_green, blue_to_blue] = match self {
            Self::Full => [65_536 * luma, 91_881, -22_554, -46_802, 116_130],
            Self::Limited => [76_309 * (luma - 16), 104_597, -25_675, -53_279, 132_201],
        };
        let parts = [red_to_red * red, blue_to_green * blue + red_to_green * red, blue_to_blue * blue];
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped to a byte
        parts.map(|part| ((bright + part + 32_768) >> 16).clamp(0, 255) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(frame: &Frame<'_>) -> Vec<Vec<u8>> {
        let mut row = Vec::new();
        let mut red_of_row = |y| {
            frame.write_rgb(y, &mut row);
            row.iter().step_by(3).copied().collect()
        };
        (0..frame.shown().1).map(&mut red_of_row).collect()
    }

    fn grey(bytes: &[u8], stride: usize, bits: u32) -> Pixels<'_> {
        Pixels::Yuv { luma: Plane { bytes, stride }, chroma: Chroma::None, bits, range: Range::Full }
    }

    #[test]
    fn turned_as_it_is_shown() {
        // Five by six, of numbers that tell row and column, and a byte of padding.
        let plane: Vec<u8> = (0..6).flat_map(|y| (0..5).map(move |x| y * 10 + x).chain([99])).collect();
        let frame = |turn| Frame::new(5, 6, turn, grey(&plane, 6, 8)).unwrap();
        assert_eq!(shown(&frame(Quarter::None))[1], [10, 11, 12, 13, 14]);
        assert_eq!(shown(&frame(Quarter::Half))[0], [54, 53, 52, 51, 50]);
        assert_eq!(shown(&frame(Quarter::Right))[0], [50, 40, 30, 20, 10, 0]);
        assert_eq!(shown(&frame(Quarter::Left))[0], [4, 14, 24, 34, 44, 54]);
        assert_eq!(shown(&frame(Quarter::Left)).len(), 5);
    }

    #[test]
    fn colours_are_those_of_the_standard() {
        // White, black and the three primaries, as BT.601 gives them in eight bits.
        for (luma, chroma, rgb) in [
            (235, [128, 128], [255, 255, 255]),
            (16, [128, 128], [0, 0, 0]),
            (81, [90, 240], [254, 0, 0]),
            (145, [54, 34], [0, 255, 1]),
            (41, [240, 110], [0, 0, 255]),
            (255, [128, 128], [255, 255, 255]),
            (0, [128, 128], [0, 0, 0]),
        ] {
            assert_eq!(Range::Limited.rgb(luma, chroma), rgb, "{luma} {chroma:?}");
        }
        assert_eq!(Range::Full.rgb(76, [85, 255]), [254, 0, 0]);
        assert_eq!(Range::Full.rgb(200, [128, 128]), [200, 200, 200]);
    }

    fn colours(luma: Plane<'_>, chroma: Chroma<'_>) -> Vec<u8> {
        let pixels = Pixels::Yuv { luma, chroma, bits: 8, range: Range::Limited };
        let frame = Frame::new(8, 8, Quarter::None, pixels).unwrap();
        let mut row = Vec::new();
        let mut rgb = |y| {
            frame.write_rgb(y, &mut row);
            row.clone()
        };
        (0..8).flat_map(&mut rgb).collect()
    }

    #[test]
    fn every_layout_of_chroma_gives_the_same_colours() {
        let luma = Plane { bytes: &[100; 64], stride: 8 };
        let at =
            |x: usize, y: usize| [u8::try_from(90 + 10 * (x / 2)).unwrap(), u8::try_from(110 + 9 * (y / 2)).unwrap()];
        let plane = |width: usize, height: usize, part: usize| -> Vec<u8> {
            (0..height).flat_map(|y| (0..width).map(move |x| at(x * 8 / width, y * 8 / height)[part])).collect()
        };
        let pairs: Vec<u8> = (0..4).flat_map(|y| (0..4).flat_map(move |x| at(2 * x, 2 * y))).collect();
        let expected: Vec<u8> = (0..64).flat_map(|place| Range::Limited.rgb(100, at(place % 8, place / 8))).collect();
        assert_eq!(colours(luma, Chroma::Pairs(Plane { bytes: &pairs, stride: 8 })), expected);
        for (sampling, width, height) in [(Sampling::Quarter, 4, 4), (Sampling::Half, 4, 8), (Sampling::Whole, 8, 8)] {
            let [blue, red] = [0, 1].map(|part| plane(width, height, part));
            let of = |bytes| Plane { bytes, stride: width };
            assert_eq!(colours(luma, Chroma::Planes(of(&blue), of(&red), sampling)), expected, "{sampling:?}");
        }
    }

    #[test]
    fn deep_samples_are_the_eight_bit_ones() {
        let plane: Vec<u8> = (0..36).flat_map(|sample: u16| (sample << 2 | 3).to_le_bytes()).collect();
        let rows = shown(&Frame::new(6, 6, Quarter::None, grey(&plane, 12, 10)).unwrap());
        assert_eq!(rows.concat(), (0..36).collect::<Vec<u8>>());
    }

    #[test]
    fn a_frame_holds_all_its_pixels() {
        let plane = [0; 60];
        let of = |width, height, stride| Frame::new(width, height, Quarter::None, grey(&plane, stride, 8)).err();
        assert_eq!(of(10, 6, 10), None);
        assert_eq!(of(10, 7, 10), Some(BadFrame::CutOff));
        assert_eq!(of(10, 5, 9), Some(BadFrame::CutOff));
        assert_eq!(of(10, 6, usize::MAX), Some(BadFrame::CutOff));
        assert_eq!(of(4, 6, 10), Some(BadFrame::TooSmall));
        assert_eq!(of(10_000, 10_000, 10_000), Some(BadFrame::TooLarge));
        let luma = Plane { bytes: &plane, stride: 10 };
        for chroma in [
            Chroma::Pairs(Plane { bytes: &plane[..29], stride: 10 }),
            Chroma::Planes(luma, Plane { bytes: &plane[..14], stride: 5 }, Sampling::Quarter),
        ] {
            let pixels = Pixels::Yuv { luma, chroma, bits: 8, range: Range::Full };
            assert_eq!(Frame::new(10, 6, Quarter::None, pixels).err(), Some(BadFrame::CutOff));
        }
    }
}
