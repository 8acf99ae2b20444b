//! The directory: hotlines, trusted flaggers, providers and police, as ordinary rows that staff maintain.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::history::Actor;
use crate::location::{Location, LocationError};
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::{Country, LanguageCode, OrganisationKind};
use crate::text::{EmailAddress, Words};
use crate::{Casework, Error, audit, execute, fetch_all, fetch_optional};

/// One organisation.
#[derive(Clone, Debug, FromRow)]
pub struct Organisation {
    /// Its row.
    pub id: Uuid,
    /// What it is to us.
    pub kind: OrganisationKind,
    /// Its name; empty for a hotline that was not set up.
    pub name: String,
    /// Where it works, if in one country.
    pub country: Option<Country>,
    /// Where a provider takes notices.
    pub notice_email: Option<String>,
    /// The language a provider's notices are written in.
    pub notice_language: Option<LanguageCode>,
    /// How long a provider may take to answer, in hours.
    pub answer_hours: i64,
    /// Since when it is paused here.
    pub suspended_at: Option<DateTime<Utc>>,
}

/// A registrable domain that a provider owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain(String);

impl Domain {
    /// The domain, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Domain {
    type Err = LocationError;

    /// Reads a name or any link on it; what stands before the registrable part is left out.
    fn from_str(typed: &str) -> Result<Self, LocationError> {
        let typed = typed.trim();
        let location = typed.parse().or_else(|why| format!("https://{typed}").parse::<Location>().map_err(|_| why))?;
        Ok(Self(location.registrable_domain()))
    }
}

/// What staff say about an organisation.
pub struct Details {
    /// Its name.
    pub name: Words,
    /// Where it works, if in one country.
    pub country: Option<Country>,
    /// Where a provider takes notices.
    pub notice_email: Option<EmailAddress>,
    /// The language a provider's notices are written in.
    pub notice_language: Option<LanguageCode>,
    /// How long a provider may take to answer, in hours, at least 1.
    pub answer_hours: u32,
    /// The domains a provider owns.
    pub domains: Vec<Domain>,
}

/// One pause of an organisation.
#[derive(Clone, Debug, FromRow)]
pub struct Suspension {
    /// Why.
    pub reason: String,
    /// From when.
    pub began_at: DateTime<Utc>,
    /// Until when; none while it goes on.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Why nothing was saved.
#[derive(Debug, thiserror::Error)]
pub enum OrganisationError {
    /// There is no such organisation, or it is not in a state for this.
    #[error("no such organisation")]
    NotFound,
    /// Another organisation owns this domain.
    #[error("the domain belongs to another organisation")]
    DomainTaken(String),
    /// Our fault.
    #[error(transparent)]
    Failed(#[from] Error),
}

const COLUMNS_BY_KIND: &str =
    "SELECT id, kind, name, country, notice_email, notice_language, answer_hours, suspended_at
    FROM organisation WHERE kind = $1 ORDER BY name, id";
const COLUMNS_BY_ID: &str = "SELECT id, kind, name, country, notice_email, notice_language, answer_hours, suspended_at
    FROM organisation WHERE id = $1";

/// All of one kind, by name.
pub async fn list(cw: &Casework, kind: OrganisationKind) -> Result<Vec<Organisation>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(&mut tx, Organisation, COLUMNS_BY_KIND, kind)?)
}

/// One of them.
pub async fn find(cw: &Casework, id: Uuid) -> Result<Option<Organisation>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_optional!(&mut tx, Organisation, COLUMNS_BY_ID, id)?)
}

/// The domains it owns, sorted.
pub async fn domains(cw: &Casework, id: Uuid) -> Result<Vec<String>, Error> {
    let mut tx = cw.storage.read().await?;
    let found = fetch_all!(
        &mut tx,
        (String,),
        "SELECT domain FROM organisation_domain WHERE organisation_id = $1 ORDER BY domain",
        id
    )?;
    Ok(found.into_iter().map(|(domain,)| domain).collect())
}

/// Its pauses, the latest first.
pub async fn suspensions(cw: &Casework, id: Uuid) -> Result<Vec<Suspension>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(
        &mut tx,
        Suspension,
        "SELECT reason, began_at, ended_at FROM suspension WHERE organisation_id = $1 ORDER BY id DESC",
        id
    )?)
}

