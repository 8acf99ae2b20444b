//! vPDQ, the fingerprint of a video: the PDQ hashes of its frames.
//!
//! Source: Meta's vPDQ (`ThreatExchange`, `vpdq`) and the `vpdq` extension of `threatexchange` on `PyPI`. Every decoded
//! frame is hashed, since a clip that starts between two seconds shares no frame with a list of one frame a second.
//! Frames that look like one kept a moment ago are left out again, and so are frames without structure.
//!
//! Luma and chroma become red, green and blue by BT.601, whatever the file says, and PDQ goes on from there: that is what
//! the reference does, and a hash is only worth what others compute.

mod frame;
mod matching;
mod pruning;
mod wire;

use serde::Serialize;

pub use frame::{BadFrame, Chroma, Frame, MAX_PIXELS, Pixels, Plane, Quarter, Range, Sampling};
pub use matching::{MIN_QUERY_PERCENT, MIN_TARGET_PERCENT, Similarity, compare, matches};
pub use pruning::{MAX_FRAMES, PRUNED_AT};
pub use wire::{FrameHash, Milliseconds, NotAFrameHash};

use crate::pdq::{MIN_QUALITY, PdqHasher};
use pruning::Pruning;

/// What a video hashes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VideoFingerprint {
    /// The frames that were kept, in the order they are shown: at most [`MAX_FRAMES`]. Empty if all are too plain.
    pub vpdq: Vec<FrameHash>,
    /// Frames at most so many bits from one kept shortly before were left out: [`PRUNED_AT`], or more where the video
    /// would have had more than [`MAX_FRAMES`]. Then an edited copy is found less surely.
    pub vpdq_pruned_at: u32,
    /// Frames that were looked at.
    pub vpdq_frames: u64,
}

/// Takes a video frame by frame, in the order they are shown.
#[derive(Default)]
pub struct VideoHasher {
    frames: u64,
    pruning: Pruning,
    row: Vec<u8>,
}

impl VideoHasher {
    /// Takes the next frame.
    pub fn push(&mut self, frame: &Frame<'_>, time: Milliseconds) -> Result<(), BadFrame> {
        let (width, height) = frame.shown();
        let mut hasher = PdqHasher::new(width, height).map_err(|_| BadFrame::TooSmall)?;
        for row in 0..height {
            frame.write_rgb(row, &mut self.row);
            hasher.push_rgb(&self.row);
        }
        let hash = hasher.finish();
        self.frames += 1;
        if hash.quality >= MIN_QUALITY {
            self.pruning.push(FrameHash { pdq: hash.original(), quality: hash.quality, time });
        }
        Ok(())
    }

    /// How many frames were taken.
    pub const fn frames(&self) -> u64 {
        self.frames
    }

    /// The fingerprint of everything taken.
    pub fn finish(self) -> VideoFingerprint {
        let (vpdq, pruned_at) = self.pruning.finish();
        VideoFingerprint { vpdq, vpdq_pruned_at: pruned_at, vpdq_frames: self.frames }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A drawn frame of stripes and checks that drifts with time.
    fn drawn(width: u32, height: u32, time: u32) -> Vec<u8> {
        let pixel = |x: u32, y: u32| {
            let wave = ((x * x / 40 + y * 3 + time * 5) ^ ((x / 16 + time) * (y / 16))) & 0xff;
            16 + u8::try_from(wave * 219 / 255).unwrap()
        };
        (0..height).flat_map(|y| (0..width).map(move |x| pixel(x, y))).collect()
    }

    fn frame(plane: &[u8], width: u32, height: u32) -> Frame<'_> {
        let luma = Plane { bytes: plane, stride: width as usize };
        let pixels = Pixels::Yuv { luma, chroma: Chroma::None, bits: 8, range: Range::Limited };
        Frame::new(width, height, Quarter::None, pixels).unwrap()
    }

    #[test]
    fn a_still_video_is_one_frame() {
        let plane = drawn(160, 120, 0);
        let mut hasher = VideoHasher::default();
        for time in 0..100 {
            hasher.push(&frame(&plane, 160, 120), Milliseconds::new(time * 40)).unwrap();
        }
        let found = hasher.finish();
        assert_eq!((found.vpdq.len(), found.vpdq_frames, found.vpdq_pruned_at), (1, 100, PRUNED_AT));
    }

    #[test]
    fn a_black_video_has_no_frames() {
        let plane = vec![16; 160 * 120];
        let mut hasher = VideoHasher::default();
        hasher.push(&frame(&plane, 160, 120), Milliseconds::new(0)).unwrap();
        assert_eq!(hasher.finish().vpdq, []);
    }

    #[test]
    fn every_frame_is_within_the_pruning_distance_of_a_kept_one() {
        let planes: Vec<_> = (0..60).map(|time| drawn(160, 120, time)).collect();
        let mut hasher = VideoHasher::default();
        let mut all = Vec::new();
        for (plane, time) in planes.iter().zip(0..) {
            hasher.push(&frame(plane, 160, 120), Milliseconds::new(time * 40)).unwrap();
            let mut alone = VideoHasher::default();
            alone.push(&frame(plane, 160, 120), Milliseconds::new(time * 40)).unwrap();
            all.extend(alone.finish().vpdq);
        }
        let kept = hasher.finish().vpdq;
        assert!(kept.len() > 5 && kept.len() <= all.len());
        for one in all {
            assert!(kept.iter().any(|kept| kept.pdq.distance(&one.pdq) <= PRUNED_AT), "{one}");
        }
    }
}
