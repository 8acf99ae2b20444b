//! How urgent a case is, and why: one pure function.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Casework, Error, audit, execute, fetch_optional,
    history::Actor,
    opening_hours::OpeningHours,
    staff::session::StaffSession,
    storage::{JsonText, Tx},
    taxonomy::{AgeBand, Danger, Harm, Reporter, Spreading},
};

/// What the level is decided from. All of it is readable in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What happened.
    pub harm: Harm,
    /// Who tells.
    pub reporter: Reporter,
    /// How old the person it happened to is.
    pub age_band: AgeBand,
    /// Whether somebody is in danger now.
    pub danger: Danger,
    /// Whether the image is being passed on.
    pub spreading: Spreading,
    /// The report comes from a trusted flagger who is not paused here.
    pub trusted_flagger: bool,
    /// Something suggests that a machine sent it, or that it is one of very many alike.
    pub looks_like_bulk: bool,
    /// How many earlier cases name one of the same links or accounts.
    pub earlier_reports: u32,
}

/// What can set the level of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// Somebody is in danger now.
    Danger,
    /// The reporter may hurt themself.
    SelfHarm,
    /// A child is threatened.
    ThreatenedChild,
    /// A child, or somebody for a child, says that the image is spreading.
    SpreadingImage,
    /// A child's or survivor's own image or account.
    OwnImage,
    /// A trusted flagger's report.
    TrustedFlagger,
    /// Anything else that somebody reports.
    Other,
    /// Looks like bulk or spam.
    Bulk,
}

impl Trigger {
    /// Those whose level an administrator can change.
    pub const CHANGEABLE: [Self; 5] =
        [Self::ThreatenedChild, Self::SpreadingImage, Self::OwnImage, Self::TrustedFlagger, Self::Other];

    /// The stable code, as words' keys have it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Danger => "danger",
            Self::SelfHarm => "self_harm",
            Self::ThreatenedChild => "threatened_child",
            Self::SpreadingImage => "spreading_image",
            Self::OwnImage => "own_image",
            Self::TrustedFlagger => "trusted_flagger",
            Self::Other => "other",
            Self::Bulk => "bulk",
        }
    }

    const ALL: [Self; 8] = [
        Self::Danger,
        Self::SelfHarm,
        Self::ThreatenedChild,
        Self::SpreadingImage,
        Self::OwnImage,
        Self::TrustedFlagger,
        Self::Other,
        Self::Bulk,
    ];

    /// Whether this trigger applies. [`Trigger::Bulk`] is left to [`priority`], because it yields to others.
    fn applies(self, facts: &Facts) -> bool {
        let speaks_for_a_child = facts.reporter.speaks_for_a_child();
        match self {
            Self::Danger => facts.danger == Danger::InDanger,
            Self::SelfHarm => facts.danger == Danger::SelfHarm,
            Self::ThreatenedChild => facts.harm == Harm::Threat && concerns_a_child(facts),
            Self::SpreadingImage => speaks_for_a_child && facts.spreading == Spreading::Yes,
            Self::OwnImage => facts.harm != Harm::Seen && (speaks_for_a_child || facts.reporter == Reporter::Survivor),
            Self::TrustedFlagger => facts.trusted_flagger,
            Self::Other => true,
            Self::Bulk => false,
        }
    }
}

/// A person who tells us of a threat is taken to speak of a child unless they say that it is an adult. Flaggers have a
/// level of their own.
fn concerns_a_child(facts: &Facts) -> bool {
    !matches!(facts.reporter, Reporter::Survivor | Reporter::Flagger)
        && (facts.reporter == Reporter::Child || facts.age_band != AgeBand::Adult)
}

/// How long a level may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelTime {
    /// Minutes from the report to the deadline.
    pub minutes: u32,
    /// Whether they run day and night, or in opening hours only.
    pub round_the_clock: bool,
}

/// The longest time a level may wait, in minutes.
const A_YEAR: u32 = 365 * 24 * 60;
/// The number of levels: 0 (first) to 4 (sidelined).
pub const LEVELS: usize = 5;
/// Bulk and spam wait here. No missed deadline leads out of it.
pub const SIDELINED: u8 = 4;
/// Danger and threatened children. No missed deadline leads into them.
pub(crate) const URGENT: u8 = 1;

/// Which trigger gives which level, and how long each level may wait. An administrator can change it; danger and
/// self-harm are always level 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredTable")]
pub struct PriorityTable {
    threatened_child: u8,
    spreading_image: u8,
    own_image: u8,
    trusted_flagger: u8,
    other: u8,
    times: [LevelTime; LEVELS],
}

