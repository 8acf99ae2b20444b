//! How long a member of staff has looked at hard cases (levels 0 to 2) today, and whether a pause would do them good.
//!
//! It is theirs alone: nobody else sees it, nothing is decided from it, and the next day it is gone. Time counts from one
//! request to the next while a hard case is open, at most [`MOST_BETWEEN`] of it: whoever is called away is not looking.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sqlx::FromRow;

use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::{Casework, Error, execute, fetch_optional};

/// The levels that are hard to look at, from 0 to this one.
pub const HARD: i64 = 2;
/// Most time that counts between two requests.
pub const MOST_BETWEEN: TimeDelta = TimeDelta::minutes(5);
/// So long without a hard case is a pause.
pub const PAUSE: TimeDelta = TimeDelta::minutes(10);
/// After so much without a pause, the pages speak of one.
pub const REMIND_AFTER: TimeDelta = TimeDelta::minutes(50);
/// How long they keep quiet when they are asked to.
pub const QUIET: TimeDelta = TimeDelta::minutes(25);
/// After so much in one day, the pages say that it is much.
pub const MUCH: TimeDelta = TimeDelta::hours(4);

/// What was counted.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Meter {
    day: String,
    seconds: i64,
    since_pause: i64,
    looking_at: Option<DateTime<Utc>>,
    last_at: DateTime<Utc>,
    quiet_until: Option<DateTime<Utc>>,
}

/// What the pages say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// Minutes today.
    pub minutes: i64,
    /// Whether it has been long since a pause.
    pub is_pause_due: bool,
    /// Whether it has been much today.
    pub is_much: bool,
}

impl Meter {
    fn new(day: NaiveDate, now: DateTime<Utc>) -> Self {
        Self { day: day.to_string(), seconds: 0, since_pause: 0, looking_at: None, last_at: now, quiet_until: None }
    }

    /// A request came: what was open until now counts.
    fn ticked(mut self, day: NaiveDate, now: DateTime<Utc>) -> Self {
        if self.day != day.to_string() {
            self = Self { looking_at: self.looking_at, last_at: self.last_at, ..Self::new(day, now) };
        }
        if now - self.last_at >= PAUSE {
            self.since_pause = 0;
        }
        if let Some(since) = self.looking_at.take() {
            let looked = (now - since).clamp(TimeDelta::zero(), MOST_BETWEEN).num_seconds();
            self.seconds += looked;
            self.since_pause += looked;
            self.last_at = since + TimeDelta::seconds(looked);
        }
        self
    }

    fn exposure(&self, day: NaiveDate, now: DateTime<Utc>) -> Exposure {
        if self.day != day.to_string() {
            return Exposure::default();
        }
        let is_quiet = self.quiet_until.is_some_and(|until| until > now);
        let is_long = self.since_pause >= REMIND_AFTER.num_seconds() && now - self.last_at < PAUSE;
        Exposure {
            minutes: self.seconds / 60,
            is_pause_due: is_long && !is_quiet,
            is_much: self.seconds >= MUCH.num_seconds(),
        }
    }
}

fn today(cw: &Casework) -> NaiveDate {
    cw.now().with_timezone(&cw.hours.zone()).date_naive()
}

async fn read(tx: &mut Tx, session: &StaffSession) -> Result<Option<Meter>, Error> {
    let sql = "SELECT day, seconds, since_pause, looking_at, last_at, quiet_until FROM exposure WHERE staff_id = $1";
    Ok(fetch_optional!(tx, Meter, sql, session.staff)?)
}

async fn write(tx: &mut Tx, session: &StaffSession, meter: Meter) -> Result<(), Error> {
    execute!(
        tx,
        "INSERT INTO exposure (staff_id, day, seconds, since_pause, looking_at, last_at, quiet_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (staff_id) DO UPDATE SET day = excluded.day, seconds = excluded.seconds,
            since_pause = excluded.since_pause, looking_at = excluded.looking_at, last_at = excluded.last_at,
            quiet_until = excluded.quiet_until",
        session.staff,
        meter.day,
        meter.seconds,
        meter.since_pause,
        meter.looking_at,
        meter.last_at,
        meter.quiet_until
    )?;
    Ok(())
}

