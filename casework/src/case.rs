//! A case as the analyst has it on the desk: opened by the vault for this person, and what its holder does with it.
//!
//! Everybody who holds a key of a hotline that holds the case may read it; a reading by somebody who does not have it in
//! their hands is written to the audit log. Acting is for the one who has it in their hands: every act begins with
//! `in_hands`, which holds the case's row for the rest of the transaction.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::answer::{self, Answer};
use crate::assessment::{self, Look};
use crate::case_keys::{self, CaseKeys, CasePublicKeys};
use crate::history::{self, Actor, Entry, Event};
use crate::item::{self, Item};
use crate::label;
use crate::legal_hold::HoldReason;
use crate::lesson::{self, Lesson};
use crate::list::dispute::{self, Dispute};
use crate::message::{self, Message};
use crate::note::{self, Note};
use crate::notice::{self, Notice};
use crate::press::Press;
use crate::priority::Reason;
use crate::queue::{self, Colleague};
use crate::reference::Reference;
use crate::referral::{self, Referral};
use crate::related::{self, Closeness, Related, RelatedCase};
use crate::staff::session::StaffSession;
use crate::storage::{JsonText, StorageError, Tx};
use crate::taxonomy::{
    AgeBand, CaseState, ContextLabel, Country, Danger, Harm, LanguageCode, Outcome, Reporter, Spreading,
};
use crate::team::{self, Team};
use crate::text::Words;
use crate::vault::OpenError;
use crate::{Casework, Error, audit, execute, fetch_all, fetch_one, fetch_optional, lapse, retention};

/// Why something on the desk was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is no such case, item or colleague, or none that this person can open.
    #[error("there is no such thing for this person")]
    NotFound,
    /// Somebody else took it first.
    #[error("somebody else has the case in their hands")]
    HeldByAnother,
    /// The act is for the one who has the case in their hands.
    #[error("the case is not in this person's hands")]
    NotInYourHands,
    /// This person decided what the reporter disagrees with, or holds no key of the case.
    #[error("this person may not hold the case")]
    NotForYou,
    /// The colleague may not hold the case, for the same reasons.
    #[error("the colleague may not hold the case")]
    NotForThem,
    /// The case does not stand where this can be done.
    #[error("the case's state does not allow it")]
    NotNow,
    /// Only a lead may.
    #[error("only a lead may do this")]
    LeadsOnly,
    /// Assessed by this person before: the next look is for somebody else.
    #[error("the next assessment is for somebody else")]
    SamePerson,
    /// The item is assessed, and nobody waits for another look.
    #[error("the item is assessed already")]
    AlreadyAssessed,
    /// Nothing in the case says what the outcome says.
    #[error("nothing in the case says so")]
    NotSo,
    /// A case in which nothing could be done is closed with words that say why.
    #[error("the outcome needs an explanation")]
    NeedsExplanation,
    /// Nobody can do anything about it.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<StorageError> for Refused {
    fn from(cause: StorageError) -> Self {
        Self::Failed(cause.into())
    }
}

impl From<OpenError> for Refused {
    fn from(cause: OpenError) -> Self {
        Self::Failed(cause.into())
    }
}

