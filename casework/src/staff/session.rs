//! A signed-in member of staff.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::case_keys::{EpochKey, LentKeys};
use crate::history::Actor;
use crate::storage::Tx;
use crate::taxonomy::{LanguageCode, Role};
use crate::vault::{Binding, CookieKeys, CookieToken, KeyPair, PrivateKey, Purpose, Sealed};
use crate::{Casework, Error, audit, epoch, execute, fetch_all, fetch_optional};

/// A session ends this long after sign-in, whatever happens.
pub const LONGEST: TimeDelta = TimeDelta::hours(12);
/// A session ends after this long without a request.
pub const IDLE: TimeDelta = TimeDelta::minutes(30);
/// How old the note of the last request may be before it is written anew: not every request is a write.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);

const KEY: &str = "session.key";

/// What a staff session can do: who it is, and the hotline keys it holds. Lives for one request; never stored, never logged.
pub struct StaffSession {
    /// The session's row.
    pub id: Uuid,
    /// Who.
    pub staff: Uuid,
    /// Their name, as colleagues see it.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their hotline.
    pub organisation: Uuid,
    /// The language their console speaks.
    pub language: LanguageCode,
    /// Their own private key: opens grants.
    pub member_key: PrivateKey,
    /// The hotline's epochs they hold; empty while they wait for a grant, and for an administrator who is no holder.
    pub epochs: Vec<EpochKey>,
    /// The one case that this session opens, where a worker carries out what the member asked for.
    pub lent: Option<LentKeys>,
}

impl StaffSession {
    /// Whether they hold any of the hotline's keys: only then can they read cases or grant.
    pub fn is_holder(&self) -> bool {
        !self.epochs.is_empty() || self.lent.is_some()
    }
}

/// One of a member's sessions, as they see it in their account.
#[derive(Clone, Debug, FromRow)]
pub struct OpenSession {
    /// Its row.
    pub id: Uuid,
    /// When they signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub seen_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    staff_id: Uuid,
    sealed_key: Sealed,
    seen_at: DateTime<Utc>,
    name: String,
    role: Role,
    organisation_id: Uuid,
    language: LanguageCode,
}

/// Begins a session of a member whose private key was just opened.
pub(crate) async fn begin(
    cw: &Casework,
    tx: &mut Tx,
    staff: Uuid,
    member_key: &PrivateKey,
) -> Result<CookieToken, Error> {
    let token = CookieToken::generate(&*cw.randomness);
    let keys = CookieKeys::derive(&token, &cw.keys, Purpose::SessionCookie);
    let id = cw.new_id();
    let now = cw.now();
    execute!(
        tx,
        "INSERT INTO session (lookup, id, staff_id, sealed_key, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $5, $6)",
        keys.lookup,
        id,
        staff,
        keys.sealing.wrap_key(&*cw.randomness, Binding::new(id, KEY), member_key),
        now,
        now + LONGEST
    )?;
    Ok(token)
}

/// The session a cookie belongs to, with the member's key and every grant opened; none if it has ended, or if the member
/// is not fully signed up or was removed.
pub async fn resume(cw: &Casework, token: &CookieToken) -> Result<Option<StaffSession>, Error> {
    let Some((session, seen_at)) = find(cw, token).await? else { return Ok(None) };
    if cw.now() - seen_at >= SEEN_EVERY {
        note_seen(cw, session.id).await?;
    }
    Ok(Some(session))
}

/// The same for a page that looks by itself whether there is news: nobody did anything, so the session ends as it would
/// have ended.
pub async fn peek(cw: &Casework, token: &CookieToken) -> Result<Option<StaffSession>, Error> {
    Ok(find(cw, token).await?.map(|(session, _)| session))
}

