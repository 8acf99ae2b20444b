//! Staff accounts: invitation, sign-in, sessions, grants of the hotline's key.

pub mod device;
pub mod exposure;
pub mod grant;
pub mod invitation;
pub mod lighter;
pub mod member;
pub mod password;
pub mod second_factor;
pub mod session;
pub mod sign_in;
pub mod takes;
pub mod welcome;

use crate::Error;
use crate::storage::StorageError;

/// Why something about a member was not changed.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// Others' is for leads, and only of their own hotline.
    #[error("not for this person")]
    NotForYou,
    /// A person can do nothing about it.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<StorageError> for StaffError {
    fn from(cause: StorageError) -> Self {
        Self::Failed(cause.into())
    }
}
