//! `suoja demo`: made once, believable, open to look around in; and never to be taken for a real installation.

use std::fs;

use casework::storage::Storage;

use crate::demo_desk;
use crate::harness::run;
use crate::html::text;
use crate::process::{Installation, Process, on_sqlite};
use crate::reporter;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_looks_around_and_nothing_of_it_is_real() {
    on_sqlite(async |installation: &Installation| {
        let process = installation.start("demo", &[]).await;
        let codes = codes_of(&process);
        assert_eq!(codes.len(), 3, "{}", process.said);
        for code in &codes {
            let case = reporter::open(&mut process.browser(), code).await;
            assert!(text(&case).contains("Nothing here is real."), "every page says so");
        }
        look_around_as_staff(installation, &process).await;
        let said = process.said.clone();
        process.end().await;

        let again = installation.start("demo", &[]).await;
        assert_eq!(codes_of(&again), codes, "it is made once");
        assert!(said.contains("Making up") && !again.said.contains("Making up"));
        again.end().await;

        let cases = count(installation, "SELECT count(*) FROM cases").await;
        assert_eq!(cases, 200);
        let states = count(installation, "SELECT count(DISTINCT state) FROM cases").await;
        assert!(states >= 7, "{states} states");
        a_real_installation_refuses_it(installation);
    })
    .await;
}

fn codes_of(process: &Process) -> Vec<String> {
    let lines = process.said.lines().map(str::trim);
    lines.filter(|line| line.len() == 19 && line.matches('-').count() == 3).map(str::to_owned).collect()
}

async fn look_around_as_staff(installation: &Installation, process: &Process) {
    let (_, queue) = demo_desk::sign_in(installation, process, "demo", 1).await;
    assert_eq!(queue.status, 200);
    assert!(queue.body.contains("SU-") && text(&queue.body).contains("Nothing here is real."));
}

async fn count(installation: &Installation, sql: &'static str) -> i64 {
    let file = installation.folder.path().join("demo-data/suoja.sqlite");
    let storage = Storage::open(&format!("sqlite:{}", file.display())).await.unwrap();
    let mut tx = storage.read().await.unwrap();
    let (count,) = casework::fetch_one!(&mut tx, (i64,), sql).unwrap();
    drop(tx);
    storage.close().await;
    count
}

fn a_real_installation_refuses_it(installation: &Installation) {
    let folder = installation.folder.path();
    fs::rename(folder.join("demo-data"), folder.join("data")).unwrap();
    fs::rename(folder.join("demo-keys"), folder.join("keys")).unwrap();
    let ended = run(folder, &["serve"]);
    assert_ne!(ended.code, 0);
    assert!(ended.complaints.contains("holds demo cases"), "{}", ended.complaints);
}
