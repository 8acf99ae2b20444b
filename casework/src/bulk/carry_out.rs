//! Carries out what was asked for many cases, one after the other, each by the use case that does it for one.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use sqlx::FromRow;
use uuid::Uuid;

use super::{ACT, Act, CASE_KEY, Fate, KEPT, LONGEST_WORDS, STAFF_KEY, code_of};
use crate::assessment::{self, Judgement};
use crate::case::{self, Refused};
use crate::case_keys::{CaseKeys, LentKeys};
use crate::notice::{self, Draft, NoticeError};
use crate::press::Press;
use crate::staff::session::{self, StaffSession};
use crate::text::Words;
use crate::vault::{Binding, Sealed};
use crate::{Casework, Error, execute, fetch_all, fetch_optional, label, queue};

/// How long a worker has for one case before another one takes over.
const LEASE: TimeDelta = TimeDelta::minutes(5);

#[derive(FromRow)]
struct Due {
    id: Uuid,
    staff_id: Uuid,
    sealed_act: Sealed,
}

/// Carries out what is due; for the worker. Gives how many cases.
pub async fn carry_out_due(cw: &Casework) -> Result<u64, Error> {
    let mut carried_out = 0;
    for due in start_due(cw).await? {
        let json = cw.keys.operational().private.open(Binding::new(due.id, ACT), &due.sealed_act)?;
        let act = serde_json::from_slice(&json).map_err(|_| Error::Inconsistent(ACT))?;
        while let Some(case) = next_case(cw, due.id).await? {
            carry_out(cw, &due, &act, case).await?;
            carried_out += 1;
        }
    }
    Ok(carried_out)
}

/// From here on it can't be undone any more.
async fn start_due(cw: &Casework) -> Result<Vec<Due>, Error> {
    let mut tx = cw.storage.write().await?;
    execute!(
        &mut tx,
        "UPDATE bulk SET started_at = $1 WHERE started_at IS NULL AND undone_at IS NULL AND due_at <= $1 AND created_at > $2",
        cw.now(),
        cw.now() - KEPT
    )?;
    let due = fetch_all!(
        &mut tx,
        Due,
        "SELECT id, staff_id, sealed_act FROM bulk WHERE started_at IS NOT NULL AND created_at > $1
            AND EXISTS (SELECT 1 FROM bulk_case WHERE bulk_id = bulk.id AND state = 'waiting') ORDER BY created_at",
        cw.now() - KEPT
    )?;
    tx.commit().await?;
    Ok(due)
}

#[derive(FromRow)]
struct Waiting {
    case_id: Uuid,
    was_held: bool,
    sealed_case_key: Sealed,
    sealed_staff_key: Sealed,
}

/// The next case that no other worker has.
async fn next_case(cw: &Casework, bulk: Uuid) -> Result<Option<Waiting>, Error> {
    let mut tx = cw.storage.write().await?;
    let case = fetch_optional!(
        &mut tx,
        Waiting,
        "UPDATE bulk_case SET leased_until = $1 WHERE bulk_id = $2 AND (leased_until IS NULL OR leased_until < $3) AND case_id =
            (SELECT case_id FROM bulk_case WHERE bulk_id = $2 AND state = 'waiting' AND (leased_until IS NULL OR leased_until < $3)
             ORDER BY case_id LIMIT 1)
         RETURNING case_id, was_held, sealed_case_key, sealed_staff_key",
        cw.now() + LEASE,
        bulk,
        cw.now()
    )?;
    tx.commit().await?;
    Ok(case)
}

async fn carry_out(cw: &Casework, due: &Due, act: &Act, waiting: Waiting) -> Result<(), Error> {
    let case = waiting.case_id;
    let operational = &cw.keys.operational().private;
    let keys = CaseKeys {
        case: operational.open_key(Binding::new(case, CASE_KEY), &waiting.sealed_case_key)?,
        staff: operational.open_key(Binding::new(case, STAFF_KEY), &waiting.sealed_staff_key)?,
    };
    let session = session::on_behalf(cw, due.staff_id, LentKeys { case, keys }).await?;
    let refusal = match &session {
        Some(session) => match done(cw, session, due.id, act, case).await {
            Ok(()) => None,
            Err(Undone::Failed(cause)) => return Err(cause),
            Err(Undone::Refused(code)) => Some(code),
        },
        None => Some("not_for_you"),
    };
    let mut tx = cw.storage.write().await?;
    if let Some(session) = session.filter(|_| !waiting.was_held) {
        queue::put_back(cw, &mut tx, &session, case).await?;
    }
    execute!(
        &mut tx,
        "UPDATE bulk_case SET state = $1, refusal = $2, sealed_case_key = NULL, sealed_staff_key = NULL, leased_until = NULL
         WHERE bulk_id = $3 AND case_id = $4",
        if refusal.is_some() { Fate::Refused } else { Fate::Done },
        refusal,
        due.id,
        case
    )?;
    Ok(tx.commit().await?)
}

