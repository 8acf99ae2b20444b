//! The headers, on every kind of answer.

use axum::body::Body;
use axum::http::{HeaderMap, Method};

use crate::harness::{Page, Suoja, on_each_engine, on_each_engine_with};

/// A page, a redirect, an error, a form's answer, the console, health.
const PAGES: [&str; 8] =
    ["/", "/en", "/ar", "/en/help", "/en/privacy", "/en/console/sign-in", "/en/no-such-page", "/xx"];
const FILES: [&str; 4] = ["/style.css", "/leave.js", "/favicon.svg", "/pkg/hashing.wasm"];

fn assert_always(path: &str, page: &Page) {
    for (name, value) in [
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(page.header(name), value, "{name} of {path}");
    }
    assert!(page.header("permissions-policy").contains("camera=()"), "{path}");
}

#[tokio::test]
async fn every_page_keeps_to_itself() {
    on_each_engine(async |suoja: &Suoja| {
        for path in PAGES {
            let page = suoja.browser().get(path).await;
            assert_always(path, &page);
            assert_eq!(page.header("cache-control"), "no-store", "{path}");
            let policy = page.header("content-security-policy");
            let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
            assert!(nonce.len() >= 20, "{path}");
            assert_eq!(
                policy.replace(nonce, "N"),
                "default-src 'none'; script-src 'self' 'nonce-N' 'wasm-unsafe-eval'; style-src 'self'; \
                 img-src 'self' blob: data:; media-src blob:; connect-src 'self'; worker-src 'self'; form-action 'self'; \
                 base-uri 'none'; frame-ancestors 'none'",
                "{path}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn no_two_answers_share_a_nonce() {
    on_each_engine(async |suoja: &Suoja| {
        let mut browser = suoja.browser();
        let first = browser.get("/en").await.header("content-security-policy").to_owned();
        assert_ne!(first, browser.get("/en").await.header("content-security-policy"));
    })
    .await;
}

#[tokio::test]
async fn files_may_be_kept_and_run_nothing() {
    on_each_engine(async |suoja: &Suoja| {
        let mut browser = suoja.browser();
        for path in FILES {
            let file = browser.get(path).await;
            assert_eq!(file.status, 200, "{path}");
            assert_always(path, &file);
            assert_eq!(file.header("cache-control"), "public, no-cache", "{path}");
            let mut known = HeaderMap::new();
            known.insert("if-none-match", file.header("etag").parse().unwrap());
            let again = browser.send(Method::GET, path, known, Body::empty()).await;
            assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""), "{path}");
        }
        for path in ["/hash-worker.js", "/pkg/hashing.wasm", "/pkg/hashing-simd.wasm"] {
            let policy = browser.get(path).await.header("content-security-policy").to_owned();
            assert_eq!(policy, "default-src 'none'; script-src 'wasm-unsafe-eval'", "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_compressed_form_goes_to_who_takes_it() {
    on_each_engine(async |suoja: &Suoja| {
        let mut browser = suoja.browser();
        assert_eq!(browser.get("/style.css").await.header("content-encoding"), "");
        browser.always_send("accept-encoding", "gzip;q=0");
        assert_eq!(browser.get("/style.css").await.header("content-encoding"), "");
        browser.always_send("accept-encoding", "br, gzip");
        let file = browser.get("/style.css").await;
        assert_eq!((file.header("content-encoding"), file.body.as_str()), ("gzip", "not really gzip"));
        assert_eq!(browser.get("/en").await.header("content-encoding"), "", "a page is never compressed");
    })
    .await;
}

#[tokio::test]
async fn over_https_browsers_are_told_to_stay_on_it() {
    on_each_engine_with(&[("SUOJA_ADDRESS", "https://suoja.test")], async |suoja: &Suoja| {
        assert_eq!(suoja.browser().get("/en").await.header("strict-transport-security"), "max-age=31536000");
    })
    .await;
    on_each_engine(async |suoja: &Suoja| {
        assert_eq!(suoja.browser().get("/en").await.header("strict-transport-security"), "");
    })
    .await;
}
