//! What rules are asked about: of a report as it comes, and of cases there are. What erasing took from a case is not known any
//! more.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::storage::Tx;
use crate::taxonomy::{Country, Harm, LanguageCode};
use crate::{Error, fetch_all};

/// What is known of a report when it is routed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The reporter's country; none where they did not say.
    pub country: Option<Country>,
    /// The reporter's language.
    pub language: LanguageCode,
    /// What happened.
    pub harm: Harm,
    /// The providers of the directory with which something of it lies.
    pub providers: Vec<Uuid>,
    /// The countries in which its links are hosted, as far as that is known ([`crate::hosts`]).
    pub hosts: Vec<Country>,
    /// The organisation that sent it; none where a reporter did.
    pub source: Option<Uuid>,
}

/// What is known of one case now.
pub(super) async fn of_case(tx: &mut Tx, case: Uuid) -> Result<Option<Facts>, Error> {
    Ok(between(tx, case, case).await?.pop())
}

/// What is known of the last cases, so many.
pub(super) async fn of_last(tx: &mut Tx, number: i64) -> Result<Vec<Facts>, Error> {
    let ids = fetch_all!(tx, (Uuid,), "SELECT id FROM cases ORDER BY id DESC LIMIT $1", number)?;
    match ids.last() {
        Some(&(first,)) => between(tx, first, Uuid::max()).await,
        None => Ok(Vec::new()),
    }
}

type Row = (Uuid, Option<Country>, LanguageCode, Harm, Option<Uuid>);

const CASES: &str = "SELECT id, country, language, harm, flagger_id FROM cases WHERE id BETWEEN $1 AND $2";
const PROVIDERS: &str = "SELECT DISTINCT case_id, provider_id FROM item
    WHERE case_id BETWEEN $1 AND $2 AND provider_id IS NOT NULL";
const HOSTS: &str = "SELECT DISTINCT case_id, host_country FROM item
    WHERE case_id BETWEEN $1 AND $2 AND host_country IS NOT NULL";

/// What is known of the cases from one to another, both included, oldest first.
async fn between(tx: &mut Tx, first: Uuid, last: Uuid) -> Result<Vec<Facts>, Error> {
    let of_row = |(case, country, language, harm, source): Row| {
        (case, Facts { country, language, harm, providers: Vec::new(), hosts: Vec::new(), source })
    };
    let rows = fetch_all!(tx, Row, CASES, first, last)?;
    let mut facts: BTreeMap<Uuid, Facts> = rows.into_iter().map(of_row).collect();
    for (case, provider) in fetch_all!(tx, (Uuid, Uuid), PROVIDERS, first, last)? {
        facts.entry(case).and_modify(|facts| facts.providers.push(provider));
    }
    for (case, host) in fetch_all!(tx, (Uuid, Country), HOSTS, first, last)? {
        facts.entry(case).and_modify(|facts| facts.hosts.push(host));
    }
    Ok(facts.into_values().collect())
}