/// What stands readable about a case.
#[derive(Clone, Debug, FromRow)]
pub struct Facts {
    /// The case.
    pub id: Uuid,
    /// Its public name.
    pub reference: Reference,
    /// The hotline in whose queue it stands.
    pub hotline_id: Uuid,
    /// The trusted flagger, if one sent it.
    pub flagger: Option<String>,
    /// Where it stands.
    pub state: CaseState,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// What happened.
    pub harm: Harm,
    /// Who tells.
    pub reporter: Reporter,
    /// How old the person is.
    pub age_band: AgeBand,
    /// The reporter's country, if told.
    pub country: Option<Country>,
    /// The reporter's language.
    pub language: LanguageCode,
    /// Whether somebody is in danger.
    pub danger: Danger,
    /// Whether the image is being passed on.
    pub spreading: Spreading,
    /// 0 (first) to 4 (sidelined).
    pub level: i64,
    /// When the level's time runs out.
    pub deadline: DateTime<Utc>,
    /// The team it is for, by name.
    pub team: Option<String>,
    /// Why it has its level.
    pub reasons: JsonText<Vec<Reason>>,
    /// When the report came.
    pub received_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Who has it in their hands.
    pub holder_id: Option<Uuid>,
    /// When they last looked at it or did something.
    pub touched_at: Option<DateTime<Utc>>,
    /// Their name.
    pub holder: Option<String>,
    /// How many of the reporter's messages nobody has read.
    pub unread_from_reporter: i64,
    /// While it is on, nothing is erased.
    pub legal_hold: bool,
    /// Why it is on.
    pub hold_reason: Option<HoldReason>,
    /// When the reporter's words will be erased, if they asked for it.
    pub erase_words_at: Option<DateTime<Utc>>,
    /// When the protection will end, if they asked for it.
    pub end_protection_at: Option<DateTime<Utc>>,
    /// When they asked that nobody work on it any more.
    pub withdraw_asked_at: Option<DateTime<Utc>>,
}

impl Facts {
    /// Whether the reporter asked to stop, and it is for an analyst who has read the case to do so.
    pub fn waits_for_withdrawal(&self) -> bool {
        self.withdraw_asked_at.is_some() && self.state.is_open()
    }

    /// Whether this person has it in their hands.
    pub fn is_held_by(&self, session: &StaffSession) -> bool {
        self.holder_id == Some(session.staff)
    }
}

/// An item with what was judged of it, as far as this person may know.
pub struct OpenItem {
    /// What it is.
    pub item: Item,
    /// Its assessments.
    pub look: Look,
    /// Items of other cases that are the same or look alike, the closest first.
    pub related: Vec<(Closeness, Related)>,
}

/// A case, opened for one person.
pub struct OpenCase {
    /// What stands readable.
    pub facts: Facts,
    /// What the reporter told.
    pub answers: Vec<Answer>,
    /// What it is about.
    pub items: Vec<OpenItem>,
    /// The thread with the reporter.
    pub messages: Vec<Message>,
    /// What went to providers.
    pub notices: Vec<Notice>,
    /// Words among staff.
    pub notes: Vec<Note>,
    /// How it came to be.
    pub labels: Vec<ContextLabel>,
    /// Who else has it.
    pub referrals: Vec<Referral>,
    /// What happened, oldest first.
    pub history: Vec<Entry>,
    /// The names of everybody who did any of it.
    pub names: BTreeMap<Uuid, String>,
    /// Whom it can be handed to.
    pub colleagues: Vec<Colleague>,
    /// The teams of the hotline, to which it can be given.
    pub teams: Vec<Team>,
    /// Fingerprints of its files that a partner disputes.
    pub disputes: Vec<Dispute>,
    /// Other cases with the same payment detail.
    pub same_payment: Vec<RelatedCase>,
    /// When it is erased by a rule of retention; none if it is open, or no rule is about it.
    pub erased_at: Option<DateTime<Utc>>,
    /// Whether pictures were compared with all that came before; else some may be missing in `items`.
    pub is_compared: bool,
    /// Which lesson it is, in an installation for training.
    pub lesson: Option<Lesson>,
}

impl OpenCase {
    /// The other cases that have something in common with it, of any kind.
    pub fn related_cases(&self) -> BTreeSet<Uuid> {
        let by_item = self.items.iter().flat_map(|item| &item.related).map(|(_, related)| related.case_id);
        by_item.chain(self.same_payment.iter().map(|related| related.case_id)).collect()
    }
}

