//! A report while it is being written: sealed under a key that only the browser's cookie holds, gone an hour after the
//! last step or on leaving. Nothing of it is read by anyone until *Send*.
//!
//! What was typed is kept as it was typed, step by step, also where it is still wrong: it is parsed when a step is
//! submitted, and again at Send. After Send the same row is the receipt: the case code, sealed under the same cookie, so
//! that a lost answer or a second press shows the same code.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::report::{Door, Step, Typed};
use crate::storage::Tx;
use crate::vault::{Binding, CookieKeys, CookieToken, Purpose, Sealed};
use crate::{Casework, Error, execute, fetch_optional};

/// What a browser has typed so far, at each door by itself: who tries another door finds it empty, and comes back to
/// what they had.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Draft(BTreeMap<Door, BTreeMap<Step, Typed>>);

impl Draft {
    /// What was typed at a door, by step.
    pub fn at(&self, door: Door) -> BTreeMap<Step, Typed> {
        self.0.get(&door).cloned().unwrap_or_default()
    }

    /// How old one was in the picture was said of another one, once it is somebody else's: it is asked again.
    fn put(&mut self, door: Door, step: Step, typed: Typed) {
        let steps = self.0.entry(door).or_default();
        if step == Step::Whose && steps.get(&step).is_some_and(|before| *before != typed) {
            steps.remove(&Step::AgeInPicture);
        }
        steps.insert(step, typed);
    }
}

/// What a cookie opens.
pub enum Found {
    /// Nothing: no cookie, or an hour has passed.
    Nothing,
    /// A report that has not been sent.
    Draft(Draft),
    /// It was sent, and its code has not been saved yet.
    Sent,
}

/// What saving came to.
pub enum Saved {
    /// It is kept, under this cookie.
    Kept {
        /// The cookie: the one that came, or a new one.
        cookie: CookieToken,
        /// The draft with the new step in it.
        draft: Draft,
        /// Whether it had to be started anew.
        is_new: bool,
    },
    /// The cookie's report was sent already: its code must be shown first, or it would be lost.
    Sent,
}

/// How long a draft is kept after its last step, and a receipt after Send.
pub const KEPT: TimeDelta = TimeDelta::hours(1);

const ANSWERS: &str = "draft.answers";

/// A row that has not run out.
#[derive(FromRow)]
pub(crate) struct Row {
    pub(crate) id: Uuid,
    pub(crate) sealed_answers: Sealed,
    pub(crate) case_id: Option<Uuid>,
    pub(crate) sealed_code: Option<Sealed>,
}

pub(crate) fn keys_of(cw: &Casework, cookie: &CookieToken) -> CookieKeys {
    CookieKeys::derive(cookie, &cw.keys, Purpose::DraftCookie)
}

pub(crate) async fn row_of(cw: &Casework, tx: &mut Tx, keys: &CookieKeys) -> Result<Option<Row>, Error> {
    Ok(fetch_optional!(
        tx,
        Row,
        "SELECT id, sealed_answers, case_id, sealed_code FROM draft WHERE lookup = $1 AND expires_at > $2",
        keys.lookup,
        cw.now()
    )?)
}

pub(crate) fn opened(keys: &CookieKeys, row: &Row) -> Result<Draft, Error> {
    let plain = keys.sealing.unwrap(Binding::new(row.id, ANSWERS), &row.sealed_answers)?;
    serde_json::from_slice(&plain).map_err(|_| Error::Inconsistent(ANSWERS))
}

fn sealed(cw: &Casework, keys: &CookieKeys, id: Uuid, draft: &Draft) -> Result<Sealed, Error> {
    let plain = serde_json::to_vec(draft).map_err(|_| Error::Inconsistent(ANSWERS))?;
    Ok(keys.sealing.wrap(&*cw.randomness, Binding::new(id, ANSWERS), &plain))
}

