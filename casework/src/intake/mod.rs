//! From a draft to a sealed case: Send, and the receipt it gives.
//!
//! Sending is one transaction. Its first act takes the draft's row, so that of two sends at once the second waits, finds
//! it taken, and shows the first one's code.

pub mod made_up;

use sqlx::FromRow;
use uuid::Uuid;

use crate::answer;
use crate::audit;
use crate::case_code::CaseCode;
use crate::case_keys::{self, CasePublicKeys, NewCaseKeys};
use crate::claim::{self, Collection};
use crate::contact;
use crate::draft::{self, KEPT};
use crate::epoch;
use crate::flood;
use crate::history::{self, Actor, Event};
use crate::item::{self, NewItem, Placed};
use crate::priority::{self, Facts, Priority};
use crate::reference::Reference;
use crate::report::{Door, Report, Step, Walk};
use crate::routing::{self, Destination, Routed, Routing};
use crate::storage::{JsonText, StorageError, Tx};
use crate::taxonomy::{CaseState, Country, Danger, LanguageCode};
use crate::vault::{Binding, CookieKeys, CookieToken, OpenError, PublicKey, Purpose, Sealed};
use crate::video::{self, Videos};
use crate::{Casework, Error, execute, fetch_optional};

/// What the reporter gets.
pub struct Receipt {
    /// Opens the case. Shown once, until it is saved.
    pub code: CaseCode,
    /// Names the case, opens nothing.
    pub reference: Reference,
    /// The country the reporter named.
    pub country: Option<Country>,
    /// Whether somebody is in danger now.
    pub danger: Danger,
    /// Whether the reporter gave fingerprints of files.
    pub has_files: bool,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// No hotline can take a report: none has been set up.
    #[error("no hotline takes reports yet")]
    NotOpen,
    /// There is no draft: it ran out, or the browser keeps no cookies.
    #[error("there is no draft")]
    NoDraft,
    /// A step still needs an answer.
    #[error("a step is not answered yet")]
    Incomplete(Step),
    /// Our fault.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<StorageError> for SendError {
    fn from(cause: StorageError) -> Self {
        Self::Failed(cause.into())
    }
}

impl From<OpenError> for SendError {
    fn from(cause: OpenError) -> Self {
        Self::Failed(cause.into())
    }
}

const CODE: &str = "draft.code";

/// Sends what was told at a door. Sent again, or while another send is under way, it makes nothing new and gives the same
/// receipt.
pub async fn send(
    cw: &Casework,
    cookie: &CookieToken,
    door: Door,
    language: &LanguageCode,
) -> Result<Receipt, SendError> {
    let keys = draft::keys_of(cw, cookie);
    let mut tx = cw.storage.write().await?;
    let row = draft::row_of(cw, &mut tx, &keys).await?.ok_or(SendError::NoDraft)?;
    if row.case_id.is_some() {
        return receipt_of(cw, &mut tx, &keys).await?.ok_or(SendError::NoDraft);
    }
    let walk = Walk::along(door, &draft::opened(&keys, &row)?.at(door));
    let open = walk.open;
    let report = walk.report().ok_or(SendError::Incomplete(open))?;

    let files = report.files().iter().map(|file| file.sha256);
    let videos = video::of_draft(cw, &mut tx, &keys, &row, files).await?;
    let case = cw.new_id();
    let code = CaseCode::generate(&*cw.randomness);
    if !become_receipt(cw, &mut tx, &keys, row.id, case, &code).await? {
        drop(tx);
        return receipt(cw, cookie).await?.ok_or(SendError::NoDraft);
    }
    video::forget_parts(&mut tx, row.id).await?;
    let reference = receive(cw, &mut tx, case, &code, &report, &videos, language).await?;
    tx.commit().await?;
    Ok(Receipt {
        code,
        reference,
        country: report.country().cloned(),
        danger: report.danger(),
        has_files: !report.files().is_empty(),
    })
}

/// Turns the draft's row into the receipt; false if another send has done so. The answers in it are gone from then on.
async fn become_receipt(
    cw: &Casework,
    tx: &mut Tx,
    keys: &CookieKeys,
    draft: Uuid,
    case: Uuid,
    code: &CaseCode,
) -> Result<bool, Error> {
    let sealed_code = keys.sealing.wrap(&*cw.randomness, Binding::new(draft, CODE), code.to_string().as_bytes());
    let taken = execute!(
        tx,
        "UPDATE draft SET case_id = $1, sealed_code = $2, sealed_answers = $3, expires_at = $4 WHERE id = $5 AND case_id IS NULL",
        case,
        sealed_code,
        Sealed::from_bytes(Vec::new()),
        cw.now() + KEPT,
        draft
    )?;
    Ok(taken == 1)
}

