//! What people see: pages for reporters and the console for staff, each page beside the handler of its form.
//!
//! A page is a pure component of plain data. Its GET handler asks `casework` for that data and renders; its POST handler
//! parses the form into a valid type, calls one use case, and answers 303, or 422 with the same page, everything typed
//! still in it. There is no client-side router and no data fetched while rendering: data flows one way, and a page works
//! without script. In the browser only [`islands`] are compiled.

#![recursion_limit = "512"]

pub mod islands;

#[cfg(feature = "ssr")]
pub mod alarm;
#[cfg(feature = "ssr")]
pub mod console;
#[cfg(feature = "ssr")]
pub mod cookies;
#[cfg(feature = "ssr")]
pub mod countries;
pub mod drawings;
#[cfg(feature = "ssr")]
pub mod error;
#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
pub mod help;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
pub mod operator;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
pub mod paths;
#[cfg(feature = "ssr")]
pub mod public;
#[cfg(feature = "ssr")]
pub mod qr_code;
#[cfg(feature = "ssr")]
pub mod visit;
#[cfg(feature = "ssr")]
pub mod words;
#[cfg(feature = "ssr")]
pub mod xarf;

#[cfg(feature = "ssr")]
pub use state::{App, Sends};
#[cfg(feature = "ssr")]
mod state;

#[cfg(feature = "ssr")]
rust_i18n::i18n!("locales", fallback = "en");

/// Brings the islands on the page to life. Called by the page's one module script.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
