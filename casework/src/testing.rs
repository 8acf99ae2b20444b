//! A clock that a test sets, randomness that repeats, and the statements that must stay quick. Compiled only for tests.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use chrono::{DateTime, Duration, Utc};
use sha2::{Digest, Sha256};

use crate::{clock::Clock, randomness::Randomness};

/// Bytes that look random and are the same in every run with the same seed.
pub struct SeededRandomness {
    seed: u64,
    drawn: AtomicU64,
    rest: Mutex<Vec<u8>>,
}

impl SeededRandomness {
    /// Starts the sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0), rest: Mutex::new(Vec::new()) }
    }
}

impl Randomness for SeededRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        while rest.len() < bytes.len() {
            let block = self.drawn.fetch_add(1, Ordering::Relaxed);
            let mut hash = Sha256::new();
            hash.update(self.seed.to_le_bytes());
            hash.update(block.to_le_bytes());
            rest.extend_from_slice(&hash.finalize());
        }
        let later = rest.split_off(bytes.len());
        bytes.copy_from_slice(&rest);
        *rest = later;
    }
}

/// A clock that stands still until the test moves it.
pub struct TestClock {
    microseconds: AtomicI64,
}

impl TestClock {
    /// A clock standing at `now`.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { microseconds: AtomicI64::new(now.timestamp_micros()) }
    }

    /// Puts the clock to `now`.
    pub fn set(&self, now: DateTime<Utc>) {
        self.microseconds.store(now.timestamp_micros(), Ordering::SeqCst);
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let microseconds = by.num_microseconds().unwrap_or(0);
        self.microseconds.fetch_add(microseconds, Ordering::SeqCst);
    }
}

impl Default for TestClock {
    /// Monday, 1 June 2026, 10:00 UTC.
    fn default() -> Self {
        Self { microseconds: AtomicI64::new(1_780_308_000_000_000) }
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.microseconds.load(Ordering::SeqCst)).unwrap_or_default()
    }
}

/// A statement's name, its text, and the types of its values as PostgreSQL calls them.
pub type Statement = (&'static str, &'static str, &'static str);

/// The statements that cost the same however many cases there are.
pub fn statements() -> Vec<Statement> {
    [
        crate::queue::statements(),
        crate::search::statements(),
        crate::related::statements(),
        crate::near::statements(),
        crate::lapse::statements(),
        crate::erasure::statements(),
        crate::video::statements(),
    ]
    .concat()
}