/// Opens a case for a person who holds a key to it. The reporter's messages count as read once its holder has them on
/// screen; a look by anybody else leaves a trace in the audit log first.
pub async fn open(cw: &Casework, session: &StaffSession, case: Uuid) -> Result<OpenCase, Refused> {
    let opened = read(cw, session, case).await?;
    let is_holder = opened.facts.is_held_by(session);
    let is_touched = is_holder && lapse::is_worth_touching(cw, opened.facts.touched_at);
    if is_holder && !is_touched && opened.facts.unread_from_reporter == 0 {
        return Ok(opened);
    }
    let mut tx = cw.storage.write().await?;
    if is_holder {
        lapse::touch(cw, &mut tx, session, case).await?;
        message::read_by_staff(cw, &mut tx, case).await?;
    } else {
        audit::record(cw, &mut tx, Actor::Staff(session.staff), "case.read", case, "").await?;
    }
    tx.commit().await?;
    Ok(opened)
}

async fn read(cw: &Casework, session: &StaffSession, case: Uuid) -> Result<OpenCase, Refused> {
    let mut tx = cw.storage.read().await?;
    let facts = facts(&mut tx, case).await?.ok_or(Refused::NotFound)?;
    let keys = keys_of(&mut tx, session, case).await?;
    let items = item::of_case(&mut tx, case, &keys.case).await?;
    let is_compared = cw.near.is_ready();
    let mut related = related::of_case(cw, &mut tx, session, case, &items).await?;
    let rules = retention::read(&mut tx).await?;
    let mut looks = assessment::of_case(&mut tx, session, case, &keys.staff).await?;
    Ok(OpenCase {
        answers: answer::of_case(&mut tx, case, &keys.case).await?,
        items: items
            .into_iter()
            .map(|item| OpenItem {
                look: looks.remove(&item.id).unwrap_or(Look::Open),
                related: related.remove(&item.id).unwrap_or_default(),
                item,
            })
            .collect(),
        messages: message::of_case(&mut tx, case, &keys.case).await?,
        notices: notice::of_case(&mut tx, case, &keys.case).await?,
        notes: note::of_case(&mut tx, case, &keys.staff).await?,
        labels: label::of_case(&mut tx, case).await?,
        referrals: referral::of_case(&mut tx, case, &keys.staff).await?,
        history: history::of_case(&mut tx, case, false).await?,
        names: names(&mut tx, case).await?,
        colleagues: queue::colleagues(&mut tx, session, case).await?,
        teams: team::listed(&mut tx, session).await?,
        same_payment: related::same_payment(&mut tx, session, case).await?,
        disputes: dispute::of_case(&mut tx, case).await?,
        erased_at: retention::erased_at(&rules, facts.state, facts.outcome, facts.closed_at),
        is_compared,
        lesson: lesson::of_case(&mut tx, case).await?,
        facts,
    })
}

async fn facts(tx: &mut Tx, case: Uuid) -> Result<Option<Facts>, Error> {
    Ok(fetch_optional!(
        tx,
        Facts,
        "SELECT id, reference, hotline_id, state, outcome, harm, reporter, age_band, country, language, danger, spreading, level,
            deadline, reasons, received_at, closed_at, holder_id, touched_at, unread_from_reporter, legal_hold, hold_reason, erase_words_at,
            end_protection_at, withdraw_asked_at,
            (SELECT name FROM team WHERE team.id = team_id) AS team,
            (SELECT name FROM organisation WHERE organisation.id = flagger_id) AS flagger,
            (SELECT name FROM staff WHERE staff.id = holder_id) AS holder
         FROM cases WHERE id = $1",
        case
    )?)
}

async fn names(tx: &mut Tx, case: Uuid) -> Result<BTreeMap<Uuid, String>, Error> {
    let names = fetch_all!(
        tx,
        (Uuid, String),
        "SELECT id, name FROM staff WHERE id IN (SELECT staff_id FROM history WHERE case_id = $1)
            OR id IN (SELECT staff_id FROM message WHERE case_id = $1)
            OR organisation_id = (SELECT hotline_id FROM cases WHERE id = $1)",
        case
    )?;
    Ok(names.into_iter().collect())
}

