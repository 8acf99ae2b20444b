//! A case on the desk: opened for whom it is for, assessed by two who don't know of each other, closed with words.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod desk;

use std::collections::BTreeSet;

use casework::assessment::{self, Judgement, Look};
use casework::case::{self, OpenCase, Refused};
use casework::case_keys::EpochKey;
use casework::history::Event;
use casework::legal_hold::{self, HoldReason};
use casework::press::Press;
use casework::staff::session::StaffSession;
use casework::taxonomy::{CaseState, Class, ContextLabel, LegalBasis, Outcome, Role};
use casework::vault::KeyPair;
use casework::{audit, execute, label, note, queue, referral};
use common::{Hotline, World, on_each_engine};
use desk::{Shape, link, member, newcomer, words};
use uuid::Uuid;

fn judged(class: Class, why: &str) -> Judgement {
    let basis = match class {
        Class::C0 => LegalBasis::None,
        Class::C7 => LegalBasis::DataProtection,
        _ => LegalBasis::National,
    };
    Judgement::new(class, basis, Some(words(why))).unwrap()
}

/// A case with one link, in an analyst's hands.
async fn at_work(world: &World, hotline: &Hotline, analyst: &StaffSession) -> (Uuid, Uuid) {
    let case = desk::case(world, hotline, Shape::level(2)).await;
    let item = link(world, case, "https://pictures.example.org/a?b=c").await;
    queue::take(&world.cw, analyst, case).await.unwrap();
    (case, item)
}

async fn open(world: &World, session: &StaffSession, case: Uuid) -> OpenCase {
    case::open(&world.cw, session, case).await.unwrap()
}

async fn look(world: &World, session: &StaffSession, case: Uuid) -> Look {
    open(world, session, case).await.items.pop().unwrap().look
}

fn events(opened: &OpenCase) -> Vec<&Event> {
    opened.history.iter().map(|entry| &entry.event.0).collect()
}

#[tokio::test]
async fn a_case_opens_for_who_holds_a_key_and_for_nobody_else() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let colleague = member(world, &hotline, "olli", Role::Analyst).await;
        let waiting = newcomer(world, &hotline, "newcomer", Role::Analyst).await;
        let (case, _) = at_work(world, &hotline, &analyst).await;
        let opened = open(world, &analyst, case).await;
        assert!(opened.facts.is_held_by(&analyst));
        assert_eq!(opened.items.len(), 1);
        assert!(matches!(case::open(&world.cw, &waiting, case).await, Err(Refused::NotFound)));

        let stranger = EpochKey { epoch: hotline.epoch.epoch, key: KeyPair::generate(&*world.cw.randomness).private };
        let forged = StaffSession { epochs: vec![stranger], ..waiting };
        assert!(case::open(&world.cw, &forged, case).await.is_err());

        let reads = async || world.count("SELECT COUNT(*) FROM audit WHERE action = 'case.read'").await;
        assert_eq!(reads().await, 0, "its holder's reading is covered by the taking");
        open(world, &colleague, case).await;
        assert_eq!(reads().await, 1, "somebody else's leaves a trace");
    })
    .await;
}

#[tokio::test]
async fn the_second_assessor_judges_without_the_first_answer() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let first = member(world, &hotline, "kaisa", Role::Analyst).await;
        let second = member(world, &hotline, "olli", Role::Analyst).await;
        let (case, item) = at_work(world, &hotline, &first).await;
        let cw = &world.cw;
        assert!(matches!(
            assessment::assess(cw, &second, case, item, &judged(Class::C3, "early")).await,
            Err(Refused::NotInYourHands)
        ));
        assessment::assess(cw, &first, case, item, &judged(Class::C3, "first")).await.unwrap();
        assert!(matches!(look(world, &second, case).await, Look::AwaitsSecond { own: None }));
        assert!(matches!(look(world, &first, case).await, Look::AwaitsSecond { own: Some(_) }));
        assert_eq!(queue::counts(cw, &second).await.unwrap().second_look, 1);
        assert_eq!(queue::counts(cw, &first).await.unwrap().second_look, 0, "the second is another person");

        assessment::assess(cw, &second, case, item, &judged(Class::C3, "second")).await.unwrap();
        let Look::Done { all } = look(world, &second, case).await else { panic!("two agree") };
        assert_eq!(all.len(), 2);
        assert_eq!(queue::counts(cw, &second).await.unwrap().second_look, 0);
        assert!(matches!(
            assessment::assess(cw, &second, case, item, &judged(Class::C4, "again")).await,
            Err(Refused::AlreadyAssessed)
        ));
    })
    .await;
}

