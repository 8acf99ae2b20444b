//! Taking back: erasing a case's words, and ending its files' protection. Two choices, because they are two things. A third,
//! that nobody work on the case any more, is asked for with them and stands in [`crate::withdrawal`].
//!
//! Both wait seven days, seen on the case and cancellable, since whoever holds the code may be the very person a child
//! needs protection from. A legal hold stops both for as long as it lasts. Erasing destroys the case's keys and rows,
//! sessions, drafts and what waits in the outbox included. What is left: a number in a table of counts, the audit chain
//! (hashes, no words), and, where protection goes on, a stub by which the code still opens the page that ends it.
//!
//! What it cannot undo: mails that have gone out, what a provider or the police were told, and backups until they expire.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::history::{self, Actor, Event};
use crate::mine::{self, Refusal};
use crate::storage::Tx;
use crate::taxonomy::{Harm, Outcome};
use crate::vault::{CookieToken, LookupHash};
use crate::{Casework, Error, audit, claim, execute, fetch_all, fetch_optional, retention, withdrawal};

/// How long a wish to erase waits.
pub const WAIT: TimeDelta = TimeDelta::days(7);

/// How long an ended claim stays, so that partners who pull the list hear that it ended.
const PARTNERS_HEAR: TimeDelta = TimeDelta::days(90);

/// What the reporter wants. Each may be wished without the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// That nobody work on the case any more.
    pub stop: bool,
    /// Everything told and written, and the keys to it.
    pub words: bool,
    /// The files' place on the list.
    pub protection: bool,
}

impl Wish {
    /// Whether anything is to be erased, after [`WAIT`].
    pub fn erases(self) -> bool {
        self.words || self.protection
    }
}

/// Notes the wish; gives when what is to be erased will be. Wishing again does not put the day off.
pub async fn ask(cw: &Casework, token: &CookieToken, wish: Wish) -> Result<DateTime<Utc>, Refusal> {
    let mut tx = cw.storage.write().await?;
    let open = mine::open(cw, &mut tx, token).await?.ok_or(Refusal::NotOpen)?;
    let due = cw.now() + WAIT;
    let is_case = execute!(
        &mut tx,
        "UPDATE cases SET erase_words_at = CASE WHEN $1 THEN COALESCE(erase_words_at, $3) ELSE erase_words_at END,
                end_protection_at = CASE WHEN $2 THEN COALESCE(end_protection_at, $3) ELSE end_protection_at END
         WHERE id = $4",
        wish.words,
        wish.protection,
        due,
        open.case
    )? == 1;
    if is_case && wish.stop {
        withdrawal::ask(cw, &mut tx, open.case).await?;
    }
    if is_case && wish.erases() {
        let event = Event::EraseAsked { words: wish.words, protection: wish.protection };
        history::record(cw, &mut tx, open.case, Actor::Reporter, None, &event).await?;
    } else if !is_case && wish.protection {
        execute!(
            &mut tx,
            "UPDATE withdrawal_stub SET end_protection_at = COALESCE(end_protection_at, $1) WHERE case_id = $2",
            due,
            open.case
        )?;
    }
    audit::record(cw, &mut tx, Actor::Reporter, "case.take_back", open.case, &described(wish)).await?;
    tx.commit().await?;
    Ok(due)
}

fn described(wish: Wish) -> String {
    let parts = [(wish.stop, "stop"), (wish.words, "words"), (wish.protection, "protection")];
    parts.into_iter().filter_map(|(wished, code)| wished.then_some(code)).collect::<Vec<_>>().join(" ")
}

/// Takes the wish back, all of it: a case that had stopped goes on.
pub async fn cancel(cw: &Casework, token: &CookieToken) -> Result<(), Refusal> {
    let mut tx = cw.storage.write().await?;
    let open = mine::open(cw, &mut tx, token).await?.ok_or(Refusal::NotOpen)?;
    let cancelled = execute!(
        &mut tx,
        "UPDATE cases SET erase_words_at = NULL, end_protection_at = NULL
         WHERE id = $1 AND (erase_words_at IS NOT NULL OR end_protection_at IS NOT NULL)",
        open.case
    )?;
    if cancelled == 1 {
        history::record(cw, &mut tx, open.case, Actor::Reporter, None, &Event::EraseCancelled).await?;
    }
    withdrawal::cancel(cw, &mut tx, open.case).await?;
    execute!(&mut tx, "UPDATE withdrawal_stub SET end_protection_at = NULL WHERE case_id = $1", open.case)?;
    audit::record(cw, &mut tx, Actor::Reporter, "case.keep", open.case, "").await?;
    tx.commit().await?;
    Ok(())
}

