//! Hashes of what a picture becomes when somebody edits it: bars cut off, edges cut off, cut to a format.
//!
//! PDQ follows a picture through compression and scaling, but not through a crop of more than about two per cent a
//! side. So whoever wishes lists a few hashes more: see `docs/hashing.md` for what they find and what they cost.
//!
//! Two passes over the rows: [`Bars`] finds the part of the picture that is not bars, [`EditedCopies`] hashes that part
//! and crops of the picture. Only a few rows are held at a time: all copies take at most eight times the memory of one
//! [`PdqHasher`].

use serde::{Deserialize, Serialize};

use crate::Pdq;
use crate::decode::Row;
use crate::pdq::{MIN_QUALITY, PdqHasher};

/// How a picture may have been edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// Without bars of one colour along its edges.
    Unletterboxed,
    /// Without two per cent at each edge.
    #[serde(rename = "crop_2")]
    Crop2,
    /// Without four per cent at each edge.
    #[serde(rename = "crop_4")]
    Crop4,
    /// Without six per cent at each edge.
    #[serde(rename = "crop_6")]
    Crop6,
    /// Without eight per cent at each edge.
    #[serde(rename = "crop_8")]
    Crop8,
    /// The largest square in the middle.
    Square,
    /// The largest part in the middle that is four wide and five high.
    FourToFive,
    /// The largest part in the middle that is nine wide and sixteen high.
    NineToSixteen,
}

impl Edit {
    /// All of them: the most hashes that [`EditedCopies`] gives for a picture.
    pub const ALL: [Self; 8] = [
        Self::Unletterboxed,
        Self::Crop2,
        Self::Crop4,
        Self::Crop6,
        Self::Crop8,
        Self::Square,
        Self::FourToFive,
        Self::NineToSixteen,
    ];

    /// What is left of a picture. Crops are of the whole: what looks like a bar is often a smooth sky.
    fn of(self, whole: Part, between_bars: Option<Part>) -> Option<Part> {
        Some(match self {
            Self::Unletterboxed => between_bars?,
            Self::Crop2 => whole.without_edges(2),
            Self::Crop4 => whole.without_edges(4),
            Self::Crop6 => whole.without_edges(6),
            Self::Crop8 => whole.without_edges(8),
            Self::Square => whole.in_format(1, 1),
            Self::FourToFive => whole.in_format(4, 5),
            Self::NineToSixteen => whole.in_format(9, 16),
        })
    }
}

/// The hash of an edited copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditedCopy {
    /// How it was edited.
    pub edit: Edit,
    /// Its hash, of quality [`MIN_QUALITY`] or more.
    pub pdq: Pdq,
}

/// A rectangle within a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

impl Part {
    /// All of a picture.
    pub const fn whole(width: u32, height: u32) -> Self {
        Self { left: 0, top: 0, width, height }
    }

    /// Distance from the picture's left edge.
    pub const fn left(&self) -> u32 {
        self.left
    }

    /// Distance from the picture's upper edge.
    pub const fn top(&self) -> u32 {
        self.top
    }

    /// Width, at least 1.
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height, at least 1.
    pub const fn height(&self) -> u32 {
        self.height
    }

    fn without_edges(self, per_cent: u32) -> Self {
        let edge = |side: u32| part_of(side, per_cent, 100);
        self.middle(self.width - 2 * edge(self.width), self.height - 2 * edge(self.height))
    }

    fn in_format(self, across: u32, down: u32) -> Self {
        let width = part_of(self.height, across, down);
        if width <= self.width {
            self.middle(width, self.height)
        } else {
            self.middle(self.width, part_of(self.width, down, across))
        }
    }

    const fn middle(self, width: u32, height: u32) -> Self {
        let (left, top) = (self.left + (self.width - width) / 2, self.top + (self.height - height) / 2);
        Self { left, top, width, height }
    }
}

/// `side × share / whole`, rounded to the nearest.
#[allow(clippy::cast_possible_truncation)] // shares are small; wider than any picture, if cut
const fn part_of(side: u32, share: u32, whole: u32) -> u32 {
    ((side as u64 * share as u64 + whole as u64 / 2) / whole as u64) as u32
}

