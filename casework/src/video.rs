//! The frames of videos (vPDQ, `hashing::vpdq`). A list of up to 12,000 is too long for a form, so the browser sends it
//! beside the draft in parts, sealed under the same cookie; where there is no draft (it ran out, or the file is added to a
//! case), one begins. With the form each file's list is kept once, by its digest, which is what fingerprints and claims of
//! the algorithm `vpdq` hold.

use std::collections::HashMap;

use hashing::vpdq::{FrameHash, MAX_FRAMES};
use hashing::{Sha256, pdq};
use serde::Deserialize;
use sha2::Digest;
use sqlx::FromRow;
use uuid::Uuid;

use crate::claim::{self, Collection, Medium};
use crate::draft::{self, Draft, Row};
use crate::item::{self, Algorithm, Fingerprint};
use crate::storage::Tx;
use crate::vault::{Binding, CookieKeys, CookieToken, LookupHash, Purpose, Sealed};
use crate::{Casework, Error, execute, fetch_all, fetch_one, fetch_optional};

/// The most frames of one part: about 240 kB as they are written.
pub const FRAMES_A_PART: usize = 3_000;

/// The most parts of one video.
#[allow(clippy::cast_possible_truncation)] // four
const PARTS: u32 = (MAX_FRAMES / FRAMES_A_PART) as u32;

/// The most parts of one draft: ten videos of the longest kind, or fifty short ones.
const PARTS_A_DRAFT: i64 = 50;

const FRAMES: &str = "draft_part.frames";

/// A piece of a video's frames, as the browser sends it.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Sent")]
pub struct Part {
    file: Sha256,
    number: u32,
    of: u32,
    frames: Vec<FrameHash>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    file: Sha256,
    part: u32,
    parts: u32,
    frames: Vec<FrameHash>,
}

/// A part that no browser of ours sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a part of a video's frames")]
pub struct NotAPart;

impl TryFrom<Sent> for Part {
    type Error = NotAPart;

    fn try_from(sent: Sent) -> Result<Self, NotAPart> {
        let is_right = (1..=PARTS).contains(&sent.parts)
            && sent.part < sent.parts
            && (1..=FRAMES_A_PART).contains(&sent.frames.len())
            && sent.frames.iter().all(|frame| frame.quality >= pdq::MIN_QUALITY);
        is_right
            .then_some(Self { file: sent.file, number: sent.part, of: sent.parts, frames: sent.frames })
            .ok_or(NotAPart)
    }
}

/// What became of a part.
#[derive(Clone)]
pub enum Keeping {
    /// It is kept beside the draft.
    Kept,
    /// It is kept, beside a draft that began with it under this cookie.
    Begun(CookieToken),
    /// The draft holds as many as it may.
    TooMany,
}

/// Keeps a part beside the cookie's draft or receipt; without one, beside a draft that begins. One that comes again takes
/// the place of the first.
pub async fn keep_part(cw: &Casework, cookie: Option<&CookieToken>, part: &Part) -> Result<Keeping, Error> {
    let mut tx = cw.storage.write().await?;
    if let Some(keys) = cookie.map(|cookie| draft::keys_of(cw, cookie))
        && let Some(row) = draft::row_of(cw, &mut tx, &keys).await?
    {
        if !has_room(cw, &mut tx, row.id, part).await? {
            return Ok(Keeping::TooMany);
        }
        put(cw, &mut tx, row.id, &keys, part).await?;
        tx.commit().await?;
        return Ok(Keeping::Kept);
    }
    let begun = draft::begin(cw, &mut tx, &Draft::default()).await?;
    put(cw, &mut tx, begun.id, &begun.keys, part).await?;
    tx.commit().await?;
    Ok(Keeping::Begun(begun.cookie))
}

async fn has_room(cw: &Casework, tx: &mut Tx, draft: Uuid, part: &Part) -> Result<bool, Error> {
    let (others,) = fetch_one!(
        tx,
        (i64,),
        "SELECT count(*) FROM draft_part WHERE draft_id = $1 AND NOT (file = $2 AND part = $3)",
        draft,
        lookup(cw, draft, part.file),
        i64::from(part.number)
    )?;
    Ok(others < PARTS_A_DRAFT)
}

async fn put(cw: &Casework, tx: &mut Tx, draft: Uuid, keys: &CookieKeys, part: &Part) -> Result<(), Error> {
    let plain = serde_json::to_vec(&part.frames).map_err(|_| Error::Inconsistent(FRAMES))?;
    execute!(
        tx,
        "INSERT INTO draft_part (draft_id, file, part, parts, sealed_frames) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (draft_id, file, part) DO UPDATE SET parts = excluded.parts, sealed_frames = excluded.sealed_frames",
        draft,
        lookup(cw, draft, part.file),
        i64::from(part.number),
        i64::from(part.of),
        keys.sealing.wrap(&*cw.randomness, Binding::new(draft, FRAMES), &plain)
    )?;
    Ok(())
}

/// Which file a part belongs to; says nothing to who reads the row.
fn lookup(cw: &Casework, draft: Uuid, file: Sha256) -> LookupHash {
    cw.keys.lookup(Purpose::DraftVideo, &[draft.as_bytes().as_slice(), file.as_bytes()].concat())
}

/// The frames of a report's videos, by file.
pub type Videos = HashMap<Sha256, Vec<FrameHash>>;

#[derive(FromRow)]
struct Kept {
    parts: i64,
    sealed_frames: Sealed,
}

