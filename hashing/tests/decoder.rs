//! Decoding: what Pillow sees, and nothing that a hostile file can do.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, clippy::case_sensitive_file_extension_comparisons)]

#[path = "drawings/mod.rs"]
mod drawings;

use std::fs;
use std::path::Path;

use hashing::decode::{Picture, Row, Step, Undecodable};
use hashing::exact::ExactHasher;
use hashing::pdq::{PdqHasher, Turn};
use hashing::{Media, NoPdq, Pdq, describe};

fn pictures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
    let mut pictures: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !["py", "tsv"].iter().any(|other| path.extension().is_some_and(|extension| extension == *other)))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    pictures.sort();
    pictures
}

fn picture(wanted: &str) -> Vec<u8> {
    pictures().into_iter().find(|(name, _)| name == wanted).unwrap().1
}

/// Every frame of a picture as red, green, blue.
fn decode(file: &[u8]) -> Result<Vec<Vec<u8>>, Undecodable> {
    let mut picture = Picture::open(file.to_vec())?;
    let (mut frames, mut pixels) = (Vec::new(), Vec::new());
    loop {
        let step = picture.step(&mut |row| match row {
            Row::Grey(row) => pixels.extend(row.iter().flat_map(|&grey| [grey; 3])),
            Row::Rgb(row) => pixels.extend_from_slice(row),
        })?;
        match step {
            Step::Busy => {}
            Step::Frame => {
                assert_eq!(pixels.len(), 3 * picture.width() as usize * picture.height() as usize);
                frames.push(std::mem::take(&mut pixels));
            }
            Step::End => return Ok(frames),
        }
    }
}

fn reason(file: &[u8]) -> NoPdq {
    describe(file).no_pdq.unwrap()
}

/// A small generator, so that the same hostile files come every time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

#[test]
fn every_format_is_decoded_to_pillow_s_pixels() {
    let reference = include_str!("pictures/decoded.tsv");
    assert_eq!(reference.lines().count(), pictures().len());
    for line in reference.lines() {
        let [name, quality, pdq, pixels] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let file = picture(name);
        assert_eq!(sha256(&decode(&file).unwrap().concat()), pixels, "pixels of {name}");
        let ours = describe(&file);
        assert_eq!(ours.pdq, Some(pdq.parse().unwrap()), "{name}");
        assert_eq!(ours.pdq_quality.unwrap().to_string(), quality, "{name}");
        assert_eq!((ours.width, ours.height), (Some(200), Some(150)), "{name}");
    }
}

fn sha256(bytes: &[u8]) -> String {
    let mut hasher = ExactHasher::default();
    hasher.update(bytes);
    hasher.finish().sha256.to_string()
}

#[test]
fn an_animation_tells_its_other_frames() {
    for name in ["animated.gif", "animated.webp", "animated-lossy.webp", "animated-clear.gif"] {
        let file = picture(name);
        let found = describe(&file);
        let frames = decode(&file).unwrap();
        assert_eq!(frames.len(), 3, "{name}");
        assert_eq!(found.pdq, Some(hash(&frames[0])), "{name}");
        let told: Vec<_> = found.frames.iter().map(|frame| (frame.frame, frame.pdq)).collect();
        assert_eq!(told, [(1, hash(&frames[1])), (2, hash(&frames[2]))], "{name}");
    }
    assert!(describe(&picture("picture.gif")).frames.is_empty());
}

/// Of 200 × 150 pixels.
fn hash(pixels: &[u8]) -> Pdq {
    let mut hasher = PdqHasher::new(200, 150).unwrap();
    pixels.chunks_exact(600).for_each(|row| hasher.push_rgb(row));
    hasher.finish().original()
}

/// One of the first eight frames is dark: an animation that fades in is found by the first frame that shows something.
#[test]
fn an_animation_counts_from_its_first_frame_with_structure() {
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, 64, 64, &[0, 0, 0, 255, 255, 255]).unwrap();
    for shown in [false, true] {
        let pixels: Vec<u8> = (0..64 * 64).map(|at| u8::from(shown && (at / 64 / 9 + at % 64 / 7) % 2 == 0)).collect();
        encoder.write_frame(&gif::Frame::from_indexed_pixels(64, 64, pixels, None)).unwrap();
    }
    drop(encoder);
    let found = describe(&file);
    assert!(found.pdq.is_some() && found.pdq_quality.unwrap() >= 50 && found.frames.is_empty(), "{found:?}");
}

