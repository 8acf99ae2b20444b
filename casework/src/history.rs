//! What happened to a case, in order: the analyst reads all of it as a story, the child what concerns her.
//!
//! Rows hold codes, never words: the words are made in the reader's language when it is shown.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::legal_hold::HoldReason;
use crate::list::feedback::Opinion;
use crate::storage::{JsonText, Tx};
use crate::taxonomy::{CaseState, NoticeState, Outcome, SkipReason};
use crate::{Casework, Error, contact, execute, fetch_all, flood};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Event {
    /// The report arrived and became this case.
    Received,
    /// Level and reasons were computed anew.
    Prioritised {
        level: i64,
    },
    Taken,
    /// Nobody had taken it: the alarm began to ring.
    AlarmRang,
    /// It was taken, and the alarm ended.
    AlarmAnswered {
        times: i64,
        minutes: i64,
    },
    Released,
    /// Put back without an end, and why.
    Skipped {
        reason: SkipReason,
    },
    /// Nothing had happened for too long: it went back from these hands by itself.
    Lapsed {
        from: Uuid,
    },
    /// Given from hand to hand.
    HandedOver {
        to: Uuid,
    },
    /// Put back for a team, by its name then; none: for everybody.
    GivenToTeam {
        team: Option<String>,
    },
    Opened,
    StateChanged {
        to: CaseState,
    },
    Closed {
        outcome: Outcome,
        explanation: Option<String>,
    },
    Reopened,
    Appealed,
    ReporterWrote,
    ReporterAdded {
        locations: u32,
        files: u32,
    },
    StaffWrote,
    Noted,
    Labelled {
        label: String,
    },
    Unlabelled {
        label: String,
    },
    Assessed {
        position: i64,
    },
    /// Two assessors differ: a lead decides.
    AssessorsDiffer,
    /// While it is on, nothing of the case is erased.
    LegalHold {
        on: bool,
        /// Why, when it was put on.
        #[serde(default)]
        reason: Option<HoldReason>,
    },
    NoticeDrafted {
        provider: String,
    },
    NoticeApproved {
        provider: String,
    },
    Notice {
        provider: String,
        state: NoticeState,
        reason: Option<String>,
    },
    Referred {
        organisation: String,
    },
    FingerprintsListed {
        files: u32,
    },
    FingerprintsEnded {
        files: u32,
    },
    /// A partner has seen, blocked or disputed a fingerprint.
    PartnerSaid {
        partner: String,
        opinion: Opinion,
    },
    /// Whether a disputed fingerprint comes back to the list.
    DisputeDecided {
        kept: bool,
    },
    EraseAsked {
        words: bool,
        protection: bool,
    },
    EraseCancelled,
    /// The reporter wants nobody to work on it; a person reads it before that.
    WithdrawAsked,
    WithdrawCancelled,
    Withdrawn,
    ReporterMailed,
}

/// One row of a case's history, as read back.
#[derive(FromRow)]
pub struct Entry {
    /// When.
    pub created_at: DateTime<Utc>,
    /// Which staff member did it, if one did.
    pub staff_id: Option<Uuid>,
    /// The item, notice or message it is about, if one.
    pub subject_id: Option<Uuid>,
    /// Whether the reporter sees it.
    pub for_reporter: bool,
    /// What.
    #[sqlx(rename = "detail")]
    pub event: JsonText<Event>,
}

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The person behind the case code.
    Reporter,
    /// A member of staff.
    Staff(Uuid),
    /// A partner, by the key it used, or by the notice whose link it used.
    Partner(Uuid),
    /// A worker.
    System,
}

impl Actor {
    /// The staff member's id, if it is one.
    pub fn staff(self) -> Option<Uuid> {
        match self {
            Self::Staff(id) => Some(id),
            Self::Reporter | Self::Partner(_) | Self::System => None,
        }
    }
}

impl Event {
    /// Whether the reporter sees it in their timeline.
    pub fn for_reporter(&self) -> bool {
        match self {
            Self::Received
            | Self::Opened
            | Self::Closed { .. }
            | Self::Reopened
            | Self::Appealed
            | Self::ReporterWrote
            | Self::ReporterAdded { .. }
            | Self::StaffWrote
            | Self::Referred { .. }
            | Self::FingerprintsListed { .. }
            | Self::FingerprintsEnded { .. }
            | Self::EraseAsked { .. }
            | Self::EraseCancelled
            | Self::WithdrawAsked
            | Self::WithdrawCancelled
            | Self::Withdrawn => true,
            Self::Notice { state, .. } => !matches!(state, NoticeState::Draft | NoticeState::Approved),
            Self::Prioritised { .. }
            | Self::Taken
            | Self::AlarmRang
            | Self::AlarmAnswered { .. }
            | Self::Released
            | Self::Skipped { .. }
            | Self::Lapsed { .. }
            | Self::HandedOver { .. }
            | Self::GivenToTeam { .. }
            | Self::StateChanged { .. }
            | Self::Noted
            | Self::Labelled { .. }
            | Self::Unlabelled { .. }
            | Self::Assessed { .. }
            | Self::AssessorsDiffer
            | Self::LegalHold { .. }
            | Self::NoticeDrafted { .. }
            | Self::NoticeApproved { .. }
            | Self::PartnerSaid { .. }
            | Self::DisputeDecided { .. }
            | Self::ReporterMailed => false,
        }
    }

    /// The event's stable code, for indexes and statistics.
    fn code(&self) -> Result<String, Error> {
        let value = serde_json::to_value(self).map_err(|_| Error::Inconsistent("history.event"))?;
        value["event"].as_str().map(str::to_owned).ok_or(Error::Inconsistent("history.event"))
    }
}

/// Writes one row, in the transaction of the change it tells of. What a reporter waits for also queues a neutral mail, if
/// they left an address.
pub async fn record(
    cw: &Casework,
    tx: &mut Tx,
    case: Uuid,
    actor: Actor,
    subject: Option<Uuid>,
    event: &Event,
) -> Result<(), Error> {
    write(cw, tx, case, actor, subject, event).await?;
    execute!(tx, "UPDATE cases SET updated_at = $1 WHERE id = $2", cw.now(), case)?;
    tx.announce().await?;
    flood::follow(tx, case, event).await?;
    contact::tell(cw, tx, case, event).await
}

/// Writes the row alone, of what sets nothing else off.
pub(crate) async fn write(
    cw: &Casework,
    tx: &mut Tx,
    case: Uuid,
    actor: Actor,
    subject: Option<Uuid>,
    event: &Event,
) -> Result<(), Error> {
    let detail = serde_json::to_string(event).map_err(|_| Error::Inconsistent("history.detail"))?;
    execute!(
        tx,
        "INSERT INTO history (id, case_id, event, detail, staff_id, subject_id, for_reporter, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        cw.new_id(),
        case,
        event.code()?,
        detail.as_str(),
        actor.staff(),
        subject,
        event.for_reporter(),
        cw.now()
    )?;
    Ok(())
}

/// A case's history, oldest first. `only_reporters`: just the rows the reporter may see.
pub async fn of_case(tx: &mut Tx, case: Uuid, only_reporters: bool) -> Result<Vec<Entry>, Error> {
    Ok(fetch_all!(
        tx,
        Entry,
        "SELECT created_at, staff_id, subject_id, for_reporter, detail FROM history
         WHERE case_id = $1 AND (for_reporter OR NOT $2) ORDER BY created_at, id",
        case,
        only_reporters
    )?)
}