/// The frames that were sent of these files, where all parts came.
pub(crate) async fn of_draft(
    cw: &Casework,
    tx: &mut Tx,
    keys: &CookieKeys,
    draft: &Row,
    files: impl Iterator<Item = Sha256>,
) -> Result<Videos, Error> {
    let mut videos = Videos::new();
    for file in files {
        let parts = fetch_all!(
            tx,
            Kept,
            "SELECT parts, sealed_frames FROM draft_part WHERE draft_id = $1 AND file = $2 ORDER BY part",
            draft.id,
            lookup(cw, draft.id, file)
        )?;
        if parts.is_empty() || parts.iter().any(|kept| usize::try_from(kept.parts) != Ok(parts.len())) {
            continue;
        }
        let mut frames = Vec::new();
        for kept in &parts {
            let plain = keys.sealing.unwrap(Binding::new(draft.id, FRAMES), &kept.sealed_frames)?;
            frames.extend(frames_of(&plain)?);
        }
        videos.insert(file, frames);
    }
    Ok(videos)
}

/// The frames that were sent of these files, which are added to a case. They are no longer kept beside the draft.
pub(crate) async fn taken(
    cw: &Casework,
    tx: &mut Tx,
    cookie: Option<&CookieToken>,
    files: impl Iterator<Item = Sha256> + Clone,
) -> Result<Videos, Error> {
    let Some(keys) = cookie.map(|cookie| draft::keys_of(cw, cookie)) else { return Ok(Videos::new()) };
    let Some(row) = draft::row_of(cw, tx, &keys).await? else { return Ok(Videos::new()) };
    let videos = of_draft(cw, tx, &keys, &row, files.clone()).await?;
    for file in files {
        let file = lookup(cw, row.id, file);
        execute!(tx, "DELETE FROM draft_part WHERE draft_id = $1 AND file = $2", row.id, file)?;
    }
    Ok(videos)
}

/// The frames in a stored list.
pub(crate) fn frames_of(json: &[u8]) -> Result<Vec<FrameHash>, Error> {
    serde_json::from_slice(json).map_err(|_| Error::Inconsistent(FRAMES))
}

/// The parts have become a report, or will not.
pub(crate) async fn forget_parts(tx: &mut Tx, draft: Uuid) -> Result<(), Error> {
    execute!(tx, "DELETE FROM draft_part WHERE draft_id = $1", draft)?;
    Ok(())
}

/// Adds the fingerprint of a video's frames to its item, and claims it if the file is claimed.
pub(crate) async fn add(
    cw: &Casework,
    tx: &mut Tx,
    case: Uuid,
    item: Uuid,
    frames: &[FrameHash],
    collection: Option<Collection>,
) -> Result<(), Error> {
    let list = serde_json::to_string(frames).map_err(|_| Error::Inconsistent(FRAMES))?;
    let digest = sha2::Sha256::digest(&list).to_vec();
    execute!(
        tx,
        "INSERT INTO video_frames (digest, frames) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING",
        digest.as_slice(),
        list.as_str()
    )?;
    let fingerprint =
        Fingerprint { algorithm: Algorithm::Vpdq, value: digest, quality: None, variant: "original".to_owned() };
    item::add_fingerprint(cw, tx, item, &fingerprint).await?;
    if let Some(collection) = collection {
        claim::make_one(cw, tx, case, item, &fingerprint, Medium::Video, collection).await?;
    }
    Ok(())
}

/// The frames behind a fingerprint or claim of the algorithm `vpdq`.
pub async fn frames(tx: &mut Tx, digest: &[u8]) -> Result<Option<Vec<FrameHash>>, Error> {
    let list = fetch_optional!(tx, (String,), "SELECT frames FROM video_frames WHERE digest = $1", digest)?;
    list.map(|(list,)| frames_of(list.as_bytes())).transpose()
}

/// The frames that no fingerprint (`$1` their algorithm) and no claim holds.
macro_rules! held_by_nothing {
    () => {
        "NOT EXISTS (SELECT 1 FROM fingerprint WHERE algorithm = $1 AND value = video_frames.digest)
            AND NOT EXISTS (SELECT 1 FROM claim WHERE algorithm = $1 AND value = video_frames.digest)"
    };
}

const TO_DELETE: &str = concat!("SELECT digest FROM video_frames WHERE ", held_by_nothing!());
const DELETE: &str = concat!("DELETE FROM video_frames WHERE digest = $2 AND ", held_by_nothing!());

/// The statements by which frames go, for whoever looks at how the engines carry them out.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn statements() -> Vec<crate::testing::Statement> {
    vec![("frames that nothing holds", TO_DELETE, "text"), ("frames deleted", DELETE, "text, bytea")]
}

/// Deletes the frames that no fingerprint and no claim holds any more; for the worker. They are looked for by a reader: to
/// look at every video is no reason to keep others from writing.
pub async fn purge(cw: &Casework) -> Result<u64, Error> {
    let to_delete = fetch_all!(&mut cw.storage.read().await?, (Vec<u8>,), TO_DELETE, Algorithm::Vpdq)?;
    if to_delete.is_empty() {
        return Ok(0);
    }
    let mut tx = cw.storage.write().await?;
    let mut purged = 0;
    for (digest,) in to_delete {
        purged += execute!(&mut tx, DELETE, Algorithm::Vpdq, digest)?;
    }
    tx.commit().await?;
    Ok(purged)
}
