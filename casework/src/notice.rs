//! A notice: from one case to one provider, about its locations or accounts (DSA Art. 16).
//!
//! An analyst drafts it, reads exactly what will go out, and approves; the mail leaves through the outbox. The content is
//! sealed to the case. From approval until the provider has answered for good, a copy is sealed to the server's
//! operational key, which is what lets a worker send it; nobody is told who reported.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::assessment::{self, Look};
use crate::case_keys::{self, CaseKeys};
use crate::history::{self, Actor, Event};
use crate::item::{Detail, Item};
use crate::notice_link::{Asked, NoticeLink};
use crate::outbox::{self, Delivery, Leased, Task};
use crate::press::Press;
use crate::reference::Reference;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::{CaseState, Class, NoticeState};
use crate::text::Words;
use crate::vault::seal::{Binding, PrivateKey, PublicKey, Sealed};
use crate::{Casework, Error, audit, execute, fetch_all, fetch_one, fetch_optional};

/// Most items one notice may hold: more than that goes as another notice.
pub const MOST_ITEMS: usize = 100;
/// Most characters an explanation may have.
pub const MOST_EXPLANATION: usize = 5_000;

const CONTENT: &str = "notice.content";
const SENDING: &str = "notice.sending";
const ANSWER: &str = "notice.answer";
const PROVIDER_WORDS: &str = "notice.provider_words";

/// What a notice says: Art. 16(2)(a) and (b); (c) the hotline stands for the reporter, (d) is said in the mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Why it is illegal, in the analyst's words.
    pub explanation: String,
    /// Where it is.
    pub places: Vec<Place>,
}

/// One thing a notice is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// The exact electronic location.
    Location {
        /// The whole URL.
        url: String,
        /// What it was assessed as, when the notice was drafted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        class: Option<Class>,
    },
    /// An account at the provider.
    Account {
        /// Its handle.
        handle: String,
    },
}

/// A notice as staff see it in the case.
pub struct Notice {
    /// Its row.
    pub id: Uuid,
    /// To whom.
    pub provider: Uuid,
    /// The provider's name.
    pub provider_name: String,
    /// Where it stands.
    pub state: NoticeState,
    /// What it says.
    pub content: Content,
    /// What the provider answered, in their words, if anybody wrote it down.
    pub answer: Option<String>,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// When the mail was handed over.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the provider last answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// By when the provider should have answered.
    pub deadline: Option<DateTime<Utc>>,
}

/// All that goes into a notice's mail.
pub struct Outgoing {
    /// The notice.
    pub id: Uuid,
    /// The case's public name: the provider quotes it when answering.
    pub reference: Reference,
    /// The provider's name.
    pub provider_name: String,
    /// Where it takes notices.
    pub to: String,
    /// The language it reads.
    pub language: String,
    /// What it says.
    pub content: Content,
    /// When it was approved; before that, now.
    pub at: DateTime<Utc>,
    /// Where the provider answers, once it is approved.
    pub link: Option<NoticeLink>,
}

/// Why a notice could not be drafted, approved or changed.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// No item of this provider was chosen, or one that is not this case's.
    #[error("no item was chosen that this notice can be about")]
    NothingChosen,
    /// An item belongs to another provider, and nobody said that this one is meant all the same.
    #[error("an item belongs to another provider")]
    OtherProvider,
    /// More than [`MOST_ITEMS`].
    #[error("too many items for one notice")]
    TooMany,
    /// The provider has no address for notices.
    #[error("the provider has no address for notices")]
    NoAddress,
    /// The notice stands elsewhere by now, or may not go from its state to that one.
    #[error("the notice has moved on")]
    MovedOn,
    /// The case is not in this analyst's hands.
    #[error("the case is not in your hands")]
    NotYours,
    /// There is no such notice or case for this analyst.
    #[error("no such notice")]
    Unknown,
    /// Nobody can do anything about it.
    #[error(transparent)]
    Internal(#[from] Error),
}

impl From<crate::storage::StorageError> for NoticeError {
    fn from(cause: crate::storage::StorageError) -> Self {
        Self::Internal(cause.into())
    }
}

