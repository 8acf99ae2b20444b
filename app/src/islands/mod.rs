//! The parts of pages that live in the browser. Everything else works without script.

pub mod hash_files;
#[cfg(feature = "hydrate")]
mod hash_worker;
mod video;
#[cfg(feature = "hydrate")]
mod video_parts;
#[cfg(feature = "hydrate")]
mod video_player;
