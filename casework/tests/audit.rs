//! The audit log's chain: it shows what was changed, and a head kept outside is on it or not.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use casework::audit::{self, Verdict};
use casework::execute;
use casework::history::Actor;
use common::{World, on_each_engine};

async fn acts(world: &World, actions: &[&'static str]) {
    let mut tx = world.cw.storage.write().await.unwrap();
    for &action in actions {
        audit::record(&world.cw, &mut tx, Actor::System, action, "a case", "").await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn head(world: &World) -> audit::Head {
    audit::head(&mut world.cw.storage.read().await.unwrap()).await.unwrap()
}

async fn goes_through(world: &World, outside: &audit::Head) -> bool {
    audit::goes_through(&mut world.cw.storage.read().await.unwrap(), outside).await.unwrap()
}

#[tokio::test]
async fn a_head_kept_outside_stays_on_the_chain_as_it_grows() {
    on_each_engine(async |world| {
        let empty = head(world).await;
        acts(world, &["case.take", "case.close"]).await;
        let outside = head(world).await;
        acts(world, &["case.reopen"]).await;
        assert!(goes_through(world, &empty).await && goes_through(world, &outside).await);
        assert_eq!(audit::verify(&world.cw, Some(&outside)).await.unwrap(), Verdict::Whole(head(world).await));
    })
    .await;
}

#[tokio::test]
async fn a_row_that_was_changed_or_taken_out_shows() {
    on_each_engine(async |world| {
        acts(world, &["case.take", "case.close", "case.reopen"]).await;
        let outside = head(world).await;
        let mut tx = world.cw.storage.write().await.unwrap();
        execute!(&mut tx, "UPDATE audit SET action = 'case.read' WHERE number = 2").unwrap();
        tx.commit().await.unwrap();
        assert_eq!(audit::verify(&world.cw, Some(&outside)).await.unwrap(), Verdict::BrokenAt(2));

        let mut tx = world.cw.storage.write().await.unwrap();
        execute!(&mut tx, "DELETE FROM audit WHERE number >= 2").unwrap();
        execute!(&mut tx, "UPDATE audit_head SET number = 1, hash = (SELECT hash FROM audit WHERE number = 1)")
            .unwrap();
        tx.commit().await.unwrap();
        acts(world, &["case.read", "case.read", "case.read"]).await;
        assert!(!goes_through(world, &outside).await, "as long as it was, but another");
        assert_eq!(audit::verify(&world.cw, Some(&outside)).await.unwrap(), Verdict::HeadDiffers);
    })
    .await;
}

#[tokio::test]
async fn who_has_no_keys_cannot_make_a_chain_that_holds() {
    on_each_engine(async |world| {
        acts(world, &["case.take"]).await;
        let mut thief = world.again();
        thief.keys = casework::vault::ServerKeys::generate(&*world.cw.randomness);
        let mut tx = world.cw.storage.write().await.unwrap();
        audit::record(&thief, &mut tx, Actor::System, "case.read", "a case", "").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(audit::verify(&world.cw, None).await.unwrap(), Verdict::BrokenAt(2));
    })
    .await;
}
