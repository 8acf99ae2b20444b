//! Figures for the public: of calendar quarters that have ended, all hotlines of the installation together.
//!
//! A quarter is counted once, a day after its end, and what may be shown of it ([`suppress`]) is written down for good;
//! what may not be shown is written nowhere. So nothing can be learnt by comparing two readings: quarters do not overlap,
//! and a case that is erased later, or that ends otherwise, changes none of them. Cases erased before are still counted
//! by kind and ending; of them nothing else is left.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use sqlx::FromRow;

use super::ending::Row;
use super::providers::delivered;
use super::quarter::Quarter;
use super::suppression::suppress;
use super::{Ended, Ending};
use crate::history::Actor;
use crate::randomness::first_id;
use crate::storage::Tx;
use crate::taxonomy::{Harm, Outcome, choice};
use crate::{Casework, Error, audit, execute, fetch_all, fetch_optional};

/// How long after its end a quarter is counted: reports that are being sent at midnight are in by then.
const SETTLED: TimeDelta = TimeDelta::days(1);

/// Under this part stands the total of a breakdown.
const TOTAL: &str = "total";

choice! {
    /// What the public sees a quarter by. Both of the first two break down all reports, and share their total.
    Breakdown {
        /// What happened.
        Harm = "harm",
        /// How the case ended, as it stood when it was counted.
        Ending = "ending",
        /// What services did, of cases with a notice.
        Services = "services",
    }
}

choice! {
    /// What services did about a case of which they were told.
    Services {
        /// Everything they were told of was removed.
        All = "all",
        /// Some of it was.
        Some = "some",
        /// None of it was, yet.
        None = "none",
    }
}

impl Breakdown {
    /// The codes of its parts, in order.
    pub fn parts(self) -> Vec<String> {
        match self {
            Self::Harm => Harm::ALL.iter().map(ToString::to_string).collect(),
            Self::Ending => Ending::all().map(|ending| ending.to_string()).collect(),
            Self::Services => Services::ALL.iter().map(ToString::to_string).collect(),
        }
    }
}

/// A quarter as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Which.
    pub quarter: Quarter,
    /// When it was counted.
    pub published_at: DateTime<Utc>,
    /// By breakdown and part; none is not shown.
    numbers: BTreeMap<(String, String), Option<u64>>,
}

impl Published {
    /// A part of a breakdown; none if it is not shown.
    pub fn number(&self, breakdown: Breakdown, part: &str) -> Option<u64> {
        self.numbers.get(&(breakdown.to_string(), part.to_owned())).copied().flatten()
    }

    /// All of it; none if it is not shown.
    pub fn total(&self, breakdown: Breakdown) -> Option<u64> {
        self.number(breakdown, TOTAL)
    }
}

#[derive(FromRow)]
struct Written {
    quarter: Quarter,
    published_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct Cell {
    quarter: Quarter,
    breakdown: String,
    part: String,
    number: Option<i64>,
}

/// Every published quarter, the latest first.
pub async fn all(cw: &Casework) -> Result<Vec<Published>, Error> {
    let mut tx = cw.storage.read().await?;
    let sql = "SELECT quarter, breakdown, part, number FROM published_number";
    let mut numbers: BTreeMap<Quarter, BTreeMap<(String, String), Option<u64>>> = BTreeMap::new();
    for row in fetch_all!(&mut tx, Cell, sql)? {
        let number = row.number.and_then(|number| u64::try_from(number).ok());
        numbers.entry(row.quarter).or_default().insert((row.breakdown, row.part), number);
    }
    let sql = "SELECT quarter, published_at FROM published_quarter ORDER BY quarter DESC";
    let written = fetch_all!(&mut tx, Written, sql)?.into_iter();
    let published = written.map(|Written { quarter, published_at }| Published {
        numbers: numbers.remove(&quarter).unwrap_or_default(),
        quarter,
        published_at,
    });
    Ok(published.collect())
}

/// Publishes every quarter that has ended and is not published; gives how many.
pub async fn publish_due(cw: &Casework) -> Result<u32, Error> {
    let mut published = 0;
    while let Some(quarter) = due(cw).await? {
        publish(cw, &quarter).await?;
        published += 1;
    }
    Ok(published)
}

/// The next quarter to publish: after the last that was, or the one of the oldest case.
async fn due(cw: &Casework) -> Result<Option<Quarter>, Error> {
    let mut tx = cw.storage.read().await?;
    let sql = "SELECT quarter FROM published_quarter ORDER BY quarter DESC LIMIT 1";
    let quarter = match fetch_optional!(&mut tx, (Quarter,), sql)? {
        Some((last,)) => Some(last.next()),
        None => first(&mut tx).await?,
    };
    Ok(quarter.filter(|quarter| quarter.next().begins() + SETTLED <= cw.now()))
}

/// The quarter in which the oldest case came in, erased or not.
async fn first(tx: &mut Tx) -> Result<Option<Quarter>, Error> {
    let sql = "SELECT received_at FROM cases ORDER BY id LIMIT 1";
    let kept = fetch_optional!(tx, (DateTime<Utc>,), sql)?.map(|(at,)| Quarter::of(at));
    let sql = "SELECT month FROM erased_count ORDER BY month LIMIT 1";
    let erased = fetch_optional!(tx, (String,), sql)?;
    let erased = erased.and_then(|(month,)| format!("{month}-01").parse::<NaiveDate>().ok());
    let erased = erased.map(|day| Quarter::of(day.and_time(NaiveTime::MIN).and_utc()));
    Ok(kept.into_iter().chain(erased).min())
}

/// Counts a quarter and writes down what may be shown; nothing if another process did so first.
async fn publish(cw: &Casework, quarter: &Quarter) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    let sql = "INSERT INTO published_quarter (quarter, published_at) VALUES ($1, $2) ON CONFLICT (quarter) DO NOTHING";
    if execute!(&mut tx, sql, quarter.as_str(), cw.now())? == 0 {
        return Ok(());
    }
    let reports = reports(&mut tx, quarter).await?;
    let services = services(&mut tx, quarter).await?;
    let of_harm = |part: &str| sum(&reports, |ended| ended.harm.as_str() == part);
    let of_ending = |part: &str| sum(&reports, |ended| ended.ending.to_string() == part);
    write(&mut tx, quarter, Breakdown::Harm, of_harm).await?;
    write(&mut tx, quarter, Breakdown::Ending, of_ending).await?;
    write(&mut tx, quarter, Breakdown::Services, |part| services.get(part).copied().unwrap_or(0)).await?;
    audit::record(cw, &mut tx, Actor::System, "figures.publish", quarter, "").await?;
    Ok(tx.commit().await?)
}

