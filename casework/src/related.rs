//! What else is known of an item: the same link, account or file, or a picture that looks like it, in other cases.
//!
//! Only for staff, and only cases of their own hotline. A reporter is never shown any of it: that a picture is known
//! already would tell a stranger who tries one what others reported.

use std::collections::HashMap;

use hashing::Pdq;
use hashing::vpdq::{self, FrameHash};
use sqlx::FromRow;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::item::{Algorithm, Detail, Item};
use crate::near::some_of;
use crate::reference::Reference;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::{CaseState, Outcome};
use crate::{Casework, Error, fetch_all, fetch_optional, video};

/// The most that are shown of an item, the closest first: a picture may be in thousands of cases.
pub const MOST: usize = 20;

/// So many frames of a video are looked for in the index.
const FRAMES_ASKED: usize = 1_000;

/// So many frames of a video are looked for in another one.
const FRAMES_COMPARED: usize = 500;

/// From here on two videos count as related: `ThreatExchange`'s threshold for a query.
const LEAST_SHARED: u32 = 80;

/// How close an item of another case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closeness {
    /// The same link, account, or bytes.
    Same,
    /// A picture so many of 256 bits away, at most [`Pdq::SAME_PICTURE`]; or a moment of a video.
    Near(u32),
    /// A video, of which or in which so many per cent of the frames are found: 80 to 100.
    Shares(u32),
}

impl Closeness {
    /// The closest first.
    fn rank(self) -> u32 {
        match self {
            Self::Same => 0,
            Self::Near(distance) => 1 + distance,
            Self::Shares(percent) => 101_u32.saturating_sub(percent),
        }
    }
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
    /// Of a file: what it is.
    pub media_type: Option<String>,
}

impl Related {
    /// Whether it is a video.
    pub fn is_video(&self) -> bool {
        self.media_type.as_deref().is_some_and(|media| media.starts_with("video/"))
    }
}

/// Another case, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct RelatedCase {
    /// The case.
    pub case_id: Uuid,
    /// Its public name.
    pub reference: Reference,
    /// Where it stands.
    pub state: CaseState,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

/// Cases of a hotline (`$2`) in which money was to go to the same place as in this one (`$1`), the newest first: `$3` how
/// many, `$4` how many of all that are the same.
const SAME_PAYMENT: &str = "SELECT cases.id AS case_id, reference, cases.state, outcome
     FROM (SELECT DISTINCT case_id AS same_id FROM answer
            WHERE lookup = (SELECT lookup FROM answer WHERE case_id = $1 AND lookup IS NOT NULL ORDER BY id LIMIT 1)
            ORDER BY same_id DESC LIMIT $4) AS same CROSS JOIN cases
     WHERE cases.id = same_id AND hotline_id = $2 AND cases.id <> $1 ORDER BY cases.id DESC LIMIT $3";

/// Cases of the hotline in which money was to go to the same place, the newest first.
pub(crate) async fn same_payment(tx: &mut Tx, session: &StaffSession, case: Uuid) -> Result<Vec<RelatedCase>, Error> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    Ok(fetch_all!(tx, RelatedCase, SAME_PAYMENT, case, session.organisation, most, LOOKED_AT)?)
}

/// The statements by which related cases are found, for whoever looks at how the engines carry them out.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn statements() -> Vec<crate::testing::Statement> {
    vec![
        ("related, the same link or account", SAME_PLACE, "uuid, uuid, bigint, bigint, uuid"),
        ("related, the same file", SAME_FILE, "uuid, uuid, bigint, bigint, bytea, text"),
        ("related, the same payment detail", SAME_PAYMENT, "uuid, uuid, bigint, bigint"),
    ]
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
    for item in items {
        let of_item = found.entry(item.id).or_default();
        of_item.extend(same(tx, session, case, item).await?.into_iter().map(|related| (Closeness::Same, related)));
        add_near(cw, tx, session, case, item, of_item).await?;
        of_item.sort_by(|one, other| one.0.rank().cmp(&other.0.rank()).then(other.1.item_id.cmp(&one.1.item_id)));
        of_item.dedup_by_key(|(_, related)| related.item_id);
        of_item.truncate(MOST);
    }
    Ok(found)
}

/// So many of the newest that are the same are looked at, each a read of two rows that lie anywhere: a link that goes round is
/// in thousands of cases, a few of them another hotline's.
const LOOKED_AT: i64 = 60;

