//! The list that partners pull: every fingerprint that some case claims, once in each collection.
//!
//! Data flows one way: claims ([`crate::claim`]) leave notes of what changed, [`follow`] reads them and writes the list,
//! partners read that. Whoever claims waits for nobody; what a transaction claims is noted when it commits, however long
//! that takes, and only then numbered, by one at a time. So numbers become visible in their order, and who has read up to
//! one has missed nothing before it.
//!
//! A fingerprint has one row, which moves to the end whenever something about it changes: what open cases say of it, or
//! that the last of them let go, or that a partner disputes it ([`dispute`]). Rows that left the list stay a while, so that
//! partners hear of it.

pub mod dispute;
pub mod feedback;
mod scope;

pub use scope::{Scope, Terms, record_terms, terms};

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::claim::{Collection, Medium};
use crate::item::Algorithm;
use crate::storage::{JsonText, Tx};
use crate::taxonomy::{Country, Harm};
use crate::{Casework, Error, execute, fetch_all, fetch_one, fetch_optional};

/// So many notes are followed in one transaction.
const AT_ONCE: i64 = 500;

/// So many rows are read at a time.
const PAGE: i64 = 1_000;

/// A page ends early when videos' frames make it this large, in bytes.
const LARGE: usize = 4 * 1024 * 1024;

/// How long what left the list is remembered: longer than any partner's program goes without starting anew.
const REMEMBERED: TimeDelta = TimeDelta::days(90);

/// What an open claim says of a fingerprint. Nothing of a case that was erased before this was kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, FromRow)]
pub struct Fact {
    /// What happened.
    pub harm: Option<Harm>,
    /// Where the reporter is.
    pub country: Option<Country>,
}

/// Where the list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Head {
    /// The number of the last change; 0 before the first.
    pub sequence: i64,
    /// When it was numbered.
    pub changed_at: DateTime<Utc>,
    /// Who has read less than this may have missed that something left the list, and must start anew.
    pub forgotten: i64,
}

/// A fingerprint, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Listing {
    /// The number of its last change.
    pub sequence: i64,
    /// When that was numbered. Never falls from one number to the next.
    pub changed_at: DateTime<Utc>,
    /// Its collection.
    pub collection: Collection,
    /// How it was computed.
    pub algorithm: Algorithm,
    /// The hash itself.
    pub value: Vec<u8>,
    /// For PDQ: how much structure the picture has, 50 to 100.
    pub quality: Option<i64>,
    /// How the picture was changed before it was hashed; `original`.
    pub variant: String,
    /// What it is of.
    pub medium: Medium,
    /// What open claims say of it. None: it left the list.
    pub facts: JsonText<BTreeSet<Fact>>,
    ever: JsonText<BTreeSet<Fact>>,
}

/// Reads [`Listing`]s.
macro_rules! listings {
    ($which:literal) => {
        concat!(
            "SELECT sequence, changed_at, collection, algorithm, value, quality, variant, medium, facts, ever FROM listing
             WHERE ",
            $which
        )
    };
}

/// A fingerprint, as one partner is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub listing: Listing,
    /// Whether it is on the list, as far as this partner's terms go; else it has left it.
    pub is_listed: bool,
    /// Whether another of this partner's collections still has what left this one.
    pub is_elsewhere: bool,
    /// Of a video: its frames, as JSON in the form partners read ([`hashing::vpdq`]).
    pub frames: Option<String>,
}

/// A part of the list, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What changed.
    pub changes: Vec<Change>,
    /// Up to which number everything was read.
    pub until: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, FromRow)]
struct Key {
    collection: Collection,
    algorithm: Algorithm,
    value: Vec<u8>,
}

const ANY_NOTE: &str = "SELECT id FROM claim_change LIMIT 1";

/// Follows some claims that began or ended. Gives whether any were left to follow; for the worker, and before a partner
/// reads.
pub async fn follow(cw: &Casework) -> Result<bool, Error> {
    if fetch_optional!(&mut cw.storage.read().await?, (Uuid,), ANY_NOTE)?.is_none() {
        return Ok(false);
    }
    let mut tx = cw.storage.write().await?;
    let before = held_head(&mut tx).await?;
    let notes = fetch_all!(
        &mut tx,
        Key,
        "DELETE FROM claim_change WHERE id IN (SELECT id FROM claim_change ORDER BY id LIMIT $1)
         RETURNING collection, algorithm, value",
        AT_ONCE
    )?;
    // Clocks of several machines differ.
    let mut head = Head { changed_at: before.changed_at.max(cw.now()), ..before };
    for key in notes.into_iter().collect::<BTreeSet<_>>() {
        follow_one(&mut tx, &mut head, &key).await?;
    }
    if head.sequence > before.sequence {
        let sql = "UPDATE list_head SET sequence = $1, changed_at = $2 WHERE id = 1";
        execute!(&mut tx, sql, head.sequence, head.changed_at)?;
    }
    tx.commit().await?;
    Ok(true)
}

/// The head, held until the transaction ends: one numbers at a time.
async fn held_head(tx: &mut Tx) -> Result<Head, Error> {
    let sql = "UPDATE list_head SET sequence = sequence WHERE id = 1 RETURNING sequence, changed_at, forgotten";
    Ok(fetch_one!(tx, Head, sql)?)
}

