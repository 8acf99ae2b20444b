//! A child in danger tells; nobody takes the case: people and a web address are called until somebody does.

use std::time::Duration;

use casework::fetch_optional;
use chrono::TimeDelta;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use uuid::Uuid;

use crate::desk::{self, act, signed_in, take_next};
use crate::harness::{Suoja, on_each_engine_with};
use crate::mail::plain_mail;
use crate::reporter::{self, SEEN};
use crate::web_sink::WebSink;

fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{timestamp}.{body}").as_bytes());
    format!("v1={}", HEXLOWER.encode(&mac.finalize().into_bytes()))
}

async fn until_the_call_is_put_off(suoja: &Suoja) {
    let is_put_off = async || {
        let mut tx = suoja.app.casework.storage.read().await.unwrap();
        let sql = "SELECT id FROM outbox WHERE kind = 'ring_web' AND state = 'waiting' AND last_error = 'refused_now'";
        fetch_optional!(&mut tx, (Uuid,), sql).unwrap().is_some()
    };
    let put_off = async {
        while !is_put_off().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), put_off).await.expect("the failure is written down");
}

#[tokio::test]
async fn a_child_in_danger_is_heard_at_night() {
    let sink = WebSink::start().await;
    let address = sink.address();
    let variables = [("SUOJA_ALARM__ADDRESS", address.as_str()), ("SUOJA_ALARM__SECRET", "shared with the pager")];
    on_each_engine_with(&variables, async |suoja: &Suoja| {
        let ada = desk::first(&suoja.app.casework).await;
        let before = sink.wait_for(0).await.len();
        sink.answer_with(204);

        let mut staff = signed_in(suoja.browser(), &ada);
        act(&mut staff, "/en/console/on-call", &[("hours", "12")]).await;
        let page = staff.get("/en/console/on-call").await;
        assert!(page.body.contains("ada@hotline.example"), "{}", page.body);
        act(&mut staff, "/en/console/on-call/try", &[]).await;
        let trial: Value = serde_json::from_str(&sink.wait_for(before + 1).await[before].body).unwrap();
        assert_eq!((&trial["trial"], &trial["waiting"]), (&true.into(), &0.into()));
        assert!(plain_mail(&suoja.mail.wait_for(1).await[0].raw).contains("trial"));

        let in_danger: Vec<_> =
            SEEN.iter().filter(|(name, _)| *name != "danger").copied().chain([("danger", "in_danger")]).collect();
        reporter::tell(&mut suoja.browser(), "/en/seen", &in_danger).await;
        let calls = sink.wait_for(before + 2).await;
        let call = &calls[before + 1];
        let header = |name: &str| call.headers[name].to_str().unwrap().to_owned();
        assert_eq!(
            header("suoja-signature"),
            signature("shared with the pager", &header("suoja-timestamp"), &call.body)
        );
        let told: Value = serde_json::from_str(&call.body).unwrap();
        assert_eq!(
            (&told["format"], &told["waiting"], &told["trial"]),
            (&"suoja-alarm/1".into(), &1.into(), &false.into())
        );
        let mails = suoja.mail.wait_for(2).await;
        assert_eq!(mails[1].to, "ada@hotline.example");
        let mail = plain_mail(&mails[1].raw);
        assert!(
            mail.contains("1 case in danger waits") && mail.contains(told["references"][0].as_str().unwrap()),
            "{mail}"
        );

        sink.answer_with(503);
        suoja.clock.advance(TimeDelta::minutes(5));
        sink.wait_for(before + 3).await;
        until_the_call_is_put_off(suoja).await;
        sink.answer_with(204);
        suoja.clock.advance(TimeDelta::minutes(1));
        sink.wait_for(before + 4).await;
        suoja.mail.wait_for(3).await;

        let case = take_next(&mut staff).await.expect("it waits");
        let page = staff.get(&case).await;
        assert!(page.body.contains("The alarm ended. It had rung for 6 min"), "{}", page.body);
    })
    .await;
}
