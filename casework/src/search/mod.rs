//! Finding cases, open or closed, newest first: by name, link, account, fingerprint, domain or provider, and by what they
//! are about.
//!
//! What is sealed can't be read to search in it. A link or an account is found by the keyed hash that also relates cases,
//! so it must be the whole link, or the account's name with the app it is on; a domain, a provider and a fingerprint are
//! readable. Case ids sort by when a report came, and each index ends with them: a page costs the same wherever it is.

mod typed;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use hashing::Pdq;
use sqlx::FromRow;
use uuid::Uuid;

use crate::account::AccountHandle;
use crate::item;
use crate::queue::{QueueFilter, QueueRow, row_columns};
use crate::randomness::{SLACK, first_id};
use crate::reference::Reference;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::ContextLabel;
use crate::vault::{Binding, LookupHash, Purpose, Sealed};
use crate::{Casework, Error, fetch_all, fetch_one, fetch_optional};
use typed::Typed;

/// Most cases on one page.
pub const PAGE: usize = 50;
/// How many cases one page looks through at most. Rare combinations of filters go on from there.
const LOOKED_THROUGH: i64 = 50_000;
/// How many pictures that look alike are shown, the closest first.
const NEAR: usize = 50;
/// How many providers an account's name is tried with.
const PROVIDERS: i64 = 500;

/// What narrows a search down beside what was typed. Every part is optional, all must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchFilter {
    /// Level, harm, language, country, state and team.
    pub about: QueueFilter,
    /// A label the case has.
    pub label: Option<ContextLabel>,
    /// The trusted flagger who sent it.
    pub flagger: Option<Uuid>,
    /// The flood it is part of.
    pub flood: Option<Uuid>,
    /// Reports from then on.
    pub from: Option<DateTime<Utc>>,
    /// Reports before then.
    pub until: Option<DateTime<Utc>>,
}

const TEXT: &str = "search.text";

/// What a member typed, closed so that it may stand in an address: the addresses of pages are kept by browsers and by
/// whatever lies between, and what was typed may be a child's name.
pub fn closed(cw: &Casework, session: &StaffSession, text: &str) -> String {
    let binding = Binding::new(session.staff, TEXT);
    BASE64URL_NOPAD.encode(cw.keys.operational().public.seal(&*cw.randomness, binding, text.as_bytes()).as_bytes())
}

/// What this member typed; nothing if it was closed for somebody else, or is no such thing.
pub fn opened(cw: &Casework, session: &StaffSession, closed: &str) -> Option<String> {
    let sealed = Sealed::from_bytes(BASE64URL_NOPAD.decode(closed.as_bytes()).ok()?);
    cw.keys.operational().private.open_text(Binding::new(session.staff, TEXT), &sealed).ok()
}

/// Where cases are found: each a list of cases that can be walked from any place.
enum Source {
    Every,
    Flagger(Uuid),
    Flood(Uuid),
    Label(ContextLabel),
    Lookup(LookupHash),
    Domain(String),
    Provider(Uuid),
    Fingerprint(Vec<u8>),
    Cases(BTreeSet<Uuid>),
}

/// Cases found, newest first.
pub struct Found {
    /// At most [`PAGE`].
    pub rows: Vec<QueueRow>,
    /// After which case the next page starts; none if all were looked through.
    pub next: Option<Uuid>,
}

/// Before every case, for a first page.
const NEWEST: Uuid = Uuid::max();

/// Cases of the hotline that were meant by `text` (none: all of them) and pass the filter, newest first.
pub async fn find(
    cw: &Casework,
    session: &StaffSession,
    text: Option<&str>,
    filter: &SearchFilter,
    after: Option<Uuid>,
) -> Result<Found, Error> {
    let mut tx = cw.storage.read().await?;
    let sources = match text {
        None => vec![of_filter(filter)],
        Some(text) => meant(cw, &mut tx, session, Typed::read(text)).await?,
    };
    let mut found = Found { rows: Vec::new(), next: None };
    for source in &sources {
        let part = page(cw, &mut tx, session, source, filter, after.unwrap_or(NEWEST)).await?;
        found.next = found.next.max(part.next);
        found.rows.extend(part.rows);
    }
    Ok(merged(found))
}

