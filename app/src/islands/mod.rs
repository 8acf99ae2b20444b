//! The parts of pages that live in the browser. Everything else works without script.

pub mod hash_files;
pub mod hash_modules;
#[cfg(feature = "hydrate")]
mod hash_worker;
#[cfg(feature = "hydrate")]
mod held_form;
mod video;
#[cfg(feature = "hydrate")]
mod video_parts;
#[cfg(feature = "hydrate")]
mod video_player;
