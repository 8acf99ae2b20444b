//! Care for staff: what hard cases do to the day, lighter work, and the end of a shift.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod desk;

use casework::case;
use casework::queue;
use casework::staff::StaffError;
use casework::staff::exposure::{self, Exposure, QUIET};
use casework::staff::lighter;
use casework::staff::session::StaffSession;
use casework::taxonomy::Role;
use chrono::TimeDelta;
use common::{World, on_each_engine};
use desk::{Shape, case as a_case, member, words};
use uuid::Uuid;

const MINUTE: TimeDelta = TimeDelta::minutes(1);

async fn next(world: &World, session: &StaffSession) -> Option<Uuid> {
    queue::take_next(&world.cw, session).await.unwrap()
}

/// Looks at hard cases for so long, a page every four minutes, then at the queue.
async fn looks(world: &World, session: &StaffSession, minutes: i32) {
    for _ in 0..minutes / 4 {
        exposure::tick(&world.cw, session).await.unwrap();
        exposure::looks(&world.cw, session).await.unwrap();
        world.clock.advance(MINUTE * 4);
    }
    exposure::tick(&world.cw, session).await.unwrap();
}

#[tokio::test]
async fn hard_cases_are_counted_for_oneself_alone_and_a_pause_is_spoken_of() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let olli = member(world, &hotline, "olli", Role::Analyst).await;
        let cw = &world.cw;
        exposure::tick(cw, &kaisa).await.unwrap();
        assert_eq!(exposure::own(cw, &kaisa).await.unwrap(), Exposure::default());
        looks(world, &kaisa, 40).await;
        let after = exposure::own(cw, &kaisa).await.unwrap();
        assert_eq!(after, Exposure { minutes: 40, is_pause_due: false, is_much: false });
        assert_eq!(exposure::own(cw, &olli).await.unwrap(), Exposure::default());
        looks(world, &kaisa, 12).await;
        assert!(exposure::own(cw, &kaisa).await.unwrap().is_pause_due);
        exposure::keep_quiet(cw, &kaisa).await.unwrap();
        assert!(!exposure::own(cw, &kaisa).await.unwrap().is_pause_due);
        looks(world, &kaisa, 24).await;
        assert!(!exposure::own(cw, &kaisa).await.unwrap().is_pause_due);
        world.clock.advance(QUIET - MINUTE * 24);
        assert!(exposure::own(cw, &kaisa).await.unwrap().is_pause_due);
        for _ in 0..3 {
            looks(world, &kaisa, 60).await;
        }
        assert!(exposure::own(cw, &kaisa).await.unwrap().is_much);
        world.clock.advance(TimeDelta::days(1));
        assert_eq!(exposure::own(cw, &kaisa).await.unwrap(), Exposure::default());
        assert_eq!(exposure::purge(cw).await.unwrap(), 1);
        assert_eq!(world.count("SELECT count(*) FROM exposure").await, 0);
    })
    .await;
}

#[tokio::test]
async fn lighter_work_is_without_threats_and_own_images_but_never_without_danger() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let olli = member(world, &hotline, "olli", Role::Analyst).await;
        let lead = member(world, &hotline, "lea", Role::Lead).await;
        let cw = &world.cw;
        let threat = a_case(world, &hotline, Shape::level(1)).await;
        let own = a_case(world, &hotline, Shape::level(2)).await;
        let seen = a_case(world, &hotline, Shape::level(3)).await;
        assert!(matches!(lighter::change(cw, &olli, kaisa.staff, 3).await, Err(StaffError::NotForYou)));
        assert!(matches!(lighter::members(cw, &olli).await, Err(StaffError::NotForYou)));
        lighter::change(cw, &lead, kaisa.staff, 3).await.unwrap();
        let until = world.cw.now() + TimeDelta::days(3);
        assert_eq!(lighter::own(cw, &kaisa).await.unwrap(), Some(until));
        let members = lighter::members(cw, &lead).await.unwrap();
        let told: Vec<_> = members.iter().map(|one| (one.name.as_str(), one.until)).collect();
        assert_eq!(told, [("kaisa", Some(until)), ("lea", None), ("olli", None)]);
        assert_eq!(next(world, &kaisa).await, Some(seen));
        assert_eq!(next(world, &kaisa).await, None);
        let danger = a_case(world, &hotline, Shape::level(0)).await;
        assert_eq!(next(world, &kaisa).await, Some(danger));
        assert_eq!(next(world, &olli).await, Some(threat));
        lighter::change(cw, &kaisa, kaisa.staff, 0).await.expect("one ends one's own");
        assert_eq!(next(world, &kaisa).await, Some(own));
        lighter::change(cw, &kaisa, kaisa.staff, 1).await.expect("and begins it");
        world.clock.advance(TimeDelta::days(1));
        assert_eq!(lighter::own(cw, &kaisa).await.unwrap(), None);
        assert_eq!(lighter::purge(cw).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn of_another_hotline_no_lead_changes_anything() {
    on_each_engine(async |world| {
        let (north, south) = (world.hotline().await, world.hotline().await);
        let kaisa = member(world, &north, "kaisa", Role::Analyst).await;
        let stranger = member(world, &south, "ville", Role::Lead).await;
        let refused = lighter::change(&world.cw, &stranger, kaisa.staff, 3).await;
        assert!(matches!(refused, Err(StaffError::NotForYou)));
    })
    .await;
}

#[tokio::test]
async fn a_case_that_is_put_back_takes_a_word_along() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let olli = member(world, &hotline, "olli", Role::Analyst).await;
        let one = a_case(world, &hotline, Shape::level(2)).await;
        assert!(queue::leave(&world.cw, &kaisa, one, None).await.is_err(), "not in her hands");
        queue::take(&world.cw, &kaisa, one).await.unwrap();
        queue::leave(&world.cw, &kaisa, one, Some(&words("She answers after five."))).await.unwrap();
        assert_eq!(next(world, &olli).await, Some(one));
        assert_eq!(case::open(&world.cw, &olli, one).await.unwrap().notes[0].body, "She answers after five.");
    })
    .await;
}
