//! What time it is. Passed in, so that a test can decide.

use chrono::{DateTime, Utc};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment, cut to whole microseconds: that is what both databases keep, so a time written and read
    /// back compares equal.
    fn now(&self) -> DateTime<Utc>;
}
