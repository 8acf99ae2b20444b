//! Claims: one case's wish that a file's fingerprints be listed. Several cases may claim the same fingerprint; it stays
//! listed until the last claim ends. Each change leaves a note for the list ([`crate::list`]), which follows.

use hashing::FileFingerprints;
use uuid::Uuid;

use crate::item::{Algorithm, Fingerprint, fingerprints_of};
use crate::storage::Tx;
use crate::taxonomy::{Harm, Reporter, choice};
use crate::{Casework, Error, execute, fetch_all, fetch_one};

choice! {
    /// Which list a claim belongs to.
    Collection {
        /// A person's own images, as they reported them; nobody has reviewed them.
        SelfReported = "self_reported",
        /// Files that a hotline has assessed.
        Assessed = "assessed",
    }
}

choice! {
    /// What a fingerprint is of.
    Medium {
        /// A picture, moving or not, or a file of a kind that is not known.
        Picture = "picture",
        /// A video.
        Video = "video",
    }
}

impl Medium {
    fn of(file: &FileFingerprints) -> Self {
        if file.media_type.is_video() { Self::Video } else { Self::Picture }
    }
}

/// PDQ hashes of less structure match strangers' pictures (`ThreatExchange`, pdq/README: discard 49 and below).
const LEAST_QUALITY: i64 = 50;

/// Whether partners may get this fingerprint.
fn is_listable(fingerprint: &Fingerprint) -> bool {
    fingerprint.algorithm != Algorithm::Pdq || fingerprint.quality.is_some_and(|quality| quality >= LEAST_QUALITY)
}

/// Whether a case's files show the reporter, or their child, under 18: then their fingerprints are claimed at once, as
/// self-reported. A grown-up who is threatened may speak of a picture of a grown-up.
pub fn is_own_image(harm: Harm, reporter: Reporter) -> bool {
    match harm {
        Harm::OwnImage => matches!(reporter, Reporter::Child | Reporter::Parent | Reporter::Survivor),
        Harm::Threat => matches!(reporter, Reporter::Child | Reporter::Parent),
        Harm::Seen => false,
    }
}

/// Claims every listable fingerprint of a case's file.
pub async fn make(
    cw: &Casework,
    tx: &mut Tx,
    case: Uuid,
    item: Uuid,
    file: &FileFingerprints,
    collection: Collection,
) -> Result<(), Error> {
    let medium = Medium::of(file);
    for fingerprint in fingerprints_of(file)?.iter().filter(|fingerprint| is_listable(fingerprint)) {
        make_one(cw, tx, case, item, fingerprint, medium, collection).await?;
    }
    Ok(())
}

/// Claims one fingerprint.
pub(crate) async fn make_one(
    cw: &Casework,
    tx: &mut Tx,
    case: Uuid,
    item: Uuid,
    fingerprint: &Fingerprint,
    medium: Medium,
    collection: Collection,
) -> Result<(), Error> {
    execute!(
        tx,
        "INSERT INTO claim (id, case_id, item_id, algorithm, value, quality, variant, medium, collection, created_at, harm, country)
         SELECT $1, id, $3, $4, $5, $6, $7, $8, $9, $10, harm, country FROM cases WHERE id = $2",
        cw.new_id(),
        case,
        item,
        fingerprint.algorithm,
        fingerprint.value.as_slice(),
        fingerprint.quality,
        fingerprint.variant.as_str(),
        medium,
        collection,
        cw.now()
    )?;
    note_change(cw, tx, collection, fingerprint.algorithm, &fingerprint.value).await
}

/// Lets the list look again at a fingerprint of a collection.
async fn note_change(
    cw: &Casework,
    tx: &mut Tx,
    collection: Collection,
    algorithm: Algorithm,
    value: &[u8],
) -> Result<(), Error> {
    let sql = "INSERT INTO claim_change (id, collection, algorithm, value) VALUES ($1, $2, $3, $4)";
    execute!(tx, sql, cw.new_id(), collection, algorithm, value)?;
    Ok(())
}

/// The same, in each collection.
pub(crate) async fn note_change_everywhere(
    cw: &Casework,
    tx: &mut Tx,
    algorithm: Algorithm,
    value: &[u8],
) -> Result<(), Error> {
    for collection in Collection::ALL {
        note_change(cw, tx, *collection, algorithm, value).await?;
    }
    Ok(())
}

/// Ends all claims of a case. Gives how many files they were about.
pub async fn end_all(cw: &Casework, tx: &mut Tx, case: Uuid) -> Result<u32, Error> {
    let (files,) = fetch_one!(
        tx,
        (i64,),
        "SELECT count(DISTINCT item_id) FROM claim WHERE case_id = $1 AND ended_at IS NULL",
        case
    )?;
    let ended = fetch_all!(
        tx,
        (Collection, Algorithm, Vec<u8>),
        "UPDATE claim SET ended_at = $1 WHERE case_id = $2 AND ended_at IS NULL RETURNING collection, algorithm, value",
        cw.now(),
        case
    )?;
    for (collection, algorithm, value) in ended {
        note_change(cw, tx, collection, algorithm, &value).await?;
    }
    Ok(u32::try_from(files).unwrap_or(u32::MAX))
}
