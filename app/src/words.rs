//! Words in the reader's language. The language is always named: nothing depends on a process-wide setting.
//!
//! The words live in `app/locales/*.LANGUAGE.toml`; `build.rs` fails the build when a language lacks a key, a placeholder
//! or a plural form that another has, or when code asks for a key that does not exist.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use icu_plurals::{PluralCategory, PluralRules};
use serde::{Deserialize, Serialize};

/// A language Suoja speaks. Stands in every path, right after the first slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Language {
    En,
    Sv,
    Fi,
    Ar,
}

impl Language {
    /// All of them, in the order the switch shows them.
    pub const ALL: [Self; 4] = [Self::En, Self::Sv, Self::Fi, Self::Ar];

    /// The BCP 47 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Sv => "sv",
            Self::Fi => "fi",
            Self::Ar => "ar",
        }
    }

    /// Its own name for itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Sv => "Svenska",
            Self::Fi => "Suomi",
            Self::Ar => "العربية",
        }
    }

    /// `ltr` or `rtl`.
    pub fn direction(self) -> &'static str {
        match self {
            Self::Ar => "rtl",
            Self::En | Self::Sv | Self::Fi => "ltr",
        }
    }

    /// The best of ours for an `Accept-Language` header; English if none fits.
    pub fn negotiate(accepted: &str) -> Self {
        use fluent_langneg::{NegotiationStrategy, negotiate_languages, parse_accepted_languages};
        let wanted = parse_accepted_languages(accepted);
        let ours: Vec<fluent_langneg::LanguageIdentifier> =
            Self::ALL.iter().filter_map(|language| language.code().parse().ok()).collect();
        let best = negotiate_languages(&wanted, &ours, None, NegotiationStrategy::Lookup);
        best.first().and_then(|found| found.to_string().parse().ok()).unwrap_or(Self::En)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Not one of ours.
#[derive(Debug, thiserror::Error)]
#[error("not a language Suoja speaks")]
pub struct UnknownLanguage;

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|language| language.code() == code).ok_or(UnknownLanguage)
    }
}

/// The words of a key in a language, as a `String`: `say!(language, "home.title")`,
/// `say!(language, "queue.due", minutes = 40)`.
#[macro_export]
macro_rules! say {
    ($language:expr, $key:expr $(, $name:ident = $value:expr)* $(,)?) => {
        // `match` keeps a key made on the spot alive for the whole look-up.
        match $key {
            key => {
                let key = AsRef::<str>::as_ref(&key);
                rust_i18n::t!(key, locale = $language.code() $(, $name = $value)*).into_owned()
            }
        }
    };
}

/// The words for a number of things: the key's plural form for `count`, in which `%{count}` stands for it.
pub fn say_count(language: Language, key: &str, count: u64) -> String {
    let form = match plural_category(language, count) {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    };
    say!(language, format!("{key}.{form}"), count = count)
}

fn plural_category(language: Language, count: u64) -> PluralCategory {
    let locale = match language {
        Language::En => icu_locale_core::locale!("en"),
        Language::Sv => icu_locale_core::locale!("sv"),
        Language::Fi => icu_locale_core::locale!("fi"),
        Language::Ar => icu_locale_core::locale!("ar"),
    };
    PluralRules::try_new_cardinal(locale.into()).map_or(PluralCategory::Other, |rules| rules.category_for(count))
}

/// A length of time in at most two units.
pub fn say_duration(language: Language, length: TimeDelta) -> String {
    let (days, hours, minutes) = (length.num_days(), length.num_hours(), length.num_minutes());
    match (days, hours) {
        (0, 0) => say!(language, "queue.time.minutes", minutes = minutes),
        (0, 1..=9) if minutes % 60 > 0 => {
            say!(language, "queue.time.hours_and_minutes", hours = hours, minutes = minutes % 60)
        }
        (0 | 1, _) => say!(language, "queue.time.hours", hours = hours),
        (days, _) => say!(language, "queue.time.days", days = days),
    }
}

/// A day and time as people say it, in the operator's zone: "Monday 23 November 2026, 18:42".
pub fn say_time(language: Language, zone: chrono_tz::Tz, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&zone);
    say!(
        language,
        "time.day_and_time",
        weekday = say!(language, format!("time.weekday.{}", local.weekday().number_from_monday())),
        day = local.day(),
        month = say!(language, format!("time.month.{}", local.month())),
        year = local.year(),
        hour = format!("{:02}", local.hour()),
        minute = format!("{:02}", local.minute())
    )
}
