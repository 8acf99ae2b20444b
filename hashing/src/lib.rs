//! Fingerprints of pictures and videos, the same bits natively and in the browser.
//!
//! - [`describe`]: a file's bytes in, everything that may leave the device out.
//! - [`pdq`]: the perceptual hash, row by row.
//! - [`vpdq`]: the same for a video, frame by frame.
//! - [`edited`]: hashes of edited copies, for whoever wishes.
//! - [`exact`]: MD5, SHA-1 and SHA-256 in one pass.
//! - [`decode`]: bytes to pixels, safe on hostile files.
//! - [`index`]: near matches among millions; not in the browser.
//!
//! The crate does no I/O, knows no clock and logs nothing.

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod browser_video;
pub mod decode;
pub mod describe;
pub mod edited;
pub mod exact;
mod fingerprint;
#[cfg(not(target_arch = "wasm32"))]
pub mod index;
mod media;
pub mod pdq;
pub mod vpdq;
mod widest;

pub use describe::{
    DecodedBy, Describing, FileFingerprints, Frame, Looking, NoPdq, Variant, describe, describe_from, read,
};
pub use fingerprint::{Md5, NotAFingerprint, Pdq, Sha1, Sha256};
pub use media::Media;
