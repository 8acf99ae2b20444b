//! Why a case is where it is: what decided when it came, and what today's rules say of it.

use sqlx::FromRow;
use uuid::Uuid;

use super::facts::{Facts, of_case};
use super::{Asks, Destination, Routed, Rule, load};
use crate::reference::Reference;
use crate::staff::session::StaffSession;
use crate::storage::JsonText;
use crate::{Casework, Error, fetch_optional};

/// The explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The case's public name.
    pub reference: Reference,
    /// Where it stands.
    pub here: Destination,
    /// What decided that; none for a case from before this was kept.
    pub routed: Option<Routed>,
    /// What is known of it now. The reporter may have added links since.
    pub facts: Facts,
    /// Today's rules in their order: what each asks, and whether the case fits that.
    pub rules: Vec<(Rule, Vec<(Asks, bool)>)>,
    /// Where today's rules would send it, and the place of the one that decides, from 1.
    pub today: Option<(Destination, Option<usize>)>,
}

#[derive(FromRow)]
struct Row {
    reference: Reference,
    hotline_id: Uuid,
    team_id: Option<Uuid>,
    routed: Option<JsonText<Routed>>,
}

/// Explains a case of this hotline.
pub async fn why(cw: &Casework, session: &StaffSession, case: Uuid) -> Result<Option<Why>, Error> {
    let mut tx = cw.storage.read().await?;
    let sql = "SELECT reference, hotline_id, team_id, routed FROM cases WHERE id = $1 AND hotline_id = $2";
    let Some(row) = fetch_optional!(&mut tx, Row, sql, case, session.organisation)? else { return Ok(None) };
    let Some(facts) = of_case(&mut tx, case).await? else { return Ok(None) };
    let routing = load(&mut tx).await?;
    let today = routing.as_ref().map(|routing| {
        let (destination, routed) = routing.decide(&facts);
        (destination, routed.by.map(|(place, _)| place))
    });
    let rules = routing.map(|routing| routing.rules).unwrap_or_default();
    Ok(Some(Why {
        reference: row.reference,
        here: Destination { hotline: row.hotline_id, team: row.team_id },
        routed: row.routed.map(|routed| routed.0),
        rules: rules.into_iter().map(|rule| (rule.clone(), rule.answers(&facts))).collect(),
        facts,
        today,
    }))
}