/// Newest first, each once, and not past the place to which every source was walked.
fn merged(mut found: Found) -> Found {
    found.rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    found.rows.dedup_by_key(|row| row.id);
    if let Some(next) = found.next {
        found.rows.retain(|row| row.id >= next);
    }
    if found.rows.len() > PAGE {
        found.rows.truncate(PAGE);
        found.next = found.rows.last().map(|row| row.id);
    }
    found
}

/// Without a text, the shortest of the lists the filter allows.
fn of_filter(filter: &SearchFilter) -> Source {
    match (filter.flood, filter.flagger, filter.label) {
        (Some(flood), ..) => Source::Flood(flood),
        (None, Some(flagger), _) => Source::Flagger(flagger),
        (None, None, Some(label)) => Source::Label(label),
        (None, None, None) => Source::Every,
    }
}

async fn meant(cw: &Casework, tx: &mut Tx, session: &StaffSession, typed: Typed) -> Result<Vec<Source>, Error> {
    Ok(match typed {
        Typed::Reference(reference, text) => {
            let mut sources = of_name(cw, tx, &text).await?;
            sources.push(Source::Cases(named(tx, session, &reference).await?.into_iter().collect()));
            sources
        }
        Typed::Location(location) => vec![Source::Lookup(cw.keys.lookup(Purpose::Location, &location.lookup_bytes()))],
        Typed::Domain(domain, text) => {
            let mut sources = of_name(cw, tx, &text).await?;
            sources.push(Source::Domain(domain));
            sources
        }
        Typed::Fingerprint(value) => {
            let near = near(cw, tx, session, &value).await?;
            vec![Source::Fingerprint(value), Source::Cases(near)]
        }
        Typed::Name(name) => of_name(cw, tx, &name).await?,
    })
}

/// These cases of the hotline, newest first.
pub async fn these(cw: &Casework, session: &StaffSession, cases: BTreeSet<Uuid>) -> Result<Vec<QueueRow>, Error> {
    let mut tx = cw.storage.read().await?;
    let page = page(cw, &mut tx, session, &Source::Cases(cases), &SearchFilter::default(), NEWEST).await?;
    Ok(merged(page).rows)
}

/// The hotline's case of this name, wherever it stands.
pub async fn by_reference(cw: &Casework, session: &StaffSession, reference: &Reference) -> Result<Option<Uuid>, Error> {
    named(&mut cw.storage.read().await?, session, reference).await
}

const NAMED: &str = "SELECT id FROM cases WHERE reference = $1 AND hotline_id = $2";

async fn named(tx: &mut Tx, session: &StaffSession, reference: &Reference) -> Result<Option<Uuid>, Error> {
    Ok(fetch_optional!(tx, (Uuid,), NAMED, reference.as_str(), session.organisation)?.map(|(case,)| case))
}

/// Cases with a picture that looks like the one of this PDQ hash.
async fn near(cw: &Casework, tx: &mut Tx, session: &StaffSession, value: &[u8]) -> Result<BTreeSet<Uuid>, Error> {
    let Ok(value) = value.try_into() else { return Ok(BTreeSet::new()) };
    let mut cases = BTreeSet::new();
    for (item, _) in cw.near.items_near(vec![Pdq::new(value)], NEAR).await {
        let sql = "SELECT case_id FROM item JOIN cases ON cases.id = case_id WHERE item.id = $1 AND hotline_id = $2";
        cases.extend(fetch_optional!(tx, (Uuid,), sql, item, session.organisation)?.map(|(case,)| case));
    }
    Ok(cases)
}

/// A provider of this name, and accounts of this name: where the app stands before it (`chatter @anna`) there, else where
/// the reporter did not know it and at each provider of the directory.
async fn of_name(cw: &Casework, tx: &mut Tx, name: &str) -> Result<Vec<Source>, Error> {
    let mut sources = Vec::new();
    sources.extend(item::provider_named(tx, name).await?.map(Source::Provider));
    for (app, handle) in accounts(tx, name).await? {
        let Ok(account) = AccountHandle::parse(&app, &handle) else { continue };
        let lookup = cw.keys.lookup(Purpose::Account, &account.lookup_bytes());
        if fetch_optional!(tx, (Uuid,), "SELECT id FROM item WHERE lookup = $1 LIMIT 1", lookup)?.is_some() {
            sources.push(Source::Lookup(lookup));
        }
    }
    Ok(sources)
}

