//! Cases of reports that nobody sent: as whole and as readable as any, but written without what an arrival sets off (no
//! audit row, flood, mail or word to open pages). So a million of them are made in minutes, to see how everything else
//! behaves when it is full.
//!
//! Only in a database of made-up cases; time is what the caller's clock says.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{NewCase, facts_of, insert, items_of, keep_told, place, route};
use crate::case_code::CaseCode;
use crate::case_keys::{CasePublicKeys, NewCaseKeys};
use crate::history::{self, Actor, Event};
use crate::installation;
use crate::priority::{self, InForce};
use crate::report::Report;
use crate::routing::{self, Routing};
use crate::storage::Tx;
use crate::taxonomy::{CaseState, LanguageCode, Outcome};
use crate::text::Words;
use crate::video::Videos;
use crate::{Casework, Error, execute, fetch_one, message};

/// The tables that are in force, read once for many reports.
pub struct Tables {
    routing: Routing,
    priority: InForce,
}

impl Tables {
    /// Reads them. None while no hotline takes cases, and where cases are real.
    pub async fn read(cw: &Casework) -> Result<Option<Self>, Error> {
        let mut tx = cw.storage.read().await?;
        if !installation::is_made_up(&mut tx).await? {
            return Ok(None);
        }
        let Some(routing) = routing::load(&mut tx).await? else { return Ok(None) };
        Ok(Some(Self { routing, priority: priority::load(&mut tx).await? }))
    }
}

/// How many cases there are.
pub async fn count(cw: &Casework) -> Result<usize, Error> {
    let mut tx = cw.storage.read().await?;
    let (cases,) = fetch_one!(&mut tx, (i64,), "SELECT COUNT(*) FROM cases")?;
    Ok(usize::try_from(cases).unwrap_or(0))
}

/// A case that was made up.
pub struct MadeUp {
    case: Uuid,
    keys: CasePublicKeys,
}

/// Makes the case of a report that came now. If it still waits at `seen`, its deadline may have been missed by then.
pub async fn receive(
    cw: &Casework,
    tx: &mut Tx,
    tables: &Tables,
    report: &Report,
    language: &LanguageCode,
    seen: Option<DateTime<Utc>>,
) -> Result<MadeUp, Error> {
    let (case, code) = (cw.new_id(), CaseCode::generate(&*cw.randomness));
    let placed = place(cw, tx, &items_of(report)).await?;
    let hotline = route(tx, &tables.routing, report, &placed, language).await?;
    let hotline = hotline.ok_or(Error::Inconsistent("organisation"))?;
    let facts = facts_of(report);
    let came = priority::priority(&facts, &tables.priority.table, &cw.hours, cw.now());
    let raised = seen.and_then(|seen| came.raise_for_missed_deadline(seen));
    let keys = NewCaseKeys::generate(cw);
    let new = NewCase {
        id: case,
        hotline: &hotline,
        code: &code,
        report,
        facts: &facts,
        priority: raised.as_ref().unwrap_or(&came),
        flood: None,
        priority_version: tables.priority.version,
        keys: &keys,
        language,
    };
    insert(cw, tx, &new).await?;
    history::write(cw, tx, case, Actor::Reporter, None, &Event::Received).await?;
    let prioritised = Event::Prioritised { level: new.priority.level.into() };
    history::write(cw, tx, case, Actor::System, None, &prioritised).await?;
    if raised.is_some() {
        execute!(tx, "UPDATE cases SET raised = $1 WHERE id = $2", true, case)?;
    }
    let keys = keys.public();
    keep_told(cw, tx, case, &keys, report, &placed, &Videos::new()).await?;
    Ok(MadeUp { case, keys })
}

impl MadeUp {
    /// Closes it now: somebody took it, and this came of it. The words go to the reporter.
    pub async fn close(
        &self,
        cw: &Casework,
        tx: &mut Tx,
        by: Uuid,
        outcome: Outcome,
        words: Option<&Words>,
    ) -> Result<(), Error> {
        let actor = Actor::Staff(by);
        execute!(
            tx,
            "UPDATE cases SET state = $1, outcome = $2, first_action_at = $3, closed_at = $3, updated_at = $3 WHERE id = $4",
            CaseState::Closed,
            outcome,
            cw.now(),
            self.case
        )?;
        for event in [Event::Taken, Event::Opened] {
            history::write(cw, tx, self.case, actor, None, &event).await?;
        }
        let message = self.write(cw, tx, by, words).await?;
        history::write(cw, tx, self.case, actor, message, &Event::Closed { outcome, explanation: None }).await
    }

    /// Asks its reporter now, and waits for the answer.
    pub async fn ask(&self, cw: &Casework, tx: &mut Tx, by: Uuid, words: &Words) -> Result<(), Error> {
        let to = CaseState::WaitingForReporter;
        execute!(
            tx,
            "UPDATE cases SET state = $1, first_action_at = $2, updated_at = $2 WHERE id = $3",
            to,
            cw.now(),
            self.case
        )?;
        self.write(cw, tx, by, Some(words)).await?;
        history::write(cw, tx, self.case, Actor::Staff(by), None, &Event::StateChanged { to }).await
    }

    async fn write(&self, cw: &Casework, tx: &mut Tx, by: Uuid, words: Option<&Words>) -> Result<Option<Uuid>, Error> {
        let Some(words) = words else { return Ok(None) };
        let actor = Actor::Staff(by);
        let message = message::write(cw, tx, self.case, &self.keys, actor, words).await?;
        history::write(cw, tx, self.case, actor, Some(message), &Event::StaffWrote).await?;
        Ok(Some(message))
    }
}
