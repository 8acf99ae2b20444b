//! Which hotline gets a report: the first rule that fits.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::history::Actor;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::{Country, Harm, LanguageCode};
use crate::{Casework, Error, audit, execute, fetch_all, fetch_optional};

/// One rule. What it does not name, it does not ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromRow)]
pub struct Rule {
    /// The reporter's country.
    pub country: Option<Country>,
    /// The reporter's language. `pt` fits `pt-br` as well; `pt-br` fits only itself.
    pub language: Option<LanguageCode>,
    /// What happened.
    pub harm: Option<Harm>,
    /// The id of the hotline that gets what fits.
    #[sqlx(rename = "hotline_id")]
    pub hotline: Uuid,
}

impl Rule {
    fn fits(&self, country: Option<&Country>, language: &LanguageCode, harm: Harm) -> bool {
        let fits_country = self.country.is_none() || self.country.as_ref() == country;
        let fits_language =
            self.language.as_ref().is_none_or(|wanted| wanted == language || wanted.as_str() == language.primary());
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
        self.rules.iter().find(|rule| rule.fits(country, language, harm)).map_or(self.default, |rule| rule.hotline)
    }
}

/// A hotline takes cases once it has keys, and while it is not suspended.
const RULES: &str = "SELECT rule.country, rule.language, rule.harm, rule.hotline_id
    FROM routing_rule AS rule JOIN organisation ON organisation.id = rule.hotline_id
    WHERE organisation.suspended_at IS NULL
      AND EXISTS (SELECT 1 FROM epoch WHERE epoch.organisation_id = rule.hotline_id)
    ORDER BY rule.position";
const FIRST_HOTLINE: &str = "SELECT id FROM organisation
    WHERE kind = 'hotline' AND suspended_at IS NULL
      AND EXISTS (SELECT 1 FROM epoch WHERE epoch.organisation_id = organisation.id)
    ORDER BY created_at, id LIMIT 1";

/// The routing in force: the rules whose hotlines take cases, and the oldest such hotline for everything else.
/// None while no hotline takes cases.
pub async fn load(tx: &mut Tx) -> Result<Option<Routing>, Error> {
    let Some((default,)) = fetch_optional!(tx, (Uuid,), FIRST_HOTLINE)? else { return Ok(None) };
    Ok(Some(Routing { rules: fetch_all!(tx, Rule, RULES)?, default }))
}

/// Every rule as it was saved, in order, also those of hotlines that take no cases now.
pub async fn saved_rules(cw: &Casework) -> Result<Vec<Rule>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(&mut tx, Rule, "SELECT country, language, harm, hotline_id FROM routing_rule ORDER BY position")?)
}

/// Replaces all rules by these, in this order.
pub async fn save_rules(cw: &Casework, by: &StaffSession, rules: &[Rule]) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    execute!(&mut tx, "DELETE FROM routing_rule")?;
    for (position, rule) in (1_i64..).zip(rules) {
        execute!(
            &mut tx,
            "INSERT INTO routing_rule (id, position, country, language, harm, hotline_id) VALUES ($1, $2, $3, $4, $5, $6)",
            cw.new_id(),
            position,
            rule.country.clone(),
            rule.language.clone(),
            rule.harm,
            rule.hotline
        )?;
    }
    audit::record(cw, &mut tx, Actor::Staff(by.staff), "routing.save", "routing", &rules.len().to_string()).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(country: &str, language: &str, harm: Option<Harm>, hotline: u128) -> Rule {
        Rule { country: country.parse().ok(), language: language.parse().ok(), harm, hotline: Uuid::from_u128(hotline) }
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
            assert_eq!(found, Uuid::from_u128(hotline), "{country:?} {language} {harm}");
        }
    }

    #[test]
    fn without_rules_the_default_gets_everything() {
        let default = Uuid::from_u128(9);
        let routing = Routing { rules: Vec::new(), default };
        let english = "en".parse().expect("a language");
        assert_eq!(routing.hotline(None, &english, Harm::Seen), default);
    }
}
