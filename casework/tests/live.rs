//! A page that stays open hears of what happens, also in another process.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod desk;

use std::time::Duration;

use casework::taxonomy::Role;
use casework::{live, queue};
use common::{World, on_each_engine};
use desk::{Shape, member};
use tokio::time::timeout;
use uuid::Uuid;

/// Lets the listener connect: it hears only what happens after that.
async fn until_it_hears(world: &World, changes: &mut live::Listener, mut act: impl AsyncFnMut() -> Uuid) {
    let heard = async {
        loop {
            act().await;
            if let Ok(heard) = timeout(Duration::from_secs(1), changes.next()).await {
                return assert!(heard);
            }
        }
    };
    timeout(Duration::from_secs(30), heard).await.unwrap_or_else(|_| panic!("{} says nothing", world.address));
}

#[tokio::test]
async fn a_change_is_heard_in_another_process() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let other = world.again();
        let mut changes = other.changes.listen();
        tokio::select! {
            ended = live::listen(&other) => panic!("it ended: {ended:?}"),
            () = until_it_hears(world, &mut changes, async || desk::case(world, &hotline, Shape::level(1)).await) => {}
        }
        let before = live::now(&other, &kaisa, None).await.unwrap();
        let case = queue::take_next(&world.cw, &kaisa).await.unwrap().expect("one waits");
        let after = live::now(&other, &kaisa, Some(case)).await.unwrap();
        assert_eq!(after.counts.mine, before.counts.mine + 1);
        assert!(after.case.is_some());
        other.changes.end();
        assert!(!changes.next().await || !changes.next().await, "nothing comes any more");
    })
    .await;
}

#[tokio::test]
async fn who_reads_never_waits_for_who_writes() {
    on_each_engine(async |world: &World| {
        let writing = world.cw.storage.write().await.unwrap();
        // More than are open from the beginning.
        let (one, two, three) = (world.cw.storage.read(), world.cw.storage.read(), world.cw.storage.read());
        let (one, two, three) = tokio::join!(one, two, three);
        assert!(one.is_ok() && two.is_ok() && three.is_ok(), "a reader was refused while somebody wrote");
        writing.commit().await.unwrap();
    })
    .await;
}
