//! The words for the fixed choices of a case, as staff read them.

use std::str::FromStr;

use casework::account::AccountHandle;
use casework::figures::Ending;
use casework::taxonomy::{
    AgeBand, CaseState, Class, ContextLabel, Danger, Harm, LanguageCode, LegalBasis, OrganisationKind, Outcome,
    Reporter, Spreading,
};

use crate::say;
use crate::words::Language;

macro_rules! words_of {
    ($($(#[$about:meta])* $name:ident($choice:ty) = $key:literal;)*) => {$(
        $(#[$about])*
        pub fn $name(language: Language, code: $choice) -> String {
            say!(language, format!(concat!("case.", $key, ".{}"), code))
        }
    )*};
}

words_of! {
    /// Where a case stands.
    state(CaseState) = "state";
    /// How it ended.
    outcome(Outcome) = "outcome";
    /// What happened.
    harm(Harm) = "harm";
    /// Who tells.
    reporter(Reporter) = "reporter";
    /// How old the person is.
    age(AgeBand) = "age";
    /// Whether somebody is in danger.
    danger(Danger) = "danger";
    /// Whether the image is being passed on.
    spreading(Spreading) = "spreading";
    /// What an item shows.
    class(Class) = "class";
    /// Under which law.
    legal_basis(LegalBasis) = "basis";
    /// How it came to be.
    label(ContextLabel) = "label";
    /// Police or hotline.
    organisation_kind(OrganisationKind) = "organisation";
}

/// How a case ended, or that it has not.
pub fn ending(language: Language, ending: Ending) -> String {
    match ending {
        Ending::Closed(code) => outcome(language, code),
        Ending::Withdrawn => say!(language, "figures.withdrawn"),
        Ending::Open => say!(language, "figures.open"),
    }
}

/// A reporter's language, by its own name where it is one of ours.
pub fn language_name(code: &LanguageCode) -> String {
    Language::from_str(code.as_str()).map_or_else(|_| code.as_str().to_owned(), |known| known.name().to_owned())
}

/// The app or website of an account as the reporter wrote it, or that they did not know it.
pub fn provider_name(language: Language, account: &AccountHandle) -> String {
    account.provider().map_or_else(|| say!(language, "case.item.provider_unknown"), str::to_owned)
}
