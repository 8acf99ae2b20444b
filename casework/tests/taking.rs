//! What "take the next" gives to whom: skipped cases, languages, topics; and what goes back by itself.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod desk;

use casework::case::{self, Refused};
use casework::lapse::{self, IDLE, URGENT_IDLE};
use casework::on_call;
use casework::press::Press;
use casework::queue::{self, Place, QueueFilter};
use casework::skip::{self, SKIPPED};
use casework::staff::session::StaffSession;
use casework::staff::takes::{self, LEFT_OUT, Takes};
use casework::taxonomy::{CaseState, Role, SkipReason, Topic};
use chrono::TimeDelta;
use common::{World, on_each_engine};
use desk::{Shape, case, member, words};
use uuid::Uuid;

const MINUTE: TimeDelta = TimeDelta::minutes(1);

async fn next(world: &World, session: &StaffSession) -> Option<Uuid> {
    queue::take_next(&world.cw, session).await.unwrap()
}

async fn take_only(world: &World, session: &StaffSession, languages: &[&str], left_out: &[Topic]) {
    let languages = languages.iter().map(|code| code.parse().unwrap()).collect();
    let taken = Takes { languages, left_out: left_out.to_vec() };
    takes::change(&world.cw, session, &taken).await.unwrap();
    assert_eq!(takes::own(&world.cw, session).await.unwrap(), taken);
}

#[tokio::test]
async fn a_skipped_case_goes_to_somebody_else() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let olli = member(world, &hotline, "olli", Role::Analyst).await;
        let first = case(world, &hotline, Shape::level(1)).await;
        let second = case(world, &hotline, Shape::level(2)).await;
        let cw = &world.cw;
        assert_eq!(next(world, &kaisa).await, Some(first));
        assert!(matches!(skip::skip(cw, &olli, first, SkipReason::Other).await, Err(Refused::NotInYourHands)));
        skip::skip(cw, &kaisa, first, SkipReason::Language).await.unwrap();
        let page = queue::list(cw, &olli, Place::Queue, &QueueFilter::default(), None).await.unwrap();
        assert_eq!(page.rows.iter().map(|row| (row.id, row.skips)).collect::<Vec<_>>(), [(first, 1), (second, 0)]);
        assert_eq!(next(world, &kaisa).await, Some(second));
        assert_eq!(next(world, &kaisa).await, None);
        queue::take(cw, &kaisa, first).await.expect("by hand she may");
        queue::release(cw, &kaisa, first).await.unwrap();
        assert_eq!(next(world, &olli).await, Some(first));
        queue::release(cw, &olli, first).await.unwrap();
        world.clock.advance(SKIPPED + MINUTE);
        assert_eq!(next(world, &kaisa).await, Some(first), "a day later");
    })
    .await;
}

#[tokio::test]
async fn who_knows_somebody_in_a_case_is_never_given_it_again() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let known = case(world, &hotline, Shape::level(1)).await;
        assert_eq!(next(world, &kaisa).await, Some(known));
        skip::skip(&world.cw, &kaisa, known, SkipReason::KnowsSomebody).await.unwrap();
        world.clock.advance(TimeDelta::days(1_000));
        assert_eq!(next(world, &kaisa).await, None);
    })
    .await;
}

#[tokio::test]
async fn everybody_is_given_what_they_can_answer_and_in_danger_whatever_the_language() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        // The desk's cases are in Finnish.
        let ordinary = case(world, &hotline, Shape::level(1)).await;
        let danger = case(world, &hotline, Shape::level(0)).await;
        take_only(world, &kaisa, &["ar", "sv"], &[]).await;
        assert_eq!(next(world, &kaisa).await, Some(danger));
        assert_eq!(next(world, &kaisa).await, None);
        take_only(world, &kaisa, &["fi", "sv"], &[]).await;
        assert_eq!(next(world, &kaisa).await, Some(ordinary));
    })
    .await;
}

