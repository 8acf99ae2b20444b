//! What a reporter told besides items and messages: sealed to the case, one row for each answer.

use sqlx::FromRow;
use uuid::Uuid;

use crate::case_keys::CasePublicKeys;
use crate::storage::Tx;
use crate::taxonomy::choice;
use crate::vault::{Binding, LookupHash, PrivateKey, Purpose, Sealed};
use crate::{Casework, Error, execute, fetch_all};

choice! {
    /// What an answer answers.
    AnswerKind {
        /// How old the person was in the picture: an age band's code.
        AgeInPicture = "age_in_picture",
        /// A place that has no link, in words.
        Place = "place",
        /// What it shows: codes of neutral words, separated by spaces.
        Shows = "shows",
        /// Where and when it was seen, in words.
        When = "when",
        /// What the person who threatens wants: codes, separated by spaces.
        Wants = "wants",
        /// Until when, in words.
        ThreatDeadline = "threat_deadline",
        /// Where they want money sent, in words.
        Payment = "payment",
        /// Anything else, in the reporter's own words.
        Words = "words",
    }
}

/// An answer, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The row.
    pub id: Uuid,
    /// What it answers.
    pub kind: AnswerKind,
    /// The answer itself: words, or codes as the kind says.
    pub body: String,
}

const BODY: &str = "answer.body";

/// Seals one answer to a case. A payment detail is also found again by its keyed hash, to relate cases.
pub async fn add(
    cw: &Casework,
    tx: &mut Tx,
    case: Uuid,
    keys: &CasePublicKeys,
    kind: AnswerKind,
    body: &str,
) -> Result<Uuid, Error> {
    let id = cw.new_id();
    let sealed = keys.public_key.seal(&*cw.randomness, Binding::new(id, BODY), body.as_bytes());
    execute!(
        tx,
        "INSERT INTO answer (id, case_id, kind, sealed_body, lookup, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        case,
        kind,
        sealed,
        lookup(cw, kind, body),
        cw.now()
    )?;
    Ok(id)
}

/// The keyed hash of a payment detail, whatever its spaces and letter case; none for other kinds.
fn lookup(cw: &Casework, kind: AnswerKind, body: &str) -> Option<LookupHash> {
    let folded: String = body.split_whitespace().collect::<String>().to_lowercase();
    (kind == AnswerKind::Payment).then(|| cw.keys.lookup(Purpose::PaymentDetail, folded.as_bytes()))
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    kind: AnswerKind,
    sealed_body: Sealed,
}

/// A case's answers in the order they were given, opened with the case's private half.
pub async fn of_case(tx: &mut Tx, case: Uuid, key: &PrivateKey) -> Result<Vec<Answer>, Error> {
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT id, kind, sealed_body FROM answer WHERE case_id = $1 ORDER BY created_at, id",
        case
    )?;
    rows.into_iter()
        .map(|row| {
            let body = key.open_text(Binding::new(row.id, BODY), &row.sealed_body)?;
            Ok(Answer { id: row.id, kind: row.kind, body })
        })
        .collect()
}
