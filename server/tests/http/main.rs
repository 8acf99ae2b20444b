//! Tests through HTTP, against the real process parts on a loopback port, on both engines.
//!
//! To add some: a file beside this one, named here, with tests of this shape:
//!
//! ```ignore
//! use crate::harness::{Suoja, on_each_engine};
//!
//! #[tokio::test]
//! async fn a_wrong_code_is_answered_kindly() {
//!     on_each_engine(async |suoja: &Suoja| {
//!         let mut child = suoja.browser();
//!         let page = child.post("/en/code", &[("code", "0000-0000-0000-0000")]).await;
//!         assert_eq!(page.status, 422);
//!     })
//!     .await;
//! }
//! ```
//!
//! `suoja.app.casework` is the running server's own, for use cases that set something up; `suoja.clock` moves its time;
//! `suoja.mail` is the mail server it sends to.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at what it did not expect")]

mod harness;

mod check;
mod configuration;
mod failures;
mod hash;
mod hash_video;
mod headers;
mod health;
mod limits;
mod outbox;
