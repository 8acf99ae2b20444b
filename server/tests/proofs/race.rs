//! Analysts at several processes race for 100 cases: none is ever in two hands, and all are taken once.

use std::collections::BTreeMap;

use casework::case_code::CaseCode;
use casework::report::{Door, Step, Typed, Walk};
use casework::video::Videos;
use casework::{Casework, fetch_all, intake};
use tokio::task::JoinSet;

use crate::desk::{self, signed_in, take_next};
use crate::harness::Browser;
use crate::process::{Installation, on_each_engine};
use crate::reporter::SEEN;

const CASES: usize = 100;
const PROCESSES: usize = 3;
const ANALYSTS: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_is_never_in_two_hands() {
    on_each_engine(async |installation: &Installation| {
        let app = installation.app().await;
        let cw = &app.casework;
        let first = desk::first(cw).await;
        let mut sessions = vec![first.clone()];
        for number in 1..ANALYSTS {
            sessions.push(desk::another(cw, &first, &format!("analyst{number}")).await);
        }
        for number in 0..CASES {
            receive(cw, number).await;
        }

        let mut processes = Vec::new();
        for _ in 0..PROCESSES {
            processes.push(installation.serve(&[]).await);
        }
        let mut racing = JoinSet::new();
        for (number, session) in sessions.iter().enumerate() {
            racing.spawn(take_all(signed_in(processes[number % PROCESSES].browser(), session)));
        }
        let taken: Vec<Vec<String>> = racing.join_all().await;
        println!("taken by each analyst: {:?}", taken.iter().map(Vec::len).collect::<Vec<_>>());

        let mut hands: BTreeMap<String, usize> = BTreeMap::new();
        for case in taken.into_iter().flatten() {
            *hands.entry(case).or_default() += 1;
        }
        let shared: Vec<_> = hands.iter().filter(|(_, hands)| **hands > 1).collect();
        assert!(shared.is_empty(), "{shared:?}");
        assert_eq!(hands.len(), CASES);
        assert_eq!(takes(cw).await, vec![1; CASES], "each case's history says that it was taken once");
        for process in processes {
            process.end().await;
        }
        cw.storage.close().await;
    })
    .await;
}

/// Takes the next case until nothing waits.
async fn take_all(mut analyst: Browser) -> Vec<String> {
    let mut taken = Vec::new();
    while let Some(case) = take_next(&mut analyst).await {
        taken.push(case);
        assert!(taken.len() <= CASES);
    }
    taken
}

/// Each with a link of its own: like ones would be set aside.
async fn receive(cw: &Casework, number: usize) {
    let link = format!("https://sharepic.example/p/{number}");
    let told = |(name, value): &(&str, &str)| {
        let value = if *name == "links" { link.as_str() } else { value };
        ((*name).to_owned(), value.to_owned())
    };
    let typed = Typed(SEEN.iter().map(told).collect());
    let every_step = Step::ALL.iter().map(|step| (*step, typed.clone())).collect();
    let report = Walk::along(Door::Seen, &every_step).report().unwrap();
    let code = CaseCode::generate(&*cw.randomness);
    let mut tx = cw.storage.write().await.unwrap();
    let (no_videos, english) = (Videos::new(), "en".parse().unwrap());
    intake::receive(cw, &mut tx, cw.new_id(), &code, &report, &no_videos, &english).await.unwrap();
    tx.commit().await.unwrap();
}

/// How often each case was taken.
async fn takes(cw: &Casework) -> Vec<i64> {
    let mut tx = cw.storage.read().await.unwrap();
    let sql = "SELECT count(*) FROM history WHERE event = 'taken' GROUP BY case_id";
    fetch_all!(&mut tx, (i64,), sql).unwrap().into_iter().map(|(takes,)| takes).collect()
}
