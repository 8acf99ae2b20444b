//! A partner says that a fingerprint matches something else. It leaves the list at once, and an analyst decides whether it
//! comes back: a hash that matches strangers' pictures does harm, and so does one that a partner would rather not look for.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::feedback::Said;
use crate::api_key::Partner;
use crate::case::{Refused, in_hands};
use crate::claim;
use crate::history::{self, Actor, Event};
use crate::item::Algorithm;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::CaseState;
use crate::{Casework, Error, audit, execute, fetch_all};

/// A fingerprint of a case that a partner disputes, until it is decided.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Dispute {
    /// How it was computed.
    pub algorithm: Algorithm,
    /// The hash itself.
    pub value: Vec<u8>,
    /// Who disputes it.
    pub partner: String,
    /// Since when.
    pub begun_at: DateTime<Utc>,
}

/// Begins a dispute, to be decided in this case; nothing, if there was one already, or nobody is left who could decide.
pub(super) async fn begin(
    cw: &Casework,
    tx: &mut Tx,
    partner: &Partner,
    said: &Said,
    case: Option<Uuid>,
) -> Result<(), Error> {
    let Some(case) = case else { return Ok(()) };
    let begun = execute!(
        tx,
        "INSERT INTO dispute (algorithm, value, case_id, organisation_id, state, begun_at)
         VALUES ($1, $2, $3, $4, 'open', $5) ON CONFLICT (algorithm, value) DO NOTHING",
        said.algorithm,
        said.value.as_slice(),
        case,
        partner.organisation,
        cw.now()
    )?;
    if begun == 1 {
        claim::note_change_everywhere(cw, tx, said.algorithm, &said.value).await?;
        take_up(cw, tx, case, Actor::Partner(partner.key)).await?;
    }
    Ok(())
}

/// A case that was closed or waits stands in the queue again. Its reporter is not told why: nobody has looked yet.
async fn take_up(cw: &Casework, tx: &mut Tx, case: Uuid, by: Actor) -> Result<(), Error> {
    for (from, to) in [
        (CaseState::Closed, CaseState::Reopened),
        (CaseState::WaitingForReporter, CaseState::InReview),
        (CaseState::WaitingForProviders, CaseState::InReview),
    ] {
        let taken_up = execute!(
            tx,
            "UPDATE cases SET state = $1, outcome = NULL, closed_at = NULL, holder_id = NULL, touched_at = NULL
             WHERE id = $2 AND state = $3",
            to,
            case,
            from
        )?;
        if taken_up == 1 {
            return history::record(cw, tx, case, by, None, &Event::StateChanged { to }).await;
        }
    }
    Ok(())
}

/// What waits to be decided in a case.
pub(crate) async fn of_case(tx: &mut Tx, case: Uuid) -> Result<Vec<Dispute>, Error> {
    Ok(fetch_all!(
        tx,
        Dispute,
        "SELECT algorithm, value, begun_at, organisation.name AS partner
         FROM dispute JOIN organisation ON organisation.id = organisation_id
         WHERE case_id = $1 AND state = 'open' ORDER BY begun_at, value",
        case
    )?)
}

/// Decides: it comes back to the list, or stays off, whoever claims it.
pub async fn decide(
    cw: &Casework,
    session: &StaffSession,
    case: Uuid,
    algorithm: Algorithm,
    value: &[u8],
    is_kept: bool,
) -> Result<(), Refused> {
    let mut tx = cw.storage.write().await?;
    in_hands(cw, &mut tx, session, case).await?;
    let decided = execute!(
        &mut tx,
        "UPDATE dispute SET state = $1, decided_by = $2, decided_at = $3
         WHERE algorithm = $4 AND value = $5 AND case_id = $6 AND state = 'open'",
        if is_kept { "kept" } else { "off" },
        session.staff,
        cw.now(),
        algorithm,
        value,
        case
    )?;
    if decided == 0 {
        return Err(Refused::NotFound);
    }
    claim::note_change_everywhere(cw, &mut tx, algorithm, value).await?;
    let actor = Actor::Staff(session.staff);
    history::record(cw, &mut tx, case, actor, None, &Event::DisputeDecided { kept: is_kept }).await?;
    audit::record(cw, &mut tx, actor, "list.dispute", case, if is_kept { "kept" } else { "off" }).await?;
    tx.commit().await?;
    Ok(())
}
