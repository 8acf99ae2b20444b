//! The list partners pull follows the claims, in an order that hides nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod desk;

use std::collections::BTreeSet;

use casework::api_key::{Partner, Right};
use casework::claim::{self, Collection, Medium};
use casework::history::{self, Event};
use casework::item::Algorithm;
use casework::list::feedback::{self, Opinion, Said};
use casework::list::{self, Change, Scope, Terms, dispute};
use casework::staff::session::StaffSession;
use casework::storage::JsonText;
use casework::taxonomy::{Harm, Role};
use casework::{case, execute, queue};
use chrono::TimeDelta;
use common::{Hotline, World, on_each_engine};
use desk::{Shape, member, words};
use hashing::FileFingerprints;
use uuid::Uuid;

/// What a browser makes of a picture; no picture has these hashes.
fn picture(number: u8) -> FileFingerprints {
    serde_json::from_str(&format!(
        r#"{{"media_type":"image/jpeg","bytes":1000,"width":64,"height":64,"pdq":"{number:064x}","pdq_quality":90,
            "md5":"{number:032x}","sha1":"{number:040x}","sha256":"{number:064x}"}}"#
    ))
    .unwrap()
}

/// A case that claims a picture: four fingerprints.
async fn claimed(world: &World, hotline: &Hotline, number: u8) -> Uuid {
    let case = desk::case(world, hotline, Shape::level(2)).await;
    let file = picture(number);
    let item = desk::file(world, case, &file).await;
    let mut tx = world.cw.storage.write().await.unwrap();
    claim::make(&world.cw, &mut tx, case, item, &file, Collection::SelfReported).await.unwrap();
    tx.commit().await.unwrap();
    case
}

async fn let_go(world: &World, case: Uuid) {
    let mut tx = world.cw.storage.write().await.unwrap();
    claim::end_all(&world.cw, &mut tx, case).await.unwrap();
    tx.commit().await.unwrap();
}

fn everything() -> Scope {
    Scope {
        collections: Collection::ALL.iter().copied().collect(),
        media: Medium::ALL.iter().copied().collect(),
        harms: BTreeSet::new(),
        countries: BTreeSet::new(),
    }
}

fn terms_of(scope: Scope) -> Terms {
    let recorded_at = chrono::DateTime::UNIX_EPOCH;
    Terms { agreement: String::new(), scope: JsonText(scope), former: JsonText(Vec::new()), recorded_at }
}

/// Everything a partner hears after a number.
async fn heard(world: &World, terms: &Terms, after: i64) -> Vec<Change> {
    while list::follow(&world.cw).await.unwrap() {}
    let until = list::head(&world.cw).await.unwrap().sequence;
    let (mut at, mut heard) = (after, Vec::new());
    while at < until {
        let page = list::page(&world.cw, terms, at, until, 3).await.unwrap();
        assert!(page.until > at && page.changes.len() <= 3);
        at = page.until;
        heard.extend(page.changes);
    }
    assert!(heard.is_sorted_by(|one, other| one.listing.sequence < other.listing.sequence));
    heard
}

fn pdqs(heard: &[Change]) -> Vec<(u8, bool)> {
    let pictures = heard.iter().filter(|change| change.listing.algorithm == Algorithm::Pdq);
    pictures.map(|change| (change.listing.value[31], change.is_listed)).collect()
}

async fn last(world: &World) -> i64 {
    list::head(&world.cw).await.unwrap().sequence
}

#[tokio::test]
async fn a_fingerprint_is_listed_until_its_last_claim_ends_and_then_says_so() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let terms = terms_of(everything());
        let one = claimed(world, &hotline, 1).await;
        let two = claimed(world, &hotline, 1).await;
        let listed = heard(world, &terms, 0).await;
        assert_eq!(listed.len(), 4, "each of a picture's fingerprints once, however many claim it");
        assert_eq!(pdqs(&listed), [(1, true)]);

        let at = last(world).await;
        let_go(world, one).await;
        assert_eq!(heard(world, &terms, at).await, [], "somebody still claims it");
        let_go(world, two).await;
        assert_eq!(pdqs(&heard(world, &terms, at).await), [(1, false)]);

        let at = last(world).await;
        claimed(world, &hotline, 1).await;
        assert_eq!(pdqs(&heard(world, &terms, at).await), [(1, true)], "it is back");
        assert_eq!(world.count("SELECT count(*) FROM listing").await, 4, "and never more than one row each");
    })
    .await;
}

