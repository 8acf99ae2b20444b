//! Handing a case to police, or to another hotline.
//!
//! A hotline that works on this same installation takes the case over: it gets a seal of the case's keys and the case
//! stands in its queue, while the one that handed it on may still read it. Police, and hotlines elsewhere, are told in
//! their own ways; here stands that they were, and why.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::case::{Held, Refused, in_hands, keys_of};
use crate::case_keys::{self, CaseKeys};
use crate::history::{self, Actor, Event};
use crate::press::Press;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::OrganisationKind;
use crate::text::Words;
use crate::vault::{Binding, PrivateKey, PublicKey, Sealed};
use crate::{Casework, Error, audit, execute, fetch_all, fetch_optional};

const BODY: &str = "referral.body";

/// A referral, opened.
#[derive(Clone, Debug)]
pub struct Referral {
    /// Its row.
    pub id: Uuid,
    /// To whom.
    pub organisation: String,
    /// Who did it.
    pub staff_id: Uuid,
    /// What was handed over, and why.
    pub body: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Somebody a case can be referred to.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Destination {
    /// The organisation.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Police or hotline.
    pub kind: OrganisationKind,
    /// Whether it works on this installation, and so takes the case over.
    pub takes_over: bool,
}

/// Everybody a case can be referred to: police first, then by name.
pub async fn destinations(cw: &Casework, session: &StaffSession) -> Result<Vec<Destination>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(
        &mut tx,
        Destination,
        "SELECT id, name, kind, EXISTS (SELECT 1 FROM epoch WHERE organisation_id = organisation.id) AS takes_over
         FROM organisation WHERE kind IN ('police', 'hotline') AND id <> $1 ORDER BY kind DESC, name, id",
        session.organisation
    )?)
}

/// Refers a case that is in this person's hands, with words about what was handed over and why.
pub async fn refer(
    cw: &Casework,
    session: &StaffSession,
    case: Uuid,
    to: Uuid,
    words: &Words,
    press: &Press,
) -> Result<(), Refused> {
    let destination =
        destinations(cw, session).await?.into_iter().find(|known| known.id == to).ok_or(Refused::NotFound)?;
    let mut tx = cw.storage.write().await?;
    if !press.is_first(cw, &mut tx).await? {
        return Ok(());
    }
    let held = in_hands(cw, &mut tx, session, case).await?;
    if !held.state.is_open() {
        return Err(Refused::NotNow);
    }
    let referral = insert(cw, &mut tx, &held, session, to, words).await?;
    let actor = Actor::Staff(session.staff);
    let event = Event::Referred { organisation: destination.name };
    history::record(cw, &mut tx, case, actor, Some(referral), &event).await?;
    if destination.takes_over {
        let keys = keys_of(&mut tx, session, case).await?;
        move_to_hotline(cw, &mut tx, case, to, &keys).await?;
    }
    audit::record(cw, &mut tx, actor, "case.refer", case, &to.to_string()).await?;
    tx.commit().await?;
    Ok(())
}

async fn insert(
    cw: &Casework,
    tx: &mut Tx,
    held: &Held,
    session: &StaffSession,
    to: Uuid,
    words: &Words,
) -> Result<Uuid, Error> {
    let id = cw.new_id();
    let body = held.keys.staff_public_key.seal(&*cw.randomness, Binding::new(id, BODY), words.as_str().as_bytes());
    execute!(
        tx,
        "INSERT INTO referral (id, case_id, organisation_id, staff_id, sealed_body, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        held.id,
        to,
        session.staff,
        body,
        cw.now()
    )?;
    Ok(id)
}

#[derive(FromRow)]
struct Epoch {
    id: Uuid,
    public_key: PublicKey,
}

/// Seals the case's keys to the other hotline and puts the case, with the deadline it had, into its queue.
async fn move_to_hotline(cw: &Casework, tx: &mut Tx, case: Uuid, hotline: Uuid, keys: &CaseKeys) -> Result<(), Error> {
    let epoch = fetch_optional!(
        tx,
        Epoch,
        "SELECT id, public_key FROM epoch WHERE organisation_id = $1 ORDER BY number DESC LIMIT 1",
        hotline
    )?;
    let epoch = epoch.ok_or(Error::Inconsistent("epoch"))?;
    case_keys::seal_to_epoch(cw, tx, case, epoch.id, &epoch.public_key, &keys.case, &keys.staff).await?;
    execute!(
        tx,
        "UPDATE cases SET hotline_id = $1, holder_id = NULL, touched_at = NULL, state = 'in_review' WHERE id = $2",
        hotline,
        case
    )?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    organisation: String,
    staff_id: Uuid,
    sealed_body: Sealed,
    created_at: DateTime<Utc>,
}

/// A case's referrals, oldest first, opened with the staff pair's private half.
pub(crate) async fn of_case(tx: &mut Tx, case: Uuid, key: &PrivateKey) -> Result<Vec<Referral>, Error> {
    let rows = fetch_all!(
        tx,
        Row,
        "SELECT referral.id, organisation.name AS organisation, staff_id, sealed_body, referral.created_at
         FROM referral JOIN organisation ON organisation.id = organisation_id WHERE case_id = $1
         ORDER BY referral.created_at, referral.id",
        case
    )?;
    rows.into_iter()
        .map(|row| {
            let body = key.open_text(Binding::new(row.id, BODY), &row.sealed_body)?;
            Ok(Referral {
                id: row.id,
                organisation: row.organisation,
                staff_id: row.staff_id,
                body,
                created_at: row.created_at,
            })
        })
        .collect()
}