impl From<crate::vault::seal::OpenError> for NoticeError {
    fn from(cause: crate::vault::seal::OpenError) -> Self {
        Self::Internal(cause.into())
    }
}

/// What a notice is to be.
pub struct Draft {
    /// To whom.
    pub provider: Uuid,
    /// About which items of the case.
    pub items: BTreeSet<Uuid>,
    /// Why it is illegal.
    pub explanation: Words,
    /// The provider is meant even where an item is known to belong to another: a host, say, of somebody's site. A link told
    /// to the wrong one cannot be taken back.
    pub even_so: bool,
    /// The notice that this one takes the place of, if it has not gone out.
    pub replaces: Option<Uuid>,
}

impl Draft {
    /// A notice in nobody's place, to the provider that the items belong to.
    pub fn new(provider: Uuid, items: BTreeSet<Uuid>, explanation: Words) -> Self {
        Self { provider, items, explanation, even_so: false, replaces: None }
    }
}

/// Drafts a notice of a case that is in this analyst's hands. A second press gives the notice of the first.
pub async fn draft(
    cw: &Casework,
    session: &StaffSession,
    case: Uuid,
    new: &Draft,
    press: &Press,
) -> Result<Uuid, NoticeError> {
    let Draft { provider, items, explanation, .. } = new;
    let provider = *provider;
    if items.len() > MOST_ITEMS {
        return Err(NoticeError::TooMany);
    }
    let mut tx = cw.storage.write().await?;
    if !press.is_first(cw, &mut tx).await? {
        return newest(&mut tx, session, case).await?.ok_or(NoticeError::MovedOn);
    }
    let keys = in_hands(&mut tx, session, case).await?;
    let name = provider_name(&mut tx, provider).await?.ok_or(NoticeError::Unknown)?;
    let chosen: Vec<Item> = crate::item::of_case(&mut tx, case, &keys.case)
        .await?
        .into_iter()
        .filter(|item| items.contains(&item.id))
        .collect();
    let looks = assessment::of_case(&mut tx, session, case, &keys.staff).await?;
    let places: Vec<Place> =
        chosen.iter().filter_map(|item| place_of(item, looks.get(&item.id).and_then(Look::class))).collect();
    if places.is_empty() || places.len() != items.len() {
        return Err(NoticeError::NothingChosen);
    }
    let is_of_another = |item: &Item| item.provider.as_ref().is_some_and(|known| known.id != provider);
    if !new.even_so && chosen.iter().any(is_of_another) {
        return Err(NoticeError::OtherProvider);
    }
    if let Some(replaced) = new.replaces {
        withdraw(&mut tx, case, replaced).await?;
    }
    let id = cw.new_id();
    let content = encode(&Content { explanation: explanation.as_str().to_owned(), places })?;
    let sealed = keys.case.public().seal(&*cw.randomness, Binding { row: id, field: CONTENT }, &content);
    execute!(
        &mut tx,
        "INSERT INTO notice (id, case_id, provider_id, state, sealed_content, drafted_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        case,
        provider,
        NoticeState::Draft,
        sealed,
        session.staff,
        cw.now()
    )?;
    for item in &chosen {
        execute!(&mut tx, "INSERT INTO notice_item (notice_id, item_id) VALUES ($1, $2)", id, item.id)?;
        execute!(&mut tx, "UPDATE item SET provider_id = $1 WHERE id = $2 AND provider_id IS NULL", provider, item.id)?;
    }
    let actor = Actor::Staff(session.staff);
    history::record(cw, &mut tx, case, actor, Some(id), &Event::NoticeDrafted { provider: name }).await?;
    audit::record(cw, &mut tx, actor, "notice.draft", id, &case.to_string()).await?;
    tx.commit().await?;
    Ok(id)
}

async fn newest(tx: &mut Tx, session: &StaffSession, case: Uuid) -> Result<Option<Uuid>, NoticeError> {
    let sql = "SELECT id FROM notice WHERE case_id = $1 AND drafted_by = $2 ORDER BY created_at DESC, id DESC LIMIT 1";
    Ok(fetch_optional!(tx, (Uuid,), sql, case, session.staff)?.map(|(id,)| id))
}

