//! What became of trusted flaggers' reports.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Asked, as_count, counted, fetch_counted};
use crate::Error;
use crate::storage::Tx;

/// One trusted flagger's reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flagger {
    /// Its name.
    pub name: String,
    /// How many it sent.
    pub reports: u64,
    /// How many are decided.
    pub decided: u64,
    /// Of these, how many were as it said: removed, listed or referred.
    pub confirmed: u64,
}

#[derive(FromRow)]
struct Row {
    name: String,
    reports: i64,
    decided: i64,
    confirmed: i64,
}

pub(super) async fn count(tx: &mut Tx, hotline: Uuid, asked: &Asked) -> Result<Vec<Flagger>, Error> {
    let rows = fetch_counted!(
        tx,
        Row,
        concat!(
            "SELECT organisation.name, COUNT(*) AS reports, COUNT(outcome) AS decided,
                COUNT(CASE WHEN outcome IN ('removed', 'partly_removed', 'fingerprints_listed', 'referred') THEN 1 END) AS confirmed
             FROM cases JOIN organisation ON organisation.id = cases.flagger_id WHERE ",
            counted!(),
            " GROUP BY organisation.id, organisation.name ORDER BY organisation.name"
        ),
        hotline,
        asked,
        asked.ids()
    )?;
    let count = |row: Row| Flagger {
        name: row.name,
        reports: as_count(row.reports),
        decided: as_count(row.decided),
        confirmed: as_count(row.confirmed),
    };
    Ok(rows.into_iter().map(count).collect())
}
