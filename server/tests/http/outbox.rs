//! Mails leave through the outbox, wait while the mail server is away, and are given up when it says no for good.

use casework::outbox::{self, Task};
use casework::storage::Tx;
use chrono::TimeDelta;

use crate::harness::{Suoja, on_each_engine};

async fn invite(suoja: &Suoja, to: &str) {
    let cw = &suoja.app.casework;
    let task = Task::MailInvitation {
        to: to.to_owned(),
        language: "en".to_owned(),
        link: "http://suoja.test/en/console/welcome/once".to_owned(),
    };
    let mut tx: Tx = cw.storage.write().await.unwrap();
    outbox::push(cw, &mut tx, None, None, &task).await.unwrap();
    tx.commit().await.unwrap();
}

/// The rows that nobody is sending just now.
async fn states(suoja: &Suoja) -> Vec<(String, i64)> {
    let mut tx = suoja.app.casework.storage.read().await.unwrap();
    casework::fetch_all!(
        &mut tx,
        (String, i64),
        "SELECT state, attempts FROM outbox WHERE leased_until IS NULL ORDER BY id"
    )
    .unwrap()
}

/// Waits until the worker has come to what is expected; fails after 30 s.
async fn until(suoja: &Suoja, expected: &[(&str, i64)]) {
    let expected: Vec<(String, i64)> = expected.iter().map(|(state, tries)| ((*state).to_owned(), *tries)).collect();
    let wait = async {
        while states(suoja).await != expected {
            tokio::task::yield_now().await;
        }
    };
    let in_time = tokio::time::timeout(std::time::Duration::from_secs(30), wait).await;
    assert!(in_time.is_ok(), "{:?} instead of {expected:?}", states(suoja).await);
}

#[tokio::test]
async fn a_mail_goes_and_its_text_is_gone_with_it() {
    on_each_engine(async |suoja: &Suoja| {
        invite(suoja, "new@example.org").await;
        let mails = suoja.mail.wait_for(1).await;
        assert_eq!(mails[0].to, "new@example.org");
        assert!(mails[0].raw.contains("From: hotline@example.org"), "{}", mails[0].raw);
        assert!(mails[0].raw.contains("@example.org>\r\n"), "a Message-ID of our own: {}", mails[0].raw);
        until(suoja, &[("sent", 1)]).await;
        let mut tx = suoja.app.casework.storage.read().await.unwrap();
        let left =
            casework::fetch_all!(&mut tx, (i64,), "SELECT 1 FROM outbox WHERE sealed_payload IS NOT NULL").unwrap();
        assert!(left.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_passing_refusal_is_tried_again_later() {
    on_each_engine(async |suoja: &Suoja| {
        suoja.mail.answer_with(450);
        invite(suoja, "new@example.org").await;
        until(suoja, &[("waiting", 1)]).await;
        assert!(suoja.mail.arrived().is_empty());
        suoja.mail.answer_with(250);
        suoja.clock.advance(TimeDelta::minutes(1));
        suoja.mail.wait_for(1).await;
        until(suoja, &[("sent", 2)]).await;
    })
    .await;
}

#[tokio::test]
async fn a_final_refusal_is_final() {
    on_each_engine(async |suoja: &Suoja| {
        suoja.mail.answer_with(550);
        invite(suoja, "nobody@example.org").await;
        until(suoja, &[("failed", 1)]).await;
        assert!(suoja.mail.arrived().is_empty());
    })
    .await;
}
