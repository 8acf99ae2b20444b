//! The audit log: every act of staff and of the server, each row's keyed hash covering the one before it. Who can write to
//! the database but has no keys cannot make a chain that holds.
//!
//! Payloads are codes, ids and hashes of ciphertext: the chain stays checkable after what it speaks of was erased, and
//! gives nothing away. Its head is written outside the database as well, so that cutting off its end shows too.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::history::Actor;
use crate::storage::Tx;
use crate::vault::{Purpose, ServerKeys};
use crate::{Casework, Error, execute, fetch_all, fetch_optional};

/// A hash of the chain, 32 bytes.
pub type ChainHash = Vec<u8>;

/// Where the chain stands: the number of its last row and that row's hash (number 0 and zeros before the first).
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Head {
    /// The last row's number.
    pub number: i64,
    /// The last row's hash.
    pub hash: ChainHash,
}

/// What checking the chain found.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every row follows from the one before it; the head agrees.
    Whole(Head),
    /// The first row that does not.
    BrokenAt(i64),
    /// The rows agree among themselves, but not with the head kept outside the database.
    HeadDiffers,
}

#[derive(FromRow)]
struct Row {
    number: i64,
    at: DateTime<Utc>,
    actor: String,
    action: String,
    subject: String,
    payload: String,
    previous_hash: ChainHash,
    hash: ChainHash,
}

impl Row {
    /// Every field with its length before it, so that no two different rows give the same bytes.
    fn computed_hash(&self, keys: &ServerKeys) -> ChainHash {
        let mut bytes = Vec::new();
        bytes.extend(self.number.to_be_bytes());
        bytes.extend(self.at.timestamp_micros().to_be_bytes());
        for field in [&self.actor, &self.action, &self.subject, &self.payload] {
            bytes.extend((field.len() as u64).to_be_bytes());
            bytes.extend(field.as_bytes());
        }
        bytes.extend(&self.previous_hash);
        keys.lookup(Purpose::AuditChain, &bytes).as_bytes().to_vec()
    }
}

/// Appends one row, in the transaction of the act it tells of.
///
/// `action` is a dotted code such as `case.take`; `subject` an id; `payload` codes or hashes, never words.
pub async fn record(
    cw: &Casework,
    tx: &mut Tx,
    actor: Actor,
    action: &'static str,
    subject: impl ToString,
    payload: &str,
) -> Result<(), Error> {
    tx.lock_audit_head().await?;
    let head = head(tx).await?;
    let mut row = Row {
        number: head.number + 1,
        at: cw.now(),
        actor: match actor {
            Actor::Reporter => "reporter".to_owned(),
            Actor::Staff(id) => format!("staff:{id}"),
            Actor::Partner(key) => format!("partner:{key}"),
            Actor::System => "system".to_owned(),
        },
        action: action.to_owned(),
        subject: subject.to_string(),
        payload: payload.to_owned(),
        previous_hash: head.hash,
        hash: Vec::new(),
    };
    row.hash = row.computed_hash(&cw.keys);
    execute!(
        tx,
        "INSERT INTO audit (number, at, actor, action, subject, payload, previous_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        row.number,
        row.at,
        row.actor.as_str(),
        row.action.as_str(),
        row.subject.as_str(),
        row.payload.as_str(),
        row.previous_hash.as_slice(),
        row.hash.as_slice()
    )?;
    execute!(tx, "UPDATE audit_head SET number = $1, hash = $2 WHERE id = 1", row.number, row.hash.as_slice())?;
    Ok(())
}

/// The chain's head.
pub async fn head(tx: &mut Tx) -> Result<Head, Error> {
    let stored = fetch_optional!(tx, Head, "SELECT number, hash FROM audit_head WHERE id = 1")?;
    stored.ok_or(Error::Inconsistent("audit_head"))
}

/// Whether the chain still goes through a head that was written outside the database.
pub async fn goes_through(tx: &mut Tx, outside: &Head) -> Result<bool, Error> {
    if outside.number == 0 {
        return Ok(true);
    }
    let row = fetch_optional!(tx, (ChainHash,), "SELECT hash FROM audit WHERE number = $1", outside.number)?;
    Ok(row.is_some_and(|(hash,)| hash == outside.hash))
}

/// Reads the whole chain, a thousand rows at a time, and checks each against the one before it.
/// `outside` is the head as it was last written outside the database, if it was.
pub async fn verify(cw: &Casework, outside: Option<&Head>) -> Result<Verdict, Error> {
    let mut tx = cw.storage.read().await?;
    let mut last = Head { number: 0, hash: vec![0; 32] };
    let mut outside_seen = outside.is_none_or(|head| *head == last);
    loop {
        let rows = fetch_all!(
            &mut tx,
            Row,
            "SELECT number, at, actor, action, subject, payload, previous_hash, hash FROM audit WHERE number > $1 ORDER BY number LIMIT 1000",
            last.number
        )?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            if row.number != last.number + 1
                || row.previous_hash != last.hash
                || row.computed_hash(&cw.keys) != row.hash
            {
                return Ok(Verdict::BrokenAt(row.number));
            }
            last = Head { number: row.number, hash: row.hash };
            outside_seen |= outside == Some(&last);
        }
    }
    if head(&mut tx).await? != last || !outside_seen {
        return Ok(Verdict::HeadDiffers);
    }
    Ok(Verdict::Whole(last))
}
