//! A week of sixty thousand reports a day, with fewer analysts than it takes to look at all of them: who waits, and who never
//! does. It is played on a desk in memory, by the same rules; that both databases give the very same cases is shown too.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss
)]

mod common;
mod desk;

use std::collections::{BTreeMap, BTreeSet};

use casework::execute;
use casework::opening_hours::OpeningHours;
use casework::priority::{Facts, Priority, PriorityTable, Reason, priority};
use casework::queue::{self, Cursor, Place, QueueFilter, QueueRow, is_for_the_overdue};
use casework::randomness::bytes;
use casework::staff::session::StaffSession;
use casework::taxonomy::{AgeBand, Danger, Harm, Reporter, Role, Spreading};
use casework::testing::SeededRandomness;
use chrono::{DateTime, TimeDelta, Utc};
use common::{Hotline, World, on_each_engine};
use desk::{Shape, member};
use proptest::test_runner::{Config, TestRunner};
use proptest::{collection::vec, prelude::*};
use uuid::Uuid;

/// A case that waits.
#[derive(Clone, Debug)]
struct Waiting {
    priority: Priority,
    received_at: DateTime<Utc>,
}

/// The desk in memory.
#[derive(Default)]
struct Desk {
    cases: BTreeMap<Uuid, Waiting>,
    order: BTreeSet<Cursor>,
    /// Of levels 2 and 3, by deadline.
    by_deadline: BTreeSet<(DateTime<Utc>, Uuid)>,
    /// Of these, what a missed deadline would raise.
    to_raise: BTreeSet<(DateTime<Utc>, Uuid)>,
    takes: BTreeMap<usize, i64>,
}

impl Desk {
    fn add(&mut self, id: Uuid, case: Waiting) {
        self.order.insert(Cursor::of(&case.priority, case.received_at, id));
        if matches!(case.priority.level, 2 | 3) {
            self.by_deadline.insert((case.priority.deadline, id));
        }
        if case.priority.level == 3 {
            self.to_raise.insert((case.priority.deadline, id));
        }
        self.cases.insert(id, case);
    }

    fn remove(&mut self, id: Uuid) -> Option<Waiting> {
        let case = self.cases.remove(&id)?;
        self.order.remove(&Cursor::of(&case.priority, case.received_at, id));
        self.by_deadline.remove(&(case.priority.deadline, id));
        self.to_raise.remove(&(case.priority.deadline, id));
        Some(case)
    }

    fn first(&self) -> Option<Uuid> {
        self.order.first().map(Cursor::case)
    }

    fn in_order(&self) -> Vec<Cursor> {
        self.order.iter().cloned().collect()
    }

    fn urgent_waits(&self) -> bool {
        self.first().is_some_and(|first| self.cases[&first].priority.level <= 1)
    }

    fn take(&mut self, analyst: usize, now: DateTime<Utc>) -> Option<(Uuid, Waiting)> {
        let number = self.takes.entry(analyst).or_default();
        *number += 1;
        let is_for_the_overdue = is_for_the_overdue(*number) && !self.urgent_waits();
        let overdue = self.by_deadline.first().filter(|(deadline, _)| is_for_the_overdue && *deadline < now);
        let Some(case) = overdue.map(|(_, id)| *id).or_else(|| self.first()) else {
            // Nothing was given: it does not count.
            *self.takes.get_mut(&analyst).unwrap() -= 1;
            return None;
        };
        Some((case, self.remove(case).unwrap()))
    }

    fn raise_overdue(&mut self, now: DateTime<Utc>) {
        let late: Vec<Uuid> = self.to_raise.range(..(now, Uuid::nil())).map(|(_, id)| *id).collect();
        for id in late {
            let case = self.remove(id).unwrap();
            let raised = case.priority.raise_for_missed_deadline(now);
            self.add(id, Waiting { priority: raised.unwrap_or(case.priority), ..case });
        }
    }
}

/// Chance that repeats.
struct Chance(SeededRandomness);

impl Chance {
    /// From 0 to 1.
    fn throw(&mut self) -> f64 {
        u64::from_le_bytes(bytes(&self.0)) as f64 / u64::MAX as f64
    }

    /// Of an exponential distribution.
    fn after(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.throw()).max(f64::MIN_POSITIVE).ln()
    }
}

/// Reports a day.
const A_DAY: f64 = 60_000.0;
const MINUTES_A_DAY: f64 = 1_440.0;

/// The stated capacity: so many analysts at their desks, day and night.
const ANALYSTS: usize = 45;
/// Minutes a case takes, on average, by level.
const MINUTES: [f64; 5] = [30.0, 12.0, 5.0, 1.0, 0.5];

