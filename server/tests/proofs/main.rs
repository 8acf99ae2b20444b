//! Proofs of what must never go wrong: nothing lost, nothing shared, nothing readable, whatever the day is like.
//!
//! All of them go through HTTP. Where a process is to be killed or raced, or its files and logs searched, it is the
//! program itself ([`process`]); else the server within the test, whose clock can be moved.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at what it did not expect")]

#[path = "../http/harness/mod.rs"]
mod harness;

mod demo_desk;
mod desk;
mod html;
mod mail;
mod process;
mod python;
mod reporter;
mod web_sink;

mod alarm;
mod bad_days;
mod canary;
mod demo;
mod journey;
mod kill;
mod partners;
mod provider;
mod race;
mod training;
