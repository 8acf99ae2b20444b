//! What rules would do, before they are saved: the last cases, routed once by the rules in force and once by these.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Destination, Facts, Routing, Rule, load};
use crate::storage::Tx;
use crate::taxonomy::{Country, Harm, LanguageCode};
use crate::{Casework, Error, fetch_all, fetch_optional};

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
    for facts in last(&mut tx).await? {
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

type Row = (Uuid, Option<Country>, LanguageCode, Harm, Option<Uuid>);

const ONE: &str = "SELECT id, country, language, harm, flagger_id FROM cases WHERE id = $1";
const LAST: &str = "SELECT id, country, language, harm, flagger_id FROM cases ORDER BY id DESC LIMIT $1";
const PROVIDERS: &str = "SELECT case_id, provider_id FROM item WHERE case_id >= $1 AND provider_id IS NOT NULL";
const HOSTS: &str = "SELECT case_id, host_country FROM item WHERE case_id >= $1 AND host_country IS NOT NULL";

fn of_row((_, country, language, harm, source): Row) -> Facts {
    Facts { country, language, harm, providers: Vec::new(), hosts: Vec::new(), source }
}

/// What is known of the last cases. What erasing took from a case is not known any more.
async fn last(tx: &mut Tx) -> Result<Vec<Facts>, Error> {
    let rows = fetch_all!(tx, Row, LAST, CASES)?;
    let Some(first) = rows.last().map(|row| row.0) else { return Ok(Vec::new()) };
    let mut facts: BTreeMap<Uuid, Facts> = rows.into_iter().map(|row| (row.0, of_row(row))).collect();
    for (case, provider) in fetch_all!(tx, (Uuid, Uuid), PROVIDERS, first)? {
        facts.entry(case).and_modify(|facts| facts.providers.push(provider));
    }
    for (case, host) in fetch_all!(tx, (Uuid, Country), HOSTS, first)? {
        facts.entry(case).and_modify(|facts| facts.hosts.push(host));
    }
    Ok(facts.into_values().collect())
}

/// What is known of one case now.
pub(super) async fn of_case(tx: &mut Tx, case: Uuid) -> Result<Option<Facts>, Error> {
    let Some(row) = fetch_optional!(tx, Row, ONE, case)? else { return Ok(None) };
    let mut facts = of_row(row);
    let providers = "SELECT DISTINCT provider_id FROM item WHERE case_id = $1 AND provider_id IS NOT NULL";
    facts.providers = fetch_all!(tx, (Uuid,), providers, case)?.into_iter().map(|(id,)| id).collect();
    let hosts = "SELECT DISTINCT host_country FROM item WHERE case_id = $1 AND host_country IS NOT NULL";
    facts.hosts = fetch_all!(tx, (Country,), hosts, case)?.into_iter().map(|(country,)| country).collect();
    Ok(Some(facts))
}