/// Adds one. Gives its id.
pub async fn create(
    cw: &Casework,
    by: &StaffSession,
    kind: OrganisationKind,
    details: &Details,
) -> Result<Uuid, OrganisationError> {
    let id = cw.new_id();
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    execute!(
        &mut tx,
        "INSERT INTO organisation (id, kind, name, created_at) VALUES ($1, $2, $3, $4)",
        id,
        kind,
        details.name.as_str(),
        cw.now()
    )
    .map_err(Error::from)?;
    write_details(&mut tx, id, details).await?;
    audit::record(cw, &mut tx, Actor::Staff(by.staff), "organisation.create", id, kind.as_str()).await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(id)
}

/// Changes what is known of one.
pub async fn change(cw: &Casework, by: &StaffSession, id: Uuid, details: &Details) -> Result<(), OrganisationError> {
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    write_details(&mut tx, id, details).await?;
    audit::record(cw, &mut tx, Actor::Staff(by.staff), "organisation.change", id, "").await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(())
}

async fn write_details(tx: &mut Tx, id: Uuid, details: &Details) -> Result<(), OrganisationError> {
    let changed = execute!(
        tx,
        "UPDATE organisation SET name = $1, country = $2, notice_email = $3, notice_language = $4, answer_hours = $5 WHERE id = $6",
        details.name.as_str(),
        details.country.clone(),
        details.notice_email.as_ref().map(EmailAddress::as_str),
        details.notice_language.clone(),
        i64::from(details.answer_hours),
        id
    )
    .map_err(Error::from)?;
    if changed == 0 {
        return Err(OrganisationError::NotFound);
    }
    execute!(tx, "DELETE FROM organisation_domain WHERE organisation_id = $1", id).map_err(Error::from)?;
    for domain in &details.domains {
        own_domain(tx, id, domain).await?;
    }
    Ok(())
}

async fn own_domain(tx: &mut Tx, id: Uuid, domain: &Domain) -> Result<(), OrganisationError> {
    let owner = fetch_optional!(
        tx,
        (Uuid,),
        "INSERT INTO organisation_domain (domain, organisation_id) VALUES ($1, $2)
         ON CONFLICT (domain) DO UPDATE SET domain = excluded.domain RETURNING organisation_id",
        domain.as_str(),
        id
    )
    .map_err(Error::from)?;
    if owner != Some((id,)) {
        return Err(OrganisationError::DomainTaken(domain.as_str().to_owned()));
    }
    Ok(())
}

/// Pauses one, with the reason: a flagger's reports then rank as anybody's, a hotline gets no cases. Suspending a
/// flagger's legal status is the coordinator's affair (DSA Art. 22).
pub async fn suspend(cw: &Casework, by: &StaffSession, id: Uuid, reason: &Words) -> Result<(), OrganisationError> {
    let now = cw.now();
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    let paused =
        execute!(&mut tx, "UPDATE organisation SET suspended_at = $1 WHERE id = $2 AND suspended_at IS NULL", now, id)
            .map_err(Error::from)?;
    if paused == 0 {
        return Err(OrganisationError::NotFound);
    }
    execute!(
        &mut tx,
        "INSERT INTO suspension (id, organisation_id, reason, began_at) VALUES ($1, $2, $3, $4)",
        cw.new_id(),
        id,
        reason.as_str(),
        now
    )
    .map_err(Error::from)?;
    audit::record(cw, &mut tx, Actor::Staff(by.staff), "organisation.suspend", id, "").await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(())
}

/// Ends a pause.
pub async fn resume(cw: &Casework, by: &StaffSession, id: Uuid) -> Result<(), OrganisationError> {
    let mut tx = cw.storage.write().await.map_err(Error::from)?;
    let resumed =
        execute!(&mut tx, "UPDATE organisation SET suspended_at = NULL WHERE id = $1 AND suspended_at IS NOT NULL", id)
            .map_err(Error::from)?;
    if resumed == 0 {
        return Err(OrganisationError::NotFound);
    }
    execute!(
        &mut tx,
        "UPDATE suspension SET ended_at = $1 WHERE organisation_id = $2 AND ended_at IS NULL",
        cw.now(),
        id
    )
    .map_err(Error::from)?;
    audit::record(cw, &mut tx, Actor::Staff(by.staff), "organisation.resume", id, "").await?;
    tx.commit().await.map_err(Error::from)?;
    Ok(())
}
