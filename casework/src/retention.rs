//! How long a case is kept after its end. An administrator says so, by how it ended; a worker erases what is due, exactly as
//! if its reporter had asked for it ([`crate::erasure`]): the words and keys go, the files' protection goes on, a legal hold
//! stops it, and a number remains in a table of counts and in one that says which rule took how many on which day.
//!
//! Without a rule a case is kept until its reporter asks. New rules are in force after [`NOTICE`]: a slip that would erase
//! cases can be put right.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::erasure::{self, Erased, delete_case};
use crate::figures::Ending;
use crate::history::Actor;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::{CaseState, Outcome};
use crate::{Casework, Error, audit, execute, fetch_all, fetch_one, fetch_optional};

/// How long a changed rule waits until it is in force.
pub const NOTICE: TimeDelta = TimeDelta::days(1);
/// The longest a rule may keep a case, in days: ten years.
pub const LONGEST: u32 = 3_650;
/// Suggested where nothing was decided yet, in days.
pub const SUGGESTED: u32 = 365;
/// How many days ahead the page looks.
pub const AHEAD: i64 = 30;
/// How many cases one rule takes in one round; the next comes soon.
const AT_ONCE: i64 = 500;
/// How far back the page's trace goes.
const TRACE: TimeDelta = TimeDelta::days(366);

/// How long cases of one ending are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// How they ended.
    pub ending: Ending,
    /// For so many days after that.
    pub days: u32,
    /// From then on.
    pub in_force_at: DateTime<Utc>,
}

/// The endings a rule may be about.
pub fn endings() -> impl Iterator<Item = Ending> {
    Ending::all().filter(|ending| *ending != Ending::Open)
}

#[derive(FromRow)]
struct Row {
    ending: String,
    days: i64,
    in_force_at: DateTime<Utc>,
}

/// The rules, in force or soon to be.
pub async fn rules(cw: &Casework) -> Result<Vec<Rule>, Error> {
    read(&mut cw.storage.read().await?).await
}

pub(crate) async fn read(tx: &mut Tx) -> Result<Vec<Rule>, Error> {
    let rows = fetch_all!(tx, Row, "SELECT ending, days, in_force_at FROM retention_rule")?;
    let of = |ending: Ending| {
        let row = rows.iter().find(|row| row.ending == ending.to_string())?;
        Some(Rule { ending, days: u32::try_from(row.days).ok()?, in_force_at: row.in_force_at })
    };
    Ok(endings().filter_map(of).collect())
}

impl Rule {
    /// When a case that ended then is erased.
    pub fn erases_at(&self, ended_at: DateTime<Utc>) -> DateTime<Utc> {
        (ended_at + TimeDelta::days(self.days.into())).max(self.in_force_at)
    }

    /// State and outcome of the cases it is about.
    fn about(&self) -> (CaseState, Option<Outcome>) {
        match self.ending {
            Ending::Closed(outcome) => (CaseState::Closed, Some(outcome)),
            _ => (CaseState::Withdrawn, None),
        }
    }
}

/// When a case is erased by a rule; none if it is open, or no rule is about its ending.
pub(crate) fn erased_at(
    rules: &[Rule],
    state: CaseState,
    outcome: Option<Outcome>,
    ended_at: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let ending = Ending::of(state, outcome).ok()?;
    Some(rules.iter().find(|rule| rule.ending == ending)?.erases_at(ended_at?))
}

/// Puts other rules in force, a day from now. What stays as it was goes on without a pause.
pub async fn save(cw: &Casework, by: &StaffSession, days: &[(Ending, Option<u32>)]) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    let before = read(&mut tx).await?;
    for (ending, days) in days {
        let known = before.iter().find(|rule| rule.ending == *ending).map(|rule| rule.days);
        if known == *days {
            continue;
        }
        execute!(&mut tx, "DELETE FROM retention_rule WHERE ending = $1", ending.to_string())?;
        if let Some(days) = days {
            let sql = "INSERT INTO retention_rule (ending, days, in_force_at) VALUES ($1, $2, $3)";
            execute!(&mut tx, sql, ending.to_string(), i64::from(*days), cw.now() + NOTICE)?;
        }
        let payload = days.map_or_else(|| format!("{ending}:none"), |days| format!("{ending}:{days}"));
        audit::record(cw, &mut tx, Actor::Staff(by.staff), "retention.save", "retention", &payload).await?;
    }
    Ok(tx.commit().await?)
}

/// What rules do to the cases there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// How the cases ended.
    pub ending: Ending,
    /// How many are due when these rules are in force.
    pub at_once: i64,
    /// How many more become due in the [`AHEAD`] days after that.
    pub ahead: i64,
}

