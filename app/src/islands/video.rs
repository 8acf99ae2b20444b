//! What the worker saw of a video, and what the page says of it.

use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use serde::Deserialize;

use super::hash_files::{HashWords, filled};

/// The most frames the server takes at once.
#[cfg_attr(
    not(any(feature = "hydrate", feature = "ssr")),
    expect(dead_code, reason = "sent by the browser, checked by the server")
)]
pub(super) const FRAMES_A_PART: usize = 3_000;
#[cfg(feature = "ssr")]
const _: () = assert!(FRAMES_A_PART == casework::video::FRAMES_A_PART);

/// What was seen.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only the browser looks at videos"))]
pub(super) enum Video {
    /// Its frames.
    Frames {
        /// Which file: its SHA-256.
        file: String,
        /// `hash,quality,timestamp`, each.
        frames: Vec<String>,
        /// Frames that the browser did not show; they are not among these.
        missed: u32,
        /// So many that an edited copy is found less surely.
        is_long: bool,
    },
    /// Nothing: exact fingerprints only.
    Unseen,
}

/// A video as the worker tells of it (`docs/hashing.md`).
#[cfg(feature = "hydrate")]
#[derive(Deserialize)]
struct Told {
    vpdq: Vec<String>,
    vpdq_pruned_at: u32,
}

#[cfg(feature = "hydrate")]
impl Video {
    /// Above this distance frames are left out only where there are too many.
    const PRUNED_AT: u32 = 16;

    /// Of what the worker told, as JSON, of a video of which so many frames were missed.
    pub(super) fn told(file: String, json: &str, missed: u32) -> Self {
        match serde_json::from_str::<Told>(json) {
            Ok(Told { vpdq: frames, vpdq_pruned_at }) if !frames.is_empty() => {
                Self::Frames { file, frames, missed, is_long: vpdq_pruned_at > Self::PRUNED_AT }
            }
            _ => Self::Unseen,
        }
    }
}

/// What it means for the person who chose it.
pub(super) fn said(words: &HashWords, video: &Video) -> String {
    match video {
        Video::Unseen => words.problems.get("video").cloned().unwrap_or_default(),
        Video::Frames { missed, .. } if *missed > 0 => filled(&words.video_missed, "missed", missed),
        Video::Frames { frames, is_long: true, .. } => filled(&words.video_long, "count", frames.len()),
        Video::Frames { frames, .. } => filled(&words.video_seen, "count", frames.len()),
    }
}

/// Its frames, exactly as they will be sent.
pub(super) fn sent(video: &Video) -> impl IntoView + use<> {
    let list = match video {
        Video::Frames { frames, .. } => serde_json::to_string(frames).ok(),
        Video::Unseen => None,
    };
    list.map(|list| view! { <code class="hash" dir="ltr">{list}</code> })
}
