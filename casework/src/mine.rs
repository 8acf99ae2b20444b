//! A reporter's own case: opened with the case code, read, written to and added to.
//!
//! Typing the code starts a reporter session: the case pair's private half lies in its row, wrapped under a key that only
//! the browser's cookie and the server make together. It ends after half an hour without a step, or on leaving.

use chrono::{DateTime, TimeDelta, Utc};
use hashing::FileFingerprints;
use sqlx::FromRow;
use uuid::Uuid;

use crate::account::AccountHandle;
use crate::answer::{self, AnswerKind};
use crate::case_code::CaseCode;
use crate::case_keys::{self, CasePublicKeys};
use crate::claim::{self, Collection};
use crate::history::{self, Actor, Entry, Event};
use crate::item::{self, Detail, Item, NewItem};
use crate::location::Location;
use crate::message::{self, Message};
use crate::notice::{self, Notice};
use crate::press::Press;
use crate::reference::Reference;
use crate::storage::{StorageError, Tx};
use crate::taxonomy::{CaseState, Harm, NoticeState, Outcome, Reporter};
use crate::text::Words;
use crate::vault::{Binding, CookieKeys, CookieToken, KeyPair, OpenError, PrivateKey, Purpose, Sealed};
use crate::{Casework, Error, execute, fetch_all, fetch_one, fetch_optional, retention, video, withdrawal};

/// How long a case stays open in a browser after the last step.
pub const IDLE: TimeDelta = TimeDelta::minutes(30);

/// The most items a case holds.
pub const ITEMS: usize = 100;

const SESSION_KEY: &str = "session.key";

/// Why something the reporter asked for did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The case is not open in this browser, or no longer: type the code again.
    #[error("the case is not open here")]
    NotOpen,
    /// The case is in a state in which this cannot be done.
    #[error("this cannot be done now")]
    NotNow,
    /// The case would hold more than [`ITEMS`] items.
    #[error("a case holds at most {ITEMS} items")]
    TooMany,
    /// Our fault.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<StorageError> for Refusal {
    fn from(cause: StorageError) -> Self {
        Self::Failed(cause.into())
    }
}

impl From<OpenError> for Refusal {
    fn from(cause: OpenError) -> Self {
        Self::Failed(cause.into())
    }
}

/// A session whose cookie was shown and whose key was opened.
pub(crate) struct Open {
    /// The case, or what is left of it.
    pub case: Uuid,
    key: PrivateKey,
}

#[derive(FromRow)]
struct LockedCase {
    id: Uuid,
    reporter_wrapped_key: Sealed,
}

/// Opens a case with its code. None for a code that opens nothing, whatever the reason: to tell them apart, or to measure
/// the time, must teach nothing, so an unknown code makes the same steps with a decoy, which is then rolled back.
///
/// What is left of an erased case opens too, as long as its protection goes on.
pub async fn enter(cw: &Casework, code: &CaseCode) -> Result<Option<CookieToken>, Error> {
    let lookup = cw.keys.lookup(Purpose::CaseCode, code.as_bytes());
    let mut tx = cw.storage.write().await?;
    let found = fetch_optional!(
        &mut tx,
        LockedCase,
        "SELECT id, reporter_wrapped_key FROM cases WHERE code_lookup = $1",
        lookup
    )?;
    let stub = fetch_optional!(&mut tx, (Uuid,), "SELECT case_id FROM withdrawal_stub WHERE code_lookup = $1", lookup)?;
    let is_known = found.is_some() || stub.is_some();
    let locked = found.unwrap_or_else(|| {
        let id = stub.map_or(Uuid::nil(), |(case,)| case);
        let decoy = KeyPair::generate(&*cw.randomness).private;
        LockedCase { id, reporter_wrapped_key: case_keys::wrap_for_reporter(cw, code, id, &decoy) }
    });
    let key = case_keys::open_for_reporter(cw, code, locked.id, &locked.reporter_wrapped_key)?;
    let token = start_session(cw, &mut tx, locked.id, &key).await?;
    if !is_known {
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(token))
}

async fn start_session(cw: &Casework, tx: &mut Tx, case: Uuid, key: &PrivateKey) -> Result<CookieToken, Error> {
    let token = CookieToken::generate(&*cw.randomness);
    let keys = CookieKeys::derive(&token, &cw.keys, Purpose::CaseCookie);
    let id = cw.new_id();
    let now = cw.now();
    execute!(
        tx,
        "INSERT INTO session (lookup, id, case_id, sealed_key, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $5, $6)",
        keys.lookup,
        id,
        case,
        keys.sealing.wrap_key(&*cw.randomness, Binding::new(id, SESSION_KEY), key),
        now,
        now + IDLE
    )?;
    Ok(token)
}

