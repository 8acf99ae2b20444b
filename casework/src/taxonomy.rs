//! The fixed choices of casework. Each has a stable text code, which is what the database and partners see; the words that
//! people read are looked up by that code.

use std::{fmt, str::FromStr};

use crate::stored::stored_as_text;

/// A stored or sent code that this program does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {choice} code")]
pub struct UnknownCode {
    /// The kind of choice, e.g. `Harm`.
    pub choice: &'static str,
}

/// Declares a choice: an enum whose variants have text codes.
macro_rules! choice {
    ($(#[$about:meta])* $name:ident { $($(#[$meaning:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$meaning])* $variant,)+
        }

        impl $name {
            /// Every choice, in the order in which it is offered.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stable code.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::taxonomy::UnknownCode;

            fn from_str(code: &str) -> Result<Self, $crate::taxonomy::UnknownCode> {
                match code {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::taxonomy::UnknownCode { choice: stringify!($name) }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        $crate::stored::stored_as_text!($name);
    };
}

pub(crate) use choice;

choice! {
    /// What happened: the door through which a report came.
    Harm {
        /// A picture, video or account shows the reporter, or the child they report for.
        OwnImage = "own_image",
        /// Someone threatens or pressures.
        Threat = "threat",
        /// The reporter saw something about somebody else.
        Seen = "seen",
    }
}

choice! {
    /// Who tells us.
    Reporter {
        /// A child, about themself.
        Child = "child",
        /// A parent or carer, about their child.
        Parent = "parent",
        /// A grown-up whose picture was taken when they were a child.
        Survivor = "survivor",
        /// Somebody who helps a child: a teacher, a friend, a social worker.
        Helper = "helper",
        /// Somebody who saw something about a person they may not know.
        Witness = "witness",
        /// A trusted flagger's organisation.
        Flagger = "flagger",
    }
}

impl Reporter {
    /// Whether this person speaks as a child or for the child it happened to.
    pub fn speaks_for_a_child(self) -> bool {
        matches!(self, Self::Child | Self::Parent | Self::Helper)
    }
}

choice! {
    /// How old the person it happened to is now.
    AgeBand {
        /// Younger than ten.
        Under10 = "under_10",
        /// Ten to twelve.
        From10To12 = "10_12",
        /// Thirteen to fifteen.
        From13To15 = "13_15",
        /// Sixteen or seventeen.
        From16To17 = "16_17",
        /// Eighteen or older.
        Adult = "adult",
        /// Not known, or not said.
        Unsure = "unsure",
    }
}

choice! {
    /// What an analyst may leave to others for a day: a harm, or an age. The codes are those of the harm and the age band.
    Topic {
        /// Somebody's own picture.
        OwnImage = "own_image",
        /// A threat.
        Threat = "threat",
        /// Something that somebody saw.
        Seen = "seen",
        /// A child younger than ten.
        Under10 = "under_10",
    }
}

choice! {
    /// Why an analyst puts a case back without an end.
    SkipReason {
        /// They do not write the reporter's language.
        Language = "language",
        /// Not this, not today.
        NotToday = "not_today",
        /// They know somebody in it.
        KnowsSomebody = "knows_somebody",
        /// It needs somebody who knows more about such cases.
        NeedsExpert = "needs_expert",
        /// Something else.
        Other = "other",
    }
}

choice! {
    /// What an item shows, by a neutral code. What a code is called in law differs by country.
    Class {
        /// Cannot be told.
        C0 = "C0",
        /// A younger child, a sexual act.
        C1 = "C1",
        /// A younger child, another unlawful depiction.
        C2 = "C2",
        /// An older child, a sexual act.
        C3 = "C3",
        /// An older child, another unlawful depiction.
        C4 = "C4",
        /// Made or altered by a machine.
        C5 = "C5",
        /// Contact or coercion without a file.
        C6 = "C6",
        /// Lawful, but its subject wants it removed.
        C7 = "C7",
    }
}

impl Class {
    /// Whether a second person must assess before the class counts: where somebody's picture may enter a list of unlawful
    /// material.
    pub fn needs_second_assessor(self) -> bool {
        matches!(self, Self::C1 | Self::C2 | Self::C3 | Self::C4 | Self::C5)
    }

    /// Whether an item of this class can be judged under this law: INHOPE's baseline knows younger children only, what is
    /// lawful breaks no criminal law, and what cannot be told rests on nothing.
    pub fn can_rest_on(self, basis: LegalBasis) -> bool {
        use LegalBasis::{Baseline, DataProtection, National, None, Terms};
        match self {
            Self::C0 => matches!(basis, None),
            Self::C1 | Self::C2 => matches!(basis, Baseline | National),
            Self::C3 | Self::C4 => matches!(basis, National),
            Self::C5 | Self::C6 => matches!(basis, National | Terms | None),
            Self::C7 => matches!(basis, DataProtection | Terms | None),
        }
    }
}

choice! {
    /// Under which law an item is judged. Which paragraph it is differs by country, and stands in the assessor's note.
    LegalBasis {
        /// The criteria that nearly every country shares (INHOPE's baseline).
        Baseline = "baseline",
        /// The criminal law of the hotline's country.
        National = "national",
        /// The subject's right to their own image and data (GDPR, Art. 17).
        DataProtection = "data_protection",
        /// The provider's own rules.
        Terms = "terms",
        /// No law forbids it, or it cannot be told.
        None = "none",
    }
}

choice! {
    /// How something came to be. Never a measure of how bad it is.
    ContextLabel {
        /// The child made it.
        ChildMade = "child_made",
        /// The child was pressed or tricked.
        Coerced = "coerced",
        /// Somebody of about the same age passed it on.
        SharedByPeer = "shared_by_peer",
        /// A machine made or altered it.
        Synthetic = "synthetic",
        /// It was streamed live.
        LiveStreamed = "live_streamed",
        /// There is a threat and no file.
        ThreatOnly = "threat_only",
    }
}

choice! {
    /// Whether somebody is in danger now.
    Danger {
        /// No.
        No = "no",
        /// The reporter is not sure, or did not say.
        Unsure = "unsure",
        /// Somebody is in danger now.
        InDanger = "in_danger",
        /// The reporter may hurt themself or end their life.
        SelfHarm = "self_harm",
    }
}

choice! {
    /// Whether the image is being passed on.
    Spreading {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
        /// The reporter is not sure, or did not say.
        Unsure = "unsure",
    }
}

choice! {
    /// What a case's item is.
    ItemKind {
        /// A URL.
        Location = "location",
        /// A provider and a handle.
        Account = "account",
        /// A file, known by its fingerprints.
        File = "file",
        /// A place described in words: an app, a group, a chat.
        Place = "place",
    }
}

choice! {
    /// Where a case stands.
    CaseState {
        /// It has come in and nobody has taken it.
        Received = "received",
        /// An analyst works on it.
        InReview = "in_review",
        /// The reporter has been asked something.
        WaitingForReporter = "waiting_for_reporter",
        /// Providers have been told and have not all answered.
        WaitingForProviders = "waiting_for_providers",
        /// It is done, with an outcome.
        Closed = "closed",
        /// It was done, and something new came up.
        Reopened = "reopened",
        /// The reporter disagrees with the outcome.
        Appealed = "appealed",
        /// The reporter wants nobody to work on it. They can start it again.
        Withdrawn = "withdrawn",
    }
}

impl CaseState {
    /// Whether a case may go from this state to `next`.
    pub fn can_become(self, next: Self) -> bool {
        use CaseState::{
            Appealed, Closed, InReview, Received, Reopened, WaitingForProviders, WaitingForReporter, Withdrawn,
        };
        match self {
            Received => matches!(next, InReview | Closed | Withdrawn),
            InReview => matches!(next, Received | WaitingForReporter | WaitingForProviders | Closed | Withdrawn),
            WaitingForReporter => {
                matches!(next, InReview | WaitingForProviders | Closed | Withdrawn)
            }
            WaitingForProviders => {
                matches!(next, InReview | WaitingForReporter | Closed | Withdrawn)
            }
            Closed => matches!(next, Reopened | Appealed),
            Reopened | Appealed => {
                matches!(next, InReview | WaitingForReporter | WaitingForProviders | Closed | Withdrawn)
            }
            Withdrawn => matches!(next, Reopened),
        }
    }

    /// Whether the case still needs somebody: it stands in a queue or waits for an answer.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Withdrawn)
    }
}

choice! {
    /// How a case ended.
    Outcome {
        /// Everything is gone.
        Removed = "removed",
        /// Some of it is gone.
        PartlyRemoved = "partly_removed",
        /// The fingerprints are on the list.
        FingerprintsListed = "fingerprints_listed",
        /// Police or another hotline have it.
        Referred = "referred",
        /// The law does not forbid it.
        NotIllegal = "not_illegal",
        /// It was not where it was said to be.
        NotFound = "not_found",
        /// It is not a matter for a hotline.
        OutOfScope = "out_of_scope",
    }
}

choice! {
    /// Where a notice to a provider stands.
    NoticeState {
        /// Being written.
        Draft = "draft",
        /// Checked and ready to go.
        Approved = "approved",
        /// On its way, or delivered without an answer.
        Sent = "sent",
        /// It could not be delivered.
        Undeliverable = "undeliverable",
        /// The provider confirmed that it has it.
        Received = "received",
        /// The provider asks for more.
        NeedsMore = "needs_more",
        /// The provider removed what the notice is about.
        Removed = "removed",
        /// The provider will not remove it.
        Refused = "refused",
        /// The provider did not answer in time.
        NoAnswer = "no_answer",
        /// The hotline took the notice back.
        Withdrawn = "withdrawn",
    }
}

impl NoticeState {
    /// Whether a notice may go from this state to `next`. A late answer still counts; a refusal may be changed on complaint
    /// (DSA Art. 20); what comes back after removal gets a new notice.
    pub fn can_become(self, next: Self) -> bool {
        use NoticeState::{
            Approved, Draft, NeedsMore, NoAnswer, Received, Refused, Removed, Sent, Undeliverable, Withdrawn,
        };
        match self {
            Draft => matches!(next, Approved | Withdrawn),
            Approved => matches!(next, Sent | Undeliverable | Withdrawn),
            Sent => matches!(next, Undeliverable | Received | NeedsMore | Removed | Refused | NoAnswer | Withdrawn),
            Undeliverable => matches!(next, Approved | Withdrawn),
            Received => {
                matches!(next, NeedsMore | Removed | Refused | NoAnswer | Withdrawn)
            }
            NeedsMore => matches!(next, Received | Removed | Refused | NoAnswer | Withdrawn),
            NoAnswer => matches!(next, Received | NeedsMore | Removed | Refused | Withdrawn),
            Refused => matches!(next, Received | NeedsMore | Removed | Withdrawn),
            Removed | Withdrawn => false,
        }
    }

    /// Whether this may be written down of a notice: another state, or more words about the one it is in.
    pub fn takes(self, next: Self) -> bool {
        self.can_become(next) || (self == next && matches!(self, Self::NeedsMore | Self::Refused))
    }
}

choice! {
    /// What an organisation is to us.
    OrganisationKind {
        /// A platform or host that can remove.
        Provider = "provider",
        /// An organisation with trusted-flagger status (DSA Art. 22).
        TrustedFlagger = "trusted_flagger",
        /// Police.
        Police = "police",
        /// A hotline.
        Hotline = "hotline",
    }
}

choice! {
    /// What a member of staff may do.
    Role {
        /// Works on cases.
        Analyst = "analyst",
        /// Also assigns, approves and decides appeals.
        Lead = "lead",
        /// Runs the installation. Reads cases only as a holder of a hotline's key, like anybody else.
        Administrator = "administrator",
    }
}

choice! {
    /// Where a member of staff stands.
    MemberState {
        /// They have a link and no password yet.
        Invited = "invited",
        /// They can sign in, and wait for a colleague to let them in to cases.
        Waiting = "waiting",
        /// They hold the hotline's keys.
        Active = "active",
        /// They have left.
        Removed = "removed",
    }
}

/// A code from outside that is not well formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCode {
    /// Not a language tag.
    #[error("not a language code such as en or pt-br")]
    Language,
    /// Not a country.
    #[error("not a country code such as FI")]
    Country,
}

/// A language by its tag (BCP 47) in lower case: `en`, `sv`, `fi`, `ar`, `pt-br`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LanguageCode(String);

stored_as_text!(LanguageCode);

impl LanguageCode {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language without script and region: `pt` of `pt-br`.
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

impl FromStr for LanguageCode {
    type Err = InvalidCode;

    fn from_str(tag: &str) -> Result<Self, InvalidCode> {
        let tag = tag.trim().to_ascii_lowercase();
        let mut parts = tag.split('-');
        let primary = parts.next().unwrap_or_default();
        let is_primary = matches!(primary.len(), 2 | 3) && primary.bytes().all(|byte| byte.is_ascii_lowercase());
        let is_subtag =
            |part: &str| matches!(part.len(), 1..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_tag = tag.len() <= 35 && is_primary && parts.all(is_subtag);
        is_tag.then_some(Self(tag)).ok_or(InvalidCode::Language)
    }
}

impl fmt::Display for LanguageCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A country by its two letters (ISO 3166-1 alpha-2) in upper case. `ZZ` stands for none or unknown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(String);

stored_as_text!(Country);

impl Country {
    /// The two letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Country {
    type Err = InvalidCode;

    fn from_str(code: &str) -> Result<Self, InvalidCode> {
        let code = code.trim();
        let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
        is_code.then(|| Self(code.to_ascii_uppercase())).ok_or(InvalidCode::Country)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_from_text_and_json() {
        for &harm in Harm::ALL {
            assert_eq!(harm.as_str().parse(), Ok(harm));
        }
        for &state in NoticeState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
            let json = serde_json::to_string(&state).expect("a string");
            assert_eq!(json, format!("\"{state}\""));
            assert!(serde_json::from_str(&json).is_ok_and(|read: NoticeState| read == state));
        }
        assert_eq!("sideways".parse::<Harm>(), Err(UnknownCode { choice: "Harm" }));
    }

    #[test]
    fn a_second_assessor_is_needed_for_what_may_be_listed() {
        let needing: Vec<&str> =
            Class::ALL.iter().filter(|class| class.needs_second_assessor()).map(|class| class.as_str()).collect();
        assert_eq!(needing, ["C1", "C2", "C3", "C4", "C5"]);
    }

    #[test]
    fn a_notice_goes_out_only_after_approval_and_ends_for_good() {
        use NoticeState::{Approved, Draft, NoAnswer, Refused, Removed, Sent, Undeliverable, Withdrawn};
        let before_sent: Vec<_> = NoticeState::ALL.iter().filter(|state| state.can_become(Sent)).collect();
        assert_eq!(before_sent, [&Approved]);
        assert!(Draft.can_become(Approved) && !Draft.can_become(Sent));
        assert!(Sent.can_become(Undeliverable) && Undeliverable.can_become(Approved));
        assert!(NoAnswer.can_become(Removed), "a late answer counts");
        assert!(Refused.can_become(Removed), "a complaint may succeed");
        for &next in NoticeState::ALL {
            assert!(!Removed.can_become(next) && !Withdrawn.can_become(next));
            assert!(!next.can_become(next) && !next.can_become(Draft));
        }
    }

    #[test]
    fn a_reporter_can_withdraw_what_is_open_start_again_and_appeal_only_an_outcome() {
        for &state in CaseState::ALL {
            assert_eq!(state.can_become(CaseState::Withdrawn), state.is_open());
            assert_eq!(CaseState::Withdrawn.can_become(state), state == CaseState::Reopened);
            assert_eq!(state.can_become(CaseState::Appealed), state == CaseState::Closed);
            assert!(!state.can_become(state));
        }
    }

    #[test]
    fn languages_and_countries_are_normalised_and_nonsense_refused() {
        let language = |tag: &str| tag.parse::<LanguageCode>().map(|code| code.0);
        assert_eq!(language(" pt-BR"), Ok("pt-br".into()));
        for tag in ["", "e", "english", "e1", "en_GB", "en-", "en-toolongsubtag", "../x"] {
            assert_eq!(language(tag), Err(InvalidCode::Language), "{tag}");
        }
        let country = |code: &str| code.parse::<Country>().map(|country| country.0);
        assert_eq!(country("fi "), Ok("FI".into()));
        for code in ["", "F", "FIN", "F1", "å"] {
            assert_eq!(country(code), Err(InvalidCode::Country), "{code}");
        }
    }
}