#[tokio::test]
async fn what_a_slow_transaction_claims_comes_after_what_was_read_meanwhile() {
    on_each_engine(async |world| {
        if !world.address.starts_with("postgres") {
            return;
        }
        let hotline = world.hotline().await;
        let terms = terms_of(everything());
        let slow_case = desk::case(world, &hotline, Shape::level(2)).await;
        let item = desk::file(world, slow_case, &picture(1)).await;
        let mut slow = world.cw.storage.write().await.unwrap();
        claim::make(&world.cw, &mut slow, slow_case, item, &picture(1), Collection::SelfReported).await.unwrap();
        claimed(world, &hotline, 2).await;
        assert_eq!(pdqs(&heard(world, &terms, 0).await), [(2, true)]);
        let at = last(world).await;
        slow.commit().await.unwrap();
        assert_eq!(pdqs(&heard(world, &terms, at).await), [(1, true)], "nothing is lost to who had read on");
    })
    .await;
}

#[tokio::test]
async fn a_partner_hears_of_what_is_in_its_scope_and_of_what_leaves_it() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let abroad = |countries: &[&str]| {
            let countries = countries.iter().map(|code| code.parse().unwrap()).collect();
            terms_of(Scope { countries, ..everything() })
        };
        let (finnish, swedish) = (abroad(&["FI"]), abroad(&["SE"]));
        let threats = terms_of(Scope { harms: BTreeSet::from([Harm::Threat]), ..everything() });
        let videos = terms_of(Scope { media: BTreeSet::from([Medium::Video]), ..everything() });
        let assessed = terms_of(Scope { collections: BTreeSet::from([Collection::Assessed]), ..everything() });
        let case = claimed(world, &hotline, 1).await;
        assert_eq!(pdqs(&heard(world, &finnish, 0).await), [(1, true)]);
        for other in [&swedish, &threats, &videos, &assessed] {
            assert_eq!(heard(world, other, 0).await, []);
        }
        let at = last(world).await;
        let_go(world, case).await;
        assert_eq!(pdqs(&heard(world, &finnish, at).await), [(1, false)]);
        assert_eq!(heard(world, &swedish, at).await, [], "whoever never had it hears nothing of it");
    })
    .await;
}

#[tokio::test]
async fn under_narrower_terms_what_was_had_before_is_said_to_have_gone() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let lead = member(world, &hotline, "kaisa", Role::Administrator).await;
        let partner = world.provider("Chatter", "chatter.example").await;
        assert_eq!(list::terms(&world.cw, partner).await.unwrap(), None);
        list::record_terms(&world.cw, &lead, partner, &words("2026-14"), &everything()).await.unwrap();
        claimed(world, &hotline, 1).await;
        let terms = list::terms(&world.cw, partner).await.unwrap().unwrap();
        assert_eq!(pdqs(&heard(world, &terms, 0).await), [(1, true)]);

        world.clock.advance(TimeDelta::days(1));
        let swedish = Scope { countries: BTreeSet::from(["SE".parse().unwrap()]), ..everything() };
        list::record_terms(&world.cw, &lead, partner, &words("2026-15"), &swedish).await.unwrap();
        let narrower = list::terms(&world.cw, partner).await.unwrap().unwrap();
        assert!(narrower.recorded_at > terms.recorded_at && narrower.agreement == "2026-15");
        assert_eq!(pdqs(&heard(world, &narrower, 0).await), [(1, false)]);
    })
    .await;
}

#[tokio::test]
async fn what_left_is_remembered_for_ninety_days() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let terms = terms_of(everything());
        let case = claimed(world, &hotline, 1).await;
        claimed(world, &hotline, 2).await;
        heard(world, &terms, 0).await;
        let_go(world, case).await;
        heard(world, &terms, 0).await;
        world.clock.advance(TimeDelta::days(89));
        assert_eq!(list::purge(&world.cw).await.unwrap(), 0);
        world.clock.advance(TimeDelta::days(1));
        let gone = last(world).await;
        assert_eq!(list::purge(&world.cw).await.unwrap(), 4);
        assert_eq!(pdqs(&heard(world, &terms, 0).await), [(2, true)]);
        assert_eq!(list::head(&world.cw).await.unwrap().forgotten, gone);
    })
    .await;
}

#[tokio::test]
async fn a_time_finds_its_place_in_the_list() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let terms = terms_of(everything());
        claimed(world, &hotline, 1).await;
        heard(world, &terms, 0).await;
        let (start, first) = (world.cw.now(), last(world).await);
        world.clock.advance(TimeDelta::hours(1));
        claimed(world, &hotline, 2).await;
        heard(world, &terms, 0).await;
        let later = start + TimeDelta::hours(1);
        assert_eq!(list::before(&world.cw, start).await.unwrap(), 0);
        assert_eq!(list::before(&world.cw, start + TimeDelta::seconds(1)).await.unwrap(), first);
        assert_eq!(list::before(&world.cw, later).await.unwrap(), first);
        assert_eq!(list::before(&world.cw, later + TimeDelta::seconds(1)).await.unwrap(), last(world).await);
    })
    .await;
}

