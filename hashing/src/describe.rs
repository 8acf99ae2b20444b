//! A file to everything about it that may leave the device, in steps, so that it can show progress and be stopped.

use std::collections::BTreeSet;
use std::io::{self, Read};

use serde::{Deserialize, Serialize};

use crate::decode::{MAX_FILE_BYTES, MAX_PIXELS, Picture, Row, Step, Undecodable};
use crate::edited::{Bars, Edit, EditedCopies, EditedCopy};
use crate::exact::ExactHasher;
use crate::media::Kind;
use crate::pdq::{MIN_QUALITY, PdqHasher, PictureHash, Turn};
use crate::{Md5, Media, Pdq, Sha1, Sha256};

mod frames;

pub use frames::Frame;
use frames::Frames;

/// What is known of one file. Serialised, this is what the browser sends and `suoja hash` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileFingerprints {
    /// By the file's first bytes.
    pub media_type: Media,
    /// The file's length.
    pub bytes: u64,
    /// In pixels, as stored; of a decoded picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// In pixels, as stored; of a decoded picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Of a picture of quality [`MIN_QUALITY`] or more; of an animation, of its first frame that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pdq: Option<Pdq>,
    /// 0 to 100; of a decoded picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pdq_quality: Option<u8>,
    /// The picture turned and mirrored, where that gives another hash. Empty without `pdq`.
    #[serde(default)]
    pub variants: Vec<Variant>,
    /// Edited copies of a still picture, if they were asked for. Empty without `pdq`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edited: Vec<EditedCopy>,
    /// An animation's other frames, near-equal ones left out. Empty without `pdq`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<Frame>,
    /// Who decoded the picture, if not this crate: what `suoja hash` can't repeat then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoded_by: Option<DecodedBy>,
    /// Of the whole file.
    pub md5: Md5,
    /// Of the whole file.
    pub sha1: Sha1,
    /// Of the whole file.
    pub sha256: Sha256,
    /// Why there is no `pdq`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_pdq: Option<NoPdq>,
}

impl FileFingerprints {
    /// Whether there are no more hashes than a file can have, each of its kind once: what comes from elsewhere may have any.
    pub fn is_possible(&self) -> bool {
        let hashes = self.variants.len() + self.edited.len() + self.frames.len();
        let turns: BTreeSet<Turn> = self.variants.iter().map(|variant| variant.turned).collect();
        let edits: BTreeSet<Edit> = self.edited.iter().map(|copy| copy.edit).collect();
        let frames: BTreeSet<u32> = self.frames.iter().map(|frame| frame.frame).collect();
        let each_once = turns.len() + edits.len() + frames.len() == hashes;
        each_once
            && !turns.contains(&Turn::Original)
            && frames.len() <= Frames::MOST
            && (self.pdq.is_some() || hashes == 0)
    }
}

/// The hash of one turned form of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// How it is turned; never [`Turn::Original`].
    pub turned: Turn,
    /// Its hash.
    pub pdq: Pdq,
}

/// Who decoded a picture whose format this crate does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecodedBy {
    /// The browser that hashed it.
    Browser,
}

/// Why a file has no PDQ hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoPdq {
    /// Quality under [`MIN_QUALITY`]: too plain to be told from others.
    LowQuality,
    /// A video: exact hashes only.
    Video,
    /// A picture in a format that can't be read here.
    UnsupportedFormat,
    /// Neither picture nor video.
    NotAPicture,
    /// No bytes at all.
    Empty,
    /// The file ends before the picture does.
    Truncated,
    /// Broken inside.
    Damaged,
    /// Above what is decoded, see [`crate::decode`].
    TooLarge,
    /// A side under [`crate::pdq::MIN_SIDE`].
    TooSmall,
}

impl From<Undecodable> for NoPdq {
    fn from(reason: Undecodable) -> Self {
        match reason {
            Undecodable::NotAPicture => Self::NotAPicture,
            Undecodable::Unsupported => Self::UnsupportedFormat,
            Undecodable::Truncated => Self::Truncated,
            Undecodable::Damaged => Self::Damaged,
            Undecodable::TooLarge => Self::TooLarge,
        }
    }
}

/// Describes a file that is in memory.
pub fn describe(file: &[u8]) -> FileFingerprints {
    let mut describing = Describing::expecting(file.len() as u64);
    describing.update(file);
    describing.look().finish()
}

