//! Pictures that look alike: every stored PDQ hash in memory, in an index that misses nothing ([`hashing::index`]). Of a
//! video some frames, by which it is found; how much it shares with another is looked up then.
//!
//! Storage stays the truth. The index only names candidates; whoever asks looks them up, so that what was erased meanwhile
//! is never shown. It is filled when the process starts, while pages are already served, and read on from there by a
//! worker ([`refresh`]); each process has its own.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chrono::{DateTime, TimeDelta, Utc};
use hashing::Pdq;
use hashing::index::{Entry, Index};
use hashing::vpdq::FrameHash;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::item::Algorithm;
use crate::{Casework, Error, fetch_all, video};

/// Rows read at a time.
const PAGE: i64 = 10_000;

/// Videos read at a time: each may have 12,000 frames.
const VIDEOS: i64 = 100;

/// So many of a video's frames are in the index. A minute's cut of an hour still holds one or two of them.
const FRAMES_A_VIDEO: usize = 64;

/// Row ids grow with time, but a transaction may commit after one that was begun later, and clocks of several machines
/// differ. So this much is read again every time; what is known already is not added twice.
const OVERLAP: TimeDelta = TimeDelta::minutes(2);

/// Once a day it is made anew: so it forgets what was erased.
const MADE_ANEW: TimeDelta = TimeDelta::days(1);

struct Read {
    /// When all was read.
    all: DateTime<Utc>,
    /// When what had come was read last.
    last: DateTime<Utc>,
}

/// The index. Shared by everything in a process that compares pictures.
#[derive(Default)]
pub struct NearPictures {
    index: RwLock<Index>,
    /// What was read of storage; one at a time does that.
    read: Mutex<Option<Read>>,
    is_ready: AtomicBool,
}

impl NearPictures {
    /// Whether everything that was stored before the process began is in it.
    pub fn is_ready(&self) -> bool {
        self.is_ready.load(Ordering::Acquire)
    }

