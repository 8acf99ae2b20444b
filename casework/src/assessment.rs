//! What an item is, in an analyst's judgement: a neutral class, the legal basis, and why.
//!
//! Classes that may bring a file onto a list of unlawful material need a second person, who judges without knowing the
//! first answer: it is not opened for them at all. Where two differ, a lead who made neither decides, and sees both.
//! Assessments are sealed to the case's second pair; the database tells only that one was made, and who is awaited.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::case::{Refused, in_hands, keys_of};
use crate::case_keys;
use crate::history::{self, Actor, Event};
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::{Class, LegalBasis, Role};
use crate::text::Words;
use crate::vault::{Binding, PrivateKey, Sealed};
use crate::{Casework, Error, audit, execute, fetch_all};

const BODY: &str = "assessment.body";

/// A class under a law that knows no such thing ([`Class::can_rest_on`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the legal basis does not bear the class out")]
pub struct Unfounded;

/// A judgement of one item.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// What it shows.
    pub class: Class,
    /// Under which law.
    pub legal_basis: LegalBasis,
    /// Why, for colleagues. May be empty.
    pub note: String,
}

impl Judgement {
    /// Most characters a note may have.
    pub const LONGEST_NOTE: usize = 2_000;

    /// A judgement with its reason. The basis must bear the class out.
    pub fn new(class: Class, legal_basis: LegalBasis, note: Option<Words>) -> Result<Self, Unfounded> {
        let judgement = Self { class, legal_basis, note: note.map(Words::into_string).unwrap_or_default() };
        if class.can_rest_on(legal_basis) { Ok(judgement) } else { Err(Unfounded) }
    }

    /// Whether two assessors judged otherwise: another class, or another law.
    fn differs_from(&self, other: &Self) -> bool {
        (self.class, self.legal_basis) != (other.class, other.legal_basis)
    }
}

/// An assessment that this person may read.
#[derive(Clone)]
pub struct Assessment {
    /// Who made it.
    pub staff_id: Uuid,
    /// When.
    pub created_at: DateTime<Utc>,
    /// What they judged.
    pub judgement: Judgement,
}

/// What was judged of an item, as far as this person may know. What they may not know is not in it.
pub enum Look {
    /// Nobody has assessed it.
    Open,
    /// It waits for a second person. `own` is there only for the first.
    AwaitsSecond {
        /// The first assessment, for whoever made it.
        own: Option<Assessment>,
    },
    /// Two differ: a lead decides.
    AwaitsLead {
        /// Both, the first first.
        both: Vec<Assessment>,
        /// Whether this person may be the one.
        may_decide: bool,
    },
    /// Done. The last one counts.
    Done {
        /// All, in order.
        all: Vec<Assessment>,
    },
}