#[derive(FromRow)]
struct SessionRow {
    id: Uuid,
    case_id: Uuid,
    sealed_key: Sealed,
}

/// The session of a cookie, if it is alive; it then lives [`IDLE`] longer.
pub(crate) async fn open(cw: &Casework, tx: &mut Tx, token: &CookieToken) -> Result<Option<Open>, Error> {
    let keys = CookieKeys::derive(token, &cw.keys, Purpose::CaseCookie);
    let now = cw.now();
    let row = fetch_optional!(
        tx,
        SessionRow,
        "UPDATE session SET seen_at = $1, expires_at = $2 WHERE lookup = $3 AND expires_at > $1 AND case_id IS NOT NULL
         RETURNING id, case_id, sealed_key",
        now,
        now + IDLE,
        keys.lookup
    )?;
    let Some(row) = row else { return Ok(None) };
    let key = keys.sealing.unwrap_key(Binding::new(row.id, SESSION_KEY), &row.sealed_key)?;
    Ok(Some(Open { case: row.case_id, key }))
}

/// Closes the case in this browser.
pub async fn leave(cw: &Casework, token: &CookieToken) -> Result<(), Error> {
    let keys = CookieKeys::derive(token, &cw.keys, Purpose::CaseCookie);
    let mut tx = cw.storage.write().await?;
    execute!(&mut tx, "DELETE FROM session WHERE lookup = $1", keys.lookup)?;
    tx.commit().await?;
    Ok(())
}

/// What a case code opens.
pub enum Mine {
    /// The case.
    Case(Box<MyCase>),
    /// What is left of an erased case whose files stay protected: a date, and the way to end that.
    Stub(Stub),
}

/// What is left of an erased case.
#[derive(FromRow)]
pub struct Stub {
    /// When the words were erased.
    pub erased_at: DateTime<Utc>,
    /// When the protection ends too, if that was asked for.
    pub end_protection_at: Option<DateTime<Utc>>,
}

/// A reporter's case as they see it.
pub struct MyCase {
    /// Its public name.
    pub reference: Reference,
    /// Where it stands.
    pub state: CaseState,
    /// How it ended, if it is closed.
    pub outcome: Option<Outcome>,
    /// Why nothing more could be done, as the analyst said it on closing.
    pub explanation: Option<String>,
    /// The country the reporter named.
    pub country: Option<String>,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// What happened, oldest first.
    pub timeline: Vec<Entry>,
    /// Where the things lie that the case is about, and what those places answered.
    pub places: Vec<Place>,
    /// The files' protection.
    pub protection: Protection,
    /// The thread, oldest first.
    pub messages: Vec<Message>,
    /// When the words will be erased, if that was asked for.
    pub erase_words_at: Option<DateTime<Utc>>,
    /// When the files' protection will end, if that was asked for.
    pub end_protection_at: Option<DateTime<Utc>>,
    /// Whether the law makes us keep the case: nothing is erased meanwhile.
    pub legal_hold: bool,
    /// When the case is erased by a rule of retention; none if it is open, or no rule is about it.
    pub erased_at: Option<DateTime<Utc>>,
    /// Whether the reporter asked that nobody work on it any more.
    pub withdraw_asked: bool,
    /// Whether that is done as soon as they ask, without anybody reading the case first.
    pub stops_at_once: bool,
}

impl MyCase {
    /// Whether words and things can be added.
    pub fn can_be_added_to(&self) -> bool {
        self.state != CaseState::Withdrawn
    }

    /// Whether the reporter can ask that nobody work on it any more.
    pub fn can_be_withdrawn(&self) -> bool {
        self.state.is_open() && !self.withdraw_asked
    }

    /// Whether the outcome can be appealed: someone who did not decide then looks at it again.
    pub fn can_be_appealed(&self) -> bool {
        self.state.can_become(CaseState::Appealed)
    }

    /// Whether it ended without anything taken down or listed: then the page says why, and what else helps. Not while
    /// somebody looks at it again.
    pub fn nothing_could_be_done(&self) -> bool {
        self.state == CaseState::Closed
            && matches!(self.outcome, Some(Outcome::NotIllegal | Outcome::NotFound | Outcome::OutOfScope))
    }

