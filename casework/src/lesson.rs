//! Lessons: made-up cases from which newcomers learn, and what an experienced analyst decided about them.
//!
//! A lesson is a kind of situation, not one report: many reports, in several languages, are told of the same one. What is
//! to be found there and why it was decided so stands in words, `app/locales/lesson.*.toml`. Only an installation for
//! training has any; there is nothing real in it, so nothing of a lesson is sealed.

use uuid::Uuid;

use crate::storage::Tx;
use crate::taxonomy::{Class, LegalBasis, Outcome, choice};
use crate::{Casework, Error, execute, fetch_one, fetch_optional};

choice! {
    /// A kind of situation.
    Lesson {
        /// Somebody threatens a child and wants money.
        Money = "money",
        /// Somebody threatens a child and wants more pictures, or to meet.
        More = "more",
        /// A threat without an account or a link.
        ThreatNowhere = "threat_nowhere",
        /// A threatened child who may hurt themself.
        SelfHarm = "self_harm",
        /// Somebody stands outside the door.
        Outside = "outside",
        /// A child's own image is passed around.
        Spreading = "spreading",
        /// A child's own image is nowhere yet; there are fingerprints.
        NotYet = "not_yet",
        /// A parent has a link from their child.
        Parent = "parent",
        /// An account pretends to be a child.
        Imitated = "imitated",
        /// A grown-up's image from when they were a child.
        Survivor = "survivor",
        /// A machine changed an image.
        Changed = "changed",
        /// A witness came across a picture of a younger child.
        Forum = "forum",
        /// A witness saw something that is gone.
        Gone = "gone",
        /// An account writes to children.
        Asking = "asking",
        /// A witness tells of a place without an address.
        NoAddress = "no_address",
        /// A folder with names.
        Folder = "folder",
    }
}

/// What an experienced analyst decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Of each link or account, class and law; none where nothing could be looked at.
    pub judgement: Option<(Class, LegalBasis)>,
    /// Whether the police or another hotline were told.
    pub referred: bool,
    /// How the case ended.
    pub outcome: Outcome,
}

impl Lesson {
    /// What an experienced analyst decided.
    pub fn decision(self) -> Decision {
        let (judgement, referred, outcome) = match self {
            Self::Money | Self::More | Self::SelfHarm | Self::Asking => {
                (Some((Class::C6, LegalBasis::National)), true, Outcome::Referred)
            }
            Self::ThreatNowhere | Self::Outside => (None, true, Outcome::Referred),
            Self::Spreading | Self::Parent | Self::Survivor | Self::Folder => {
                (Some((Class::C4, LegalBasis::National)), false, Outcome::Removed)
            }
            Self::NotYet => (None, false, Outcome::FingerprintsListed),
            Self::Imitated => (Some((Class::C7, LegalBasis::DataProtection)), false, Outcome::Removed),
            Self::Changed => (Some((Class::C5, LegalBasis::National)), false, Outcome::Removed),
            Self::Forum => (Some((Class::C2, LegalBasis::Baseline)), true, Outcome::Removed),
            Self::Gone => (Some((Class::C0, LegalBasis::None)), false, Outcome::NotFound),
            Self::NoAddress => (None, false, Outcome::NotFound),
        };
        Decision { judgement, referred, outcome }
    }
}

/// Makes a case a lesson.
pub async fn keep(tx: &mut Tx, case: Uuid, lesson: Lesson) -> Result<(), Error> {
    execute!(tx, "INSERT INTO lesson (case_id, lesson) VALUES ($1, $2)", case, lesson)?;
    Ok(())
}

/// The lesson a case is.
pub(crate) async fn of_case(tx: &mut Tx, case: Uuid) -> Result<Option<Lesson>, Error> {
    let sql = "SELECT lesson FROM lesson WHERE case_id = $1";
    Ok(fetch_optional!(tx, (Lesson,), sql, case)?.map(|(lesson,)| lesson))
}

/// How many lessons nobody has taken yet.
pub async fn untouched(cw: &Casework) -> Result<i64, Error> {
    let mut tx = cw.storage.read().await?;
    let sql = "SELECT COUNT(*) FROM lesson JOIN cases ON cases.id = case_id WHERE state = 'received'";
    Ok(fetch_one!(&mut tx, (i64,), sql)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lesson_is_decided_as_an_analyst_could() {
        for lesson in Lesson::ALL {
            let Decision { judgement, referred, outcome } = lesson.decision();
            assert!(judgement.is_none_or(|(class, basis)| class.can_rest_on(basis)), "{lesson}");
            assert!(outcome != Outcome::Referred || referred, "{lesson}: what ends as referred was referred");
        }
    }
}
