//! The alarm: whom it wakes, when, how often, and what ends it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod desk;

use casework::alarm::{self, CLOSEST, LEADS_HEAR, REPEAT};
use casework::history::{self, Event};
use casework::on_call;
use casework::outbox::{self, Channel, Task};
use casework::queue::{self, Place, QueueFilter};
use casework::staff::StaffError;
use casework::staff::session::StaffSession;
use casework::taxonomy::Role;
use chrono::TimeDelta;
use common::{World, on_each_engine};
use desk::{Shape, case, member};
use uuid::Uuid;

/// Lets the alarm look, and gives whom it woke by mail.
async fn woken(world: &World) -> Vec<Uuid> {
    alarm::ring_due(&world.cw, false).await.unwrap();
    let mut woken = Vec::new();
    while let Some(leased) = outbox::lease(&world.cw, Channel::Mail).await.unwrap() {
        let Task::RingStaff { staff, is_trial: false } = leased.task else { panic!("nothing else waits") };
        woken.push(staff);
        let mut tx = world.cw.storage.write().await.unwrap();
        outbox::done(&world.cw, &mut tx, leased.id).await.unwrap();
        tx.commit().await.unwrap();
    }
    woken.sort();
    woken
}

fn sorted(sessions: &[&StaffSession]) -> Vec<Uuid> {
    let mut all: Vec<_> = sessions.iter().map(|session| session.staff).collect();
    all.sort();
    all
}

async fn begin(world: &World, by: &StaffSession, staff: &StaffSession) {
    on_call::begin(&world.cw, by, staff.staff, "12".parse().unwrap()).await.unwrap();
}

#[tokio::test]
async fn it_rings_until_somebody_takes_the_case_and_tells_how_long_that_took() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        member(world, &hotline, "olli", Role::Analyst).await;
        let lead = member(world, &hotline, "leena", Role::Lead).await;
        begin(world, &kaisa, &kaisa).await;
        assert!(woken(world).await.is_empty());
        case(world, &hotline, Shape::level(1)).await;
        assert!(woken(world).await.is_empty(), "level 1 wakes nobody");
        let danger = case(world, &hotline, Shape::level(0)).await;
        assert_eq!(woken(world).await, [kaisa.staff]);
        world.clock.advance(REPEAT - TimeDelta::seconds(1));
        assert!(woken(world).await.is_empty());
        world.clock.advance(TimeDelta::seconds(1));
        assert_eq!(woken(world).await, [kaisa.staff]);
        for _ in 2..LEADS_HEAR {
            world.clock.advance(REPEAT);
            assert_eq!(woken(world).await, sorted(&[&kaisa, &lead]));
        }
        let page = queue::list(&world.cw, &kaisa, Place::Queue, &QueueFilter::default(), None).await.unwrap();
        assert_eq!((page.rows[0].id, page.rows[0].alarms), (danger, LEADS_HEAR));
        world.clock.advance(TimeDelta::minutes(2));
        queue::take(&world.cw, &kaisa, danger).await.unwrap();
        world.clock.advance(REPEAT);
        assert!(woken(world).await.is_empty());
        let mut tx = world.cw.storage.read().await.unwrap();
        let story = history::of_case(&mut tx, danger, false).await.unwrap();
        let rang = story.iter().filter(|entry| matches!(entry.event.0, Event::AlarmRang)).count();
        assert_eq!(rang, 1, "one row, however often it rang");
        let told = story.iter().any(|entry| matches!(entry.event.0, Event::AlarmAnswered { times: 3, minutes: 12 }));
        assert!(told);
        drop(tx);
        queue::release(&world.cw, &kaisa, danger).await.unwrap();
        assert_eq!(woken(world).await, [kaisa.staff], "back in nobody's hands, it rings at once");
    })
    .await;
}

#[tokio::test]
async fn many_cases_at_once_ring_together() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        begin(world, &kaisa, &kaisa).await;
        for _ in 0..3 {
            case(world, &hotline, Shape::level(0)).await;
        }
        assert_eq!(woken(world).await, [kaisa.staff]);
        let fourth = case(world, &hotline, Shape::level(0)).await;
        world.clock.advance(CLOSEST - TimeDelta::seconds(1));
        assert!(woken(world).await.is_empty());
        world.clock.advance(TimeDelta::seconds(1));
        assert_eq!(woken(world).await, [kaisa.staff], "a new one waits a minute at most");
        let ring = alarm::ringing(&world.cw, hotline.id, false).await.unwrap().expect("four wait");
        assert_eq!((ring.waiting, ring.references.len()), (4, 4));
        queue::take(&world.cw, &kaisa, fourth).await.unwrap();
        assert_eq!(alarm::ringing(&world.cw, hotline.id, false).await.unwrap().expect("three wait").waiting, 3);
    })
    .await;
}

#[tokio::test]
async fn where_nobody_is_on_call_the_leads_are_woken_and_without_leads_everybody() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let olli = member(world, &hotline, "olli", Role::Analyst).await;
        desk::newcomer(world, &hotline, "nobody yet", Role::Lead).await;
        case(world, &hotline, Shape::level(0)).await;
        assert_eq!(woken(world).await, sorted(&[&kaisa, &olli]), "who waits for the keys could do nothing");
        let lead = member(world, &hotline, "leena", Role::Lead).await;
        world.clock.advance(REPEAT);
        assert_eq!(woken(world).await, [lead.staff]);
        begin(world, &lead, &olli).await;
        assert!(matches!(on_call::end(&world.cw, &kaisa, olli.staff).await, Err(StaffError::NotForYou)));
        assert!(matches!(
            on_call::begin(&world.cw, &kaisa, olli.staff, "1".parse().unwrap()).await,
            Err(StaffError::NotForYou)
        ));
        world.clock.advance(TimeDelta::hours(13));
        assert_eq!(woken(world).await, [lead.staff], "his time is over");
    })
    .await;
}

#[tokio::test]
async fn while_nothing_can_go_out_the_rings_do_not_pile_up() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        begin(world, &kaisa, &kaisa).await;
        case(world, &hotline, Shape::level(0)).await;
        for _ in 0..20 {
            alarm::ring_due(&world.cw, true).await.unwrap();
            world.clock.advance(REPEAT);
        }
        let lease = async |channel| outbox::lease(&world.cw, channel).await.unwrap().map(|leased| leased.task);
        assert!(matches!(lease(Channel::Mail).await, Some(Task::RingStaff { .. })));
        assert!(lease(Channel::Mail).await.is_none(), "one mail for a hundred minutes without a mail server");
        assert!(matches!(lease(Channel::Web).await, Some(Task::RingWeb { .. })));
        assert!(lease(Channel::Web).await.is_none());
    })
    .await;
}