#[test]
fn a_cut_animation_counts_as_far_as_it_goes() {
    let file = picture("animated.gif");
    let found = describe(&file[..file.len() - 20]);
    assert_eq!(found.pdq, describe(&file).pdq);
    assert_eq!(found.frames.len(), 1);
}

/// EXIF says how to turn a picture for showing. It is not applied; the turned hashes hold what is shown.
#[test]
fn orientation_is_one_of_the_turned_forms() {
    let plain = picture("picture.jpg");
    let exif = b"\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let turned = [&plain[..2], exif, &plain[2..]].concat();
    let found = describe(&turned);
    assert_eq!((found.pdq, found.variants.clone()), (describe(&plain).pdq, describe(&plain).variants));

    // Orientation 6: shown a quarter turn to the right, 480 wide and 640 high.
    let pixels = drawings::draw(drawings::Kind::Hills, 640, 480);
    let (mut stored, mut shown) = (PdqHasher::new(640, 480).unwrap(), PdqHasher::new(480, 640).unwrap());
    pixels.chunks_exact(3 * 640).for_each(|row| stored.push_rgb(row));
    for x in 0..640 {
        let row: Vec<u8> = (0..480).rev().flat_map(|y| pixels[3 * (640 * y + x)..][..3].to_vec()).collect();
        shown.push_rgb(&row);
    }
    let shown = shown.finish().original();
    let (turned, distance) = stored
        .finish()
        .turned()
        .map(|(turned, pdq)| (turned, pdq.distance(&shown)))
        .min_by_key(|(_, distance)| *distance)
        .unwrap();
    assert_eq!(turned, Turn::Rotate270);
    assert!(distance <= 10, "{distance}");
}

#[test]
fn sixteen_bits_keep_their_upper_eight() {
    let expected = decode(&picture("colour.png")).unwrap().remove(0);
    let deep: Vec<u8> = expected.iter().flat_map(|&upper| [upper, 0xff - upper]).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 200, 150);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Sixteen);
    encoder.write_header().unwrap().write_image_data(&deep).unwrap();
    assert!(decode(&file).unwrap() == [expected]);
}

#[test]
fn a_file_cut_anywhere_says_so() {
    for (name, file) in pictures() {
        for length in (0..file.len()).step_by(file.len() / 60 + 1).chain(file.len().saturating_sub(20)..file.len()) {
            let found = describe(&file[..length]);
            // The last bytes of a JPEG are its end marker, and bits that only fill a byte.
            if name.ends_with(".jpg")
                && length > 3
                && (length < file.len() - 3 || name == "progressive.jpg" && length < file.len())
            {
                assert_eq!(found.no_pdq, Some(NoPdq::Truncated), "{name} cut at {length}");
            }
            // A still-whole first frame, or a missing trailer after all pixels, may well be read.
            if length < file.len() / 4 {
                assert!(found.pdq.is_none(), "{name} cut at {length} gave a hash");
            }
        }
    }
}

#[test]
fn a_file_cut_in_the_middle_is_truncated() {
    for (name, file) in pictures() {
        if name.starts_with("animated") {
            continue;
        }
        let found = reason(&file[..file.len() / 2]);
        assert!(matches!(found, NoPdq::Truncated | NoPdq::Damaged), "{name}: {found:?}");
    }
}

#[test]
fn changed_bytes_never_panic() {
    let mut chance = Chance(0x0123_4567_89ab_cdef);
    for (_, file) in pictures() {
        for round in 0..60 {
            let mut bent = file.clone();
            // The first bytes hold sizes and tables, where a change hurts most.
            let reach = if round % 2 == 0 { bent.len().min(300) } else { bent.len() };
            for _ in 0..=chance.below(8) {
                bent[chance.below(reach)] = chance.next() as u8;
            }
            let found = describe(&bent);
            assert_eq!(found.pdq.is_none(), found.no_pdq.is_some());
        }
    }
}

#[test]
fn random_bytes_after_a_true_beginning_never_panic() {
    let mut chance = Chance(0xfeed_beef_cafe_f00d);
    for (_, file) in pictures() {
        for kept in [4, 12, 30, 60, 200] {
            let mut bent = file[..kept].to_vec();
            bent.extend((0..3000).map(|_| chance.next() as u8));
            let found = describe(&bent);
            assert_eq!(found.pdq.is_none(), found.no_pdq.is_some());
        }
    }
}

