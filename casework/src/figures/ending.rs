//! How cases stand or ended.

use std::fmt;

use sqlx::FromRow;

use crate::Error;
use crate::taxonomy::{CaseState, Harm, Outcome};

/// How a case ended, or that it has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// It was closed.
    Closed(Outcome),
    /// Its reporter took it back.
    Withdrawn,
    /// Somebody works on it, or will.
    Open,
}

impl Ending {
    /// Every ending, in the order in which they are shown.
    pub fn all() -> impl Iterator<Item = Self> {
        Outcome::ALL.iter().copied().map(Self::Closed).chain([Self::Withdrawn, Self::Open])
    }

    /// Of a case's state and outcome.
    pub(crate) fn of(state: CaseState, outcome: Option<Outcome>) -> Result<Self, Error> {
        match state {
            CaseState::Closed => outcome.map(Self::Closed).ok_or(Error::Inconsistent("cases.outcome")),
            CaseState::Withdrawn => Ok(Self::Withdrawn),
            _ => Ok(Self::Open),
        }
    }
}

impl fmt::Display for Ending {
    /// Its code: the outcome's, `withdrawn` or `open`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed(outcome) => outcome.fmt(formatter),
            Self::Withdrawn => formatter.write_str("withdrawn"),
            Self::Open => formatter.write_str("open"),
        }
    }
}

/// So many cases of one kind that ended in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// What happened.
    pub harm: Harm,
    /// How it ended.
    pub ending: Ending,
    /// How many.
    pub number: i64,
}

#[derive(FromRow)]
pub(super) struct Row {
    harm: Harm,
    state: CaseState,
    outcome: Option<Outcome>,
    number: i64,
}

impl Row {
    pub(super) fn ended(self) -> Result<Ended, Error> {
        Ok(Ended { harm: self.harm, ending: Ending::of(self.state, self.outcome)?, number: self.number })
    }
}