/// What the cookie opens.
pub async fn open(cw: &Casework, cookie: Option<&CookieToken>) -> Result<Found, Error> {
    let Some(cookie) = cookie else {
        return Ok(Found::Nothing);
    };
    let keys = keys_of(cw, cookie);
    let mut tx = cw.storage.read().await?;
    match row_of(cw, &mut tx, &keys).await? {
        None => Ok(Found::Nothing),
        Some(row) if row.case_id.is_some() => Ok(Found::Sent),
        Some(row) => Ok(Found::Draft(opened(&keys, &row)?)),
    }
}

/// Keeps what was typed at a step, for another hour. Without a draft, or where it has run out, a new one is started from
/// what this step carries.
pub async fn save(
    cw: &Casework,
    cookie: Option<&CookieToken>,
    door: Door,
    step: Step,
    typed: Typed,
) -> Result<Saved, Error> {
    let Some(cookie) = cookie else {
        return start(cw, door, step, typed).await;
    };
    let keys = keys_of(cw, cookie);
    loop {
        let mut tx = cw.storage.write().await?;
        let Some(row) = row_of(cw, &mut tx, &keys).await? else {
            break;
        };
        if row.case_id.is_some() {
            return Ok(Saved::Sent);
        }
        let mut draft = opened(&keys, &row)?;
        draft.put(door, step, typed.clone());
        // Two tabs may save at once: whoever finds the row changed reads it again, so that neither step is lost.
        let changed = execute!(
            &mut tx,
            "UPDATE draft SET sealed_answers = $1, expires_at = $2 WHERE id = $3 AND sealed_answers = $4 AND case_id IS NULL",
            sealed(cw, &keys, row.id, &draft)?,
            cw.now() + KEPT,
            row.id,
            row.sealed_answers
        )?;
        tx.commit().await?;
        if changed == 1 {
            return Ok(Saved::Kept { cookie: cookie.clone(), draft, is_new: false });
        }
    }
    start(cw, door, step, typed).await
}

async fn start(cw: &Casework, door: Door, step: Step, typed: Typed) -> Result<Saved, Error> {
    let mut draft = Draft::default();
    draft.put(door, step, typed);
    let mut tx = cw.storage.write().await?;
    let begun = begin(cw, &mut tx, &draft).await?;
    tx.commit().await?;
    Ok(Saved::Kept { cookie: begun.cookie, draft, is_new: true })
}

/// A draft that has just begun.
pub(crate) struct Begun {
    pub(crate) id: Uuid,
    pub(crate) cookie: CookieToken,
    pub(crate) keys: CookieKeys,
}

/// Begins a draft under a new cookie.
pub(crate) async fn begin(cw: &Casework, tx: &mut Tx, draft: &Draft) -> Result<Begun, Error> {
    let cookie = CookieToken::generate(&*cw.randomness);
    let keys = keys_of(cw, &cookie);
    let id = cw.new_id();
    execute!(
        tx,
        "INSERT INTO draft (id, lookup, sealed_answers, expires_at) VALUES ($1, $2, $3, $4)",
        id,
        keys.lookup,
        sealed(cw, &keys, id, draft)?,
        cw.now() + KEPT
    )?;
    Ok(Begun { id, cookie, keys })
}

/// Throws the cookie's draft or receipt away: on leaving, and once the code is saved.
pub async fn discard(cw: &Casework, cookie: &CookieToken) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    execute!(&mut tx, "DELETE FROM draft WHERE lookup = $1", keys_of(cw, cookie).lookup)?;
    tx.commit().await?;
    Ok(())
}

/// Deletes all that have run out. Gives how many; for the worker.
pub async fn purge(cw: &Casework) -> Result<u64, Error> {
    let mut tx = cw.storage.write().await?;
    let purged = execute!(&mut tx, "DELETE FROM draft WHERE expires_at <= $1", cw.now())?;
    tx.commit().await?;
    Ok(purged)
}
