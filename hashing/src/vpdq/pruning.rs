//! Leaving out frames that look like one kept shortly before.

use super::wire::FrameHash;

/// Frames at most so many bits from a kept one are left out. A copy's frame up to 15 bits from the one left out is then
/// still within [`crate::Pdq::SAME_PICTURE`] of the one kept.
pub const PRUNED_AT: u32 = 16;

/// The most frames that are kept of a video.
pub const MAX_FRAMES: usize = 12_000;

/// By how many bits the distance grows where a video has more.
const WIDER: u32 = 4;

/// A frame is compared with so many of the last kept: enough for what sways or repeats, and constant work a frame.
const RECENT: usize = 1_000;

/// The frames kept so far.
pub(super) struct Pruning {
    kept: Vec<FrameHash>,
    distance: u32,
    most: usize,
}

impl Default for Pruning {
    fn default() -> Self {
        Self::to_at_most(MAX_FRAMES)
    }
}

impl Pruning {
    const fn to_at_most(most: usize) -> Self {
        Self { kept: Vec::new(), distance: PRUNED_AT, most }
    }

    /// Keeps the frame, if nothing like it was kept shortly before.
    pub(super) fn push(&mut self, frame: FrameHash) {
        keep(&mut self.kept, frame, self.distance);
        while self.kept.len() > self.most {
            self.widen();
        }
    }

    /// Goes through the kept frames once more, at a greater distance.
    fn widen(&mut self) {
        self.distance += WIDER;
        let before = std::mem::take(&mut self.kept);
        for frame in before {
            keep(&mut self.kept, frame, self.distance);
        }
    }

    /// The kept frames, and the distance they were pruned at.
    pub(super) fn finish(self) -> (Vec<FrameHash>, u32) {
        (self.kept, self.distance)
    }
}

fn keep(kept: &mut Vec<FrameHash>, frame: FrameHash, distance: u32) {
    let mut recent = kept.iter().rev().take(RECENT);
    if recent.all(|other| other.pdq.distance(&frame.pdq) > distance) {
        kept.push(frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pdq;
    use crate::vpdq::Milliseconds;

    /// A hash of `ones` bits set, so that two are as far apart as their numbers.
    fn frame(ones: usize) -> FrameHash {
        let mut bytes = [0; 32];
        (0..ones).for_each(|bit| bytes[bit / 8] |= 1 << (bit % 8));
        FrameHash { pdq: Pdq::new(bytes), quality: 100, time: Milliseconds::new(ones as u64) }
    }

    fn kept(pruning: Pruning) -> (Vec<u64>, u32) {
        let (frames, distance) = pruning.finish();
        (frames.iter().map(|frame| frame.time.get()).collect(), distance)
    }

    #[test]
    fn near_frames_are_left_out_also_when_they_come_back() {
        let mut pruning = Pruning::default();
        for ones in [0, 16, 17, 33, 34, 0, 51] {
            pruning.push(frame(ones));
        }
        assert_eq!(kept(pruning), (vec![0, 17, 34, 51], PRUNED_AT));
    }

    #[test]
    fn too_many_frames_widen_the_distance_until_they_fit() {
        let mut pruning = Pruning::to_at_most(4);
        for ones in (0..=85).step_by(17) {
            pruning.push(frame(ones));
        }
        let (times, distance) = kept(pruning);
        assert!(times.len() <= 4 && distance > PRUNED_AT, "{times:?} {distance}");
        assert_eq!(times[0], 0);
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] > u64::from(distance)), "{times:?} {distance}");
    }

    #[test]
    fn frames_as_different_as_can_be_still_fit() {
        let mut pruning = Pruning::to_at_most(2);
        let (black, white) = (frame(0), frame(256));
        let mut half = frame(128);
        half.time = Milliseconds::new(1);
        for frame in [black, white, half] {
            pruning.push(frame);
        }
        assert!(pruning.finish().0.len() <= 2);
    }
}