/// The receipt of what this cookie sent, until it is saved or an hour has passed.
pub async fn receipt(cw: &Casework, cookie: &CookieToken) -> Result<Option<Receipt>, Error> {
    let mut tx = cw.storage.read().await?;
    receipt_of(cw, &mut tx, &draft::keys_of(cw, cookie)).await
}

#[derive(FromRow)]
struct Sent {
    reference: Reference,
    country: Option<Country>,
    danger: Danger,
    has_files: bool,
}

async fn receipt_of(cw: &Casework, tx: &mut Tx, keys: &CookieKeys) -> Result<Option<Receipt>, Error> {
    let Some(row) = draft::row_of(cw, tx, keys).await? else {
        return Ok(None);
    };
    let (Some(case), Some(sealed_code)) = (row.case_id, row.sealed_code) else {
        return Ok(None);
    };
    let sent = fetch_optional!(
        tx,
        Sent,
        "SELECT reference, country, danger,
            EXISTS (SELECT 1 FROM item WHERE case_id = cases.id AND kind = 'file') AS has_files
         FROM cases WHERE id = $1",
        case
    )?;
    let Some(Sent { reference, country, danger, has_files }) = sent else { return Ok(None) };
    let plain = keys.sealing.unwrap(Binding::new(row.id, CODE), &sealed_code)?;
    let code = std::str::from_utf8(&plain).ok().and_then(|code| code.parse().ok());
    Ok(Some(Receipt { code: code.ok_or(Error::Inconsistent(CODE))?, reference, country, danger, has_files }))
}

/// "I have saved it": the receipt is gone.
pub async fn saved(cw: &Casework, cookie: &CookieToken) -> Result<(), Error> {
    draft::discard(cw, cookie).await
}

/// Makes the case of a report, and of the frames of its videos: routed, prioritised, sealed. Gives its reference.
pub async fn receive(
    cw: &Casework,
    tx: &mut Tx,
    case: Uuid,
    code: &CaseCode,
    report: &Report,
    videos: &Videos,
    language: &LanguageCode,
) -> Result<Reference, SendError> {
    let items = items_of(report);
    let placed = place(cw, tx, &items).await?;
    let routing = routing::load(tx).await?.ok_or(SendError::NotOpen)?;
    let hotline = route(tx, &routing, report, &placed, language).await?.ok_or(SendError::NotOpen)?;
    let flood = match flood::may_be_one_of_many(report.harm(), report.reporter(), report.danger()) {
        true => flood::join(cw, tx, hotline.id, &item::lookups(cw, &items)).await?,
        false => None,
    };
    let facts = Facts {
        looks_like_bulk: flood.is_some(),
        earlier_reports: item::earlier_cases(cw, tx, &items).await?,
        ..facts_of(report)
    };
    let in_force = priority::load(tx).await?;
    let priority = priority::priority(&facts, &in_force.table, &cw.hours, cw.now());
    let keys = NewCaseKeys::generate(cw);
    let reference = insert(
        cw,
        tx,
        &NewCase {
            id: case,
            hotline: &hotline,
            code,
            report,
            facts: &facts,
            priority: &priority,
            flood: flood.as_ref(),
            priority_version: in_force.version,
            keys: &keys,
            language,
        },
    )
    .await?;
    history::record(cw, tx, case, Actor::Reporter, None, &Event::Received).await?;
    history::record(cw, tx, case, Actor::System, None, &Event::Prioritised { level: priority.level.into() }).await?;

    keep_told(cw, tx, case, &keys.public(), report, &placed, videos).await?;
    if let Some(email) = report.email() {
        contact::keep(cw, tx, case, email, language.as_str()).await?;
    }
    audit::record(cw, tx, Actor::Reporter, "case.receive", case, report.harm().as_str()).await?;
    Ok(reference)
}

/// What a report says by itself.
fn facts_of(report: &Report) -> Facts {
    Facts {
        harm: report.harm(),
        reporter: report.reporter(),
        age_band: report.age_band(),
        danger: report.danger(),
        spreading: report.spreading(),
        trusted_flagger: false,
        looks_like_bulk: false,
        earlier_reports: 0,
    }
}

fn items_of(report: &Report) -> Vec<NewItem<'_>> {
    let links = report.links().iter().map(NewItem::Location);
    let account = report.account().into_iter().map(NewItem::Account);
    links.chain(account).chain(report.files().iter().map(NewItem::File)).collect()
}

/// Finds with whom items lie, and where.
async fn place<'a>(cw: &Casework, tx: &mut Tx, items: &[NewItem<'a>]) -> Result<Vec<Placed<'a>>, Error> {
    let mut placed = Vec::new();
    for item in items {
        placed.push(item::place(cw, tx, *item).await?);
    }
    Ok(placed)
}