    /// How many hashes are in it.
    pub fn len(&self) -> usize {
        self.reading().len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items of which some hash is near one of these, each with the smallest distance in bits: the nearest first, then
    /// the newest, `most` at most. Takes milliseconds of a processor; runs beside those that serve.
    pub async fn items_near(self: &Arc<Self>, hashes: Vec<Pdq>, most: usize) -> Vec<(Uuid, u32)> {
        let near = Arc::clone(self);
        let found = spawn_blocking(move || {
            let index = near.reading();
            let mut items = HashMap::new();
            for found in hashes.iter().flat_map(|hash| index.nearest(hash, most)) {
                let least = items.entry(Uuid::from_u128(found.entry.id)).or_insert(found.distance);
                *least = found.distance.min(*least);
            }
            let mut items: Vec<_> = items.into_iter().collect();
            items.sort_by_key(|&(item, distance)| (distance, Reverse(item)));
            items.truncate(most);
            items
        });
        // A panic in there is logged by its place; there is then nothing to show.
        found.await.unwrap_or_default()
    }

    /// A panic while it was held leaves the index as it was between two whole changes.
    fn reading(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn changing(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, entries: Vec<Entry>) {
        let mut index = self.changing();
        for entry in entries {
            index.add(entry);
        }
    }

    /// The old one is freed after others have the new one.
    fn replace(&self, index: Index) {
        let old = std::mem::replace(&mut *self.changing(), index);
        drop(old);
    }

    /// Makes what was added a part of the tables, if that is worth its time. Only the beginning and the end keep others
    /// waiting.
    fn merge(&self) {
        if !self.reading().wants_merge() {
            return;
        }
        let merge = self.changing().start_merge();
        let merged = merge.run();
        // Stale only if another merge has begun meanwhile: then that one counts.
        let replaced = self.changing().finish_merge(merged);
        drop(replaced);
    }
}

/// Reads what has been stored since the last time; the first time everything. For the worker, every few seconds.
pub async fn refresh(cw: &Casework) -> Result<(), Error> {
    let mut read = cw.near.read.lock().await;
    let now = cw.now();
    let near = Arc::clone(&cw.near);
    match &mut *read {
        Some(before) if now - before.all < MADE_ANEW => {
            let mut floor = first_id_of(before.last - OVERLAP);
            while let Some(page) = page(cw, &mut floor).await? {
                cw.near.add(page);
            }
            floor = first_id_of(before.last - OVERLAP);
            while let Some(page) = videos(cw, &mut floor).await? {
                cw.near.add(page);
            }
            if beside(move || near.merge()).await {
                before.last = now;
            }
        }
        before => {
            let (mut all, mut floor) = (Vec::new(), Uuid::nil());
            while let Some(page) = page(cw, &mut floor).await? {
                all.extend(page);
            }
            floor = Uuid::nil();
            while let Some(page) = videos(cw, &mut floor).await? {
                all.extend(page);
            }
            if beside(move || near.replace(Index::build(all))).await {
                cw.near.is_ready.store(true, Ordering::Release);
                *before = Some(Read { all: now, last: now });
            }
        }
    }
    Ok(())
}

/// Off the threads that serve. False after a panic in there, which is logged by its place: the next round tries again.
async fn beside(work: impl FnOnce() + Send + 'static) -> bool {
    spawn_blocking(work).await.is_ok()
}

/// The smallest id that a row of this time may have (RFC 9562, section 5.7).
fn first_id_of(time: DateTime<Utc>) -> Uuid {
    Uuid::from_u128(u128::from(time.timestamp_millis().unsigned_abs()) << 80)
}

/// Pictures' hashes after the row `$1`: `$2` their algorithm, `$3` the least quality, `$4` how many.
const PICTURES: &str = "SELECT id, item_id, value FROM fingerprint WHERE id > $1 AND algorithm = $2 AND quality >= $3 ORDER BY id LIMIT $4";

/// Videos' frames after the row `$1`: `$2` their algorithm, `$3` how many.
const FRAMES: &str = "SELECT id, item_id, frames FROM fingerprint JOIN video_frames ON digest = value
    WHERE id > $1 AND algorithm = $2 ORDER BY id LIMIT $3";

/// The statements by which the index is read on every few seconds, for whoever looks at how the engines carry them out.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn statements() -> Vec<crate::testing::Statement> {
    vec![
        ("pictures that came", PICTURES, "uuid, text, bigint, bigint"),
        ("videos that came", FRAMES, "uuid, text, bigint"),
    ]
}

/// The next hashes in the order of their ids; none when there are no more.
async fn page(cw: &Casework, floor: &mut Uuid) -> Result<Option<Vec<Entry>>, Error> {
    let mut tx = cw.storage.read().await?;
    let rows = fetch_all!(
        &mut tx,
        (Uuid, Uuid, Vec<u8>),
        PICTURES,
        *floor,
        Algorithm::Pdq,
        i64::from(hashing::pdq::MIN_QUALITY),
        PAGE
    )?;
    let Some((last, ..)) = rows.last() else { return Ok(None) };
    *floor = *last;
    let entries = rows.into_iter().map(|(_, item, value)| {
        let bytes = <[u8; 32]>::try_from(value).map_err(|_| Error::Inconsistent("fingerprint.value"))?;
        Ok(Entry { pdq: Pdq::new(bytes), id: item.as_u128() })
    });
    entries.collect::<Result<Vec<_>, Error>>().map(Some)
}

/// Frames of the next videos, in the order of their ids; none when there are no more.
async fn videos(cw: &Casework, floor: &mut Uuid) -> Result<Option<Vec<Entry>>, Error> {
    let mut tx = cw.storage.read().await?;
    let rows = fetch_all!(&mut tx, (Uuid, Uuid, String), FRAMES, *floor, Algorithm::Vpdq, VIDEOS)?;
    let Some((last, ..)) = rows.last() else { return Ok(None) };
    *floor = *last;
    let mut entries = Vec::new();
    for (_, item, frames) in rows {
        let frames = video::frames_of(frames.as_bytes())?;
        entries.extend(some_of(&frames, FRAMES_A_VIDEO).map(|frame| Entry { pdq: frame.pdq, id: item.as_u128() }));
    }
    Ok(Some(entries))
}

/// At most so many frames, as far apart as can be.
pub(crate) fn some_of(frames: &[FrameHash], most: usize) -> impl Iterator<Item = &FrameHash> {
    let taken = frames.len().min(most);
    (0..taken).filter_map(move |place| frames.get(place * frames.len() / taken))
}
