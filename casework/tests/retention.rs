//! What is erased by rule: so many days after an end, a day after the rule was made, never under a legal hold, and the trace
//! it leaves.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod desk;

use casework::erasure::{self, Round, WAIT, Wish};
use casework::figures::Ending;
use casework::legal_hold::{self, HoldReason};
use casework::mine::{self, Mine};
use casework::press::Press;
use casework::retention::{self, NOTICE, Outlook, Trace, Why};
use casework::staff::session::StaffSession;
use casework::taxonomy::{Outcome, Role};
use casework::vault::CookieToken;
use casework::{case, execute};
use chrono::TimeDelta;
use common::sent::{self, Sent};
use common::{World, on_each_engine};
use desk::member;

const REFERRED: Ending = Ending::Closed(Outcome::Referred);

async fn rules(world: &World, by: &StaffSession, days: &[(Ending, Option<u32>)]) {
    retention::save(&world.cw, by, days).await.unwrap();
}

/// Ends a case now.
async fn ends(world: &World, sent: &Sent, outcome: Outcome) {
    sent.becomes(world, "closed", Some(outcome.as_str())).await;
    let mut tx = world.cw.storage.write().await.unwrap();
    execute!(&mut tx, "UPDATE cases SET closed_at = $1 WHERE id = $2", world.cw.now(), sent.case).unwrap();
    tx.commit().await.unwrap();
}

async fn round(world: &World) -> u32 {
    erasure::run_due(&world.cw).await.unwrap().erased
}

async fn leads(world: &World) -> (StaffSession, StaffSession) {
    let hotline = world.hotline().await;
    let lead = member(world, &hotline, "lea", Role::Lead).await;
    (member(world, &hotline, "ada", Role::Administrator).await, lead)
}

