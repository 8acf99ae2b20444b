//! Opening hours as they are written: `monday = ["08:00-12:00", "13:00-16:00"]`.

use casework::opening_hours::{Holiday, OpeningHours, Shift};
use serde::Deserialize;

use super::ConfigurationError;
use super::written::list;

/// `[opening_hours]`. A day that is not written is closed, and so is a holiday; with no day at all, the hotline is always open
/// but on holidays.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WrittenHours {
    time_zone: Option<String>,
    #[serde(deserialize_with = "list")]
    monday: Vec<String>,
    #[serde(deserialize_with = "list")]
    tuesday: Vec<String>,
    #[serde(deserialize_with = "list")]
    wednesday: Vec<String>,
    #[serde(deserialize_with = "list")]
    thursday: Vec<String>,
    #[serde(deserialize_with = "list")]
    friday: Vec<String>,
    #[serde(deserialize_with = "list")]
    saturday: Vec<String>,
    #[serde(deserialize_with = "list")]
    sunday: Vec<String>,
    #[serde(deserialize_with = "list")]
    holidays: Vec<String>,
}

impl WrittenHours {
    /// Makes sense of it, or says why that can't be done.
    pub fn understood(self) -> Result<OpeningHours, ConfigurationError> {
        let zone = self.time_zone.as_deref().unwrap_or("UTC");
        let zone: chrono_tz::Tz = zone.parse().map_err(|_| {
            let problem = format!("{zone:?} is not a time zone such as Europe/Helsinki");
            ConfigurationError::value("opening_hours.time_zone", problem)
        })?;
        let days = [
            ("opening_hours.monday", self.monday),
            ("opening_hours.tuesday", self.tuesday),
            ("opening_hours.wednesday", self.wednesday),
            ("opening_hours.thursday", self.thursday),
            ("opening_hours.friday", self.friday),
            ("opening_hours.saturday", self.saturday),
            ("opening_hours.sunday", self.sunday),
        ];
        let mut week: [Vec<Shift>; 7] = Default::default();
        for (day, (key, shifts)) in week.iter_mut().zip(days) {
            for written in shifts {
                let problem = || format!("{written:?} is not a shift such as 08:00-16:00");
                day.push(shift(&written).ok_or_else(|| ConfigurationError::value(key, problem()))?);
            }
        }
        if week.iter().all(Vec::is_empty) {
            week.fill(vec![Shift { from: 0, to: 24 * 60 }]);
        }
        let holidays = self.holidays.iter().map(|written| holiday(written)).collect::<Result<Vec<_>, _>>()?;
        let hours = OpeningHours::new(zone, week);
        let hours = hours.map_err(|cause| ConfigurationError::value("opening_hours", cause.to_string()))?;
        Ok(hours.closed_on(holidays))
    }
}

fn holiday(written: &str) -> Result<Holiday, ConfigurationError> {
    let problem = |cause| ConfigurationError::value("opening_hours.holidays", format!("{written:?}: {cause}"));
    written.trim().parse().map_err(problem)
}

fn shift(written: &str) -> Option<Shift> {
    let (from, to) = written.split_once('-')?;
    Some(Shift { from: minute(from)?, to: minute(to)? })
}

/// The minute of the day; `24:00` is midnight at its end.
fn minute(written: &str) -> Option<u16> {
    let (hour, minute) = written.trim().split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let is_a_time = hour <= 24 && minute < 60 && hour * 60 + minute <= 24 * 60;
    is_a_time.then(|| hour * 60 + minute)
}