    /// Whether the reporter gave fingerprints of files.
    pub fn has_files(&self) -> bool {
        self.protection.files > 0
    }
}

/// One place where something of the case lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The provider's name, or the registrable domain.
    pub name: String,
    /// What became of the notice to it; none while it has not been asked.
    pub notice: Option<PlaceNotice>,
}

impl Place {
    fn asked(notice: Notice) -> Self {
        let Notice { state, sent_at, answered_at, answer, .. } = notice;
        Self { name: notice.provider_name, notice: Some(PlaceNotice { state, sent_at, answered_at, answer }) }
    }
}

/// What became of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceNotice {
    /// Where it stands.
    pub state: NoticeState,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the place last answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// What it said, in its own words.
    pub answer: Option<String>,
}

/// How far a case's files are protected. Never says whether a file was known before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protection {
    /// Files the reporter gave fingerprints of.
    pub files: usize,
    /// How many of them are claimed on the list now.
    pub listed: usize,
}

#[derive(FromRow)]
struct CaseRow {
    reference: Reference,
    state: CaseState,
    outcome: Option<Outcome>,
    country: Option<String>,
    received_at: DateTime<Utc>,
    erase_words_at: Option<DateTime<Utc>>,
    end_protection_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    legal_hold: bool,
    withdraw_asked: bool,
    level: i64,
}

/// The case that is open in this browser; none if none is, or no longer. The reporter has the thread on screen with it.
pub async fn my_case(cw: &Casework, token: &CookieToken) -> Result<Option<Mine>, Error> {
    let mut tx = cw.storage.write().await?;
    let Some(open) = open(cw, &mut tx, token).await? else { return Ok(None) };
    message::read_by_reporter(cw, &mut tx, open.case).await?;
    let mine = match read_case(&mut tx, &open).await? {
        Some(case) => Some(Mine::Case(Box::new(case))),
        None => stub(&mut tx, open.case).await?.map(Mine::Stub),
    };
    tx.commit().await?;
    Ok(mine)
}

async fn stub(tx: &mut Tx, case: Uuid) -> Result<Option<Stub>, Error> {
    Ok(fetch_optional!(tx, Stub, "SELECT erased_at, end_protection_at FROM withdrawal_stub WHERE case_id = $1", case)?)
}

async fn read_case(tx: &mut Tx, open: &Open) -> Result<Option<MyCase>, Error> {
    let row = fetch_optional!(
        tx,
        CaseRow,
        "SELECT reference, state, outcome, country, received_at, closed_at, erase_words_at, end_protection_at, legal_hold, level,
            withdraw_asked_at IS NOT NULL AS withdraw_asked
         FROM cases WHERE id = $1",
        open.case
    )?;
    let Some(row) = row else { return Ok(None) };
    let timeline = history::of_case(tx, open.case, true).await?;
    let items = item::of_case(tx, open.case, &open.key).await?;
    let messages = message::of_case(tx, open.case, &open.key).await?;
    Ok(Some(MyCase {
        explanation: explanation(&timeline, &messages),
        places: places(tx, open, &items).await?,
        protection: protection(tx, open.case, &items).await?,
        messages,
        timeline,
        reference: row.reference,
        state: row.state,
        outcome: row.outcome,
        country: row.country,
        received_at: row.received_at,
        erase_words_at: row.erase_words_at,
        end_protection_at: row.end_protection_at,
        legal_hold: row.legal_hold,
        erased_at: retention::erased_at(&retention::read(tx).await?, row.state, row.outcome, row.closed_at),
        withdraw_asked: row.withdraw_asked,
        stops_at_once: withdrawal::stops_at_once(row.level),
    }))
}

/// What the analyst said on closing, the last time: the message that the event is about.
fn explanation(timeline: &[Entry], messages: &[Message]) -> Option<String> {
    let closed = timeline.iter().rev().find(|entry| matches!(entry.event.0, Event::Closed { .. }))?;
    messages.iter().find(|message| Some(message.id) == closed.subject_id).map(|message| message.body.clone())
}