/// What a round of the worker did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Cases whose words are gone.
    pub erased: u32,
    /// Cases whose files are protected no longer.
    pub unprotected: u32,
}

const TO_UNPROTECT: &str = "SELECT id FROM cases WHERE end_protection_at <= $1 AND NOT legal_hold";
const TO_ERASE: &str = "SELECT id FROM cases WHERE erase_words_at <= $1 AND NOT legal_hold";
const LONG_ENDED: &str = "DELETE FROM claim WHERE ended_at <= $1";

/// The statements by which the worker finds what is due, for whoever looks at how the engines carry them out.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn statements() -> Vec<crate::testing::Statement> {
    vec![
        ("protection to end", TO_UNPROTECT, "timestamptz"),
        ("words to erase", TO_ERASE, "timestamptz"),
        ("claims that ended long ago", LONG_ENDED, "timestamptz"),
    ]
}

/// Carries out every wish that is due, and the rules of [`retention`]. The worker calls it now and then; what is due while
/// nobody runs is carried out by the next round.
pub async fn run_due(cw: &Casework) -> Result<Round, Error> {
    let now = cw.now();
    let mut round = Round::default();
    for case in due(cw, TO_UNPROTECT).await? {
        round.unprotected += u32::from(end_protection(cw, case).await?);
    }
    for case in due(cw, "SELECT case_id FROM withdrawal_stub WHERE end_protection_at <= $1").await? {
        round.unprotected += u32::from(end_stub(cw, case).await?);
    }
    for case in due(cw, TO_ERASE).await? {
        round.erased += u32::from(erase(cw, case).await?);
    }
    round.erased += retention::run_due(cw).await?;
    let mut tx = cw.storage.write().await?;
    execute!(&mut tx, LONG_ENDED, now - PARTNERS_HEAR)?;
    tx.commit().await?;
    if round != Round::default() {
        cw.storage.wipe_free_space().await?;
    }
    Ok(round)
}

async fn due(cw: &Casework, sql: &'static str) -> Result<Vec<Uuid>, Error> {
    let mut tx = cw.storage.read().await?;
    let rows = fetch_all!(&mut tx, (Uuid,), sql, cw.now())?;
    Ok(rows.into_iter().map(|(case,)| case).collect())
}

/// Ends the claims of a case that goes on. False if the wish was taken back a moment ago.
async fn end_protection(cw: &Casework, case: Uuid) -> Result<bool, Error> {
    let mut tx = cw.storage.write().await?;
    let wished = execute!(
        &mut tx,
        "UPDATE cases SET end_protection_at = NULL WHERE id = $1 AND end_protection_at <= $2 AND NOT legal_hold",
        case,
        cw.now()
    )?;
    if wished == 0 {
        return Ok(false);
    }
    let files = claim::end_all(cw, &mut tx, case).await?;
    history::record(cw, &mut tx, case, Actor::System, None, &Event::FingerprintsEnded { files }).await?;
    audit::record(cw, &mut tx, Actor::System, "case.unprotected", case, "").await?;
    tx.commit().await?;
    Ok(true)
}

/// Ends the claims of an erased case; then nothing is left of it, and its code opens nothing.
async fn end_stub(cw: &Casework, case: Uuid) -> Result<bool, Error> {
    let mut tx = cw.storage.write().await?;
    let wished = execute!(
        &mut tx,
        "DELETE FROM withdrawal_stub WHERE case_id = $1 AND end_protection_at <= $2",
        case,
        cw.now()
    )?;
    if wished == 0 {
        return Ok(false);
    }
    claim::end_all(cw, &mut tx, case).await?;
    execute!(&mut tx, "DELETE FROM session WHERE case_id = $1", case)?;
    audit::record(cw, &mut tx, Actor::System, "case.unprotected", case, "").await?;
    tx.commit().await?;
    Ok(true)
}