async fn find(cw: &Casework, token: &CookieToken) -> Result<Option<(StaffSession, DateTime<Utc>)>, Error> {
    let keys = CookieKeys::derive(token, &cw.keys, Purpose::SessionCookie);
    let now = cw.now();
    let mut tx = cw.storage.read().await?;
    let row = fetch_optional!(
        &mut tx,
        Row,
        "SELECT session.id, session.staff_id, session.sealed_key, session.seen_at,
                staff.name, staff.role, staff.organisation_id, staff.language
         FROM session JOIN staff ON staff.id = session.staff_id
         WHERE session.lookup = $1 AND session.expires_at > $2 AND session.seen_at > $3 AND staff.state IN ('waiting', 'active')",
        keys.lookup,
        now,
        now - IDLE
    )?;
    let Some(row) = row else { return Ok(None) };
    let member_key = keys.sealing.unwrap_key(Binding::new(row.id, KEY), &row.sealed_key)?;
    let epochs = epoch::held(&mut tx, row.staff_id, &member_key).await?;
    let session = StaffSession {
        id: row.id,
        staff: row.staff_id,
        name: row.name,
        role: row.role,
        organisation: row.organisation_id,
        language: row.language,
        member_key,
        epochs,
        lent: None,
    };
    Ok(Some((session, row.seen_at)))
}

#[derive(FromRow)]
struct Member {
    name: String,
    role: Role,
    organisation_id: Uuid,
    language: LanguageCode,
}

/// What a worker acts with for a member who asked for it: it opens one case, and nothing else of theirs. None if they have
/// left meanwhile.
pub(crate) async fn on_behalf(cw: &Casework, staff: Uuid, lent: LentKeys) -> Result<Option<StaffSession>, Error> {
    let mut tx = cw.storage.read().await?;
    let sql = "SELECT name, role, organisation_id, language FROM staff WHERE id = $1 AND state = 'active'";
    let member = fetch_optional!(&mut tx, Member, sql, staff)?;
    Ok(member.map(|member| StaffSession {
        id: Uuid::nil(),
        staff,
        name: member.name,
        role: member.role,
        organisation: member.organisation_id,
        language: member.language,
        member_key: KeyPair::generate(&*cw.randomness).private,
        epochs: Vec::new(),
        lent: Some(lent),
    }))
}

async fn note_seen(cw: &Casework, id: Uuid) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    execute!(&mut tx, "UPDATE session SET seen_at = $1 WHERE id = $2", cw.now(), id)?;
    Ok(tx.commit().await?)
}

/// Ends this session.
pub async fn sign_out(cw: &Casework, session: &StaffSession) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    execute!(&mut tx, "DELETE FROM session WHERE id = $1", session.id)?;
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "staff.sign_out", session.staff, "").await?;
    Ok(tx.commit().await?)
}

/// Ends every session of this member, this one too, and forgets every browser they have signed in from.
pub async fn sign_out_everywhere(cw: &Casework, session: &StaffSession) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    end_all(&mut tx, session.staff).await?;
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "staff.sign_out_everywhere", session.staff, "").await?;
    Ok(tx.commit().await?)
}

/// Ends every session of a member and forgets their browsers.
pub(crate) async fn end_all(tx: &mut Tx, staff: Uuid) -> Result<(), Error> {
    execute!(tx, "DELETE FROM session WHERE staff_id = $1", staff)?;
    execute!(tx, "DELETE FROM known_device WHERE staff_id = $1", staff)?;
    Ok(())
}

/// This member's sessions that have not ended, newest first.
pub async fn own(cw: &Casework, session: &StaffSession) -> Result<Vec<OpenSession>, Error> {
    let now = cw.now();
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(
        &mut tx,
        OpenSession,
        "SELECT id, created_at, seen_at FROM session WHERE staff_id = $1 AND expires_at > $2 AND seen_at > $3 ORDER BY id DESC",
        session.staff,
        now,
        now - IDLE
    )?)
}

/// Deletes the rows of sessions that have ended, staff's and reporters'. Gives how many.
pub async fn sweep(cw: &Casework) -> Result<u64, Error> {
    let now = cw.now();
    let mut tx = cw.storage.write().await?;
    let ended = execute!(
        &mut tx,
        "DELETE FROM session WHERE expires_at <= $1 OR (staff_id IS NOT NULL AND seen_at <= $2)",
        now,
        now - IDLE
    )?;
    execute!(&mut tx, "DELETE FROM known_device WHERE expires_at <= $1", now)?;
    tx.commit().await?;
    Ok(ended)
}