/// Why a case was left as it was.
enum Undone {
    Refused(&'static str),
    Failed(Error),
}

impl From<Refused> for Undone {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Failed(cause) => Self::Failed(cause),
            refused => Self::Refused(code_of(&refused)),
        }
    }
}

impl From<NoticeError> for Undone {
    fn from(error: NoticeError) -> Self {
        match error {
            NoticeError::Internal(cause) => Self::Failed(cause),
            NoticeError::NoAddress => Self::Refused("no_address"),
            NoticeError::TooMany => Self::Refused("too_many"),
            NoticeError::NotYours => Self::Refused("not_in_your_hands"),
            NoticeError::NothingChosen | NoticeError::OtherProvider | NoticeError::MovedOn | NoticeError::Unknown => {
                Self::Refused("not_now")
            }
        }
    }
}

impl From<crate::storage::StorageError> for Undone {
    fn from(cause: crate::storage::StorageError) -> Self {
        Self::Failed(cause.into())
    }
}

fn read_words(text: &str) -> Result<Words, Undone> {
    Words::parse(text, LONGEST_WORDS).map_err(|_| Undone::Failed(Error::Inconsistent(ACT)))
}

async fn done(cw: &Casework, session: &StaffSession, bulk: Uuid, act: &Act, case: Uuid) -> Result<(), Undone> {
    match act {
        Act::Label { labels } => Ok(label::add(cw, session, case, labels).await?),
        Act::Close { outcome, explanation } => {
            let words = explanation.as_deref().map(read_words).transpose()?;
            Ok(case::close(cw, session, case, *outcome, words.as_ref()).await?)
        }
        Act::Assess { judgement } => assess(cw, session, case, judgement).await,
        Act::Notify { explanation } => notify(cw, session, bulk, case, &read_words(explanation)?).await,
    }
}

async fn assess(cw: &Casework, session: &StaffSession, case: Uuid, judgement: &Judgement) -> Result<(), Undone> {
    let open = fetch_all!(
        &mut cw.storage.read().await?,
        (Uuid,),
        "SELECT id FROM item WHERE case_id = $1 AND NOT EXISTS (SELECT 1 FROM assessment WHERE item_id = item.id) ORDER BY id",
        case
    )?;
    if open.is_empty() {
        return Err(Undone::Refused("already_assessed"));
    }
    for (item,) in open {
        assessment::assess(cw, session, case, item, judgement).await?;
    }
    Ok(())
}

async fn notify(
    cw: &Casework,
    session: &StaffSession,
    bulk: Uuid,
    case: Uuid,
    explanation: &Words,
) -> Result<(), Undone> {
    let rows = fetch_all!(
        &mut cw.storage.read().await?,
        (Uuid, Uuid),
        "SELECT provider_id, id FROM item WHERE case_id = $1 AND provider_id IS NOT NULL AND kind IN ('location', 'account')
            AND NOT EXISTS (SELECT 1 FROM notice_item JOIN notice ON notice.id = notice_id
                WHERE item_id = item.id AND notice.state NOT IN ('draft', 'withdrawn'))",
        case
    )?;
    let mut by_provider = BTreeMap::<Uuid, BTreeSet<Uuid>>::new();
    for (provider, item) in rows {
        by_provider.entry(provider).or_default().insert(item);
    }
    if by_provider.is_empty() {
        return Err(Undone::Refused("no_provider"));
    }
    for (provider, items) in by_provider {
        // The same one again after a crash, not a second one.
        let press = Press::of(bulk, [("case", case.to_string().as_str()), ("provider", provider.to_string().as_str())]);
        let drafted =
            notice::draft(cw, session, case, &Draft::new(provider, items, explanation.clone()), &press).await?;
        notice::approve(cw, session, drafted).await?;
    }
    Ok(())
}
