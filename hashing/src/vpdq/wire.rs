//! A frame's hash as partners exchange it: `hash,quality,timestamp`, in a JSON list.
//!
//! This is the form of `VpdqCompactFeature` in `threatexchange`. It writes seconds with three significant digits
//! (`1.23e+03`); we write milliseconds in full (`1234.567`), which it reads, and read both.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Pdq;

/// Time since the first frame is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Milliseconds(u64);

impl Milliseconds {
    /// No video is longer: about 31 years.
    const MOST: u64 = 1_000_000_000_000;

    /// So many, or the most there can be.
    pub const fn new(milliseconds: u64) -> Self {
        Self(if milliseconds < Self::MOST { milliseconds } else { Self::MOST })
    }

    /// How many.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// From seconds; nothing from what is negative, too long or no number.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] // 0 to MOST
    fn from_seconds(seconds: f64) -> Option<Self> {
        let milliseconds = (seconds * 1000.0).round();
        (0.0..=Self::MOST as f64).contains(&milliseconds).then_some(Self(milliseconds as u64))
    }
}

/// The hash of one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct FrameHash {
    /// Of the frame as it is shown.
    pub pdq: Pdq,
    /// 0 to 100.
    pub quality: u8,
    /// When it is shown.
    pub time: Milliseconds,
}

/// A text that is no frame's hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a frame's hash is written as 64 hex digits, a quality of 0 to 100 and seconds, with commas between")]
pub struct NotAFrameHash;

impl fmt::Display for FrameHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Milliseconds(time) = self.time;
        write!(formatter, "{},{},{}.{:03}", self.pdq, self.quality, time / 1000, time % 1000)
    }
}

impl FromStr for FrameHash {
    type Err = NotAFrameHash;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parsed(text).ok_or(NotAFrameHash)
    }
}

fn parsed(text: &str) -> Option<FrameHash> {
    let mut parts = text.split(',');
    let frame = FrameHash {
        pdq: parts.next()?.parse().ok()?,
        quality: parts.next()?.parse().ok().filter(|quality| *quality <= 100)?,
        time: Milliseconds::from_seconds(parts.next()?.parse().ok()?)?,
    };
    parts.next().is_none().then_some(frame)
}

impl TryFrom<String> for FrameHash {
    type Error = NotAFrameHash;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<FrameHash> for String {
    fn from(frame: FrameHash) -> Self {
        frame.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "0f83e1dcf87c639079d8b1f038d74e3fc460623f0e32214fd2b54e1ec54e62b3";

    #[test]
    fn written_and_read_again() {
        for time in [0, 33, 999, 1_000, 61_001, 3_600_000, u64::MAX] {
            let frame = FrameHash { pdq: HASH.parse().unwrap(), quality: 77, time: Milliseconds::new(time) };
            let json = serde_json::to_string(&[frame]).unwrap();
            assert_eq!(serde_json::from_str::<Vec<FrameHash>>(&json).unwrap(), [frame], "{json}");
        }
    }

    #[test]
    fn read_as_threatexchange_writes_it() {
        for (seconds, milliseconds) in [("0.0", 0), ("0.0333", 33), ("12.3", 12_300), ("1.23e+03", 1_230_000)] {
            let frame: FrameHash = format!("{HASH},100,{seconds}").parse().unwrap();
            assert_eq!(frame.time.get(), milliseconds);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for rest in ["", ",1", ",101,0", ",-1,0", ",1,-1", ",1,nan", ",1,inf", ",1,1e30", ",1,0,0", ",1,", " ,1,0"] {
            assert!(format!("{HASH}{rest}").parse::<FrameHash>().is_err(), "{rest}");
        }
        assert!(format!("{},1,0", &HASH[1..]).parse::<FrameHash>().is_err());
        assert!(serde_json::from_str::<Vec<FrameHash>>("[1]").is_err());
    }
}