#[test]
fn what_is_no_picture_is_named() {
    assert_eq!(reason(b""), NoPdq::Empty);
    assert_eq!(reason(b"just words"), NoPdq::NotAPicture);
    assert_eq!(reason(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), NoPdq::NotAPicture);
    assert_eq!(reason(b"\0\0\0\x18ftypisom\0\0\x02\0isommp42"), NoPdq::Video);
    let heic = describe(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    assert_eq!((heic.media_type, heic.no_pdq), (Media::Heic, Some(NoPdq::UnsupportedFormat)));
    assert_eq!(heic.sha256, describe(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").sha256);
}

#[test]
fn a_polyglot_is_what_it_begins_with() {
    let mut script_behind = picture("picture.gif");
    script_behind.extend_from_slice(b"<script>/* also a page */</script>");
    let found = describe(&script_behind);
    assert_eq!(found.media_type, Media::Gif);
    assert_eq!(found.pdq, describe(&picture("picture.gif")).pdq);
    assert_ne!(found.sha256, describe(&picture("picture.gif")).sha256);

    let mut page_first = b"<html>".to_vec();
    page_first.extend(picture("colour.png"));
    assert_eq!(reason(&page_first), NoPdq::NotAPicture);
}

#[test]
fn too_many_pixels_are_refused_before_any_memory_is_taken() {
    // A PNG and a GIF that claim 30,000 × 30,000 and hold nothing.
    let mut png = picture("colour.png");
    png[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    let sum = crc(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    assert_eq!(decode(&png).err(), Some(Undecodable::TooLarge));

    let mut gif = picture("picture.gif");
    gif[6..10].copy_from_slice(&[0x30, 0x75, 0x30, 0x75]);
    assert_eq!(decode(&gif).err(), Some(Undecodable::TooLarge));

    let mut jpeg = picture("picture.jpg");
    let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x75, 0x30, 0x75, 0x30]);
    assert_eq!(decode(&jpeg).err(), Some(Undecodable::TooLarge));

    let mut bmp = picture("picture.bmp");
    bmp[18..26].copy_from_slice(&[0x30, 0x75, 0, 0, 0x30, 0x75, 0, 0]);
    assert_eq!(decode(&bmp).err(), Some(Undecodable::TooLarge));
}

/// An 8 × 8 picture with palette, whose palette has so many bytes.
fn with_palette_of(length: usize) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let rows = [0; 8 * 9];
    let mut pixels = vec![0x78, 1, 1, 72, 0, !72, !0];
    pixels.extend(rows);
    pixels.extend([0, 72, 0, 1]);
    for (kind, data) in [
        (b"IHDR", [0, 0, 0, 8, 0, 0, 0, 8, 8, 3, 0, 0, 0].to_vec()),
        (b"PLTE", (0..length).map(|value| value as u8).collect()),
        (b"IDAT", pixels),
        (b"IEND", Vec::new()),
    ] {
        let chunk = [kind.as_slice(), &data].concat();
        png.extend((data.len() as u32).to_be_bytes());
        png.extend(&chunk);
        png.extend(crc(&chunk).to_be_bytes());
    }
    png
}

#[test]
fn a_palette_is_whole_or_the_file_is_damaged() {
    for whole in [3, 48, 3 * 256] {
        assert_eq!(decode(&with_palette_of(whole)).unwrap()[0][..3], [0, 1, 2]);
    }
    for broken in [0, 1, 49, 3 * 256 + 1, 3 * 257] {
        assert_eq!(decode(&with_palette_of(broken)).err(), Some(Undecodable::Damaged), "{broken}");
    }
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

#[test]
fn the_description_survives_the_wire() {
    for (name, file) in pictures() {
        let described = describe(&file);
        let json = serde_json::to_string(&described).unwrap();
        assert_eq!(serde_json::from_str::<hashing::FileFingerprints>(&json).unwrap(), described, "{name}");
        assert_eq!(hashing::describe_from(file.as_slice()).unwrap(), described, "{name} in pieces");
        assert!(json.len() < 2000);
    }
    assert!(
        serde_json::from_str::<hashing::FileFingerprints>(r#"{"media_type":"image/png","bytes":1,"md5":"x"}"#).is_err()
    );
}
