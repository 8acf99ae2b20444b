//! What hashing a picture takes at most, beside the file.

#![allow(unsafe_code, clippy::unwrap_used, clippy::cast_possible_truncation)] // an allocator is unsafe by its nature

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use hashing::decode::Undecodable;
use hashing::{FileFingerprints, NoPdq, describe};

struct Counting;

static TAKEN: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

fn took(bytes: usize) {
    let taken = TAKEN.fetch_add(bytes, Relaxed) + bytes;
    MOST.fetch_max(taken, Relaxed);
}

// SAFETY: the system's allocator does the work; beside it only numbers are kept.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: the caller keeps the promises of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        took(layout.size());
        // SAFETY: the caller keeps the promises of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        TAKEN.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller keeps the promises of `dealloc`.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const MIB: usize = 1 << 20;

/// Describes a file, and says the most that was taken at once: for a copy of the file, and everything else.
fn measured(file: &[u8]) -> (FileFingerprints, usize) {
    let before = TAKEN.load(Relaxed);
    MOST.store(before, Relaxed);
    let found = describe(file);
    (found, MOST.load(Relaxed) - before)
}

/// All in one test: others beside it would count too.
#[test]
fn memory_is_bounded() {
    let (width, height) = (8000, 6000);

    let jpeg = jpeg(0xc0, 0x22, width, height);
    let (found, most) = measured(&jpeg);
    assert_eq!((found.width, found.pdq_quality), (Some(8000), Some(100)));
    assert!(most < jpeg.len() + 16 * MIB, "48 megapixels of baseline JPEG: {most} for {}", jpeg.len());

    let png = png(width.into(), height.into());
    let (found, most) = measured(&png);
    assert_eq!((found.width, found.pdq_quality), (Some(8000), Some(100)));
    assert!(most < png.len() + 16 * MIB, "48 megapixels of PNG: {most} for {}", png.len());

    // Progressive, its coefficients must be held: as many as fit.
    let halved = self::jpeg(0xc2, 0x22, width, height);
    let (found, most) = measured(&halved);
    assert_eq!(found.width, Some(8000));
    assert!(most < halved.len() + 160 * MIB, "48 megapixels of progressive JPEG: {most}");
    let (found, most) = measured(&self::jpeg(0xc2, 0x11, width, height));
    assert_eq!(found.no_pdq, Some(NoPdq::from(Undecodable::TooLarge)));
    assert!(most < 30 * MIB, "refused before it is taken: {most}");
}

/// Blocks of grey and colour by chance, one flat colour each. `sampling`: of luma.
fn jpeg(frame: u8, sampling: u8, width: u16, height: u16) -> Vec<u8> {
    let mut file = b"\xff\xd8\xff\xdb\0\x43\0".to_vec();
    file.extend([8; 64]);
    file.extend([0xff, frame, 0, 17, 8]);
    file.extend([height.to_be_bytes(), width.to_be_bytes()].concat());
    file.extend([3, 1, sampling, 0, 2, 0x11, 0, 3, 0x11, 0]);
    // Code 0: a difference of 7 bits. Code 0 again: the block's end.
    file.extend(b"\xff\xc4\0\x14\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x07");
    file.extend(b"\xff\xc4\0\x14\x10\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let progressive = frame == 0xc2;
    file.extend([0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, if progressive { 0 } else { 63 }, 0]);

    let side = if sampling == 0x22 { 16 } else { 8 };
    let mcus = usize::from(width.div_ceil(side)) * usize::from(height.div_ceil(side));
    let blocks = mcus * if sampling == 0x22 { 6 } else { 3 };
    let (mut bits, mut count, mut chance, mut before) = (0_u64, 0, 1_u32, 0_i32);
    for _ in 0..blocks {
        chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // Up and down again, so that nothing drifts away.
        let size = 64 + (chance >> 27).cast_signed();
        before = if before > 0 { -size } else { size };
        let coded = if before > 0 { before } else { before + 127 };
        let (code, length) = (u64::from(coded.cast_unsigned()), if progressive { 8 } else { 9 });
        bits = bits << length | code << (length - 8);
        count += length;
        while count >= 8 {
            count -= 8;
            let byte = (bits >> count) as u8;
            file.push(byte);
            if byte == 0xff {
                file.push(0);
            }
        }
    }
    file.push((bits << (8 - count)) as u8 | 0xff >> count);
    file.extend(b"\0\xff\xd9");
    file
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().unwrap();
    let mut rows = writer.stream_writer().unwrap();
    for y in 0..height {
        let row: Vec<u8> = (0..4 * width).map(|at| ((at >> 9) * (y >> 7) * 29) as u8).collect();
        std::io::Write::write_all(&mut rows, &row).unwrap();
    }
    rows.finish().unwrap();
    drop(writer);
    file
}