/// The case's private halves; a case this person has no key to does not exist for them.
pub(crate) async fn keys_of(tx: &mut Tx, session: &StaffSession, case: Uuid) -> Result<CaseKeys, Refused> {
    case_keys::open_in(tx, session, case).await?.ok_or(Refused::NotFound)
}

/// A case that somebody acts on.
#[derive(FromRow)]
pub(crate) struct Held {
    /// The case.
    pub id: Uuid,
    /// Where it stands.
    pub state: CaseState,
    /// What its words are sealed to.
    #[sqlx(flatten)]
    pub keys: CasePublicKeys,
}

/// A case of this hotline that this person can open, whoever has it in their hands.
pub(crate) async fn readable(tx: &mut Tx, session: &StaffSession, case: Uuid) -> Result<Held, Refused> {
    keys_of(tx, session, case).await?;
    let sql = "SELECT id, state, public_key, staff_public_key FROM cases WHERE id = $1 AND hotline_id = $2";
    fetch_optional!(tx, Held, sql, case, session.organisation)?.ok_or(Refused::NotFound)
}

/// Holds the row of a case that is in this person's hands.
pub(crate) async fn in_hands(cw: &Casework, tx: &mut Tx, session: &StaffSession, case: Uuid) -> Result<Held, Refused> {
    if !session.is_holder() {
        return Err(Refused::NotFound);
    }
    let held = fetch_optional!(
        tx,
        Held,
        "UPDATE cases SET updated_at = $1, touched_at = $1 WHERE id = $2 AND hotline_id = $3 AND holder_id = $4
         RETURNING id, state, public_key, staff_public_key",
        cw.now(),
        case,
        session.organisation,
        session.staff
    )?;
    held.ok_or(Refused::NotInYourHands)
}

/// Notes that somebody took a case's history away as a file, before they have it.
pub async fn exported(cw: &Casework, session: &StaffSession, case: Uuid) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "case.export", case, "").await?;
    Ok(tx.commit().await?)
}

/// Puts a case into another state: in review, or waiting for somebody. Ends have use cases of their own.
pub async fn change_state(cw: &Casework, session: &StaffSession, case: Uuid, to: CaseState) -> Result<(), Refused> {
    let mut tx = cw.storage.write().await?;
    let held = in_hands(cw, &mut tx, session, case).await?;
    go_to(cw, &mut tx, session, &held, to).await?;
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "case.state", case, to.as_str()).await?;
    tx.commit().await?;
    Ok(())
}

async fn go_to(cw: &Casework, tx: &mut Tx, session: &StaffSession, held: &Held, to: CaseState) -> Result<(), Refused> {
    let is_a_step = matches!(to, CaseState::InReview | CaseState::WaitingForReporter | CaseState::WaitingForProviders);
    if !is_a_step || !held.state.can_become(to) {
        return Err(Refused::NotNow);
    }
    execute!(tx, "UPDATE cases SET state = $1 WHERE id = $2", to, held.id)?;
    let event = Event::StateChanged { to };
    history::record(cw, tx, held.id, Actor::Staff(session.staff), None, &event).await?;
    Ok(())
}

/// Writes to the reporter; `and_wait` puts the case to waiting for their answer. A neutral mail goes out if they asked for
/// that.
pub async fn write_to_reporter(
    cw: &Casework,
    session: &StaffSession,
    case: Uuid,
    words: &Words,
    and_wait: bool,
    press: &Press,
) -> Result<(), Refused> {
    let mut tx = cw.storage.write().await?;
    if !press.is_first(cw, &mut tx).await? {
        return Ok(());
    }
    let held = in_hands(cw, &mut tx, session, case).await?;
    if !held.state.is_open() {
        return Err(Refused::NotNow);
    }
    let message = message::from_staff(cw, &mut tx, case, &held.keys, session.staff, words).await?;
    if and_wait && held.state != CaseState::WaitingForReporter {
        go_to(cw, &mut tx, session, &held, CaseState::WaitingForReporter).await?;
    }
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "message.write", message, &case.to_string()).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether a case that ends like this needs words that say why: nothing, or not all, could be done.
pub fn needs_explanation(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::PartlyRemoved | Outcome::NotIllegal | Outcome::NotFound | Outcome::OutOfScope)
}

