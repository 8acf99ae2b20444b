//! Staff accounts: invitation, sign-in, sessions, grants of the hotline's key, recovery.

pub mod session;
