//! `suoja training`: a newcomer works on a lesson and learns what an experienced analyst decided, not before the end.

use std::fs;

use crate::demo_desk;
use crate::desk::{act, take_next};
use crate::harness::run;
use crate::html::text;
use crate::process::{Installation, on_sqlite};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_closes_a_lesson_and_sees_what_was_decided_and_nothing_of_it_is_real() {
    on_sqlite(async |installation: &Installation| {
        let process = installation.start("training", &[]).await;
        let (mut newcomer, queue) = demo_desk::sign_in(installation, &process, "training", 1).await;
        assert!(text(&queue.body).contains("This is a place to learn. Nothing here is real."));
        let lessons = queue.body.matches("SU-").count();
        assert!(lessons >= 16, "{lessons}");

        let case = take_next(&mut newcomer).await.expect("a lesson waits");
        let page = text(&newcomer.get(&case).await.body);
        assert!(page.contains("A lesson") && !page.contains("What an experienced analyst decided"), "{page}");
        let words = [("outcome", "not_found"), ("explanation", "It was not there when we looked.")];
        act(&mut newcomer, &format!("{case}/close"), &words).await;
        let page = text(&newcomer.get(&case).await.body);
        assert!(page.contains("What an experienced analyst decided") && page.contains("Why"), "{page}");
        process.end().await;

        a_real_installation_refuses_it(installation);
    })
    .await;
}

fn a_real_installation_refuses_it(installation: &Installation) {
    let folder = installation.folder.path();
    fs::rename(folder.join("training-data"), folder.join("data")).unwrap();
    fs::rename(folder.join("training-keys"), folder.join("keys")).unwrap();
    let ended = run(folder, &["serve"]);
    assert_ne!(ended.code, 0);
    assert!(ended.complaints.contains("holds training cases"), "{}", ended.complaints);
}
