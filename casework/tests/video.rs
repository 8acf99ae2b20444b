//! The frames of videos: kept in parts beside a draft, listed with the report.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use casework::claim;
use casework::draft::{self, KEPT, Saved};
use casework::intake;
use casework::mine::{self, Addition};
use casework::press::Press;
use casework::report::{Door, Step, Typed};
use casework::vault::CookieToken;
use casework::video::{self, FRAMES_A_PART, Keeping, Part};
use common::sent;
use common::{World, on_each_engine};
use hashing::vpdq::FrameHash;

const SHA256: &str = "00000000000000000000000000000000000000000000000000000000000000aa";
const VIDEO: &str = r#"{"media_type":"video/mp4","bytes":70000,
    "md5":"000000000000000000000000000000aa","sha1":"00000000000000000000000000000000000000aa",
    "sha256":"00000000000000000000000000000000000000000000000000000000000000aa","no_pdq":"video"}"#;

const ANSWERS: &[(Step, &[(&str, &str)])] = &[
    (Step::Whose, &[("whose", "me")]),
    (Step::AgeInPicture, &[("age_in_picture", "13_15")]),
    (Step::Files, &[("file", VIDEO)]),
    (Step::Where, &[]),
    (Step::Spreading, &[("spreading", "yes")]),
    (Step::Age, &[("age", "13_15")]),
    (Step::Country, &[("country", "FI")]),
    (Step::Danger, &[("danger", "no")]),
    (Step::Words, &[]),
    (Step::Reply, &[("reply", "code")]),
];

/// A draft of somebody's own video, with everything told.
async fn told(world: &World) -> CookieToken {
    tell(world, None).await
}

