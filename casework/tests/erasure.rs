//! Taking back: two wishes, seven days, and nothing left but counts, the audit chain and, at most, a stub.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use casework::audit::{self, Verdict};
use casework::erasure::{self, Round, WAIT, Wish};
use casework::execute;
use casework::mine::{self, Mine, Stub};
use casework::press::Press;
use casework::text::Words;
use casework::vault::CookieToken;
use chrono::TimeDelta;
use common::sent::{self, Sent};
use common::{World, on_each_engine, on_sqlite};

const WORDS: Wish = Wish { stop: false, words: true, protection: false };
const PROTECTION: Wish = Wish { stop: false, words: false, protection: true };
const BOTH: Wish = Wish { stop: false, words: true, protection: true };

/// Every table that may hold something of a case.
const EMPTY_AFTER: [&str; 15] = [
    "SELECT count(*) FROM cases",
    "SELECT count(*) FROM case_key",
    "SELECT count(*) FROM answer",
    "SELECT count(*) FROM item",
    "SELECT count(*) FROM fingerprint",
    "SELECT count(*) FROM message",
    "SELECT count(*) FROM note",
    "SELECT count(*) FROM notice",
    "SELECT count(*) FROM contact",
    "SELECT count(*) FROM history",
    "SELECT count(*) FROM outbox",
    "SELECT count(*) FROM session",
    "SELECT count(*) FROM draft",
    "SELECT count(*) FROM referral",
    "SELECT count(*) FROM label",
];

async fn stub(world: &World, token: &CookieToken) -> Stub {
    match mine::my_case(&world.cw, token).await.unwrap() {
        Some(Mine::Stub(stub)) => stub,
        _ => panic!("what is left of the case"),
    }
}

