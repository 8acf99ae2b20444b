//! Many like reports: set aside and counted, looked at by sample, never a child's, never for good.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
mod desk;

use std::collections::BTreeSet;

use casework::flood::{self, ALIKE, Flood, SAMPLE, WITHIN};
use casework::intake::{self, Receipt};
use casework::press::Press;
use casework::queue::{self, Place, QueueFilter};
use casework::report::{Door, Step};
use casework::search::{self, SearchFilter};
use casework::staff::session::StaffSession;
use casework::taxonomy::Role;
use casework::{mine, reorder};
use chrono::TimeDelta;
use common::sent::{Answers, told_at};
use common::{World, on_each_engine};
use desk::{member, words};

async fn tell(world: &World, link: &str, danger: &str) -> Receipt {
    world.clock.advance(TimeDelta::seconds(1));
    let answers: Answers<'_> = &[
        (Step::What, &[("what", "link")]),
        (Step::Links, &[("links", link)]),
        (Step::Shows, &[("shows", "unsure")]),
        (Step::When, &[("when", "")]),
        (Step::Age, &[("age", "unsure")]),
        (Step::Country, &[("country", "SE")]),
        (Step::Danger, &[("danger", danger)]),
        (Step::Words, &[("words", "")]),
        (Step::Reply, &[("reply", "code")]),
    ];
    let cookie = told_at(&world.cw, Door::Seen, answers).await;
    intake::send(&world.cw, &cookie, Door::Seen, &"sv".parse().unwrap()).await.unwrap()
}

async fn tell_often(world: &World, link: &str, times: i64) {
    for _ in 0..times {
        tell(world, link, "no").await;
    }
}

/// The level and name of every case that stands in the queue by itself.
async fn queued(world: &World, session: &StaffSession) -> Vec<(i64, String)> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = queue::list(&world.cw, session, Place::Queue, &QueueFilter::default(), after).await.unwrap();
        all.extend(page.rows.into_iter().map(|row| (row.level, row.reference.to_string())));
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

async fn only_flood(world: &World, session: &StaffSession) -> Flood {
    let mut floods = flood::list(&world.cw, session).await.unwrap();
    assert_eq!(floods.len(), 1);
    floods.remove(0)
}

const LINK: &str = "https://media.example/goes-round";

#[tokio::test]
async fn like_reports_become_one_line_with_their_number_and_a_sample_of_them_stays() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        tell_often(world, LINK, ALIKE).await;
        assert!(flood::list(&world.cw, &kaisa).await.unwrap().is_empty());
        assert_eq!(queued(world, &kaisa).await.len(), 20);
        tell_often(world, LINK, SAMPLE + 2).await;
        let others = tell(world, "https://media.example/other", "no").await.reference.to_string();

        let flood = only_flood(world, &kaisa).await;
        assert_eq!((flood.reports, flood.waiting), (52, 50));
        assert_eq!(flood.domain.as_deref(), Some("media.example"));
        let queue = queued(world, &kaisa).await;
        assert_eq!(queue.iter().filter(|(level, _)| *level == 4).count(), 2, "the first and the fifty-first");
        assert!(queue.contains(&(3, others)), "another link of the same site is no part of it");
        let all = SearchFilter { flood: Some(flood.id), ..SearchFilter::default() };
        let page = search::find(&world.cw, &kaisa, None, &all, None).await.unwrap();
        assert!(page.next.is_some() && page.rows.iter().all(|row| row.level == 4));

        let one = flood::take_one(&world.cw, &kaisa, flood.id).await.unwrap().expect("one of them");
        assert_eq!(only_flood(world, &kaisa).await.waiting, 49);
        queue::release(&world.cw, &kaisa, one).await.unwrap();
        assert_eq!(only_flood(world, &kaisa).await.waiting, 50, "it goes back among them");
    })
    .await;
}

#[tokio::test]
async fn nobody_in_danger_and_no_child_is_ever_one_of_many() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        tell_often(world, common::sent::LINK, ALIKE + 3).await;
        let danger = tell(world, common::sent::LINK, "in_danger").await.reference.to_string();
        let child = common::sent::picture(world).await.case;
        let queue = queued(world, &kaisa).await;
        assert!(queue.contains(&(0, danger)));
        let page = queue::list(&world.cw, &kaisa, Place::Queue, &QueueFilter::default(), None).await.unwrap();
        assert!(page.rows.iter().any(|row| row.id == child && row.level <= 2), "told by many others, and still first");
    })
    .await;
}

#[tokio::test]
async fn who_writes_again_stands_in_the_queue_by_themself() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        tell_often(world, LINK, ALIKE + 1).await;
        let set_aside = tell(world, LINK, "no").await;
        let name = set_aside.reference.to_string();
        assert!(!queued(world, &kaisa).await.iter().any(|(_, reference)| *reference == name));
        let token = mine::enter(&world.cw, &set_aside.code).await.unwrap().expect("the code opens it");
        mine::write(&world.cw, &token, &words("It is my sister."), &Press::default()).await.unwrap();
        assert!(queued(world, &kaisa).await.iter().any(|(_, reference)| *reference == name));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_alike_goes_back_to_the_level_it_would_have_had() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        tell_often(world, LINK, ALIKE + 5).await;
        let flood = only_flood(world, &kaisa).await;
        flood::dissolve(&world.cw, &kaisa, flood.id).await.unwrap();
        reorder::decide_anew(&world.cw).await.unwrap();
        let levels: BTreeSet<_> = queued(world, &kaisa).await.into_iter().map(|(level, _)| level).collect();
        assert_eq!(levels, BTreeSet::from([3]));
        assert_eq!(queued(world, &kaisa).await.len(), 25);
        tell_often(world, LINK, 2).await;
        assert!(flood::list(&world.cw, &kaisa).await.unwrap().is_empty(), "nor are the next");
        world.clock.advance(WITHIN + TimeDelta::days(7));
        tell_often(world, LINK, ALIKE + 2).await;
        assert_eq!(only_flood(world, &kaisa).await.waiting, 2, "a week later they may be");
    })
    .await;
}
