//! How fast reports are accepted and the queue is read, on each engine: one JSON line a measurement on standard output, a
//! table on standard error. `SUOJA_TEST_POSTGRES` names the PostgreSQL server; it should write as durably as a real one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::cast_precision_loss, missing_docs)]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/desk/mod.rs"]
mod desk;

use std::time::{Duration, Instant};

use casework::Casework;
use casework::intake;
use casework::queue::{self, Cursor, Place, QueueFilter};
use casework::report::Door;
use casework::staff::session::StaffSession;
use casework::taxonomy::Role;
use casework::vault::CookieToken;
use common::{World, on_each_engine, sent};
use desk::{Shape, member};
use tokio::task::JoinSet;

/// Open cases in the queue that is read.
const CASES: i64 = 10_000;
/// Reports sent at each number of clients.
const REPORTS: usize = 256;
/// Times each read is made.
const READS: usize = 200;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    eprintln!("{:44}{:>12}{:>10}{:>10}{:>12}", "", "engine", "median", "p99", "a second");
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        for clients in [1, 8, 64] {
            accept(world, clients).await;
        }
        let analyst = member(world, &hotline, "kaisa", Role::Analyst).await;
        for number in 0..CASES {
            let shape = Shape::level(2 + number % 2).due_in(number % 977).received(-number);
            desk::case(world, &hotline, shape).await;
        }
        read(world, &analyst).await;
    })
    .await;
}

/// Reports of so many clients, sent at the same time. Each is one durable transaction; none may fail.
async fn accept(world: &World, clients: usize) {
    let mut drafts = Vec::new();
    for _ in 0..REPORTS {
        drafts.push(sent::told(world).await);
    }
    let began = Instant::now();
    let mut sending = JoinSet::new();
    for mine in drafts.chunks(REPORTS / clients) {
        sending.spawn(send_all(world.again(), mine.to_vec()));
    }
    let times: Vec<Duration> = sending.join_all().await.into_iter().flatten().collect();
    let rate = REPORTS as f64 / began.elapsed().as_secs_f64();
    print(world, &format!("report accepted, {clients} at once"), times, rate);
}

async fn send_all(cw: Casework, drafts: Vec<CookieToken>) -> Vec<Duration> {
    let mut times = Vec::new();
    for cookie in drafts {
        let start = Instant::now();
        intake::send(&cw, &cookie, Door::Picture, &"en".parse().unwrap()).await.expect("accepted");
        times.push(start.elapsed());
    }
    times
}

async fn read(world: &World, analyst: &StaffSession) {
    let all = QueueFilter::default();
    let page = async |after: Option<Cursor>| {
        queue::list(&world.cw, analyst, Place::Queue, &all, after).await.unwrap().next.expect("a next page")
    };
    let mut deep = page(None).await;
    for _ in 0..CASES / 2 / i64::try_from(queue::PAGE).unwrap() {
        deep = page(Some(deep)).await;
    }
    measure(world, "queue, first page", async || {
        page(None).await;
    })
    .await;
    measure(world, "queue, a page in the middle", async || {
        page(Some(deep.clone())).await;
    })
    .await;
    measure(world, "queue, counts", async || {
        queue::counts(&world.cw, analyst).await.unwrap();
    })
    .await;
    measure(world, "queue, next case taken", async || {
        queue::take_next(&world.cw, analyst).await.unwrap().expect("a case waits");
    })
    .await;
}

async fn measure(world: &World, name: &str, act: impl AsyncFn()) {
    let mut times = Vec::new();
    for _ in 0..READS {
        let start = Instant::now();
        act().await;
        times.push(start.elapsed());
    }
    let rate = READS as f64 / times.iter().sum::<Duration>().as_secs_f64();
    print(world, &format!("{name}, {CASES} waiting"), times, rate);
}

fn print(world: &World, name: &str, mut times: Vec<Duration>, rate: f64) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    let engine = if world.address.starts_with("sqlite") { "sqlite" } else { "postgres" };
    let (median, p99) = (at(50), at(99));
    eprintln!("{name:44}{engine:>12}{median:>7.2} ms{p99:>7.2} ms{rate:>12.0}");
    println!(
        r#"{{"name":"{name}","engine":"{engine}","unit":"ms","median":{median:.3},"p99":{p99:.3},"peer":null,"peer_median":null,"ratio":null}}"#
    );
}