#[tokio::test]
async fn where_two_differ_a_lead_who_made_neither_decides() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let first = member(world, &hotline, "kaisa", Role::Analyst).await;
        let second = member(world, &hotline, "olli", Role::Lead).await;
        let lead = member(world, &hotline, "lea", Role::Lead).await;
        let (case, item) = at_work(world, &hotline, &first).await;
        let cw = &world.cw;
        assessment::assess(cw, &first, case, item, &judged(Class::C1, "first")).await.unwrap();
        assessment::assess(cw, &second, case, item, &judged(Class::C3, "second")).await.unwrap();
        assert!(events(&open(world, &first, case).await).contains(&&Event::AssessorsDiffer));
        assert!(matches!(
            assessment::assess(cw, &second, case, item, &judged(Class::C3, "mine")).await,
            Err(Refused::SamePerson)
        ));
        assert_eq!(queue::counts(cw, &second).await.unwrap().second_look, 0);
        assert_eq!(queue::counts(cw, &lead).await.unwrap().second_look, 1);
        let Look::AwaitsLead { both, may_decide } = look(world, &lead, case).await else { panic!("two differ") };
        assert!(may_decide && both.len() == 2);
        assessment::assess(cw, &lead, case, item, &judged(Class::C3, "decided")).await.unwrap();
        let Look::Done { all } = look(world, &first, case).await else { panic!("decided") };
        assert_eq!(all.last().map(|last| last.judgement.note.as_str()), Some("decided"));
    })
    .await;
}

#[tokio::test]
async fn a_class_that_needs_one_person_is_done_at_once_and_the_first_may_change_their_mind() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let (case, item) = at_work(world, &hotline, &analyst).await;
        for class in [Class::C7, Class::C1, Class::C0] {
            assessment::assess(&world.cw, &analyst, case, item, &judged(class, "why")).await.unwrap();
        }
        let Look::Done { all } = look(world, &analyst, case).await else { panic!("C0 needs one person") };
        assert_eq!(all.iter().map(|one| one.judgement.class).collect::<Vec<_>>(), [Class::C0]);
    })
    .await;
}

#[tokio::test]
async fn only_its_holder_acts_and_only_along_legal_steps() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let other = member(world, &hotline, "olli", Role::Analyst).await;
        let (case, _) = at_work(world, &hotline, &analyst).await;
        let cw = &world.cw;
        let hello = words("Hello. We are on it.");
        assert!(matches!(
            case::write_to_reporter(cw, &other, case, &hello, true, &Press::default()).await,
            Err(Refused::NotInYourHands)
        ));
        assert!(matches!(note::add(cw, &other, case, &hello, &Press::default()).await, Err(Refused::NotInYourHands)));
        assert!(matches!(case::close(cw, &other, case, Outcome::Removed, None).await, Err(Refused::NotInYourHands)));

        for to in
            [CaseState::Received, CaseState::Closed, CaseState::Withdrawn, CaseState::Appealed, CaseState::InReview]
        {
            assert!(matches!(case::change_state(cw, &analyst, case, to).await, Err(Refused::NotNow)), "{to}");
        }
        case::write_to_reporter(cw, &analyst, case, &hello, true, &Press::default()).await.unwrap();
        let opened = open(world, &analyst, case).await;
        assert_eq!(opened.facts.state, CaseState::WaitingForReporter);
        assert_eq!(opened.messages[0].body, "Hello. We are on it.");
        case::change_state(cw, &analyst, case, CaseState::WaitingForProviders).await.unwrap();
        case::change_state(cw, &analyst, case, CaseState::InReview).await.unwrap();
        assert!(matches!(case::reopen(cw, &analyst, case).await, Err(Refused::NotNow)));
    })
    .await;
}

#[tokio::test]
async fn a_case_in_which_nothing_could_be_done_is_closed_with_words_and_can_be_opened_again() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let (case, _) = at_work(world, &hotline, &analyst).await;
        let cw = &world.cw;
        assert!(matches!(
            case::close(cw, &analyst, case, Outcome::NotFound, None).await,
            Err(Refused::NeedsExplanation)
        ));
        case::close(cw, &analyst, case, Outcome::NotFound, Some(&words("It was gone already."))).await.unwrap();
        let opened = open(world, &analyst, case).await;
        assert_eq!((opened.facts.state, opened.facts.outcome), (CaseState::Closed, Some(Outcome::NotFound)));
        assert_eq!(opened.facts.holder_id, None);
        assert_eq!(opened.messages[0].body, "It was gone already.");
        assert!(matches!(queue::take(cw, &analyst, case).await, Err(Refused::NotNow)));
        case::reopen(cw, &analyst, case).await.unwrap();
        assert_eq!(queue::take_next(cw, &analyst).await.unwrap(), Some(case));
    })
    .await;
}