async fn follow_one(tx: &mut Tx, head: &mut Head, key: &Key) -> Result<(), Error> {
    let (collection, algorithm, value) = (key.collection, key.algorithm, key.value.as_slice());
    let facts = fetch_all!(
        tx,
        Fact,
        "SELECT DISTINCT harm, country FROM claim
         WHERE algorithm = $1 AND value = $2 AND collection = $3 AND ended_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM dispute
                WHERE dispute.algorithm = $1 AND dispute.value = $2 AND dispute.state <> 'kept')",
        algorithm,
        value,
        collection
    )?;
    let facts: BTreeSet<Fact> = facts.into_iter().collect();
    let before = fetch_optional!(
        tx,
        (JsonText<BTreeSet<Fact>>, JsonText<BTreeSet<Fact>>),
        "SELECT facts, ever FROM listing WHERE collection = $1 AND algorithm = $2 AND value = $3",
        collection,
        algorithm,
        value
    )?;
    let (JsonText(before), JsonText(ever)) = before.unwrap_or((JsonText(BTreeSet::new()), JsonText(BTreeSet::new())));
    if facts == before {
        return Ok(());
    }
    head.sequence += 1;
    let ever: BTreeSet<Fact> = ever.union(&facts).cloned().collect();
    execute!(
        tx,
        "INSERT INTO listing (collection, algorithm, value, quality, variant, medium, facts, ever, sequence, changed_at)
         SELECT $1, $2, $3, quality, variant, medium, $4, $5, $6, $7 FROM claim
          WHERE algorithm = $2 AND value = $3 AND collection = $1 ORDER BY id LIMIT 1
         ON CONFLICT (collection, algorithm, value)
             DO UPDATE SET facts = excluded.facts, ever = excluded.ever, sequence = excluded.sequence, changed_at = excluded.changed_at",
        collection,
        algorithm,
        value,
        JsonText(facts),
        JsonText(ever),
        head.sequence,
        head.changed_at
    )?;
    Ok(())
}

/// Where the list stands.
pub async fn head(cw: &Casework) -> Result<Head, Error> {
    let sql = "SELECT sequence, changed_at, forgotten FROM list_head WHERE id = 1";
    Ok(fetch_one!(&mut cw.storage.read().await?, Head, sql)?)
}

/// The last number before everything that changed at this time or later.
pub async fn before(cw: &Casework, time: DateTime<Utc>) -> Result<i64, Error> {
    let sql = "SELECT sequence FROM listing WHERE changed_at >= $1 ORDER BY changed_at, sequence LIMIT 1";
    let first = fetch_optional!(&mut cw.storage.read().await?, (i64,), sql, time)?;
    match first {
        Some((first,)) => Ok(first - 1),
        None => Ok(head(cw).await?.sequence),
    }
}

/// The changes after one number and up to another, `most` at most, as far as these terms go.
pub async fn page(cw: &Casework, terms: &Terms, after: i64, until: i64, most: usize) -> Result<Page, Error> {
    let mut tx = cw.storage.read().await?;
    let rows = fetch_all!(
        &mut tx,
        Listing,
        listings!("sequence > $1 AND sequence <= $2 ORDER BY sequence LIMIT $3"),
        after,
        until,
        PAGE
    )?;
    let is_last = i64::try_from(rows.len()).is_ok_and(|rows| rows < PAGE);
    let (mut page, mut size) = (Page { changes: Vec::new(), until: after }, 0);
    for listing in rows {
        if page.changes.len() >= most || size > LARGE {
            return Ok(page);
        }
        page.until = listing.sequence;
        let Some(is_listed) = terms.tell(&listing) else { continue };
        let frames = frames(&mut tx, &listing).await?;
        size += frames.as_ref().map_or(0, String::len);
        let is_elsewhere = !is_listed && is_elsewhere(&mut tx, terms, &listing).await?;
        page.changes.push(Change { listing, is_listed, is_elsewhere, frames });
    }
    if is_last {
        page.until = until;
    }
    Ok(page)
}

async fn is_elsewhere(tx: &mut Tx, terms: &Terms, listing: &Listing) -> Result<bool, Error> {
    let all = in_each_collection(tx, listing.algorithm, &listing.value).await?;
    Ok(all.iter().any(|other| other.collection != listing.collection && terms.tell(other) == Some(true)))
}

/// A fingerprint's rows. The collections are named so that the table's key finds them.
async fn in_each_collection(tx: &mut Tx, algorithm: Algorithm, value: &[u8]) -> Result<Vec<Listing>, Error> {
    let sql = listings!("algorithm = $1 AND value = $2 AND collection IN ('self_reported', 'assessed')");
    Ok(fetch_all!(tx, Listing, sql, algorithm, value)?)
}

async fn frames(tx: &mut Tx, listing: &Listing) -> Result<Option<String>, Error> {
    if listing.algorithm != Algorithm::Vpdq {
        return Ok(None);
    }
    let sql = "SELECT frames FROM video_frames WHERE digest = $1";
    Ok(fetch_optional!(tx, (String,), sql, listing.value.as_slice())?.map(|(frames,)| frames))
}

const ANY_LONG_GONE: &str = "SELECT sequence FROM listing WHERE facts = '[]' AND changed_at <= $1 LIMIT 1";

/// Forgets what left the list long ago; for the worker. Gives how many.
pub async fn purge(cw: &Casework) -> Result<u64, Error> {
    let long_ago = cw.now() - REMEMBERED;
    if fetch_optional!(&mut cw.storage.read().await?, (i64,), ANY_LONG_GONE, long_ago)?.is_none() {
        return Ok(0);
    }
    let mut tx = cw.storage.write().await?;
    held_head(&mut tx).await?;
    let forgotten = fetch_all!(
        &mut tx,
        (i64,),
        "DELETE FROM listing WHERE facts = '[]' AND changed_at <= $1 RETURNING sequence",
        long_ago
    )?;
    if let Some(last) = forgotten.iter().map(|(sequence,)| *sequence).max() {
        execute!(&mut tx, "UPDATE list_head SET forgotten = $1 WHERE id = 1 AND forgotten < $1", last)?;
    }
    tx.commit().await?;
    Ok(forgotten.len() as u64)
}
