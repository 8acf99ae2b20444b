//! A signed-in member of staff.

use uuid::Uuid;

use crate::case_keys::EpochKey;
use crate::taxonomy::{LanguageCode, Role};
use crate::vault::PrivateKey;

/// What a staff session can do: who it is, and the hotline keys it holds. Lives for one request; never stored, never logged.
pub struct StaffSession {
    /// The session's row.
    pub id: Uuid,
    /// Who.
    pub staff: Uuid,
    /// Their name, as colleagues see it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their hotline.
    pub organisation: Uuid,
    /// The language their console speaks.
    pub language: LanguageCode,
    /// Their own private key: opens grants.
    pub member_key: PrivateKey,
    /// The hotline's epochs they hold; empty while they wait for a grant, and for an administrator who is no holder.
    pub epochs: Vec<EpochKey>,
}

impl StaffSession {
    /// Whether they hold any of the hotline's keys: only then can they read cases or grant.
    pub fn is_holder(&self) -> bool {
        !self.epochs.is_empty()
    }
}
