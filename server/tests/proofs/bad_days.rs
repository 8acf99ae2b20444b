//! Bad input and bad days: wrong codes, floods of links, hidden characters, double sends, lost answers, no mail server,
//! bodies cut off. A clear answer each time, and never a 500.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{HeaderMap, Method, header};
use casework::case_code::CaseCode;
use casework::erasure::{self, Wish};
use casework::taxonomy::OrganisationKind;
use casework::{fetch_one, mine};
use chrono::TimeDelta;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::desk::{self, act, draft_notice, signed_in, take_next};
use crate::harness::{HOST, Page, Suoja, on_each_engine_with};
use crate::html::{between, text};
use crate::reporter::{self, NO_LIMITS, SEEN};

async fn cases(suoja: &Suoja) -> i64 {
    let mut tx = suoja.app.casework.storage.read().await.unwrap();
    fetch_one!(&mut tx, (i64,), "SELECT count(*) FROM cases").unwrap().0
}

/// A page without what differs at each answer: the policy's nonce, and the code that was typed.
fn lasting(page: &Page, code: &str) -> String {
    let nonce = between(&page.body, "nonce=\"", "\"").unwrap_or("no nonce").to_owned();
    page.body.replace(&nonce, "").replace(code, "")
}

/// A code whose case was erased, and one that was never made.
async fn two_that_open_nothing(suoja: &Suoja) -> [CaseCode; 2] {
    let cw = &suoja.app.casework;
    desk::first(cw).await;
    let erased: CaseCode = reporter::tell(&mut suoja.browser(), "/en/seen", SEEN).await.parse().unwrap();
    let token = mine::enter(cw, &erased).await.unwrap().unwrap();
    erasure::ask(cw, &token, Wish { stop: false, words: true, protection: true }).await.unwrap();
    suoja.clock.advance(TimeDelta::days(8));
    // The server's own worker may have been first; either way the case is gone when this returns.
    erasure::run_due(cw).await.unwrap();
    assert_eq!(cases(suoja).await, 0);
    [erased, CaseCode::generate(&*cw.randomness)]
}

#[tokio::test]
async fn a_code_that_opens_nothing_gets_one_answer_whatever_the_reason() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let mut answers = Vec::new();
        for code in two_that_open_nothing(suoja).await {
            let code = code.to_string();
            let page = suoja.browser().post("/en/code", &[("code", &code)]).await;
            assert_eq!(page.status, 422);
            answers.push(lasting(&page, &code));
        }
        assert_eq!(answers[0], answers[1]);
    })
    .await;
}

/// Not to the microsecond on a busy machine, but no step may be missing: each try derives keys, seals, and writes.
#[tokio::test]
async fn a_code_that_opens_nothing_takes_the_same_work_whatever_the_reason() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let codes = two_that_open_nothing(suoja).await;
        let mut times = [const { Vec::new() }; 2];
        for _ in 0..41 {
            for (code, times) in codes.iter().zip(&mut times) {
                let began = Instant::now();
                assert!(mine::enter(&suoja.app.casework, code).await.unwrap().is_none());
                times.push(began.elapsed());
            }
        }
        let [erased, unknown] = times.map(median);
        assert!(
            unknown < erased * 4 && erased < unknown * 4,
            "{unknown:?} for an unknown code, {erased:?} for an erased one"
        );
    })
    .await;
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[tokio::test]
async fn five_hundred_links_are_too_many_and_stay_typed() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let mut browser = suoja.browser();
        browser.post("/en/seen/what", &[("what", "link")]).await;
        let links: Vec<String> = (0..500).map(|number| format!("https://example.com/{number}")).collect();
        let page = browser.post("/en/seen/links", &[("links", &links.join("\n"))]).await;
        assert_eq!(page.status, 422);
        assert!(text(&page.body).contains("100"), "how many fit");
        assert!(page.body.contains(&links[499]), "what was typed is still there");
        let again = browser.get("/en/seen/links").await;
        assert!(again.body.contains(&links[499]), "also after a while");
        let bad = browser.post("/en/seen/links", &[("links", "https://example.com/a\nhttps://localhost/b")]).await;
        assert_eq!(bad.status, 422);
        assert!(text(&bad.body).contains("https://localhost/b"), "the bad one is named");
    })
    .await;
}

