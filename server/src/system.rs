//! The machine's clock and randomness: the only place that asks for them.

use std::time::SystemTime;

use casework::clock::Clock;
use casework::randomness::Randomness;
use chrono::{DateTime, SubsecRound, Utc};

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> DateTime<Utc> {
        DateTime::<Utc>::from(SystemTime::now()).trunc_subsecs(6)
    }
}

/// The operating system's randomness.
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    #[allow(clippy::disallowed_methods, reason = "the one place that asks for randomness")]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(cause) = getrandom::fill(bytes) {
            tracing::error!(%cause, "the operating system gives no randomness; going on without would be unsafe");
            std::process::abort();
        }
    }
}
