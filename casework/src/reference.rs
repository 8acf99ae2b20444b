//! A case's short public name.

use std::{fmt, str::FromStr};

use crate::{
    crockford,
    randomness::{Randomness, bytes},
    stored::stored_as_text,
};

const PREFIX: &str = "SU-";
const LENGTH: usize = 6;

/// A reference such as `SU-7KQ2F9`: safe to say on the phone and to write in a mail, opens nothing. Random, so it tells
/// neither the order nor the number of cases; the database keeps it unique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(String);

stored_as_text!(Reference);

/// What was typed is not a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a reference such as SU-7KQ2F9")]
pub struct NotAReference;

impl Reference {
    /// Draws a new reference: one of 2³⁰. Draw again should the database already have it.
    pub fn generate(randomness: &dyn Randomness) -> Self {
        Self::from_values(&bytes::<LENGTH>(randomness))
    }

    fn from_values(values: &[u8]) -> Self {
        Self(format!("{PREFIX}{}", crockford::grouped(values, LENGTH)))
    }

    /// The reference as it is shown and stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for Reference {
    type Err = NotAReference;

    /// Reads what a person typed, with or without `SU`, as forgivingly as a case code.
    fn from_str(typed: &str) -> Result<Self, NotAReference> {
        let typed = typed.trim();
        let name = typed
            .get(..2)
            .filter(|start| start.eq_ignore_ascii_case("SU"))
            .and_then(|_| typed.get(2..))
            .unwrap_or(typed);
        let values = crockford::values(name).map_err(|_| NotAReference)?;
        if values.len() != LENGTH {
            return Err(NotAReference);
        }
        Ok(Self::from_values(&values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededRandomness;

    #[test]
    fn a_reference_is_read_back_however_it_is_typed() {
        let reference = Reference::generate(&SeededRandomness::new(1));
        let name = reference.as_str().trim_start_matches(PREFIX).to_owned();
        assert_eq!(name.len(), LENGTH);
        for typed in
            [reference.to_string(), name.clone(), name.to_lowercase(), format!(" su {name} "), format!("SU{name}")]
        {
            assert_eq!(typed.parse().as_ref(), Ok(&reference), "{typed}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for typed in ["", "SU-", "SU-7KQ2F", "SU-7KQ2F99", "SU-7KQ2!9", "猫"] {
            assert_eq!(typed.parse::<Reference>(), Err(NotAReference), "{typed}");
        }
    }
}