/// Whether anything in the case bears an outcome out: what was removed was somewhere, what is listed has a claim, what was
/// referred has a referral. The reporter is told the outcome, so it must be true.
async fn is_so(tx: &mut Tx, case: Uuid, outcome: Outcome) -> Result<bool, Error> {
    let sql = match outcome {
        Outcome::Removed | Outcome::PartlyRemoved => {
            "SELECT EXISTS (SELECT 1 FROM item WHERE case_id = $1 AND kind <> 'file')"
        }
        Outcome::FingerprintsListed => "SELECT EXISTS (SELECT 1 FROM claim WHERE case_id = $1 AND ended_at IS NULL)",
        Outcome::Referred => "SELECT EXISTS (SELECT 1 FROM referral WHERE case_id = $1)",
        Outcome::NotIllegal | Outcome::NotFound | Outcome::OutOfScope => return Ok(true),
    };
    Ok(fetch_one!(tx, (bool,), sql, case)?.0)
}

/// Closes a case and puts it out of hands. The explanation goes to the reporter as a message.
pub async fn close(
    cw: &Casework,
    session: &StaffSession,
    case: Uuid,
    outcome: Outcome,
    explanation: Option<&Words>,
) -> Result<(), Refused> {
    if needs_explanation(outcome) && explanation.is_none() {
        return Err(Refused::NeedsExplanation);
    }
    let mut tx = cw.storage.write().await?;
    let held = in_hands(cw, &mut tx, session, case).await?;
    if !held.state.can_become(CaseState::Closed) {
        return Err(Refused::NotNow);
    }
    if !is_so(&mut tx, case, outcome).await? {
        return Err(Refused::NotSo);
    }
    let mut message = None;
    if let Some(words) = explanation {
        message = Some(message::from_staff(cw, &mut tx, case, &held.keys, session.staff, words).await?);
    }
    execute!(
        &mut tx,
        "UPDATE cases SET state = $1, outcome = $2, closed_at = $3, holder_id = NULL, touched_at = NULL WHERE id = $4",
        CaseState::Closed,
        outcome,
        cw.now(),
        case
    )?;
    let actor = Actor::Staff(session.staff);
    history::record(cw, &mut tx, case, actor, message, &Event::Closed { outcome, explanation: None }).await?;
    audit::record(cw, &mut tx, actor, "case.close", case, outcome.as_str()).await?;
    tx.commit().await?;
    Ok(())
}

/// Opens a closed case again: something new came up. It goes back to its hotline's queue with the deadline it had, so it
/// does not start at the end.
pub async fn reopen(cw: &Casework, session: &StaffSession, case: Uuid) -> Result<(), Refused> {
    let mut tx = cw.storage.write().await?;
    keys_of(&mut tx, session, case).await?;
    let reopened = execute!(
        &mut tx,
        "UPDATE cases SET state = $1, outcome = NULL, closed_at = NULL WHERE id = $2 AND hotline_id = $3 AND state = $4",
        CaseState::Reopened,
        case,
        session.organisation,
        CaseState::Closed
    )?;
    if reopened == 0 {
        return Err(Refused::NotNow);
    }
    let actor = Actor::Staff(session.staff);
    history::record(cw, &mut tx, case, actor, None, &Event::Reopened).await?;
    audit::record(cw, &mut tx, actor, "case.reopen", case, "").await?;
    tx.commit().await?;
    Ok(())
}