/// Takes back a notice that has not gone out.
pub async fn discard(cw: &Casework, session: &StaffSession, notice: Uuid) -> Result<Uuid, NoticeError> {
    let mut tx = cw.storage.write().await?;
    let row = row(&mut tx, notice).await?.ok_or(NoticeError::Unknown)?;
    in_hands(&mut tx, session, row.case_id).await?;
    withdraw(&mut tx, row.case_id, notice).await?;
    let actor = Actor::Staff(session.staff);
    let event = Event::Notice { provider: row.provider_name, state: NoticeState::Withdrawn, reason: None };
    history::record(cw, &mut tx, row.case_id, actor, Some(notice), &event).await?;
    audit::record(cw, &mut tx, actor, "notice.discard", notice, &row.case_id.to_string()).await?;
    tx.commit().await?;
    Ok(row.case_id)
}

async fn withdraw(tx: &mut Tx, case: Uuid, notice: Uuid) -> Result<(), NoticeError> {
    let withdrawn = execute!(
        tx,
        "UPDATE notice SET state = $1, sealed_for_sending = NULL
         WHERE id = $2 AND case_id = $3 AND state IN ('draft', 'undeliverable')",
        NoticeState::Withdrawn,
        notice,
        case
    )?;
    if withdrawn == 1 { Ok(()) } else { Err(NoticeError::MovedOn) }
}

