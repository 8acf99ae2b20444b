//! Reports as a browser without script makes them: page by page, through the real handlers.

#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../casework/tests/common/mod.rs"]
mod casework_common;
mod common;

use axum::http::StatusCode;
use casework_common::{World, on_each_engine};
use chrono::TimeDelta;
use common::{Browser, Page, site};

/// A form as it is filled in: the page's path, then its fields.
type Forms<'a> = &'a [(&'a str, &'a [(&'a str, &'a str)])];

const THREAT: Forms = &[
    ("threat/account", &[("provider", "Chatter"), ("handle", "@someone")]),
    ("threat/wants", &[("wants", "money"), ("deadline", "tonight")]),
    ("threat/payment", &[("payment", "IBAN 1")]),
    ("threat/files", &[]),
    ("threat/age", &[("age", "13_15")]),
    ("threat/country", &[("country", "FI")]),
    ("threat/danger", &[("danger", "no")]),
    ("threat/words", &[("words", "Please help")]),
    ("threat/reply", &[("reply", "code"), ("email", "")]),
];

const SEEN: Forms = &[
    ("seen/what", &[("what", "link")]),
    ("seen/links", &[("links", "https://example.com/a https://example.org/b")]),
    ("seen/shows", &[("shows", "unsure")]),
    ("seen/when", &[("when", "")]),
    ("seen/age", &[("age", "unsure")]),
    ("seen/country", &[("country", "")]),
    ("seen/danger", &[("danger", "unsure")]),
    ("seen/words", &[("words", "")]),
    ("seen/reply", &[("reply", "code")]),
];

const PICTURE: Forms = &[
    ("picture/whose", &[("whose", "me")]),
    ("picture/age-in-picture", &[("age_in_picture", "10_12")]),
    ("picture/files", &[]),
    ("picture/where", &[("links", "example.com/page"), ("provider", ""), ("handle", "")]),
    ("picture/spreading", &[("spreading", "yes")]),
    ("picture/age", &[("age", "10_12")]),
    ("picture/country", &[("country", "SE")]),
    ("picture/danger", &[("danger", "no")]),
    ("picture/words", &[("words", "")]),
    ("picture/reply", &[("reply", "email"), ("email", "me@example.org")]),
];

/// Fills one form after the other, each where the one before led; gives where the last one leads.
async fn fill(browser: &Browser, forms: Forms<'_>) -> String {
    let mut next = format!("/en/{}", forms[0].0);
    for (path, fields) in forms {
        assert_eq!(next, format!("/en/{path}"));
        let page = browser.get(&next).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.html.contains("<h1"), "{path} has a heading");
        assert!(!page.html.contains("report."), "{path} has words for everything: {}", around(&page.html, "report."));
        let answer = browser.post(&next, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.html);
        next = answer.location;
    }
    next
}

fn around<'a>(html: &'a str, what: &str) -> &'a str {
    let at = html.find(what).unwrap_or(0);
    html.get(at.saturating_sub(60)..(at + 60).min(html.len())).unwrap_or_default()
}

async fn code_on(browser: &Browser) -> String {
    let page = browser.get("/en/sent").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.location);
    let shown = page.html.split("id=\"case-code\"").nth(1).unwrap().split("</bdi>").next().unwrap();
    shown.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, words)| words).collect()
}

async fn cases(world: &World) -> i64 {
    world.count("SELECT count(*) FROM cases").await
}

/// Runs a journey on each engine.
async fn on_each_site(journey: impl AsyncFn(&World, &axum::Router)) {
    on_each_engine(async |world| {
        world.hotline().await;
        let site = site(world.again());
        journey(world, &site).await;
    })
    .await;
}

#[tokio::test]
async fn each_door_leads_to_a_case_and_a_code() {
    on_each_site(async |world, site| {
        for (door, first, forms) in
            [("threat", "safety", THREAT), ("seen", "what", SEEN), ("picture", "whose", PICTURE)]
        {
            let browser = Browser::new(site);
            let before = cases(world).await;
            assert_eq!(browser.get(&format!("/en/{door}")).await.location, format!("/en/{door}/{first}"));
            let check = fill(&browser, forms).await;
            assert_eq!(check, format!("/en/{door}/check"));
            let page = browser.get(&check).await;
            assert!(!page.html.contains("report."), "{}", around(&page.html, "report."));
            assert_eq!(cases(world).await, before, "nothing is sent before Send");
            let sent = browser.post(&check, &[]).await;
            assert_eq!(sent.location, "/en/sent");
            assert_eq!(cases(world).await, before + 1);
            let code = code_on(&browser).await;
            assert!(code.parse::<casework::case_code::CaseCode>().is_ok(), "{code}");
            browser.post(&check, &[]).await;
            assert_eq!(code_on(&browser).await, code, "sent again: the same code");
            assert_eq!(cases(world).await, before + 1);
        }
    })
    .await;
}

