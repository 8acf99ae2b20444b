//! What came, when, from where, and what became of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Timelike, Utc};
use chrono_tz::Tz;
use sqlx::FromRow;
use uuid::Uuid;

use super::{Asked, Ending, Spread, counted, fetch_counted};
use crate::Error;
use crate::storage::Tx;
use crate::taxonomy::{CaseState, Country, Harm, LanguageCode, Outcome};

/// So many cases are read at once.
const PAGE: i64 = 5_000;

/// What came, and what became of it.
#[derive(Clone, Debug, Default)]
pub struct Intake {
    /// How many reports.
    pub reports: u64,
    /// By the hour of the day at which they came, where the hotline is.
    pub by_hour: [u64; 24],
    /// By what happened and how it ended.
    pub outcomes: BTreeMap<(Harm, Ending), u64>,
    /// By the reporter's language.
    pub languages: BTreeMap<LanguageCode, u64>,
    /// By the reporter's country; none: not told.
    pub countries: BTreeMap<Option<Country>, u64>,
    /// From report to the first act of a person.
    pub to_first_action: Spread,
    /// How many were closed and opened again, by staff or because their reporter disagreed.
    pub reopened: u64,
}

#[derive(FromRow)]
struct Case {
    id: Uuid,
    received_at: DateTime<Utc>,
    first_action_at: Option<DateTime<Utc>>,
    harm: Harm,
    language: LanguageCode,
    country: Option<Country>,
    state: CaseState,
    outcome: Option<Outcome>,
    was_reopened: bool,
}

pub(super) async fn count(tx: &mut Tx, hotline: Uuid, asked: &Asked, zone: Tz) -> Result<Intake, Error> {
    let (mut intake, mut waits) = (Intake::default(), Vec::new());
    let (mut from, until) = asked.ids();
    loop {
        let page = page(tx, hotline, asked, from, until).await?;
        let Some(last) = page.last() else { break };
        from = Uuid::from_u128(last.id.as_u128().saturating_add(1));
        for case in page {
            waits.extend(case.first_action_at.map(|acted| acted - case.received_at));
            intake.add(&case, zone)?;
        }
    }
    intake.to_first_action = Spread::of(waits);
    Ok(intake)
}

async fn page(tx: &mut Tx, hotline: Uuid, asked: &Asked, from: Uuid, until: Uuid) -> Result<Vec<Case>, Error> {
    Ok(fetch_counted!(
        tx,
        Case,
        concat!(
            "SELECT id, received_at, first_action_at, harm, language, country, state, outcome,
                EXISTS (SELECT 1 FROM history WHERE case_id = cases.id AND event IN ('reopened', 'appealed')) AS was_reopened
             FROM cases WHERE ",
            counted!(),
            " ORDER BY cases.id LIMIT $9"
        ),
        hotline,
        asked,
        (from, until),
        PAGE
    )?)
}

impl Intake {
    fn add(&mut self, case: &Case, zone: Tz) -> Result<(), Error> {
        let hour = usize::try_from(case.received_at.with_timezone(&zone).hour()).unwrap_or_default();
        self.reports += 1;
        if let Some(of_hour) = self.by_hour.get_mut(hour) {
            *of_hour += 1;
        }
        *self.outcomes.entry((case.harm, Ending::of(case.state, case.outcome)?)).or_default() += 1;
        *self.languages.entry(case.language.clone()).or_default() += 1;
        *self.countries.entry(case.country.clone()).or_default() += 1;
        self.reopened += u64::from(case.was_reopened);
        Ok(())
    }
}
