//! When a hotline works: weekly hours in its own time zone without its holidays, and what follows for deadlines.

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveTime, Offset, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// The minutes of a day: 0 is midnight at its start, 1,440 midnight at its end.
const DAY: u16 = 24 * 60;
/// No search for an open hour looks further than this many days.
const HORIZON: u64 = 366;

/// A time of one day in which the hotline works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shift {
    /// The minute of the day at which it opens, below `to`.
    pub from: u16,
    /// The minute of the day at which it closes, at most 1,440.
    pub to: u16,
}

/// A day on which the hotline is closed whatever day of the week it is: each year's, as `12-25`, or one year's, as
/// `2027-03-26`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Holiday {
    year: Option<i32>,
    month: u32,
    day: u32,
}

/// Not a day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a holiday is written as 12-25 or as 2027-03-26")]
pub struct InvalidHoliday;

impl FromStr for Holiday {
    type Err = InvalidHoliday;

    fn from_str(written: &str) -> Result<Self, InvalidHoliday> {
        /// Has a 29 February, so that this may be a holiday too.
        const LEAP_YEAR: &str = "2028";
        let each_year = format!("{LEAP_YEAR}-{written}").parse::<NaiveDate>();
        let year = written.parse::<NaiveDate>().ok().map(|date| date.year());
        let date = written.parse().or(each_year).map_err(|_| InvalidHoliday)?;
        Ok(Self { year, month: date.month(), day: date.day() })
    }
}

/// The hours of a week, in one time zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredHours")]
pub struct OpeningHours {
    zone: Tz,
    /// Monday first; each day's shifts in order, not touching one another.
    week: [Vec<Shift>; 7],
    holidays: BTreeSet<Holiday>,
}

#[derive(Deserialize)]
struct StoredHours {
    zone: Tz,
    week: [Vec<Shift>; 7],
    holidays: BTreeSet<Holiday>,
}

/// Hours that cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHours {
    /// A shift ends before it starts, or after the day.
    #[error("a shift must end after it starts, and within its day")]
    Shift,
    /// Two shifts of a day overlap.
    #[error("two shifts of a day overlap")]
    Overlap,
    /// No shift in the whole week.
    #[error("there must be at least one shift in a week")]
    Never,
}

impl TryFrom<StoredHours> for OpeningHours {
    type Error = InvalidHours;

    fn try_from(stored: StoredHours) -> Result<Self, InvalidHours> {
        Ok(Self::new(stored.zone, stored.week)?.closed_on(stored.holidays))
    }
}

impl OpeningHours {
    /// The shifts of each day, Monday first, in `zone`. Work past midnight is two shifts, one on each day.
    pub fn new(zone: Tz, mut week: [Vec<Shift>; 7]) -> Result<Self, InvalidHours> {
        for day in &mut week {
            day.sort_unstable();
            if day.iter().any(|shift| shift.from >= shift.to || shift.to > DAY) {
                return Err(InvalidHours::Shift);
            }
            if day.iter().zip(day.iter().skip(1)).any(|(one, next)| next.from < one.to) {
                return Err(InvalidHours::Overlap);
            }
        }
        if week.iter().all(Vec::is_empty) {
            return Err(InvalidHours::Never);
        }
        Ok(Self { zone, week, holidays: BTreeSet::new() })
    }

    /// The same hours, but closed on these days.
    #[must_use]
    pub fn closed_on(mut self, holidays: impl IntoIterator<Item = Holiday>) -> Self {
        self.holidays.extend(holidays);
        self
    }

    fn is_holiday(&self, date: NaiveDate) -> bool {
        let (month, day) = (date.month(), date.day());
        [None, Some(date.year())].into_iter().any(|year| self.holidays.contains(&Holiday { year, month, day }))
    }

    /// The same shift from Monday to Friday, in minutes of the day.
    pub fn weekdays(zone: Tz, from: u16, to: u16) -> Result<Self, InvalidHours> {
        let week = std::array::from_fn(|day| match day {
            0..5 => vec![Shift { from, to }],
            _ => Vec::new(),
        });
        Self::new(zone, week)
    }

    /// Day and night, every day.
    pub fn always() -> Self {
        let week = std::array::from_fn(|_| vec![Shift { from: 0, to: DAY }]);
        Self { zone: Tz::UTC, week, holidays: BTreeSet::new() }
    }