#[derive(Deserialize)]
struct StoredTable {
    threatened_child: u8,
    spreading_image: u8,
    own_image: u8,
    trusted_flagger: u8,
    other: u8,
    times: [LevelTime; LEVELS],
}

/// A table that would not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTable {
    /// Cases can be given levels 0 to 3; 4 is for what is sidelined, danger and self-harm are fixed.
    #[error("a level must be 0 to 3, and is fixed for danger, self-harm and bulk")]
    Level,
    /// A level's time must be at least one minute and at most a year.
    #[error("a deadline must be at least a minute and at most a year away")]
    Time,
}

impl TryFrom<StoredTable> for PriorityTable {
    type Error = InvalidTable;

    fn try_from(stored: StoredTable) -> Result<Self, InvalidTable> {
        let mut table = Self::default();
        for (trigger, level) in [
            (Trigger::ThreatenedChild, stored.threatened_child),
            (Trigger::SpreadingImage, stored.spreading_image),
            (Trigger::OwnImage, stored.own_image),
            (Trigger::TrustedFlagger, stored.trusted_flagger),
            (Trigger::Other, stored.other),
        ] {
            table = table.with_level(trigger, level)?;
        }
        table.with_times(stored.times)
    }
}

impl Default for PriorityTable {
    fn default() -> Self {
        let time = |minutes, round_the_clock| LevelTime { minutes, round_the_clock };
        Self {
            threatened_child: 1,
            spreading_image: 1,
            own_image: 2,
            trusted_flagger: 2,
            other: 3,
            times: [time(15, true), time(60, true), time(480, false), time(2_880, false), time(10_080, false)],
        }
    }
}

impl PriorityTable {
    /// The level that `trigger` gives.
    pub fn level(&self, trigger: Trigger) -> u8 {
        match trigger {
            Trigger::Danger | Trigger::SelfHarm => 0,
            Trigger::ThreatenedChild => self.threatened_child,
            Trigger::SpreadingImage => self.spreading_image,
            Trigger::OwnImage => self.own_image,
            Trigger::TrustedFlagger => self.trusted_flagger,
            Trigger::Other => self.other,
            Trigger::Bulk => SIDELINED,
        }
    }

    /// How long each level may wait, level 0 first.
    pub fn times(&self) -> &[LevelTime; LEVELS] {
        &self.times
    }

    /// The same table with another level for `trigger`.
    pub fn with_level(mut self, trigger: Trigger, level: u8) -> Result<Self, InvalidTable> {
        if level >= SIDELINED {
            return Err(InvalidTable::Level);
        }
        match trigger {
            Trigger::ThreatenedChild => self.threatened_child = level,
            Trigger::SpreadingImage => self.spreading_image = level,
            Trigger::OwnImage => self.own_image = level,
            Trigger::TrustedFlagger => self.trusted_flagger = level,
            Trigger::Other => self.other = level,
            Trigger::Danger | Trigger::SelfHarm | Trigger::Bulk => return Err(InvalidTable::Level),
        }
        Ok(self)
    }

    /// The same table with other times.
    pub fn with_times(mut self, times: [LevelTime; LEVELS]) -> Result<Self, InvalidTable> {
        if times.iter().any(|time| !(1..=A_YEAR).contains(&time.minutes)) {
            return Err(InvalidTable::Time);
        }
        self.times = times;
        Ok(self)
    }

    fn deadline(&self, level: u8, hours: &OpeningHours, from: DateTime<Utc>) -> DateTime<Utc> {
        let [.., last] = self.times;
        let time = self.times.get(usize::from(level)).copied().unwrap_or(last);
        if time.round_the_clock {
            from + Duration::minutes(time.minutes.into())
        } else {
            hours.deadline_after(from, time.minutes)
        }
    }
}

/// Why a case has its level: a code that becomes words on the page. "Due in 40 minutes" is said from the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// Somebody is in danger now.
    InDanger,
    /// The reporter may hurt themself.
    SelfHarm,
    /// A threat.
    Threat,
    /// The image is spreading.
    Spreading,
    /// A child's own image or account.
    OwnImage,
    /// A survivor's own image.
    Survivor,
    /// A trusted flagger.
    TrustedFlagger,
    /// Who tells, where that is not said by another reason.
    ReportedBy {
        /// Who.
        reporter: Reporter,
    },
    /// How old the person is.
    Age {
        /// The age band, of a child.
        band: AgeBand,
    },
    /// One of the links or accounts was reported before.
    ReportedBefore {
        /// How many reports there are now, this one included.
        reports: u32,
    },
    /// Looks like bulk or spam.
    LooksLikeBulk,
    /// The deadline of the level before was missed.
    MissedDeadline,
}