/// Seals what was told: items and answers. A child's own files are claimed for the list at once.
async fn keep_told(
    cw: &Casework,
    tx: &mut Tx,
    case: Uuid,
    keys: &CasePublicKeys,
    report: &Report,
    items: &[Placed<'_>],
    videos: &Videos,
) -> Result<(), Error> {
    let collection = claim::is_own_image(report.harm(), report.reporter()).then_some(Collection::SelfReported);
    let mut listed = 0;
    for item in items {
        let id = item::add(cw, tx, case, keys, item).await?;
        let NewItem::File(file) = item.item else { continue };
        if let Some(frames) = videos.get(&file.sha256) {
            video::add(cw, tx, case, id, frames, collection).await?;
        }
        if let Some(collection) = collection {
            claim::make(cw, tx, case, id, file, collection).await?;
            listed += 1;
        }
    }
    if listed > 0 {
        history::record(cw, tx, case, Actor::Reporter, None, &Event::FingerprintsListed { files: listed }).await?;
    }
    for (kind, body) in report.answers() {
        answer::add(cw, tx, case, keys, kind, &body).await?;
    }
    Ok(())
}

struct NewCase<'a> {
    id: Uuid,
    hotline: &'a Hotline,
    code: &'a CaseCode,
    report: &'a Report,
    facts: &'a Facts,
    priority: &'a Priority,
    flood: Option<&'a flood::Part>,
    priority_version: i64,
    keys: &'a NewCaseKeys,
    language: &'a LanguageCode,
}

/// Writes the case's row, and seals its keys to the hotline; draws another reference should a case already have it.
async fn insert(cw: &Casework, tx: &mut Tx, new: &NewCase<'_>) -> Result<Reference, Error> {
    loop {
        let reference = Reference::generate(&*cw.randomness);
        let inserted = execute!(
            tx,
            "INSERT INTO cases (id, reference, hotline_id, state, harm, reporter, age_band, country, language, danger, spreading,
                level, flagger_rank, deadline, reasons, received_at, updated_at, public_key, staff_public_key, code_lookup,
                reporter_wrapped_key, priority_version, flood_id, is_collapsed, team_id, routed, is_unrouted)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, $17, $18, $19, $20, $21, $22, $23,
                $24, $25, $26)
             ON CONFLICT (reference) DO NOTHING",
            new.id,
            reference.as_str(),
            new.hotline.id,
            CaseState::Received,
            new.facts.harm,
            new.facts.reporter,
            new.facts.age_band,
            new.report.country().map(Country::as_str),
            new.language.as_str(),
            new.facts.danger,
            new.facts.spreading,
            i64::from(new.priority.level),
            i64::from(new.priority.flagger_rank),
            new.priority.deadline,
            JsonText(&new.priority.reasons),
            cw.now(),
            new.keys.case.public,
            new.keys.staff.public,
            cw.keys.lookup(Purpose::CaseCode, new.code.as_bytes()),
            case_keys::wrap_for_reporter(cw, new.code, new.id, &new.keys.case.private),
            new.priority_version,
            new.flood.map(|part| part.flood),
            new.flood.is_some_and(|part| !part.is_sample),
            new.hotline.team,
            JsonText(&new.hotline.routed),
            new.hotline.routed.is_unrouted()
        )?;
        if inserted == 1 {
            let Hotline { epoch, public_key, .. } = new.hotline;
            let NewCaseKeys { case, staff } = new.keys;
            case_keys::seal_to_epoch(cw, tx, new.id, *epoch, public_key, &case.private, &staff.private).await?;
            return Ok(reference);
        }
    }
}

/// Where a case goes, and why: a hotline, its current epoch, and the team that is asked first.
struct Hotline {
    id: Uuid,
    team: Option<Uuid>,
    routed: Routed,
    epoch: Uuid,
    public_key: PublicKey,
}

/// The hotline of a report; none while it takes no cases.
async fn route(
    tx: &mut Tx,
    routing: &Routing,
    report: &Report,
    items: &[Placed<'_>],
    language: &LanguageCode,
) -> Result<Option<Hotline>, Error> {
    let (Destination { hotline: id, team }, routed) = routing.decide(&routing::Facts {
        country: report.country().cloned(),
        language: language.clone(),
        harm: report.harm(),
        providers: items.iter().filter_map(|item| item.provider).collect(),
        hosts: items.iter().filter_map(|item| item.host.clone()).collect(),
        source: None,
    });
    let current = epoch::current_epoch(tx, id).await?;
    Ok(current.map(|(epoch, public_key)| Hotline { id, team, routed, epoch, public_key }))
}
