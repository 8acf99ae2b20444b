//! The demo's dice: the same throws each time, so that everyone sees the same cases. Never for keys or codes.

/// `SplitMix64` (Steele, Lea and Flood, 2014).
pub struct Chance(u64);

impl Chance {
    /// The throws that belong to a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is at least 1.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.throw() % end).unwrap_or(0)
    }

    /// One of several; none of none.
    pub fn one_of<'a, T>(&mut self, several: &'a [T]) -> Option<&'a T> {
        let chosen = self.below(several.len());
        several.get(chosen)
    }

    /// Yes, in so many of a hundred throws.
    pub fn percent(&mut self, yes: usize) -> bool {
        self.below(100) < yes
    }

    /// So many hexadecimal digits.
    pub fn hex(&mut self, digits: usize) -> String {
        (0..digits).filter_map(|_| char::from_digit(u32::try_from(self.below(16)).ok()?, 16)).collect()
    }

    /// A number from `from` to `to`, to a ten-thousandth of the distance.
    pub fn between(&mut self, (from, to): (f64, f64)) -> f64 {
        let part = u32::try_from(self.below(10_000)).map_or(0.0, f64::from) / 10_000.0;
        from + (to - from) * part
    }
}
