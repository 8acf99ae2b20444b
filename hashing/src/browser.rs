//! The module as the browser's worker drives it: plain exports, no imports, one file an instance.
//!
//! Order of calls: [`expect`] with the file's size, [`piece`] and [`update`] for each piece of the file, [`look`] once, [`want_edited_copies`] if they are, [`step`] until it gives 0, then
//! [`result`] and [`result_length`]. These two also answer before the first step: with the exact hashes alone, which
//! the worker keeps for the case that a picture takes more memory than there is. Where [`wants_pixels`] gives 1 after
//! [`look`], the browser may decode the picture itself: then [`begin_pixels`] and, for each strip of rows written to
//! [`pixels`], [`take_pixels`] come in place of the steps. The worker then overwrites the whole memory and drops the instance, so nothing
//! here needs to free or clear.
#![allow(unsafe_code)] // Only `no_mangle`: the names are this module's own, and nothing else is linked with it.

use std::cell::RefCell;

use crate::{Describing, FileFingerprints, Looking};

/// Bytes a piece may have.
const PIECE: usize = 256 * 1024;

/// About so many pixels stand in a strip.
const PIXELS_A_STRIP: u32 = 1 << 18;

enum State {
    Reading(Describing),
    Looking { looking: Looking, exact: String },
    Done(String),
}

struct Session {
    state: State,
    piece: Vec<u8>,
    /// A strip of rows that the browser decoded.
    strip: Vec<u8>,
    row: usize,
}

thread_local! {
    static SESSION: RefCell<Session> =
        RefCell::new(Session {
            state: State::Reading(Describing::default()),
            piece: vec![0; PIECE],
            strip: Vec::new(),
            row: 0,
        });
}

fn with<R>(act: impl FnOnce(&mut Session) -> R) -> R {
    SESSION.with_borrow_mut(act)
}

/// How long the file is: asked for at once, memory is taken once.
#[unsafe(no_mangle)]
pub extern "C" fn expect(bytes: u32) {
    with(|session| session.state = State::Reading(Describing::expecting(bytes.into())));
}

/// Where the next piece of the file is to be written.
#[unsafe(no_mangle)]
pub extern "C" fn piece() -> *const u8 {
    with(|session| session.piece.as_ptr())
}

/// How long a piece may be.
#[unsafe(no_mangle)]
pub extern "C" fn piece_length() -> usize {
    PIECE
}

/// Takes the first `length` bytes of the piece.
#[unsafe(no_mangle)]
pub extern "C" fn update(length: usize) {
    with(|Session { state, piece, .. }| {
        if let State::Reading(describing) = state {
            describing.update(&piece[..length.min(PIECE)]);
        }
    });
}

/// The whole file has been taken.
#[unsafe(no_mangle)]
pub extern "C" fn look() {
    with(|session| {
        if let State::Reading(describing) = &mut session.state {
            let looking = std::mem::take(describing).look();
            let exact = written(&looking.without_picture());
            session.state = State::Looking { looking, exact };
        }
    });
}

/// Hashes of edited copies are wanted, too. To be said after [`look`], before the first step.
#[unsafe(no_mangle)]
pub extern "C" fn want_edited_copies() {
    with(|session| {
        if let State::Looking { looking, .. } = &mut session.state {
            looking.want_edited_copies();
        }
    });
}

/// Does one step: 1 while there is more to do, 0 when the result is ready.
#[unsafe(no_mangle)]
pub extern "C" fn step() -> u32 {
    with(|session| {
        let State::Looking { looking, .. } = &mut session.state else { return 0 };
        if looking.step() {
            return 1;
        }
        session.state = State::Done(written(looking.fingerprints()));
        0
    })
}

/// 1 if the picture can only be decoded by the browser. To be asked after [`look`].
#[unsafe(no_mangle)]
pub extern "C" fn wants_pixels() -> u32 {
    with(|session| match &session.state {
        State::Looking { looking, .. } => u32::from(looking.wants_pixels()),
        State::Reading(_) | State::Done(_) => 0,
    })
}

/// The browser has decoded the picture. Gives how many rows a strip has, or 0 if such a picture is not taken.
#[unsafe(no_mangle)]
pub extern "C" fn begin_pixels(width: u32, height: u32) -> u32 {
    with(|session| {
        let State::Looking { looking, .. } = &mut session.state else { return 0 };
        if looking.begin_pixels(width, height).is_err() {
            return 0;
        }
        let rows = (PIXELS_A_STRIP / width).clamp(1, height);
        session.row = 4 * width as usize;
        session.strip = vec![0; session.row * rows as usize];
        rows
    })
}

/// Where the next strip is to be written: four bytes a pixel.
#[unsafe(no_mangle)]
pub extern "C" fn pixels() -> *const u8 {
    with(|session| session.strip.as_ptr())
}

/// Takes the first `rows` rows of the strip. 1 while there is more to come, 0 when the result is ready.
#[unsafe(no_mangle)]
pub extern "C" fn take_pixels(rows: usize) -> u32 {
    with(|Session { state, strip, row, .. }| {
        let State::Looking { looking, .. } = state else { return 0 };
        if !looking.take_pixels(&strip[..strip.len().min(rows.saturating_mul(*row))]) {
            return 1;
        }
        *state = State::Done(written(looking.fingerprints()));
        0
    })
}

/// Rows of the picture, once it is decoded; 0 before.
#[unsafe(no_mangle)]
pub extern "C" fn rows() -> u32 {
    progress().1
}

/// Rows hashed so far.
#[unsafe(no_mangle)]
pub extern "C" fn rows_done() -> u32 {
    progress().0
}

fn progress() -> (u32, u32) {
    with(|session| match &session.state {
        State::Looking { looking, .. } => looking.progress().unwrap_or_default(),
        State::Reading(_) | State::Done(_) => (0, 0),
    })
}

/// The fingerprints as JSON in UTF-8; see [`result_length`].
#[unsafe(no_mangle)]
pub extern "C" fn result() -> *const u8 {
    json(|json| json.as_ptr())
}

/// The JSON's length in bytes; 0 before [`look`].
#[unsafe(no_mangle)]
pub extern "C" fn result_length() -> usize {
    json(str::len)
}

fn json<R>(ask: impl FnOnce(&str) -> R) -> R {
    with(|session| match &session.state {
        State::Done(json) | State::Looking { exact: json, .. } => ask(json),
        State::Reading(_) => ask(""),
    })
}

fn written(fingerprints: &FileFingerprints) -> String {
    // Fixed fields of text and numbers always serialise.
    serde_json::to_string(fingerprints).unwrap_or_default()
}
