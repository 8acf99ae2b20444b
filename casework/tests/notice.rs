//! Notices: drafted, approved, sent once, given up and tried again, answered; and what of them the server can read, when.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod desk;

use std::collections::BTreeSet;

use casework::notice::{self, Draft, NoticeError, Place};
use casework::outbox::{self, Channel, Failure, Leased, Task};
use casework::press::Press;
use casework::queue;
use casework::staff::session::StaffSession;
use casework::taxonomy::{NoticeState, Role};
use common::{World, on_each_engine};
use desk::{Shape, words};
use uuid::Uuid;

const LINK: &str = "https://sharepic.example/album/7";
const FOR_SENDING: &str = "SELECT count(*) FROM notice WHERE sealed_for_sending IS NOT NULL";

/// A case in an analyst's hands, and a notice about its one link.
struct Drafted {
    analyst: StaffSession,
    case: Uuid,
    notice: Uuid,
}

async fn drafted(world: &World) -> Drafted {
    let hotline = world.hotline().await;
    let provider = world.provider("Sharepic", "sharepic.example").await;
    let analyst = desk::member(world, &hotline, "anna", Role::Analyst).await;
    let case = desk::case(world, &hotline, Shape::level(2)).await;
    let item = desk::link(world, case, LINK).await;
    queue::take(&world.cw, &analyst, case).await.unwrap();
    let new = Draft::new(provider, BTreeSet::from([item]), words("It shows a child."));
    let notice = notice::draft(&world.cw, &analyst, case, &new, &Press::default()).await.unwrap();
    Drafted { analyst, case, notice }
}

async fn state(world: &World, drafted: &Drafted) -> NoticeState {
    notice::preview(&world.cw, &drafted.analyst, drafted.notice).await.unwrap().state
}

/// The task a worker gets next, which is to send this notice.
async fn leased(world: &World, drafted: &Drafted) -> Leased {
    let task = outbox::lease(&world.cw, Channel::Mail).await.unwrap().expect("something waits");
    assert!(matches!(task.task, Task::SendNotice { notice } if notice == drafted.notice));
    task
}

