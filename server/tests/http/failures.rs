//! What a person sees when something goes wrong.

use axum::body::Body;
use axum::http::{HeaderMap, Method};

use crate::harness::{Suoja, on_each_engine};

#[tokio::test]
async fn a_page_that_is_not_there_says_so_in_the_visitors_language() {
    on_each_engine(async |suoja: &Suoja| {
        let mut browser = suoja.browser();
        for path in ["/en/nothing", "/nothing", "/en/console/case/not-an-id", "/%00", "/en/%F0%28"] {
            let page = browser.get(path).await;
            assert_eq!(page.status, 404, "{path}");
            assert!(page.body.contains("<h1>"), "{path}");
        }
        let page = browser.get("/ar/nothing").await;
        assert!(page.body.contains("lang=\"ar\" dir=\"rtl\""), "{}", page.body);
    })
    .await;
}

#[tokio::test]
async fn another_method_is_not_allowed() {
    on_each_engine(async |suoja: &Suoja| {
        let page = suoja.browser().send(Method::DELETE, "/en", HeaderMap::new(), Body::empty()).await;
        assert_eq!(page.status, 405);
        assert!(page.header("allow").contains("GET"), "{:?}", page.headers);
    })
    .await;
}

#[tokio::test]
async fn our_fault_gets_a_sentence_and_a_number_and_nothing_else() {
    on_each_engine(async |suoja: &Suoja| {
        suoja.app.casework.storage.close().await;
        let page = suoja.browser().post("/en/code", &[("code", &a_valid_code())]).await;
        assert_eq!(page.status, 500);
        assert!(page.body.contains("class=\"code\""), "an incident number: {}", page.body);
        for hint in ["sqlx", "SQL", "pool", "panic", "storage"] {
            assert!(!page.body.contains(hint), "{hint} in {}", page.body);
        }
    })
    .await;
}

/// A well-formed code that opens nothing.
fn a_valid_code() -> String {
    use casework::case_code::CaseCode;
    CaseCode::generate(&casework::testing::SeededRandomness::new(5)).to_string()
}