#[tokio::test]
async fn the_safety_steps_come_before_any_question() {
    on_each_site(async |_, site| {
        let page = Browser::new(site).get("/en/threat/safety").await;
        assert!(page.html.contains("Don't pay") || page.html.contains("Don&#x27;t pay"), "{}", page.html);
        assert!(page.html.contains("tel:"), "someone to ring in the operator's country");
        assert!(page.html.contains("/en/threat/account"));
        assert!(!page.html.contains("<input"));
    })
    .await;
}

#[tokio::test]
async fn danger_shows_numbers_at_once_and_never_refuses() {
    on_each_site(async |world, site| {
        for danger in ["in_danger", "self_harm"] {
            let browser = Browser::new(site);
            fill(&browser, &THREAT[..6]).await;
            let next = browser.post("/en/threat/danger", &[("danger", danger)]).await.location;
            assert_eq!(next, "/en/threat/help-now");
            let page = browser.get(&next).await;
            assert!(page.html.contains("tel:112"), "the emergency number of Finland");
            assert!(page.html.contains("/en/threat/words"));
            fill(&browser, &THREAT[7..]).await;
            assert_eq!(browser.post("/en/threat/check", &[]).await.location, "/en/sent");
        }
        assert_eq!(world.count("SELECT count(*) FROM cases WHERE level = 0").await, 2);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_nothing_is_lost() {
    on_each_site(async |_, site| {
        let browser = Browser::new(site);
        fill(&browser, &SEEN[..1]).await;
        let pasted = "https://example.com/ok http://127.0.0.1/secret";
        let wrong = browser.post("/en/seen/links", &[("links", pasted)]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.html.contains("http://127.0.0.1/secret"), "the bad one is named");
        assert!(wrong.html.contains("links-problem") && wrong.html.contains("role=\"alert\""));
        assert!(shows(&wrong, pasted), "what was typed still stands there");
        let ends = "http://127.0.0.1/</textarea><b>&lt;";
        let wrong = browser.post("/en/seen/links", &[("links", ends)]).await;
        let escaped = "\nhttp://127.0.0.1/&lt;/textarea&gt;&lt;b&gt;&amp;lt;</textarea>";
        assert!(shows(&wrong, escaped), "what ends a field in the page's source does not end it");
        let empty = browser.post("/en/seen/what", &[]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!empty.html.contains("report."), "{}", around(&empty.html, "report."));
    })
    .await;
}

fn shows(page: &Page, text: &str) -> bool {
    page.html.contains(text)
}

#[tokio::test]
async fn the_open_field_survives_a_change_of_language() {
    on_each_site(async |_, site| {
        let browser = Browser::new(site);
        fill(&browser, &SEEN[..1]).await;
        let half = "https://exam";
        let switched = browser.post("/en/seen/links", &[("links", half), ("language", "ar")]).await;
        assert_eq!((switched.status, switched.location.as_str()), (StatusCode::SEE_OTHER, "/ar/seen/links"));
        let page = browser.get("/ar/seen/links").await;
        assert!(shows(&page, half) && page.html.contains("dir=\"rtl\""));
        let first = Browser::new(site);
        let switched = first.post("/en/picture/whose", &[("whose", "me"), ("language", "sv")]).await;
        assert_eq!(switched.location, "/sv/picture/whose", "without a draft one is started");
    })
    .await;
}

#[tokio::test]
async fn after_an_hour_a_form_starts_anew_from_what_it_carries() {
    on_each_site(async |world, site| {
        let browser = Browser::new(site);
        fill(&browser, &THREAT[..7]).await;
        world.clock.advance(TimeDelta::minutes(61));
        let late = browser.post("/en/threat/words", &[("words", "still here")]).await;
        assert_eq!(late.location, "/en/threat/account?anew");
        assert!(browser.get(&late.location).await.html.contains("notice info"), "it says why");
        fill(&browser, &THREAT[..6]).await;
        let next = browser.post("/en/threat/danger", &[("danger", "no")]).await.location;
        assert_eq!(next, "/en/threat/reply", "the words came along");
        assert!(shows(&browser.get("/en/threat/words").await, "still here"));
    })
    .await;
}

#[tokio::test]
async fn a_page_ahead_leads_to_the_open_question_and_an_unknown_one_nowhere() {
    on_each_site(async |_, site| {
        let browser = Browser::new(site);
        assert_eq!(browser.get("/en/threat/check").await.location, "/en/threat/account");
        assert_eq!(browser.post("/en/threat/check", &[]).await.location, "/en/threat/safety?anew");
        assert_eq!(browser.get("/en/threat/nonsense").await.status, StatusCode::NOT_FOUND);
        assert_eq!(browser.get("/en/nonsense").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_grown_ups_picture_is_sent_on_kindly() {
    on_each_site(async |_, site| {
        let browser = Browser::new(site);
        fill(&browser, &PICTURE[..1]).await;
        let next = browser.post("/en/picture/age-in-picture", &[("age_in_picture", "adult")]).await.location;
        assert_eq!(next, "/en/picture/grown-up");
        assert!(browser.get(&next).await.html.contains("https://stopncii.org/"));
    })
    .await;
}

#[tokio::test]
async fn a_changed_answer_to_whose_picture_asks_for_the_age_again() {
    on_each_site(async |_, site| {
        let browser = Browser::new(site);
        browser.post("/en/picture/whose", &[("whose", "me_then")]).await;
        browser.post("/en/picture/age-in-picture", &[("age_in_picture", "adult")]).await;
        let next = browser.post("/en/picture/whose", &[("whose", "me")]).await.location;
        assert_eq!(next, "/en/picture/age-in-picture");
        assert!(!browser.get(&next).await.html.contains("checked"));
    })
    .await;
}

#[tokio::test]
async fn no_country_is_chosen_beforehand_and_none_need_be_said() {
    on_each_site(async |_, site| {
        let browser = Browser::new(site);
        fill(&browser, &THREAT[..5]).await;
        let page = browser.get("/en/threat/country").await;
        assert!(shows(&page, "value=\"FI\"") && shows(&page, "value=\"SE\"") && shows(&page, "value=\"DE\""));
        assert!(!shows(&page, "checked"), "{}", around(&page.html, "checked"));
        let list = [("country", "elsewhere"), ("elsewhere", "DE")];
        assert_eq!(browser.post("/en/threat/country", &list).await.location, "/en/threat/danger");
        let check = fill(&browser, &THREAT[6..]).await;
        assert!(shows(&browser.get(&check).await, ">Germany<"));
        assert_eq!(browser.post("/en/threat/country", &[]).await.location, check);
        let page = browser.get(&check).await;
        assert!(!shows(&page, "Germany") && shows(&page, "rather not say"));
    })
    .await;
}

#[tokio::test]
async fn a_mail_is_only_sent_to_who_asks_for_it_and_needs_an_address() {
    on_each_site(async |_, site| {
        let browser = Browser::new(site);
        fill(&browser, &THREAT[..8]).await;
        let page = browser.get("/en/threat/reply").await;
        let checked = page.html.split("<input").filter(|input| input.contains("checked")).collect::<Vec<_>>();
        assert!(checked.len() == 1 && checked[0].contains("value=\"code\""), "{checked:?}");
        let empty = browser.post("/en/threat/reply", &[("reply", "email"), ("email", "")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(shows(&empty, "Write your e-mail address"));
    })
    .await;
}

#[tokio::test]
async fn an_account_may_be_told_without_its_app() {
    on_each_site(async |_, site| {
        let browser = Browser::new(site);
        let next = browser.post("/en/threat/account", &[("provider", ""), ("handle", "@someone")]).await.location;
        assert_eq!(next, "/en/threat/wants");
    })
    .await;
}

#[tokio::test]
async fn who_was_threatened_is_asked_whether_there_is_a_picture() {
    on_each_site(async |_, site| {
        let browser = Browser::new(site);
        fill(&browser, &THREAT[..3]).await;
        assert!(shows(&browser.get("/en/threat/files").await, "Do they have a picture or video of you?"));
    })
    .await;
}

#[tokio::test]
async fn adding_tells_what_is_wrong_as_reporting_does() {
    on_each_site(async |_, site| {
        let browser = Browser::new(site);
        fill(&browser, SEEN).await;
        browser.post("/en/seen/check", &[]).await;
        let code = code_on(&browser).await;
        assert_eq!(browser.post("/en/code", &[("code", &code)]).await.location, "/en/case");
        let empty = r#"{"media_type":"image/png","bytes":0,"md5":"00000000000000000000000000000001",
            "sha1":"0000000000000000000000000000000000000001",
            "sha256":"0000000000000000000000000000000000000000000000000000000000000001"}"#;
        let bad = [("links", "http://127.0.0.1/a\nhttp://127.0.0.1/b"), ("file", empty)];
        let wrong = browser.post("/en/case/add", &bad).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let field = wrong.html.split("id=\"links-problem\"").nth(1).unwrap().split("</p>").next().unwrap();
        for link in ["http://127.0.0.1/a", "http://127.0.0.1/b"] {
            assert!(field.contains(link), "each at the field: {field}");
        }
        assert!(field.contains("only works on your own device"));
        assert!(shows(&wrong, "One of the files is empty"));
    })
    .await;
}

#[tokio::test]
async fn another_persons_picture_is_never_asked_for() {
    on_each_site(async |_, site| {
        let browser = Browser::new(site);
        let next = browser.post("/en/picture/whose", &[("whose", "helping")]).await.location;
        assert_eq!(next, "/en/picture/where", "the link route");
        assert!(!browser.get(&next).await.html.contains("type=\"file\""));
    })
    .await;
}

#[tokio::test]
async fn no_form_can_carry_a_file() {
    on_each_site(async |_, site| {
        let browser = Browser::new(site);
        fill(&browser, &PICTURE[..2]).await;
        let page = browser.get("/en/picture/files").await;
        let form = page.html.split("<form").nth(1).unwrap().split("</form>").next().unwrap();
        assert!(!form.contains("type=\"file\""));
        assert!(!page.html.contains("multipart"));
    })
    .await;
}

#[tokio::test]
async fn the_saved_picture_holds_the_code_and_nothing_else() {
    on_each_site(async |_, site| {
        let browser = Browser::new(site);
        fill(&browser, SEEN).await;
        browser.post("/en/seen/check", &[]).await;
        let code = code_on(&browser).await;
        let picture = browser.get("/en/sent/picture.png").await;
        assert_eq!(picture.status, StatusCode::OK);
        let mut reader = png::Decoder::new(std::io::Cursor::new(&picture.bytes)).read_info().unwrap();
        let (width, height) = (reader.info().width as usize, reader.info().height as usize);
        assert!(reader.info().uncompressed_latin1_text.is_empty() && reader.info().utf8_text.is_empty());
        let mut rows = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut rows).unwrap();
        let stride = width.div_ceil(8);
        let grey = |x: usize, y: usize| 255 * (rows[y * stride + x / 8] >> (7 - x % 8) & 1);
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
        let grids = prepared.detect_grids();
        assert_eq!(grids.len(), 1);
        assert_eq!(grids[0].decode().unwrap().1, code);
        let black_below = (height * 4 / 5..height).any(|y| (0..width).any(|x| grey(x, y) == 0));
        assert!(black_below, "the code stands under the square, too");
    })
    .await;
}

#[tokio::test]
async fn the_frames_of_a_video_are_kept_beside_a_draft_and_nowhere_else() {
    on_each_site(async |world, site| {
        let part = |file: &str, quality: u8| {
            let frame = format!("{:064x},{quality},0.040", 7);
            serde_json::json!({ "file": file, "part": 0, "parts": 1, "frames": [frame] }).to_string()
        };
        let file = format!("{:064x}", 0xaa);
        let browser = Browser::new(site);
        let send = async |body: String| browser.send("/draft/frames", "application/json", body).await.status;
        assert_eq!(send(part(&file, 100)).await, StatusCode::NO_CONTENT, "a draft begins with it");
        browser.post("/en/picture/whose", &[("whose", "me")]).await;
        assert_eq!(send(part(&file, 100)).await, StatusCode::NO_CONTENT);
        assert_eq!(send(part(&file, 100)).await, StatusCode::NO_CONTENT, "twice is once");
        for nonsense in [part("aa", 100), part(&file, 49), "{}".to_owned(), String::new()] {
            assert_eq!(send(nonsense.clone()).await, StatusCode::UNPROCESSABLE_ENTITY, "{nonsense}");
        }
        assert_eq!(world.count("SELECT count(*) FROM draft_part").await, 1);
        assert_eq!(world.count("SELECT count(*) FROM draft").await, 1, "the one that began");
    })
    .await;
}