type Color = [u8; 3];

/// Finds bars of one colour along a picture's edges, row by row. Each edge's bar may have its own colour.
pub struct Bars {
    whole: Part,
    rows: u32,
    /// Rows of the bar at the top, and its colour, while nothing else has been seen.
    top: u32,
    above: Option<Color>,
    /// The row from which all has been of one colour, and that colour.
    since: Option<(u32, Color)>,
    /// Narrowest bars at the sides so far, with their colours.
    sides: Option<Sides>,
}

struct Sides {
    left: usize,
    left_color: Color,
    right: usize,
    right_color: Color,
}

impl Bars {
    /// A bar's colours differ by so much at most, of 255 in each part: compression leaves specks.
    const TOLERANCE: u8 = 20;

    /// For a picture of this many pixels each way.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { whole: Part::whole(width, height), rows: 0, top: 0, above: None, since: None, sides: None }
    }

    /// Takes the next row.
    ///
    /// # Panics
    /// If the row is not as wide as the picture.
    pub fn push(&mut self, row: Row<'_>) {
        match row {
            Row::Rgb(row) => self.push_colors(row.as_chunks().0),
            Row::Grey(row) => self.push_colors(&row.iter().map(|grey| [*grey; 3]).collect::<Vec<_>>()),
        }
    }

    fn push_colors(&mut self, pixels: &[Color]) {
        assert!(pixels.len() == self.whole.width as usize, "a row is exactly as wide as the picture");
        let number = self.rows;
        self.rows += 1;
        let (Some(&first), Some(&last)) = (pixels.first(), pixels.last()) else { return };
        if !pixels.iter().all(|pixel| alike(*pixel, first)) {
            self.since = None;
            self.narrow(pixels, first, last);
            return;
        }
        if self.top == number && alike(first, *self.above.get_or_insert(first)) {
            self.top += 1;
        }
        if !self.since.is_some_and(|(_, color)| alike(color, first)) {
            self.since = Some((number, first));
        }
    }

    fn narrow(&mut self, pixels: &[Color], first: Color, last: Color) {
        let width = pixels.len();
        let sides = self.sides.get_or_insert(Sides { left: width, left_color: first, right: width, right_color: last });
        let run = |pixels: &mut dyn Iterator<Item = &Color>, color| pixels.take_while(|it| alike(**it, color)).count();
        sides.left = run(&mut pixels[..sides.left].iter(), sides.left_color);
        sides.right = run(&mut pixels[width - sides.right..].iter().rev(), sides.right_color);
    }

    /// The part between the bars; nothing if there are none, or nothing but bars.
    pub fn finish(self) -> Option<Part> {
        let sides = self.sides?;
        let bottom = self.since.map_or(self.rows, |(row, _)| row);
        let left = u32::try_from(sides.left).ok()?;
        let right = self.whole.width - u32::try_from(sides.right).ok()?;
        let part = Part {
            left,
            top: self.top,
            width: right.checked_sub(left).filter(|width| *width > 0)?,
            height: bottom.checked_sub(self.top).filter(|height| *height > 0)?,
        };
        (part != self.whole).then_some(part)
    }
}

fn alike(a: Color, b: Color) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= Bars::TOLERANCE)
}

/// Takes a picture row by row, top to bottom, and hashes its edited copies.
pub struct EditedCopies {
    row: u32,
    copies: Vec<Copy>,
}

struct Copy {
    edit: Edit,
    part: Part,
    hasher: PdqHasher,
}

impl EditedCopies {
    /// For a picture of this many pixels each way, of which [`Bars`] found this part.
    pub fn new(width: u32, height: u32, between_bars: Option<Part>) -> Self {
        let whole = Part::whole(width, height);
        let mut seen = vec![whole];
        let mut copies = Vec::new();
        for edit in Edit::ALL {
            let Some(part) = edit.of(whole, between_bars).filter(|part| !seen.contains(part)) else { continue };
            let Ok(hasher) = PdqHasher::new(part.width, part.height) else { continue };
            seen.push(part);
            copies.push(Copy { edit, part, hasher });
        }
        Self { row: 0, copies }
    }