/// Where a case stands in the queue, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priority {
    /// 0 (first) to 4 (sidelined).
    pub level: u8,
    /// 0 for a trusted flagger's report, 1 for any other: within a level, flaggers come first.
    pub flagger_rank: u8,
    /// When the level's time runs out.
    pub deadline: DateTime<Utc>,
    /// Why, most important first.
    pub reasons: Vec<Reason>,
}

/// Decides the priority of a case whose clock starts at `now`: when it is received, or when new facts come in.
///
/// The most urgent trigger decides. What looks like bulk is sidelined, unless somebody may be in danger, a child
/// threatened or an image spreading (a machine's guess must never hide that), or a trusted flagger sent it (they do send
/// many).
pub fn priority(facts: &Facts, table: &PriorityTable, hours: &OpeningHours, now: DateTime<Utc>) -> Priority {
    let urgent = Trigger::ALL
        .into_iter()
        .filter(|trigger| trigger.applies(facts))
        .map(|trigger| table.level(trigger))
        .min()
        .unwrap_or(SIDELINED);
    let is_sidelined = facts.looks_like_bulk && urgent > URGENT && !facts.trusted_flagger;
    let level = if is_sidelined { table.level(Trigger::Bulk) } else { urgent };
    Priority {
        level,
        flagger_rank: u8::from(!facts.trusted_flagger),
        deadline: table.deadline(level, hours, now),
        reasons: reasons(facts),
    }
}

fn reasons(facts: &Facts) -> Vec<Reason> {
    let is_child = !matches!(facts.age_band, AgeBand::Adult | AgeBand::Unsure);
    let who = match facts.reporter {
        _ if facts.trusted_flagger => Reason::TrustedFlagger,
        Reporter::Survivor => Reason::Survivor,
        Reporter::Child if facts.harm == Harm::OwnImage => Reason::OwnImage,
        reporter => Reason::ReportedBy { reporter },
    };
    [
        (facts.danger == Danger::InDanger, Reason::InDanger),
        (facts.danger == Danger::SelfHarm, Reason::SelfHarm),
        (facts.harm == Harm::Threat, Reason::Threat),
        (facts.spreading == Spreading::Yes, Reason::Spreading),
        (true, who),
        (is_child, Reason::Age { band: facts.age_band }),
        (facts.earlier_reports > 0, Reason::ReportedBefore { reports: facts.earlier_reports.saturating_add(1) }),
        (facts.looks_like_bulk, Reason::LooksLikeBulk),
    ]
    .into_iter()
    .filter_map(|(applies, reason)| applies.then_some(reason))
    .collect()
}

impl Priority {
    /// Whether a missed deadline raised it into its level: it then comes after what belongs there.
    pub fn is_raised(&self) -> bool {
        self.reasons.contains(&Reason::MissedDeadline)
    }

    /// The priority after its deadline was missed: one level up, once, keeping the old deadline. `None` where nothing
    /// changes: the deadline is not over, the case was raised before, or the step would lead into level 0 or 1 or out of
    /// level 4.
    pub fn raise_for_missed_deadline(&self, now: DateTime<Utc>) -> Option<Self> {
        let level = self.level.checked_sub(1)?;
        if now <= self.deadline || self.is_raised() || level <= URGENT || self.level >= SIDELINED {
            return None;
        }
        let mut raised = self.clone();
        raised.level = level;
        raised.reasons.insert(0, Reason::MissedDeadline);
        Some(raised)
    }
}

/// The table in force.
#[derive(Default)]
pub struct InForce {
    /// The one an administrator saved, else the built-in one.
    pub table: PriorityTable,
    /// How often one was saved.
    pub version: i64,
}

/// The table in force, and which it is.
pub async fn load(tx: &mut Tx) -> Result<InForce, Error> {
    let sql = "SELECT content, version FROM priority_table WHERE id = 1";
    let saved = fetch_optional!(tx, (JsonText<PriorityTable>, i64), sql)?;
    Ok(saved.map(|(JsonText(table), version)| InForce { table, version }).unwrap_or_default())
}

/// The table in force, by itself.
pub async fn current(cw: &Casework) -> Result<PriorityTable, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(load(&mut tx).await?.table)
}