const ANY_SCRIPT: &str = "Ääkköset, 简体字, हिन्दी, ไทย, עברית, العربيّة, 👩‍👧‍👦, 𝕌𝕟𝕚𝕔𝕠𝕕𝕖, \u{200f}مرحبا\u{200e}, ﷽";

#[tokio::test]
async fn any_script_arrives_as_written_and_hidden_controls_do_not() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let session = desk::first(&suoja.app.casework).await;
        let words = format!("{ANY_SCRIPT}\u{0}\u{7}\u{1b}[31m<script>alert(1)</script>\r\nsecond line");
        let told: Vec<(&str, &str)> =
            SEEN.iter().map(|(name, value)| (*name, if *name == "words" { words.as_str() } else { *value })).collect();
        reporter::tell(&mut suoja.browser(), "/en/seen", &told).await;
        let mut analyst = signed_in(suoja.browser(), &session);
        let case = take_next(&mut analyst).await.unwrap();
        let page = analyst.get(&case).await.body;
        assert!(page.contains(ANY_SCRIPT), "{}", text(&page));
        assert!(page.contains("[31m&lt;script&gt;alert(1)"), "tags are words");
        assert!(page.chars().all(|character| !character.is_control() || matches!(character, '\n' | '\t')));
    })
    .await;
}

#[tokio::test]
async fn sending_twice_at_once_makes_one_case_and_shows_one_code() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        desk::first(&suoja.app.casework).await;
        let mut one = suoja.browser();
        let check = reporter::fill_in(&mut one, "/en/seen", SEEN).await;
        let mut other = suoja.browser();
        other.give("draft", &one.cookies()["draft"].clone());
        let (first, second) = tokio::join!(one.post_and_follow(&check, &[]), other.post_and_follow(&check, &[]));
        let code = reporter::shown_code(&first.body).expect("a code");
        assert_eq!(reporter::shown_code(&second.body), Some(code.clone()));
        assert_eq!(cases(suoja).await, 1);
        let third = one.post_and_follow(&check, &[]).await;
        assert_eq!(reporter::shown_code(&third.body), Some(code));
        assert_eq!(cases(suoja).await, 1);
    })
    .await;
}

/// Sends these bytes and goes away at once, or waits for the answer.
async fn raw(suoja: &Suoja, request: &str, waits: bool) -> String {
    let mut stream = TcpStream::connect(suoja.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    if waits {
        stream.shutdown().await.unwrap();
        stream.read_to_string(&mut answer).await.unwrap();
    }
    answer
}

fn post(path: &str, cookie: &str, announced: usize, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {HOST}\r\nOrigin: http://{HOST}\r\nCookie: draft={cookie}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {announced}\r\n\r\n{body}"
    )
}

#[tokio::test]
async fn a_lost_answer_loses_no_code_and_makes_no_second_case() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        desk::first(&suoja.app.casework).await;
        for number in 1..=5 {
            let mut browser = suoja.browser();
            let check = reporter::fill_in(&mut browser, "/en/seen", SEEN).await;
            raw(suoja, &post(&check, &browser.cookies()["draft"], 0, ""), false).await;
            let receipt = browser.post_and_follow(&check, &[]).await;
            let code = reporter::shown_code(&receipt.body).expect("the code is shown after all");
            assert_eq!(cases(suoja).await, number);
            reporter::open(&mut browser, &code).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_body_that_was_cut_off_changes_nothing() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let mut browser = suoja.browser();
        browser.post("/en/seen/what", &[("what", "account")]).await;
        let cut = "handle=never_whole";
        let answer = raw(suoja, &post("/en/seen/account", &browser.cookies()["draft"], 500, cut), true).await;
        assert!(!answer.starts_with("HTTP/1.1 5") && !answer.starts_with("HTTP/1.1 3"), "{answer}");
        let page = browser.get("/en/seen/account").await;
        assert_eq!(page.status, 200);
        assert!(!page.body.contains("never_whole"));
    })
    .await;
}

