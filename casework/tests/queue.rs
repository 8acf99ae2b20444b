//! The queue: its order, its tenth take, its raising of what was missed, and that nobody ever holds another's case.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod desk;

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use casework::Casework;
use casework::case::{self, Refused};
use casework::case_keys::EpochKey;
use casework::hosts::HostCountries;
use casework::live::Changes;
use casework::opening_hours::OpeningHours;
use casework::queue::{self, PAGE, Place, QueueFilter, QueueRow};
use casework::randomness::Randomness;
use casework::staff::session::StaffSession;
use casework::storage::Storage;
use casework::taxonomy::{Outcome, Role};
use casework::testing::{SeededRandomness, TestClock};
use casework::text::Words;
use casework::vault::{KeyPair, PasswordCost, PasswordHashing, ServerKeys};
use casework::{execute, fetch_one};
use chrono::TimeDelta;
use common::{Hotline, World, on_each_engine};
use desk::{Shape, case, link, member, newcomer, words};
use tokio::task::JoinSet;
use uuid::Uuid;

async fn rows(world: &World, session: &StaffSession, place: Place) -> Vec<QueueRow> {
    queue::list(&world.cw, session, place, &QueueFilter::default(), None).await.unwrap().rows
}

async fn ids(world: &World, session: &StaffSession, place: Place) -> Vec<Uuid> {
    rows(world, session, place).await.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn the_order_is_level_then_flaggers_then_deadline_then_age() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let young = case(world, &hotline, Shape::level(2).received(-1)).await;
        let old = case(world, &hotline, Shape::level(2).received(-9)).await;
        let soon = case(world, &hotline, Shape::level(2).due_in(5)).await;
        let flagged = case(world, &hotline, Shape::level(2).due_in(400).by_flagger()).await;
        let sidelined = case(world, &hotline, Shape::level(4).due_in(-900)).await;
        let late = case(world, &hotline, Shape::level(3).due_in(-500)).await;
        let danger = case(world, &hotline, Shape::level(0).due_in(900)).await;
        let threat = case(world, &hotline, Shape::level(1).due_in(800)).await;
        let expected = [danger, threat, flagged, soon, old, young, late, sidelined];
        assert_eq!(ids(world, &analyst, Place::Queue).await, expected);

        for next in expected {
            assert_eq!(queue::take_next(&world.cw, &analyst).await.unwrap(), Some(next));
        }
        assert_eq!(queue::take_next(&world.cw, &analyst).await.unwrap(), None);
        assert!(ids(world, &analyst, Place::Queue).await.is_empty());
        assert_eq!(ids(world, &analyst, Place::Mine).await, expected);
    })
    .await;
}

#[tokio::test]
async fn a_long_queue_is_paged_by_key_without_loss_or_repeat() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        for number in 0..(2 * PAGE + 7) {
            let minutes = i64::try_from(number % 5).unwrap();
            case(world, &hotline, Shape::level(minutes % 3).due_in(minutes)).await;
        }
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = queue::list(&world.cw, &analyst, Place::Queue, &QueueFilter::default(), after).await.unwrap();
            seen.extend(page.rows.iter().map(|row| row.id));
            let Some(next) = page.next else { break };
            assert_eq!(next.to_string().parse(), Ok(next.clone()));
            after = Some(next);
        }
        assert_eq!(seen.len(), 2 * PAGE + 7);
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), seen.len());
    })
    .await;
}

#[tokio::test]
async fn filters_narrow_the_list_down() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        case(world, &hotline, Shape::level(2)).await;
        let appeal = case(world, &hotline, Shape::level(3).state("appealed")).await;
        link(world, appeal, "https://pictures.example.org/a").await;
        let found = async |filter: QueueFilter| {
            let page = queue::list(&world.cw, &analyst, Place::Queue, &filter, None).await.unwrap();
            page.rows.len()
        };
        let none = QueueFilter::default;
        assert_eq!(found(none()).await, 2);
        assert_eq!(found(QueueFilter { level: Some(3), ..none() }).await, 1);
        assert_eq!(found(QueueFilter { state: "appealed".parse().ok(), ..none() }).await, 1);
        assert_eq!(found(QueueFilter { harm: "own_image".parse().ok(), ..none() }).await, 2);
        assert_eq!(found(QueueFilter { harm: "threat".parse().ok(), ..none() }).await, 0);
        assert_eq!(found(QueueFilter { language: "fi".parse().ok(), ..none() }).await, 2);
        assert_eq!(found(QueueFilter { country: "SE".parse().ok(), ..none() }).await, 0);
        let row = rows(world, &analyst, Place::Queue).await.pop().unwrap();
        assert_eq!((row.locations, row.accounts, row.files), (1, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn the_tenth_take_is_the_oldest_overdue_one_unless_something_urgent_waits() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let less_overdue = case(world, &hotline, Shape::level(2).due_in(-10)).await;
        let overdue = case(world, &hotline, Shape::level(3).due_in(-20)).await;
        for minutes in 0..19 {
            case(world, &hotline, Shape::level(2).due_in(-9 + minutes)).await;
        }
        let takes = async |number: usize| {
            let mut last = None;
            for _ in 0..number {
                last = queue::take_next(&world.cw, &analyst).await.unwrap();
            }
            last
        };
        assert_eq!(takes(1).await, Some(less_overdue));
        assert_eq!(takes(9).await, Some(overdue), "the tenth take is for what waited longest");
        takes(9).await;
        let danger = case(world, &hotline, Shape::level(1)).await;
        case(world, &hotline, Shape::level(3).due_in(-999)).await;
        assert_eq!(takes(1).await, Some(danger), "the twentieth take, but a child is threatened");
    })
    .await;
}

