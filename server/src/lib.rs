//! What runs: the process around the pages and the use cases.
//!
//! `main` reads the command line and calls one function of [`commands`]. [`running`] puts together what `suoja serve` is:
//! the application, its middleware, its listeners and its workers; tests start exactly that on a loopback port.

pub mod assets;
pub mod audit_head;
pub mod caller;
pub mod check;
pub mod command_line;
pub mod commands;
pub mod configuration;
pub mod demo;
pub mod hash;
pub mod health;
pub mod keys;
pub mod listeners;
pub mod mail;
pub mod middleware;
pub mod partners;
pub mod running;
pub mod system;
pub mod training;
pub mod workers;