/// Describes a file as it is read. A video of any length takes constant memory.
pub fn describe_from(file: impl Read) -> io::Result<FileFingerprints> {
    Ok(read(file)?.finish())
}

/// Reads a file to its end; what comes back looks at the picture, if it is one.
pub fn read(mut file: impl Read) -> io::Result<Looking> {
    let mut describing = Describing::default();
    let mut piece = vec![0; 256 * 1024];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(describing.look()),
            Ok(length) => describing.update(&piece[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The first half: takes the file's bytes in pieces of any size.
#[derive(Default)]
pub struct Describing {
    exact: ExactHasher,
    bytes: u64,
    head: Vec<u8>,
    /// The file so far, while it may be a picture.
    kept: Vec<u8>,
    expected: u64,
}

impl Describing {
    /// For a file of about so many bytes: it then takes no more memory than that. It may be shorter or longer.
    pub fn expecting(bytes: u64) -> Self {
        Self { expected: bytes, ..Self::default() }
    }

    /// Takes the next bytes.
    pub fn update(&mut self, piece: &[u8]) {
        self.exact.update(piece);
        let missing = Media::HEAD.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend_from_slice(&piece[..missing]);
        self.bytes += piece.len() as u64;
        if self.may_be_readable() {
            self.make_room();
            self.kept.extend_from_slice(piece);
        } else {
            self.kept = Vec::new();
        }
    }

    /// All that is expected at once, if there is so much memory; else it grows as it comes.
    fn make_room(&mut self) {
        let expected = usize::try_from(self.expected.min(MAX_FILE_BYTES)).unwrap_or(0);
        if self.kept.capacity() < expected && self.kept.try_reserve_exact(expected - self.kept.len()).is_err() {
            self.expected = 0;
        }
    }

    fn may_be_readable(&self) -> bool {
        let unknown_yet = self.head.len() < Media::HEAD;
        self.bytes <= MAX_FILE_BYTES && (unknown_yet || Media::of(&self.head).kind() == Kind::Readable)
    }

    /// All bytes have been taken: go on to the picture.
    pub fn look(self) -> Looking {
        let exact = self.exact.finish();
        let media = Media::of(&self.head);
        let no_pdq = match media.kind() {
            _ if self.bytes == 0 => Some(NoPdq::Empty),
            Kind::Video => Some(NoPdq::Video),
            Kind::ByPlatform | Kind::Unsupported => Some(NoPdq::UnsupportedFormat),
            Kind::Other => Some(NoPdq::NotAPicture),
            Kind::Readable if self.bytes > MAX_FILE_BYTES => Some(NoPdq::TooLarge),
            Kind::Readable => None,
        };
        Looking {
            stage: if no_pdq.is_none() { Stage::Stored(self.kept) } else { Stage::Done },
            wants_edited: false,
            fingerprints: FileFingerprints {
                media_type: media,
                bytes: self.bytes,
                width: None,
                height: None,
                pdq: None,
                pdq_quality: None,
                variants: Vec::new(),
                edited: Vec::new(),
                frames: Vec::new(),
                decoded_by: None,
                md5: exact.md5,
                sha1: exact.sha1,
                sha256: exact.sha256,
                no_pdq,
            },
        }
    }
}

/// The second half: looks at the picture, if it is one, step by step.
pub struct Looking {
    fingerprints: FileFingerprints,
    stage: Stage,
    wants_edited: bool,
}

enum Stage {
    /// The file's bytes, not yet opened.
    Stored(Vec<u8>),
    /// A picture, of which some rows have been hashed.
    Open(Box<Hashing>),
    /// The picture once more, for its edited copies.
    Editing(Box<Editing>),
    /// Pixels come from outside.
    Given(Box<Given>),
    /// Nothing more to do.
    Done,
}

struct Given {
    hasher: PdqHasher,
    width: u32,
    height: u32,
    left: u32,
}

struct Hashing {
    picture: Picture,
    /// Of the frame that is coming in.
    hasher: PdqHasher,
    rows: u32,
    /// Frames that are hashed.
    whole: u32,
    /// The first frame that has a hash, and its place.
    first: Option<PictureHash>,
    /// Of the first frame, if none has a hash.
    quality: Option<u8>,
    frames: Frames,
    /// Of a still picture whose edited copies are wanted.
    bars: Option<Bars>,
}

struct Editing {
    picture: Picture,
    copies: EditedCopies,
    rows: u32,
}

impl Editing {
    /// The second pass.
    fn progress(&self) -> (u32, u32) {
        let height = self.picture.height();
        (height + self.rows, 2 * height)
    }
}

impl Looking {
    /// Edited copies of a still picture are wanted, too: see [`crate::edited`]. It is then decoded twice. To be said before
    /// the first step; not of pixels that a browser gives.
    pub const fn want_edited_copies(&mut self) {
        self.wants_edited = true;
    }

    /// Does one step of some milliseconds: opens the picture, or decodes and hashes some rows. False when there is nothing
    /// more to do.
    pub fn step(&mut self) -> bool {
        let next = match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Stored(file) => self.open(file).map(Stage::Open),
            Stage::Open(hashing) => self.hash(hashing),
            Stage::Editing(editing) => Ok(self.edit(editing)),
            Stage::Given(_) | Stage::Done => Ok(Stage::Done),
        };
        match next {
            Ok(stage) => self.stage = stage,
            Err(reason) => self.fingerprints.no_pdq = Some(reason),
        }
        !matches!(self.stage, Stage::Done)
    }

    /// Rows hashed, and rows in all, of all frames; nothing before the picture is opened.
    pub fn progress(&self) -> Option<(u32, u32)> {
        match &self.stage {
            Stage::Stored(_) | Stage::Given(_) => None,
            Stage::Open(hashing) => Some(hashing.progress()),
            Stage::Editing(editing) => Some(editing.progress()),
            Stage::Done => self.fingerprints.height.map(|height| (height, height)),
        }
    }

    /// What is known so far; all there is once [`Self::step`] gave false.
    pub const fn fingerprints(&self) -> &FileFingerprints {
        &self.fingerprints
    }

    /// What there is to say without looking: for a device that has not the memory to.
    pub fn without_picture(&self) -> FileFingerprints {
        let no_pdq = self.fingerprints.no_pdq.or(Some(NoPdq::TooLarge));
        FileFingerprints { no_pdq, ..self.fingerprints.clone() }
    }

    /// Does all steps that are left.
    pub fn finish(mut self) -> FileFingerprints {
        while self.step() {}
        self.fingerprints
    }

    /// Whether this is a picture that only a platform's own decoder may read: its pixels can be given then.
    pub fn wants_pixels(&self) -> bool {
        self.fingerprints.media_type.kind() == Kind::ByPlatform && self.fingerprints.pdq_quality.is_none()
    }

    /// The browser has decoded the picture and will give its rows. What was known of it before stays if they never come.
    pub fn begin_pixels(&mut self, width: u32, height: u32) -> Result<(), NoPdq> {
        if !self.wants_pixels() {
            return Err(NoPdq::UnsupportedFormat);
        }
        if u64::from(width) * u64::from(height) > MAX_PIXELS {
            return Err(NoPdq::TooLarge);
        }
        let hasher = PdqHasher::new(width, height).map_err(|_| NoPdq::TooSmall)?;
        self.stage = Stage::Given(Box::new(Given { hasher, width, height, left: height }));
        Ok(())
    }

    /// Takes the next rows from the top: four bytes a pixel, red, green, blue and one that does not count. True when that
    /// was the last. Bytes that are no whole row, and rows too many, are not taken.
    pub fn take_pixels(&mut self, rows: &[u8]) -> bool {
        let Stage::Given(given) = &mut self.stage else { return true };
        for row in rows.chunks_exact(4 * given.width as usize).take(given.left as usize) {
            given.hasher.push_rgba(row);
            given.left -= 1;
        }
        if given.left > 0 {
            return false;
        }
        if let Stage::Given(given) = std::mem::replace(&mut self.stage, Stage::Done) {
            self.fingerprints.width = Some(given.width);
            self.fingerprints.height = Some(given.height);
            self.conclude_given(&given.hasher.finish());
        }
        true
    }

    fn conclude_given(&mut self, hash: &PictureHash) {
        let plain = hash.quality < MIN_QUALITY;
        self.fingerprints.decoded_by = Some(DecodedBy::Browser);
        self.fingerprints.pdq_quality = Some(hash.quality);
        self.fingerprints.no_pdq = plain.then_some(NoPdq::LowQuality);
        if !plain {
            self.fingerprints.pdq = Some(hash.original());
            self.fingerprints.variants = variants(hash);
        }
    }

    fn open(&mut self, file: Vec<u8>) -> Result<Box<Hashing>, NoPdq> {
        let picture = Picture::open(file)?;
        self.fingerprints.width = Some(picture.width());
        self.fingerprints.height = Some(picture.height());
        Hashing::of(picture, self.wants_edited).map(Box::new)
    }

    fn hash(&mut self, mut hashing: Box<Hashing>) -> Result<Stage, NoPdq> {
        match hashing.step() {
            Ok(true) => Ok(Stage::Open(hashing)),
            // Of an animation that breaks off, what came before counts.
            Err(reason) if hashing.whole == 0 => Err(reason),
            Ok(false) | Err(_) => self.conclude(*hashing),
        }
    }

    /// Decodes and hashes some rows of the edited copies.
    fn edit(&mut self, mut editing: Box<Editing>) -> Stage {
        let Editing { picture, copies, rows } = &mut *editing;
        let step = picture.step(&mut |row| {
            copies.push(row);
            *rows += 1;
        });
        match (step, self.fingerprints.pdq) {
            (Ok(Step::Busy), _) => Stage::Editing(editing),
            (Ok(Step::Frame), Some(pdq)) => {
                self.fingerprints.edited = editing.copies.finish(pdq);
                Stage::Done
            }
            // Never: the same bytes gave a whole picture before.
            _ => Stage::Done,
        }
    }

    fn conclude(&mut self, hashing: Hashing) -> Result<Stage, NoPdq> {
        self.fingerprints.pdq_quality = hashing.quality;
        let first = hashing.first.ok_or(NoPdq::LowQuality)?;
        self.fingerprints.pdq = Some(first.original());
        self.fingerprints.variants = variants(&first);
        self.fingerprints.frames = hashing.frames.into_kept().split_off(1);
        let Some(bars) = hashing.bars else { return Ok(Stage::Done) };
        let Ok(picture) = hashing.picture.reopen() else { return Ok(Stage::Done) };
        let copies = EditedCopies::new(picture.width(), picture.height(), bars.finish());
        Ok(Stage::Editing(Box::new(Editing { picture, copies, rows: 0 })))
    }
}

/// The turned forms that give another hash.
fn variants(hash: &PictureHash) -> Vec<Variant> {
    let mut seen = vec![hash.original()];
    let mut variants = Vec::new();
    for (turned, pdq) in hash.turned() {
        if !seen.contains(&pdq) {
            seen.push(pdq);
            variants.push(Variant { turned, pdq });
        }
    }
    variants
}

impl Hashing {
    fn of(picture: Picture, wants_edited: bool) -> Result<Self, NoPdq> {
        let hasher = hasher(&picture)?;
        let still = picture.frames() == 1;
        let bars = (wants_edited && still).then(|| Bars::new(picture.width(), picture.height()));
        Ok(Self { picture, hasher, rows: 0, whole: 0, first: None, quality: None, frames: Frames::default(), bars })
    }

    fn progress(&self) -> (u32, u32) {
        let height = self.picture.height();
        let done = self.whole.saturating_mul(height).saturating_add(self.rows);
        let passes = if self.bars.is_some() { 2 } else { 1 };
        let all = self.picture.frames().saturating_mul(height).saturating_mul(passes);
        (done.min(all), all)
    }

    /// Decodes and hashes some rows. False when there are no more.
    fn step(&mut self) -> Result<bool, NoPdq> {
        let Self { picture, hasher, rows, bars, .. } = self;
        let step = picture.step(&mut |row| {
            if let Some(bars) = bars {
                bars.push(row);
            }
            match row {
                Row::Grey(row) => hasher.push_grey(row),
                Row::Rgb(row) => hasher.push_rgb(row),
            }
            *rows += 1;
        })?;
        if step == Step::Frame {
            self.end_frame()?;
        }
        Ok(step != Step::End)
    }

    fn end_frame(&mut self) -> Result<(), NoPdq> {
        let hash = std::mem::replace(&mut self.hasher, hasher(&self.picture)?).finish();
        let frame = Frame { frame: self.whole, pdq: hash.original(), pdq_quality: hash.quality };
        self.rows = 0;
        self.whole += 1;
        if hash.quality < MIN_QUALITY {
            self.quality.get_or_insert(hash.quality);
            return Ok(());
        }
        if self.first.is_none() {
            self.first = Some(hash);
            self.quality = Some(hash.quality);
        }
        self.frames.add(frame);
        Ok(())
    }
}

fn hasher(picture: &Picture) -> Result<PdqHasher, NoPdq> {
    PdqHasher::new(picture.width(), picture.height()).map_err(|_| NoPdq::TooSmall)
}
