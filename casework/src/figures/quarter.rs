//! A quarter of the calendar year. Quarters are those of UTC: so are the months by which erased cases are counted.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};

use crate::stored::stored_as_text;

/// Four make a year; they never overlap.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter(String);

stored_as_text!(Quarter);

/// Not a quarter such as 2026-Q3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a quarter is written as 2026-Q3")]
pub struct InvalidQuarter;

impl Quarter {
    fn new(year: i32, number: u32) -> Self {
        Self(format!("{year:04}-Q{number}"))
    }

    /// The one that a moment lies in.
    pub fn of(at: DateTime<Utc>) -> Self {
        Self::new(at.year(), at.month0() / 3 + 1)
    }

    /// As `2026-Q3`: sorts by time.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its year.
    pub fn year(&self) -> i32 {
        self.0.get(..4).and_then(|year| year.parse().ok()).unwrap_or_default()
    }

    /// Its number, 1 to 4.
    pub fn number(&self) -> u32 {
        self.0.get(6..).and_then(|number| number.parse().ok()).unwrap_or(1)
    }

    /// The one after it.
    #[must_use]
    pub fn next(&self) -> Self {
        match self.number() {
            4 => Self::new(self.year() + 1, 1),
            number => Self::new(self.year(), number + 1),
        }
    }

    /// Its first moment.
    pub fn begins(&self) -> DateTime<Utc> {
        let day = NaiveDate::from_ymd_opt(self.year(), self.number() * 3 - 2, 1).unwrap_or_default();
        day.and_time(NaiveTime::MIN).and_utc()
    }

    /// Its months, as `2026-07`, the first and the last.
    pub(super) fn months(&self) -> (String, String) {
        let month = |month: u32| format!("{:04}-{month:02}", self.year());
        (month(self.number() * 3 - 2), month(self.number() * 3))
    }
}

impl FromStr for Quarter {
    type Err = InvalidQuarter;

    fn from_str(written: &str) -> Result<Self, InvalidQuarter> {
        let (year, number) = written.split_once("-Q").ok_or(InvalidQuarter)?;
        let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
        let is_number = matches!(number, "1" | "2" | "3" | "4");
        if is_year && is_number { Ok(Self(written.to_owned())) } else { Err(InvalidQuarter) }
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_follow_one_another_without_a_gap() {
        let mut quarter: Quarter = "2026-Q3".parse().expect("a quarter");
        for expected in ["2026-Q4", "2027-Q1", "2027-Q2"] {
            let next = quarter.next();
            assert_eq!(next.as_str(), expected);
            assert!(next > quarter);
            let last_moment = next.begins() - chrono::TimeDelta::microseconds(1);
            assert_eq!((Quarter::of(last_moment), Quarter::of(next.begins())), (quarter, next.clone()));
            quarter = next;
        }
        assert_eq!(quarter.months(), ("2027-04".to_owned(), "2027-06".to_owned()));
        for nonsense in ["", "2026", "2026-Q5", "2026-Q0", "26-Q1", "2026-q1", "2026-Q11", "+026-Q1"] {
            assert_eq!(nonsense.parse::<Quarter>(), Err(InvalidQuarter), "{nonsense}");
        }
    }
}
