//! Acts for many cases: nothing before the half minute is over, everything after it, and nothing at all once undone.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod desk;

use std::collections::BTreeSet;

use casework::assessment::Judgement;
use casework::bulk::{self, Act, Fate, UNDO};
use casework::case::{self, Refused};
use casework::fetch_all;
use casework::history::Event;
use casework::outbox::{self, Channel, Task};
use casework::press::Press;
use casework::queue::{self, Place, QueueFilter};
use casework::staff::session::StaffSession;
use casework::taxonomy::{CaseState, Class, ContextLabel, LegalBasis, Outcome, Role};
use common::{World, on_each_engine};
use desk::{Shape, link, member};
use uuid::Uuid;

fn close(explanation: &str) -> Act {
    Act::Close { outcome: Outcome::OutOfScope, explanation: Some(explanation.to_owned()) }
}

async fn ask(world: &World, session: &StaffSession, act: &Act, cases: &[Uuid]) -> Uuid {
    let cases = cases.iter().copied().collect();
    bulk::ask(&world.cw, session, act, &cases, &Press::default()).await.unwrap()
}

/// Each case's fate and refusal, in the order of these cases.
async fn fates(world: &World, session: &StaffSession, bulk: Uuid, cases: &[Uuid]) -> Vec<(Fate, Option<String>)> {
    let (_, rows) = bulk::read(&world.cw, session, bulk).await.unwrap().expect("it is there");
    let of = |case: &Uuid| rows.iter().find(|row| row.case_id == *case).expect("the case is part of it");
    cases.iter().map(of).map(|row| (row.fate, row.refusal.clone())).collect()
}

async fn events(world: &World, session: &StaffSession, case: Uuid) -> Vec<Event> {
    let open = case::open(&world.cw, session, case).await.unwrap();
    open.history.into_iter().map(|entry| entry.event.0).collect()
}

async fn in_queue(world: &World, session: &StaffSession) -> BTreeSet<Uuid> {
    let page = queue::list(&world.cw, session, Place::Queue, &QueueFilter::default(), None).await.unwrap();
    page.rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn cases_are_closed_half_a_minute_later_each_with_its_own_history_and_words() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let olli = member(world, &hotline, "olli", Role::Analyst).await;
        let cw = &world.cw;
        let mut cases = Vec::new();
        for _ in 0..3 {
            cases.push(desk::case(world, &hotline, Shape::level(3)).await);
        }
        let danger = desk::case(world, &hotline, Shape::level(0)).await;
        let his = desk::case(world, &hotline, Shape::level(2)).await;
        queue::take(cw, &olli, his).await.unwrap();
        let all = [&cases[..], &[danger, his]].concat();
        let bulk = ask(world, &kaisa, &close("Not for a hotline."), &all).await;

        let waiting = (Fate::Waiting, None);
        let refused = |code: &str| (Fate::Refused, Some(code.to_owned()));
        let expected = [waiting.clone(), waiting.clone(), waiting, refused("not_for_you"), refused("held_by_another")];
        assert_eq!(fates(world, &kaisa, bulk, &all).await, expected);
        assert!(matches!(queue::take(cw, &olli, cases[0]).await, Err(Refused::HeldByAnother)));
        world.clock.advance(UNDO - chrono::TimeDelta::seconds(1));
        assert_eq!(bulk::carry_out_due(cw).await.unwrap(), 0);
        assert_eq!(case::open(cw, &kaisa, cases[0]).await.unwrap().messages.len(), 0);

        world.clock.advance(chrono::TimeDelta::seconds(1));
        assert_eq!(bulk::carry_out_due(cw).await.unwrap(), 3);
        assert_eq!(bulk::carry_out_due(cw).await.unwrap(), 0, "once");
        assert!(!bulk::undo(cw, &kaisa, bulk).await.unwrap(), "too late");
        for case in &cases {
            let open = case::open(cw, &kaisa, *case).await.unwrap();
            assert_eq!((open.facts.state, open.messages.len()), (CaseState::Closed, 1));
            let closed = |event: &Event| matches!(event, Event::Closed { outcome: Outcome::OutOfScope, .. });
            assert_eq!(events(world, &kaisa, *case).await.iter().filter(|event| closed(event)).count(), 1);
        }
        assert_eq!(in_queue(world, &kaisa).await, BTreeSet::from([danger]));
        let mut tx = cw.storage.read().await.unwrap();
        let sealed = fetch_all!(
            &mut tx,
            (Uuid,),
            "SELECT case_id FROM bulk_case WHERE sealed_case_key IS NOT NULL OR sealed_staff_key IS NOT NULL"
        );
        assert!(sealed.unwrap().is_empty(), "the lent keys are gone");
    })
    .await;
}