async fn hold(world: &World, sent: &Sent, on: bool) {
    let mut tx = world.cw.storage.write().await.unwrap();
    execute!(&mut tx, "UPDATE cases SET legal_hold = $1 WHERE id = $2", on, sent.case).unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn nothing_is_gone_before_seven_days_and_everything_after() {
    on_each_engine(async |world| {
        world.hotline().await;
        let sent = sent::picture(world).await;
        let token = sent.enter(world).await;
        mine::write(&world.cw, &token, &Words::parse("more", 100).unwrap(), &Press::default()).await.unwrap();
        let due = erasure::ask(&world.cw, &token, BOTH).await.unwrap();
        assert_eq!(due, world.cw.now() + WAIT);
        let case = sent.seen(world, &token).await;
        assert_eq!((case.erase_words_at, case.end_protection_at), (Some(due), Some(due)));

        world.clock.set(due - TimeDelta::microseconds(1));
        assert_eq!(erasure::run_due(&world.cw).await.unwrap(), Round::default());
        world.clock.set(due);
        assert_eq!(erasure::run_due(&world.cw).await.unwrap(), Round { erased: 1, unprotected: 1 });
        for table in EMPTY_AFTER {
            assert_eq!(world.count(table).await, 0, "{table}");
        }
        assert_eq!(
            world.count("SELECT number FROM erased_count WHERE harm = 'own_image' AND outcome = 'none'").await,
            1
        );
        assert_eq!(world.count("SELECT count(*) FROM withdrawal_stub").await, 0);
        assert!(mine::enter(&world.cw, &sent.code).await.unwrap().is_none(), "the code opens nothing");
        assert!(matches!(audit::verify(&world.cw, None).await.unwrap(), Verdict::Whole(_)));
        assert_eq!(erasure::run_due(&world.cw).await.unwrap(), Round::default());
    })
    .await;
}

#[tokio::test]
async fn asking_again_does_not_put_the_day_off_and_cancelling_keeps_everything() {
    on_each_engine(async |world| {
        world.hotline().await;
        let sent = sent::picture(world).await;
        let token = sent.enter(world).await;
        let due = erasure::ask(&world.cw, &token, WORDS).await.unwrap();
        world.clock.advance(TimeDelta::minutes(5));
        erasure::ask(&world.cw, &token, BOTH).await.unwrap();
        let case = sent.seen(world, &token).await;
        assert_eq!(case.erase_words_at, Some(due));
        assert_eq!(case.end_protection_at, Some(due + TimeDelta::minutes(5)));

        erasure::cancel(&world.cw, &token).await.unwrap();
        world.clock.advance(WAIT + TimeDelta::days(1));
        assert_eq!(erasure::run_due(&world.cw).await.unwrap(), Round::default());
        let token = sent.enter(world).await;
        let case = sent.seen(world, &token).await;
        assert_eq!((case.erase_words_at, case.end_protection_at, case.protection.listed), (None, None, 1));
    })
    .await;
}

#[tokio::test]
async fn ending_protection_leaves_the_words() {
    on_each_engine(async |world| {
        world.hotline().await;
        let sent = sent::picture(world).await;
        let token = sent.enter(world).await;
        erasure::ask(&world.cw, &token, PROTECTION).await.unwrap();
        world.clock.advance(WAIT);
        assert_eq!(erasure::run_due(&world.cw).await.unwrap(), Round { erased: 0, unprotected: 1 });
        let token = sent.enter(world).await;
        let case = sent.seen(world, &token).await;
        assert_eq!((case.protection.files, case.protection.listed, case.end_protection_at), (1, 0, None));
    })
    .await;
}

#[tokio::test]
async fn where_protection_goes_on_the_code_opens_the_page_that_ends_it() {
    on_each_engine(async |world| {
        world.hotline().await;
        let sent = sent::picture(world).await;
        let token = sent.enter(world).await;
        erasure::ask(&world.cw, &token, WORDS).await.unwrap();
        world.clock.advance(WAIT);
        assert_eq!(erasure::run_due(&world.cw).await.unwrap(), Round { erased: 1, unprotected: 0 });
        assert!(world.count("SELECT count(*) FROM claim WHERE ended_at IS NULL").await > 0);

        let token = sent.enter(world).await;
        assert_eq!(stub(world, &token).await.erased_at, world.cw.now());
        let refused = mine::write(&world.cw, &token, &Words::parse("hello", 100).unwrap(), &Press::default()).await;
        assert!(matches!(refused, Err(mine::Refusal::NotNow)));

        let due = erasure::ask(&world.cw, &token, PROTECTION).await.unwrap();
        assert_eq!(stub(world, &token).await.end_protection_at, Some(due));
        erasure::cancel(&world.cw, &token).await.unwrap();
        assert_eq!(stub(world, &token).await.end_protection_at, None);
        erasure::ask(&world.cw, &token, PROTECTION).await.unwrap();
        world.clock.advance(WAIT);
        assert_eq!(erasure::run_due(&world.cw).await.unwrap(), Round { erased: 0, unprotected: 1 });
        assert_eq!(world.count("SELECT count(*) FROM claim WHERE ended_at IS NULL").await, 0);
        assert!(mine::enter(&world.cw, &sent.code).await.unwrap().is_none());

        world.clock.advance(TimeDelta::days(90));
        erasure::run_due(&world.cw).await.unwrap();
        assert_eq!(world.count("SELECT count(*) FROM claim").await, 0, "partners have heard of it by now");
    })
    .await;
}

#[tokio::test]
async fn a_legal_hold_stops_it_for_as_long_as_it_lasts() {
    on_each_engine(async |world| {
        world.hotline().await;
        let sent = sent::picture(world).await;
        let token = sent.enter(world).await;
        erasure::ask(&world.cw, &token, BOTH).await.unwrap();
        hold(world, &sent, true).await;
        assert!(sent.seen(world, &token).await.legal_hold, "the page can say so");
        world.clock.advance(WAIT * 2);
        assert_eq!(erasure::run_due(&world.cw).await.unwrap(), Round::default());
        hold(world, &sent, false).await;
        assert_eq!(erasure::run_due(&world.cw).await.unwrap(), Round { erased: 1, unprotected: 1 });
    })
    .await;
}

#[tokio::test]
async fn another_persons_claim_keeps_the_same_file_listed() {
    on_each_engine(async |world| {
        world.hotline().await;
        let (first, second) = (sent::picture(world).await, sent::picture(world).await);
        let token = first.enter(world).await;
        erasure::ask(&world.cw, &token, BOTH).await.unwrap();
        world.clock.advance(WAIT);
        erasure::run_due(&world.cw).await.unwrap();
        let token = second.enter(world).await;
        assert_eq!(second.seen(world, &token).await.protection.listed, 1);
    })
    .await;
}

#[tokio::test]
async fn the_files_of_the_database_hold_nothing_sealed_of_an_erased_case() {
    on_sqlite(async |world| {
        world.hotline().await;
        let sent = sent::picture(world).await;
        let token = sent.enter(world).await;
        mine::write(&world.cw, &token, &Words::parse("a message", 100).unwrap(), &Press::default()).await.unwrap();
        let sealed = sealed_values(world).await;
        assert!(sealed.len() > 5);
        for value in &sealed {
            assert!(holds(&world.database_bytes(), value), "what was written can be found before");
        }
        erasure::ask(&world.cw, &token, BOTH).await.unwrap();
        world.clock.advance(WAIT);
        erasure::run_due(&world.cw).await.unwrap();
        let bytes = world.database_bytes();
        for value in &sealed {
            assert!(!holds(&bytes, value), "and nowhere after");
        }
    })
    .await;
}

/// The beginning of every sealed value of every case.
async fn sealed_values(world: &World) -> Vec<Vec<u8>> {
    let mut tx = world.cw.storage.read().await.unwrap();
    let rows = casework::fetch_all!(
        &mut tx,
        (Vec<u8>,),
        "SELECT reporter_wrapped_key FROM cases UNION ALL SELECT sealed_case_key FROM case_key
         UNION ALL SELECT sealed_staff_key FROM case_key UNION ALL SELECT sealed_body FROM answer
         UNION ALL SELECT sealed_body FROM message UNION ALL SELECT sealed_address FROM contact
         UNION ALL SELECT sealed_key FROM session UNION ALL SELECT sealed_detail FROM item WHERE sealed_detail IS NOT NULL"
    )
    .unwrap();
    rows.into_iter().map(|(sealed,)| sealed[..40].to_vec()).collect()
}

fn holds(bytes: &[u8], value: &[u8]) -> bool {
    bytes.windows(value.len()).any(|window| window == value)
}