/// The member asked for a page: a hard case that was open until now counts, and is open no longer.
pub async fn tick(cw: &Casework, session: &StaffSession) -> Result<(), Error> {
    let known = read(&mut cw.storage.read().await?, session).await?;
    match known {
        Some(meter) if meter.looking_at.is_some() => change(cw, session, |meter| meter).await,
        _ => Ok(()),
    }
}

/// The member has a hard case before them from now on.
pub async fn looks(cw: &Casework, session: &StaffSession) -> Result<(), Error> {
    let now = cw.now();
    change(cw, session, |meter| Meter { looking_at: Some(now), ..meter }).await
}

/// The member does not want to hear of a pause for a while.
pub async fn keep_quiet(cw: &Casework, session: &StaffSession) -> Result<(), Error> {
    let until = cw.now() + QUIET;
    change(cw, session, |meter| Meter { quiet_until: Some(until), ..meter }).await
}

async fn change(cw: &Casework, session: &StaffSession, then: impl FnOnce(Meter) -> Meter) -> Result<(), Error> {
    let (day, now) = (today(cw), cw.now());
    let mut tx = cw.storage.write().await?;
    let meter = read(&mut tx, session).await?.unwrap_or_else(|| Meter::new(day, now));
    write(&mut tx, session, then(meter.ticked(day, now))).await?;
    Ok(tx.commit().await?)
}

/// What this member's own pages say.
pub async fn own(cw: &Casework, session: &StaffSession) -> Result<Exposure, Error> {
    let meter = read(&mut cw.storage.read().await?, session).await?;
    Ok(meter.map(|meter| meter.exposure(today(cw), cw.now())).unwrap_or_default())
}

/// Forgets days that are over. Gives how many; for the worker.
pub async fn purge(cw: &Casework) -> Result<u64, Error> {
    let mut tx = cw.storage.write().await?;
    let purged = execute!(&mut tx, "DELETE FROM exposure WHERE day < $1", today(cw).to_string())?;
    tx.commit().await?;
    Ok(purged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    /// The meter after requests at these minutes, each a hard case or not.
    fn after(requests: &[(i64, bool)]) -> Meter {
        let day = at(0).date_naive();
        requests.iter().fold(Meter::new(day, at(0)), |meter, &(minute, is_hard)| {
            let meter = meter.ticked(day, at(minute));
            if is_hard { Meter { looking_at: Some(at(minute)), ..meter } } else { meter }
        })
    }

    #[test]
    fn time_counts_while_a_hard_case_is_open_and_no_more_than_five_minutes_at_once() {
        for (requests, minutes) in [
            (&[(0, true), (3, false)][..], 3),
            (&[(0, true), (2, true), (4, true), (6, false), (60, false)], 6),
            (&[(0, true), (40, false)], 5),
            (&[(0, false), (40, false)], 0),
            (&[(0, true)], 0),
        ] {
            assert_eq!(after(requests).exposure(at(0).date_naive(), at(61)).minutes, minutes, "{requests:?}");
        }
    }

    #[test]
    fn a_pause_is_due_after_fifty_minutes_without_one() {
        let steady: Vec<(i64, bool)> = (0..=12).map(|step| (step * 4, true)).collect();
        let due = |requests: &[(i64, bool)], now| after(requests).exposure(at(0).date_naive(), at(now)).is_pause_due;
        assert!(!due(&steady, 48));
        let longer: Vec<_> = steady.iter().copied().chain([(50, false)]).collect();
        assert!(due(&longer, 51));
        assert!(!due(&longer, 60), "whoever was away for ten minutes has paused");
        let paused: Vec<_> = longer.iter().copied().chain([(61, true), (63, false)]).collect();
        assert!(!due(&paused, 63));
    }

    #[test]
    fn a_new_day_begins_with_nothing() {
        let meter = after(&[(0, true), (4, true)]);
        let tomorrow = at(24 * 60).date_naive();
        assert_eq!(meter.exposure(tomorrow, at(24 * 60)), Exposure::default());
        assert_eq!(meter.ticked(tomorrow, at(24 * 60 + 1)).exposure(tomorrow, at(24 * 60 + 1)).minutes, 5);
    }
}
