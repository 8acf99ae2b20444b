//! What providers did about notices, and how long it took.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Asked, Spread, counted, fetch_counted};
use crate::Error;
use crate::storage::Tx;
use crate::taxonomy::NoticeState;

/// What one provider did.
#[derive(Clone, Debug, Default)]
pub struct Provider {
    /// Its name.
    pub name: String,
    /// How many notices went to it.
    pub notices: u64,
    /// About how many it removed what they were about.
    pub removed: u64,
    /// How many it refused.
    pub refused: u64,
    /// To how many it said nothing in time.
    pub silent: u64,
    /// From notice to its answer.
    pub to_answer: Spread,
}

/// The notices that a provider has.
macro_rules! delivered {
    () => {
        "notice.state IN ('sent', 'received', 'needs_more', 'removed', 'refused', 'no_answer')"
    };
}

pub(super) use delivered;

#[derive(FromRow)]
struct Notice {
    provider: String,
    state: NoticeState,
    received_at: DateTime<Utc>,
    sent_at: DateTime<Utc>,
    answered_at: Option<DateTime<Utc>>,
}

/// By name; and the time from report to removal over all of them.
pub(super) async fn count(tx: &mut Tx, hotline: Uuid, asked: &Asked) -> Result<(Vec<Provider>, Spread), Error> {
    let notices = fetch_counted!(
        tx,
        Notice,
        concat!(
            "SELECT organisation.name AS provider, notice.state, cases.received_at, notice.sent_at, notice.answered_at
             FROM cases JOIN notice ON notice.case_id = cases.id JOIN organisation ON organisation.id = notice.provider_id
             WHERE notice.sent_at IS NOT NULL AND ",
            delivered!(),
            " AND ",
            counted!()
        ),
        hotline,
        asked,
        asked.ids()
    )?;
    let removed = notices.iter().filter(|notice| notice.state == NoticeState::Removed);
    let to_removal = Spread::of(removed.filter_map(|notice| Some(notice.answered_at? - notice.received_at)));
    let mut by_name = BTreeMap::<&str, Vec<&Notice>>::new();
    for notice in &notices {
        by_name.entry(&notice.provider).or_default().push(notice);
    }
    Ok((by_name.into_iter().map(|(name, notices)| of_one(name, &notices)).collect(), to_removal))
}

fn of_one(name: &str, notices: &[&Notice]) -> Provider {
    let number = |state| notices.iter().filter(|notice| notice.state == state).count() as u64;
    let answered = notices.iter().filter(|notice| matches!(notice.state, NoticeState::Removed | NoticeState::Refused));
    Provider {
        name: name.to_owned(),
        notices: notices.len() as u64,
        removed: number(NoticeState::Removed),
        refused: number(NoticeState::Refused),
        silent: number(NoticeState::NoAnswer),
        to_answer: Spread::of(answered.filter_map(|notice| Some(notice.answered_at? - notice.sent_at))),
    }
}