/// Puts another table in force. Cases that wait follow soon ([`crate::reorder`]).
pub async fn save(cw: &Casework, by: &StaffSession, table: &PriorityTable) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    execute!(
        &mut tx,
        "INSERT INTO priority_table (id, content, version) VALUES (1, $1, 1)
         ON CONFLICT (id) DO UPDATE SET content = excluded.content, version = priority_table.version + 1",
        JsonText(table.clone())
    )?;
    audit::record(cw, &mut tx, Actor::Staff(by.staff), "priority.save", "priority", "").await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock, testing::TestClock};

    /// A witness saw something, nothing else is known: level 3.
    fn witness() -> Facts {
        Facts {
            harm: Harm::Seen,
            reporter: Reporter::Witness,
            age_band: AgeBand::Unsure,
            danger: Danger::Unsure,
            spreading: Spreading::Unsure,
            trusted_flagger: false,
            looks_like_bulk: false,
            earlier_reports: 0,
        }
    }

    fn flagger() -> Facts {
        Facts { reporter: Reporter::Flagger, trusted_flagger: true, ..witness() }
    }

    fn by(reporter: Reporter, harm: Harm) -> Facts {
        Facts { harm, reporter, ..witness() }
    }

    fn decide(facts: &Facts) -> Priority {
        priority(facts, &PriorityTable::default(), &OpeningHours::always(), TestClock::default().now())
    }

    #[test]
    fn every_rule_gives_its_level() {
        use Harm::{OwnImage, Seen, Threat};
        use Reporter::{Child, Flagger, Helper, Parent, Survivor, Witness};
        let adult = |facts: Facts| Facts { age_band: AgeBand::Adult, ..facts };
        let spreading = |facts: Facts| Facts { spreading: Spreading::Yes, ..facts };
        let danger = |facts: Facts| Facts { danger: Danger::InDanger, ..facts };
        let self_harm = |facts: Facts| Facts { danger: Danger::SelfHarm, ..facts };
        let bulk = |facts: Facts| Facts { looks_like_bulk: true, ..facts };
        let table = [
            ("danger, whoever tells", danger(witness()), 0),
            ("a child who may hurt themself", self_harm(by(Child, OwnImage)), 0),
            ("danger is not hidden by a guess of bulk", bulk(danger(witness())), 0),
            ("danger in a flagger's report", danger(flagger()), 0),
            ("a threatened child", by(Child, Threat), 1),
            ("a threatened child of a parent", by(Parent, Threat), 1),
            ("a threatened child a witness knows of", by(Witness, Threat), 1),
            ("a child who gave an adult's age", adult(by(Child, Threat)), 1),
            ("a threatened child is not hidden by a guess of bulk", bulk(by(Child, Threat)), 1),
            ("a child's image that is spreading", spreading(by(Child, OwnImage)), 1),
            ("a child's image that is spreading, told by a parent", spreading(by(Parent, OwnImage)), 1),
            ("a threatened survivor", by(Survivor, Threat), 2),
            ("a child's own image", by(Child, OwnImage), 2),
            ("a parent for a child", by(Parent, OwnImage), 2),
            ("a helper for a child", by(Helper, OwnImage), 2),
            ("a survivor's own image", by(Survivor, OwnImage), 2),
            ("a survivor's image that is spreading", spreading(by(Survivor, OwnImage)), 2),
            ("a trusted flagger", flagger(), 2),
            ("a trusted flagger who sends many", bulk(flagger()), 2),
            ("a trusted flagger about a threat", Facts { harm: Threat, ..flagger() }, 2),
            ("a paused flagger", by(Flagger, Seen), 3),
            ("a witness", witness(), 3),
            ("a witness who says that it is spreading", spreading(witness()), 3),
            ("a child who saw something", by(Child, Seen), 3),
            ("a witness about a threatened adult", adult(by(Witness, Threat)), 3),
            ("what looks like bulk", bulk(witness()), 4),
            ("a child's image that looks like bulk", bulk(by(Child, OwnImage)), 4),
        ];
        for (case, facts, level) in table {
            assert_eq!(decide(&facts).level, level, "{case}");
        }
    }

    #[test]
    fn flaggers_come_first_within_a_level_unless_paused() {
        assert_eq!(decide(&flagger()).flagger_rank, 0);
        assert_eq!(decide(&by(Reporter::Flagger, Harm::Seen)).flagger_rank, 1);
        assert_eq!(decide(&by(Reporter::Child, Harm::OwnImage)).flagger_rank, 1);
    }

    #[test]
    fn deadlines_follow_the_level_and_the_opening_hours() {
        let now = TestClock::default().now();
        let waits = |facts: &Facts| decide(facts).deadline - now;
        let danger = Facts { danger: Danger::InDanger, ..witness() };
        let bulk = Facts { looks_like_bulk: true, ..witness() };
        assert_eq!(waits(&danger), Duration::minutes(15));
        assert_eq!(waits(&by(Reporter::Child, Harm::Threat)), Duration::minutes(60));
        assert_eq!(waits(&flagger()), Duration::minutes(480));
        assert_eq!(waits(&witness()), Duration::minutes(2_880));
        assert_eq!(waits(&bulk), Duration::minutes(10_080));

        let hours = OpeningHours::weekdays(chrono_tz::UTC, 9 * 60, 17 * 60).expect("nine to five");
        let at_opening_hours = |facts: &Facts| {
            let table = PriorityTable::default();
            priority(facts, &table, &hours, now).deadline - now
        };
        assert_eq!(at_opening_hours(&danger), Duration::minutes(15), "day and night");
        // Monday 10:00 and eight hours: seven today, one tomorrow.
        assert_eq!(at_opening_hours(&flagger()), Duration::hours(24));
    }

    #[test]
    fn reasons_say_what_counted_most_important_first() {
        let facts = Facts { age_band: AgeBand::From13To15, harm: Harm::Threat, earlier_reports: 1, ..flagger() };
        assert_eq!(
            decide(&facts).reasons,
            [
                Reason::Threat,
                Reason::TrustedFlagger,
                Reason::Age { band: AgeBand::From13To15 },
                Reason::ReportedBefore { reports: 2 },
            ]
        );
        let reporter = Reporter::Witness;
        assert_eq!(decide(&witness()).reasons, [Reason::ReportedBy { reporter }]);
        assert_eq!(decide(&by(Reporter::Survivor, Harm::OwnImage)).reasons, [Reason::Survivor]);
    }

    #[test]
    fn reasons_are_stored_as_codes() {
        let reason = Reason::Age { band: AgeBand::From13To15 };
        let json = serde_json::to_string(&reason).expect("json");
        assert_eq!(json, r#"{"code":"age","band":"13_15"}"#);
        assert!(serde_json::from_str::<Reason>(&json).is_ok_and(|read| read == reason));
    }

    #[test]
    fn a_missed_deadline_raises_once_by_one_and_keeps_the_deadline() {
        let missed = decide(&witness());
        let late = missed.deadline + Duration::minutes(1);
        assert_eq!(missed.raise_for_missed_deadline(missed.deadline), None, "not over yet");
        let raised = missed.raise_for_missed_deadline(late).expect("3 becomes 2");
        assert_eq!((raised.level, raised.deadline), (2, missed.deadline));
        assert_eq!(raised.reasons.first(), Some(&Reason::MissedDeadline));
        assert_eq!(raised.raise_for_missed_deadline(late), None, "only once");
    }

    #[test]
    fn a_missed_deadline_never_leads_into_the_urgent_levels_or_out_of_the_sidelined() {
        let bulk = Facts { looks_like_bulk: true, ..witness() };
        let danger = Facts { danger: Danger::InDanger, ..witness() };
        for facts in [danger, by(Reporter::Child, Harm::Threat), flagger(), bulk] {
            let missed = decide(&facts);
            let late = missed.deadline + Duration::days(1);
            assert_eq!(missed.raise_for_missed_deadline(late), None, "level {}", missed.level);
        }
    }

    #[test]
    fn an_administrator_can_change_the_table_but_not_the_level_of_danger() {
        let table = PriorityTable::default();
        let changed = table.clone().with_level(Trigger::TrustedFlagger, 1).expect("allowed");
        let now = TestClock::default().now();
        assert_eq!(priority(&flagger(), &changed, &OpeningHours::always(), now).level, 1);
        assert_eq!(table.clone().with_level(Trigger::Danger, 3), Err(InvalidTable::Level));
        assert_eq!(table.clone().with_level(Trigger::Other, 4), Err(InvalidTable::Level));

        let json = serde_json::to_string(&changed).expect("json");
        assert!(serde_json::from_str::<PriorityTable>(&json).is_ok_and(|read| read == changed));
        let broken = json.replace("\"other\":3", "\"other\":9");
        assert!(serde_json::from_str::<PriorityTable>(&broken).is_err());
        let mut times = *table.times();
        times[0].minutes = 0;
        assert_eq!(table.with_times(times), Err(InvalidTable::Time));
    }
}
