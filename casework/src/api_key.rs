//! Partners' keys for our interfaces. A key is shown once; kept is a keyed hash of it, what it may do, until when, and when
//! it was last used. A new one comes beside the old one, which ends when its holder has changed over.

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::BASE64URL_NOPAD;
use sqlx::FromRow;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::history::Actor;
use crate::staff::session::StaffSession;
use crate::storage::JsonText;
use crate::taxonomy::choice;
use crate::text::Words;
use crate::vault::{LookupHash, Purpose};
use crate::{Casework, Error, audit, execute, fetch_all, fetch_optional, randomness};

/// Longest name of a key, in characters.
pub const LONGEST_NAME: usize = 60;

/// The longest that a key may last, in days.
pub const LONGEST_LIFE: u32 = 730;

/// What every key begins with, so that scanners for leaked secrets know it.
const PREFIX: &str = "suoja_";

/// When a key was last used is written down to the hour: not every call is worth a write.
const USE_NOTED: TimeDelta = TimeDelta::hours(1);

choice! {
    /// What the holder of a key may do.
    Right {
        /// Pull the list, as far as the organisation's terms go.
        Fingerprints = "fingerprints",
        /// Say what became of fingerprints there.
        Feedback = "feedback",
    }
}

/// A key, as staff see it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ApiKey {
    /// Its row.
    pub id: Uuid,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub rights: JsonText<Vec<Right>>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
    /// When it was ended before that.
    pub ended_at: Option<DateTime<Utc>>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl ApiKey {
    /// Whether it opens anything at this time.
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }
}

/// A key itself, for its holder's eyes.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// As it is sent with a call.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a new key is to be.
pub struct NewKey {
    /// What it is for.
    pub name: Words,
    /// What it may do.
    pub rights: Vec<Right>,
    /// How long it lasts, in days: 1 to [`LONGEST_LIFE`].
    pub days: u32,
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// The key.
    pub key: Uuid,
    /// Whose it is.
    pub organisation: Uuid,
    /// Its holder's name.
    pub name: String,
    /// What it may do.
    pub rights: Vec<Right>,
}

impl Partner {
    /// Whether the key may do this.
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }
}

/// Makes a key for an organisation. Gives the key itself, which nobody can give again.
pub async fn create(cw: &Casework, by: &StaffSession, organisation: Uuid, new: &NewKey) -> Result<Secret, Error> {
    let secret =
        Zeroizing::new(format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&randomness::bytes::<32>(&*cw.randomness))));
    let (id, now) = (cw.new_id(), cw.now());
    let mut tx = cw.storage.write().await?;
    execute!(
        &mut tx,
        "INSERT INTO api_key (id, organisation_id, name, lookup, rights, created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        organisation,
        new.name.as_str(),
        lookup(cw, &secret),
        JsonText(&new.rights),
        by.staff,
        now,
        now + TimeDelta::days(new.days.clamp(1, LONGEST_LIFE).into())
    )?;
    let rights = new.rights.iter().map(|right| right.as_str()).collect::<Vec<_>>().join(" ");
    audit::record(cw, &mut tx, Actor::Staff(by.staff), "key.create", organisation, &format!("{id} {rights}")).await?;
    tx.commit().await?;
    Ok(Secret(secret))
}

/// Ends a key at once. Of one that has ended nothing changes.
pub async fn end(cw: &Casework, by: &StaffSession, organisation: Uuid, key: Uuid) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    let ended = execute!(
        &mut tx,
        "UPDATE api_key SET ended_at = $1 WHERE id = $2 AND organisation_id = $3 AND ended_at IS NULL",
        cw.now(),
        key,
        organisation
    )?;
    if ended == 1 {
        audit::record(cw, &mut tx, Actor::Staff(by.staff), "key.end", organisation, &key.to_string()).await?;
    }
    Ok(tx.commit().await?)
}

/// An organisation's keys, the newest first.
pub async fn of(cw: &Casework, organisation: Uuid) -> Result<Vec<ApiKey>, Error> {
    let sql = "SELECT id, name, rights, created_at, expires_at, ended_at, last_used_at FROM api_key
        WHERE organisation_id = $1 ORDER BY id DESC";
    Ok(fetch_all!(&mut cw.storage.read().await?, ApiKey, sql, organisation)?)
}

#[derive(FromRow)]
struct Found {
    key: Uuid,
    organisation: Uuid,
    name: String,
    rights: JsonText<Vec<Right>>,
    last_used_at: Option<DateTime<Utc>>,
}

/// Who holds this key; nobody if it has ended, or its holder is paused.
pub async fn holder(cw: &Casework, secret: &str) -> Result<Option<Partner>, Error> {
    if !secret.starts_with(PREFIX) {
        return Ok(None);
    }
    let now = cw.now();
    let found = fetch_optional!(
        &mut cw.storage.read().await?,
        Found,
        "SELECT api_key.id AS key, organisation.id AS organisation, organisation.name, rights, last_used_at
         FROM api_key JOIN organisation ON organisation.id = organisation_id
         WHERE lookup = $1 AND ended_at IS NULL AND expires_at > $2 AND suspended_at IS NULL",
        lookup(cw, secret),
        now
    )?;
    let Some(found) = found else { return Ok(None) };
    if found.last_used_at.is_none_or(|last| now - last >= USE_NOTED) {
        let mut tx = cw.storage.write().await?;
        execute!(&mut tx, "UPDATE api_key SET last_used_at = $1 WHERE id = $2", now, found.key)?;
        tx.commit().await?;
    }
    let Found { key, organisation, name, rights: JsonText(rights), .. } = found;
    Ok(Some(Partner { key, organisation, name, rights }))
}

fn lookup(cw: &Casework, secret: &str) -> LookupHash {
    cw.keys.lookup(Purpose::ApiKey, secret.as_bytes())
}
