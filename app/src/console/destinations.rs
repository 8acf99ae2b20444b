//! The names of hotlines, teams and organisations, for whoever reads or writes where reports go.

use std::collections::BTreeMap;

use casework::organisation;
use casework::routing::{Asks, Destination, Rule};
use casework::taxonomy::OrganisationKind;
use casework::team::{self, Team};
use uuid::Uuid;

use super::case::words::{harm, language_name};
use crate::form::Choice;
use crate::words::Language;
use crate::{App, countries, say};

/// The directory, as far as routing names it.
#[derive(Clone)]
pub struct Names {
    hotlines: Vec<(Uuid, String)>,
    teams: Vec<Team>,
    providers: Vec<(Uuid, String)>,
    sources: Vec<(Uuid, String)>,
    by_id: BTreeMap<Uuid, String>,
}

impl Names {
    /// Reads them.
    pub async fn load(app: &App) -> Result<Self, casework::Error> {
        let kind = async |kind| -> Result<Vec<(Uuid, String)>, casework::Error> {
            let organisations = organisation::list(&app.casework, kind).await?;
            Ok(organisations.into_iter().map(|organisation| (organisation.id, organisation.name)).collect())
        };
        let (hotlines, providers) = (kind(OrganisationKind::Hotline).await?, kind(OrganisationKind::Provider).await?);
        let sources = kind(OrganisationKind::TrustedFlagger).await?;
        let by_id = hotlines.iter().chain(&providers).chain(&sources).cloned().collect();
        Ok(Self { hotlines, teams: team::all(&app.casework).await?, providers, sources, by_id })
    }

    /// An organisation's name.
    pub fn organisation(&self, language: Language, id: Uuid) -> String {
        self.by_id.get(&id).cloned().unwrap_or_else(|| say!(language, "administration.routing.gone"))
    }

    /// "North Hotline", or "North Hotline · Night".
    pub fn destination(&self, language: Language, destination: Destination) -> String {
        let hotline = self.organisation(language, destination.hotline);
        let team = destination.team.and_then(|id| self.teams.iter().find(|team| team.id == id));
        team.map_or_else(|| hotline.clone(), |team| format!("{hotline} · {}", team.name))
    }

    /// Every hotline, each followed by its teams. [`destination`] reads the values.
    pub fn destinations(&self) -> Vec<Choice> {
        let of = |hotline: &(Uuid, String)| {
            let (id, name) = hotline.clone();
            let teams = self.teams.iter().filter(move |team| team.hotline == id);
            let teams: Vec<Choice> =
                teams.map(|team| Choice::new(format!("{id} {}", team.id), format!("{name} · {}", team.name))).collect();
            std::iter::once(Choice::new(id.to_string(), name)).chain(teams)
        };
        self.hotlines.iter().flat_map(of).collect()
    }

    /// The providers of the directory.
    pub fn providers(&self) -> Vec<Choice> {
        choices(&self.providers)
    }

    /// The trusted flaggers.
    pub fn sources(&self) -> Vec<Choice> {
        choices(&self.sources)
    }

    /// What a rule asks for, in words: "Finland".
    pub fn asked(&self, language: Language, rule: &Rule, asks: Asks) -> String {
        let country = |country: &Option<casework::taxonomy::Country>| {
            country.as_ref().map(|country| countries::name(language, country.as_str()))
        };
        let words = match asks {
            Asks::Country => country(&rule.country),
            Asks::Language => rule.language.as_ref().map(language_name),
            Asks::Harm => rule.harm.map(|code| harm(language, code)),
            Asks::Provider => rule.provider.map(|id| self.organisation(language, id)),
            Asks::Host => country(&rule.host),
            Asks::Source => rule.source.map(|id| self.organisation(language, id)),
        };
        words.unwrap_or_default()
    }
}

fn choices(organisations: &[(Uuid, String)]) -> Vec<Choice> {
    organisations.iter().map(|(id, name)| Choice::new(id.to_string(), name.clone())).collect()
}

/// A value of [`Names::destinations`], read back.
pub fn destination(value: &str) -> Option<Destination> {
    let (hotline, team) = value.split_once(' ').map_or((value, None), |(hotline, team)| (hotline, Some(team)));
    Some(Destination { hotline: hotline.parse().ok()?, team: team.map(str::parse).transpose().ok()? })
}

/// What a rule may ask, as the label of its field.
pub fn asks(language: Language, asks: Asks) -> String {
    match asks {
        Asks::Country => say!(language, "administration.routing.country"),
        Asks::Language => say!(language, "administration.routing.language"),
        Asks::Harm => say!(language, "administration.routing.harm"),
        Asks::Provider => say!(language, "administration.routing.provider"),
        Asks::Host => say!(language, "administration.routing.host"),
        Asks::Source => say!(language, "administration.routing.source"),
    }
}
