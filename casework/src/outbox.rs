//! What must happen outside, written with the change that causes it and done afterwards by a worker.
//!
//! A worker leases a few rows, does them with no transaction open, and reports each. A worker that dies loses its lease,
//! and another takes the row: a mail may then go twice, never not at all. Failures are retried with growing pauses for
//! about three days before the row is given up as `failed`, which staff see.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::storage::Tx;
use crate::taxonomy::choice;
use crate::vault::{Binding, Sealed};
use crate::{Casework, Error, execute, fetch_optional};

/// One thing to do outside. Sealed to the server's operational key while it waits.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Task {
    /// Mail the notice to its provider; its content is opened when it is sent.
    SendNotice {
        /// Which notice.
        notice: Uuid,
    },
    /// Tell a reporter, neutrally, that there is something new: no content, no code, no link.
    MailReporter {
        /// Which case.
        case: Uuid,
    },
    /// A one-time link for a member of staff.
    MailInvitation {
        /// The address.
        to: String,
        /// The language it is written in.
        language: String,
        /// The link itself.
        link: String,
    },
    /// Wake a member of staff by mail: cases in danger wait. What it says is read when it is sent.
    RingStaff {
        /// Who.
        staff: Uuid,
        /// Whether it only shows that it arrives.
        is_trial: bool,
    },
    /// The same by a call to the web address the operator named.
    RingWeb {
        /// Whose cases wait.
        hotline: Uuid,
        /// Whether it only shows that it arrives.
        is_trial: bool,
    },
}

choice! {
    /// What takes tasks outside. Each waits for a server of its own: one that is away holds up only its own tasks.
    Channel {
        /// The mail server.
        Mail = "mail",
        /// A call to a web address.
        Web = "web",
    }
}

impl Task {
    fn kind(&self) -> &'static str {
        match self {
            Self::SendNotice { .. } => "send_notice",
            Self::MailReporter { .. } => "mail_reporter",
            Self::MailInvitation { .. } => "mail_invitation",
            Self::RingStaff { .. } => "ring_staff",
            Self::RingWeb { .. } => "ring_web",
        }
    }

    fn channel(&self) -> Channel {
        match self {
            Self::SendNotice { .. }
            | Self::MailReporter { .. }
            | Self::MailInvitation { .. }
            | Self::RingStaff { .. } => Channel::Mail,
            Self::RingWeb { .. } => Channel::Web,
        }
    }
}

/// A leased row: whoever holds it must report [`done`] or [`failed`].
pub struct Leased {
    /// The row.
    pub id: Uuid,
    /// What to do.
    pub task: Task,
    /// How often it was tried before.
    pub attempts: i64,
}

/// Why a try failed, as staff may see it: no addresses, no content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection, a timeout, or a temporary refusal: worth another try.
    Passing,
    /// Refused for good.
    Final,
}

const PAYLOAD: &str = "outbox.payload";
const LEASE: TimeDelta = TimeDelta::minutes(5);
const ATTEMPTS: i64 = 16;

/// Writes a task, in the transaction of the change that causes it.
pub async fn push(
    cw: &Casework,
    tx: &mut Tx,
    case: Option<Uuid>,
    subject: Option<Uuid>,
    task: &Task,
) -> Result<(), Error> {
    let id = cw.new_id();
    let payload = serde_json::to_vec(task).map_err(|_| Error::Inconsistent("outbox.payload"))?;
    let sealed = cw.keys.operational().public.seal(&*cw.randomness, Binding { row: id, field: PAYLOAD }, &payload);
    let now = cw.now();
    execute!(
        tx,
        "INSERT INTO outbox (id, kind, channel, case_id, subject_id, sealed_payload, state, next_attempt_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $7)",
        id,
        task.kind(),
        task.channel(),
        case,
        subject,
        sealed,
        now
    )?;
    Ok(())
}

/// Writes a task about a subject unless one of its kind still waits: that one is then due now.
pub(crate) async fn push_once(cw: &Casework, tx: &mut Tx, subject: Uuid, task: &Task) -> Result<(), Error> {
    let sql = "UPDATE outbox SET next_attempt_at = $1 WHERE subject_id = $2 AND kind = $3 AND state = 'waiting'";
    match execute!(tx, sql, cw.now(), subject, task.kind())? {
        0 => push(cw, tx, None, Some(subject), task).await,
        _ => Ok(()),
    }
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    sealed_payload: Sealed,
    attempts: i64,
}

/// Leases the task of this channel that has waited longest, if one is due.
pub async fn lease(cw: &Casework, channel: Channel) -> Result<Option<Leased>, Error> {
    let now = cw.now();
    let mut tx = cw.storage.write().await?;
    let Some(id) = tx.next_outbox_row(channel, now).await? else { return Ok(None) };
    let row = fetch_optional!(
        &mut tx,
        Row,
        "UPDATE outbox SET leased_until = $1, attempts = attempts + 1 WHERE id = $2 RETURNING id, sealed_payload, attempts",
        now + LEASE,
        id
    )?;
    tx.commit().await?;
    let Some(row) = row else { return Ok(None) };
    let payload = cw.keys.operational().private.open(Binding { row: row.id, field: PAYLOAD }, &row.sealed_payload)?;
    let task = serde_json::from_slice(&payload).map_err(|_| Error::Inconsistent("outbox.payload"))?;
    Ok(Some(Leased { id: row.id, task, attempts: row.attempts }))
}

/// How a task about something fared so far.
#[derive(Clone, Debug, FromRow)]
pub struct Delivery {
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last try failed: a code (see [`failed`]).
    pub last_error: Option<String>,
    /// When it is tried again; in the past where nobody sends.
    pub next_attempt_at: DateTime<Utc>,
}

/// The newest task about a notice that has not been done.
pub(crate) async fn delivery(tx: &mut Tx, subject: Uuid) -> Result<Option<Delivery>, Error> {
    Ok(fetch_optional!(
        tx,
        Delivery,
        "SELECT attempts, last_error, next_attempt_at FROM outbox WHERE subject_id = $1 AND state <> 'sent'
         ORDER BY id DESC LIMIT 1",
        subject
    )?)
}

/// It happened: the payload is gone with it.
pub async fn done(cw: &Casework, tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    execute!(
        tx,
        "UPDATE outbox SET state = 'sent', sent_at = $1, leased_until = NULL, sealed_payload = NULL, last_error = NULL WHERE id = $2",
        cw.now(),
        id
    )?;
    Ok(())
}

/// It did not. `reason` is a code that becomes words on the page. Gives whether the row is given up for good.
pub async fn failed(
    cw: &Casework,
    tx: &mut Tx,
    task: &Leased,
    failure: Failure,
    reason: &'static str,
) -> Result<bool, Error> {
    let given_up = failure == Failure::Final || task.attempts >= ATTEMPTS;
    execute!(
        tx,
        "UPDATE outbox SET state = $1, next_attempt_at = $2, leased_until = NULL, last_error = $3 WHERE id = $4",
        if given_up { "failed" } else { "waiting" },
        cw.now() + pause_after(task.attempts),
        reason,
        task.id
    )?;
    Ok(given_up)
}

/// How long to wait after the `attempts`-th failure: 30 s doubling up to 8 h; sixteen of them last about three days.
fn pause_after(attempts: i64) -> TimeDelta {
    let doublings = u32::try_from((attempts - 1).clamp(0, 10)).unwrap_or(10);
    TimeDelta::seconds(30 * 2_i64.pow(doublings)).min(TimeDelta::hours(8))
}
