//! Many like reports: a link that goes round, and everybody who sees it tells us. They are set aside and shown as one, with
//! their number; some are looked at, and whoever has seen enough decides for all, or says that they are not alike.
//!
//! Nothing is deleted and nobody is refused: each is a case with a code of its own, answered like any other. Only what a
//! witness saw is ever set aside, never what a child or a survivor tells of themself, a threat, or somebody in danger. And
//! it is set aside only while its reporter says nothing more: a message, a new link, an appeal bring it into the queue.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::case::Refused;
use crate::history::{Actor, Event};
use crate::queue::{self, may_hold, to_do};
use crate::randomness::{bytes, first_id};
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::{Danger, Harm, Reporter};
use crate::vault::LookupHash;
use crate::{Casework, Error, audit, execute, fetch_all, fetch_one, fetch_optional};

/// So many reports of one link or account come before those that are set aside.
pub const ALIKE: i64 = 20;
/// Within this time.
pub const WITHIN: TimeDelta = TimeDelta::hours(24);
/// Of so many set aside, one stands in the queue by itself, to be looked at.
pub const SAMPLE: i64 = 50;
/// How long reports are not set aside after somebody said they are not alike.
const DISSOLVED: TimeDelta = TimeDelta::days(7);
/// How long a flood is remembered after its last report.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Most floods that are shown.
const SHOWN: i64 = 20;

/// Whether a report is of the kind that may be set aside.
pub(crate) fn may_be_one_of_many(harm: Harm, reporter: Reporter, danger: Danger) -> bool {
    harm == Harm::Seen && matches!(reporter, Reporter::Witness) && matches!(danger, Danger::No | Danger::Unsure)
}

/// The flood a report is part of.
pub(crate) struct Part {
    /// Which.
    pub flood: Uuid,
    /// Whether it stands in the queue by itself.
    pub is_sample: bool,
}

/// Counts a report to the flood it is part of; none while there are not [`ALIKE`] like it.
pub(crate) async fn join(
    cw: &Casework,
    tx: &mut Tx,
    hotline: Uuid,
    lookups: &[LookupHash],
) -> Result<Option<Part>, Error> {
    for lookup in lookups {
        let (alike,) = fetch_one!(
            tx,
            (i64,),
            "SELECT COUNT(*) FROM (SELECT 1 FROM item WHERE lookup = $1 AND case_id >= $2 LIMIT $3) AS alike",
            *lookup,
            first_id(cw.now() - WITHIN),
            ALIKE
        )?;
        if alike >= ALIKE {
            return count(cw, tx, hotline, *lookup).await;
        }
    }
    Ok(None)
}

async fn count(cw: &Casework, tx: &mut Tx, hotline: Uuid, lookup: LookupHash) -> Result<Option<Part>, Error> {
    let counted = fetch_optional!(
        tx,
        (Uuid, i64),
        "INSERT INTO flood (id, hotline_id, lookup, started_at, last_at, reports) VALUES ($1, $2, $3, $4, $4, 1)
         ON CONFLICT (hotline_id, lookup) DO UPDATE SET last_at = excluded.last_at, reports = flood.reports + 1
            WHERE flood.dissolved_at IS NULL OR flood.dissolved_at < $5
         RETURNING id, reports",
        cw.new_id(),
        hotline,
        lookup,
        cw.now(),
        cw.now() - DISSOLVED
    )?;
    Ok(counted.map(|(flood, reports)| Part { flood, is_sample: reports % SAMPLE == 1 }))
}

/// What its reporter does brings a case into the queue by itself.
pub(crate) async fn follow(tx: &mut Tx, case: Uuid, event: &Event) -> Result<(), Error> {
    let is_reporters = matches!(
        event,
        Event::ReporterWrote | Event::ReporterAdded { .. } | Event::Appealed | Event::Reopened | Event::WithdrawAsked
    );
    if is_reporters {
        execute!(tx, "UPDATE cases SET is_collapsed = $1 WHERE id = $2 AND is_collapsed", false, case)?;
    }
    Ok(())
}

