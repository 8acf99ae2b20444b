//! The things a case is about: a link, an account, or a file (its fingerprints). Items have their own life in a case.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use hashing::{FileFingerprints, Pdq};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::account::AccountHandle;
use crate::case_keys::CasePublicKeys;
use crate::location::Location;
use crate::storage::Tx;
use crate::taxonomy::{Country, ItemKind, choice};
use crate::vault::{Binding, LookupHash, PrivateKey, Purpose, Sealed};
use crate::{Casework, Error, execute, fetch_all, fetch_one, fetch_optional};

/// What is to become an item.
#[derive(Clone, Copy)]
pub enum NewItem<'a> {
    /// A URL.
    Location(&'a Location),
    /// A provider and a handle.
    Account(&'a AccountHandle),
    /// A file, by its fingerprints.
    File(&'a FileFingerprints),
}

/// What is to become an item, and with whom and where it lies.
pub struct Placed<'a> {
    /// What it is.
    pub item: NewItem<'a>,
    /// The provider of the directory that has it.
    pub provider: Option<Uuid>,
    /// The country its host is in, of a link.
    pub host: Option<Country>,
}

/// Finds with whom an item lies, and where, as far as the directory and the operator's table know.
pub async fn place<'a>(cw: &Casework, tx: &mut Tx, item: NewItem<'a>) -> Result<Placed<'a>, Error> {
    let (provider, host) = match item {
        NewItem::Location(location) => (
            provider_of_domain(tx, &location.registrable_domain()).await?,
            cw.host_countries.country_of(location).cloned(),
        ),
        NewItem::Account(account) => match account.provider() {
            Some(name) => (provider_by_name(tx, name).await?, None),
            None => (None, None),
        },
        NewItem::File(_) => (None, None),
    };
    Ok(Placed { item, provider, host })
}

/// An item, opened.
#[derive(Clone, Debug)]
pub struct Item {
    /// The row.
    pub id: Uuid,
    /// The provider it lies with, if it is one of the directory.
    pub provider: Option<Provider>,
    /// The registrable domain, of a link.
    pub domain: Option<String>,
    /// What it is.
    pub detail: Detail,
    /// `open`, until something became of it.
    pub state: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

/// A provider of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The organisation.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// What an item is.
#[derive(Clone, Debug)]
pub enum Detail {
    /// A URL.
    Location(Location),
    /// A provider and a handle.
    Account(AccountHandle),
    /// A file.
    File {
        /// Told from its first bytes.
        media_type: String,
        /// All there are.
        fingerprints: Vec<Fingerprint>,
    },
}

choice! {
    /// How a fingerprint was computed.
    Algorithm {
        /// The perceptual hash of a picture, 256 bits.
        Pdq = "pdq",
        /// Of a video's frames: the SHA-256 of their list, which stands in [`crate::video`].
        Vpdq = "vpdq",
        /// Of the file's bytes (RFC 1321).
        Md5 = "md5",
        /// Of the file's bytes (FIPS 180-4).
        Sha1 = "sha1",
        /// Of the file's bytes (FIPS 180-4).
        Sha256 = "sha256",
    }
}

/// One fingerprint of a file.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Fingerprint {
    /// How it was computed.
    pub algorithm: Algorithm,
    /// The hash itself, most significant byte first.
    pub value: Vec<u8>,
    /// For PDQ: how much structure the picture has, 0 to 100.
    pub quality: Option<i64>,
    /// `original`, how the picture was turned before it was hashed, or `frame_` and which frame of an animation it is.
    pub variant: String,
}

const DETAIL: &str = "item.detail";

/// Every fingerprint of a file, the exact ones first.
pub fn fingerprints_of(file: &FileFingerprints) -> Result<Vec<Fingerprint>, Error> {
    let original = || "original".to_owned();
    let exact =
        |algorithm, value: &[u8]| Fingerprint { algorithm, value: value.to_vec(), quality: None, variant: original() };
    let picture = |pdq: &Pdq, quality: Option<u8>, variant| Fingerprint {
        algorithm: Algorithm::Pdq,
        value: pdq.as_bytes().to_vec(),
        quality: quality.map(i64::from),
        variant,
    };
    let mut all = vec![
        exact(Algorithm::Md5, file.md5.as_bytes()),
        exact(Algorithm::Sha1, file.sha1.as_bytes()),
        exact(Algorithm::Sha256, file.sha256.as_bytes()),
    ];
    all.extend(file.pdq.iter().map(|pdq| picture(pdq, file.pdq_quality, original())));
    for variant in &file.variants {
        all.push(picture(&variant.pdq, file.pdq_quality, code(&variant.turned)?));
    }
    for copy in &file.edited {
        all.push(picture(&copy.pdq, file.pdq_quality, code(&copy.edit)?));
    }
    for frame in &file.frames {
        all.push(picture(&frame.pdq, Some(frame.pdq_quality), format!("frame_{}", frame.frame)));
    }
    Ok(all)
}

