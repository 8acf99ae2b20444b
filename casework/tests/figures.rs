//! Figures: what is counted, in which period, and that no other hotline's cases are.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod desk;

use casework::figures::published::{self, Breakdown};
use casework::figures::{self, Asked, Ending, Figures};
use casework::staff::session::StaffSession;
use casework::storage::Tx;
use casework::taxonomy::{Harm, NoticeState, Outcome, Role};
use casework::{audit, case, execute, queue};
use chrono::{DateTime, TimeDelta, Utc};
use common::{Hotline, World, on_each_engine};
use desk::{Shape, link, member, words};
use uuid::Uuid;

async fn last_hours(world: &World, session: &StaffSession, hours: i64) -> Figures {
    let until = world.cw.now() + TimeDelta::seconds(1);
    let asked = Asked { from: until - TimeDelta::hours(hours), until, harm: None, language: None, country: None };
    figures::count(&world.cw, session, &asked).await.unwrap()
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
        let media = world.provider("Media", "media.example").await;
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
        assert_eq!(intake.outcomes.get(&(Harm::OwnImage, Ending::Open)), Some(&2));
        assert_eq!(intake.outcomes.get(&(Harm::OwnImage, Ending::Closed(Outcome::Removed))), Some(&1));
        assert_eq!((intake.countries.get(&"FI".parse().ok()), intake.countries.get(&None)), (Some(&2), Some(&1)));
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

fn at(written: &str) -> DateTime<Utc> {
    written.parse().unwrap()
}

/// A case whose report came then.
async fn came(world: &World, hotline: &Hotline, then: &str) -> Uuid {
    world.clock.set(at(then));
    desk::case(world, hotline, Shape::level(2)).await
}

async fn change(world: &World, change: impl AsyncFnOnce(&mut Tx)) {
    let mut tx = world.cw.storage.write().await.unwrap();
    change(&mut tx).await;
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_quarter_is_published_once_after_its_end_and_never_changes() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let provider = world.provider("Chatter", "chatter.example").await;
        assert_eq!(published::publish_due(&world.cw).await.unwrap(), 0, "nothing came in yet");
        let mut cases = Vec::new();
        for hour in 0..10 {
            cases.push(came(world, &hotline, &format!("2026-05-11T{hour:02}:00:00Z")).await);
        }
        for case in &cases[..6] {
            change(world, async |tx| {
                let sql = "UPDATE cases SET state = 'closed', outcome = 'removed' WHERE id = $1";
                execute!(tx, sql, *case).unwrap();
            })
            .await;
            notice(world, *case, provider, &kaisa, NoticeState::Removed, Some(1)).await;
        }
        change(world, async |tx| {
            let sql =
                "INSERT INTO erased_count (hotline_id, month, harm, outcome, number) VALUES ($1, $2, 'threat', $3, $4)";
            execute!(tx, sql, hotline.id, "2026-04", "removed", 3_i64).unwrap();
            execute!(tx, sql, hotline.id, "2026-06", "none", 2_i64).unwrap();
            execute!(tx, sql, hotline.id, "2026-07", "none", 100_i64).unwrap();
        })
        .await;
        came(world, &hotline, "2026-07-01T00:00:00Z").await;
        assert_eq!(published::publish_due(&world.cw).await.unwrap(), 0, "its last reports may still be on their way");
        world.clock.set(at("2026-07-02T00:00:00Z"));
        assert_eq!(published::publish_due(&world.cw).await.unwrap(), 1);
        let before = published::all(&world.cw).await.unwrap();
        let [quarter] = before.as_slice() else { panic!("{before:?}") };
        assert_eq!(quarter.quarter.as_str(), "2026-Q2");
        let of = |breakdown: Breakdown| {
            let parts = breakdown.parts();
            let numbers: Vec<_> = parts.iter().filter_map(|part| quarter.number(breakdown, part)).collect();
            (quarter.total(breakdown), numbers)
        };
        assert_eq!(of(Breakdown::Harm), (Some(15), vec![5]), "none was only seen, and the next goes along");
        assert_eq!(of(Breakdown::Ending), (Some(15), Vec::new()));
        assert_eq!(of(Breakdown::Services), (Some(6), Vec::new()));

        change(world, async |tx| {
            execute!(tx, "DELETE FROM cases WHERE id = $1", cases[0]).unwrap();
        })
        .await;
        assert_eq!(published::publish_due(&world.cw).await.unwrap(), 0);
        assert_eq!(published::all(&world.cw).await.unwrap(), before, "what is erased later changes nothing");
        world.clock.set(at("2027-01-02T00:00:00Z"));
        assert_eq!(
            published::publish_due(&world.cw).await.unwrap(),
            2,
            "a server that was off publishes each it missed"
        );
        assert!(matches!(audit::verify(&world.cw, None).await.unwrap(), audit::Verdict::Whole(_)));
    })
    .await;
}

#[tokio::test]
async fn a_number_that_is_not_shown_is_kept_nowhere() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        for hour in 0..9 {
            came(world, &hotline, &format!("2026-05-11T{hour:02}:00:00Z")).await;
        }
        let threat = came(world, &hotline, "2026-05-12T00:00:00Z").await;
        change(world, async |tx| {
            execute!(tx, "UPDATE cases SET harm = 'threat' WHERE id = $1", threat).unwrap();
            let sql = "INSERT INTO erased_count (hotline_id, month, harm, outcome, number) VALUES ($1, '2026-05', 'seen', 'none', 20)";
            execute!(tx, sql, hotline.id).unwrap();
        })
        .await;
        world.clock.set(at("2026-07-02T00:00:00Z"));
        published::publish_due(&world.cw).await.unwrap();
        let quarters = published::all(&world.cw).await.unwrap();
        let number = |part: &str| quarters[0].number(Breakdown::Harm, part);
        assert_eq!((number("own_image"), number("threat"), number("seen")), (Some(9), None, None));
        let sql = "SELECT count(*) FROM published_number WHERE breakdown = 'harm' AND number IS NULL";
        assert_eq!(world.count(sql).await, 2);
        assert_eq!(world.count("SELECT count(*) FROM published_number WHERE number < 5").await, 0);
    })
    .await;
}
