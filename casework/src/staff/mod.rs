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