async fn accounts(tx: &mut Tx, name: &str) -> Result<Vec<(String, String)>, Error> {
    let written = name.rsplit_once(char::is_whitespace).map(|(app, handle)| (app.to_owned(), handle.to_owned()));
    let sql = "SELECT name FROM organisation WHERE kind = 'provider' ORDER BY name LIMIT $1";
    let providers = fetch_all!(tx, (String,), sql, PROVIDERS)?;
    let anywhere = providers.into_iter().map(|(provider,)| (provider, name.to_owned()));
    Ok(written.into_iter().chain([(String::new(), name.to_owned())]).chain(anywhere).collect())
}

/// A page of a source. `$1` the hotline, `$2` what the source is of, `$3` and `$4` between which cases, `$5` how many are
/// looked through, `$6` to `$14`, `$17` and `$18` the filters, `$15` now, `$16` how many.
macro_rules! page_of {
    ($list:expr) => {
        concat!(
            "SELECT ", row_columns!("$15"),
            " FROM (SELECT cases.id AS page_id FROM (", walked!($list), ") AS walked CROSS JOIN cases
                WHERE cases.id = walked_id AND hotline_id = $1 AND ($6 IS NULL OR level = $6) AND ($7 IS NULL OR harm = $7)
                AND ($8 IS NULL OR language = $8) AND ($9 IS NULL OR country = $9) AND ($10 IS NULL OR state = $10)
                AND ($11 IS NULL OR EXISTS (SELECT 1 FROM label WHERE label.case_id = cases.id AND label = $11))
                AND ($12 IS NULL OR flagger_id = $12) AND ($17 IS NULL OR flood_id = $17) AND ($18 IS NULL OR team_id = $18) AND ($13 IS NULL OR received_at >= $13)
                AND ($14 IS NULL OR received_at < $14)
                ORDER BY cases.id DESC LIMIT $16) AS page CROSS JOIN cases WHERE cases.id = page_id ORDER BY cases.id DESC"
        )
    };
}

/// The cases of a source that one page looks through.
macro_rules! walked {
    ($list:expr) => {
        concat!("SELECT DISTINCT ", $list, " ORDER BY walked_id DESC LIMIT $5")
    };
}

/// How many cases were looked through, and the oldest of them.
macro_rules! end_of {
    ($list:expr) => {
        concat!(
            "WITH walked AS (",
            walked!($list),
            ") SELECT (SELECT COUNT(*) FROM walked) AS number,
                (SELECT walked_id FROM walked ORDER BY walked_id LIMIT 1) AS last"
        )
    };
}

#[derive(FromRow)]
struct End {
    number: i64,
    last: Option<Uuid>,
}

/// How far a page walks.
struct Walk<'a> {
    session: &'a StaffSession,
    filter: &'a SearchFilter,
    after: Uuid,
    down_to: Uuid,
    now: DateTime<Utc>,
}

/// Fetches a page of a list.
macro_rules! fetch_page {
    ($tx:expr, $walk:expr, $list:expr, $value:expr) => {{
        let (walk, about) = ($walk, &$walk.filter.about);
        fetch_all!(
            $tx,
            QueueRow,
            page_of!($list),
            walk.session.organisation,
            $value,
            walk.after,
            walk.down_to,
            LOOKED_THROUGH,
            about.level,
            about.harm,
            about.language.clone(),
            about.country.clone(),
            about.state,
            walk.filter.label,
            walk.filter.flagger,
            walk.filter.from,
            walk.filter.until,
            walk.now,
            i64::try_from(PAGE + 1).unwrap_or(i64::MAX),
            walk.filter.flood,
            about.team
        )
    }};
}

/// Fetches a page of a list, and where the walk ended.
macro_rules! walk {
    ($tx:expr, $walk:expr, $list:expr, $value:expr) => {{
        let walk = $walk;
        let rows = fetch_page!($tx, walk, $list, $value)?;
        let end = match rows.len() {
            0..=PAGE => fetch_one!(
                $tx,
                End,
                end_of!($list),
                walk.session.organisation,
                $value,
                walk.after,
                walk.down_to,
                LOOKED_THROUGH
            )?,
            _ => End { number: 0, last: None },
        };
        Ok(ended(rows, &end))
    }};
}