/// How the row of a case goes, and what it still says: an [`Erased`].
macro_rules! delete_case {
    ($which:expr) => {
        concat!(
            "DELETE FROM cases WHERE ",
            $which,
            " AND NOT legal_hold RETURNING hotline_id, harm, outcome, received_at, code_lookup, end_protection_at"
        )
    };
}

pub(crate) use delete_case;

/// What a case's row still says as it goes.
#[derive(FromRow)]
pub(crate) struct Erased {
    hotline_id: Uuid,
    harm: Harm,
    outcome: Option<Outcome>,
    received_at: DateTime<Utc>,
    code_lookup: Option<LookupHash>,
    end_protection_at: Option<DateTime<Utc>>,
}

/// Destroys a case's keys and rows. False if the wish was taken back, or the law laid hold of the case, a moment ago.
async fn erase(cw: &Casework, case: Uuid) -> Result<bool, Error> {
    let mut tx = cw.storage.write().await?;
    let erased = fetch_optional!(&mut tx, Erased, delete_case!("id = $1 AND erase_words_at <= $2"), case, cw.now())?;
    let Some(erased) = erased else { return Ok(false) };
    finish(cw, &mut tx, case, &erased, retention::WISH).await?;
    tx.commit().await?;
    Ok(true)
}

/// The row of a case is gone: what referred to it goes too, and what is to stay is written. `rule`: why it was erased.
pub(crate) async fn finish(cw: &Casework, tx: &mut Tx, case: Uuid, erased: &Erased, rule: &str) -> Result<(), Error> {
    forget_copies(tx, case).await?;
    count(tx, erased).await?;
    leave_trace(cw, tx, erased, rule).await?;
    leave_stub(cw, tx, case, erased).await?;
    audit::record(cw, tx, Actor::System, "case.erased", case, rule).await
}

/// What refers to a case without being part of it.
async fn forget_copies(tx: &mut Tx, case: Uuid) -> Result<(), Error> {
    execute!(tx, "DELETE FROM session WHERE case_id = $1", case)?;
    execute!(tx, "DELETE FROM draft WHERE case_id = $1", case)?;
    execute!(tx, "DELETE FROM outbox WHERE case_id = $1", case)?;
    Ok(())
}

async fn count(tx: &mut Tx, erased: &Erased) -> Result<(), Error> {
    execute!(
        tx,
        "INSERT INTO erased_count (hotline_id, month, harm, outcome, number) VALUES ($1, $2, $3, $4, 1)
         ON CONFLICT (hotline_id, month, harm, outcome) DO UPDATE SET number = erased_count.number + 1",
        erased.hotline_id,
        erased.received_at.format("%Y-%m").to_string(),
        erased.harm,
        erased.outcome.map_or("none", Outcome::as_str)
    )?;
    Ok(())
}

async fn leave_trace(cw: &Casework, tx: &mut Tx, erased: &Erased, rule: &str) -> Result<(), Error> {
    execute!(
        tx,
        "INSERT INTO erased_trace (hotline_id, day, rule, number) VALUES ($1, $2, $3, 1)
         ON CONFLICT (hotline_id, day, rule) DO UPDATE SET number = erased_trace.number + 1",
        erased.hotline_id,
        cw.now().date_naive().to_string(),
        rule
    )?;
    Ok(())
}

/// Where protection goes on, the code must still be able to end it.
async fn leave_stub(cw: &Casework, tx: &mut Tx, case: Uuid, erased: &Erased) -> Result<(), Error> {
    execute!(
        tx,
        "INSERT INTO withdrawal_stub (case_id, code_lookup, erased_at, end_protection_at)
         SELECT $1, $2, $3, $4 WHERE EXISTS (SELECT 1 FROM claim WHERE case_id = $1 AND ended_at IS NULL)",
        case,
        erased.code_lookup,
        cw.now(),
        erased.end_protection_at
    )?;
    Ok(())
}