/// A flood that somebody should look at.
#[derive(Clone, Debug, FromRow)]
pub struct Flood {
    /// Which.
    pub id: Uuid,
    /// When its first report was set aside.
    pub started_at: DateTime<Utc>,
    /// When the last one came.
    pub last_at: DateTime<Utc>,
    /// How many have come.
    pub reports: i64,
    /// How many of them wait, set aside.
    pub waiting: i64,
    /// The registrable domain of their link; none if it is an account.
    pub domain: Option<String>,
}

/// The cases of a flood that wait, set aside.
macro_rules! set_aside {
    () => {
        concat!("is_collapsed AND holder_id IS NULL AND ", to_do!())
    };
}

/// Floods of this hotline with cases that wait, the newest first.
pub async fn list(cw: &Casework, session: &StaffSession) -> Result<Vec<Flood>, Error> {
    let mut tx = cw.storage.read().await?;
    let floods = fetch_all!(
        &mut tx,
        Flood,
        concat!(
            "SELECT id, started_at, last_at, reports,
                (SELECT COUNT(*) FROM cases WHERE flood_id = flood.id AND ",
            set_aside!(),
            ") AS waiting,
                (SELECT domain FROM item WHERE lookup = flood.lookup ORDER BY case_id LIMIT 1) AS domain
             FROM flood WHERE hotline_id = $1 ORDER BY last_at DESC LIMIT $2"
        ),
        session.organisation,
        SHOWN
    )?;
    Ok(floods.into_iter().filter(|flood| flood.waiting > 0).collect())
}

/// Takes one of them by chance, to see what they are. None if none waits.
pub async fn take_one(cw: &Casework, session: &StaffSession, flood: Uuid) -> Result<Option<Uuid>, Refused> {
    if !session.is_holder() {
        return Err(Refused::NotFound);
    }
    let mut tx = cw.storage.write().await?;
    let (waiting,) = fetch_one!(
        &mut tx,
        (i64,),
        concat!("SELECT COUNT(*) FROM cases WHERE flood_id = $1 AND hotline_id = $2 AND ", set_aside!()),
        flood,
        session.organisation
    )?;
    let chance = i64::from(u32::from_le_bytes(bytes(&*cw.randomness)));
    let one = fetch_optional!(
        &mut tx,
        (Uuid,),
        concat!(
            "SELECT id FROM cases WHERE flood_id = $1 AND hotline_id = $2 AND ",
            set_aside!(),
            " AND ",
            may_hold!("$3"),
            " ORDER BY id LIMIT 1 OFFSET $4"
        ),
        flood,
        session.organisation,
        session.staff,
        chance % waiting.max(1)
    )?;
    let Some((case,)) = one else { return Ok(None) };
    queue::put_in_hands(cw, &mut tx, session, case).await?;
    tx.commit().await?;
    Ok(Some(case))
}

/// They are not alike after all: each stands in the queue by itself, at the level it would have had, and none like them is
/// set aside for a week.
pub async fn dissolve(cw: &Casework, session: &StaffSession, flood: Uuid) -> Result<(), Refused> {
    if !session.is_holder() {
        return Err(Refused::NotFound);
    }
    let mut tx = cw.storage.write().await?;
    let sql = "UPDATE flood SET dissolved_at = $1 WHERE id = $2 AND hotline_id = $3";
    if execute!(&mut tx, sql, cw.now(), flood, session.organisation)? == 0 {
        return Err(Refused::NotFound);
    }
    // The worker that follows a changed priority table decides each anew.
    execute!(
        &mut tx,
        "UPDATE cases SET flood_id = NULL, is_collapsed = $1, priority_version = -1 WHERE flood_id = $2",
        false,
        flood
    )?;
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "flood.dissolve", flood, "").await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets floods that ended long ago; their cases stay as they are. For the worker. Gives how many.
pub async fn purge(cw: &Casework) -> Result<u64, Error> {
    let mut tx = cw.storage.write().await?;
    let purged = execute!(
        &mut tx,
        concat!(
            "DELETE FROM flood WHERE last_at <= $1 AND NOT EXISTS (SELECT 1 FROM cases WHERE flood_id = flood.id AND ",
            set_aside!(),
            ")"
        ),
        cw.now() - KEPT
    )?;
    tx.commit().await?;
    Ok(purged)
}
