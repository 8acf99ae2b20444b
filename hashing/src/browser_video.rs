//! The exports for videos. The browser decodes; the worker writes each frame into this module's memory.
//!
//! Order of calls: for each frame [`video_buffer`] and, once its pixels are written there, [`video_plane`] for each of its
//! planes and [`video_frame`]; then
//! [`video_finish`], [`video_result`] and [`video_result_length`]. [`video_turn`] may come first.
#![allow(unsafe_code)] // Only `no_mangle`: the names are this module's own, and nothing else is linked with it.

use std::cell::RefCell;

use crate::vpdq::{Chroma, Frame, MAX_PIXELS, Milliseconds, Pixels, Plane, Quarter, Range, Sampling, VideoHasher};

/// Most bytes a frame may take: four planes of two bytes a sample.
const MAX_FRAME_BYTES: u64 = 8 * MAX_PIXELS;

#[derive(Default)]
struct Session {
    hasher: VideoHasher,
    turn: Quarter,
    buffer: Vec<u8>,
    /// Where the planes begin in it, and from row to row.
    planes: [(usize, usize); 3],
    result: String,
}

thread_local! {
    static SESSION: RefCell<Session> = RefCell::default();
}

fn with<R>(act: impl FnOnce(&mut Session) -> R) -> R {
    SESSION.with_borrow_mut(act)
}

/// How far the frames are to be turned to the right, in degrees: 0, 90, 180 or 270.
#[unsafe(no_mangle)]
pub extern "C" fn video_turn(degrees: u32) {
    with(|session| session.turn = Quarter::from_degrees(degrees).unwrap_or_default());
}

/// Where a frame of `length` bytes is to be written; null if none may be so large.
#[unsafe(no_mangle)]
pub extern "C" fn video_buffer(length: usize) -> *const u8 {
    if length as u64 > MAX_FRAME_BYTES {
        return std::ptr::null();
    }
    with(|session| {
        session.buffer.resize(length, 0);
        session.buffer.as_ptr()
    })
}

/// Where one of up to three planes begins in the buffer, and how many bytes lie from row to row.
#[unsafe(no_mangle)]
pub extern "C" fn video_plane(plane: usize, offset: usize, stride: usize) {
    with(|session| {
        if let Some(place) = session.planes.get_mut(plane) {
            *place = (offset, stride);
        }
    });
}

/// Takes the frame that was written. `layout`: 0 red, green, blue and one more; luma and, 1, chroma of 4:2:0, 2, of 4:2:2,
/// 3, of 4:4:4, 4, pairs of chroma (NV12). `bits` a sample, 8 to 16; `full` is 1 where black is 0; `time` in milliseconds.
/// Gives 1, or 0 if it can't be hashed.
#[unsafe(no_mangle)]
pub extern "C" fn video_frame(width: u32, height: u32, layout: u32, bits: u32, full: u32, time: u32) -> u32 {
    with(|Session { hasher, turn, buffer, planes, .. }| {
        let [luma, blue, red] =
            planes.map(|(offset, stride)| Plane { bytes: buffer.get(offset..).unwrap_or_default(), stride });
        let range = if full == 1 { Range::Full } else { Range::Limited };
        let chroma = match layout {
            0 => Chroma::None,
            1 => Chroma::Planes(blue, red, Sampling::Quarter),
            2 => Chroma::Planes(blue, red, Sampling::Half),
            3 => Chroma::Planes(blue, red, Sampling::Whole),
            _ => Chroma::Pairs(blue),
        };
        let pixels = if layout == 0 { Pixels::Rgbx(luma) } else { Pixels::Yuv { luma, chroma, bits, range } };
        let frame = Frame::new(width, height, *turn, pixels);
        let taken = frame.and_then(|frame| hasher.push(&frame, Milliseconds::new(u64::from(time))));
        u32::from(taken.is_ok())
    })
}

/// All frames have been taken.
#[unsafe(no_mangle)]
pub extern "C" fn video_finish() {
    with(|session| {
        let found = std::mem::take(&mut session.hasher).finish();
        // Numbers and text always serialise.
        session.result = serde_json::to_string(&found).unwrap_or_default();
    });
}

/// The fingerprint as JSON in UTF-8; see [`video_result_length`].
#[unsafe(no_mangle)]
pub extern "C" fn video_result() -> *const u8 {
    with(|session| session.result.as_ptr())
}

/// The JSON's length in bytes; 0 before [`video_finish`].
#[unsafe(no_mangle)]
pub extern "C" fn video_result_length() -> usize {
    with(|session| session.result.len())
}