    /// The hotline's time zone.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The shifts of a day of the week.
    pub fn shifts(&self, day: Weekday) -> &[Shift] {
        self.week.get(day.num_days_from_monday() as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether the hotline works at `now`.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.spans_from(now).next().is_some_and(|(opens, _)| opens <= now)
    }

    /// When it opens: `now` if it is open, else the start of its next shift.
    pub fn next_opening(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.spans_from(now).next().map_or(now, |(opens, _)| opens.max(now))
    }

    /// The moment at which `minutes` of opening hours, at most a few years of them, have passed since `start`.
    pub fn deadline_after(&self, start: DateTime<Utc>, minutes: u32) -> DateTime<Utc> {
        let mut left = Duration::minutes(minutes.into());
        let mut moment = start;
        loop {
            let Some((opens, closes)) = self.spans_from(moment).next() else {
                return moment.checked_add_signed(left).unwrap_or(moment);
            };
            let from = opens.max(moment);
            let open_for = closes - from;
            if left <= open_for {
                return from + left;
            }
            left -= open_for;
            moment = closes;
        }
    }

    /// The open spans that end after `moment`, in order.
    fn spans_from(&self, moment: DateTime<Utc>) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
        let today = moment.with_timezone(&self.zone).date_naive();
        (0..HORIZON)
            .filter_map(move |ahead| today.checked_add_days(Days::new(ahead)))
            .filter(move |&date| !self.is_holiday(date))
            .flat_map(|date| self.shifts(date.weekday()).iter().map(move |shift| (date, shift)))
            .map(|(date, shift)| (self.moment(date, shift.from), self.moment(date, shift.to)))
            // A shift that falls into the hour that the clocks skip is no shift.
            .filter(move |&(opens, closes)| closes > moment && closes > opens)
    }