/// Adds an item to a case. What identifies a person is sealed; beside it stand a keyed hash that relates cases, the
/// registrable domain, the provider that owns it, its host's country, and a file's fingerprints.
pub async fn add(
    cw: &Casework,
    tx: &mut Tx,
    case: Uuid,
    keys: &CasePublicKeys,
    placed: &Placed<'_>,
) -> Result<Uuid, Error> {
    let (id, item) = (cw.new_id(), placed.item);
    let seal = |plain: &[u8]| keys.public_key.seal(&*cw.randomness, Binding::new(id, DETAIL), plain);
    let row = match item {
        NewItem::Location(location) => NewRow {
            kind: ItemKind::Location,
            domain: Some(location.registrable_domain()),
            lookup: lookup_of(cw, &item),
            detail: Some(seal(location.as_str().as_bytes())),
            media_type: None,
        },
        NewItem::Account(account) => NewRow {
            kind: ItemKind::Account,
            domain: None,
            lookup: lookup_of(cw, &item),
            detail: Some(seal(&stored_account(account)?)),
            media_type: None,
        },
        NewItem::File(file) => NewRow {
            kind: ItemKind::File,
            domain: None,
            lookup: None,
            detail: None,
            media_type: Some(code(&file.media_type)?),
        },
    };
    execute!(
        tx,
        "INSERT INTO item (id, case_id, kind, provider_id, domain, lookup, sealed_detail, media_type, created_at, host_country)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id,
        case,
        row.kind,
        placed.provider,
        row.domain,
        row.lookup,
        row.detail,
        row.media_type,
        cw.now(),
        placed.host.clone()
    )?;
    if let NewItem::File(file) = item {
        add_fingerprints(cw, tx, id, file).await?;
    }
    Ok(id)
}

struct NewRow {
    kind: ItemKind,
    domain: Option<String>,
    lookup: Option<LookupHash>,
    detail: Option<Sealed>,
    media_type: Option<String>,
}

async fn add_fingerprints(cw: &Casework, tx: &mut Tx, item: Uuid, file: &FileFingerprints) -> Result<(), Error> {
    for fingerprint in fingerprints_of(file)? {
        add_fingerprint(cw, tx, item, &fingerprint).await?;
    }
    Ok(())
}

/// Adds one fingerprint to a file's item.
pub(crate) async fn add_fingerprint(
    cw: &Casework,
    tx: &mut Tx,
    item: Uuid,
    fingerprint: &Fingerprint,
) -> Result<(), Error> {
    execute!(
        tx,
        "INSERT INTO fingerprint (id, item_id, algorithm, value, quality, variant) VALUES ($1, $2, $3, $4, $5, $6)",
        cw.new_id(),
        item,
        fingerprint.algorithm,
        fingerprint.value.as_slice(),
        fingerprint.quality,
        fingerprint.variant.as_str()
    )?;
    Ok(())
}

async fn provider_of_domain(tx: &mut Tx, domain: &str) -> Result<Option<Uuid>, Error> {
    let owner =
        fetch_optional!(tx, (Uuid,), "SELECT organisation_id FROM organisation_domain WHERE domain = $1", domain)?;
    Ok(owner.map(|(id,)| id))
}

/// People name a provider by its name or its domain.
async fn provider_by_name(tx: &mut Tx, name: &str) -> Result<Option<Uuid>, Error> {
    match provider_named(tx, name).await? {
        Some(id) => Ok(Some(id)),
        None => provider_of_domain(tx, &name.to_lowercase()).await,
    }
}

/// The provider of the directory that has this name, however its letters are written.
pub(crate) async fn provider_named(tx: &mut Tx, name: &str) -> Result<Option<Uuid>, Error> {
    let sql = "SELECT id FROM organisation WHERE kind = 'provider' AND lower(name) = $1 ORDER BY id LIMIT 1";
    Ok(fetch_optional!(tx, (Uuid,), sql, name.to_lowercase())?.map(|(id,)| id))
}

/// The keyed hash that relates cases. A file has none: nothing may tell whether it was known.
fn lookup_of(cw: &Casework, item: &NewItem<'_>) -> Option<LookupHash> {
    match item {
        NewItem::Location(location) => Some(cw.keys.lookup(Purpose::Location, &location.lookup_bytes())),
        NewItem::Account(account) => Some(cw.keys.lookup(Purpose::Account, &account.lookup_bytes())),
        NewItem::File(_) => None,
    }
}

