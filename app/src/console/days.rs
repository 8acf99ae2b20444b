//! Days that somebody types, and the moments they begin and end where the hotline is.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};

use crate::form::{Fields, Problem};
use crate::words::Language;
use crate::{App, say};

/// The field of the first day.
pub const FROM: &str = "from";
/// The field of the last day.
pub const UNTIL: &str = "until";

/// From one day to another, both included; either may be left open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Days {
    /// The first.
    pub from: Option<NaiveDate>,
    /// The last.
    pub until: Option<NaiveDate>,
}

/// What was typed, or what is wrong with it.
pub fn parse(language: Language, fields: &Fields) -> Result<Days, Vec<Problem>> {
    let day = |name: &'static str| match fields.get(name) {
        "" => Ok(None),
        typed => match typed.parse::<NaiveDate>() {
            Ok(day) => Ok(Some(day)),
            Err(_) => Err(Problem::new(name, say!(language, "search.problem.day"))),
        },
    };
    let days = match (day(FROM), day(UNTIL)) {
        (Ok(from), Ok(until)) => Days { from, until },
        (from, until) => return Err([from.err(), until.err()].into_iter().flatten().collect()),
    };
    if days.until.is_some_and(|until| days.from.is_some_and(|from| from > until)) {
        return Err(vec![Problem::new(UNTIL, say!(language, "search.problem.order"))]);
    }
    Ok(days)
}

/// When a day begins.
pub fn start(app: &App, day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let local = app.casework.hours.zone().from_local_datetime(&midnight).earliest();
    local.map_or_else(|| midnight.and_utc(), |local| local.to_utc())
}

/// When a day is over: the next begins.
pub fn end(app: &App, day: NaiveDate) -> DateTime<Utc> {
    start(app, day.succ_opt().unwrap_or(day))
}
