//! Whether one video is part of another, as `threatexchange` tells it.
//!
//! Both lists lose their frames of low quality and then all but the first of equal hashes, as its index does. A query's
//! frame is found if any frame of the target is at most [`Pdq::SAME_PICTURE`] bits away; how many per cent of the frames
//! are found decides. Order and time do not count.

use std::collections::HashSet;

use super::wire::FrameHash;
use crate::Pdq;
use crate::pdq::MIN_QUALITY;

/// So many per cent of the query's frames must be found in the target (`threatexchange`'s default).
pub const MIN_QUERY_PERCENT: f64 = 80.0;

/// So many per cent of the target's frames must be found in the query (`threatexchange`'s default: a short clip is found
/// in a long video).
pub const MIN_TARGET_PERCENT: f64 = 0.0;

/// How much of two videos is the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    /// Of the query's frames, those found in the target, 0 to 100.
    pub query_percent: f64,
    /// Of the target's frames, those found in the query, 0 to 100.
    pub target_percent: f64,
}

impl Similarity {
    /// Whether it is enough by `threatexchange`'s defaults.
    pub fn is_match(&self) -> bool {
        self.query_percent >= MIN_QUERY_PERCENT && self.target_percent >= MIN_TARGET_PERCENT
    }
}

/// Compares two videos; nothing if one of them has no frame of enough quality.
pub fn compare(query: &[FrameHash], target: &[FrameHash]) -> Option<Similarity> {
    let (query, target) = (distinct(query), distinct(target));
    Some(Similarity { query_percent: percent(&query, &target)?, target_percent: percent(&target, &query)? })
}

/// Whether the query is found in the target.
pub fn matches(query: &[FrameHash], target: &[FrameHash]) -> bool {
    compare(query, target).is_some_and(|similarity| similarity.is_match())
}

fn distinct(frames: &[FrameHash]) -> Vec<Pdq> {
    let mut seen = HashSet::with_capacity(frames.len());
    let good = frames.iter().filter(|frame| frame.quality >= MIN_QUALITY).map(|frame| frame.pdq);
    good.filter(|pdq| seen.insert(*pdq)).collect()
}

/// How many of the wanted are found among the others; nothing if nothing is wanted.
#[allow(clippy::cast_precision_loss)] // lists are far shorter than 2^52
fn percent(wanted: &[Pdq], among: &[Pdq]) -> Option<f64> {
    let is_found = |wanted: &&Pdq| among.iter().any(|other| wanted.distance(other) <= Pdq::SAME_PICTURE);
    let found = wanted.iter().filter(is_found).count();
    (!wanted.is_empty()).then(|| found as f64 * 100.0 / wanted.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vpdq::Milliseconds;

    fn frame(first: u8, quality: u8) -> FrameHash {
        let mut bytes = [0; 32];
        bytes[..8].fill(first);
        FrameHash { pdq: Pdq::new(bytes), quality, time: Milliseconds::default() }
    }

    // Bytes no two of which are within 31 bits when repeated eight times: at least four bits apart.
    const APART: [u8; 5] = [0x00, 0x0f, 0xf0, 0x33, 0xcc];

    #[test]
    fn four_of_five_frames_are_a_match_and_three_are_not() {
        let target: Vec<_> = APART.map(|first| frame(first, 100)).to_vec();
        let stranger = frame(0x55, 100);
        let four = [&target[..4], &[stranger]].concat();
        assert_eq!(compare(&four, &target).unwrap(), Similarity { query_percent: 80.0, target_percent: 80.0 });
        assert!(matches(&four, &target));
        let three = [&target[..3], &[stranger, frame(0xaa, 100)]].concat();
        assert!(!matches(&three, &target));
    }

    #[test]
    fn a_short_clip_is_found_in_a_long_video_not_the_other_way() {
        let long: Vec<_> = APART.map(|first| frame(first, 100)).to_vec();
        assert!(matches(&long[..1], &long));
        assert!(!matches(&long, &long[..1]));
    }

    #[test]
    fn plain_frames_and_repeated_ones_do_not_count() {
        let target = [frame(0x00, 100), frame(0x0f, 49)];
        let query = [frame(0x00, 50), frame(0x00, 90), frame(0x55, 49), frame(0x0f, 100)];
        assert_eq!(compare(&query, &target).unwrap(), Similarity { query_percent: 50.0, target_percent: 100.0 });
        assert_eq!(compare(&[frame(1, 49)], &target), None);
        assert!(!matches(&[], &target));
    }
}
