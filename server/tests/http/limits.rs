//! Whose posts are taken, how large, how many.

use axum::body::Body;
use axum::http::{HeaderMap, Method};
use casework::clock::Clock;
use chrono::TimeDelta;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{HOST, Suoja, on_each_engine, on_each_engine_with};

const FORM: &str = "/en/code";

fn from(headers: &[(&'static str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    map.insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    for (name, value) in headers {
        map.insert(*name, value.parse().unwrap());
    }
    map
}

#[tokio::test]
async fn another_sites_post_is_refused_with_a_page() {
    on_each_engine(async |suoja: &Suoja| {
        for headers in [
            from(&[("sec-fetch-site", "cross-site"), ("origin", "https://elsewhere.example")]),
            from(&[("sec-fetch-site", "same-site"), ("origin", "https://other.suoja.test")]),
            from(&[("origin", "https://elsewhere.example")]),
            from(&[("origin", "null")]),
        ] {
            let page = suoja.browser().send(Method::POST, FORM, headers, Body::from("code=x")).await;
            assert_eq!(page.status, 403);
            assert!(page.body.contains("<h1>"), "{}", page.body);
        }
        for path in ["/en/console/sign-in", "/en/case"] {
            let headers = from(&[("sec-fetch-site", "cross-site")]);
            let page = suoja.browser().send(Method::POST, path, headers, Body::from("a=b")).await;
            assert_eq!(page.status, 403, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn our_own_post_is_taken() {
    on_each_engine(async |suoja: &Suoja| {
        let page = suoja.browser().post(FORM, &[("code", "not a code")]).await;
        assert_eq!(page.status, 422);
        let old_browser = from(&[("origin", &format!("http://{HOST}"))]);
        let page = suoja.browser().send(Method::POST, FORM, old_browser, Body::from("code=x")).await;
        assert_eq!(page.status, 422);
    })
    .await;
}

#[tokio::test]
async fn a_body_over_256_kb_gets_a_page_that_says_so() {
    on_each_engine(async |suoja: &Suoja| {
        let mut browser = suoja.browser();
        let page = browser.post(FORM, &[("code", &"x".repeat(256 * 1024))]).await;
        assert_eq!(page.status, 413);
        assert!(page.body.contains("<h1>"), "{}", page.body);
        let page = browser.post(FORM, &[("code", &"x".repeat(5_000_000))]).await;
        assert_eq!(page.status, 413);
        let page = browser.post(FORM, &[("code", &"x".repeat(255 * 1024))]).await;
        assert_eq!(page.status, 422);
    })
    .await;
}

#[tokio::test]
async fn a_chunked_body_cannot_be_larger_either() {
    on_each_engine(async |suoja: &Suoja| {
        let mut stream = TcpStream::connect(suoja.address()).await.unwrap();
        let head = format!(
            "POST {FORM} HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\
             content-type: application/x-www-form-urlencoded\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let chunk = format!("{:x}\r\n{}\r\n", 300 * 1024, "x".repeat(300 * 1024));
        stream.write_all(chunk.as_bytes()).await.unwrap();
        stream.write_all(b"0\r\n\r\n").await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok();
        assert!(String::from_utf8_lossy(&answer).starts_with("HTTP/1.1 413"));
    })
    .await;
}

#[tokio::test]
async fn a_body_cut_off_changes_nothing_and_harms_nothing() {
    on_each_engine(async |suoja: &Suoja| {
        let mut stream = TcpStream::connect(suoja.address()).await.unwrap();
        let head = format!(
            "POST {FORM} HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 500\r\n\r\ncode="
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
        assert_eq!(suoja.browser().get("/en").await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn bytes_that_are_no_form_get_a_page() {
    on_each_engine(async |suoja: &Suoja| {
        let body = Body::from(&b"code=%FF%FE%00&\xff\xff"[..]);
        let page = suoja.browser().send(Method::POST, FORM, from(&[]), body).await;
        assert!(matches!(page.status.as_u16(), 400 | 422), "{}", page.status);
        let mut multipart = HeaderMap::new();
        multipart.insert("content-type", "multipart/form-data; boundary=x".parse().unwrap());
        let page = suoja.browser().send(Method::POST, FORM, multipart, Body::from("--x--")).await;
        assert_eq!(page.status, 400, "no public route takes files");
    })
    .await;
}

#[tokio::test]
async fn one_visitor_in_a_hurry_does_not_slow_another() {
    on_each_engine_with(&[("SUOJA_LIMITS__PAGES_PER_MINUTE", "5")], async |suoja: &Suoja| {
        let (mut hasty, mut calm) = (suoja.browser(), suoja.browser());
        hasty.always_send("x-forwarded-for", "192.0.2.1");
        calm.always_send("x-forwarded-for", "192.0.2.1, 198.51.100.7");
        for _ in 0..5 {
            assert_eq!(hasty.get("/en").await.status, 200);
        }
        assert_eq!(hasty.get("/en").await.status, 429);
        assert_eq!(hasty.get("/style.css").await.status, 200, "files cost nothing");
        assert_eq!(calm.get("/en").await.status, 200);
        suoja.clock.advance(TimeDelta::seconds(13));
        assert_eq!(hasty.get("/en").await.status, 200, "{}", suoja.clock.now());
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_are_slowed_for_this_visitor_only() {
    on_each_engine(async |suoja: &Suoja| {
        let mut guesser = suoja.browser();
        guesser.always_send("x-forwarded-for", "192.0.2.1");
        let code = [("code", "0000-0000-0000-0001")];
        let began = std::time::Instant::now();
        for _ in 0..4 {
            assert_eq!(guesser.post(FORM, &code).await.status, 422);
        }
        assert!(began.elapsed().as_millis() >= 250, "the fourth wrong code waits");
        let mut child = suoja.browser();
        child.always_send("x-forwarded-for", "198.51.100.7");
        let began = std::time::Instant::now();
        assert_eq!(child.post(FORM, &code).await.status, 422);
        assert!(began.elapsed().as_millis() < 250, "another visitor does not wait");
    })
    .await;
}