/// The same, in the draft of this cookie.
async fn tell(world: &World, mut cookie: Option<CookieToken>) -> CookieToken {
    for (step, fields) in ANSWERS {
        let typed = Typed(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
        let saved = draft::save(&world.cw, cookie.as_ref(), Door::Picture, *step, typed).await.unwrap();
        let Saved::Kept { cookie: kept, .. } = saved else { panic!("not sent yet") };
        cookie = Some(kept);
    }
    cookie.unwrap()
}

fn frames(from: usize, to: usize) -> Vec<String> {
    (from..to).map(|number| format!("{number:064x},100,{number}.000")).collect()
}

fn json(part: usize, parts: usize, frames: &[String]) -> String {
    serde_json::json!({ "file": SHA256, "part": part, "parts": parts, "frames": frames }).to_string()
}

fn part(number: usize, of: usize, frames: &[String]) -> Part {
    serde_json::from_str(&json(number, of, frames)).unwrap()
}

async fn keep(world: &World, cookie: &CookieToken, part: &Part) -> Keeping {
    video::keep_part(&world.cw, Some(cookie), part).await.unwrap()
}

async fn send(world: &World, cookie: &CookieToken) {
    intake::send(&world.cw, cookie, Door::Picture, &"en".parse().unwrap()).await.unwrap();
}

/// What is listed: each list of frames.
async fn listed(world: &World) -> Vec<Vec<FrameHash>> {
    let mut tx = world.cw.storage.read().await.unwrap();
    let digests = casework::fetch_all!(
        &mut tx,
        (Vec<u8>,),
        "SELECT value FROM claim WHERE algorithm = 'vpdq' AND ended_at IS NULL ORDER BY id"
    );
    let mut lists = Vec::new();
    for (digest,) in digests.unwrap() {
        lists.push(video::frames(&mut tx, &digest).await.unwrap().unwrap());
    }
    lists
}

#[tokio::test]
async fn parts_in_any_order_and_twice_become_one_list() {
    on_each_engine(async |world| {
        world.hotline().await;
        let cookie = told(world).await;
        let all = frames(0, FRAMES_A_PART + 5);
        let (first, second) = all.split_at(FRAMES_A_PART);
        for (number, frames) in [(1, second), (0, first), (1, second)] {
            assert!(matches!(keep(world, &cookie, &part(number, 2, frames)).await, Keeping::Kept));
        }
        assert_eq!(world.count("SELECT count(*) FROM draft_part").await, 2);
        send(world, &cookie).await;
        assert_eq!(world.count("SELECT count(*) FROM draft_part").await, 0);
        let lists = listed(world).await;
        assert_eq!(lists[0].iter().map(ToString::to_string).collect::<Vec<_>>(), all);
        assert_eq!(world.count("SELECT count(*) FROM fingerprint WHERE algorithm = 'vpdq'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_whole_is_not_listed() {
    on_each_engine(async |world| {
        world.hotline().await;
        let cookie = told(world).await;
        keep(world, &cookie, &part(0, 2, &frames(0, 3))).await;
        send(world, &cookie).await;
        assert!(listed(world).await.is_empty());
        assert_eq!(world.count("SELECT count(*) FROM claim WHERE algorithm = 'sha256'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn the_same_frames_are_kept_once_and_as_long_as_somebody_claims_them() {
    on_each_engine(async |world| {
        world.hotline().await;
        for _ in 0..2 {
            let cookie = told(world).await;
            keep(world, &cookie, &part(0, 1, &frames(0, 3))).await;
            send(world, &cookie).await;
        }
        assert_eq!(listed(world).await.len(), 2);
        assert_eq!(world.count("SELECT count(*) FROM video_frames").await, 1);
        assert_eq!(video::purge(&world.cw).await.unwrap(), 0);

        let mut tx = world.cw.storage.write().await.unwrap();
        for case in casework::fetch_all!(&mut tx, (uuid::Uuid,), "SELECT id FROM cases").unwrap() {
            claim::end_all(&world.cw, &mut tx, case.0).await.unwrap();
        }
        for sql in ["DELETE FROM claim", "DELETE FROM fingerprint"] {
            casework::execute!(&mut tx, sql).unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(video::purge(&world.cw).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn parts_end_with_their_draft() {
    on_each_engine(async |world| {
        world.hotline().await;
        let cookie = told(world).await;
        keep(world, &cookie, &part(0, 1, &frames(0, 3))).await;
        world.clock.advance(KEPT);
        draft::purge(&world.cw).await.unwrap();
        assert_eq!(world.count("SELECT count(*) FROM draft_part").await, 0);
    })
    .await;
}

#[tokio::test]
async fn frames_that_come_after_their_draft_ran_out_are_not_lost() {
    on_each_engine(async |world| {
        world.hotline().await;
        let cookie = told(world).await;
        world.clock.advance(KEPT);
        let all = frames(0, 3);
        let Keeping::Begun(begun) = keep(world, &cookie, &part(0, 1, &all)).await else {
            panic!("the old one is gone")
        };
        tell(world, Some(begun.clone())).await;
        send(world, &begun).await;
        assert_eq!(listed(world).await[0].iter().map(ToString::to_string).collect::<Vec<_>>(), all);
    })
    .await;
}

#[tokio::test]
async fn a_video_that_is_added_to_a_case_is_listed_with_its_frames() {
    on_each_engine(async |world| {
        world.hotline().await;
        let sent = sent::picture(world).await;
        let case = sent.enter(world).await;
        let all = frames(0, FRAMES_A_PART + 5);
        let (first, second) = all.split_at(FRAMES_A_PART);
        let kept = video::keep_part(&world.cw, None, &part(0, 2, first)).await.unwrap();
        let Keeping::Begun(beside) = kept else { panic!("nothing was there before") };
        keep(world, &beside, &part(1, 2, second)).await;
        let files = vec![serde_json::from_str(VIDEO).unwrap()];
        let addition = Addition { files, ..Addition::default() };
        mine::add(&world.cw, &case, &addition, Some(&beside), &Press::default()).await.unwrap();
        assert_eq!(listed(world).await[0].iter().map(ToString::to_string).collect::<Vec<_>>(), all);
        assert_eq!(world.count("SELECT count(*) FROM draft_part").await, 0);
    })
    .await;
}

#[tokio::test]
async fn frames_may_come_while_the_case_code_is_not_saved_yet() {
    on_each_engine(async |world| {
        world.hotline().await;
        let cookie = told(world).await;
        send(world, &cookie).await;
        assert!(matches!(keep(world, &cookie, &part(0, 1, &frames(0, 3))).await, Keeping::Kept));
        assert!(intake::receipt(&world.cw, &cookie).await.unwrap().is_some(), "it is still shown");
    })
    .await;
}

#[tokio::test]
async fn a_draft_holds_so_many_parts_and_no_more() {
    on_each_engine(async |world| {
        let cookie = told(world).await;
        let of_file = |file: usize| {
            let sent = json(0, 1, &frames(0, 1)).replace(SHA256, &format!("{file:064x}"));
            serde_json::from_str::<Part>(&sent).unwrap()
        };
        for file in 0..50 {
            assert!(matches!(keep(world, &cookie, &of_file(file)).await, Keeping::Kept));
        }
        assert!(matches!(keep(world, &cookie, &of_file(50)).await, Keeping::TooMany));
        let again = keep(world, &cookie, &of_file(0)).await;
        assert!(matches!(again, Keeping::Kept), "one that is there may come again");
    })
    .await;
}

#[test]
fn what_no_browser_of_ours_sends_is_no_part() {
    let frame = &frames(0, 1);
    let plain = [frame[0].replace(",100,", ",49,")];
    for wrong in [
        json(1, 1, frame),
        json(0, 0, frame),
        json(0, 5, frame),
        json(0, 1, &[]),
        json(0, 1, &plain),
        json(0, 1, &frames(0, FRAMES_A_PART + 1)),
        json(0, 1, &["x".to_owned()]),
        json(0, 1, frame).replace("\"part\"", "\"prat\""),
        "{}".to_owned(),
    ] {
        assert!(serde_json::from_str::<Part>(&wrong).is_err(), "{wrong}");
    }
    assert!(json(3, 4, &frames(0, FRAMES_A_PART)).len() < 256 * 1024, "a part fits a body");
}