#[tokio::test]
async fn what_is_undone_in_time_never_happens() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let olli = member(world, &hotline, "olli", Role::Analyst).await;
        let cw = &world.cw;
        let free = desk::case(world, &hotline, Shape::level(3)).await;
        let mine = desk::case(world, &hotline, Shape::level(3)).await;
        queue::take(cw, &kaisa, mine).await.unwrap();
        let bulk = ask(world, &kaisa, &close("Never said."), &[free, mine]).await;
        assert!(!bulk::undo(cw, &olli, bulk).await.unwrap(), "not his");
        assert!(bulk::undo(cw, &kaisa, bulk).await.unwrap());
        world.clock.advance(UNDO * 2);
        assert_eq!(bulk::carry_out_due(cw).await.unwrap(), 0);
        assert_eq!(in_queue(world, &kaisa).await, BTreeSet::from([free]), "what was free is free again");
        let open = case::open(cw, &kaisa, mine).await.unwrap();
        assert_eq!((open.facts.holder_id, open.messages.len()), (Some(kaisa.staff), 0));
        assert!(outbox::lease(cw, Channel::Mail).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn labels_assessments_and_notices_go_to_each_case_and_it_goes_back() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let cw = &world.cw;
        world.provider("Media", "media.example").await;
        let known = desk::case(world, &hotline, Shape::level(2)).await;
        link(world, known, "https://media.example/1").await;
        link(world, known, "https://media.example/2").await;
        let unknown = desk::case(world, &hotline, Shape::level(2)).await;
        link(world, unknown, "https://elsewhere.example/1").await;
        let cases = [known, unknown];

        let labels = Act::Label { labels: BTreeSet::from([ContextLabel::Synthetic]) };
        let judgement = Judgement::new(Class::C3, *legal_basis(Class::C3), None).unwrap();
        let notify = Act::Notify { explanation: "It shows a child.".to_owned() };
        let mut asked = Vec::new();
        for act in [labels, Act::Assess { judgement }, notify] {
            asked.push(ask(world, &kaisa, &act, &cases).await);
            world.clock.advance(UNDO);
            assert_eq!(bulk::carry_out_due(cw).await.unwrap(), 2);
            assert_eq!(in_queue(world, &kaisa).await, BTreeSet::from(cases), "back in nobody's hands");
        }
        let done = (Fate::Done, None);
        assert_eq!(fates(world, &kaisa, asked[1], &cases).await, [done.clone(), done.clone()]);
        let no_provider = (Fate::Refused, Some("no_provider".to_owned()));
        assert_eq!(fates(world, &kaisa, asked[2], &cases).await, [done, no_provider]);
        let open = case::open(cw, &kaisa, known).await.unwrap();
        assert_eq!(open.labels, [ContextLabel::Synthetic]);
        let assessed = |event: &&Event| matches!(event, Event::Assessed { position: 1 });
        assert_eq!(events(world, &kaisa, known).await.iter().filter(assessed).count(), 2, "every item");
        assert_eq!(open.notices.len(), 1, "one for both links");
        let leased = outbox::lease(cw, Channel::Mail).await.unwrap().expect("the notice is on its way");
        assert!(matches!(leased.task, Task::SendNotice { .. }));
    })
    .await;
}

/// A law that bears the class out.
fn legal_basis(class: Class) -> &'static LegalBasis {
    LegalBasis::ALL.iter().find(|basis| class.can_rest_on(**basis)).expect("there is one")
}
