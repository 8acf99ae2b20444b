//! A reporter's e-mail address, if they chose to leave one: sealed to the server, used at most three times, for a mail
//! that says nothing.
//!
//! The address is never confirmed: a mail that arrives unasked says too much on a shared device. Each mail carries no
//! content, no code and no link; the worker asks [`address`] when it sends, so the address stands in no outbox row.

use sqlx::FromRow;
use uuid::Uuid;

use crate::history::Event;
use crate::outbox::{self, Task};
use crate::storage::Tx;
use crate::taxonomy::NoticeState;
use crate::text::EmailAddress;
use crate::vault::{Binding, Sealed};
use crate::{Casework, Error, execute, fetch_optional};

/// The most mails a case ever sends.
pub const MAILS: i64 = 3;

/// The field's name in the row's binding; the row is the case.
const ADDRESS: &str = "contact.address";

/// Where a neutral mail goes, and in which language it is written.
pub struct Address {
    /// The address.
    pub email: EmailAddress,
    /// The language's code.
    pub language: String,
}

/// Keeps the address a reporter chose to leave.
pub async fn keep(cw: &Casework, tx: &mut Tx, case: Uuid, email: &EmailAddress, language: &str) -> Result<(), Error> {
    let binding = Binding::new(case, ADDRESS);
    let sealed = cw.keys.operational().public.seal(&*cw.randomness, binding, email.as_str().as_bytes());
    execute!(
        tx,
        "INSERT INTO contact (case_id, sealed_address, language) VALUES ($1, $2, $3)
         ON CONFLICT (case_id) DO UPDATE SET sealed_address = excluded.sealed_address, language = excluded.language",
        case,
        sealed,
        language
    )?;
    Ok(())
}

/// Queues a mail if the event is worth one, there is an address, none waits already, and fewer than [`MAILS`] have gone.
/// [`crate::history::record`] calls it for every event, so nothing new can be forgotten.
pub async fn tell(cw: &Casework, tx: &mut Tx, case: Uuid, event: &Event) -> Result<(), Error> {
    if !is_worth_a_mail(event) {
        return Ok(());
    }
    let counted = execute!(
        tx,
        "UPDATE contact SET mails = mails + 1 WHERE case_id = $1 AND mails < $2 AND NOT EXISTS
         (SELECT 1 FROM outbox WHERE case_id = $1 AND kind = 'mail_reporter' AND state = 'waiting')",
        case,
        MAILS
    )?;
    if counted == 1 {
        outbox::push(cw, tx, Some(case), None, &Task::MailReporter { case }).await?;
    }
    Ok(())
}

/// What a reporter would come back for. There are only three mails, so small steps do not use them up.
fn is_worth_a_mail(event: &Event) -> bool {
    match event {
        Event::StaffWrote | Event::Closed { .. } => true,
        Event::Notice { state, .. } => {
            matches!(state, NoticeState::Removed | NoticeState::Refused | NoticeState::NoAnswer)
        }
        _ => false,
    }
}

#[derive(FromRow)]
struct Row {
    sealed_address: Sealed,
    language: String,
}

/// The address of a case's reporter, opened with the server's key at the moment of sending. None if they left none, or
/// erased it meanwhile: then there is nothing to send.
pub async fn address(cw: &Casework, tx: &mut Tx, case: Uuid) -> Result<Option<Address>, Error> {
    let row = fetch_optional!(tx, Row, "SELECT sealed_address, language FROM contact WHERE case_id = $1", case)?;
    let Some(row) = row else { return Ok(None) };
    let opened = cw.keys.operational().private.open_text(Binding::new(case, ADDRESS), &row.sealed_address)?;
    let email = opened.parse().map_err(|_| Error::Inconsistent("contact.sealed_address"))?;
    Ok(Some(Address { email, language: row.language }))
}
