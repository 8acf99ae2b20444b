//! Names and times as this reader says them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::say;
use crate::words::{Language, say_time};

/// What telling needs: the language, the hotline's clock, and everybody's name.
pub(super) struct Teller<'a> {
    pub language: Language,
    pub zone: Tz,
    pub names: &'a BTreeMap<Uuid, String>,
    pub me: Uuid,
}

impl Teller<'_> {
    /// A colleague's name.
    pub fn name(&self, staff: Uuid) -> String {
        match self.names.get(&staff) {
            Some(_) if staff == self.me => say!(self.language, "case.you"),
            Some(name) => name.clone(),
            None => say!(self.language, "case.somebody"),
        }
    }

    /// A moment, on the hotline's clock.
    pub fn time(&self, at: DateTime<Utc>) -> String {
        say_time(self.language, self.zone, at)
    }
}