impl Look {
    /// What it is, once that is decided.
    pub fn class(&self) -> Option<Class> {
        match self {
            Self::Done { all } => all.last().map(|last| last.judgement.class),
            Self::Open | Self::AwaitsSecond { .. } | Self::AwaitsLead { .. } => None,
        }
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    item_id: Uuid,
    staff_id: Uuid,
    position: i64,
    awaits: Option<String>,
    sealed_body: Sealed,
    created_at: DateTime<Utc>,
}

impl Row {
    fn opened(&self, key: &PrivateKey) -> Result<Assessment, Error> {
        let json = key.open(Binding::new(self.id, BODY), &self.sealed_body)?;
        let judgement = serde_json::from_slice(&json).map_err(|_| Error::Inconsistent(BODY))?;
        Ok(Assessment { staff_id: self.staff_id, created_at: self.created_at, judgement })
    }
}

/// What comes next for an item, and for whom.
enum Next {
    /// The first assessment, or the first person's change of mind before a second has looked.
    First,
    Second,
    Lead,
}

const SECOND: &str = "second";
const LEAD: &str = "lead";

/// Assesses an item. The first assessment is for whoever has the case in their hands, who may change it until a second
/// person has looked; the second is for anybody else of the hotline, the decision between two that differ for a lead.
pub async fn assess(
    cw: &Casework,
    session: &StaffSession,
    case: Uuid,
    item: Uuid,
    judgement: &Judgement,
) -> Result<(), Refused> {
    let mut tx = cw.storage.write().await?;
    let keys = keys_of(&mut tx, session, case).await?;
    hold_item(cw, &mut tx, session, case, item).await?;
    let rows = rows_of_item(&mut tx, item).await?;
    let next = next_for(session, &rows)?;
    if matches!(next, Next::First) {
        in_hands(cw, &mut tx, session, case).await?;
        execute!(&mut tx, "DELETE FROM assessment WHERE item_id = $1", item)?;
    }
    execute!(&mut tx, "UPDATE assessment SET awaits = NULL WHERE item_id = $1", item)?;
    let differs = match (&next, rows.first()) {
        (Next::Second, Some(first)) => first.opened(&keys.staff)?.judgement.differs_from(judgement),
        _ => false,
    };
    let (position, awaits) = match next {
        Next::First => (1, judgement.class.needs_second_assessor().then_some(SECOND)),
        Next::Second => (2, differs.then_some(LEAD)),
        Next::Lead => (3, None),
    };
    let actor = Actor::Staff(session.staff);
    let id = insert(cw, &mut tx, session, case, item, position, awaits, judgement).await?;
    history::record(cw, &mut tx, case, actor, Some(item), &Event::Assessed { position }).await?;
    if differs {
        history::record(cw, &mut tx, case, actor, Some(item), &Event::AssessorsDiffer).await?;
    }
    audit::record(cw, &mut tx, actor, "item.assess", item, &format!("{id} {position}")).await?;
    tx.commit().await?;
    Ok(())
}

/// Holds the case's row, so that two assessments of one item come one after the other.
async fn hold_item(cw: &Casework, tx: &mut Tx, session: &StaffSession, case: Uuid, item: Uuid) -> Result<(), Refused> {
    let held = execute!(
        tx,
        "UPDATE cases SET updated_at = $1 WHERE id = $2 AND hotline_id = $3 AND state <> 'withdrawn'
            AND EXISTS (SELECT 1 FROM item WHERE item.id = $4 AND item.case_id = cases.id)",
        cw.now(),
        case,
        session.organisation,
        item
    )?;
    if held == 0 { Err(Refused::NotFound) } else { Ok(()) }
}

fn next_for(session: &StaffSession, rows: &[Row]) -> Result<Next, Refused> {
    let Some(last) = rows.last() else { return Ok(Next::First) };
    let is_one_of_them = rows.iter().any(|row| row.staff_id == session.staff);
    match (last.position, last.awaits.as_deref()) {
        (1, _) if is_one_of_them => Ok(Next::First),
        (1, Some(SECOND)) => Ok(Next::Second),
        (2, Some(LEAD)) if is_one_of_them => Err(Refused::SamePerson),
        (2, Some(LEAD)) if session.role == Role::Lead => Ok(Next::Lead),
        (2, Some(LEAD)) => Err(Refused::LeadsOnly),
        _ => Err(Refused::AlreadyAssessed),
    }
}

#[expect(clippy::too_many_arguments, reason = "one row, every column of it named")]
async fn insert(
    cw: &Casework,
    tx: &mut Tx,
    session: &StaffSession,
    case: Uuid,
    item: Uuid,
    position: i64,
    awaits: Option<&str>,
    judgement: &Judgement,
) -> Result<Uuid, Error> {
    let id = cw.new_id();
    let keys = case_keys::public_keys(tx, case).await?.ok_or(Error::Inconsistent("cases.staff_public_key"))?;
    let json = serde_json::to_vec(judgement).map_err(|_| Error::Inconsistent(BODY))?;
    let body = keys.staff_public_key.seal(&*cw.randomness, Binding::new(id, BODY), &json);
    execute!(
        tx,
        "INSERT INTO assessment (id, case_id, item_id, staff_id, position, awaits, sealed_body, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        case,
        item,
        session.staff,
        position,
        awaits,
        body,
        cw.now()
    )?;
    Ok(id)
}

async fn rows_of_item(tx: &mut Tx, item: Uuid) -> Result<Vec<Row>, Error> {
    Ok(fetch_all!(
        tx,
        Row,
        "SELECT id, item_id, staff_id, position, awaits, sealed_body, created_at FROM assessment WHERE item_id = $1 ORDER BY position",
        item
    )?)
}

/// What was judged of each item of a case, by item, as far as this person may know.
pub(crate) async fn of_case(
    tx: &mut Tx,
    session: &StaffSession,
    case: Uuid,
    key: &PrivateKey,
) -> Result<HashMap<Uuid, Look>, Error> {
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT id, item_id, staff_id, position, awaits, sealed_body, created_at FROM assessment WHERE case_id = $1
         ORDER BY item_id, position",
        case
    )?;
    rows.chunk_by(|one, other| one.item_id == other.item_id)
        .map(|of_item| Ok((of_item[0].item_id, look(session, of_item, key)?)))
        .collect()
}

fn look(session: &StaffSession, rows: &[Row], key: &PrivateKey) -> Result<Look, Error> {
    let awaits = rows.last().and_then(|last| last.awaits.as_deref());
    let own = || rows.iter().find(|row| row.staff_id == session.staff);
    if awaits == Some(SECOND) {
        return Ok(Look::AwaitsSecond { own: own().map(|row| row.opened(key)).transpose()? });
    }
    let all = rows.iter().map(|row| row.opened(key)).collect::<Result<Vec<_>, _>>()?;
    if awaits == Some(LEAD) {
        let may_decide = session.role == Role::Lead && own().is_none();
        return Ok(Look::AwaitsLead { both: all, may_decide });
    }
    Ok(Look::Done { all })
}
