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
        Frame { frame: number, pdq: Pdq::new(bytes), pdq_quality: 100 }
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
        let pairs = (0..40_u32).map(|number| {
            let mut bytes = [0; 32];
            bytes[..4].copy_from_slice(&[0, 0x33, 0x55, 0x0f].map(|byte: u8| byte.wrapping_mul(1 + number as u8 / 2)));
            bytes[4..]
                .iter_mut()
                .enumerate()
                .for_each(|(at, byte)| *byte = (number / 2 * 37 + at as u32 * (number / 2 * 2 + 1) * 11) as u8);
            if number % 2 == 1 {
                bytes[0] ^= 0xff;
                bytes[1] ^= 0xff;
                bytes[2] ^= 0x03;
            }
            Frame { frame: number, pdq: Pdq::new(bytes), pdq_quality: 100 }
        });
        let kept = kept(pairs);
        assert!(kept.len() <= Frames::MOST + 1 && kept.starts_with(&[0]), "{kept:?}");
        assert!(kept.iter().any(|number| *number > 36), "the end is told too: {kept:?}");
    }
}