/// An account as it is sealed. A provider that is not known is empty.
#[derive(Serialize, Deserialize)]
struct StoredAccount {
    provider: String,
    handle: String,
}

fn stored_account(account: &AccountHandle) -> Result<Vec<u8>, Error> {
    let provider = account.provider().unwrap_or_default().to_owned();
    let stored = StoredAccount { provider, handle: account.handle().to_owned() };
    serde_json::to_vec(&stored).map_err(|_| Error::Inconsistent(DETAIL))
}

fn read_account(stored: &str) -> Result<AccountHandle, Error> {
    let stored: StoredAccount = serde_json::from_str(stored).map_err(|_| Error::Inconsistent(DETAIL))?;
    AccountHandle::parse(&stored.provider, &stored.handle).map_err(|_| Error::Inconsistent(DETAIL))
}

/// The text code by which a choice of `hashing` is written.
fn code(choice: &impl Serialize) -> Result<String, Error> {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(code)) => Ok(code),
        _ => Err(Error::Inconsistent("fingerprint")),
    }
}

/// The keyed hashes of these items.
pub(crate) fn lookups(cw: &Casework, items: &[NewItem<'_>]) -> Vec<LookupHash> {
    items.iter().filter_map(|item| lookup_of(cw, item)).collect()
}

/// How many cases already hold one and the same link or account: the most of any of these items, counted up to a thousand
/// reports.
pub async fn earlier_cases(cw: &Casework, tx: &mut Tx, items: &[NewItem<'_>]) -> Result<u32, Error> {
    let sql = "SELECT count(DISTINCT case_id) FROM (SELECT case_id FROM item WHERE lookup = $1 LIMIT 1000) AS counted";
    let mut most = 0;
    for lookup in lookups(cw, items) {
        let (cases,) = fetch_one!(tx, (i64,), sql, lookup)?;
        most = most.max(cases);
    }
    Ok(u32::try_from(most).unwrap_or(u32::MAX))
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    kind: ItemKind,
    provider_id: Option<Uuid>,
    provider_name: Option<String>,
    domain: Option<String>,
    sealed_detail: Option<Sealed>,
    media_type: Option<String>,
    state: String,
    created_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct FingerprintRow {
    item_id: Uuid,
    #[sqlx(flatten)]
    fingerprint: Fingerprint,
}

/// A case's items in the order they were added, opened with the case's private half.
pub async fn of_case(tx: &mut Tx, case: Uuid, key: &PrivateKey) -> Result<Vec<Item>, Error> {
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT item.id, item.kind, provider_id, organisation.name AS provider_name, domain, sealed_detail, media_type, state,
                item.created_at
         FROM item LEFT JOIN organisation ON organisation.id = provider_id
         WHERE case_id = $1 ORDER BY item.created_at, item.id",
        case
    )?;
    let mut fingerprints = fingerprints_of_case(tx, case).await?;
    rows.into_iter().map(|row| opened(row, key, &mut fingerprints)).collect()
}

async fn fingerprints_of_case(tx: &mut Tx, case: Uuid) -> Result<HashMap<Uuid, Vec<Fingerprint>>, Error> {
    let rows = fetch_all!(
        tx,
        FingerprintRow,
        "SELECT item_id, algorithm, value, quality, variant FROM fingerprint
         JOIN item ON item.id = item_id WHERE case_id = $1 ORDER BY algorithm, variant",
        case
    )?;
    let mut by_item: HashMap<Uuid, Vec<Fingerprint>> = HashMap::new();
    for row in rows {
        by_item.entry(row.item_id).or_default().push(row.fingerprint);
    }
    Ok(by_item)
}

fn opened(row: Row, key: &PrivateKey, fingerprints: &mut HashMap<Uuid, Vec<Fingerprint>>) -> Result<Item, Error> {
    let open = || {
        let sealed = row.sealed_detail.as_ref().ok_or(Error::Inconsistent(DETAIL))?;
        Ok::<_, Error>(key.open_text(Binding::new(row.id, DETAIL), sealed)?)
    };
    let detail = match row.kind {
        ItemKind::Location => Detail::Location(open()?.parse().map_err(|_| Error::Inconsistent(DETAIL))?),
        ItemKind::Account => Detail::Account(read_account(&open()?)?),
        ItemKind::File => Detail::File {
            media_type: row.media_type.unwrap_or_default(),
            fingerprints: fingerprints.remove(&row.id).unwrap_or_default(),
        },
        ItemKind::Place => return Err(Error::Inconsistent("item.kind")),
    };
    let provider = row.provider_id.zip(row.provider_name).map(|(id, name)| Provider { id, name });
    Ok(Item { id: row.id, provider, domain: row.domain, detail, state: row.state, created_at: row.created_at })
}