#[tokio::test]
async fn notes_labels_and_a_legal_hold_are_kept_and_every_act_is_in_history_and_audit() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let lead = member(world, &hotline, "lea", Role::Lead).await;
        let (case, _) = at_work(world, &hotline, &analyst).await;
        let cw = &world.cw;
        note::add(cw, &analyst, case, &words("Calls from the school."), &Press::default()).await.unwrap();
        let both = BTreeSet::from([ContextLabel::Coerced, ContextLabel::ChildMade]);
        label::set(cw, &analyst, case, &both).await.unwrap();
        label::set(cw, &analyst, case, &BTreeSet::from([ContextLabel::Coerced])).await.unwrap();
        assert!(matches!(legal_hold::put(cw, &analyst, case, HoldReason::Police, None).await, Err(Refused::LeadsOnly)));
        legal_hold::put(cw, &lead, case, HoldReason::Police, Some(&words("File 12."))).await.unwrap();

        let opened = open(world, &analyst, case).await;
        assert_eq!(opened.labels, [ContextLabel::Coerced]);
        assert_eq!(opened.notes[0].body, "Calls from the school.");
        assert!(opened.facts.legal_hold);
        let events = events(&opened);
        for event in
            [Event::Taken, Event::Opened, Event::Noted, Event::LegalHold { on: true, reason: Some(HoldReason::Police) }]
        {
            assert!(events.contains(&&event), "{event:?}");
        }
        assert!(events.contains(&&Event::Unlabelled { label: "child_made".to_owned() }));
        assert!(matches!(audit::verify(cw, None).await.unwrap(), audit::Verdict::Whole(_)));
        for action in ["case.take", "note.write", "case.label", "case.legal_hold"] {
            let mut tx = cw.storage.read().await.unwrap();
            let (rows,) =
                casework::fetch_one!(&mut tx, (i64,), "SELECT COUNT(*) FROM audit WHERE action = $1", action).unwrap();
            assert!(rows > 0, "{action}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_referral_to_a_hotline_that_works_here_hands_the_case_on() {
    on_each_engine(async |world| {
        let north = world.hotline().await;
        let south = second_hotline(world).await;
        let police = organisation(world, "police", "Harbour police").await;
        let analyst = member(world, &north, "kaisa", Role::Analyst).await;
        let sister = member(world, &south, "sara", Role::Analyst).await;
        let (case, _) = at_work(world, &north, &analyst).await;
        let cw = &world.cw;
        let why = words("They know this provider.");
        referral::refer(cw, &analyst, case, police, &why, &Press::default()).await.unwrap();
        assert!(open(world, &analyst, case).await.facts.is_held_by(&analyst), "police do not take it over");
        assert!(matches!(case::open(cw, &sister, case).await, Err(Refused::NotFound)));

        referral::refer(cw, &analyst, case, south.id, &why, &Press::default()).await.unwrap();
        assert_eq!(queue::take_next(cw, &analyst).await.unwrap(), None, "it stands in one hotline's queue");
        assert_eq!(queue::take_next(cw, &sister).await.unwrap(), Some(case));
        assert_eq!(open(world, &sister, case).await.referrals.len(), 2);
        assert_eq!(
            open(world, &analyst, case).await.referrals[0].body,
            "They know this provider.",
            "who had it may read it"
        );
        assert!(matches!(note::add(cw, &analyst, case, &why, &Press::default()).await, Err(Refused::NotInYourHands)));
    })
    .await;
}

async fn organisation(world: &World, kind: &str, name: &str) -> Uuid {
    let id = world.cw.new_id();
    let mut tx = world.cw.storage.write().await.unwrap();
    execute!(
        &mut tx,
        "INSERT INTO organisation (id, kind, name, created_at) VALUES ($1, $2, $3, $4)",
        id,
        kind,
        name,
        world.cw.now()
    )
    .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn second_hotline(world: &World) -> Hotline {
    let id = organisation(world, "hotline", "South Hotline").await;
    let (epoch, pair) = (world.cw.new_id(), KeyPair::generate(&*world.cw.randomness));
    let mut tx = world.cw.storage.write().await.unwrap();
    execute!(
        &mut tx,
        "INSERT INTO epoch (id, organisation_id, number, public_key, created_at) VALUES ($1, $2, 1, $3, $4)",
        epoch,
        id,
        pair.public,
        world.cw.now()
    )
    .unwrap();
    tx.commit().await.unwrap();
    Hotline { id, epoch: EpochKey { epoch, key: pair.private } }
}
