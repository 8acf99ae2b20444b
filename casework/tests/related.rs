//! What an analyst sees of other cases: the same link, the same file, a picture that looks like it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod desk;

use std::ops::Range;

use casework::near::{self, NearPictures};
use casework::related::{Closeness, MOST, Related};
use casework::staff::session::StaffSession;
use casework::taxonomy::Role;
use casework::{case, execute, report};
use chrono::TimeDelta;
use common::{Hotline, World, on_each_engine};
use desk::{Shape, link, member};
use hashing::FileFingerprints;
use uuid::Uuid;

/// A picture so many bits from the first one. Each number is a file of its own.
fn picture(number: u32, bits: u32) -> FileFingerprints {
    let mut hash = [0x5a_u8; 32];
    for bit in 0..bits {
        hash[(bit / 4) as usize] ^= 1 << (bit % 4);
    }
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    file(number, &format!(r#""pdq":"{hex}","pdq_quality":90,"#))
}

fn file(number: u32, pdq: &str) -> FileFingerprints {
    let json = format!(
        r#"{{"media_type":"image/png","bytes":9,{pdq}"md5":"{number:032x}","sha1":"{number:040x}","sha256":"{number:064x}"}}"#
    );
    report::file(&json).unwrap()
}

/// A case with one file.
async fn with_file(world: &World, hotline: &Hotline, file: &FileFingerprints) -> Uuid {
    let case = desk::case(world, hotline, Shape::level(2)).await;
    desk::file(world, case, file).await;
    case
}

async fn related(world: &World, session: &StaffSession, case: Uuid) -> Vec<(Closeness, Related)> {
    case::open(&world.cw, session, case).await.unwrap().items.remove(0).related
}

/// The cases found, and how close.
async fn found(world: &World, session: &StaffSession, case: Uuid) -> Vec<(Closeness, Uuid)> {
    related(world, session, case).await.into_iter().map(|(closeness, related)| (closeness, related.case_id)).collect()
}

#[tokio::test]
async fn the_same_file_and_pictures_that_look_like_it_are_found_with_their_distance() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let first = with_file(world, &hotline, &picture(1, 0)).await;
        let far = with_file(world, &hotline, &picture(2, 32)).await;
        let near = with_file(world, &hotline, &picture(3, 31)).await;
        let closer = with_file(world, &hotline, &picture(4, 2)).await;
        let same = with_file(world, &hotline, &picture(1, 0)).await;
        assert_eq!(found(world, &analyst, first).await, [(Closeness::Same, same)], "known without the index");
        assert!(!case::open(&world.cw, &analyst, first).await.unwrap().is_compared);

        near::refresh(&world.cw).await.unwrap();
        let expected = [(Closeness::Same, same), (Closeness::Near(2), closer), (Closeness::Near(31), near)];
        assert_eq!(found(world, &analyst, first).await, expected);
        assert!(case::open(&world.cw, &analyst, first).await.unwrap().is_compared);
        assert!(!found(world, &analyst, first).await.iter().any(|(_, case)| *case == far));

        let late = with_file(world, &hotline, &picture(5, 1)).await;
        near::refresh(&world.cw).await.unwrap();
        assert!(found(world, &analyst, first).await.contains(&(Closeness::Near(1), late)), "what has come since");
    })
    .await;
}

#[tokio::test]
async fn links_are_related_and_what_became_of_them_is_told() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let cases =
            [desk::case(world, &hotline, Shape::level(2)).await, desk::case(world, &hotline, Shape::level(2)).await];
        let items = [
            link(world, cases[0], "https://a.example/p/1").await,
            link(world, cases[1], "https://a.example/p/1").await,
        ];
        let other = desk::case(world, &hotline, Shape::level(2)).await;
        link(world, other, "https://a.example/p/2").await;
        let mut tx = world.cw.storage.write().await.unwrap();
        execute!(&mut tx, "UPDATE item SET state = 'removed' WHERE id = $1", items[1]).unwrap();
        execute!(&mut tx, "UPDATE cases SET state = 'closed', outcome = 'removed' WHERE id = $1", cases[1]).unwrap();
        tx.commit().await.unwrap();

        let found = related(world, &analyst, cases[0]).await;
        let [(Closeness::Same, related)] = found.as_slice() else { panic!("one: {found:?}") };
        assert_eq!((related.case_id, related.item_id), (cases[1], items[1]));
        assert_eq!((related.state.as_str(), related.item_state.as_str()), ("closed", "removed"));
        assert!(related.outcome.is_some());
    })
    .await;
}

