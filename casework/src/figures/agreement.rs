//! How often two people who did not know each other's answer came to the same one.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Asked, as_count, counted, fetch_counted};
use crate::Error;
use crate::storage::Tx;

/// Items that two people assessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// How many have a second assessment.
    pub seconds: u64,
    /// In how many the two differed, so that a lead decides or decided.
    pub differed: u64,
    /// How many still wait for somebody.
    pub waiting: u64,
}

#[derive(FromRow)]
struct Row {
    seconds: i64,
    differed: i64,
    waiting: i64,
}

pub(super) async fn count(tx: &mut Tx, hotline: Uuid, asked: &Asked) -> Result<Agreement, Error> {
    let rows = fetch_counted!(
        tx,
        Row,
        concat!(
            "SELECT COUNT(CASE WHEN position = 2 THEN 1 END) AS seconds,
                COUNT(CASE WHEN position = 3 OR awaits = 'lead' THEN 1 END) AS differed,
                COUNT(awaits) AS waiting
             FROM cases JOIN assessment ON assessment.case_id = cases.id WHERE ",
            counted!()
        ),
        hotline,
        asked,
        asked.ids()
    )?;
    let row = rows.into_iter().next().ok_or(Error::Inconsistent("assessment"))?;
    Ok(Agreement { seconds: as_count(row.seconds), differed: as_count(row.differed), waiting: as_count(row.waiting) })
}
