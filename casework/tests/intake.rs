//! From what a reporter typed to a sealed case, through the use cases that pages call.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use casework::answer::{self, Answer, AnswerKind};
use casework::case_keys;
use casework::draft::{self, Found, KEPT, Saved};
use casework::intake::{self, Receipt, SendError};
use casework::item::{self, Detail, Item};
use casework::report::{self, Door, Step, Typed, Walk, Wrong};
use casework::taxonomy::LanguageCode;
use casework::vault::CookieToken;
use casework::{claim, fetch_one, list};
use chrono::TimeDelta;
use common::{Hotline, World, on_each_engine, on_sqlite};
use uuid::Uuid;

/// Words no other row holds, one for each private field.
const PLACE: &str = "canary-place-in-the-game-lobby";
const WHEN: &str = "canary-when-yesterday-evening";
const LINK: &str = "https://media.example.com/canary-link/17?key=1";
const PROVIDER: &str = "Canarychat";
const HANDLE: &str = "canary-handle-99";
const DEADLINE: &str = "canary-deadline-friday";
const PAYMENT: &str = "canary-payment-FI21-1234";
const WORDS: &str = "canary-words they \"said\" ä / é";
const EMAIL: &str = "canary-email@example.org";

type Steps<'a> = &'a [(Step, &'a [(&'a str, &'a str)])];

const COMMON: Steps = &[
    (Step::Age, &[("age", "13_15")]),
    (Step::Country, &[("country", "FI")]),
    (Step::Danger, &[("danger", "no")]),
    (Step::Words, &[("words", WORDS)]),
    (Step::Reply, &[("reply", "email"), ("email", EMAIL)]),
];

const THREAT: Steps = &[
    (Step::Account, &[("provider", PROVIDER), ("handle", HANDLE)]),
    (Step::Wants, &[("wants", "money"), ("wants", "pictures"), ("deadline", DEADLINE)]),
    (Step::Payment, &[("payment", PAYMENT)]),
    (Step::Files, &[]),
];

const SEEN_LINK: Steps = &[
    (Step::What, &[("what", "link")]),
    (Step::Links, &[("links", LINK)]),
    (Step::Shows, &[("shows", "unsure")]),
    (Step::When, &[("when", WHEN)]),
];

const SEEN_PLACE: Steps = &[
    (Step::What, &[("what", "place")]),
    (Step::Place, &[("place", PLACE)]),
    (Step::Shows, &[("shows", "asking")]),
    (Step::When, &[]),
];

const PICTURE: Steps = &[
    (Step::Whose, &[("whose", "me")]),
    (Step::AgeInPicture, &[("age_in_picture", "13_15")]),
    (Step::Files, &[("file", PNG), ("file", PNG), ("file", VIDEO), ("file", PLAIN)]),
    (Step::Where, &[("links", LINK)]),
    (Step::Spreading, &[("spreading", "yes")]),
];

/// What the browser computes of a drawing; with it a video and a picture too plain for PDQ.
const PNG: &str = r#"{"media_type":"image/png","bytes":20481,"width":640,"height":480,
    "pdq":"f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22","pdq_quality":100,
    "variants":[{"turned":"rotate90","pdq":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}],
    "edited":[{"edit":"crop_4","pdq":"1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}],
    "md5":"00000000000000000000000000000001","sha1":"0000000000000000000000000000000000000001",
    "sha256":"0000000000000000000000000000000000000000000000000000000000000001"}"#;
const VIDEO: &str = r#"{"media_type":"video/mp4","bytes":9,"variants":[],
    "md5":"00000000000000000000000000000002","sha1":"0000000000000000000000000000000000000002",
    "sha256":"0000000000000000000000000000000000000000000000000000000000000002"}"#;
const PLAIN: &str = r#"{"media_type":"image/png","bytes":9,"width":64,"height":64,
    "pdq":"00f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22","pdq_quality":49,"variants":[],
    "md5":"00000000000000000000000000000003","sha1":"0000000000000000000000000000000000000003",
    "sha256":"0000000000000000000000000000000000000000000000000000000000000003"}"#;

fn typed(fields: &[(&str, &str)]) -> Typed {
    Typed(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

fn english() -> LanguageCode {
    "en".parse().unwrap()
}

/// Saves steps one after another, as a browser does, and gives the cookie.
async fn fill(world: &World, door: Door, steps: &[Steps<'_>]) -> CookieToken {
    let mut cookie: Option<CookieToken> = None;
    for (step, fields) in steps.iter().flat_map(|steps| steps.iter()) {
        match draft::save(&world.cw, cookie.as_ref(), door, *step, typed(fields)).await.unwrap() {
            Saved::Kept { cookie: kept, .. } => cookie = Some(kept),
            Saved::Sent => panic!("nothing was sent yet"),
        }
    }
    cookie.unwrap()
}

async fn send(world: &World, door: Door, steps: &[Steps<'_>]) -> Receipt {
    let cookie = fill(world, door, steps).await;
    intake::send(&world.cw, &cookie, door, &english()).await.unwrap()
}

/// A sent case as the hotline's member opens it.
struct Opened {
    items: Vec<Item>,
    answers: Vec<Answer>,
}

impl Opened {
    fn answer(&self, kind: AnswerKind) -> Option<&str> {
        self.answers.iter().find(|answer| answer.kind == kind).map(|answer| answer.body.as_str())
    }
}

async fn case_of(world: &World, receipt: &Receipt) -> Uuid {
    let mut tx = world.cw.storage.read().await.unwrap();
    fetch_one!(&mut tx, (Uuid,), "SELECT id FROM cases WHERE reference = $1", receipt.reference.as_str()).unwrap().0
}

async fn open(world: &World, hotline: &Hotline, case: Uuid) -> Opened {
    let mut tx = world.cw.storage.read().await.unwrap();
    let keys = case_keys::open_for_staff(&mut tx, std::slice::from_ref(&hotline.epoch), case).await.unwrap().unwrap();
    Opened {
        items: item::of_case(&mut tx, case, &keys.case).await.unwrap(),
        answers: answer::of_case(&mut tx, case, &keys.case).await.unwrap(),
    }
}

#[tokio::test]
async fn a_threat_becomes_a_case_that_the_hotline_opens() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let provider = world.provider(PROVIDER, "canarychat.example").await;
        let receipt = send(world, Door::Threat, &[THREAT, COMMON]).await;
        let case = case_of(world, &receipt).await;
        let opened = open(world, &hotline, case).await;

        let [account] = opened.items.as_slice() else { panic!("one item") };
        assert_eq!(account.provider.as_ref().map(|provider| provider.id), Some(provider));
        assert!(matches!(&account.detail, Detail::Account(account) if account.handle() == HANDLE && account.provider() == Some(PROVIDER)));
        assert_eq!(opened.answer(AnswerKind::Wants), Some("pictures money"));
        assert_eq!(opened.answer(AnswerKind::ThreatDeadline), Some(DEADLINE));
        assert_eq!(opened.answer(AnswerKind::Payment), Some(PAYMENT));
        assert_eq!(opened.answer(AnswerKind::Words), Some(WORDS));
        let mut tx = world.cw.storage.read().await.unwrap();
        let row = fetch_one!(
            &mut tx,
            (String, String, String, i64, String),
            "SELECT harm, reporter, country, level, reasons FROM cases WHERE id = $1",
            case
        )
        .unwrap();
        assert_eq!((row.0.as_str(), row.1.as_str(), row.2.as_str(), row.3), ("threat", "child", "FI", 1));
        assert!(row.4.contains("threat"), "{}", row.4);
        assert_eq!(world.count("SELECT count(*) FROM contact").await, 1);
        assert_eq!(world.count("SELECT count(*) FROM audit").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_reporters_code_opens_the_case() {
    on_each_engine(async |world| {
        world.hotline().await;
        let receipt = send(world, Door::Seen, &[SEEN_LINK, COMMON]).await;
        let case = case_of(world, &receipt).await;
        let mut tx = world.cw.storage.read().await.unwrap();
        let (wrapped,) = fetch_one!(
            &mut tx,
            (casework::vault::Sealed,),
            "SELECT reporter_wrapped_key FROM cases WHERE id = $1",
            case
        )
        .unwrap();
        let key = case_keys::open_for_reporter(&world.cw, &receipt.code, case, &wrapped).unwrap();
        let items = item::of_case(&mut tx, case, &key).await.unwrap();
        assert!(matches!(&items[0].detail, Detail::Location(link) if link.as_str() == LINK));
        assert_eq!(items[0].domain.as_deref(), Some("example.com"));
    })
    .await;
}

#[tokio::test]
async fn own_pictures_are_claimed_once_and_plain_ones_only_exactly() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let receipt = send(world, Door::Picture, &[PICTURE, COMMON]).await;
        let case = case_of(world, &receipt).await;
        let files = open(world, &hotline, case)
            .await
            .items
            .into_iter()
            .filter(|item| matches!(item.detail, Detail::File { .. }))
            .count();
        assert_eq!(files, 3, "the same file counts once");
        let pdq =
            world.count("SELECT count(*) FROM claim WHERE algorithm = 'pdq' AND collection = 'self_reported'").await;
        assert_eq!(pdq, 3, "the picture, its turned form and its cropped copy, not the plain one");
        let cropped = "SELECT count(*) FROM claim WHERE variant = 'crop_4'";
        assert_eq!(world.count(cropped).await, 1);
        assert_eq!(world.count("SELECT count(*) FROM claim WHERE algorithm = 'sha256'").await, 3);

        let other = send(world, Door::Picture, &[PICTURE, COMMON]).await;
        let other = case_of(world, &other).await;
        for (case, listed) in [(case, 1), (other, 0)] {
            let mut tx = world.cw.storage.write().await.unwrap();
            assert_eq!(claim::end_all(&world.cw, &mut tx, case).await.unwrap(), 3);
            tx.commit().await.unwrap();
            while list::follow(&world.cw).await.unwrap() {}
            let md5 = "SELECT count(*) FROM listing WHERE algorithm = 'md5' AND quality IS NULL AND facts <> '[]'
                AND value = (SELECT value FROM claim WHERE algorithm = 'md5' ORDER BY id LIMIT 1)";
            assert_eq!(world.count(md5).await, listed, "it is listed as long as some case claims it");
        }
    })
    .await;
}

#[test]
fn more_hashes_than_a_file_can_have_are_refused() {
    assert!(report::file(PNG).is_ok());
    let twice = |list: &str, entry: &str| PNG.replace(list, &format!("{list}{entry},"));
    let hash = r#""pdq":"2123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef""#;
    let turned = format!(r#"{{"turned":"rotate90",{hash}}}"#);
    let edited = format!(r#"{{"edit":"crop_4",{hash}}}"#);
    let frames: Vec<_> = (1..=25).map(|frame| format!(r#"{{"frame":{frame},{hash},"pdq_quality":99}}"#)).collect();
    for impossible in [
        twice(r#""variants":["#, &turned),
        twice(r#""variants":["#, &turned.replace("rotate90", "original")),
        twice(r#""edited":["#, &edited),
        PNG.replace(r#""md5""#, &format!(r#""frames":[{}],"md5""#, frames.join(","))),
        PNG.replace(r#""pdq":"f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22","#, ""),
    ] {
        assert!(report::file(&impossible).is_err(), "{impossible}");
    }
}

#[tokio::test]
async fn somebody_elses_picture_is_never_claimed_and_never_asked_for() {
    on_each_engine(async |world| {
        world.hotline().await;
        let helping: Steps = &[
            (Step::Whose, &[("whose", "helping")]),
            (Step::Files, &[("file", PNG)]),
            (Step::Where, &[("links", LINK)]),
            (Step::Spreading, &[("spreading", "unsure")]),
        ];
        send(world, Door::Picture, &[helping, COMMON]).await;
        assert_eq!(world.count("SELECT count(*) FROM item WHERE kind = 'file'").await, 0);
        assert_eq!(world.count("SELECT count(*) FROM claim").await, 0);
    })
    .await;
}

#[tokio::test]
async fn sending_twice_makes_one_case_and_shows_the_same_code() {
    on_each_engine(async |world| {
        world.hotline().await;
        let cookie = fill(world, Door::Threat, &[THREAT, COMMON]).await;
        let first = intake::send(&world.cw, &cookie, Door::Threat, &english()).await.unwrap();
        let second = intake::send(&world.cw, &cookie, Door::Threat, &english()).await.unwrap();
        let shown = intake::receipt(&world.cw, &cookie).await.unwrap().unwrap();
        assert!(first.code == second.code && first.code == shown.code);
        assert_eq!(first.reference, shown.reference);
        assert_eq!((&first.country, first.danger, first.has_files), (&shown.country, shown.danger, shown.has_files));
        assert_eq!(world.count("SELECT count(*) FROM cases").await, 1);

        let late =
            draft::save(&world.cw, Some(&cookie), Door::Seen, Step::What, typed(&[("what", "link")])).await.unwrap();
        assert!(matches!(late, Saved::Sent), "the code must be saved before the next report");
        intake::saved(&world.cw, &cookie).await.unwrap();
        assert!(intake::receipt(&world.cw, &cookie).await.unwrap().is_none());
        let again = intake::send(&world.cw, &cookie, Door::Threat, &english()).await;
        assert!(matches!(again, Err(SendError::NoDraft)));
        assert_eq!(world.count("SELECT count(*) FROM cases").await, 1);
    })
    .await;
}

#[tokio::test]
async fn two_racing_sends_make_one_case() {
    on_each_engine(async |world| {
        world.hotline().await;
        for _ in 0..10 {
            let before = world.count("SELECT count(*) FROM cases").await;
            let cookie = fill(world, Door::Seen, &[SEEN_PLACE, COMMON]).await;
            let language = english();
            let press = || intake::send(&world.cw, &cookie, Door::Seen, &language);
            let (one, two, three) = tokio::join!(press(), press(), press());
            let (one, two, three) = (one.unwrap(), two.unwrap(), three.unwrap());
            assert!(one.code == two.code && two.code == three.code);
            assert_eq!(world.count("SELECT count(*) FROM cases").await, before + 1);
        }
    })
    .await;
}

#[tokio::test]
async fn two_tabs_saving_at_once_lose_nothing() {
    on_each_engine(async |world| {
        let cookie = fill(world, Door::Threat, &[THREAT]).await;
        let save = |step, fields: &'static [(&'static str, &'static str)]| {
            draft::save(&world.cw, Some(&cookie), Door::Threat, step, typed(fields))
        };
        let (one, two) = tokio::join!(save(Step::Age, &[("age", "10_12")]), save(Step::Country, &[("country", "SE")]));
        assert!(one.is_ok() && two.is_ok());
        let Found::Draft(draft) = draft::open(&world.cw, Some(&cookie)).await.unwrap() else { panic!("it is kept") };
        let steps = draft.at(Door::Threat);
        assert_eq!(steps[&Step::Age].get("age"), "10_12");
        assert_eq!(steps[&Step::Country].get("country"), "SE");
    })
    .await;
}

#[tokio::test]
async fn the_age_in_a_picture_is_asked_again_once_it_is_somebody_elses() {
    on_each_engine(async |world| {
        let grown: Steps =
            &[(Step::Whose, &[("whose", "me_then")]), (Step::AgeInPicture, &[("age_in_picture", "adult")])];
        let again: Steps = &[(Step::Whose, &[("whose", "me_then")])];
        let changed: Steps = &[(Step::Whose, &[("whose", "me")])];
        for (then, open) in [(again, Step::GrownUp), (changed, Step::AgeInPicture)] {
            let cookie = fill(world, Door::Picture, &[grown, then]).await;
            let Found::Draft(draft) = draft::open(&world.cw, Some(&cookie)).await.unwrap() else {
                panic!("it is kept")
            };
            assert_eq!(Walk::along(Door::Picture, &draft.at(Door::Picture)).open, open);
        }
    })
    .await;
}

#[tokio::test]
async fn an_hour_after_the_last_step_the_draft_is_gone_and_a_form_starts_a_new_one() {
    on_each_engine(async |world| {
        world.hotline().await;
        let cookie = fill(world, Door::Threat, &[THREAT]).await;
        world.clock.advance(KEPT - TimeDelta::seconds(1));
        let kept =
            draft::save(&world.cw, Some(&cookie), Door::Threat, Step::Age, typed(&[("age", "16_17")])).await.unwrap();
        assert!(matches!(kept, Saved::Kept { is_new: false, .. }), "each step gives another hour");

        world.clock.advance(KEPT);
        assert!(matches!(draft::open(&world.cw, Some(&cookie)).await.unwrap(), Found::Nothing));
        let unsent = intake::send(&world.cw, &cookie, Door::Threat, &english()).await;
        assert!(matches!(unsent, Err(SendError::NoDraft)));
        let anew =
            draft::save(&world.cw, Some(&cookie), Door::Threat, Step::Words, typed(&[("words", WORDS)])).await.unwrap();
        let Saved::Kept { cookie: fresh, draft, is_new: true } = anew else { panic!("a new draft") };
        assert_ne!(fresh.to_string(), cookie.to_string());
        assert_eq!(draft.at(Door::Threat)[&Step::Words].get("words"), WORDS);

        assert_eq!(draft::purge(&world.cw).await.unwrap(), 1);
        assert_eq!(world.count("SELECT count(*) FROM draft").await, 1);
        draft::discard(&world.cw, &fresh).await.unwrap();
        assert_eq!(world.count("SELECT count(*) FROM draft").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_lost_receipt_ends_after_an_hour_and_the_case_stays() {
    on_each_engine(async |world| {
        world.hotline().await;
        let cookie = fill(world, Door::Seen, &[SEEN_LINK, COMMON]).await;
        intake::send(&world.cw, &cookie, Door::Seen, &english()).await.unwrap();
        world.clock.advance(KEPT);
        assert!(intake::receipt(&world.cw, &cookie).await.unwrap().is_none());
        draft::purge(&world.cw).await.unwrap();
        assert_eq!(world.count("SELECT count(*) FROM cases").await, 1);
    })
    .await;
}

#[tokio::test]
async fn without_a_hotline_nothing_is_taken_and_nothing_is_lost() {
    on_each_engine(async |world| {
        let cookie = fill(world, Door::Seen, &[SEEN_LINK, COMMON]).await;
        let refused = intake::send(&world.cw, &cookie, Door::Seen, &english()).await;
        assert!(matches!(refused, Err(SendError::NotOpen)));
        assert!(matches!(draft::open(&world.cw, Some(&cookie)).await.unwrap(), Found::Draft(_)));
        world.hotline().await;
        assert!(intake::send(&world.cw, &cookie, Door::Seen, &english()).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn an_unanswered_step_is_named() {
    on_each_engine(async |world| {
        world.hotline().await;
        let cookie = fill(world, Door::Threat, &[THREAT]).await;
        let refused = intake::send(&world.cw, &cookie, Door::Threat, &english()).await;
        assert!(matches!(refused, Err(SendError::Incomplete(Step::Age))));
        let other_door = intake::send(&world.cw, &cookie, Door::Seen, &english()).await;
        assert!(matches!(other_door, Err(SendError::Incomplete(Step::What))), "doors do not mix");
    })
    .await;
}

#[tokio::test]
async fn a_link_reported_again_says_so_and_stays_two_cases() {
    on_each_engine(async |world| {
        world.hotline().await;
        send(world, Door::Seen, &[SEEN_LINK, COMMON]).await;
        let second = send(world, Door::Seen, &[SEEN_LINK, COMMON]).await;
        let case = case_of(world, &second).await;
        let mut tx = world.cw.storage.read().await.unwrap();
        let (reasons,) = fetch_one!(&mut tx, (String,), "SELECT reasons FROM cases WHERE id = $1", case).unwrap();
        assert!(reasons.contains(r#"{"code":"reported_before","reports":2}"#), "{reasons}");
        assert_eq!(world.count("SELECT count(*) FROM cases").await, 2);
    })
    .await;
}

#[tokio::test]
async fn the_rule_for_a_country_decides_and_a_hotline_without_keys_is_passed_over() {
    on_each_engine(async |world| {
        let north = world.hotline().await;
        let empty = world.cw.new_id();
        let mut tx = world.cw.storage.write().await.unwrap();
        let now = world.cw.now();
        casework::execute!(
            &mut tx,
            "INSERT INTO organisation (id, kind, name, created_at) VALUES ($1, 'hotline', 'Empty', $2)",
            empty,
            now
        )
        .unwrap();
        casework::execute!(
            &mut tx,
            "INSERT INTO routing_rule (id, position, country, hotline_id) VALUES ($1, 0, 'FI', $2)",
            world.cw.new_id(),
            empty
        )
        .unwrap();
        tx.commit().await.unwrap();
        let receipt = send(world, Door::Seen, &[SEEN_LINK, COMMON]).await;
        let case = case_of(world, &receipt).await;
        let mut tx = world.cw.storage.read().await.unwrap();
        let (hotline,) = fetch_one!(&mut tx, (Uuid,), "SELECT hotline_id FROM cases WHERE id = $1", case).unwrap();
        assert_eq!(hotline, north.id);
    })
    .await;
}

/// What is wrong with one step's fields.
fn wrongs(door: Door, step: Step, fields: &[(&str, &str)]) -> Vec<(&'static str, Wrong)> {
    let problems = report::Told::default().take(door, step, &typed(fields)).err().unwrap_or_default();
    problems.into_iter().map(|problem| (problem.field, problem.wrong)).collect()
}

#[test]
fn every_limit_has_its_own_answer() {
    let many = |count: usize| (0..count).map(|n| format!("https://example.com/{n}")).collect::<Vec<_>>().join("\n");
    assert_eq!(wrongs(Door::Seen, Step::Links, &[("links", &many(100))]), []);
    assert_eq!(wrongs(Door::Seen, Step::Links, &[("links", &many(101))]), [("links", Wrong::TooMany { most: 100 })]);
    assert_eq!(wrongs(Door::Seen, Step::Links, &[("links", "  ")]), [("links", Wrong::Empty)]);
    assert_eq!(wrongs(Door::Picture, Step::Where, &[("links", "")]), []);
    let bad =
        wrongs(Door::Seen, Step::Links, &[("links", "https://example.com/1 http://127.0.0.1/x\nhttps://example.org")]);
    assert!(matches!(bad.as_slice(), [("links", Wrong::Link(bad))] if bad.text == "http://127.0.0.1/x"), "{bad:?}");
    let long = format!("https://example.com/{}", "a".repeat(2_048));
    assert!(
        matches!(wrongs(Door::Seen, Step::Links, &[("links", &long)]).as_slice(), [("links", Wrong::Link(bad))] if bad.text.chars().count() == 200)
    );

    assert_eq!(wrongs(Door::Seen, Step::Words, &[("words", &"ä".repeat(5_000))]), []);
    assert_eq!(
        wrongs(Door::Seen, Step::Words, &[("words", &"ä".repeat(5_001))]),
        [("words", Wrong::TooLong { found: 5_001, most: 5_000 })]
    );
    assert_eq!(wrongs(Door::Seen, Step::Place, &[("place", " ")]), [("place", Wrong::Empty)]);
    assert_eq!(wrongs(Door::Seen, Step::Account, &[]), [("handle", Wrong::Empty)]);
    assert_eq!(wrongs(Door::Threat, Step::Account, &[]), [], "who threatens may be unknown");
    assert_eq!(wrongs(Door::Seen, Step::Account, &[("handle", "@someone")]), [], "the app may be unknown");
    assert_eq!(wrongs(Door::Threat, Step::Age, &[("age", "12")]), [("age", Wrong::NotChosen)]);
    assert_eq!(wrongs(Door::Threat, Step::Wants, &[]), [("wants", Wrong::NotChosen)]);
    assert_eq!(wrongs(Door::Threat, Step::Country, &[("country", "")]), [], "not saying is an answer");
    assert_eq!(wrongs(Door::Threat, Step::Country, &[("country", "Finland")]), [("country", Wrong::Country)]);
    assert_eq!(wrongs(Door::Threat, Step::Reply, &[("reply", "email"), ("email", "x")]), [("email", Wrong::Email)]);
    assert_eq!(wrongs(Door::Threat, Step::Reply, &[("reply", "email"), ("email", " ")]), [("email", Wrong::Empty)]);
    assert_eq!(wrongs(Door::Threat, Step::Reply, &[("reply", "code"), ("email", "x")]), []);
    assert_eq!(wrongs(Door::Threat, Step::Files, &[("file", "{}")]), [("file", Wrong::File)]);
    let empty = VIDEO.replace("\"bytes\":9", "\"bytes\":0");
    assert_eq!(wrongs(Door::Threat, Step::Files, &[("file", &empty)]), [("file", Wrong::EmptyFile)]);
    let files: Vec<String> = (10..61).map(|n| VIDEO.replace("02\"", &format!("{n}\""))).collect();
    let fields: Vec<(&str, &str)> = files.iter().map(|file| ("file", file.as_str())).collect();
    assert_eq!(wrongs(Door::Threat, Step::Files, &fields[..50]), []);
    assert_eq!(wrongs(Door::Threat, Step::Files, &fields), [("file", Wrong::TooMany { most: 50 })]);
}

#[test]
fn a_country_is_pressed_or_chosen_from_the_list_or_not_said() {
    let country = |fields: &[(&str, &str)]| {
        let mut told = report::Told::default();
        told.take(Door::Threat, Step::Country, &typed(fields)).unwrap();
        told.country().map(|country| country.as_str().to_owned())
    };
    assert_eq!(country(&[("country", "SE"), ("elsewhere", "")]).as_deref(), Some("SE"));
    assert_eq!(country(&[("country", "elsewhere"), ("elsewhere", "DE")]).as_deref(), Some("DE"));
    assert_eq!(country(&[("elsewhere", "DE")]).as_deref(), Some("DE"));
    for unsaid in [[("country", ""), ("elsewhere", "DE")], [("country", "elsewhere"), ("elsewhere", "")]] {
        assert_eq!(country(&unsaid), None);
    }
    assert_eq!(country(&[]), None, "nothing chosen is not said");
}

#[test]
fn who_is_not_sure_is_asked_on() {
    let along = |door, step, fields: &[(&str, &str)]| Walk::along(door, &[(step, typed(fields))].into()).steps;
    assert!(along(Door::Seen, Step::What, &[("what", "unsure")]).contains(&Step::Place));
    assert!(along(Door::Picture, Step::Whose, &[("whose", "unsure")]).contains(&Step::Files));
}

#[test]
fn the_way_follows_the_answers() {
    let along = |door, steps: &[Steps]| {
        let typed_steps =
            steps.iter().flat_map(|steps| steps.iter()).map(|(step, fields)| (*step, typed(fields))).collect();
        Walk::along(door, &typed_steps)
    };
    assert_eq!(along(Door::Threat, &[]).open, Step::Account, "the safety steps ask nothing");
    assert_eq!(along(Door::Threat, &[THREAT, COMMON]).open, Step::Check);
    let adult: Steps = &[(Step::Whose, &[("whose", "me")]), (Step::AgeInPicture, &[("age_in_picture", "adult")])];
    let adult = along(Door::Picture, &[adult, COMMON]);
    assert_eq!((adult.open, adult.steps.len()), (Step::GrownUp, 3));
    assert!(adult.report().is_none());
    let grown: Steps = &[(Step::Whose, &[("whose", "me_then")]), (Step::AgeInPicture, &[("age_in_picture", "10_12")])];
    assert!(!along(Door::Picture, &[grown]).steps.contains(&Step::Age));
    let danger: Steps = &[(Step::Danger, &[("danger", "self_harm")])];
    let walk = along(Door::Threat, &[THREAT, COMMON, danger]);
    assert_eq!(walk.after(Step::Danger), Step::HelpNow, "help comes before the next question");
    assert_eq!(walk.after(Step::HelpNow), Step::Check);
    assert_eq!(walk.before(Step::Words), Some(Step::HelpNow));
    assert!(!walk.reaches(Step::Links));
}

/// A text as it could lie about in a file.
fn disguises(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    let hex = data_encoding::HEXLOWER.encode(text.as_bytes());
    let percent: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let json = serde_json::to_string(text).unwrap();
    let mut disguises = vec![
        ("raw", text.as_bytes().to_vec()),
        ("upper hex", hex.to_uppercase().into_bytes()),
        ("hex", hex.into_bytes()),
        ("percent", percent.into_bytes()),
        ("UTF-16 LE", utf16(u16::to_le_bytes)),
        ("UTF-16 BE", utf16(u16::to_be_bytes)),
        ("JSON", json.trim_matches('"').as_bytes().to_vec()),
    ];
    // Base 64 depends on where in a group of three bytes the text begins; the ends may differ.
    for start in 0..3 {
        let part = &text.as_bytes()[start..];
        let part = &part[..part.len() / 3 * 3];
        disguises.push(("base64", STANDARD_NO_PAD.encode(part).into_bytes()));
        disguises.push(("base64url", URL_SAFE_NO_PAD.encode(part).into_bytes()));
    }
    disguises
}

fn found(bytes: &[u8], text: &str) -> Option<&'static str> {
    disguises(text)
        .into_iter()
        .find(|(_, needle)| bytes.windows(needle.len()).any(|window| window == needle))
        .map(|(how, _)| how)
}

#[tokio::test]
async fn the_database_files_hold_no_private_word() {
    on_sqlite(async |world| {
        world.hotline().await;
        fill(world, Door::Threat, &[THREAT, COMMON]).await;
        let mut codes = Vec::new();
        for (door, steps) in
            [(Door::Threat, THREAT), (Door::Seen, SEEN_LINK), (Door::Seen, SEEN_PLACE), (Door::Picture, PICTURE)]
        {
            let receipt = send(world, door, &[steps, COMMON]).await;
            codes.push(receipt.code.to_string());
            codes.push(receipt.code.to_string().replace('-', ""));
        }
        let bytes = world.database_bytes();
        assert!(found(&bytes, "North Hotline").is_some(), "what is not private is found: the search works");
        let private = [PLACE, WHEN, LINK, "media.example.com", PROVIDER, HANDLE, DEADLINE, PAYMENT, WORDS, EMAIL];
        for text in private.into_iter().chain(codes.iter().map(String::as_str)) {
            assert_eq!(found(&bytes, text), None, "{text}");
        }
    })
    .await;
}

#[test]
fn the_search_for_private_words_sees_through_disguises() {
    for (how, disguised) in disguises(WORDS) {
        let bytes = [b"before ".as_slice(), &disguised, b" after"].concat();
        assert!(found(&bytes, WORDS).is_some(), "{how}");
    }
}
