//! A reporter's own case, through the use cases that its pages call.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use casework::case_code::CaseCode;
use casework::history::{self, Actor, Event};
use casework::mine::{self, Addition, IDLE, ITEMS, Mine, Refusal};
use casework::outbox::{self, Channel, Task};
use casework::press::Press;
use casework::taxonomy::{CaseState, NoticeState, Outcome};
use casework::text::Words;
use casework::vault::CookieToken;
use casework::{case_keys, contact, execute, fetch_one, message};
use chrono::TimeDelta;
use common::sent::{self, Sent};
use common::{World, on_each_engine};
use uuid::Uuid;

fn words(text: &str) -> Words {
    Words::parse(text, 5_000).unwrap()
}

/// A member of staff, to write messages as.
async fn staff(world: &World, hotline: Uuid) -> Uuid {
    let id = world.cw.new_id();
    let mut tx = world.cw.storage.write().await.unwrap();
    execute!(
        &mut tx,
        "INSERT INTO staff (id, organisation_id, sign_in, name, role, language, state, created_at)
         VALUES ($1, $2, 'anna', 'Anna', 'analyst', 'en', 'active', $3)",
        id,
        hotline,
        world.cw.now()
    )
    .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn staff_writes(world: &World, case: Uuid, staff: Uuid, text: &str) -> Uuid {
    let mut tx = world.cw.storage.write().await.unwrap();
    let keys = case_keys::public_keys(&mut tx, case).await.unwrap().unwrap();
    let id = message::from_staff(&world.cw, &mut tx, case, &keys, staff, &words(text)).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn happened(world: &World, case: Uuid, staff: Uuid, subject: Option<Uuid>, event: &Event) {
    let mut tx = world.cw.storage.write().await.unwrap();
    history::record(&world.cw, &mut tx, case, Actor::Staff(staff), subject, event).await.unwrap();
    tx.commit().await.unwrap();
}

async fn state_of(world: &World, sent: &Sent) -> String {
    let mut tx = world.cw.storage.read().await.unwrap();
    fetch_one!(&mut tx, (String,), "SELECT state FROM cases WHERE id = $1", sent.case).unwrap().0
}

#[tokio::test]
async fn the_code_opens_the_case_however_it_is_typed() {
    on_each_engine(async |world| {
        world.hotline().await;
        let sent = sent::picture(world).await;
        let typed: CaseCode = sent.code.to_string().to_lowercase().replace('-', " ").parse().unwrap();
        let token = mine::enter(&world.cw, &typed).await.unwrap().unwrap();
        let case = sent.seen(world, &token).await;
        assert_eq!(case.state, CaseState::Received);
        assert_eq!(case.country.as_deref(), Some("FI"));
        assert_eq!((case.protection.files, case.protection.listed), (1, 1));
        assert_eq!(case.places.iter().map(|place| place.name.as_str()).collect::<Vec<_>>(), ["example.com"]);
        assert!(case.places[0].notice.is_none());
        assert!(case.timeline.iter().any(|entry| entry.event.0 == Event::Received));
        assert!(case.timeline.iter().all(|entry| entry.for_reporter));
    })
    .await;
}

#[tokio::test]
async fn a_code_that_opens_nothing_leaves_nothing_behind() {
    on_each_engine(async |world| {
        world.hotline().await;
        sent::picture(world).await;
        let other = CaseCode::generate(&*world.cw.randomness);
        assert!(mine::enter(&world.cw, &other).await.unwrap().is_none());
        assert_eq!(world.count("SELECT count(*) FROM session").await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_session_ends_by_leaving_and_by_half_an_hour_without_a_step() {
    on_each_engine(async |world| {
        world.hotline().await;
        let sent = sent::picture(world).await;
        let (left, idle) = (sent.enter(world).await, sent.enter(world).await);
        mine::leave(&world.cw, &left).await.unwrap();
        assert!(mine::my_case(&world.cw, &left).await.unwrap().is_none());

        world.clock.advance(IDLE - TimeDelta::seconds(1));
        assert!(mine::my_case(&world.cw, &idle).await.unwrap().is_some(), "each step lengthens it");
        world.clock.advance(IDLE - TimeDelta::seconds(1));
        assert!(mine::my_case(&world.cw, &idle).await.unwrap().is_some());
        world.clock.advance(IDLE);
        assert!(mine::my_case(&world.cw, &idle).await.unwrap().is_none());
        let stranger = CookieToken::generate(&*world.cw.randomness);
        assert!(mine::my_case(&world.cw, &stranger).await.unwrap().is_none());
        assert!(matches!(
            mine::write(&world.cw, &idle, &words("hello"), &Press::default()).await,
            Err(Refusal::NotOpen)
        ));
    })
    .await;
}

#[tokio::test]
async fn messages_go_both_ways_and_are_counted_until_read() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let anna = staff(world, hotline.id).await;
        let sent = sent::picture(world).await;
        let token = sent.enter(world).await;
        mine::write(&world.cw, &token, &words("Is it gone?"), &Press::default()).await.unwrap();
        assert_eq!(world.count("SELECT unread_from_reporter FROM cases").await, 1);
        world.clock.advance(TimeDelta::minutes(1));
        staff_writes(world, sent.case, anna, "We asked them.").await;

        assert_eq!(world.count("SELECT count(*) FROM message WHERE read_at IS NULL").await, 2);
        let case = sent.seen(world, &token).await;
        let thread: Vec<_> =
            case.messages.iter().map(|message| (message.from_reporter, message.body.as_str())).collect();
        assert_eq!(thread, [(true, "Is it gone?"), (false, "We asked them.")]);
        assert_eq!(world.count("SELECT count(*) FROM message WHERE read_at IS NULL").await, 1, "hers, by staff");

        let mut tx = world.cw.storage.write().await.unwrap();
        message::read_by_staff(&world.cw, &mut tx, sent.case).await.unwrap();
        let keys =
            case_keys::open_for_staff(&mut tx, std::slice::from_ref(&hotline.epoch), sent.case).await.unwrap().unwrap();
        let staffs = message::of_case(&mut tx, sent.case, &keys.case).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(staffs.len(), 2);
        assert_eq!(world.count("SELECT unread_from_reporter FROM cases").await, 0);
    })
    .await;
}

#[tokio::test]
async fn writing_wakes_what_waited_and_opens_what_was_closed() {
    on_each_engine(async |world| {
        world.hotline().await;
        let sent = sent::picture(world).await;
        let token = sent.enter(world).await;
        for (before, outcome, after) in [
            ("received", None, "received"),
            ("waiting_for_reporter", None, "in_review"),
            ("waiting_for_providers", None, "waiting_for_providers"),
            ("closed", Some("not_found"), "reopened"),
        ] {
            sent.becomes(world, before, outcome).await;
            mine::write(&world.cw, &token, &words("There is more."), &Press::default()).await.unwrap();
            assert_eq!(state_of(world, &sent).await, after, "from {before}");
        }
        assert!(sent.seen(world, &token).await.outcome.is_none());
    })
    .await;
}

#[tokio::test]
async fn what_is_added_later_is_sealed_and_listed_like_the_rest() {
    on_each_engine(async |world| {
        world.hotline().await;
        world.provider("Sharepic", "sharepic.example").await;
        let sent = sent::picture(world).await;
        let token = sent.enter(world).await;
        let addition = Addition {
            locations: vec!["https://img.sharepic.example/later".parse().unwrap()],
            accounts: vec![casework::account::AccountHandle::parse("Chatterbox", "@someone").unwrap()],
            files: vec![serde_json::from_str(&sent::FILE.replace("01\"", "02\"")).unwrap()],
            words: Some(words("It came back.")),
        };
        mine::add(&world.cw, &token, &addition, None, &Press::default()).await.unwrap();
        let case = sent.seen(world, &token).await;
        let places: Vec<_> = case.places.iter().map(|place| place.name.as_str()).collect();
        assert_eq!(places, ["Chatterbox", "Sharepic", "example.com"]);
        assert_eq!((case.protection.files, case.protection.listed), (2, 2));
        assert!(case.timeline.iter().any(|entry| entry.event.0 == Event::ReporterAdded { locations: 2, files: 1 }));
        assert!(world.count("SELECT unread_from_reporter FROM cases").await > 0);
    })
    .await;
}

#[tokio::test]
async fn a_case_holds_no_more_than_a_hundred_items() {
    on_each_engine(async |world| {
        world.hotline().await;
        let sent = sent::picture(world).await;
        let token = sent.enter(world).await;
        let links = |count: usize| Addition {
            locations: (0..count).map(|n| format!("https://media.example.org/{n}").parse().unwrap()).collect(),
            ..Addition::default()
        };
        assert!(matches!(
            mine::add(&world.cw, &token, &links(ITEMS - 1), None, &Press::default()).await,
            Err(Refusal::TooMany)
        ));
        assert_eq!(world.count("SELECT count(*) FROM item").await, 2, "nothing of it was kept");
        mine::add(&world.cw, &token, &links(ITEMS - 2), None, &Press::default()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn when_nothing_could_be_done_the_case_says_why_and_can_be_appealed() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let anna = staff(world, hotline.id).await;
        let sent = sent::picture(world).await;
        let token = sent.enter(world).await;
        assert!(matches!(
            mine::appeal(&world.cw, &token, &words("why"), &Press::default()).await,
            Err(Refusal::NotNow)
        ));

        let why = staff_writes(world, sent.case, anna, "The link was dead when we looked.").await;
        sent.becomes(world, "closed", Some("not_found")).await;
        let closed = Event::Closed { outcome: Outcome::NotFound, explanation: None };
        happened(world, sent.case, anna, Some(why), &closed).await;
        let case = sent.seen(world, &token).await;
        assert!(case.nothing_could_be_done() && case.can_be_appealed());
        assert_eq!(case.explanation.as_deref(), Some("The link was dead when we looked."));

        mine::appeal(&world.cw, &token, &words("It is back."), &Press::default()).await.unwrap();
        let case = sent.seen(world, &token).await;
        assert_eq!(case.state, CaseState::Appealed);
        assert!(!case.can_be_appealed());
        assert!(!case.nothing_could_be_done(), "that is open again");
        assert!(case.messages.iter().any(|message| message.body == "It is back."));
        assert_eq!(world.count("SELECT count(*) FROM cases WHERE holder_id IS NULL").await, 1, "back in the queue");
    })
    .await;
}

#[tokio::test]
async fn at_most_three_mails_and_none_while_one_waits() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let anna = staff(world, hotline.id).await;
        let sent = sent::picture(world).await;
        happened(world, sent.case, anna, None, &Event::Opened).await;
        assert!(outbox::lease(&world.cw, Channel::Mail).await.unwrap().is_none(), "reading a case is not worth a mail");
        let mut mails = 0;
        for round in 0..5 {
            staff_writes(world, sent.case, anna, "one").await;
            let removed = Event::Notice { provider: "Sharepic".to_owned(), state: NoticeState::Removed, reason: None };
            happened(world, sent.case, anna, None, &removed).await;
            let Some(leased) = outbox::lease(&world.cw, Channel::Mail).await.unwrap() else { continue };
            assert!(matches!(leased.task, Task::MailReporter { case } if case == sent.case), "round {round}");
            let mut tx = world.cw.storage.write().await.unwrap();
            let address = contact::address(&world.cw, &mut tx, sent.case).await.unwrap().unwrap();
            assert_eq!((address.email.as_str(), address.language.as_str()), (sent::EMAIL, "en"));
            outbox::done(&world.cw, &mut tx, leased.id).await.unwrap();
            tx.commit().await.unwrap();
            assert!(outbox::lease(&world.cw, Channel::Mail).await.unwrap().is_none(), "one mail for both");
            mails += 1;
        }
        assert_eq!(mails, contact::MAILS);
    })
    .await;
}

#[tokio::test]
async fn an_open_case_is_no_key_to_another() {
    on_each_engine(async |world| {
        world.hotline().await;
        let (mine, other) = (sent::picture(world).await, sent::picture(world).await);
        let token = mine.enter(world).await;
        let mut tx = world.cw.storage.write().await.unwrap();
        execute!(&mut tx, "UPDATE session SET case_id = $1", other.case).unwrap();
        tx.commit().await.unwrap();
        let stolen = mine::my_case(&world.cw, &token).await;
        assert!(!matches!(stolen, Ok(Some(Mine::Case(_)))), "a moved session row opens nothing");
    })
    .await;
}
