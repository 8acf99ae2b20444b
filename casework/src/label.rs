//! How what a case is about came to be, in fixed words: context, never a measure of how bad it is.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::case::{Refused, in_hands};
use crate::history::{self, Actor, Event};
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::ContextLabel;
use crate::{Casework, Error, audit, execute, fetch_all};

/// Gives a case in this person's hands exactly these labels. What does not change leaves no trace.
pub async fn set(
    cw: &Casework,
    session: &StaffSession,
    case: Uuid,
    wanted: &BTreeSet<ContextLabel>,
) -> Result<(), Refused> {
    change(cw, session, case, |_| wanted.clone()).await
}

/// Gives it these labels too.
pub async fn add(
    cw: &Casework,
    session: &StaffSession,
    case: Uuid,
    more: &BTreeSet<ContextLabel>,
) -> Result<(), Refused> {
    change(cw, session, case, |there| there | more).await
}

async fn change(
    cw: &Casework,
    session: &StaffSession,
    case: Uuid,
    wanted: impl FnOnce(&BTreeSet<ContextLabel>) -> BTreeSet<ContextLabel>,
) -> Result<(), Refused> {
    let mut tx = cw.storage.write().await?;
    in_hands(cw, &mut tx, session, case).await?;
    let there: BTreeSet<ContextLabel> = of_case(&mut tx, case).await?.into_iter().collect();
    let wanted = wanted(&there);
    for &label in wanted.difference(&there) {
        execute!(&mut tx, "INSERT INTO label (case_id, label, created_at) VALUES ($1, $2, $3)", case, label, cw.now())?;
        note_change(cw, &mut tx, session, case, &Event::Labelled { label: label.to_string() }).await?;
    }
    for &label in there.difference(&wanted) {
        execute!(&mut tx, "DELETE FROM label WHERE case_id = $1 AND label = $2", case, label)?;
        note_change(cw, &mut tx, session, case, &Event::Unlabelled { label: label.to_string() }).await?;
    }
    if wanted != there {
        let codes: Vec<&str> = wanted.iter().map(|label| label.as_str()).collect();
        audit::record(cw, &mut tx, Actor::Staff(session.staff), "case.label", case, &codes.join(" ")).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn note_change(
    cw: &Casework,
    tx: &mut Tx,
    session: &StaffSession,
    case: Uuid,
    event: &Event,
) -> Result<(), Error> {
    history::record(cw, tx, case, Actor::Staff(session.staff), None, event).await
}

/// A case's labels.
pub(crate) async fn of_case(tx: &mut Tx, case: Uuid) -> Result<Vec<ContextLabel>, Error> {
    let labels = fetch_all!(tx, (ContextLabel,), "SELECT label FROM label WHERE case_id = $1 ORDER BY label", case)?;
    Ok(labels.into_iter().map(|(label,)| label).collect())
}
