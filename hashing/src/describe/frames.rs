//! The frames of an animation that are worth telling: near-equal ones once, and not more than fit.

use serde::{Deserialize, Serialize};

use crate::Pdq;

/// The hash of one frame of an animation, as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// Which frame, counted from 0.
    pub frame: u32,
    /// Its hash.
    pub pdq: Pdq,
    /// 0 to 100; [`crate::pdq::MIN_QUALITY`] or more.
    pub pdq_quality: u8,
}

/// Frames this near to one that is kept say nothing new (as vPDQ lists are pruned).
const NEAR: u32 = 16;

/// The frames kept so far.
#[derive(Debug)]
pub(super) struct Frames {
    kept: Vec<Frame>,
    /// Grows when there are too many, up to [`Pdq::SAME_PICTURE`].
    near: u32,
}

impl Default for Frames {
    fn default() -> Self {
        Self { kept: Vec::new(), near: NEAR }
    }
}

impl Frames {
    /// The most frames a file tells beside its first: what a form can carry for fifty files.
    pub(super) const MOST: usize = 24;

    /// Keeps a frame, unless it is near one that is kept. When there are too many, what counts as near widens; beyond
    /// [`Pdq::SAME_PICTURE`] the later ones are left out.
    pub(super) fn add(&mut self, frame: Frame) {
        if !self.is_new(&frame) {
            return;
        }
        self.kept.push(frame);
        // The first is not one of them: it is the file's own hash.
        while self.kept.len() > Self::MOST + 1 {
            if self.near >= Pdq::SAME_PICTURE {
                self.kept.truncate(Self::MOST + 1);
                return;
            }
            self.near += 1;
            for frame in std::mem::take(&mut self.kept) {
                if self.is_new(&frame) {
                    self.kept.push(frame);
                }
            }
        }
    }

    fn is_new(&self, frame: &Frame) -> bool {
        self.kept.iter().all(|kept| kept.pdq.distance(&frame.pdq) > self.near)
    }

    /// In their order. The first that was added comes first.
    pub(super) fn into_kept(self) -> Vec<Frame> {
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hash whose first bits are set; far from others with another beginning of bytes.
    fn frame(number: u32, bits: usize, from: usize) -> Frame {
        let mut bytes = [0; 32];
        for bit in from..from + bits {
            bytes[bit / 8] |= 0x80 >> (bit % 8);
        }
        Frame { frame: number, ..frame_of(bytes) }
    }

    fn frame_of(bytes: [u8; 32]) -> Frame {
        Frame { frame: 0, pdq: Pdq::new(bytes), pdq_quality: 100 }
    }

    fn kept(frames: impl IntoIterator<Item = Frame>) -> Vec<u32> {
        let mut all = Frames::default();
        frames.into_iter().for_each(|frame| all.add(frame));
        all.into_kept().iter().map(|frame| frame.frame).collect()
    }

    #[test]
    fn near_frames_are_told_once() {
        assert_eq!(kept([frame(0, 0, 0), frame(1, 16, 0), frame(2, 17, 0), frame(3, 17, 100)]), [0, 2, 3]);
    }

    #[test]
    fn too_many_widen_what_is_near() {
        // 241 hashes, each one bit from the one before: 17 apart there are 15 of them, which fit.
        assert_eq!(kept((0..256).map(|bits| frame(bits, bits as usize, 0))).len(), 16);
        // Pairs 18 apart, all else far: the second of a pair goes once 18 counts as near.
        let mut chance = 1_u64;
        let mut far = || {
            let bytes = std::array::from_fn(|_| {
                chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                chance.to_le_bytes()[7]
            });
            frame_of(bytes)
        };
        let pairs = (0..20).flat_map(|pair| {
            let first = far();
            let mut bytes = *first.pdq.as_bytes();
            for (byte, bits) in bytes.iter_mut().zip([0xff, 0xff, 0x03]) {
                *byte ^= bits;
            }
            [Frame { frame: 2 * pair, ..first }, Frame { frame: 2 * pair + 1, ..frame_of(bytes) }]
        });
        let kept = kept(pairs);
        assert!(kept.iter().copied().eq((0..20).map(|pair| 2 * pair)), "{kept:?}");
    }
}