#[tokio::test]
async fn a_case_goes_when_its_rule_says_and_its_files_stay_protected() {
    on_each_engine(async |world| {
        let (ada, lead) = leads(world).await;
        let (referred, other) = (sent::picture(world).await, sent::picture(world).await);
        let open = sent::picture(world).await;
        ends(world, &referred, Outcome::Referred).await;
        ends(world, &other, Outcome::NotFound).await;
        rules(world, &ada, &[(REFERRED, Some(30))]).await;
        let ended_at = world.cw.now();
        let token = referred.enter(world).await;
        assert_eq!(referred.seen(world, &token).await.erased_at, Some(ended_at + TimeDelta::days(30)));
        assert_eq!(other.seen(world, &other.enter(world).await).await.erased_at, None);
        assert_eq!(open.seen(world, &open.enter(world).await).await.erased_at, None);
        let shown = case::open(&world.cw, &lead, referred.case).await.unwrap().erased_at;
        assert_eq!(shown, Some(ended_at + TimeDelta::days(30)));

        world.clock.set(ended_at + TimeDelta::days(30) - TimeDelta::microseconds(1));
        assert_eq!(round(world).await, 0);
        world.clock.set(ended_at + TimeDelta::days(30));
        assert_eq!(round(world).await, 1);
        assert_eq!(round(world).await, 0, "once");
        assert_eq!(world.count("SELECT count(*) FROM cases").await, 2, "the others stay");
        let token = referred.enter(world).await;
        assert!(
            matches!(mine::my_case(&world.cw, &token).await.unwrap(), Some(Mine::Stub(_))),
            "the file is listed on"
        );
        let day = world.cw.now().date_naive();
        let trace = retention::trace(&world.cw, &lead).await.unwrap();
        assert_eq!(trace, [Trace { day, why: Why::Rule(REFERRED, 30), number: 1 }]);
        assert_eq!(
            world.count("SELECT count(*) FROM audit WHERE action = 'case.erased' AND payload = 'referred:30'").await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_changed_rule_waits_a_day_and_one_that_stayed_goes_on() {
    on_each_engine(async |world| {
        let (ada, _) = leads(world).await;
        let sent = sent::picture(world).await;
        ends(world, &sent, Outcome::Referred).await;
        world.clock.advance(TimeDelta::days(100));
        let slip = [(REFERRED, Some(1)), (Ending::Withdrawn, None)];
        rules(world, &ada, &slip).await;
        assert_eq!(round(world).await, 0, "a slip can be put right");
        world.clock.advance(NOTICE - TimeDelta::microseconds(1));
        assert_eq!(round(world).await, 0);
        rules(world, &ada, &[(REFERRED, Some(1)), (Ending::Withdrawn, Some(5))]).await;
        world.clock.advance(TimeDelta::microseconds(1));
        assert_eq!(round(world).await, 1, "saving the same again does not put it off");
    })
    .await;
}

#[tokio::test]
async fn a_rule_that_is_taken_back_in_time_erases_nothing() {
    on_each_engine(async |world| {
        let (ada, _) = leads(world).await;
        let sent = sent::picture(world).await;
        ends(world, &sent, Outcome::Referred).await;
        rules(world, &ada, &[(REFERRED, Some(1))]).await;
        rules(world, &ada, &[(REFERRED, None)]).await;
        world.clock.advance(TimeDelta::days(400));
        assert_eq!(round(world).await, 0);
        assert_eq!(retention::rules(&world.cw).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_legal_hold_stops_every_erasing_and_stands_on_the_page_with_its_reason() {
    on_each_engine(async |world| {
        let (ada, lead) = leads(world).await;
        let sent = sent::picture(world).await;
        ends(world, &sent, Outcome::Referred).await;
        rules(world, &ada, &[(REFERRED, Some(2))]).await;
        legal_hold::put(&world.cw, &lead, sent.case, HoldReason::Court, None).await.unwrap();
        assert!(legal_hold::put(&world.cw, &lead, sent.case, HoldReason::Police, None).await.is_err(), "it is on");
        let token = sent.enter(world).await;
        erasure::ask(&world.cw, &token, Wish { words: true, ..Wish::default() }).await.unwrap();
        world.clock.advance(WAIT * 2);
        assert_eq!(erasure::run_due(&world.cw).await.unwrap(), Round::default());
        let holds = legal_hold::all(&world.cw, &lead).await.unwrap();
        assert_eq!(holds.len(), 1);
        assert_eq!((holds[0].reason, holds[0].by.as_deref()), (Some(HoldReason::Court), Some("lea")));
        assert!(holds[0].is_waited_for, "its reporter asked to have it erased");
        legal_hold::lift(&world.cw, &lead, sent.case).await.unwrap();
        assert!(legal_hold::lift(&world.cw, &lead, sent.case).await.is_err(), "it is off");
        assert_eq!(round(world).await, 1);
        let why = retention::trace(&world.cw, &lead).await.unwrap()[0].why;
        assert_eq!(why, Why::Wish, "the reporter was first");
    })
    .await;
}

#[tokio::test]
async fn a_withdrawn_case_that_goes_on_after_all_is_not_erased() {
    on_each_engine(async |world| {
        let (ada, _) = leads(world).await;
        let (gone, back) = (sent::picture(world).await, sent::picture(world).await);
        rules(world, &ada, &[(Ending::Withdrawn, Some(10))]).await;
        let stop = Wish { stop: true, ..Wish::default() };
        let mut tokens: Vec<CookieToken> = Vec::new();
        for sent in [&gone, &back] {
            // Nobody is threatened any more: who asks to stop is not read first.
            let mut tx = world.cw.storage.write().await.unwrap();
            execute!(&mut tx, "UPDATE cases SET level = 3 WHERE id = $1", sent.case).unwrap();
            tx.commit().await.unwrap();
            let token = sent.enter(world).await;
            erasure::ask(&world.cw, &token, stop).await.unwrap();
            tokens.push(token);
        }
        erasure::cancel(&world.cw, &tokens[1]).await.unwrap();
        world.clock.advance(TimeDelta::days(10));
        assert_eq!(round(world).await, 1);
        let left = casework::text::Words::parse("Still here", 80).unwrap();
        let token = back.enter(world).await;
        mine::write(&world.cw, &token, &left, &Press::default()).await.expect("the other goes on");
    })
    .await;
}

#[tokio::test]
async fn what_rules_would_take_is_shown_before() {
    on_each_engine(async |world| {
        let (_, lead) = leads(world).await;
        let (old, new, held) = (sent::picture(world).await, sent::picture(world).await, sent::picture(world).await);
        ends(world, &old, Outcome::Referred).await;
        ends(world, &held, Outcome::Referred).await;
        legal_hold::put(&world.cw, &lead, held.case, HoldReason::Police, None).await.unwrap();
        world.clock.advance(TimeDelta::days(40));
        ends(world, &new, Outcome::Referred).await;
        let days = [(REFERRED, Some(20)), (Ending::Withdrawn, Some(5)), (Ending::Closed(Outcome::Removed), None)];
        let outlook = retention::outlook(&world.cw, &days).await.unwrap();
        let expected = [
            Outlook { ending: REFERRED, at_once: 1, ahead: 1 },
            Outlook { ending: Ending::Withdrawn, at_once: 0, ahead: 0 },
        ];
        assert_eq!(outlook, expected);
        assert_eq!(retention::rules(&world.cw).await.unwrap(), [], "nothing was saved");
    })
    .await;
}