fn sum(reports: &[Ended], is_of_part: impl Fn(&Ended) -> bool) -> i64 {
    reports.iter().filter(|ended| is_of_part(ended)).map(|ended| ended.number).sum()
}

async fn write(tx: &mut Tx, quarter: &Quarter, breakdown: Breakdown, count: impl Fn(&str) -> i64) -> Result<(), Error> {
    let parts = breakdown.parts();
    let counted = parts.iter().map(|part| u64::try_from(count(part)).map_err(|_| Error::Inconsistent("a count")));
    let shown = suppress(&counted.collect::<Result<Vec<_>, _>>()?);
    let rows = parts.iter().map(String::as_str).zip(shown.numbers).chain([(TOTAL, shown.total)]);
    for (part, number) in rows {
        execute!(
            tx,
            "INSERT INTO published_number (quarter, breakdown, part, number) VALUES ($1, $2, $3, $4)",
            quarter.as_str(),
            breakdown,
            part,
            number.and_then(|number| i64::try_from(number).ok())
        )?;
    }
    Ok(())
}

#[derive(FromRow)]
struct Erased {
    harm: Harm,
    outcome: String,
    number: i64,
}

/// All reports of a quarter. An erased case without an outcome counts as taken back: its reporter asked for that.
async fn reports(tx: &mut Tx, quarter: &Quarter) -> Result<Vec<Ended>, Error> {
    let sql = "SELECT harm, state, outcome, count(*) AS number FROM cases WHERE id >= $1 AND id < $2
        GROUP BY harm, state, outcome";
    let rows = fetch_all!(tx, Row, sql, first_id(quarter.begins()), first_id(quarter.next().begins()))?;
    let mut reports = rows.into_iter().map(Row::ended).collect::<Result<Vec<_>, _>>()?;
    let (from, until) = quarter.months();
    let sql = "SELECT harm, outcome, CAST(sum(number) AS BIGINT) AS number FROM erased_count
        WHERE month >= $1 AND month <= $2 GROUP BY harm, outcome";
    for erased in fetch_all!(tx, Erased, sql, from.as_str(), until.as_str())? {
        let ending = erased.outcome.parse::<Outcome>().map_or(Ending::Withdrawn, Ending::Closed);
        reports.push(Ended { harm: erased.harm, ending, number: erased.number });
    }
    Ok(reports)
}

/// Cases with a notice that arrived, by what services did. Counted are cases, not notices: five notices may be about one
/// child.
async fn services(tx: &mut Tx, quarter: &Quarter) -> Result<BTreeMap<String, i64>, Error> {
    let sql = concat!(
        "SELECT CASE WHEN removed = sent THEN 'all' WHEN removed > 0 THEN 'some' ELSE 'none' END AS part, count(*) AS number
         FROM (
            SELECT case_id, count(*) AS sent, count(CASE WHEN notice.state = 'removed' THEN 1 END) AS removed
            FROM notice WHERE case_id >= $1 AND case_id < $2 AND ",
        delivered!(),
        " GROUP BY case_id
         ) AS told GROUP BY 1"
    );
    let (from, until) = (first_id(quarter.begins()), first_id(quarter.next().begins()));
    Ok(fetch_all!(tx, (String, i64), sql, from, until)?.into_iter().collect())
}