    /// Takes the next row.
    ///
    /// # Panics
    /// If the row is narrower than the picture, or the picture already has all its rows.
    pub fn push(&mut self, row: Row<'_>) {
        for Copy { part, hasher, .. } in &mut self.copies {
            if !(part.top..part.top + part.height).contains(&self.row) {
                continue;
            }
            let (left, width) = (part.left as usize, part.width as usize);
            match row {
                Row::Grey(row) => hasher.push_grey(&row[left..][..width]),
                Row::Rgb(row) => hasher.push_rgb(&row[3 * left..][..3 * width]),
            }
        }
        self.row += 1;
    }

    /// The hashes, when all rows have been taken: those of enough quality, each once, none equal to the picture's own.
    ///
    /// # Panics
    /// If rows are missing.
    pub fn finish(self, picture: Pdq) -> Vec<EditedCopy> {
        let mut seen = vec![picture];
        let mut copies = Vec::new();
        for Copy { edit, hasher, .. } in self.copies {
            let hash = hasher.finish();
            let pdq = hash.original();
            if hash.quality >= MIN_QUALITY && !seen.contains(&pdq) {
                seen.push(pdq);
                copies.push(EditedCopy { edit, pdq });
            }
        }
        copies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture with structure everywhere, all bright.
    fn pixel(x: u32, y: u32) -> Color {
        let part = |across: u32, down: u32| {
            let mixed = (x / across).wrapping_mul(0x9e37_79b1) ^ (y / down).wrapping_mul(0x85eb_ca77);
            u8::try_from(60 + mixed.wrapping_mul(0xc2b2_ae3d) % 190).unwrap()
        };
        [part(31, 23), part(17, 41), part(29, 13)]
    }

    struct Drawn {
        width: u32,
        height: u32,
        pixels: Vec<Color>,
    }

    impl Drawn {
        fn new(width: u32, height: u32, pixel: impl Fn(u32, u32) -> Color) -> Self {
            let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
            Self { width, height, pixels: pixels.map(|(x, y)| pixel(x, y)).collect() }
        }

        fn part(&self, left: u32, top: u32, width: u32, height: u32) -> Self {
            Self::new(width, height, |x, y| self.pixels[((top + y) * self.width + left + x) as usize])
        }

        /// Within bars, with specks as compression leaves them.
        fn barred(&self, left: u32, top: u32, width: u32, height: u32, color: Color) -> Self {
            Self::new(width, height, |x, y| match (x.checked_sub(left), y.checked_sub(top)) {
                (Some(x), Some(y)) if x < self.width && y < self.height => self.pixels[(y * self.width + x) as usize],
                _ => color.map(|part| part.saturating_add(u8::from((x * 7 + y * 3) % 11 == 0) * 9)),
            })
        }

        fn rows(&self) -> impl Iterator<Item = Vec<u8>> {
            self.pixels.chunks(self.width as usize).map(|row| row.as_flattened().to_vec())
        }

        fn between_bars(&self) -> Option<Part> {
            let mut bars = Bars::new(self.width, self.height);
            self.rows().for_each(|row| bars.push(Row::Rgb(&row)));
            bars.finish()
        }

        fn pdq(&self) -> Pdq {
            let mut hasher = PdqHasher::new(self.width, self.height).unwrap();
            self.rows().for_each(|row| hasher.push_rgb(&row));
            hasher.finish().original()
        }

        fn copies(&self) -> Vec<EditedCopy> {
            let mut copies = EditedCopies::new(self.width, self.height, self.between_bars());
            self.rows().for_each(|row| copies.push(Row::Rgb(&row)));
            copies.finish(self.pdq())
        }

        fn copy(&self, edit: Edit) -> Option<Pdq> {
            self.copies().into_iter().find(|copy| copy.edit == edit).map(|copy| copy.pdq)
        }
    }

    fn picture() -> Drawn {
        Drawn::new(300, 400, pixel)
    }

    #[test]
    fn crops_are_the_hashes_of_what_is_left() {
        let picture = picture();
        assert_eq!(picture.copy(Edit::Crop4), Some(picture.part(12, 16, 276, 368).pdq()));
        assert_eq!(picture.copy(Edit::Crop8), Some(picture.part(24, 32, 252, 336).pdq()));
        assert_eq!(picture.copy(Edit::Square), Some(picture.part(0, 50, 300, 300).pdq()));
        assert_eq!(picture.copy(Edit::FourToFive), Some(picture.part(0, 12, 300, 375).pdq()));
        assert_eq!(picture.copy(Edit::NineToSixteen), Some(picture.part(37, 0, 225, 400).pdq()));
        assert_eq!(picture.copy(Edit::Unletterboxed), None);
    }

    #[test]
    fn bars_are_cut_off_and_crops_are_of_the_whole() {
        let picture = picture();
        for color in [[0, 0, 0], [246, 246, 246], [20, 90, 160]] {
            for (left, top, width, height) in [(0, 60, 300, 520), (110, 0, 520, 400), (50, 7, 351, 590)] {
                let barred = picture.barred(left, top, width, height, color);
                let part = barred.between_bars().unwrap();
                assert_eq!(part, Part { left, top, width: 300, height: 400 }, "{color:?}");
                assert_eq!(barred.copy(Edit::Unletterboxed), Some(picture.pdq()));
                let (edge_x, edge_y) = (part_of(width, 4, 100), part_of(height, 4, 100));
                let cropped = barred.part(edge_x, edge_y, width - 2 * edge_x, height - 2 * edge_y);
                assert_eq!(barred.copy(Edit::Crop4), Some(cropped.pdq()));
            }
        }
    }

    #[test]
    fn bars_of_two_colours() {
        let above = picture().barred(0, 80, 300, 480, [250, 250, 250]);
        let both = above.barred(0, 0, 300, 530, [0, 0, 0]);
        assert_eq!(both.between_bars(), Some(Part { left: 0, top: 80, width: 300, height: 400 }));
    }

    #[test]
    fn grey_rows_are_taken_like_colours() {
        let grey = Drawn::new(300, 400, |x, y| [pixel(x, y)[0]; 3]).barred(40, 50, 380, 500, [0, 0, 0]);
        let rows: Vec<Vec<u8>> =
            grey.rows().map(|row| row.as_chunks::<3>().0.iter().map(|it| it[0]).collect()).collect();
        let mut bars = Bars::new(grey.width, grey.height);
        for row in &rows {
            bars.push(Row::Grey(row));
        }
        let mut copies = EditedCopies::new(grey.width, grey.height, bars.finish());
        for row in &rows {
            copies.push(Row::Grey(row));
        }
        assert_eq!(copies.finish(grey.pdq()), grey.copies());
    }

    #[test]
    fn nothing_but_bars_is_no_part() {
        let flat = Drawn::new(80, 60, |_, _| [9, 9, 9]);
        assert_eq!(flat.between_bars(), None);
        assert!(flat.copies().is_empty(), "a plain picture matches strangers'");
    }

    #[test]
    fn equal_copies_come_once() {
        let square = Drawn::new(320, 320, pixel);
        assert_eq!(square.copy(Edit::Square), None, "it is the picture");
        let copies = picture().copies();
        assert!(copies.len() <= Edit::ALL.len());
        for (number, copy) in copies.iter().enumerate() {
            assert!(copies[..number].iter().all(|other| other.pdq != copy.pdq));
        }
    }

    #[test]
    fn small_pictures_of_any_shape_give_no_panic() {
        for width in 1..24 {
            for height in 1..24 {
                let tiny = Drawn::new(width, height, pixel);
                let mut copies = EditedCopies::new(width, height, tiny.between_bars());
                tiny.rows().for_each(|row| copies.push(Row::Rgb(&row)));
                copies.finish(Pdq::new([0; 32]));
            }
        }
    }

    #[test]
    fn names_are_those_of_the_messages() {
        let names = serde_json::to_string(&Edit::ALL).unwrap();
        let expected =
            r#"["unletterboxed","crop_2","crop_4","crop_6","crop_8","square","four_to_five","nine_to_sixteen"]"#;
        assert_eq!(names, expected);
    }
}
