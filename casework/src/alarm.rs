//! Cases in danger that nobody takes ring: whoever is on call gets a mail, and a web address a call, again and again until
//! somebody has the case in their hands.
//!
//! One alarm a hotline, not one a case: ten cases at once wake nobody ten times. It rings at once for a case it has not rung
//! for, but not twice within [`CLOSEST`], and again every [`REPEAT`] while any waits. The third ring on end reaches every
//! lead too; where nobody is on call, the first does. A ring says how many cases wait, since when and their names: nothing
//! of what they are about.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::history::{self, Actor, Event};
use crate::outbox::{self, Task};
use crate::queue::queued;
use crate::reference::Reference;
use crate::staff::session::StaffSession;
use crate::storage::Tx;
use crate::taxonomy::LanguageCode;
use crate::{Casework, Error, audit, execute, fetch_all, fetch_one, fetch_optional, on_call};

/// How long after a ring the next one comes while nobody takes the cases.
pub const REPEAT: TimeDelta = TimeDelta::minutes(5);
/// Two rings are never closer than this, however many cases come.
pub const CLOSEST: TimeDelta = TimeDelta::minutes(1);
/// The ring on end that leads hear too.
pub const LEADS_HEAR: i64 = 3;
/// How many cases a ring names.
const NAMED: i64 = 20;

/// The cases that ring.
macro_rules! ringing {
    () => {
        concat!("level = 0 AND ", queued!())
    };
}

#[derive(FromRow)]
struct Alarm {
    hotline_id: Uuid,
    rung_at: Option<DateTime<Utc>>,
    times: i64,
    is_news: bool,
}

impl Alarm {
    fn is_due(&self, now: DateTime<Utc>) -> bool {
        let pause = if self.is_news { CLOSEST } else { REPEAT };
        self.rung_at.is_none_or(|rung| now - rung >= pause)
    }
}

/// Rings every alarm that is due and ends those whose cases are taken; for the worker. `calls_web`: whether the operator
/// named a web address to call. Gives how many rang.
pub async fn ring_due(cw: &Casework, calls_web: bool) -> Result<u64, Error> {
    let mut rung = 0;
    end_answered(cw).await?;
    for alarm in alarms(cw).await?.iter().filter(|alarm| alarm.is_due(cw.now())) {
        let mut tx = cw.storage.write().await?;
        rung += u64::from(ring(cw, &mut tx, alarm, calls_web).await?);
        tx.commit().await?;
    }
    Ok(rung)
}

async fn end_answered(cw: &Casework) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    execute!(
        &mut tx,
        concat!(
            "DELETE FROM alarm WHERE NOT EXISTS (SELECT 1 FROM cases WHERE hotline_id = alarm.hotline_id AND ",
            ringing!(),
            ")"
        )
    )?;
    Ok(tx.commit().await?)
}

async fn alarms(cw: &Casework) -> Result<Vec<Alarm>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(
        &mut tx,
        Alarm,
        concat!(
            "SELECT organisation.id AS hotline_id, alarm.rung_at, COALESCE(alarm.times, 0) AS times,
                EXISTS (SELECT 1 FROM cases WHERE hotline_id = organisation.id AND alarms = 0 AND ",
            ringing!(),
            ") AS is_news
             FROM organisation LEFT JOIN alarm ON alarm.hotline_id = organisation.id
             WHERE kind = 'hotline' AND EXISTS (SELECT 1 FROM cases WHERE hotline_id = organisation.id AND ",
            ringing!(),
            ")"
        )
    )?)
}

/// False if another process rang it this moment.
async fn ring(cw: &Casework, tx: &mut Tx, alarm: &Alarm, calls_web: bool) -> Result<bool, Error> {
    let (hotline, now) = (alarm.hotline_id, cw.now());
    let rung = execute!(
        tx,
        "INSERT INTO alarm (hotline_id, rung_at, times) VALUES ($1, $2, 1)
         ON CONFLICT (hotline_id) DO UPDATE SET rung_at = excluded.rung_at, times = alarm.times + 1 WHERE alarm.times = $3",
        hotline,
        now,
        alarm.times
    )?;
    if rung == 0 {
        return Ok(false);
    }
    note_in_cases(cw, tx, hotline).await?;
    let is_for_leads = alarm.times + 1 >= LEADS_HEAR;
    for staff in on_call::to_wake(tx, hotline, is_for_leads, now).await? {
        outbox::push_once(cw, tx, staff, &Task::RingStaff { staff, is_trial: false }).await?;
    }
    if calls_web {
        outbox::push_once(cw, tx, hotline, &Task::RingWeb { hotline, is_trial: false }).await?;
    }
    let times = (alarm.times + 1).to_string();
    audit::record(cw, tx, Actor::System, "alarm.ring", hotline, &times).await?;
    Ok(true)
}

