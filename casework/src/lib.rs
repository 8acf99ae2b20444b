//! What Suoja means: reports become cases, cases hold items, a queue orders them, notices go out, and the vault decides
//! who can read what.
//!
//! One file or folder per word of the house's vocabulary (`docs/architecture.md` has the table). A *use case* is a
//! function that takes [`Casework`] first, runs in one transaction, and writes whatever must happen outside (a mail, a
//! webhook) as an outbox row of that same transaction. To add one: put it in the file of its subject, take valid types,
//! return a typed error where the caller can act, and cover it in `tests/` on both engines.

pub mod account;
pub mod alarm;
pub mod answer;
pub mod api_key;
pub mod assessment;
pub mod audit;
pub mod bulk;
pub mod case;
pub mod case_code;
pub mod case_keys;
pub mod claim;
pub mod clock;
pub mod contact;
mod crockford;
pub mod draft;
pub mod epoch;
pub mod erasure;
pub mod figures;
pub mod flood;
pub mod history;
pub mod hosts;
pub mod installation;
pub mod intake;
pub mod item;
pub mod label;
pub mod lapse;
pub mod legal_hold;
pub mod lesson;
pub mod list;
pub mod live;
pub mod location;
pub mod message;
pub mod mine;
pub mod near;
pub mod note;
pub mod notice;
pub mod notice_link;
pub mod on_call;
pub mod opening_hours;
pub mod organisation;
pub mod outbox;
pub mod press;
pub mod priority;
pub mod queue;
pub mod randomness;
pub mod recovery;
pub mod reference;
pub mod referral;
pub mod related;
pub mod reorder;
pub mod report;
pub mod retention;
pub mod routing;
pub mod search;
pub mod skip;
pub mod staff;
pub mod storage;
mod stored;
pub mod taxonomy;
pub mod team;
pub mod template;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
pub mod vault;
pub mod video;
pub mod view;
pub mod withdrawal;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use clock::Clock;
use hosts::HostCountries;
use near::NearPictures;
use opening_hours::OpeningHours;
use randomness::Randomness;
use storage::{Storage, StorageError};
use vault::{HashingFailed, OpenError, PasswordHashing, ServerKeys};

/// Everything a use case needs from outside: where to keep, what time it is, chance, and the server's keys.
pub struct Casework {
    /// The database.
    pub storage: Storage,
    /// The only clock.
    pub clock: Arc<dyn Clock>,
    /// The only source of chance.
    pub randomness: Arc<dyn Randomness>,
    /// The server secret and the operational key pair, from the key folder.
    pub keys: ServerKeys,
    /// Slow password hashing, bounded.
    pub passwords: PasswordHashing,
    /// When the hotline is staffed; deadlines of levels 2 to 4 run only then.
    pub hours: OpeningHours,
    /// Where links are hosted, as far as the operator's table knows.
    pub host_countries: HostCountries,
    /// Pictures that look alike; empty until [`near::refresh`] has run.
    pub near: Arc<NearPictures>,
    /// Tells open pages that something changed.
    pub changes: live::Changes,
}

impl Casework {
    /// Now, truncated to microseconds.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A fresh row id (UUIDv7: rows sort by when they were made).
    pub fn new_id(&self) -> Uuid {
        randomness::new_id(&*self.clock, &*self.randomness)
    }
}

/// What a person can do nothing about: the caller logs it once and shows an incident id.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error("storage: {0}")]
    Storage(#[from] StorageError),
    /// Something sealed did not open with the key that should open it.
    #[error("vault: {0}")]
    Vault(#[from] OpenError),
    /// The machine could not hash a password.
    #[error(transparent)]
    Hashing(#[from] HashingFailed),
    /// A row holds what no row may hold.
    #[error("inconsistent data in {0}")]
    Inconsistent(&'static str),
}