/// A frame like no other.
fn frame(number: u64) -> String {
    let mut mixed = number;
    let hash: String = (0..4)
        .map(|_| {
            mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let once = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let twice = (once ^ (once >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            format!("{:016x}", twice ^ (twice >> 31))
        })
        .collect();
    format!("{hash},100,{number}.000")
}

/// A case with a video of these frames.
async fn with_video(world: &World, hotline: &Hotline, number: u32, frames: Range<u64>) -> Uuid {
    let case = desk::case(world, hotline, Shape::level(2)).await;
    let mut video = file(number, "");
    video.media_type = hashing::Media::of(b"\0\0\0\x18ftypisom");
    let item = desk::file(world, case, &video).await;
    let list = serde_json::to_string(&frames.map(frame).collect::<Vec<_>>()).unwrap();
    let digest = number.to_be_bytes().to_vec();
    let mut tx = world.cw.storage.write().await.unwrap();
    execute!(&mut tx, "INSERT INTO video_frames (digest, frames) VALUES ($1, $2)", digest.as_slice(), list).unwrap();
    execute!(
        &mut tx,
        "INSERT INTO fingerprint (id, item_id, algorithm, value) VALUES ($1, $2, 'vpdq', $3)",
        world.cw.new_id(),
        item,
        digest
    )
    .unwrap();
    tx.commit().await.unwrap();
    case
}

#[tokio::test]
async fn a_cut_of_a_video_and_a_picture_out_of_it_are_found_and_another_video_is_not() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let whole = with_video(world, &hotline, 1, 0..3000).await;
        let cut = with_video(world, &hotline, 2, 1500..1700).await;
        let mixed = with_video(world, &hotline, 3, 2900..3100).await;
        with_video(world, &hotline, 4, 9000..9100).await;
        let hash = frame(0);
        let still = file(5, &format!(r#""pdq":"{}","pdq_quality":90,"#, &hash[..64]));
        let still = with_file(world, &hotline, &still).await;
        near::refresh(&world.cw).await.unwrap();
        assert_eq!(found(world, &analyst, whole).await, [(Closeness::Near(0), still), (Closeness::Shares(100), cut)]);
        assert_eq!(found(world, &analyst, cut).await, [(Closeness::Shares(100), whole)]);
        assert_eq!(found(world, &analyst, mixed).await, [], "half of it is not enough");
        assert_eq!(found(world, &analyst, still).await, [(Closeness::Near(0), whole)]);
    })
    .await;
}

#[tokio::test]
async fn plain_pictures_other_hotlines_and_what_was_erased_are_not_shown() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let first = with_file(world, &hotline, &picture(1, 0)).await;
        let gone = with_file(world, &hotline, &picture(2, 1)).await;
        let moved = with_file(world, &hotline, &picture(3, 2)).await;
        near::refresh(&world.cw).await.unwrap();
        assert_eq!(found(world, &analyst, first).await.len(), 2);

        let (south, now) = (world.cw.new_id(), world.cw.now());
        let mut tx = world.cw.storage.write().await.unwrap();
        let sql = "INSERT INTO organisation (id, kind, name, created_at) VALUES ($1, 'hotline', 'South Hotline', $2)";
        execute!(&mut tx, sql, south, now).unwrap();
        execute!(&mut tx, "UPDATE cases SET hotline_id = $1 WHERE id = $2", south, moved).unwrap();
        execute!(&mut tx, "DELETE FROM cases WHERE id = $1", gone).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(found(world, &analyst, first).await, []);

        let known = world.cw.near.len();
        world.clock.advance(TimeDelta::days(1));
        near::refresh(&world.cw).await.unwrap();
        assert_eq!(world.cw.near.len(), known - 1, "what was erased is forgotten within a day");
    })
    .await;
}

#[tokio::test]
async fn a_new_process_reads_what_is_stored_and_one_item_shows_only_the_closest() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        let first = with_file(world, &hotline, &picture(1, 0)).await;
        for number in 0..30 {
            with_file(world, &hotline, &picture(2 + number, number)).await;
        }
        with_file(world, &hotline, &file(90, "")).await;
        let again = world.again();
        assert!(!again.near.is_ready() && again.near.is_empty(), "it answers before it is ready");
        near::refresh(&again).await.unwrap();
        assert_eq!(again.near.len(), 31);
        let shown = case::open(&again, &analyst, first).await.unwrap().items.remove(0).related;
        let distances: Vec<_> = shown.iter().map(|(closeness, _)| *closeness).collect();
        assert_eq!(distances, (0..20).map(Closeness::Near).collect::<Vec<_>>());
        assert_eq!(distances.len(), MOST);
        let untouched: &NearPictures = &world.cw.near;
        assert!(untouched.is_empty(), "each process has its own");
    })
    .await;
}