#[tokio::test]
async fn while_the_mail_server_is_away_a_notice_waits_and_then_goes() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let cw = &suoja.app.casework;
        let session = desk::first(cw).await;
        let provider =
            desk::organisation(cw, &session, OrganisationKind::Provider, "Sharepic", "sharepic.example").await;
        reporter::tell(&mut suoja.browser(), "/en/seen", SEEN).await;
        let mut analyst = signed_in(suoja.browser(), &session);
        let case = take_next(&mut analyst).await.unwrap();
        suoja.mail.answer_with(450);
        let notice = draft_notice(&mut analyst, &case, provider, "Please remove it.").await;
        act(&mut analyst, &format!("{notice}/approval"), &[]).await;
        tries(suoja, 1).await;
        assert!(suoja.mail.arrived().is_empty());
        assert!(!desk::is_out(&analyst.get(&notice).await), "it has not gone");

        suoja.mail.answer_with(250);
        suoja.clock.advance(TimeDelta::minutes(10));
        let mails = suoja.mail.wait_for(1).await;
        assert_eq!(mails[0].to, "notices@sharepic.example");
        tries(suoja, 2).await;
        assert_eq!(suoja.mail.arrived().len(), 1, "it went once");
        assert!(desk::is_out(&analyst.get(&notice).await));
    })
    .await;
}

/// Waits until the outbox has tried so often, and is at rest.
async fn tries(suoja: &Suoja, wanted: i64) {
    let sql = "SELECT count(*) FROM outbox WHERE attempts >= $1 AND leased_until IS NULL";
    let wait = async {
        loop {
            let mut tx = suoja.app.casework.storage.read().await.unwrap();
            if fetch_one!(&mut tx, (i64,), sql, wanted).unwrap().0 == 1 {
                return;
            }
            drop(tx);
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await.expect("a try within 30 s");
}

/// Without the page that takes codes: many wrong ones are slowed, which has a test of its own.
const PATHS: [&str; 17] = [
    "/",
    "/en",
    "/xx",
    "/%00",
    "/en/%ff%fe",
    "/en/sent",
    "/en/sent/kept",
    "/en/seen/links",
    "/en/picture/files",
    "/en/threat/check",
    "/en/case/write",
    "/en/case/add",
    "/en/case/erase/sure",
    "/en/console/sign-in",
    "/en/console/take-next",
    "/en/console/case/not-an-id",
    "/en/console/welcome/not-a-token",
];

#[tokio::test]
async fn nothing_that_is_sent_is_answered_with_a_500() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        desk::first(&suoja.app.casework).await;
        let mut browser = suoja.browser();
        let check = reporter::fill_in(&mut browser, "/en/seen", SEEN).await;
        let code = reporter::shown_code(&browser.post_and_follow(&check, &[]).await.body).unwrap();
        reporter::open(&mut browser, &code).await;
        for path in PATHS {
            for (kind, body) in bodies() {
                for method in [Method::POST, Method::PUT] {
                    let mut headers = HeaderMap::new();
                    headers.insert(header::ORIGIN, format!("http://{HOST}").parse().unwrap());
                    headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
                    let start: String = body.chars().take(40).collect();
                    let page = browser.send(method.clone(), path, headers, Body::from(body.clone())).await;
                    assert!(page.status.as_u16() < 500, "{} for {method} {path} with {start}", page.status);
                }
            }
            let page = browser.get(path).await;
            assert!(page.status.as_u16() < 500, "{} for {path}", page.status);
        }
    })
    .await;
}

/// Bodies that no form of ours sends, with their media types.
fn bodies() -> Vec<(&'static str, String)> {
    let form = "application/x-www-form-urlencoded";
    vec![
        (form, String::new()),
        (form, "=&=&&&%".to_owned()),
        (form, "words=%ff%fe%00&links=%00&code=%ff".to_owned()),
        (form, "file=%7B%22sha256%22%3A1%7D&file=%5B%5B%5B".to_owned()),
        (form, "a=1&".repeat(20_000)),
        (form, format!("words={0}&links={0}", "a".repeat(100_000))),
        (form, format!("words={}", "a".repeat(300_000))),
        ("application/json", "{\"words\":\"x\"}".to_owned()),
        ("multipart/form-data; boundary=x", "--x\r\n\r\n--x--".to_owned()),
        ("text/plain", "words".to_owned()),
    ]
}
