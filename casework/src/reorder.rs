//! What another priority table does to the cases that wait: shown before it is saved, done after it.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::history::{self, Actor, Event};
use crate::priority::{self, Facts, InForce, LEVELS, Priority, PriorityTable, Reason, priority};
use crate::queue::queued;
use crate::storage::{JsonText, Tx};
use crate::taxonomy::{AgeBand, Danger, Harm, Reporter, Spreading};
use crate::{Casework, Error, execute, fetch_all};

/// How many cases are read or changed at once.
const PAGE: i64 = 500;

/// A case that waits, and all that its priority is decided from.
#[derive(FromRow)]
struct Waiting {
    id: Uuid,
    harm: Harm,
    reporter: Reporter,
    age_band: AgeBand,
    danger: Danger,
    spreading: Spreading,
    level: i64,
    flagger_rank: i64,
    deadline: DateTime<Utc>,
    reasons: JsonText<Vec<Reason>>,
    received_at: DateTime<Utc>,
    priority_version: i64,
    flood_id: Option<Uuid>,
}

impl Waiting {
    /// What stands in no column stands among the reasons.
    fn facts(&self) -> Facts {
        let reasons = &self.reasons.0;
        let reports = reasons.iter().find_map(|reason| match reason {
            Reason::ReportedBefore { reports } => Some(*reports),
            _ => None,
        });
        Facts {
            harm: self.harm,
            reporter: self.reporter,
            age_band: self.age_band,
            danger: self.danger,
            spreading: self.spreading,
            trusted_flagger: self.flagger_rank == 0,
            looks_like_bulk: self.flood_id.is_some(),
            earlier_reports: reports.unwrap_or_default().saturating_sub(1),
        }
    }

    /// As if the table had been in force when the report came.
    fn anew(&self, cw: &Casework, table: &PriorityTable) -> Priority {
        let decided = priority(&self.facts(), table, &cw.hours, self.received_at);
        decided.raise_for_missed_deadline(cw.now()).unwrap_or(decided)
    }
}

/// How the cases that wait would move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reordering {
    /// How many wait.
    pub cases: u64,
    /// How many would go from a level (first index) to a level (second index).
    pub moves: [[u64; LEVELS]; LEVELS],
    /// How many are late now.
    pub late: u64,
    /// How many would be.
    pub late_then: u64,
}

impl Reordering {
    fn count(&mut self, cw: &Casework, case: &Waiting, then: &Priority) {
        let now = cw.now();
        self.cases += 1;
        self.late += u64::from(case.deadline < now);
        self.late_then += u64::from(then.deadline < now);
        let to = self.moves.get_mut(usize::try_from(case.level).unwrap_or(LEVELS));
        if let Some(cases) = to.and_then(|to| to.get_mut(usize::from(then.level))) {
            *cases += 1;
        }
    }
}

macro_rules! waiting {
    ($which:literal) => {
        concat!(
            "SELECT id, harm, reporter, age_band, danger, spreading, level, flagger_rank, deadline, reasons, received_at,
                priority_version, flood_id
             FROM cases WHERE ",
            queued!(),
            " AND ",
            $which,
            " LIMIT $2"
        )
    };
}
/// Those after an id, in the order of ids. `$2`: how many at most.
const WAITING: &str = waiting!("id > $1 ORDER BY id");
/// Those that a table before version `$1` decided.
const OUTDATED: &str = waiting!("priority_version < $1");

/// What a table would do to the queues as they are now.
pub async fn preview(cw: &Casework, table: &PriorityTable) -> Result<Reordering, Error> {
    let mut tx = cw.storage.read().await?;
    let (mut reordering, mut after) = (Reordering::default(), Uuid::nil());
    loop {
        let page = fetch_all!(&mut tx, Waiting, WAITING, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(reordering) };
        after = last.id;
        for case in &page {
            reordering.count(cw, case, &case.anew(cw, table));
        }
    }
}

/// Decides anew the cases that wait and were decided by an earlier table; for the worker. Cases in somebody's hands are
/// left alone until they come back. Gives how many were looked at.
pub async fn decide_anew(cw: &Casework) -> Result<u64, Error> {
    let mut looked_at = 0;
    loop {
        let mut tx = cw.storage.read().await?;
        let InForce { table, version } = priority::load(&mut tx).await?;
        let mut page = fetch_all!(&mut tx, Waiting, OUTDATED, version, PAGE)?;
        drop(tx);
        if page.is_empty() {
            return Ok(looked_at);
        }
        // Another process may do the same: in one order, neither waits for what the other holds.
        page.sort_by_key(|case| case.id);
        let mut tx = cw.storage.write().await?;
        for case in &page {
            put(cw, &mut tx, case, &case.anew(cw, &table), version).await?;
        }
        tx.commit().await?;
        looked_at += u64::try_from(page.len()).unwrap_or_default();
    }
}

async fn put(cw: &Casework, tx: &mut Tx, case: &Waiting, then: &Priority, version: i64) -> Result<(), Error> {
    let level = i64::from(then.level);
    let changed = execute!(
        tx,
        "UPDATE cases SET level = $1, deadline = $2, reasons = $3, raised = $4, priority_version = $5
         WHERE id = $6 AND priority_version = $7 AND holder_id IS NULL",
        level,
        then.deadline,
        JsonText(then.reasons.clone()),
        then.reasons.contains(&Reason::MissedDeadline),
        version,
        case.id,
        case.priority_version
    )?;
    if changed == 1 && level != case.level {
        history::record(cw, tx, case.id, Actor::System, None, &Event::Prioritised { level }).await?;
    }
    Ok(())
}
