//! Words among staff about a case. Sealed to its second pair, which no reporter holds.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::case::{Held, Refused, in_hands};
use crate::history::{self, Actor, Event};
use crate::press::Press;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::text::Words;
use crate::vault::{Binding, PrivateKey, Sealed};
use crate::{Casework, Error, audit, execute, fetch_all};

const BODY: &str = "note.body";

/// A note, opened.
#[derive(Clone, Debug)]
pub struct Note {
    /// Its row.
    pub id: Uuid,
    /// Who wrote it.
    pub staff_id: Uuid,
    /// The words.
    pub body: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Adds a note to a case that is in this person's hands.
pub async fn add(
    cw: &Casework,
    session: &StaffSession,
    case: Uuid,
    words: &Words,
    press: &Press,
) -> Result<(), Refused> {
    let mut tx = cw.storage.write().await?;
    if !press.is_first(cw, &mut tx).await? {
        return Ok(());
    }
    let held = in_hands(cw, &mut tx, session, case).await?;
    let note = write(cw, &mut tx, &held, session.staff, words).await?;
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "note.write", note, &case.to_string()).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes a note as part of another act.
pub(crate) async fn write(cw: &Casework, tx: &mut Tx, held: &Held, staff: Uuid, words: &Words) -> Result<Uuid, Error> {
    let id = cw.new_id();
    let body = held.keys.staff_public_key.seal(&*cw.randomness, Binding::new(id, BODY), words.as_str().as_bytes());
    execute!(
        tx,
        "INSERT INTO note (id, case_id, staff_id, sealed_body, created_at) VALUES ($1, $2, $3, $4, $5)",
        id,
        held.id,
        staff,
        body,
        cw.now()
    )?;
    history::record(cw, tx, held.id, Actor::Staff(staff), Some(id), &Event::Noted).await?;
    Ok(id)
}

/// Begins an act on the case in one's hands that may take a word along.
pub(crate) async fn with_act(
    cw: &Casework,
    tx: &mut Tx,
    session: &StaffSession,
    case: Uuid,
    words: Option<&Words>,
) -> Result<(), Refused> {
    let held = in_hands(cw, tx, session, case).await?;
    if let Some(words) = words {
        write(cw, tx, &held, session.staff, words).await?;
    }
    Ok(())
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    staff_id: Uuid,
    sealed_body: Sealed,
    created_at: DateTime<Utc>,
}

/// A case's notes, oldest first, opened with the staff pair's private half.
pub(crate) async fn of_case(tx: &mut Tx, case: Uuid, key: &PrivateKey) -> Result<Vec<Note>, Error> {
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT id, staff_id, sealed_body, created_at FROM note WHERE case_id = $1 ORDER BY created_at, id",
        case
    )?;
    rows.into_iter()
        .map(|row| {
            let body = key.open_text(Binding::new(row.id, BODY), &row.sealed_body)?;
            Ok(Note { id: row.id, staff_id: row.staff_id, body, created_at: row.created_at })
        })
        .collect()
}
