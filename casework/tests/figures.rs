//! Figures: what is counted, in which period, and that no other hotline's cases are.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod desk;

use casework::figures::{self, Asked, Figures};
use casework::staff::session::StaffSession;
use casework::taxonomy::{Harm, NoticeState, Outcome, Role};
use casework::{case, execute, queue};
use chrono::TimeDelta;
use common::{World, on_each_engine};
use desk::{Shape, link, member, words};
use uuid::Uuid;

async fn last_hours(world: &World, session: &StaffSession, hours: i64) -> Figures {
    let until = world.cw.now() + TimeDelta::seconds(1);
    let asked = Asked { from: until - TimeDelta::hours(hours), until, harm: None, language: None, country: None };
    figures::count(&world.cw, session, &asked).await.unwrap()
}

async fn provider(world: &World) -> Uuid {
    let id = world.cw.new_id();
    let mut tx = world.cw.storage.write().await.unwrap();
    let sql = "INSERT INTO organisation (id, kind, name, created_at) VALUES ($1, 'provider', 'Media', $2)";
    execute!(&mut tx, sql, id, world.cw.now()).unwrap();
    tx.commit().await.unwrap();
    id
}

/// A notice that went out now and was answered so many hours later; not, if silent.
async fn notice(world: &World, case: Uuid, provider: Uuid, by: &StaffSession, state: NoticeState, hours: Option<i64>) {
    let mut tx = world.cw.storage.write().await.unwrap();
    execute!(
        &mut tx,
        "INSERT INTO notice (id, case_id, provider_id, state, sealed_content, drafted_by, created_at, sent_at, answered_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
        world.cw.new_id(),
        case,
        provider,
        state,
        vec![0_u8],
        by.staff,
        world.cw.now(),
        hours.map(|hours| world.cw.now() + TimeDelta::hours(hours))
    )
    .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_period_counts_its_own_reports_and_what_became_of_them() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let cw = &world.cw;
        let early = desk::case(world, &hotline, Shape::level(1)).await;
        world.clock.advance(TimeDelta::hours(30));
        let first = desk::case(world, &hotline, Shape::level(1)).await;
        link(world, first, "https://media.example/1").await;
        let second = desk::case(world, &hotline, Shape::level(3)).await;
        let other = desk::case(world, &hotline, Shape::level(3)).await;
        world.clock.advance(TimeDelta::minutes(10));
        queue::take(cw, &kaisa, first).await.unwrap();
        world.clock.advance(TimeDelta::minutes(10));
        queue::take(cw, &kaisa, second).await.unwrap();
        case::close(cw, &kaisa, second, Outcome::NotIllegal, Some(&words("It is a drawing."))).await.unwrap();
        case::reopen(cw, &kaisa, second).await.unwrap();
        let media = provider(world).await;
        notice(world, first, media, &kaisa, NoticeState::Removed, Some(4)).await;
        notice(world, first, media, &kaisa, NoticeState::NoAnswer, None).await;
        let mut tx = cw.storage.write().await.unwrap();
        let sql =
            "UPDATE cases SET flagger_id = $1, outcome = 'removed', state = 'closed', country = NULL WHERE id = $2";
        execute!(&mut tx, sql, media, other).unwrap();
        tx.commit().await.unwrap();

        let figures = last_hours(world, &kaisa, 2).await;
        let intake = &figures.intake;
        assert_eq!((intake.reports, intake.reopened), (3, 1), "not the one of the day before: {early}");
        assert_eq!(intake.by_hour.iter().sum::<u64>(), 3);
        assert_eq!(intake.outcomes.get(&(Harm::OwnImage, None)), Some(&2));
        assert_eq!(intake.outcomes.get(&(Harm::OwnImage, Some(Outcome::Removed))), Some(&1));
        assert_eq!((intake.countries.get(&Some("FI".to_owned())), intake.countries.get(&None)), (Some(&2), Some(&1)));
        let spread = intake.to_first_action;
        assert_eq!((spread.cases, spread.median), (2, Some(TimeDelta::minutes(10))));
        assert_eq!(spread.ninetieth, Some(TimeDelta::minutes(20)));
        assert_eq!(figures.waiting, [0, 1, 0, 1, 0], "the early one and what was opened again");
        let media = &figures.providers[0];
        assert_eq!((media.notices, media.removed, media.refused, media.silent), (2, 1, 0, 1));
        assert_eq!(media.to_answer.median, Some(TimeDelta::hours(4)));
        assert_eq!(figures.to_removal.median, Some(TimeDelta::hours(4) + TimeDelta::minutes(20)));
        let flagger = &figures.flaggers[0];
        assert_eq!((flagger.reports, flagger.decided, flagger.confirmed), (1, 1, 1));

        assert_eq!(last_hours(world, &kaisa, 48).await.intake.reports, 4);
        let stranger = StaffSession { organisation: cw.new_id(), ..kaisa };
        assert_eq!(last_hours(world, &stranger, 48).await.intake.reports, 0);
    })
    .await;
}
