//! What partners say of fingerprints they have: that they saw the file, blocked it, or that a match was something else.
//!
//! Each case that claims the fingerprint hears of it at once, for its analyst. The reporter is told nothing here: whether and
//! where a file was seen could tell a stranger who tries one what is known.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Terms, dispute, in_each_collection};
use crate::api_key::Partner;
use crate::history::{self, Actor, Event};
use crate::item::Algorithm;
use crate::storage::Tx;
use crate::taxonomy::choice;
use crate::{Casework, Error, execute, fetch_all};

/// The most that is said at once.
pub const MOST: usize = 1_000;

/// So many of the newest cases that claim a fingerprint hear of it: a picture that goes round is in thousands.
const HEAR: i64 = 100;

choice! {
    /// What a partner says of a fingerprint.
    Opinion {
        /// Something there matched; nobody has looked yet.
        Seen = "seen",
        /// Something there matched, and was blocked.
        Blocked = "blocked",
        /// What matched is something else.
        NotAMatch = "not_a_match",
    }
}

/// A partner's opinion of one fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// How it was computed.
    pub algorithm: Algorithm,
    /// The hash itself.
    pub value: Vec<u8>,
    /// What it says.
    pub opinion: Opinion,
}

/// Notes what a partner says. Gives of each whether it is of a fingerprint that this partner had from us; else nothing is
/// noted, and nothing told.
pub async fn note(cw: &Casework, partner: &Partner, terms: &Terms, said: &[Said]) -> Result<Vec<bool>, Error> {
    let mut tx = cw.storage.write().await?;
    let mut noted = Vec::new();
    for one in said.iter().take(MOST) {
        noted.push(note_one(cw, &mut tx, partner, terms, one).await?);
    }
    tx.commit().await?;
    Ok(noted)
}

async fn note_one(cw: &Casework, tx: &mut Tx, partner: &Partner, terms: &Terms, said: &Said) -> Result<bool, Error> {
    let listings = in_each_collection(tx, said.algorithm, &said.value).await?;
    if !listings.iter().any(|listing| terms.tell(listing).is_some()) {
        return Ok(false);
    }
    let is_new = execute!(
        tx,
        "INSERT INTO listing_feedback (organisation_id, algorithm, value, opinion, given_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (organisation_id, algorithm, value)
             DO UPDATE SET opinion = excluded.opinion, given_at = excluded.given_at
             WHERE listing_feedback.opinion <> excluded.opinion",
        partner.organisation,
        said.algorithm,
        said.value.as_slice(),
        said.opinion,
        cw.now()
    )? == 1;
    if is_new {
        let cases = claiming(tx, said).await?;
        let event = Event::PartnerSaid { partner: partner.name.clone(), opinion: said.opinion };
        for case in &cases {
            history::record(cw, tx, *case, Actor::Partner(partner.key), None, &event).await?;
        }
        if said.opinion == Opinion::NotAMatch {
            dispute::begin(cw, tx, partner, said, cases.first().copied()).await?;
        }
    }
    Ok(true)
}

/// Cases that claim a fingerprint and are still there, in order: two calls at once hold their rows in the same one.
async fn claiming(tx: &mut Tx, said: &Said) -> Result<BTreeSet<Uuid>, Error> {
    let cases = fetch_all!(
        tx,
        (Uuid,),
        "SELECT DISTINCT case_id FROM claim
         WHERE algorithm = $1 AND value = $2 AND ended_at IS NULL AND EXISTS (SELECT 1 FROM cases WHERE cases.id = case_id)
         ORDER BY case_id DESC LIMIT $3",
        said.algorithm,
        said.value.as_slice(),
        HEAR
    )?;
    Ok(cases.into_iter().map(|(case,)| case).collect())
}