/// Approves a draft: from here on a worker sends it. One that could not be delivered goes out once more.
pub async fn approve(cw: &Casework, session: &StaffSession, notice: Uuid) -> Result<(), NoticeError> {
    let mut tx = cw.storage.write().await?;
    let row = row(&mut tx, notice).await?.ok_or(NoticeError::Unknown)?;
    let keys = in_hands(&mut tx, session, row.case_id).await?;
    if row.notice_email.is_none() {
        return Err(NoticeError::NoAddress);
    }
    if !row.state.can_become(NoticeState::Approved) {
        return Err(NoticeError::MovedOn);
    }
    let content = keys.case.open(Binding { row: notice, field: CONTENT }, &row.sealed_content)?;
    let sealed = cw.keys.operational().public.seal(&*cw.randomness, Binding { row: notice, field: SENDING }, &content);
    let changed = execute!(
        &mut tx,
        "UPDATE notice SET state = $1, approved_by = $2, approved_at = $3, sealed_for_sending = $4 WHERE id = $5 AND state = $6",
        NoticeState::Approved,
        session.staff,
        cw.now(),
        sealed,
        notice,
        row.state
    )?;
    if changed == 0 {
        return Err(NoticeError::MovedOn);
    }
    outbox::push(cw, &mut tx, Some(row.case_id), Some(notice), &Task::SendNotice { notice }).await?;
    let actor = Actor::Staff(session.staff);
    history::record(
        cw,
        &mut tx,
        row.case_id,
        actor,
        Some(notice),
        &Event::NoticeApproved { provider: row.provider_name },
    )
    .await?;
    audit::record(cw, &mut tx, actor, "notice.approve", notice, &row.case_id.to_string()).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes down what became of a notice that is out: the provider's answer, or its silence.
/// `words` are sealed to the case; for a refusal they are the reason the child is told. Where the provider answered by its
/// link, they can be added to the state that it gave.
pub async fn record_answer(
    cw: &Casework,
    session: &StaffSession,
    notice: Uuid,
    to: NoticeState,
    words: Option<&Words>,
) -> Result<(), NoticeError> {
    let mut tx = cw.storage.write().await?;
    let row = row(&mut tx, notice).await?.ok_or(NoticeError::Unknown)?;
    let keys = in_hands(&mut tx, session, row.case_id).await?;
    if !row.state.takes(to) || matches!(to, NoticeState::Approved | NoticeState::Sent) {
        return Err(NoticeError::MovedOn);
    }
    let answer = words.map(|words| seal_words(cw, &keys.case.public(), notice, ANSWER, words));
    let said = Said { to, answer, provider_words: None };
    write_answer(cw, &mut tx, &row, notice, Actor::Staff(session.staff), &said).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes down what a provider says itself, on the page of its link; its words for the hotline's eyes, since nobody has read
/// them yet. The case is looked at again when something is to be done, or nothing more is waited for.
pub(crate) async fn answered_by_provider(
    cw: &Casework,
    notice: Uuid,
    to: NoticeState,
    words: Option<&Words>,
) -> Result<(), NoticeError> {
    let mut tx = cw.storage.write().await?;
    let row = row(&mut tx, notice).await?.ok_or(NoticeError::Unknown)?;
    if !row.state.can_become(to) {
        return Err(NoticeError::MovedOn);
    }
    let keys = case_keys::public_keys(&mut tx, row.case_id).await?.ok_or(NoticeError::Unknown)?;
    let provider_words = words.map(|words| seal_words(cw, &keys.staff_public_key, notice, PROVIDER_WORDS, words));
    let (actor, said) = (Actor::Partner(notice), Said { to, answer: None, provider_words });
    write_answer(cw, &mut tx, &row, notice, actor, &said).await?;
    let wants_an_answer = matches!(to, NoticeState::Refused | NoticeState::NeedsMore);
    let looked_at_again = execute!(
        &mut tx,
        "UPDATE cases SET state = $1 WHERE id = $2 AND state = $3 AND ($4 OR NOT EXISTS (SELECT 1 FROM notice
            WHERE notice.case_id = cases.id AND notice.state IN ('approved', 'sent', 'received', 'needs_more')))",
        CaseState::InReview,
        row.case_id,
        CaseState::WaitingForProviders,
        wants_an_answer
    )?;
    if looked_at_again == 1 {
        let event = Event::StateChanged { to: CaseState::InReview };
        history::record(cw, &mut tx, row.case_id, actor, None, &event).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn seal_words(cw: &Casework, key: &PublicKey, notice: Uuid, field: &'static str, words: &Words) -> Sealed {
    key.seal(&*cw.randomness, Binding { row: notice, field }, words.as_str().as_bytes())
}

/// What became of a notice.
struct Said {
    to: NoticeState,
    /// For the reporter, too.
    answer: Option<Sealed>,
    /// For staff alone.
    provider_words: Option<Sealed>,
}

async fn write_answer(
    cw: &Casework,
    tx: &mut Tx,
    row: &Row,
    notice: Uuid,
    by: Actor,
    said: &Said,
) -> Result<(), NoticeError> {
    let to = said.to;
    let changed = execute!(
        tx,
        "UPDATE notice SET state = $1, answered_at = $2, sealed_answer = COALESCE($3, sealed_answer),
            sealed_provider_words = COALESCE($4, sealed_provider_words),
            sealed_for_sending = CASE WHEN $5 THEN NULL ELSE sealed_for_sending END
         WHERE id = $6 AND state = $7",
        to,
        cw.now(),
        said.answer.clone(),
        said.provider_words.clone(),
        is_final(to),
        notice,
        row.state
    )?;
    if changed == 0 {
        return Err(NoticeError::MovedOn);
    }
    if to == NoticeState::Removed {
        execute!(
            tx,
            "UPDATE item SET state = 'removed' WHERE id IN (SELECT item_id FROM notice_item WHERE notice_id = $1)",
            notice
        )?;
    }
    let event = Event::Notice { provider: row.provider_name.clone(), state: to, reason: None };
    history::record(cw, tx, row.case_id, by, Some(notice), &event).await?;
    Ok(audit::record(cw, tx, by, "notice.answer", notice, to.as_str()).await?)
}

/// What the provider of a notice that is out is asked.
pub(crate) async fn asked(cw: &Casework, notice: Uuid) -> Result<Option<Asked>, Error> {
    let mut tx = cw.storage.read().await?;
    let Some(row) = row(&mut tx, notice).await? else { return Ok(None) };
    let open = |sealed: Sealed| cw.keys.operational().private.open(Binding { row: notice, field: SENDING }, &sealed);
    let content = row.sealed_for_sending.map(open).transpose()?;
    Ok(Some(Asked {
        reference: row.reference,
        provider_name: row.provider_name,
        state: row.state,
        content: content.map(|content| decode(&content)).transpose()?,
    }))
}

/// What a worker is to send; none if the notice was withdrawn or sent meanwhile.
pub async fn outgoing(cw: &Casework, notice: Uuid) -> Result<Option<Outgoing>, Error> {
    let mut tx = cw.storage.read().await?;
    let Some(row) = row(&mut tx, notice).await? else { return Ok(None) };
    let (Some(sealed), Some(to), NoticeState::Approved) = (row.sealed_for_sending, row.notice_email, row.state) else {
        return Ok(None);
    };
    let content = cw.keys.operational().private.open(Binding { row: notice, field: SENDING }, &sealed)?;
    Ok(Some(Outgoing {
        id: notice,
        reference: row.reference,
        provider_name: row.provider_name,
        to,
        language: row.notice_language.unwrap_or_else(|| "en".to_owned()),
        content: decode(&content)?,
        at: row.approved_at.unwrap_or_else(|| cw.now()),
        link: row.approved_at.map(|approved_at| NoticeLink::new(cw, notice, approved_at)),
    }))
}

/// The mail server took it: the provider's time starts, and the case waits for providers.
pub async fn sent(cw: &Casework, task: &Leased, notice: Uuid) -> Result<(), Error> {
    let now = cw.now();
    let mut tx = cw.storage.write().await?;
    outbox::done(cw, &mut tx, task.id).await?;
    if let Some(row) = row(&mut tx, notice).await? {
        let changed = execute!(
            &mut tx,
            "UPDATE notice SET state = $1, sent_at = $2, deadline = $3 WHERE id = $4 AND state = $5",
            NoticeState::Sent,
            now,
            now + TimeDelta::hours(row.answer_hours),
            notice,
            NoticeState::Approved
        )?;
        if changed == 1 {
            tell(cw, &mut tx, &row, notice, NoticeState::Sent).await?;
            execute!(
                &mut tx,
                "UPDATE cases SET state = $1 WHERE id = $2 AND state = $3",
                CaseState::WaitingForProviders,
                row.case_id,
                CaseState::InReview
            )?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// It can't be delivered: staff see it, and nothing waits any more. They may approve it once more.
pub async fn undeliverable(cw: &Casework, tx: &mut Tx, notice: Uuid) -> Result<(), Error> {
    let Some(row) = row(tx, notice).await? else { return Ok(()) };
    let changed = execute!(
        tx,
        "UPDATE notice SET state = $1, sealed_for_sending = NULL WHERE id = $2 AND state = $3",
        NoticeState::Undeliverable,
        notice,
        NoticeState::Approved
    )?;
    if changed == 1 {
        tell(cw, tx, &row, notice, NoticeState::Undeliverable).await?;
    }
    Ok(())
}

/// Takes back every notice of a case that has not gone out: nothing of it waits any more.
pub(crate) async fn withdraw_unsent(tx: &mut Tx, case: Uuid) -> Result<(), Error> {
    execute!(
        tx,
        "UPDATE notice SET state = $1, sealed_for_sending = NULL WHERE case_id = $2 AND state IN ('draft', 'approved')",
        NoticeState::Withdrawn,
        case
    )?;
    Ok(())
}

/// A case's notices, oldest first.
pub async fn of_case(tx: &mut Tx, case: Uuid, key: &PrivateKey) -> Result<Vec<Notice>, Error> {
    let rows = fetch_all!(
        tx,
        Stored,
        "SELECT notice.id, provider_id, organisation.name AS provider_name, notice.state, sealed_content, sealed_answer,
            notice.created_at, sent_at, answered_at, deadline
         FROM notice JOIN organisation ON organisation.id = provider_id WHERE case_id = $1 ORDER BY notice.id",
        case
    )?;
    rows.into_iter().map(|stored| stored.opened(key)).collect()
}

#[derive(FromRow)]
struct Stored {
    id: Uuid,
    provider_id: Uuid,
    provider_name: String,
    state: NoticeState,
    sealed_content: Sealed,
    sealed_answer: Option<Sealed>,
    created_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    answered_at: Option<DateTime<Utc>>,
    deadline: Option<DateTime<Utc>>,
}

impl Stored {
    fn opened(self, key: &PrivateKey) -> Result<Notice, Error> {
        let content = key.open(Binding { row: self.id, field: CONTENT }, &self.sealed_content)?;
        let answer = self
            .sealed_answer
            .map(|sealed| key.open_text(Binding { row: self.id, field: ANSWER }, &sealed))
            .transpose()?;
        Ok(Notice {
            id: self.id,
            provider: self.provider_id,
            provider_name: self.provider_name,
            state: self.state,
            content: decode(&content)?,
            answer,
            created_at: self.created_at,
            sent_at: self.sent_at,
            answered_at: self.answered_at,
            deadline: self.deadline,
        })
    }
}

#[derive(FromRow)]
struct Row {
    case_id: Uuid,
    state: NoticeState,
    sealed_content: Sealed,
    sealed_for_sending: Option<Sealed>,
    provider_name: String,
    notice_email: Option<String>,
    notice_language: Option<String>,
    answer_hours: i64,
    approved_at: Option<DateTime<Utc>>,
    reference: Reference,
}

async fn row(tx: &mut Tx, notice: Uuid) -> Result<Option<Row>, Error> {
    Ok(fetch_optional!(
        tx,
        Row,
        "SELECT case_id, notice.state, sealed_content, sealed_for_sending, organisation.name AS provider_name, notice_email,
            notice_language, answer_hours, approved_at, reference
         FROM notice JOIN organisation ON organisation.id = provider_id JOIN cases ON cases.id = case_id WHERE notice.id = $1",
        notice
    )?)
}

async fn provider_name(tx: &mut Tx, provider: Uuid) -> Result<Option<String>, Error> {
    let found =
        fetch_optional!(tx, (String,), "SELECT name FROM organisation WHERE id = $1 AND kind = 'provider'", provider)?;
    Ok(found.map(|(name,)| name))
}

/// The case's keys, if the case is in this analyst's hands.
async fn in_hands(tx: &mut Tx, session: &StaffSession, case: Uuid) -> Result<CaseKeys, NoticeError> {
    let (held,) =
        fetch_one!(tx, (i64,), "SELECT COUNT(*) FROM cases WHERE id = $1 AND holder_id = $2", case, session.staff)?;
    if held == 0 {
        return Err(NoticeError::NotYours);
    }
    case_keys::open_in(tx, session, case).await?.ok_or(NoticeError::Unknown)
}

async fn tell(cw: &Casework, tx: &mut Tx, row: &Row, notice: Uuid, state: NoticeState) -> Result<(), Error> {
    let event = Event::Notice { provider: row.provider_name.clone(), state, reason: None };
    history::record(cw, tx, row.case_id, Actor::System, Some(notice), &event).await?;
    audit::record(cw, tx, Actor::System, "notice.state", notice, state.as_str()).await
}

fn place_of(item: &Item, class: Option<Class>) -> Option<Place> {
    match &item.detail {
        Detail::Location(location) => Some(Place::Location { url: location.as_str().to_owned(), class }),
        Detail::Account(account) => Some(Place::Account { handle: account.handle().to_owned() }),
        Detail::File { .. } => None,
    }
}

/// After these nothing more is expected of the provider.
fn is_final(state: NoticeState) -> bool {
    matches!(state, NoticeState::Removed | NoticeState::Refused | NoticeState::Withdrawn | NoticeState::Undeliverable)
}

fn encode(content: &Content) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(content).map_err(|_| Error::Inconsistent("notice.content"))
}

fn decode(content: &[u8]) -> Result<Content, Error> {
    serde_json::from_slice(content).map_err(|_| Error::Inconsistent("notice.content"))
}

/// What an analyst chooses from when drafting.
pub struct Preparation {
    /// The case's public name.
    pub reference: Reference,
    /// Locations and accounts of the case: what a notice can be about.
    pub items: Vec<Item>,
    /// Providers that take notices by mail.
    pub providers: Vec<Addressee>,
}

/// A provider that takes notices by mail.
#[derive(Clone, Debug, FromRow)]
pub struct Addressee {
    /// Its row.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// What a notice could be about and whom it could go to, for the analyst who holds the case.
pub async fn prepare(cw: &Casework, session: &StaffSession, case: Uuid) -> Result<Preparation, NoticeError> {
    let mut tx = cw.storage.read().await?;
    let keys = in_hands(&mut tx, session, case).await?;
    let (reference,) = fetch_one!(&mut tx, (Reference,), "SELECT reference FROM cases WHERE id = $1", case)?;
    let items = crate::item::of_case(&mut tx, case, &keys.case).await?;
    let providers = fetch_all!(
        &mut tx,
        Addressee,
        "SELECT id, name FROM organisation WHERE kind = 'provider' AND notice_email IS NOT NULL AND suspended_at IS NULL ORDER BY name"
    )?;
    Ok(Preparation {
        reference,
        items: items.into_iter().filter(|item| place_of(item, None).is_some()).collect(),
        providers,
    })
}

/// A notice as it will go, or went, out.
pub struct Preview {
    /// The case it belongs to.
    pub case: Uuid,
    /// Where it stands.
    pub state: NoticeState,
    /// Whether the case is in this analyst's hands: only then may she approve, or write down an answer.
    pub in_hands: bool,
    /// Everything its mail is made of.
    pub outgoing: Outgoing,
    /// What was written down of the provider's answer, for the reporter, too.
    pub answer: Option<String>,
    /// What the provider wrote itself, by its link.
    pub provider_words: Option<String>,
    /// To whom it goes.
    pub provider: Uuid,
    /// What it is about.
    pub items: Vec<Uuid>,
    /// How its mail fared so far, while it is on its way or could not be delivered.
    pub delivery: Option<Delivery>,
}

/// Opens a notice for anyone at the hotline who can read the case.
pub async fn preview(cw: &Casework, session: &StaffSession, notice: Uuid) -> Result<Preview, NoticeError> {
    let mut tx = cw.storage.read().await?;
    let row = row(&mut tx, notice).await?.ok_or(NoticeError::Unknown)?;
    let keys = case_keys::open_in(&mut tx, session, row.case_id).await?.ok_or(NoticeError::Unknown)?;
    let (held,) = fetch_one!(
        &mut tx,
        (i64,),
        "SELECT COUNT(*) FROM cases WHERE id = $1 AND holder_id = $2",
        row.case_id,
        session.staff
    )?;
    let found = of_case(&mut tx, row.case_id, &keys.case).await?.into_iter().find(|found| found.id == notice);
    let found = found.ok_or(NoticeError::Unknown)?;
    let items = fetch_all!(&mut tx, (Uuid,), "SELECT item_id FROM notice_item WHERE notice_id = $1", notice)?;
    let delivery = match row.state {
        NoticeState::Approved | NoticeState::Undeliverable => outbox::delivery(&mut tx, notice).await?,
        _ => None,
    };
    Ok(Preview {
        provider: found.provider,
        items: items.into_iter().map(|(item,)| item).collect(),
        delivery,
        case: row.case_id,
        state: row.state,
        in_hands: held == 1,
        outgoing: Outgoing {
            id: notice,
            reference: row.reference,
            provider_name: row.provider_name,
            to: row.notice_email.unwrap_or_default(),
            language: row.notice_language.unwrap_or_else(|| "en".to_owned()),
            content: found.content,
            at: row.approved_at.unwrap_or_else(|| cw.now()),
            // The provider's alone.
            link: None,
        },
        answer: found.answer,
        provider_words: provider_words(&mut tx, notice, &keys.staff).await?,
    })
}

async fn provider_words(tx: &mut Tx, notice: Uuid, key: &PrivateKey) -> Result<Option<String>, Error> {
    let sql = "SELECT sealed_provider_words FROM notice WHERE id = $1 AND sealed_provider_words IS NOT NULL";
    let sealed = fetch_optional!(tx, (Sealed,), sql, notice)?;
    let open = |(sealed,)| Ok(key.open_text(Binding { row: notice, field: PROVIDER_WORDS }, &sealed)?);
    sealed.map(open).transpose()
}
