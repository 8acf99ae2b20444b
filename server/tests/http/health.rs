//! Whether it lives, and whether it can serve.

use crate::harness::{Suoja, on_each_engine};

#[tokio::test]
async fn it_lives_and_is_ready() {
    on_each_engine(async |suoja: &Suoja| {
        for path in ["/healthz", "/readyz"] {
            let page = suoja.browser().get(path).await;
            assert_eq!(page.status, 200, "{path}");
            assert_eq!(page.header("content-type"), "text/plain; charset=utf-8", "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn without_its_database_it_lives_but_is_not_ready() {
    on_each_engine(async |suoja: &Suoja| {
        suoja.app.casework.storage.close().await;
        assert_eq!(suoja.browser().get("/healthz").await.status, 200);
        let page = suoja.browser().get("/readyz").await;
        assert_eq!(page.status, 503);
        assert!(page.body.starts_with("not ready"), "{}", page.body);
    })
    .await;
}
