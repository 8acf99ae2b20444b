//! Where unpredictable bytes come from. Passed in, so that a test can repeat itself.

use std::convert::Infallible;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::clock::Clock;

/// A source of unpredictable bytes, fit for making keys.
pub trait Randomness: Send + Sync {
    /// Fills all of `bytes`. A source that fails must end the process: continuing without randomness is never safe.
    fn fill(&self, bytes: &mut [u8]);
}

/// `N` unpredictable bytes.
pub fn bytes<const N: usize>(randomness: &dyn Randomness) -> [u8; N] {
    let mut bytes = [0; N];
    randomness.fill(&mut bytes);
    bytes
}

/// A new row id: `UUIDv7` (RFC 9562, section 5.7), so that ids grow with time and indexes stay compact.
pub fn new_id(clock: &dyn Clock, randomness: &dyn Randomness) -> Uuid {
    let millis = u64::try_from(clock.now().timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes(randomness)).into_uuid()
}

/// Before every id that was made from then on.
pub(crate) fn first_id(at: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

/// A row's id is made a moment before or after the time that is written in it: never as much as this.
pub(crate) const SLACK: TimeDelta = TimeDelta::minutes(1);

/// Lets the cryptography crates draw from our [`Randomness`].
pub(crate) struct Drawing<'a>(pub &'a dyn Randomness);

impl rand_core::TryRng for Drawing<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(bytes(self.0)))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(bytes(self.0)))
    }

    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(destination);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Drawing<'_> {}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::testing::{SeededRandomness, TestClock};

    #[test]
    fn ids_are_version_7_and_grow_with_the_clock() {
        let clock = TestClock::default();
        let randomness = SeededRandomness::new(1);
        let first = new_id(&clock, &randomness);
        clock.advance(Duration::milliseconds(1));
        let second = new_id(&clock, &randomness);
        assert_eq!(first.get_version_num(), 7);
        assert!(first < second);
    }

    #[test]
    fn ids_of_one_moment_differ() {
        let clock = TestClock::default();
        let randomness = SeededRandomness::new(1);
        assert_ne!(new_id(&clock, &randomness), new_id(&clock, &randomness));
    }
}
