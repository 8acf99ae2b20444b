//! How long something took: the middle, and what nine in ten did not exceed.

use chrono::TimeDelta;

/// How long something took, over all cases in which it happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// How often it happened.
    pub cases: u64,
    /// Half took no longer; to the second.
    pub median: Option<TimeDelta>,
    /// Nine in ten took no longer.
    pub ninetieth: Option<TimeDelta>,
}

impl Spread {
    /// Of these lengths of time (nearest rank).
    pub fn of(lengths: impl IntoIterator<Item = TimeDelta>) -> Self {
        let mut seconds: Vec<i64> = lengths.into_iter().map(|length| length.num_seconds().max(0)).collect();
        seconds.sort_unstable();
        let at = |percent: usize| {
            let rank = (seconds.len() * percent).div_ceil(100);
            seconds.get(rank.checked_sub(1)?).map(|seconds| TimeDelta::seconds(*seconds))
        };
        Self { cases: seconds.len() as u64, median: at(50), ninetieth: at(90) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_nine_in_ten_by_nearest_rank() {
        let minutes = |lengths: &[i64]| Spread::of(lengths.iter().map(|length| TimeDelta::minutes(*length)));
        let spread = minutes(&[10, 1, 9, 2, 8, 3, 7, 4, 6, 5]);
        assert_eq!((spread.cases, spread.median), (10, Some(TimeDelta::minutes(5))));
        assert_eq!(spread.ninetieth, Some(TimeDelta::minutes(9)));
        assert_eq!(minutes(&[7]).ninetieth, Some(TimeDelta::minutes(7)));
        assert_eq!(minutes(&[]), Spread::default());
        assert_eq!(minutes(&[-3]).median, Some(TimeDelta::zero()), "a clock that was put back");
    }
}
