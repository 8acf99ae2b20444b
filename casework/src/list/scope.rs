//! On which terms a partner pulls the list: what was agreed, and how much of it goes to them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Fact, Listing, held_head};
use crate::claim::{Collection, Medium};
use crate::history::Actor;
use crate::staff::session::StaffSession;
use crate::storage::JsonText;
use crate::taxonomy::{Country, Harm};
use crate::text::Words;
use crate::{Casework, Error, audit, execute, fetch_optional};

/// A part of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// These collections.
    pub collections: BTreeSet<Collection>,
    /// Pictures, videos, or both.
    pub media: BTreeSet<Medium>,
    /// What happened in some case that claims it. Empty: anything.
    pub harms: BTreeSet<Harm>,
    /// Where some reporter who claims it is. Empty: anywhere.
    pub countries: BTreeSet<Country>,
}

impl Scope {
    fn admits(&self, listing: &Listing, facts: &BTreeSet<Fact>) -> bool {
        self.collections.contains(&listing.collection)
            && self.media.contains(&listing.medium)
            && facts.iter().any(|fact| self.admits_fact(fact))
    }

    fn admits_fact(&self, fact: &Fact) -> bool {
        let harm = self.harms.is_empty() || fact.harm.is_some_and(|harm| self.harms.contains(&harm));
        let country = || fact.country.as_ref().is_some_and(|country| self.countries.contains(country));
        harm && (self.countries.is_empty() || country())
    }
}

/// What was agreed with a partner.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Terms {
    /// Where the agreement is written: its number and date, say.
    pub agreement: String,
    /// What goes to them.
    pub scope: JsonText<Scope>,
    /// What went to them under earlier terms.
    pub former: JsonText<Vec<Scope>>,
    /// Since when.
    pub recorded_at: DateTime<Utc>,
}

impl Terms {
    /// Whether a fingerprint is on the list for this partner. None: it never was, and they hear nothing of it.
    pub(super) fn tell(&self, listing: &Listing) -> Option<bool> {
        if self.scope.0.admits(listing, &listing.facts.0) {
            return Some(true);
        }
        let mut scopes = self.former.0.iter().chain([&self.scope.0]);
        scopes.any(|scope| scope.admits(listing, &listing.ever.0)).then_some(false)
    }
}

/// A partner's terms; none, and it gets nothing.
pub async fn terms(cw: &Casework, organisation: Uuid) -> Result<Option<Terms>, Error> {
    let sql = "SELECT agreement, scope, former, recorded_at FROM list_terms WHERE organisation_id = $1";
    Ok(fetch_optional!(&mut cw.storage.read().await?, Terms, sql, organisation)?)
}

/// Writes down what was agreed. From then on the partner's programs begin anew by themselves, so that they get what is new
/// to them, and hear what no longer is for them.
pub async fn record_terms(
    cw: &Casework,
    by: &StaffSession,
    organisation: Uuid,
    agreement: &Words,
    scope: &Scope,
) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    tx.lock_organisation(organisation).await?;
    // On the list's clock, which never falls: what is numbered from now on is not older than the terms.
    let recorded_at = held_head(&mut tx).await?.changed_at.max(cw.now());
    execute!(&mut tx, "UPDATE list_head SET changed_at = $1 WHERE id = 1", recorded_at)?;
    let sql = "SELECT scope, former FROM list_terms WHERE organisation_id = $1";
    let before = fetch_optional!(&mut tx, (JsonText<Scope>, JsonText<Vec<Scope>>), sql, organisation)?;
    let former = before.map_or(Vec::new(), |(JsonText(scope), JsonText(mut former))| {
        if !former.contains(&scope) {
            former.push(scope);
        }
        former
    });
    execute!(
        &mut tx,
        "INSERT INTO list_terms (organisation_id, agreement, scope, former, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (organisation_id) DO UPDATE SET agreement = excluded.agreement, scope = excluded.scope,
             former = excluded.former, recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at",
        organisation,
        agreement.as_str(),
        JsonText(scope),
        JsonText(former),
        by.staff,
        recorded_at
    )?;
    audit::record(cw, &mut tx, Actor::Staff(by.staff), "list.terms", organisation, "").await?;
    Ok(tx.commit().await?)
}
