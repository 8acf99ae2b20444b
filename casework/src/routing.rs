//! Which hotline gets a report: the first rule that fits.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::taxonomy::{Country, Harm, LanguageCode};

/// One rule. What it does not name, it does not ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The reporter's country.
    pub country: Option<Country>,
    /// The reporter's language. `pt` fits `pt-br` as well; `pt-br` fits only itself.
    pub language: Option<LanguageCode>,
    /// What happened.
    pub harm: Option<Harm>,
    /// The id of the hotline that gets what fits.
    pub hotline: Uuid,
}

impl Rule {
    fn fits(&self, country: Option<&Country>, language: &LanguageCode, harm: Harm) -> bool {
        let fits_country = self.country.is_none() || self.country.as_ref() == country;
        let fits_language = self
            .language
            .as_ref()
            .is_none_or(|wanted| wanted == language || wanted.as_str() == language.primary());
        let fits_harm = self.harm.is_none_or(|wanted| wanted == harm);
        fits_country && fits_language && fits_harm
    }
}

/// The rules of an installation, in order, and the hotline that gets everything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routing {
    /// The rules; the first that fits decides.
    pub rules: Vec<Rule>,
    /// The id of the hotline where no rule fits.
    pub default: Uuid,
}

impl Routing {
    /// The id of the hotline for a report. `country` is `None` where the reporter did not say.
    pub fn hotline(&self, country: Option<&Country>, language: &LanguageCode, harm: Harm) -> Uuid {
        self.rules
            .iter()
            .find(|rule| rule.fits(country, language, harm))
            .map_or(self.default, |rule| rule.hotline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(country: &str, language: &str, harm: Option<Harm>, hotline: u128) -> Rule {
        Rule {
            country: country.parse().ok(),
            language: language.parse().ok(),
            harm,
            hotline: Uuid::from_u128(hotline),
        }
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let routing = Routing {
            rules: vec![
                rule("FI", "", Some(Harm::Threat), 1),
                rule("FI", "sv", None, 2),
                rule("FI", "", None, 3),
                rule("", "pt", None, 4),
                rule("", "zh-tw", None, 5),
            ],
            default: Uuid::from_u128(9),
        };
        for (country, language, harm, hotline) in [
            ("FI", "sv", Harm::Threat, 1),
            ("FI", "sv-fi", Harm::Seen, 2),
            ("FI", "fi", Harm::OwnImage, 3),
            ("BR", "pt-br", Harm::Seen, 4),
            ("", "pt", Harm::Threat, 4),
            ("TW", "zh-tw", Harm::Seen, 5),
            ("TW", "zh", Harm::Seen, 9),
            ("SE", "sv", Harm::Threat, 9),
            ("", "en", Harm::Threat, 9),
        ] {
            let country = country.parse().ok();
            let language = language.parse().expect("a language");
            let found = routing.hotline(country.as_ref(), &language, harm);
            assert_eq!(
                found,
                Uuid::from_u128(hotline),
                "{country:?} {language} {harm}"
            );
        }
    }

    #[test]
    fn without_rules_the_default_gets_everything() {
        let default = Uuid::from_u128(9);
        let routing = Routing {
            rules: Vec::new(),
            default,
        };
        let english = "en".parse().expect("a language");
        assert_eq!(routing.hotline(None, &english, Harm::Seen), default);
    }
}
