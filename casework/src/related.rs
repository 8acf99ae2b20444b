//! What else is known of an item: the same link, account or file, or a picture that looks like it, in other cases.
//!
//! Only for staff, and only cases of their own hotline. A reporter is never shown any of it: that a picture is known
//! already would tell a stranger who tries one what others reported.

use std::collections::HashMap;

use hashing::Pdq;
use sqlx::FromRow;
use uuid::Uuid;

use crate::item::{Algorithm, Detail, Item};
use crate::reference::Reference;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::{CaseState, Outcome};
use crate::{Casework, Error, fetch_all, fetch_optional};

/// The most that are shown of an item, the closest first: a picture may be in thousands of cases.
pub const MOST: usize = 20;

/// How close an item of another case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closeness {
    /// The same link, account, or bytes.
    Same,
    /// A picture so many of 256 bits away, at most [`Pdq::SAME_PICTURE`].
    Near(u32),
}

/// An item of another case, and what became of it there.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Related {
    /// The item.
    pub item_id: Uuid,
    /// Its case.
    pub case_id: Uuid,
    /// The case's public name.
    pub reference: Reference,
    /// Where the case stands.
    pub state: CaseState,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Where the item stands.
    pub item_state: String,
}

/// What is related to each item of a case, the closest first.
pub type ByItem = HashMap<Uuid, Vec<(Closeness, Related)>>;

/// Finds what is related to a case's items. What looks alike is found in the index, which may still be filling
/// ([`crate::near::NearPictures::is_ready`]).
pub(crate) async fn of_case(
    cw: &Casework,
    tx: &mut Tx,
    session: &StaffSession,
    case: Uuid,
    items: &[Item],
) -> Result<ByItem, Error> {
    let mut found = ByItem::new();
    for row in same(tx, session, case).await? {
        found.entry(row.of_item).or_default().push((Closeness::Same, row.related));
    }
    for item in items {
        let of_item = found.entry(item.id).or_default();
        add_near(cw, tx, session, case, item, of_item).await?;
        of_item.sort_by(|one, other| one.0.cmp(&other.0).then(other.1.item_id.cmp(&one.1.item_id)));
        of_item.truncate(MOST);
    }
    Ok(found)
}

#[derive(FromRow)]
struct SameRow {
    of_item: Uuid,
    #[sqlx(flatten)]
    related: Related,
}

/// Links and accounts by their keyed hash, files by their bytes or the list of their frames; of each the newest.
async fn same(tx: &mut Tx, session: &StaffSession, case: Uuid) -> Result<Vec<SameRow>, Error> {
    let mut rows = fetch_all!(
        tx,
        SameRow,
        "SELECT * FROM (
             SELECT mine.id AS of_item, item.id AS item_id, cases.id AS case_id, reference, cases.state, outcome,
                 item.state AS item_state, dense_rank() OVER (PARTITION BY mine.id ORDER BY item.id DESC) AS place
             FROM item mine JOIN item ON item.lookup = mine.lookup AND item.case_id <> mine.case_id
             JOIN cases ON cases.id = item.case_id
             WHERE mine.case_id = $1 AND mine.lookup IS NOT NULL AND hotline_id = $2
         ) found WHERE place <= $3",
        case,
        session.organisation,
        i64::try_from(MOST).unwrap_or(i64::MAX)
    )?;
    rows.extend(fetch_all!(
        tx,
        SameRow,
        "SELECT DISTINCT * FROM (
             SELECT mine.id AS of_item, item.id AS item_id, cases.id AS case_id, reference, cases.state, outcome,
                 item.state AS item_state, dense_rank() OVER (PARTITION BY mine.id ORDER BY item.id DESC) AS place
             FROM item mine JOIN fingerprint print ON print.item_id = mine.id AND print.algorithm IN ($4, $5)
             JOIN fingerprint other ON other.algorithm = print.algorithm AND other.value = print.value
             JOIN item ON item.id = other.item_id AND item.case_id <> mine.case_id
             JOIN cases ON cases.id = item.case_id
             WHERE mine.case_id = $1 AND hotline_id = $2
         ) found WHERE place <= $3",
        case,
        session.organisation,
        i64::try_from(MOST).unwrap_or(i64::MAX),
        Algorithm::Sha256,
        Algorithm::Vpdq
    )?);
    Ok(rows)
}

async fn add_near(
    cw: &Casework,
    tx: &mut Tx,
    session: &StaffSession,
    case: Uuid,
    item: &Item,
    found: &mut Vec<(Closeness, Related)>,
) -> Result<(), Error> {
    let hashes = hashes_of(item);
    if hashes.is_empty() {
        return Ok(());
    }
    let mut near: Vec<_> = cw.near.items_near(hashes).await.into_iter().collect();
    near.sort_by_key(|&(item, distance)| (distance, std::cmp::Reverse(item)));
    for (id, distance) in near {
        if found.len() >= MOST {
            break;
        }
        if found.iter().any(|(_, known)| known.item_id == id) {
            continue;
        }
        if let Some(related) = elsewhere(tx, session, case, id).await? {
            found.push((Closeness::Near(distance), related));
        }
    }
    Ok(())
}

/// A picture's hashes that are compared: all of enough structure.
fn hashes_of(item: &Item) -> Vec<Pdq> {
    let Detail::File { fingerprints, .. } = &item.detail else { return Vec::new() };
    let least = i64::from(hashing::pdq::MIN_QUALITY);
    let of_pictures = fingerprints.iter().filter(|print| print.algorithm == Algorithm::Pdq);
    let good = of_pictures.filter(|print| print.quality.is_some_and(|quality| quality >= least));
    good.filter_map(|print| Some(Pdq::new(print.value.as_slice().try_into().ok()?))).collect()
}

/// An item of another case of this hotline, if it is still there.
async fn elsewhere(tx: &mut Tx, session: &StaffSession, case: Uuid, item: Uuid) -> Result<Option<Related>, Error> {
    Ok(fetch_optional!(
        tx,
        Related,
        "SELECT item.id AS item_id, cases.id AS case_id, reference, cases.state, outcome, item.state AS item_state
         FROM item JOIN cases ON cases.id = item.case_id
         WHERE item.id = $1 AND case_id <> $2 AND hotline_id = $3
             AND EXISTS (SELECT 1 FROM fingerprint WHERE item_id = item.id)",
        item,
        case,
        session.organisation
    )?)
}
