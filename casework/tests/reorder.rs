//! Another priority table: what it would do is shown, and then it does just that.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod desk;

use casework::fetch_all;
use casework::priority::{self, PriorityTable, Trigger};
use casework::queue::{self, Place, QueueFilter, QueueRow};
use casework::reorder::{self, Reordering};
use casework::staff::session::StaffSession;
use casework::taxonomy::Role;
use chrono::TimeDelta;
use common::{World, on_each_engine};
use desk::{Shape, case, member};
use uuid::Uuid;

/// The desk's cases are children's own pictures, level 2 by the built-in table.
fn own_images_first() -> PriorityTable {
    PriorityTable::default().with_level(Trigger::OwnImage, 1).unwrap()
}

async fn queued(world: &World, session: &StaffSession) -> Vec<QueueRow> {
    queue::list(&world.cw, session, Place::Queue, &QueueFilter::default(), None).await.unwrap().rows
}

async fn levels_in_history(world: &World, case: Uuid) -> usize {
    let mut tx = world.cw.storage.read().await.unwrap();
    let sql = "SELECT detail FROM history WHERE case_id = $1 AND event = 'prioritised'";
    fetch_all!(&mut tx, (String,), sql, case).unwrap().len()
}

#[tokio::test]
async fn what_is_shown_before_is_what_happens_after() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let lead = member(world, &hotline, "lea", Role::Lead).await;
        let cw = &world.cw;
        let late = case(world, &hotline, Shape::level(2).received(-90).due_in(390)).await;
        let fresh = case(world, &hotline, Shape::level(2).received(-10).due_in(470)).await;
        let held = case(world, &hotline, Shape::level(2)).await;
        queue::take(cw, &lead, held).await.unwrap();
        case(world, &hotline, Shape::level(2).state("closed")).await;

        let same = reorder::preview(cw, &PriorityTable::default()).await.unwrap();
        assert_eq!(same.moves.iter().enumerate().filter(|(from, to)| to.iter().sum::<u64>() != to[*from]).count(), 0);
        let shown = reorder::preview(cw, &own_images_first()).await.unwrap();
        let mut moves = Reordering::default().moves;
        moves[2][1] = 2;
        assert_eq!(shown, Reordering { cases: 2, moves, late: 0, late_then: 1 });
        assert!(queued(world, &lead).await.iter().all(|row| row.level == 2), "shown, not done");
        assert_eq!(reorder::decide_anew(cw).await.unwrap(), 0, "nothing was saved");

        priority::save(cw, &lead, &own_images_first()).await.unwrap();
        assert_eq!(reorder::decide_anew(cw).await.unwrap(), 2);
        assert_eq!(reorder::decide_anew(cw).await.unwrap(), 0, "once");
        let rows = queued(world, &lead).await;
        assert_eq!(rows.iter().map(|row| (row.id, row.level)).collect::<Vec<_>>(), [(late, 1), (fresh, 1)]);
        assert!(rows[0].deadline < cw.now() && rows[1].deadline == cw.now() + TimeDelta::minutes(50));
        assert_eq!(levels_in_history(world, late).await, 1);
        assert_eq!(levels_in_history(world, held).await, 0);

        queue::release(cw, &lead, held).await.unwrap();
        assert_eq!(reorder::decide_anew(cw).await.unwrap(), 1, "it follows when it comes back");
        assert_eq!(queued(world, &lead).await.len(), 3);
        assert_eq!(levels_in_history(world, held).await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_missed_its_deadline_is_raised_by_the_new_table_too_and_only_once() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let lead = member(world, &hotline, "lea", Role::Lead).await;
        let cw = &world.cw;
        case(world, &hotline, Shape::level(2).received(-60 * 24 * 30).due_in(-60 * 24 * 29)).await;
        let last = PriorityTable::default().with_level(Trigger::OwnImage, 3).unwrap();
        priority::save(cw, &lead, &last).await.unwrap();
        assert_eq!(reorder::decide_anew(cw).await.unwrap(), 1);
        assert_eq!(queued(world, &lead).await[0].level, 2, "level 3, and raised");
        assert_eq!(queue::raise_overdue(cw).await.unwrap(), 0);
    })
    .await;
}