/// A provider with terms for everything, as its program calls.
async fn partner(world: &World, admin: &StaffSession, name: &str) -> (Partner, Terms) {
    let organisation = world.provider(name, &format!("{name}.example")).await;
    list::record_terms(&world.cw, admin, organisation, &words("2026-14"), &everything()).await.unwrap();
    let terms = list::terms(&world.cw, organisation).await.unwrap().unwrap();
    let rights = vec![Right::Fingerprints, Right::Feedback];
    (Partner { key: world.cw.new_id(), organisation, name: name.to_owned(), rights }, terms)
}

async fn say(world: &World, (partner, terms): &(Partner, Terms), number: u8, opinion: Opinion) -> bool {
    let value = [vec![0; 31], vec![number]].concat();
    let said = Said { algorithm: Algorithm::Pdq, value, opinion };
    feedback::note(&world.cw, partner, terms, &[said]).await.unwrap() == [true]
}

#[tokio::test]
async fn what_a_partner_says_reaches_the_cases_that_claim_it_and_no_reporter() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let admin = member(world, &hotline, "kaisa", Role::Administrator).await;
        let chatter = partner(world, &admin, "chatter").await;
        let cases = [claimed(world, &hotline, 1).await, claimed(world, &hotline, 1).await];
        assert!(!say(world, &chatter, 1, Opinion::Seen).await, "it was not given out yet");
        heard(world, &chatter.1, 0).await;
        for opinion in [Opinion::Seen, Opinion::Seen, Opinion::Blocked] {
            assert!(say(world, &chatter, 1, opinion).await);
        }
        assert!(!say(world, &chatter, 2, Opinion::Blocked).await, "nobody claims it");
        for case in cases {
            let mut tx = world.cw.storage.read().await.unwrap();
            let said = |opinion| Event::PartnerSaid { partner: "chatter".to_owned(), opinion };
            let all = history::of_case(&mut tx, case, false).await.unwrap();
            let heard: Vec<_> =
                all.into_iter().map(|entry| entry.event.0).filter(|event| *event != Event::Received).collect();
            assert_eq!(heard, [said(Opinion::Seen), said(Opinion::Blocked)], "each once");
            let shown = history::of_case(&mut tx, case, true).await.unwrap();
            assert!(shown.into_iter().all(|entry| entry.event.0 == Event::Received), "a reporter hears nothing of it");
        }
    })
    .await;
}

#[tokio::test]
async fn a_disputed_fingerprint_is_off_the_list_until_an_analyst_decides() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let admin = member(world, &hotline, "kaisa", Role::Administrator).await;
        let analyst = member(world, &hotline, "eero", Role::Analyst).await;
        let (chatter, other) = (partner(world, &admin, "chatter").await, partner(world, &admin, "other").await);
        for (number, is_kept) in [(1, true), (2, false)] {
            let case = claimed(world, &hotline, number).await;
            let mut tx = world.cw.storage.write().await.unwrap();
            execute!(&mut tx, "UPDATE cases SET state = 'closed', outcome = 'fingerprints_listed' WHERE id = $1", case)
                .unwrap();
            tx.commit().await.unwrap();
            heard(world, &chatter.1, 0).await;
            let at = last(world).await;
            assert!(say(world, &chatter, number, Opinion::NotAMatch).await);
            assert_eq!(pdqs(&heard(world, &other.1, at).await), [(number, false)], "it is gone for everybody");

            queue::take(&world.cw, &analyst, case).await.expect("the case stands in the queue again");
            let opened = case::open(&world.cw, &analyst, case).await.unwrap();
            let [dispute] = opened.disputes.as_slice() else { panic!("one dispute") };
            assert_eq!(dispute.partner, "chatter");
            let at = last(world).await;
            dispute::decide(&world.cw, &analyst, case, dispute.algorithm, &dispute.value, is_kept).await.unwrap();
            let expected = if is_kept { vec![(number, true)] } else { Vec::new() };
            assert_eq!(pdqs(&heard(world, &chatter.1, at).await), expected);
            assert!(case::open(&world.cw, &analyst, case).await.unwrap().disputes.is_empty());

            let at = last(world).await;
            assert!(say(world, &other, number, Opinion::NotAMatch).await);
            claimed(world, &hotline, number).await;
            assert_eq!(pdqs(&heard(world, &chatter.1, at).await), [], "what was decided stays so");
        }
    })
    .await;
}