/// One of a thousand tells of danger, fifteen of a threat, forty of a child's own image; a hundred come from trusted
/// flaggers, a hundred and fifty look like bulk; the rest is what people saw.
fn facts(chance: &mut Chance) -> Facts {
    let seen = Facts {
        harm: Harm::Seen,
        reporter: Reporter::Witness,
        age_band: AgeBand::Unsure,
        danger: Danger::No,
        spreading: Spreading::No,
        trusted_flagger: false,
        looks_like_bulk: false,
        earlier_reports: 0,
    };
    match chance.throw() * 1_000.0 {
        ..1.0 => Facts { danger: Danger::InDanger, ..seen },
        ..16.0 => Facts { harm: Harm::Threat, reporter: Reporter::Child, ..seen },
        ..56.0 => Facts { harm: Harm::OwnImage, reporter: Reporter::Child, ..seen },
        ..156.0 => Facts { reporter: Reporter::Flagger, trusted_flagger: true, ..seen },
        ..306.0 => Facts { looks_like_bulk: true, ..seen },
        _ => seen,
    }
}

/// Twice as many come in the evening as before dawn.
fn rate_at(minute: f64) -> f64 {
    let hour = minute / 60.0 % 24.0;
    A_DAY / MINUTES_A_DAY * (1.0 - ((hour - 4.0) / 24.0 * std::f64::consts::TAU).cos() / 3.0)
}

/// Where cases wait: the levels, and in level 2 what was raised into it apart.
const PLACES: [&str; 6] = ["0", "1", "2", "raised to 2", "3", "4"];

fn place_of(priority: &Priority) -> usize {
    match usize::from(priority.level) {
        2 if priority.is_raised() => 3,
        level @ ..=2 => level,
        level => level + 1,
    }
}

#[derive(Default)]
struct Waits {
    taken: u64,
    longest: TimeDelta,
    late: u64,
}

#[test]
fn in_a_week_of_sixty_thousand_a_day_no_child_is_late_and_nothing_waits_while_anyone_is_free() {
    let (mut desk, mut chance) = (Desk::default(), Chance(SeededRandomness::new(60_000)));
    let (table, hours) = (PriorityTable::default(), OpeningHours::always());
    let start: DateTime<Utc> = "2026-06-01T00:00:00Z".parse().unwrap();
    let at = |minute: f64| start + TimeDelta::milliseconds((minute * 60_000.0) as i64);
    let mut waits: [Waits; 6] = std::array::from_fn(|_| Waits::default());
    // Who is free, and when the others will be (in thousandths of a minute).
    let (mut free, mut busy) = ((0..ANALYSTS).collect::<Vec<_>>(), BTreeSet::new());
    let (mut next, mut raised, mut day) = (0.0_f64, 0.0, 1.0);
    println!("{ANALYSTS} analysts at all hours; minutes a case by level: {MINUTES:?}; places: {PLACES:?}");
    while day <= 7.0 {
        let done = busy.first().map_or(f64::MAX, |(done, _): &(u64, usize)| *done as f64 / 1_000.0);
        let minute = next.min(done);
        if minute >= raised {
            desk.raise_overdue(at(minute));
            raised += 1.0;
        }
        if minute >= day * MINUTES_A_DAY {
            print_day(day, &desk, &waits, at(minute));
            day += 1.0;
        }
        if done <= next {
            free.push(busy.pop_first().unwrap().1);
        } else {
            let facts = facts(&mut chance);
            let received_at = at(minute);
            let priority = priority(&facts, &table, &hours, received_at);
            desk.add(Uuid::from_u128((chance.throw() * 1e30) as u128), Waiting { priority, received_at });
            next += chance.after(1.0 / rate_at(minute));
        }
        while let Some(analyst) = free.pop() {
            let urgent = desk.first().filter(|_| desk.urgent_waits());
            let Some((id, case)) = desk.take(analyst, at(minute)) else {
                free.push(analyst);
                break;
            };
            assert!(urgent.is_none_or(|urgent| urgent == id), "what is urgent is given first");
            let here = &mut waits[place_of(&case.priority)];
            here.taken += 1;
            here.longest = here.longest.max(at(minute) - case.received_at);
            here.late += u64::from(case.priority.deadline < at(minute));
            let takes = chance.after(MINUTES[usize::from(case.priority.level)]);
            busy.insert((((minute + takes) * 1_000.0) as u64, analyst));
        }
        assert!(free.is_empty() || desk.order.is_empty(), "nothing waits while anyone is free");
    }
    assert!(!desk.order.is_empty(), "the capacity is below what comes: else nothing is shown");
    for (place, here) in waits.iter().enumerate().take(3) {
        assert_eq!(here.late, 0, "level {place}: the longest wait was {} min", here.longest.num_minutes());
    }
}

