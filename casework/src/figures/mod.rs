//! Figures of a hotline's work in a period: what came, how long it took, what became of it. Counted from what stands
//! readable, when somebody asks; cases that were erased are not in them. No figure is about one member of staff. What the
//! public sees is counted once and stays ([`published`]).
//!
//! Cases are counted into the period in which their report came.

mod agreement;
mod ending;
mod flaggers;
mod intake;
mod providers;
pub mod published;
pub mod quarter;
mod spread;
pub mod suppression;

pub use agreement::Agreement;
pub use ending::{Ended, Ending};
pub use flaggers::Flagger;
pub use intake::Intake;
pub use providers::Provider;
pub use spread::Spread;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::history::Actor;
use crate::priority::LEVELS;
use crate::queue::queued;
use crate::randomness::{SLACK, first_id};
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::{Country, Harm, LanguageCode};
use crate::{Casework, Error, audit, fetch_all};

/// Which cases are counted.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Reports from then on.
    pub from: DateTime<Utc>,
    /// Reports before then.
    pub until: DateTime<Utc>,
    /// Only of what happened.
    pub harm: Option<Harm>,
    /// Only in this language.
    pub language: Option<LanguageCode>,
    /// Only from this country.
    pub country: Option<Country>,
}

impl Asked {
    /// Between which ids the cases lie.
    fn ids(&self) -> (Uuid, Uuid) {
        (first_id(self.from - SLACK), first_id(self.until + SLACK))
    }
}

/// The cases that are counted: `$1` the hotline, `$2` and `$3` between which ids, `$4` to `$8` what was asked for.
macro_rules! counted {
    () => {
        "cases.hotline_id = $1 AND cases.id >= $2 AND cases.id < $3 AND cases.received_at >= $4 AND cases.received_at < $5
         AND ($6 IS NULL OR cases.harm = $6) AND ($7 IS NULL OR cases.language = $7) AND ($8 IS NULL OR cases.country = $8)"
    };
}

/// Fetches rows about the cases that are counted, between these ids; `$9` on: what else the statement asks for.
macro_rules! fetch_counted {
    ($tx:expr, $row:ty, $sql:expr, $hotline:expr, $asked:expr, $ids:expr $(, $more:expr)*) => {{
        let (asked, (from, until)) = ($asked, $ids);
        $crate::fetch_all!(
            $tx,
            $row,
            $sql,
            $hotline,
            from,
            until,
            asked.from,
            asked.until,
            asked.harm,
            asked.language.clone(),
            asked.country.clone()
            $(, $more)*
        )
    }};
}

use {counted, fetch_counted};

/// Everything that is shown.
#[derive(Clone, Debug)]
pub struct Figures {
    /// What came, and what became of it.
    pub intake: Intake,
    /// How many wait in the queue now, by level.
    pub waiting: [u64; LEVELS],
    /// What providers did about notices, by name.
    pub providers: Vec<Provider>,
    /// From report to removal.
    pub to_removal: Spread,
    /// What became of trusted flaggers' reports, by name.
    pub flaggers: Vec<Flagger>,
    /// How often two assessors agreed.
    pub agreement: Agreement,
}

/// Counts.
pub async fn count(cw: &Casework, session: &StaffSession, asked: &Asked) -> Result<Figures, Error> {
    let mut tx = cw.storage.read().await?;
    let hotline = session.organisation;
    let (providers, to_removal) = providers::count(&mut tx, hotline, asked).await?;
    Ok(Figures {
        intake: intake::count(&mut tx, hotline, asked, cw.hours.zone()).await?,
        waiting: waiting(&mut tx, hotline).await?,
        providers,
        to_removal,
        flaggers: flaggers::count(&mut tx, hotline, asked).await?,
        agreement: agreement::count(&mut tx, hotline, asked).await?,
    })
}

/// Notes that somebody took the figures away as a file.
pub async fn exported(cw: &Casework, session: &StaffSession) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "figures.export", session.organisation, "").await?;
    Ok(tx.commit().await?)
}

async fn waiting(tx: &mut Tx, hotline: Uuid) -> Result<[u64; LEVELS], Error> {
    let sql = concat!(
        "SELECT level, COUNT(*) FROM cases WHERE hotline_id = $1 AND level BETWEEN 0 AND 4 AND ",
        queued!(),
        " GROUP BY level"
    );
    let mut waiting = [0; LEVELS];
    for (level, cases) in fetch_all!(tx, (i64, i64), sql, hotline)? {
        let of_level = usize::try_from(level).ok().and_then(|level| waiting.get_mut(level));
        *of_level.ok_or(Error::Inconsistent("cases.level"))? = as_count(cases);
    }
    Ok(waiting)
}

fn as_count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