/// Every notice that went out, then every place that has not been asked.
async fn places(tx: &mut Tx, open: &Open, items: &[Item]) -> Result<Vec<Place>, Error> {
    let mut notices = notice::of_case(tx, open.case, &open.key).await?;
    notices.retain(|notice| !matches!(notice.state, NoticeState::Draft | NoticeState::Approved));
    let asked = fetch_all!(
        tx,
        (Uuid, Uuid),
        "SELECT notice_id, item_id FROM notice_item JOIN notice ON notice.id = notice_id WHERE case_id = $1",
        open.case
    )?;
    let was_asked = |item: Uuid| {
        asked.iter().any(|(notice, about)| *about == item && notices.iter().any(|sent| sent.id == *notice))
    };
    let mut waiting: Vec<String> = items.iter().filter(|item| !was_asked(item.id)).filter_map(place_name).collect();
    waiting.sort();
    waiting.dedup();
    let waiting = waiting.into_iter().map(|name| Place { name, notice: None });
    Ok(notices.into_iter().map(Place::asked).chain(waiting).collect())
}

/// What the reporter knows the place as; a file lies nowhere.
fn place_name(item: &Item) -> Option<String> {
    if let Some(provider) = &item.provider {
        return Some(provider.name.clone());
    }
    match &item.detail {
        Detail::Location(_) => item.domain.clone(),
        Detail::Account(account) => account.provider().map(str::to_owned),
        Detail::File { .. } => None,
    }
}

async fn protection(tx: &mut Tx, case: Uuid, items: &[Item]) -> Result<Protection, Error> {
    let (listed,) = fetch_one!(
        tx,
        (i64,),
        "SELECT count(DISTINCT item_id) FROM claim WHERE case_id = $1 AND ended_at IS NULL",
        case
    )?;
    let files = items.iter().filter(|item| matches!(item.detail, Detail::File { .. })).count();
    Ok(Protection { files, listed: usize::try_from(listed).unwrap_or(files) })
}

/// Writes a message to the hotline. What was waiting for the reporter goes on; what was closed opens again.
pub async fn write(cw: &Casework, token: &CookieToken, words: &Words, press: &Press) -> Result<(), Refusal> {
    let mut tx = cw.storage.write().await?;
    if !press.is_first(cw, &mut tx).await? {
        return Ok(());
    }
    let (case, keys) = change(cw, &mut tx, token).await?;
    message::from_reporter(cw, &mut tx, case, &keys, words).await?;
    goes_on(cw, &mut tx, case).await?;
    tx.commit().await?;
    Ok(())
}

/// What a reporter adds later.
#[derive(Default)]
pub struct Addition {
    /// Links.
    pub locations: Vec<Location>,
    /// Accounts.
    pub accounts: Vec<AccountHandle>,
    /// Files, by the fingerprints their device made.
    pub files: Vec<FileFingerprints>,
    /// More that they want to tell.
    pub words: Option<Words>,
}

impl Addition {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.words.is_none() && self.items().next().is_none()
    }

    fn items(&self) -> impl Iterator<Item = NewItem<'_>> {
        let locations = self.locations.iter().map(NewItem::Location);
        let accounts = self.accounts.iter().map(NewItem::Account);
        locations.chain(accounts).chain(self.files.iter().map(NewItem::File))
    }
}

/// Adds links, accounts, files and words to the case.
///
/// `beside`: the cookie of the draft beside which the frames of videos were sent ([`crate::video::keep_part`]).
pub async fn add(
    cw: &Casework,
    token: &CookieToken,
    addition: &Addition,
    beside: Option<&CookieToken>,
    press: &Press,
) -> Result<(), Refusal> {
    let mut tx = cw.storage.write().await?;
    if !press.is_first(cw, &mut tx).await? {
        return Ok(());
    }
    let (case, keys) = change(cw, &mut tx, token).await?;
    let (before,) = fetch_one!(&mut tx, (i64,), "SELECT count(*) FROM item WHERE case_id = $1", case)?;
    if usize::try_from(before).unwrap_or(ITEMS) + addition.items().count() > ITEMS {
        return Err(Refusal::TooMany);
    }
    let claims = are_files_claimed(&mut tx, case).await?;
    let collection = claims.then_some(Collection::SelfReported);
    let videos = video::taken(cw, &mut tx, beside, addition.files.iter().map(|file| file.sha256)).await?;
    for new in addition.items() {
        let placed = item::place(cw, &mut tx, new).await?;
        let item = item::add(cw, &mut tx, case, &keys, &placed).await?;
        let NewItem::File(file) = new else { continue };
        if let Some(frames) = videos.get(&file.sha256) {
            video::add(cw, &mut tx, case, item, frames, collection).await?;
        }
        if let Some(collection) = collection {
            claim::make(cw, &mut tx, case, item, file, collection).await?;
        }
    }
    if let Some(words) = &addition.words {
        answer::add(cw, &mut tx, case, &keys, AnswerKind::Words, words.as_str()).await?;
    }
    tell_of_addition(cw, &mut tx, case, addition, claims).await?;
    goes_on(cw, &mut tx, case).await?;
    tx.commit().await?;
    Ok(())
}