#[tokio::test]
async fn a_missed_deadline_raises_once_by_one_level_and_never_into_the_urgent_levels_or_out_of_the_last() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        for level in 0..=4 {
            case(world, &hotline, Shape::level(level).due_in(5)).await;
        }
        let levels = async || rows(world, &analyst, Place::Queue).await.iter().map(|row| row.level).collect::<Vec<_>>();
        assert_eq!(queue::raise_overdue(&world.cw).await.unwrap(), 0);
        world.clock.advance(TimeDelta::minutes(6));
        let deadlines: Vec<_> =
            rows(world, &analyst, Place::Queue).await.iter().map(|row| (row.id, row.deadline)).collect();
        assert_eq!(queue::raise_overdue(&world.cw).await.unwrap(), 1);
        assert_eq!(levels().await, [0, 1, 2, 2, 4]);
        assert_eq!(queue::raise_overdue(&world.cw).await.unwrap(), 0, "once");
        for row in rows(world, &analyst, Place::Queue).await {
            assert!(deadlines.contains(&(row.id, row.deadline)), "the old deadline stays");
        }
    })
    .await;
}

#[tokio::test]
async fn only_who_holds_a_key_of_the_hotline_can_take() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let waiting = newcomer(world, &hotline, "newcomer", Role::Analyst).await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let other = member(world, &hotline, "olli", Role::Analyst).await;
        let lead = member(world, &hotline, "lea", Role::Lead).await;
        let id = case(world, &hotline, Shape::level(2)).await;
        let cw = &world.cw;
        assert!(matches!(queue::take_next(cw, &waiting).await, Err(Refused::NotFound)));
        assert!(matches!(queue::take(cw, &waiting, id).await, Err(Refused::NotFound)));
        queue::take(cw, &analyst, id).await.unwrap();
        assert!(matches!(queue::take(cw, &other, id).await, Err(Refused::HeldByAnother)));
        assert!(matches!(queue::release(cw, &other, id).await, Err(Refused::NotInYourHands)));
        assert!(matches!(queue::hand_over(cw, &analyst, id, waiting.staff, None).await, Err(Refused::NotForThem)));
        queue::hand_over(cw, &analyst, id, other.staff, Some(&words("She writes at night."))).await.unwrap();
        assert_eq!(ids(world, &other, Place::Mine).await, [id]);
        assert_eq!(case::open(cw, &other, id).await.unwrap().notes[0].body, "She writes at night.");
        queue::release(cw, &lead, id).await.unwrap();
        assert_eq!(ids(world, &lead, Place::Queue).await, [id]);
        assert_eq!(queue::counts(cw, &lead).await.unwrap().queue, 1);
    })
    .await;
}

#[tokio::test]
async fn an_appeal_goes_to_somebody_who_did_not_decide() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let decided = member(world, &hotline, "kaisa", Role::Analyst).await;
        let other = member(world, &hotline, "olli", Role::Analyst).await;
        let id = case(world, &hotline, Shape::level(2)).await;
        let cw = &world.cw;
        queue::take(cw, &decided, id).await.unwrap();
        case::close(cw, &decided, id, Outcome::OutOfScope, Some(&words("Not ours."))).await.unwrap();
        world.clock.advance(TimeDelta::minutes(1));
        let mut tx = cw.storage.write().await.unwrap();
        execute!(&mut tx, "UPDATE cases SET state = 'appealed' WHERE id = $1", id).unwrap();
        casework::history::record(
            cw,
            &mut tx,
            id,
            casework::history::Actor::Reporter,
            None,
            &casework::history::Event::Appealed,
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(queue::take(cw, &decided, id).await, Err(Refused::NotForYou)));
        assert_eq!(queue::take_next(cw, &decided).await.unwrap(), None);
        assert_eq!(queue::take_next(cw, &other).await.unwrap(), Some(id));
    })
    .await;
}