/// The items of a list (`same_id`) that are in the hotline's other cases, the newest first: `$1` the case they are not of,
/// `$2` the hotline, `$3` how many, `$4` how many of the list.
macro_rules! in_other_cases {
    ($list:expr) => {
        concat!(
            "SELECT item.id AS item_id, cases.id AS case_id, reference, cases.state, outcome, item.state AS item_state,
                item.media_type
             FROM (",
            $list,
            " LIMIT $4) AS same CROSS JOIN item CROSS JOIN cases
             WHERE item.id = same_id AND cases.id = item.case_id AND hotline_id = $2 AND cases.id <> $1
             ORDER BY item.id DESC LIMIT $3"
        )
    };
}

/// By the keyed hash of a link or an account (`$5`).
const SAME_PLACE: &str = in_other_cases!(
    "SELECT id AS same_id FROM item WHERE lookup = (SELECT lookup FROM item WHERE id = $5) ORDER BY case_id DESC"
);

/// By a fingerprint (`$5`, `$6`): a file's bytes, or the list of a video's frames.
const SAME_FILE: &str = in_other_cases!(
    "SELECT DISTINCT item_id AS same_id FROM fingerprint WHERE algorithm = $6 AND value = $5 ORDER BY same_id DESC"
);

/// The same link, account, bytes or frames in other cases, the newest first.
async fn same(tx: &mut Tx, session: &StaffSession, case: Uuid, item: &Item) -> Result<Vec<Related>, Error> {
    let (hotline, most) = (session.organisation, i64::try_from(MOST).unwrap_or(i64::MAX));
    let Detail::File { fingerprints, .. } = &item.detail else {
        return Ok(fetch_all!(tx, Related, SAME_PLACE, case, hotline, most, LOOKED_AT, item.id)?);
    };
    let mut found = Vec::new();
    for print in fingerprints.iter().filter(|print| matches!(print.algorithm, Algorithm::Sha256 | Algorithm::Vpdq)) {
        let (value, algorithm) = (print.value.as_slice(), print.algorithm);
        found.extend(fetch_all!(tx, Related, SAME_FILE, case, hotline, most, LOOKED_AT, value, algorithm)?);
    }
    Ok(found)
}

async fn add_near(
    cw: &Casework,
    tx: &mut Tx,
    session: &StaffSession,
    case: Uuid,
    item: &Item,
    found: &mut Vec<(Closeness, Related)>,
) -> Result<(), Error> {
    let frames = frames(tx, item).await?;
    let mut hashes = hashes_of(item);
    hashes.extend(some_of(&frames, FRAMES_ASKED).map(|frame| frame.pdq));
    if hashes.is_empty() {
        return Ok(());
    }
    // Of another hotline's cases nothing is shown; they must not make a page wait.
    for (id, distance) in cw.near.items_near(hashes, 10 * MOST).await {
        if found.len() >= MOST {
            break;
        }
        if found.iter().any(|(_, known)| known.item_id == id) {
            continue;
        }
        let Some(related) = elsewhere(tx, session, case, id).await? else { continue };
        let closeness = match &frames {
            frames if !frames.is_empty() && related.is_video() => shared_with(tx, frames, id).await?,
            _ => Some(Closeness::Near(distance)),
        };
        found.extend(closeness.map(|closeness| (closeness, related)));
    }
    Ok(())
}

/// A video's frames; none of anything else.
async fn frames(tx: &mut Tx, item: &Item) -> Result<Vec<FrameHash>, Error> {
    let Detail::File { fingerprints, .. } = &item.detail else { return Ok(Vec::new()) };
    match fingerprints.iter().find(|print| print.algorithm == Algorithm::Vpdq) {
        Some(print) => Ok(video::frames(tx, &print.value).await?.unwrap_or_default()),
        None => Ok(Vec::new()),
    }
}

/// How much a video has in common with another one, if enough.
async fn shared_with(tx: &mut Tx, frames: &[FrameHash], other: Uuid) -> Result<Option<Closeness>, Error> {
    let listed = fetch_optional!(
        tx,
        (String,),
        "SELECT frames FROM fingerprint JOIN video_frames ON digest = value WHERE item_id = $1 AND algorithm = $2 LIMIT 1",
        other,
        Algorithm::Vpdq
    )?;
    let Some((listed,)) = listed else { return Ok(None) };
    let (mine, other) = (frames.to_vec(), video::frames_of(listed.as_bytes())?);
    // Milliseconds of a processor. A panic in there is logged by its place; there is then nothing to show.
    let percent = spawn_blocking(move || in_common(&mine, &other)).await.unwrap_or_default();
    Ok((percent >= LEAST_SHARED).then_some(Closeness::Shares(percent)))
}

/// How many per cent of one video's frames are found in the other, the way round that gives more: either may be a cut of
/// the other. Whole lists up to [`FRAMES_COMPARED`], of longer ones so many frames.
fn in_common(one: &[FrameHash], other: &[FrameHash]) -> u32 {
    let found = |wanted: &[FrameHash], among: &[FrameHash]| {
        let wanted: Vec<_> = some_of(wanted, FRAMES_COMPARED).copied().collect();
        vpdq::compare(&wanted, among).map_or(0.0, |similarity| similarity.query_percent)
    };
    let most = found(one, other).max(found(other, one));
    // 0 to 100.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let percent = most as u32;
    percent
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
        "SELECT item.id AS item_id, cases.id AS case_id, reference, cases.state, outcome, item.state AS item_state, item.media_type
         FROM item JOIN cases ON cases.id = item.case_id
         WHERE item.id = $1 AND case_id <> $2 AND hotline_id = $3
             AND EXISTS (SELECT 1 FROM fingerprint WHERE item_id = item.id)",
        item,
        case,
        session.organisation
    )?)
}