#[tokio::test]
async fn what_somebody_leaves_to_others_comes_back_by_itself() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let picture = case(world, &hotline, Shape::level(0)).await;
        take_only(world, &kaisa, &[], &[Topic::OwnImage, Topic::Under10]).await;
        assert_eq!(next(world, &kaisa).await, None, "not today, whatever its level");
        take_only(world, &kaisa, &[], &[Topic::Threat]).await;
        assert_eq!(next(world, &kaisa).await, Some(picture));
        queue::release(&world.cw, &kaisa, picture).await.unwrap();
        take_only(world, &kaisa, &[], &[Topic::OwnImage]).await;
        world.clock.advance(LEFT_OUT);
        assert_eq!(next(world, &kaisa).await, Some(picture));
    })
    .await;
}

#[tokio::test]
async fn what_lies_too_long_goes_back_and_its_holder_is_told() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let cw = &world.cw;
        let urgent = case(world, &hotline, Shape::level(1)).await;
        let ordinary = case(world, &hotline, Shape::level(2)).await;
        for id in [urgent, ordinary] {
            queue::take(cw, &kaisa, id).await.unwrap();
        }
        world.clock.advance(URGENT_IDLE);
        assert_eq!(lapse::put_back_idle(cw).await.unwrap(), 0);
        case::open(cw, &kaisa, urgent).await.unwrap();
        world.clock.advance(URGENT_IDLE);
        assert_eq!(lapse::put_back_idle(cw).await.unwrap(), 0, "she looked at it");
        case::write_to_reporter(cw, &kaisa, urgent, &words("We are here."), false, &Press::default()).await.unwrap();
        world.clock.advance(URGENT_IDLE + MINUTE);
        assert!(lapse::own(cw, &kaisa).await.unwrap().is_empty());
        assert_eq!(lapse::put_back_idle(cw).await.unwrap(), 1);
        assert_eq!(lapse::put_back_idle(cw).await.unwrap(), 0, "once");
        let told = lapse::own(cw, &kaisa).await.unwrap();
        assert_eq!(told.iter().map(|lapsed| lapsed.case_id).collect::<Vec<_>>(), [urgent]);
        world.clock.advance(IDLE);
        assert_eq!(lapse::put_back_idle(cw).await.unwrap(), 1);
        assert_eq!(next(world, &kaisa).await, Some(urgent));
        let told = lapse::own(cw, &kaisa).await.unwrap();
        assert_eq!(told.iter().map(|lapsed| lapsed.case_id).collect::<Vec<_>>(), [ordinary], "the other is hers again");
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_an_answer_lies_for_good_reason() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let waiting = case(world, &hotline, Shape::level(1)).await;
        queue::take(&world.cw, &kaisa, waiting).await.unwrap();
        case::change_state(&world.cw, &kaisa, waiting, CaseState::WaitingForReporter).await.unwrap();
        world.clock.advance(TimeDelta::days(3));
        assert_eq!(lapse::put_back_idle(&world.cw).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn what_is_over_is_forgotten() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let cw = &world.cw;
        take_only(world, &kaisa, &[], &[Topic::Threat]).await;
        on_call::begin(cw, &kaisa, kaisa.staff, "12".parse().unwrap()).await.unwrap();
        let (skipped, lapsed) =
            (case(world, &hotline, Shape::level(2)).await, case(world, &hotline, Shape::level(2)).await);
        queue::take(cw, &kaisa, skipped).await.unwrap();
        skip::skip(cw, &kaisa, skipped, SkipReason::Other).await.unwrap();
        queue::take(cw, &kaisa, lapsed).await.unwrap();
        world.clock.advance(IDLE + MINUTE);
        lapse::put_back_idle(cw).await.unwrap();
        let purged = async || {
            let at_work = (takes::purge(cw).await.unwrap(), on_call::purge(cw).await.unwrap());
            (at_work, skip::purge(cw).await.unwrap(), lapse::purge(cw).await.unwrap())
        };
        assert_eq!(purged().await, ((0, 0), 0, 0));
        world.clock.advance(TimeDelta::hours(25));
        assert_eq!(purged().await, ((1, 1), 1, 1));
        assert_eq!(purged().await, ((0, 0), 0, 0));
    })
    .await;
}
