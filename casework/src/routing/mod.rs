//! Which hotline gets a report, and which of its teams is asked first: rules in order, the first that fits decides.
//!
//! Why a case came where it stands is kept with it ([`Routed`]): rules change, and the case stays where it is.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::history::Actor;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::{Country, Harm, LanguageCode};
use crate::{Casework, Error, audit, execute, fetch_all, fetch_optional};

/// The columns of a [`Rule`].
macro_rules! columns {
    () => {
        "country, language, harm, provider_id, host_country, source_id, hotline_id, team_id"
    };
}

/// Whether a hotline takes cases: it has keys, and is not paused.
macro_rules! takes_cases {
    () => {
        "kind = 'hotline' AND suspended_at IS NULL
         AND EXISTS (SELECT 1 FROM epoch WHERE epoch.organisation_id = organisation.id)"
    };
}

pub mod dry_run;
mod facts;
pub mod why;

pub use facts::Facts;

/// One rule. What it does not name, it does not ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromRow)]
pub struct Rule {
    /// The reporter's country.
    pub country: Option<Country>,
    /// The reporter's language. `pt` fits `pt-br` as well; `pt-br` fits only itself.
    pub language: Option<LanguageCode>,
    /// What happened.
    pub harm: Option<Harm>,
    /// A provider with which any of it lies.
    #[sqlx(rename = "provider_id")]
    pub provider: Option<Uuid>,
    /// The country in which any of its links is hosted.
    #[sqlx(rename = "host_country")]
    pub host: Option<Country>,
    /// The organisation that sent it.
    #[sqlx(rename = "source_id")]
    pub source: Option<Uuid>,
    /// The id of the hotline that gets what fits.
    #[sqlx(rename = "hotline_id")]
    pub hotline: Uuid,
    /// The team of that hotline which is asked first.
    #[sqlx(rename = "team_id")]
    pub team: Option<Uuid>,
}

/// One thing a rule may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// The reporter's country.
    Country,
    /// The reporter's language.
    Language,
    /// What happened.
    Harm,
    /// A provider.
    Provider,
    /// Where a link is hosted.
    Host,
    /// Who sent it.
    Source,
}

impl Asks {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 6] = [Self::Country, Self::Language, Self::Harm, Self::Provider, Self::Host, Self::Source];
}

impl Rule {
    /// What the rule asks, and whether the report fits it.
    pub fn answers(&self, facts: &Facts) -> Vec<(Asks, bool)> {
        let language = |wanted: &LanguageCode| *wanted == facts.language || wanted.as_str() == facts.language.primary();
        [
            (Asks::Country, self.country.as_ref().map(|wanted| facts.country.as_ref() == Some(wanted))),
            (Asks::Language, self.language.as_ref().map(language)),
            (Asks::Harm, self.harm.map(|wanted| wanted == facts.harm)),
            (Asks::Provider, self.provider.map(|wanted| facts.providers.contains(&wanted))),
            (Asks::Host, self.host.as_ref().map(|wanted| facts.hosts.contains(wanted))),
            (Asks::Source, self.source.map(|wanted| facts.source == Some(wanted))),
        ]
        .into_iter()
        .filter_map(|(asks, fits)| Some((asks, fits?)))
        .collect()
    }

    fn fits(&self, facts: &Facts) -> bool {
        self.answers(facts).iter().all(|(_, fits)| *fits)
    }
}

/// Where a report goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Destination {
    /// The hotline.
    pub hotline: Uuid,
    /// Its team that is asked first; none: everybody.
    pub team: Option<Uuid>,
}

/// How a case came where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routed {
    /// The rule that decided, and its place among the rules then, from 1; none where none fitted.
    pub by: Option<(usize, Rule)>,
    /// How many rules there were.
    pub rules: usize,
}

impl Routed {
    /// There were rules, and none fitted.
    pub fn is_unrouted(&self) -> bool {
        self.by.is_none() && self.rules > 0
    }
}

/// The rules of an installation, in order, and the hotline that gets everything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routing {
    /// The rules; the first that fits decides.
    pub rules: Vec<Rule>,
    /// The id of the hotline where no rule fits.
    pub default: Uuid,
}

impl Routing {
    /// Where a report goes, and why.
    pub fn decide(&self, facts: &Facts) -> (Destination, Routed) {
        let by = (1..).zip(&self.rules).find(|(_, rule)| rule.fits(facts)).map(|(place, rule)| (place, rule.clone()));
        let destination = match &by {
            Some((_, rule)) => Destination { hotline: rule.hotline, team: rule.team },
            None => Destination { hotline: self.default, team: None },
        };
        (destination, Routed { by, rules: self.rules.len() })
    }
}

const RULES: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM routing_rule WHERE hotline_id IN (SELECT id FROM organisation WHERE ",
    takes_cases!(),
    ") ORDER BY position"
);
const FIRST_HOTLINE: &str =
    concat!("SELECT id FROM organisation WHERE ", takes_cases!(), " ORDER BY created_at, id LIMIT 1");

