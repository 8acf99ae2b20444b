//! What rules would do, before they are saved: the last cases, routed once by the rules in force and once by these.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::facts::of_last;
use super::{Destination, Routing, Rule, load};
use crate::{Casework, Error, fetch_all};

/// So many cases are looked at, the newest.
pub const CASES: i64 = 1_000;

/// What the last cases would have met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DryRun {
    /// How many cases there were, at most [`CASES`].
    pub cases: u64,
    /// How many each rule would have decided, in their order. A rule of a hotline that takes no cases decides none.
    pub by_rule: Vec<u64>,
    /// How many no rule would have fitted.
    pub unrouted: u64,
    /// How many the rules in force leave unrouted.
    pub unrouted_now: u64,
    /// How many would go elsewhere than by the rules in force: from where, to where.
    pub moves: BTreeMap<(Destination, Destination), u64>,
}

/// Tries these rules on the last cases of the installation. Nothing is changed. None while no hotline takes cases.
pub async fn try_out(cw: &Casework, rules: &[Rule]) -> Result<Option<DryRun>, Error> {
    let mut tx = cw.storage.read().await?;
    let Some(now) = load(&mut tx).await? else { return Ok(None) };
    let hotlines: Vec<Uuid> =
        fetch_all!(&mut tx, (Uuid,), concat!("SELECT id FROM organisation WHERE ", takes_cases!()))?
            .into_iter()
            .map(|(id,)| id)
            .collect();
    // By their places in the form, which count the rules of hotlines that take no cases as well.
    let (places, open): (Vec<usize>, Vec<Rule>) =
        rules.iter().cloned().enumerate().filter(|(_, rule)| hotlines.contains(&rule.hotline)).unzip();
    let then = Routing { rules: open, default: now.default };
    let mut run = DryRun { by_rule: vec![0; rules.len()], ..DryRun::default() };
    for facts in of_last(&mut tx, CASES).await? {
        let (from, routed_now) = now.decide(&facts);
        let (to, routed) = then.decide(&facts);
        run.cases += 1;
        run.unrouted_now += u64::from(routed_now.by.is_none());
        match routed.by.and_then(|(place, _)| places.get(place - 1)).and_then(|place| run.by_rule.get_mut(*place)) {
            Some(decided) => *decided += 1,
            None => run.unrouted += 1,
        }
        if from != to {
            *run.moves.entry((from, to)).or_default() += 1;
        }
    }
    Ok(Some(run))
}