async fn give_up(world: &World, drafted: &Drafted) {
    let task = leased(world, drafted).await;
    let mut tx = world.cw.storage.write().await.unwrap();
    assert!(outbox::failed(&world.cw, &mut tx, &task, Failure::Final, "refused").await.unwrap());
    notice::undeliverable(&world.cw, &mut tx, drafted.notice).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_draft_goes_nowhere_and_an_approved_notice_goes_once() {
    on_each_engine(async |world| {
        let drafted = drafted(world).await;
        assert!(outbox::lease(&world.cw, Channel::Mail).await.unwrap().is_none());
        assert!(notice::outgoing(&world.cw, drafted.notice).await.unwrap().is_none());

        notice::approve(&world.cw, &drafted.analyst, drafted.notice).await.unwrap();
        let again = notice::approve(&world.cw, &drafted.analyst, drafted.notice).await;
        assert!(matches!(again, Err(NoticeError::MovedOn)));

        let task = leased(world, &drafted).await;
        let outgoing = notice::outgoing(&world.cw, drafted.notice).await.unwrap().unwrap();
        assert_eq!(outgoing.content.places, [Place::Location { url: LINK.to_owned(), class: None }]);
        assert_eq!(outgoing.to, "abuse@example.net");
        notice::sent(&world.cw, &task, drafted.notice).await.unwrap();

        assert_eq!(state(world, &drafted).await, NoticeState::Sent);
        assert!(outbox::lease(&world.cw, Channel::Mail).await.unwrap().is_none());
        assert!(notice::outgoing(&world.cw, drafted.notice).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_delivered_is_closed_to_the_server_and_can_go_out_once_more() {
    on_each_engine(async |world| {
        let drafted = drafted(world).await;
        notice::approve(&world.cw, &drafted.analyst, drafted.notice).await.unwrap();
        assert_eq!(world.count(FOR_SENDING).await, 1);
        give_up(world, &drafted).await;
        assert_eq!(state(world, &drafted).await, NoticeState::Undeliverable);
        assert_eq!(world.count(FOR_SENDING).await, 0);

        notice::approve(&world.cw, &drafted.analyst, drafted.notice).await.unwrap();
        let task = leased(world, &drafted).await;
        notice::sent(&world.cw, &task, drafted.notice).await.unwrap();
        assert_eq!(state(world, &drafted).await, NoticeState::Sent);
    })
    .await;
}

#[tokio::test]
async fn a_final_answer_closes_the_notice_to_the_server() {
    on_each_engine(async |world| {
        let drafted = drafted(world).await;
        notice::approve(&world.cw, &drafted.analyst, drafted.notice).await.unwrap();
        let task = leased(world, &drafted).await;
        notice::sent(&world.cw, &task, drafted.notice).await.unwrap();

        let (cw, anna, id) = (&world.cw, &drafted.analyst, drafted.notice);
        let refusal = words("We see no breach of our terms.");
        notice::record_answer(cw, anna, id, NoticeState::Refused, Some(&refusal)).await.unwrap();
        assert_eq!(world.count(FOR_SENDING).await, 0);
        let preview = notice::preview(cw, anna, id).await.unwrap();
        assert_eq!(preview.answer.as_deref(), Some(refusal.as_str()));

        // A complaint (DSA Art. 20) may turn a refusal; after a removal nothing more is expected.
        notice::record_answer(cw, anna, id, NoticeState::Removed, None).await.unwrap();
        let later = notice::record_answer(cw, anna, id, NoticeState::Received, None).await;
        assert!(matches!(later, Err(NoticeError::MovedOn)));
    })
    .await;
}

#[tokio::test]
async fn only_who_has_the_case_in_hand_drafts_and_approves() {
    on_each_engine(async |world| {
        let drafted = drafted(world).await;
        queue::release(&world.cw, &drafted.analyst, drafted.case).await.unwrap();
        let refused = notice::approve(&world.cw, &drafted.analyst, drafted.notice).await;
        assert!(matches!(refused, Err(NoticeError::NotYours)));
        assert_eq!(state(world, &drafted).await, NoticeState::Draft);
    })
    .await;
}

#[tokio::test]
async fn what_has_not_gone_out_can_be_discarded_or_replaced() {
    on_each_engine(async |world| {
        let drafted = drafted(world).await;
        let preview = notice::preview(&world.cw, &drafted.analyst, drafted.notice).await.unwrap();
        let new = Draft {
            replaces: Some(drafted.notice),
            ..Draft::new(preview.provider, preview.items.iter().copied().collect(), words("It shows a child of ten."))
        };
        let better = notice::draft(&world.cw, &drafted.analyst, drafted.case, &new, &Press::default()).await.unwrap();
        assert_eq!(state(world, &drafted).await, NoticeState::Withdrawn);
        let again = notice::draft(&world.cw, &drafted.analyst, drafted.case, &new, &Press::default()).await;
        assert!(matches!(again, Err(NoticeError::MovedOn)), "it has been replaced already");

        assert_eq!(notice::discard(&world.cw, &drafted.analyst, better).await.unwrap(), drafted.case);
        let approved = notice::approve(&world.cw, &drafted.analyst, better).await;
        assert!(matches!(approved, Err(NoticeError::MovedOn)), "what is discarded goes nowhere");
    })
    .await;
}

#[tokio::test]
async fn how_a_mail_fares_is_seen_until_it_has_gone() {
    on_each_engine(async |world| {
        let drafted = drafted(world).await;
        let delivery = async || notice::preview(&world.cw, &drafted.analyst, drafted.notice).await.unwrap().delivery;
        assert!(delivery().await.is_none(), "a draft is not on its way");
        notice::approve(&world.cw, &drafted.analyst, drafted.notice).await.unwrap();
        assert_eq!(delivery().await.unwrap().attempts, 0);
        let task = leased(world, &drafted).await;
        let mut tx = world.cw.storage.write().await.unwrap();
        outbox::failed(&world.cw, &mut tx, &task, Failure::Passing, "timeout").await.unwrap();
        tx.commit().await.unwrap();
        let seen = delivery().await.unwrap();
        assert_eq!((seen.attempts, seen.last_error.as_deref()), (1, Some("timeout")));
        assert!(seen.next_attempt_at > world.cw.now());
    })
    .await;
}

#[tokio::test]
async fn a_link_goes_to_another_provider_only_where_that_is_meant() {
    on_each_engine(async |world| {
        let drafted = drafted(world).await;
        let host = world.provider("Northhost", "northhost.example").await;
        let items: BTreeSet<Uuid> =
            notice::preview(&world.cw, &drafted.analyst, drafted.notice).await.unwrap().items.into_iter().collect();
        let new = Draft::new(host, items, words("It shows a child."));
        let refused = notice::draft(&world.cw, &drafted.analyst, drafted.case, &new, &Press::default()).await;
        assert!(matches!(refused, Err(NoticeError::OtherProvider)));
        let meant = Draft { even_so: true, ..new };
        notice::draft(&world.cw, &drafted.analyst, drafted.case, &meant, &Press::default()).await.unwrap();
    })
    .await;
}