/// A full page goes on after its last row; one that is not full, where the walk stopped, if it did not reach the end.
fn ended(mut rows: Vec<QueueRow>, end: &End) -> Found {
    if rows.len() > PAGE {
        rows.truncate(PAGE);
        return Found { next: rows.last().map(|row| row.id), rows };
    }
    Found { rows, next: end.last.filter(|_| end.number >= LOOKED_THROUGH) }
}

/// A list of items that something is said of.
macro_rules! items {
    ($of:literal) => {
        concat!("case_id AS walked_id FROM item WHERE ", $of, " = $2 AND case_id < $3 AND case_id >= $4")
    };
}

/// Every case of the hotline.
macro_rules! every {
    () => {
        "id AS walked_id FROM cases WHERE hotline_id = $1 AND id < $3 AND id >= $4"
    };
}

/// The cases with a file of this fingerprint, of any kind.
macro_rules! fingerprint {
    () => {
        "case_id AS walked_id FROM fingerprint JOIN item ON item.id = item_id
         WHERE algorithm IN ('pdq', 'vpdq', 'md5', 'sha1', 'sha256') AND value = $2 AND case_id < $3 AND case_id >= $4"
    };
}

/// The statements by which cases are found, for whoever looks at how the engines carry them out.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn statements() -> Vec<crate::testing::Statement> {
    macro_rules! types {
        ($of:literal) => {
            concat!(
                "uuid, ",
                $of,
                ", uuid, uuid, bigint, bigint, text, text, text, text, text, uuid, timestamptz, timestamptz, timestamptz,
                bigint, uuid, uuid"
            )
        };
    }
    vec![
        ("search, a page of every case", page_of!(every!()), types!("uuid")),
        ("search, a page by link or account", page_of!(items!("lookup")), types!("bytea")),
        ("search, a page by domain", page_of!(items!("domain")), types!("text")),
        ("search, a page by provider", page_of!(items!("provider_id")), types!("uuid")),
        ("search, a page by fingerprint", page_of!(fingerprint!()), types!("bytea")),
        ("search, where a walk by link ends", end_of!(items!("lookup")), "uuid, bytea, uuid, uuid, bigint"),
        ("search by name", NAMED, "text, uuid"),
    ]
}

async fn page(
    cw: &Casework,
    tx: &mut Tx,
    session: &StaffSession,
    source: &Source,
    filter: &SearchFilter,
    after: Uuid,
) -> Result<Found, Error> {
    let after = filter.until.map_or(after, |until| after.min(first_id(until + SLACK)));
    let down_to = filter.from.map_or(Uuid::nil(), |from| first_id(from - SLACK));
    let walk = &Walk { session, filter, after, down_to, now: cw.now() };
    match source {
        Source::Every => walk!(tx, walk, every!(), Uuid::nil()),
        Source::Flagger(flagger) => {
            walk!(tx, walk, "id AS walked_id FROM cases WHERE flagger_id = $2 AND id < $3 AND id >= $4", *flagger)
        }
        Source::Flood(flood) => {
            walk!(tx, walk, "id AS walked_id FROM cases WHERE flood_id = $2 AND id < $3 AND id >= $4", *flood)
        }
        Source::Label(label) => walk!(
            tx,
            walk,
            "case_id AS walked_id FROM label WHERE label = $2 AND case_id < $3 AND case_id >= $4",
            *label
        ),
        Source::Lookup(lookup) => walk!(tx, walk, items!("lookup"), *lookup),
        Source::Domain(domain) => walk!(tx, walk, items!("domain"), domain.as_str()),
        Source::Provider(provider) => walk!(tx, walk, items!("provider_id"), *provider),
        Source::Fingerprint(value) => walk!(tx, walk, fingerprint!(), value.as_slice()),
        Source::Cases(cases) => some(tx, walk, cases).await,
    }
}

/// Each by itself: there are few, and none of them is walked past.
async fn some(tx: &mut Tx, walk: &Walk<'_>, cases: &BTreeSet<Uuid>) -> Result<Found, Error> {
    let mut rows = Vec::new();
    for case in cases {
        rows.extend(fetch_page!(tx, walk, "id AS walked_id FROM cases WHERE id = $2 AND id < $3 AND id >= $4", *case)?);
    }
    Ok(Found { rows, next: None })
}