/// Waiting by place when a day ends, and how many were taken until then.
fn print_day(day: f64, desk: &Desk, waits: &[Waits; 6], now: DateTime<Utc>) {
    let (mut waiting, mut late) = ([0; 6], [0; 6]);
    for case in desk.cases.values() {
        waiting[place_of(&case.priority)] += 1;
        late[place_of(&case.priority)] += u32::from(case.priority.deadline < now);
    }
    let taken = waits.each_ref().map(|here| here.taken);
    let longest = waits.each_ref().map(|here| here.longest.num_minutes());
    println!("day {day}: waiting {waiting:?}, late of these {late:?}, taken {taken:?}, longest wait {longest:?} min");
}

/// What happens at the desk.
#[derive(Clone, Debug)]
enum Step {
    /// A case comes: level, flagger's rank, minutes until it is due.
    Comes(i64, i64, i64),
    /// One of three analysts takes the next.
    Takes(usize),
    /// So many minutes pass, and the worker raises what was missed.
    Passes(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0_i64..5, 0_i64..2, 1_i64..40).prop_map(|(level, rank, due)| Step::Comes(level, rank, due)),
        4 => (0_usize..3).prop_map(Step::Takes),
        1 => (0_i64..30).prop_map(Step::Passes),
    ]
}

/// So many of a kind, each shrunk to the smallest that fails.
fn each<T: std::fmt::Debug>(cases: u32, strategy: &impl Strategy<Value = T>, test: impl Fn(T)) {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner
        .run(strategy, |value| {
            test(value);
            Ok(())
        })
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_in_memory_and_both_databases_give_the_same_cases_in_the_same_order() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let mut staff = Vec::new();
        for name in ["a", "b", "c"] {
            staff.push(member(world, &hotline, name, Role::Analyst).await);
        }
        let runtime = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| {
            each(12, &vec(step(), 1..60), |steps| {
                runtime.block_on(async {
                    play(world, &hotline, &staff, &steps).await;
                    empty(world).await;
                });
            });
        });
    })
    .await;
}

async fn play(world: &World, hotline: &Hotline, staff: &[StaffSession], steps: &[Step]) {
    let (cw, mut desk) = (&world.cw, Desk::default());
    for step in steps {
        match *step {
            Step::Comes(level, flagger_rank, due_in) => {
                let shape = Shape { flagger_rank, ..Shape::level(level).due_in(due_in) };
                let id = desk::case(world, hotline, shape).await;
                let (level, flagger_rank) = (u8::try_from(level).unwrap(), u8::try_from(flagger_rank).unwrap());
                let deadline = cw.now() + TimeDelta::minutes(due_in);
                let priority = Priority { level, flagger_rank, deadline, reasons: vec![Reason::OwnImage] };
                desk.add(id, Waiting { priority, received_at: cw.now() });
            }
            Step::Takes(analyst) => {
                let given = queue::take_next(cw, &staff[analyst]).await.unwrap();
                assert_eq!(given, desk.take(analyst, cw.now()).map(|(case, _)| case), "{}", world.address);
            }
            Step::Passes(minutes) => {
                world.clock.advance(TimeDelta::minutes(minutes));
                queue::raise_overdue(cw).await.unwrap();
                desk.raise_overdue(cw.now());
                assert_eq!(listed(world, &staff[0]).await, desk.in_order());
            }
        }
    }
    assert_eq!(listed(world, &staff[0]).await, desk.in_order());
}

/// The places of all that wait, as pages show them one after the other.
async fn listed(world: &World, session: &StaffSession) -> Vec<Cursor> {
    let (mut places, mut after) = (Vec::new(), None);
    loop {
        let page = queue::list(&world.cw, session, Place::Queue, &QueueFilter::default(), after).await.unwrap();
        places.extend(page.rows.iter().map(QueueRow::cursor));
        after = page.next;
        if after.is_none() {
            return places;
        }
    }
}

async fn empty(world: &World) {
    let mut tx = world.cw.storage.write().await.unwrap();
    execute!(&mut tx, "DELETE FROM takes").unwrap();
    execute!(&mut tx, "UPDATE cases SET state = 'closed', holder_id = NULL").unwrap();
    tx.commit().await.unwrap();
}
