//! What the processor can do, found at run time: the same search is compiled once for each.

/// A set of instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Features {
    /// What every processor of the kind has.
    Baseline,
    /// AVX2 and its companions: x86-64 since 2013.
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Features {
    /// The best this processor has.
    pub fn found() -> Self {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("popcnt")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
        {
            return Self::Avx2;
        }
        Self::Baseline
    }
}