/// The routing in force: the rules whose hotlines take cases, and the oldest such hotline for everything else.
/// None while no hotline takes cases.
pub async fn load(tx: &mut Tx) -> Result<Option<Routing>, Error> {
    let Some((default,)) = fetch_optional!(tx, (Uuid,), FIRST_HOTLINE)? else { return Ok(None) };
    Ok(Some(Routing { rules: fetch_all!(tx, Rule, RULES)?, default }))
}

/// Every rule as it was saved, in order, also those of hotlines that take no cases now.
pub async fn saved_rules(cw: &Casework) -> Result<Vec<Rule>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(&mut tx, Rule, concat!("SELECT ", columns!(), " FROM routing_rule ORDER BY position"))?)
}

/// Replaces all rules by these, in this order.
pub async fn save_rules(cw: &Casework, by: &StaffSession, rules: &[Rule]) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    execute!(&mut tx, "DELETE FROM routing_rule")?;
    for (position, rule) in (1_i64..).zip(rules) {
        execute!(
            &mut tx,
            concat!(
                "INSERT INTO routing_rule (id, position, ",
                columns!(),
                ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            ),
            cw.new_id(),
            position,
            rule.country.clone(),
            rule.language.clone(),
            rule.harm,
            rule.provider,
            rule.host.clone(),
            rule.source,
            rule.hotline,
            rule.team
        )?;
    }
    audit::record(cw, &mut tx, Actor::Staff(by.staff), "routing.save", "routing", &rules.len().to_string()).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROVIDER: Uuid = Uuid::from_u128(70);
    const SOURCE: Uuid = Uuid::from_u128(80);

    fn rule(country: &str, language: &str, harm: Option<Harm>, hotline: u128) -> Rule {
        Rule {
            country: country.parse().ok(),
            language: language.parse().ok(),
            harm,
            provider: None,
            host: None,
            source: None,
            hotline: Uuid::from_u128(hotline),
            team: None,
        }
    }

    fn facts(country: &str, language: &str, harm: Harm) -> Facts {
        let language = language.parse().expect("a language");
        Facts { country: country.parse().ok(), language, harm, providers: Vec::new(), hosts: Vec::new(), source: None }
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
        for (country, language, harm, hotline, place) in [
            ("FI", "sv", Harm::Threat, 1, Some(1)),
            ("FI", "sv-fi", Harm::Seen, 2, Some(2)),
            ("FI", "fi", Harm::OwnImage, 3, Some(3)),
            ("BR", "pt-br", Harm::Seen, 4, Some(4)),
            ("", "pt", Harm::Threat, 4, Some(4)),
            ("TW", "zh-tw", Harm::Seen, 5, Some(5)),
            ("TW", "zh", Harm::Seen, 9, None),
            ("SE", "sv", Harm::Threat, 9, None),
            ("", "en", Harm::Threat, 9, None),
        ] {
            let (destination, routed) = routing.decide(&facts(country, language, harm));
            assert_eq!(destination.hotline, Uuid::from_u128(hotline), "{country:?} {language} {harm}");
            assert_eq!(routed.by.as_ref().map(|(place, _)| *place), place);
            assert_eq!(routed.is_unrouted(), place.is_none());
        }
    }

    #[test]
    fn a_rule_asks_for_a_provider_a_host_and_a_source_and_names_a_team() {
        let mut of_provider = rule("", "", None, 1);
        of_provider.provider = Some(PROVIDER);
        of_provider.team = Some(Uuid::from_u128(50));
        let mut hosted = rule("", "", None, 2);
        hosted.host = "NL".parse().ok();
        let mut sent = rule("", "", Some(Harm::Seen), 3);
        sent.source = Some(SOURCE);
        let routing = Routing { rules: vec![of_provider, hosted, sent], default: Uuid::from_u128(9) };
        let told = facts("FI", "fi", Harm::Seen);
        let countries = |codes: &[&str]| codes.iter().filter_map(|code| code.parse().ok()).collect::<Vec<Country>>();
        for (case, hotline, team) in [
            (Facts { providers: vec![Uuid::nil(), PROVIDER], hosts: countries(&["NL"]), ..told.clone() }, 1, Some(50)),
            (Facts { hosts: countries(&["DE", "NL"]), ..told.clone() }, 2, None),
            (Facts { hosts: countries(&["DE"]), source: Some(SOURCE), ..told.clone() }, 3, None),
            (Facts { harm: Harm::Threat, source: Some(SOURCE), ..told.clone() }, 9, None),
            (Facts { source: Some(Uuid::nil()), ..told.clone() }, 9, None),
            (told, 9, None),
        ] {
            let (destination, _) = routing.decide(&case);
            let expected = Destination { hotline: Uuid::from_u128(hotline), team: team.map(Uuid::from_u128) };
            assert_eq!(destination, expected, "{case:?}");
        }
    }

    #[test]
    fn without_rules_the_default_gets_everything_and_nothing_is_amiss() {
        let default = Uuid::from_u128(9);
        let (destination, routed) = Routing { rules: Vec::new(), default }.decide(&facts("", "en", Harm::Seen));
        assert_eq!(destination, Destination { hotline: default, team: None });
        assert!(!routed.is_unrouted());
    }
}
