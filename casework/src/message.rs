//! Words between a reporter and the hotline, in one thread. Sealed to the case pair: both sides read all of it.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::case_keys::CasePublicKeys;
use crate::history::{Actor, Event};
use crate::storage::Tx;
use crate::text::Words;
use crate::vault::{Binding, PrivateKey, Sealed};
use crate::{Casework, Error, execute, fetch_all, history};

/// One message, opened.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its row.
    pub id: Uuid,
    /// Whether the reporter wrote it; else staff did.
    pub from_reporter: bool,
    /// Who of the staff wrote it. The reporter is never shown a name.
    pub staff_id: Option<Uuid>,
    /// The words.
    pub body: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When the other side first had it on screen.
    pub read_at: Option<DateTime<Utc>>,
}

/// The field's name in the row's binding.
const BODY: &str = "message.body";

/// Writes a message of the reporter's, and counts it as unread for staff.
pub async fn from_reporter(
    cw: &Casework,
    tx: &mut Tx,
    case: Uuid,
    keys: &CasePublicKeys,
    words: &Words,
) -> Result<Uuid, Error> {
    let id = write(cw, tx, case, keys, Actor::Reporter, words).await?;
    execute!(tx, "UPDATE cases SET unread_from_reporter = unread_from_reporter + 1 WHERE id = $1", case)?;
    history::record(cw, tx, case, Actor::Reporter, Some(id), &Event::ReporterWrote).await?;
    Ok(id)
}

/// Writes a message of a staff member's. The reporter hears of it by mail if they asked for that ([`crate::contact`]).
pub async fn from_staff(
    cw: &Casework,
    tx: &mut Tx,
    case: Uuid,
    keys: &CasePublicKeys,
    staff: Uuid,
    words: &Words,
) -> Result<Uuid, Error> {
    let id = write(cw, tx, case, keys, Actor::Staff(staff), words).await?;
    history::record(cw, tx, case, Actor::Staff(staff), Some(id), &Event::StaffWrote).await?;
    Ok(id)
}

/// Writes the words alone.
pub(crate) async fn write(
    cw: &Casework,
    tx: &mut Tx,
    case: Uuid,
    keys: &CasePublicKeys,
    from: Actor,
    words: &Words,
) -> Result<Uuid, Error> {
    let id = cw.new_id();
    let body = keys.public_key.seal(&*cw.randomness, Binding::new(id, BODY), words.as_str().as_bytes());
    execute!(
        tx,
        "INSERT INTO message (id, case_id, from_reporter, staff_id, sealed_body, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        case,
        from == Actor::Reporter,
        from.staff(),
        body,
        cw.now()
    )?;
    Ok(id)
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    from_reporter: bool,
    staff_id: Option<Uuid>,
    sealed_body: Sealed,
    created_at: DateTime<Utc>,
    read_at: Option<DateTime<Utc>>,
}

/// A case's messages, oldest first, opened with the case pair's private half.
pub async fn of_case(tx: &mut Tx, case: Uuid, key: &PrivateKey) -> Result<Vec<Message>, Error> {
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT id, from_reporter, staff_id, sealed_body, created_at, read_at FROM message WHERE case_id = $1 ORDER BY created_at, id",
        case
    )?;
    rows.into_iter().map(|row| open(row, key)).collect()
}

fn open(row: Row, key: &PrivateKey) -> Result<Message, Error> {
    Ok(Message {
        body: key.open_text(Binding::new(row.id, BODY), &row.sealed_body)?,
        id: row.id,
        from_reporter: row.from_reporter,
        staff_id: row.staff_id,
        created_at: row.created_at,
        read_at: row.read_at,
    })
}

/// Staff have the thread on screen: nothing in it is unread for them any more.
pub async fn read_by_staff(cw: &Casework, tx: &mut Tx, case: Uuid) -> Result<(), Error> {
    mark_read(cw, tx, case, true).await?;
    execute!(tx, "UPDATE cases SET unread_from_reporter = 0 WHERE id = $1 AND unread_from_reporter > 0", case)?;
    Ok(())
}

/// The reporter has the thread on screen.
pub async fn read_by_reporter(cw: &Casework, tx: &mut Tx, case: Uuid) -> Result<(), Error> {
    mark_read(cw, tx, case, false).await
}

async fn mark_read(cw: &Casework, tx: &mut Tx, case: Uuid, from_reporter: bool) -> Result<(), Error> {
    execute!(
        tx,
        "UPDATE message SET read_at = $1 WHERE case_id = $2 AND from_reporter = $3 AND read_at IS NULL",
        cw.now(),
        case,
        from_reporter
    )?;
    Ok(())
}