async fn note_in_cases(cw: &Casework, tx: &mut Tx, hotline: Uuid) -> Result<(), Error> {
    let rung = fetch_all!(
        tx,
        (Uuid, i64),
        concat!(
            "UPDATE cases SET alarms = alarms + 1, alarm_since = COALESCE(alarm_since, $1) WHERE hotline_id = $2 AND ",
            ringing!(),
            " RETURNING id, alarms"
        ),
        cw.now(),
        hotline
    )?;
    for (case, _) in rung.into_iter().filter(|(_, alarms)| *alarms == 1) {
        history::record(cw, tx, case, Actor::System, None, &Event::AlarmRang).await?;
    }
    Ok(())
}

/// Sends one ring to the member who asks, and to the web address if there is one, to see that both arrive.
pub async fn try_out(cw: &Casework, session: &StaffSession, calls_web: bool) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    let (staff, hotline) = (session.staff, session.organisation);
    outbox::push(cw, &mut tx, None, None, &Task::RingStaff { staff, is_trial: true }).await?;
    if calls_web {
        outbox::push(cw, &mut tx, None, None, &Task::RingWeb { hotline, is_trial: true }).await?;
    }
    audit::record(cw, &mut tx, Actor::Staff(staff), "alarm.try_out", hotline, "").await?;
    Ok(tx.commit().await?)
}

/// What a ring says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    /// Whose cases wait.
    pub hotline: String,
    /// How many.
    pub waiting: i64,
    /// Since when the alarm rings for the first of them; now, where it is about to.
    pub since: DateTime<Utc>,
    /// Their names, first in the queue first; at most twenty.
    pub references: Vec<Reference>,
    /// Whether it only shows that it arrives.
    pub is_trial: bool,
}

#[derive(FromRow)]
struct Ringing {
    name: String,
    waiting: i64,
    since: Option<DateTime<Utc>>,
}

/// What there is to ring about at this hotline now; none if every case has been taken meanwhile, unless it is a trial.
pub async fn ringing(cw: &Casework, hotline: Uuid, is_trial: bool) -> Result<Option<Ring>, Error> {
    let mut tx = cw.storage.read().await?;
    let sum = fetch_one!(
        &mut tx,
        Ringing,
        concat!(
            "SELECT name, (SELECT COUNT(*) FROM cases WHERE hotline_id = organisation.id AND ",
            ringing!(),
            ") AS waiting, (SELECT MIN(alarm_since) FROM cases WHERE hotline_id = organisation.id AND ",
            ringing!(),
            ") AS since FROM organisation WHERE id = $1"
        ),
        hotline
    )?;
    let named = fetch_all!(
        &mut tx,
        (Reference,),
        concat!(
            "SELECT reference FROM cases WHERE hotline_id = $1 AND ",
            ringing!(),
            " ORDER BY level, flagger_rank, deadline, received_at, id LIMIT $2"
        ),
        hotline,
        NAMED
    )?;
    let references: Vec<_> = named.into_iter().map(|(reference,)| reference).collect();
    let since = sum.since.unwrap_or_else(|| cw.now());
    let ring = Ring { hotline: sum.name, waiting: sum.waiting, since, references, is_trial };
    Ok((ring.waiting > 0 || is_trial).then_some(ring))
}

/// Whom a ring reaches.
#[derive(Clone, Debug, FromRow)]
pub struct Listener {
    /// The address they sign in with.
    #[sqlx(rename = "sign_in")]
    pub address: String,
    /// The language their console speaks.
    pub language: LanguageCode,
    /// Their hotline.
    #[sqlx(rename = "organisation_id")]
    pub hotline: Uuid,
}

/// Whom a ring for this member reaches; nobody, if they have left.
pub async fn listener(cw: &Casework, staff: Uuid) -> Result<Option<Listener>, Error> {
    let mut tx = cw.storage.read().await?;
    let sql = "SELECT sign_in, language, organisation_id FROM staff WHERE id = $1 AND state = 'active'";
    Ok(fetch_optional!(&mut tx, Listener, sql, staff)?)
}