/// What rules of these days would do, once in force. Cases under a legal hold are not counted.
pub async fn outlook(cw: &Casework, days: &[(Ending, Option<u32>)]) -> Result<Vec<Outlook>, Error> {
    let mut tx = cw.storage.read().await?;
    let start = cw.now() + NOTICE;
    let mut all = Vec::new();
    for &(ending, days) in days {
        let Some(days) = days else { continue };
        let rule = Rule { ending, days, in_force_at: start };
        let at_once = due_by(&mut tx, &rule, start).await?;
        let ahead = due_by(&mut tx, &rule, start + TimeDelta::days(AHEAD)).await? - at_once;
        all.push(Outlook { ending, at_once, ahead });
    }
    Ok(all)
}

/// The cases that ended like this, by then: `$1` their state, `$2` their outcome, `$3` when.
macro_rules! ended {
    () => {
        "state = $1 AND ($2 IS NULL OR outcome = $2) AND closed_at <= $3"
    };
}

async fn due_by(tx: &mut Tx, rule: &Rule, at: DateTime<Utc>) -> Result<i64, Error> {
    let (state, outcome) = rule.about();
    let sql = concat!("SELECT COUNT(*) FROM cases WHERE ", ended!(), " AND NOT legal_hold");
    Ok(fetch_one!(tx, (i64,), sql, state, outcome, at - TimeDelta::days(rule.days.into()))?.0)
}

/// Erases what the rules in force say; for the worker. Gives how many cases.
pub(crate) async fn run_due(cw: &Casework) -> Result<u32, Error> {
    let now = cw.now();
    let mut erased = 0;
    for rule in rules(cw).await?.into_iter().filter(|rule| rule.in_force_at <= now) {
        let (state, outcome) = rule.about();
        let before = now - TimeDelta::days(rule.days.into());
        let sql = concat!("SELECT id FROM cases WHERE ", ended!(), " AND NOT legal_hold ORDER BY closed_at LIMIT $4");
        let due = fetch_all!(&mut cw.storage.read().await?, (Uuid,), sql, state, outcome, before, AT_ONCE)?;
        for (case,) in due {
            erased += u32::from(erase(cw, &rule, case, before).await?);
        }
    }
    Ok(erased)
}

/// False if the case was opened again, or the law laid hold of it, a moment ago.
async fn erase(cw: &Casework, rule: &Rule, case: Uuid, before: DateTime<Utc>) -> Result<bool, Error> {
    let (state, outcome) = rule.about();
    let mut tx = cw.storage.write().await?;
    let erased = fetch_optional!(
        &mut tx,
        Erased,
        delete_case!(concat!(ended!(), " AND id = $4")),
        state,
        outcome,
        before,
        case
    )?;
    let Some(erased) = erased else { return Ok(false) };
    erasure::finish(cw, &mut tx, case, &erased, &format!("{}:{}", rule.ending, rule.days)).await?;
    tx.commit().await?;
    Ok(true)
}

/// Why cases were erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Their reporters asked.
    Wish,
    /// So many days had passed since they ended.
    Rule(Ending, u32),
}

/// How many cases were erased on one day, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The day, in UTC.
    pub day: chrono::NaiveDate,
    /// Why.
    pub why: Why,
    /// How many.
    pub number: i64,
}

/// The rule's code of a case erased because its reporter asked.
pub(crate) const WISH: &str = "wish";

fn read_why(code: &str) -> Option<Why> {
    if code == WISH {
        return Some(Why::Wish);
    }
    let (ending, days) = code.split_once(':')?;
    Some(Why::Rule(endings().find(|known| known.to_string() == ending)?, days.parse().ok()?))
}

/// What was erased of this hotline's cases in the last year, the latest first.
pub async fn trace(cw: &Casework, session: &StaffSession) -> Result<Vec<Trace>, Error> {
    let since = (cw.now() - TRACE).date_naive().to_string();
    let sql = "SELECT day, rule, number FROM erased_trace WHERE hotline_id = $1 AND day >= $2 ORDER BY day DESC, rule";
    let mut tx = cw.storage.read().await?;
    let rows = fetch_all!(&mut tx, (String, String, i64), sql, session.organisation, since)?;
    let read = |(day, rule, number): (String, String, i64)| {
        Some(Trace { day: day.parse().ok()?, why: read_why(&rule)?, number })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// What reporters of this hotline's cases asked to have erased, and has not been.
pub async fn wishes(cw: &Casework, session: &StaffSession) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM cases WHERE hotline_id = $1 AND erase_words_at IS NOT NULL";
    Ok(fetch_one!(&mut cw.storage.read().await?, (i64,), sql, session.organisation)?.0)
}