/// Takes until nothing waits.
async fn take_all(cw: &Casework, session: &StaffSession) -> Vec<Uuid> {
    let mut taken = Vec::new();
    while let Some(case) = queue::take_next(cw, session).await.unwrap() {
        taken.push(case);
    }
    taken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_analysts_racing_for_a_hundred_cases_never_share_one() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        for number in 0..100 {
            case(world, &hotline, Shape::level(number % 4).due_in(number - 50)).await;
        }
        let mut all = Vec::new();
        for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            all.push(member(world, &hotline, name, Role::Analyst).await);
        }
        let of = async |number: usize| take_all(&world.cw, &all[number]).await;
        let taken = tokio::join!(of(0), of(1), of(2), of(3), of(4), of(5), of(6), of(7));
        let taken = [taken.0, taken.1, taken.2, taken.3, taken.4, taken.5, taken.6, taken.7].concat();
        assert_eq!(taken.len(), 100);
        assert_eq!(taken.iter().collect::<BTreeSet<_>>().len(), 100);
    })
    .await;
}

/// `SQLite` is written by one process.
fn processes(world: &World) -> usize {
    if world.address.starts_with("sqlite") { 1 } else { 4 }
}

#[tokio::test]
async fn two_hundred_analysts_taking_and_closing_at_once_never_share_a_case() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        for number in 0..600 {
            case(world, &hotline, Shape::level(number % 4).due_in(number - 300)).await;
        }
        let mut analysts = Vec::new();
        for number in 0..200 {
            analysts.push(member(world, &hotline, &format!("a{number}"), Role::Analyst).await.staff.to_string());
        }
        let children: Vec<_> =
            analysts.chunks(200 / processes(world)).map(|some| race(world, &hotline, some)).collect();
        let mut closed = Vec::new();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
            let printed = String::from_utf8(output.stdout).unwrap();
            closed.extend(printed.lines().filter_map(|line| line.strip_prefix("closed ")?.parse::<Uuid>().ok()));
        }
        assert_eq!(closed.len(), 600);
        assert_eq!(closed.iter().collect::<BTreeSet<_>>().len(), 600);
        let mut tx = world.cw.storage.read().await.unwrap();
        let sql = "SELECT COUNT(*), COUNT(DISTINCT case_id) FROM history WHERE event = 'closed'";
        assert_eq!(fetch_one!(&mut tx, (i64, i64), sql).unwrap(), (600, 600));
    })
    .await;
}

fn race(world: &World, hotline: &Hotline, analysts: &[String]) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "some_analysts_in_a_process_of_their_own", "--ignored", "--nocapture"])
        .env("SUOJA_RACE", format!("{} {} {}", world.address, hotline.id, analysts.join(" ")))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Takes the next and closes it until nothing waits. Nobody may be refused what they were given.
async fn work_through(cw: Arc<Casework>, session: StaffSession) {
    let words = Words::parse("It was not there any more.", 100).unwrap();
    while let Some(case) = queue::take_next(&cw, &session).await.unwrap() {
        case::close(&cw, &session, case, Outcome::NotFound, Some(&words)).await.unwrap();
        println!("closed {case}");
    }
}

/// Started by the test above, with where and as whom to work.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a part of another test, which starts it"]
async fn some_analysts_in_a_process_of_their_own() {
    let Ok(given) = std::env::var("SUOJA_RACE") else { return };
    let mut given = given.split(' ');
    let (address, hotline) = (given.next().unwrap(), given.next().unwrap().parse().unwrap());
    let randomness: Arc<dyn Randomness> = Arc::new(SeededRandomness::new(std::process::id().into()));
    let keys = ServerKeys::generate(&*randomness);
    let analyst = |staff: &str| StaffSession {
        id: Uuid::nil(),
        staff: staff.parse().unwrap(),
        name: "racer".to_owned(),
        role: Role::Analyst,
        organisation: hotline,
        language: "en".parse().unwrap(),
        member_key: KeyPair::generate(&*randomness).private,
        epochs: vec![EpochKey { epoch: Uuid::nil(), key: KeyPair::generate(&*randomness).private }],
        lent: None,
    };
    let cw = Arc::new(Casework {
        storage: Storage::open(address).await.unwrap(),
        clock: Arc::new(TestClock::default()),
        passwords: PasswordHashing::new(&keys, PasswordCost::cheapest(), 1),
        randomness: randomness.clone(),
        keys,
        hours: OpeningHours::always(),
        host_countries: HostCountries::default(),
        near: Arc::default(),
        changes: Changes::default(),
    });
    let mut working = JoinSet::new();
    for staff in given {
        working.spawn(work_through(cw.clone(), analyst(staff)));
    }
    working.join_all().await;
}