async fn tell_of_addition(
    cw: &Casework,
    tx: &mut Tx,
    case: Uuid,
    addition: &Addition,
    claims: bool,
) -> Result<(), Error> {
    let places = addition.locations.len() + addition.accounts.len();
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let added = Event::ReporterAdded { locations: number(places), files: number(addition.files.len()) };
    history::record(cw, tx, case, Actor::Reporter, None, &added).await?;
    execute!(tx, "UPDATE cases SET unread_from_reporter = unread_from_reporter + 1 WHERE id = $1", case)?;
    if claims && !addition.files.is_empty() {
        let listed = Event::FingerprintsListed { files: number(addition.files.len()) };
        history::record(cw, tx, case, Actor::Reporter, None, &listed).await?;
    }
    Ok(())
}

/// Whether this case's files go onto the list: only a person's own image, or their child's.
async fn are_files_claimed(tx: &mut Tx, case: Uuid) -> Result<bool, Error> {
    let (harm, reporter) = fetch_one!(tx, (Harm, Reporter), "SELECT harm, reporter FROM cases WHERE id = $1", case)?;
    Ok(claim::is_own_image(harm, reporter))
}

/// Appeals the outcome: someone who did not decide looks at it again, and reads these words. Who wants that no longer wants
/// us to stop.
pub async fn appeal(cw: &Casework, token: &CookieToken, words: &Words, press: &Press) -> Result<(), Refusal> {
    let mut tx = cw.storage.write().await?;
    if !press.is_first(cw, &mut tx).await? {
        return Ok(());
    }
    let (case, keys) = change(cw, &mut tx, token).await?;
    let appealed = execute!(
        &mut tx,
        "UPDATE cases SET state = $1, holder_id = NULL, touched_at = NULL WHERE id = $2 AND state = $3",
        CaseState::Appealed,
        case,
        CaseState::Closed
    )?;
    if appealed == 0 {
        return Err(Refusal::NotNow);
    }
    withdrawal::cancel(cw, &mut tx, case).await?;
    message::from_reporter(cw, &mut tx, case, &keys, words).await?;
    history::record(cw, &mut tx, case, Actor::Reporter, None, &Event::Appealed).await?;
    tx.commit().await?;
    Ok(())
}

/// The open case of a cookie and its public keys, for a change. A withdrawn case is started again first; what is left of an
/// erased one cannot be changed so.
async fn change(cw: &Casework, tx: &mut Tx, token: &CookieToken) -> Result<(Uuid, CasePublicKeys), Refusal> {
    let open = open(cw, tx, token).await?.ok_or(Refusal::NotOpen)?;
    let keys = case_keys::public_keys(tx, open.case).await?.ok_or(Refusal::NotNow)?;
    let state = fetch_one!(tx, (CaseState,), "SELECT state FROM cases WHERE id = $1", open.case)?.0;
    if state == CaseState::Withdrawn {
        return Err(Refusal::NotNow);
    }
    Ok((open.case, keys))
}

/// Something new came from the reporter: what waited for them goes on, and what was closed opens again, in the queue.
async fn goes_on(cw: &Casework, tx: &mut Tx, case: Uuid) -> Result<(), Error> {
    let answered = execute!(
        tx,
        "UPDATE cases SET state = $1 WHERE id = $2 AND state = $3",
        CaseState::InReview,
        case,
        CaseState::WaitingForReporter
    )?;
    if answered == 1 {
        let event = Event::StateChanged { to: CaseState::InReview };
        return history::record(cw, tx, case, Actor::Reporter, None, &event).await;
    }
    let reopened = execute!(
        tx,
        "UPDATE cases SET state = $1, outcome = NULL, closed_at = NULL, holder_id = NULL, touched_at = NULL WHERE id = $2 AND state = $3",
        CaseState::Reopened,
        case,
        CaseState::Closed
    )?;
    if reopened == 1 {
        return history::record(cw, tx, case, Actor::Reporter, None, &Event::Reopened).await;
    }
    Ok(())
}

/// Whether any hotline can take reports: the first one's first key is made at set-up.
pub async fn hotline_is_ready(cw: &Casework) -> Result<bool, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_optional!(&mut tx, (Uuid,), "SELECT id FROM epoch LIMIT 1")?.is_some())
}