    /// The moment at which the hotline's clocks show `minute` of `date`. Where clocks are put back and show it twice, the
    /// first; where they are put forward and never show it, as if they had not been put forward yet.
    fn moment(&self, date: NaiveDate, minute: u16) -> DateTime<Utc> {
        let local = date.and_time(NaiveTime::MIN) + Duration::minutes(minute.into());
        if let Some(moment) = self.zone.from_local_datetime(&local).earliest() {
            return moment.to_utc();
        }
        let day_before = local - Duration::days(1);
        let offset = self.zone.offset_from_local_datetime(&day_before).earliest();
        let seconds = offset.map_or(0, |offset| offset.fix().local_minus_utc());
        local.and_utc() - Duration::seconds(seconds.into())
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDateTime;
    use chrono_tz::Europe::Helsinki;

    use super::*;

    fn nine_to_five() -> OpeningHours {
        OpeningHours::weekdays(Helsinki, 9 * 60, 17 * 60).expect("nine to five")
    }

    /// A moment as the clocks in Helsinki show it.
    fn at(local: &str) -> DateTime<Utc> {
        let local = NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M").expect("a time");
        let moment = Helsinki.from_local_datetime(&local).earliest();
        moment.expect("the clocks show it").to_utc()
    }

    #[test]
    fn it_is_open_from_the_first_minute_to_before_the_last() {
        let hours = nine_to_five();
        // 1 June 2026 is a Monday.
        for (moment, open) in [
            ("2026-06-01 08:59", false),
            ("2026-06-01 09:00", true),
            ("2026-06-01 16:59", true),
            ("2026-06-01 17:00", false),
            ("2026-06-06 12:00", false),
        ] {
            assert_eq!(hours.is_open(at(moment)), open, "{moment}");
        }
        assert!(OpeningHours::always().is_open(at("2026-06-06 03:00")));
    }

    #[test]
    fn the_next_opening_is_now_or_the_next_shift() {
        let hours = nine_to_five();
        for (moment, opening) in [
            ("2026-06-01 12:00", "2026-06-01 12:00"),
            ("2026-06-01 07:00", "2026-06-01 09:00"),
            ("2026-06-01 17:00", "2026-06-02 09:00"),
            ("2026-06-05 20:00", "2026-06-08 09:00"),
        ] {
            assert_eq!(hours.next_opening(at(moment)), at(opening), "{moment}");
        }
    }

    #[test]
    fn deadlines_count_open_minutes_only() {
        let hours = nine_to_five();
        for (start, minutes, deadline) in [
            ("2026-06-01 10:00", 60, "2026-06-01 11:00"),
            ("2026-06-01 16:30", 60, "2026-06-02 09:30"),
            ("2026-06-01 16:00", 60, "2026-06-01 17:00"),
            ("2026-06-05 16:30", 480, "2026-06-08 16:30"),
            ("2026-06-06 12:00", 30, "2026-06-08 09:30"),
            ("2026-06-01 09:00", 5 * 480, "2026-06-05 17:00"),
        ] {
            assert_eq!(hours.deadline_after(at(start), minutes), at(deadline), "{start} + {minutes}");
        }
        let start = at("2026-06-06 03:00");
        let always = OpeningHours::always().deadline_after(start, 100_000);
        assert_eq!(always, start + Duration::minutes(100_000));
    }

    #[test]
    fn one_hour_a_week_still_comes_to_an_end() {
        let mut week: [Vec<Shift>; 7] = Default::default();
        week[2].push(Shift { from: 600, to: 660 });
        let hours = OpeningHours::new(Helsinki, week).expect("one hour");
        // Ten hours are ten Wednesdays: 3 June to 5 August.
        let deadline = hours.deadline_after(at("2026-06-01 10:00"), 600);
        assert_eq!(deadline, at("2026-08-05 11:00"));
    }

    #[test]
    fn on_a_holiday_it_is_closed_and_no_deadline_runs() {
        let holidays = ["12-25", "2026-06-02", "02-29"].map(|written| written.parse().expect("a holiday"));
        let hours = nine_to_five().closed_on(holidays);
        for (moment, open) in [("2026-06-02 12:00", false), ("2027-06-02 12:00", true), ("2028-12-25 12:00", false)] {
            assert_eq!(hours.is_open(at(moment)), open, "{moment}");
        }
        assert_eq!(hours.deadline_after(at("2026-06-01 16:00"), 120), at("2026-06-03 10:00"));
        for written in ["", "25", "13-01", "02-30", "2027-02-29", "christmas", "12-25-2026"] {
            assert_eq!(written.parse::<Holiday>(), Err(InvalidHoliday), "{written:?}");
        }
    }

    #[test]
    fn a_break_and_a_night_shift_are_kept() {
        let week = std::array::from_fn(|_| vec![Shift { from: 1_320, to: 1_440 }, Shift { from: 0, to: 120 }]);
        let hours = OpeningHours::new(Helsinki, week).expect("ten to two");
        let deadline = hours.deadline_after(at("2026-06-01 23:00"), 120);
        assert_eq!(deadline, at("2026-06-02 01:00"), "straight through midnight");
        let deadline = hours.deadline_after(at("2026-06-02 01:00"), 120);
        assert_eq!(deadline, at("2026-06-02 23:00"), "after the day between");
    }

    #[test]
    fn changes_of_the_clock_neither_lose_nor_add_an_hour() {
        // In Helsinki clocks jump from 3 to 4 on 29 March 2026, and show 3 to 4 twice on 25 October 2026.
        let nightly = |from, to| {
            OpeningHours::new(Helsinki, std::array::from_fn(|_| vec![Shift { from, to }])).expect("a shift each night")
        };
        let (midnight, five) = (at("2026-03-29 00:00"), at("2026-03-29 05:00"));
        assert_eq!(nightly(0, 300).deadline_after(midnight, 240), five);
        let (midnight, five) = (at("2026-10-25 00:00"), at("2026-10-25 05:00"));
        assert_eq!(nightly(0, 300).deadline_after(midnight, 360), five);
        let skipped = nightly(180, 240).next_opening(at("2026-03-29 00:00"));
        assert_eq!(skipped, at("2026-03-30 03:00"), "that night has no such hour");
        let half_skipped = nightly(210, 300).next_opening(at("2026-03-29 00:00"));
        assert_eq!(half_skipped, at("2026-03-29 04:30"));
    }

    #[test]
    fn hours_that_cannot_be_kept_are_refused() {
        let monday = |shifts: &[(u16, u16)]| {
            let mut week: [Vec<Shift>; 7] = Default::default();
            week[0] = shifts.iter().map(|&(from, to)| Shift { from, to }).collect();
            OpeningHours::new(Helsinki, week).err()
        };
        assert_eq!(monday(&[]), Some(InvalidHours::Never));
        assert_eq!(monday(&[(600, 600)]), Some(InvalidHours::Shift));
        assert_eq!(monday(&[(600, 1_441)]), Some(InvalidHours::Shift));
        assert_eq!(monday(&[(600, 720), (700, 800)]), Some(InvalidHours::Overlap));
        assert_eq!(monday(&[(720, 800), (600, 720)]), None);
    }

    #[test]
    fn hours_are_stored_and_checked_when_read() {
        let hours = nine_to_five();
        let json = serde_json::to_string(&hours).expect("json");
        assert!(serde_json::from_str::<OpeningHours>(&json).is_ok_and(|read| read == hours));
        let broken = json.replace("1020", "10");
        assert!(serde_json::from_str::<OpeningHours>(&broken).is_err());
    }
}
