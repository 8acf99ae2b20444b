//! Withdrawing: at once where nobody may be in danger, after a person has read the case where somebody may be; and the way
//! back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod desk;

use std::collections::BTreeSet;

use casework::case::Refused;
use casework::erasure::{self, Round, WAIT, Wish};
use casework::history::Event;
use casework::mine::{self, MyCase, Refusal};
use casework::press::Press;
use casework::taxonomy::{CaseState, Role};
use casework::{case, execute, notice, queue, withdrawal};
use common::sent::{self, Sent};
use common::{World, on_each_engine};
use desk::{member, words};
use uuid::Uuid;

const STOP: Wish = Wish { stop: true, words: false, protection: false };

/// A child's case of a level.
async fn sent_at(world: &World, level: i64) -> Sent {
    let sent = sent::picture(world).await;
    let mut tx = world.cw.storage.write().await.unwrap();
    execute!(&mut tx, "UPDATE cases SET level = $1 WHERE id = $2", level, sent.case).unwrap();
    tx.commit().await.unwrap();
    sent
}

async fn waiting(world: &World, hotline: Uuid) -> usize {
    let sql = "SELECT count(*) FROM cases WHERE hotline_id = $1 AND holder_id IS NULL
        AND state IN ('received', 'in_review', 'reopened', 'appealed')";
    let mut tx = world.cw.storage.read().await.unwrap();
    usize::try_from(casework::fetch_one!(&mut tx, (i64,), sql, hotline).unwrap().0).unwrap()
}

fn happened(case: &MyCase, event: &Event) -> bool {
    case.timeline.iter().any(|entry| entry.event.0 == *event)
}

#[tokio::test]
async fn what_is_not_urgent_stops_at_once_keeps_everything_and_can_go_on() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let provider = world.provider("Example", "example.com").await;
        let sent = sent_at(world, 2).await;
        queue::take(&world.cw, &analyst, sent.case).await.unwrap();
        let opened = case::open(&world.cw, &analyst, sent.case).await.unwrap();
        let link = BTreeSet::from([opened.items.iter().find(|open| open.item.domain.is_some()).unwrap().item.id]);
        let new = notice::Draft::new(provider, link, words("because"));
        let drafted = notice::draft(&world.cw, &analyst, sent.case, &new, &Press::default()).await.unwrap();
        notice::approve(&world.cw, &analyst, drafted).await.unwrap();

        let token = sent.enter(world).await;
        erasure::ask(&world.cw, &token, STOP).await.unwrap();
        let seen = sent.seen(world, &token).await;
        assert_eq!(seen.state, CaseState::Withdrawn);
        assert!(happened(&seen, &Event::Withdrawn) && !happened(&seen, &Event::WithdrawAsked));
        assert_eq!((seen.erase_words_at, seen.protection.listed), (None, 1), "nothing is erased, protection goes on");
        assert!(notice::outgoing(&world.cw, drafted).await.unwrap().is_none(), "what had not gone out never does");
        assert_eq!(waiting(world, hotline.id).await, 0);
        let acted = case::change_state(&world.cw, &analyst, sent.case, CaseState::InReview).await;
        assert!(matches!(acted, Err(Refused::NotInYourHands)));
        let wrote = mine::write(&world.cw, &token, &words("hello"), &Press::default()).await;
        assert!(matches!(wrote, Err(Refusal::NotNow)));
        world.clock.advance(WAIT * 2);
        assert_eq!(erasure::run_due(&world.cw).await.unwrap(), Round::default());

        let token = sent.enter(world).await;
        erasure::cancel(&world.cw, &token).await.unwrap();
        let seen = sent.seen(world, &token).await;
        assert_eq!((seen.state, seen.withdraw_asked), (CaseState::Reopened, false));
        assert!(happened(&seen, &Event::WithdrawCancelled));
        assert_eq!(waiting(world, hotline.id).await, 1, "it stands in the queue again");
    })
    .await;
}

#[tokio::test]
async fn where_somebody_may_be_in_danger_a_person_reads_the_case_first() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let sent = sent_at(world, 1).await;
        let token = sent.enter(world).await;
        erasure::ask(&world.cw, &token, STOP).await.unwrap();
        let seen = sent.seen(world, &token).await;
        assert_eq!((seen.state, seen.withdraw_asked, seen.stops_at_once), (CaseState::Received, true, false));
        assert!(happened(&seen, &Event::WithdrawAsked));
        assert_eq!(waiting(world, hotline.id).await, 1, "it keeps its place");

        let early = withdrawal::confirm(&world.cw, &analyst, sent.case).await;
        assert!(matches!(early, Err(Refused::NotInYourHands)), "nobody has taken it");
        queue::take(&world.cw, &analyst, sent.case).await.unwrap();
        let opened = case::open(&world.cw, &analyst, sent.case).await.unwrap();
        assert!(opened.facts.waits_for_withdrawal());
        withdrawal::confirm(&world.cw, &analyst, sent.case).await.unwrap();
        let seen = sent.seen(world, &token).await;
        assert_eq!(seen.state, CaseState::Withdrawn);
        assert!(happened(&seen, &Event::Withdrawn));
    })
    .await;
}

#[tokio::test]
async fn an_appeal_takes_the_wish_to_stop_back() {
    on_each_engine(async |world| {
        world.hotline().await;
        let sent = sent_at(world, 1).await;
        let token = sent.enter(world).await;
        erasure::ask(&world.cw, &token, STOP).await.unwrap();
        sent.becomes(world, "closed", Some("not_found")).await;
        mine::appeal(&world.cw, &token, &words("It is back."), &Press::default()).await.unwrap();
        let seen = sent.seen(world, &token).await;
        assert_eq!((seen.state, seen.withdraw_asked), (CaseState::Appealed, false));
        assert!(happened(&seen, &Event::WithdrawCancelled));

        let other = sent_at(world, 1).await;
        let token = other.enter(world).await;
        other.becomes(world, "closed", Some("not_found")).await;
        mine::appeal(&world.cw, &token, &words("It is back."), &Press::default()).await.unwrap();
        let seen = other.seen(world, &token).await;
        assert!(!happened(&seen, &Event::WithdrawCancelled), "there was no such wish");
    })
    .await;
}

#[tokio::test]
async fn nobody_withdraws_a_case_whose_reporter_did_not_ask_or_changed_their_mind() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let sent = sent_at(world, 0).await;
        queue::take(&world.cw, &analyst, sent.case).await.unwrap();
        assert!(matches!(withdrawal::confirm(&world.cw, &analyst, sent.case).await, Err(Refused::NotNow)));
        let token = sent.enter(world).await;
        erasure::ask(&world.cw, &token, STOP).await.unwrap();
        erasure::cancel(&world.cw, &token).await.unwrap();
        assert!(matches!(withdrawal::confirm(&world.cw, &analyst, sent.case).await, Err(Refused::NotNow)));
        assert!(sent.seen(world, &token).await.can_be_withdrawn());
    })
    .await;
}
