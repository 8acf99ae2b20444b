//! Help, the receipt and a reporter's own case, as a browser without script sees them.

#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../casework/tests/common/mod.rs"]
mod casework_common;
mod common;

use axum::http::StatusCode;
use casework::mine::IDLE;
use casework_common::sent::{self, Sent};
use casework_common::{World, on_each_engine};
use common::{Browser, Page, site};

/// Runs a journey on each engine.
async fn on_each_site(journey: impl AsyncFn(&World, &axum::Router)) {
    on_each_engine(async |world| {
        world.hotline().await;
        let site = site(world.again());
        journey(world, &site).await;
    })
    .await;
}

fn shows(page: &Page, text: &str) -> bool {
    page.html.contains(text)
}

/// A browser in which the case is open.
async fn opened(site: &axum::Router, sent: &Sent) -> Browser {
    let browser = Browser::new(site);
    let code = sent.code.to_string();
    assert_eq!(browser.post("/en/code", &[("code", code.as_str())]).await.location, "/en/case");
    browser
}

/// Someone who saw something in no country and of this danger, up to the page that says who helps.
async fn seen_by_someone_in(browser: &Browser, danger: &str) {
    for (step, fields) in [
        ("what", [("what", "link")]),
        ("links", [("links", "https://example.com/a")]),
        ("shows", [("shows", "unsure")]),
        ("when", [("when", "")]),
        ("age", [("age", "unsure")]),
        ("country", [("country", "")]),
        ("danger", [("danger", danger)]),
    ] {
        let answer = browser.post(&format!("/en/seen/{step}"), &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{step}: {}", answer.html);
    }
}

#[tokio::test]
async fn help_names_its_country_and_keeps_what_is_for_others_at_the_end() {
    on_each_site(async |_, site| {
        let browser = Browser::new(site);
        let home = browser.get("/en").await;
        assert!(shows(&home, "In danger now in Finland?") && shows(&home, "Not in Finland?"));
        let help = browser.get("/en/help?country=GB").await;
        assert!(shows(&help, "In United Kingdom, call:") && !shows(&help, "Not in United Kingdom?"));
        let end = help.html.find("Other help").unwrap();
        assert!(help.html.find("Stop It Now").unwrap() > end && help.html.find("Childline").unwrap() < end);
        assert!(shows(&browser.get("/sv/help?country=SE").await, "dygnet runt"));
        assert!(shows(&browser.get("/sv/help?country=NO&language=sv").await, "value=\"NO\" selected"));
    })
    .await;
}

#[tokio::test]
async fn without_a_country_no_number_is_taken_for_theirs() {
    on_each_site(async |_, site| {
        let browser = Browser::new(site);
        seen_by_someone_in(&browser, "in_danger").await;
        let page = browser.get("/en/seen/help-now").await;
        let main = page.html.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
        assert!(!main.contains("tel:") && main.contains("Call the emergency number of the country you are in"));
        assert!(main.contains("Find A Helpline"));
    })
    .await;
}

#[tokio::test]
async fn a_slash_too_many_leads_home() {
    on_each_site(async |_, site| {
        assert_eq!(Browser::new(site).get("/ar/").await.location, "/ar");
    })
    .await;
}

#[tokio::test]
async fn who_is_in_danger_ends_with_a_number_to_ring() {
    on_each_site(async |_, site| {
        for (danger, is_first) in [("in_danger", true), ("no", false)] {
            let browser = Browser::new(site);
            seen_by_someone_in(&browser, danger).await;
            browser.post("/en/seen/country", &[("country", "SE")]).await;
            browser.post("/en/seen/words", &[("words", "")]).await;
            browser.post("/en/seen/reply", &[("reply", "code")]).await;
            assert_eq!(browser.post("/en/seen/check", &[]).await.location, "/en/sent");
            let receipt = browser.get("/en/sent").await;
            assert!(shows(&receipt, "In danger now in Sweden?"), "the country they told");
            assert!(!shows(&receipt, "your pictures"), "there are none");
            let saved = browser.post("/en/sent", &[]).await.location;
            let ending = browser.get(&saved).await;
            assert_eq!(shows(&ending, "You are first in line."), is_first, "{saved}");
            assert_eq!(shows(&ending, "If it gets worse, call 112."), is_first);
            assert_eq!(shows(&ending, "You can rest now."), !is_first);
            assert!(shows(&ending, "In danger now in Sweden?"));
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_outlives_the_session() {
    on_each_site(async |world, site| {
        let sent = sent::picture(world).await;
        let code = sent.code.to_string();
        for (form, name, typed) in
            [("write", "words", "It came back today."), ("add", "links", "https://example.com/again")]
        {
            let browser = opened(site, &sent).await;
            world.clock.advance(IDLE);
            let asked = browser.post(&format!("/en/case/{form}"), &[(name, typed)]).await;
            assert_eq!(asked.status, StatusCode::OK);
            assert!(shows(&asked, "Your words are still here.") && shows(&asked, typed));
            let carried = [("after", form), (name, typed)];
            let wrong = browser.post("/en/code", &[carried.as_slice(), &[("code", "nonsense")]].concat()).await;
            assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && shows(&wrong, typed), "a slip loses nothing");
            let again = browser.post("/en/code", &[carried.as_slice(), &[("code", code.as_str())]].concat()).await;
            assert!(again.status == StatusCode::OK && shows(&again, typed));
            assert!(shows(&again, &format!("action=\"/en/case/{form}\"")));
        }
        let browser = opened(site, &sent).await;
        world.clock.advance(IDLE);
        assert_eq!(browser.post("/en/case/write", &[("words", " ")]).await.location, "/en/code");
    })
    .await;
}

#[tokio::test]
async fn another_language_keeps_address_and_answers_together() {
    on_each_site(async |world, site| {
        let browser = opened(site, &sent::picture(world).await).await;
        for (path, form) in [("case", "case/write"), ("case/add", "case/add"), ("case/erase", "case/erase")] {
            let page = browser.get(&format!("/en/{path}")).await;
            assert!(shows(&page, &format!("formaction=\"/sv/{form}\"")), "{path}");
        }
        let sure = browser.post("/en/case/erase", &[("erase", "words")]).await;
        assert!(shows(&sure, "formaction=\"/sv/case/erase/sure\""));
        let switched = browser.post("/sv/case/erase/sure", &[("erase", "words"), ("language", "sv")]).await;
        assert!(switched.status == StatusCode::OK && shows(&switched, "value=\"words\""));
        let first = browser.post("/sv/case/erase", &[("erase", "words"), ("language", "sv")]).await;
        assert!(shows(&first, "action=\"/sv/case/erase\"") && shows(&first, "checked"));
        assert!(!shows(&browser.get("/en/case").await, "Something will be erased"), "nothing was asked for");
    })
    .await;
}

#[tokio::test]
async fn are_you_sure_says_what_is_true() {
    on_each_site(async |world, site| {
        let browser = opened(site, &sent::picture(world).await).await;
        let stop = browser.post("/en/case/erase", &[("erase", "stop")]).await;
        assert!(shows(&stop, "Nothing you told us goes away"));
        let both = browser.post("/en/case/erase", &[("erase", "stop"), ("erase", "words")]).await;
        assert!(!shows(&both, "Nothing you told us goes away") && shows(&both, "We erase it on"));
        let protection = browser.post("/en/case/erase", &[("erase", "protection")]).await;
        assert!(!shows(&protection, "We erase it on") && shows(&protection, "The protection of your pictures ends on"));
    })
    .await;
}

#[tokio::test]
async fn without_pictures_nothing_is_said_of_them() {
    on_each_site(async |world, site| {
        let browser = opened(site, &sent::picture(world).await).await;
        assert!(shows(&browser.get("/en/case").await, "Your picture is protected."));
        assert!(shows(&browser.get("/en/case/erase").await, "Stop protecting my pictures"));

        let browser = Browser::new(site);
        seen_by_someone_in(&browser, "no").await;
        browser.post("/en/seen/words", &[("words", "")]).await;
        browser.post("/en/seen/reply", &[("reply", "code")]).await;
        browser.post("/en/seen/check", &[]).await;
        let shown = browser.get("/en/sent").await.html;
        let shown = shown.split("id=\"case-code\"").nth(1).unwrap().split("</bdi>").next().unwrap();
        let code: String = shown.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, words)| words).collect();
        browser.post("/en/code", &[("code", code.as_str())]).await;
        assert!(!shows(&browser.get("/en/case").await, "Your pictures and videos"));
        assert!(!shows(&browser.get("/en/case/erase").await, "protecting"));
    })
    .await;
}

#[tokio::test]
async fn an_appeal_leaves_no_ending_on_the_page() {
    on_each_site(async |world, site| {
        let sent = sent::picture(world).await;
        sent.becomes(world, "closed", Some("not_found")).await;
        let browser = opened(site, &sent).await;
        let closed = browser.get("/en/case").await;
        assert!(shows(&closed, "We could not do more.") && shows(&closed, "/en/case/appeal"));
        let appealed = browser.post("/en/case/appeal", &[("words", "It is back.")]).await;
        assert_eq!(appealed.location, "/en/case?done=appealed");
        let open = browser.get("/en/case").await;
        assert!(!shows(&open, "We could not do more.") && !shows(&open, "/en/case/appeal"));
    })
    .await;
}

#[tokio::test]
async fn the_outcome_stands_right_under_the_heading() {
    on_each_site(async |world, site| {
        let sent = sent::picture(world).await;
        sent.becomes(world, "closed", Some("removed")).await;
        let page = opened(site, &sent).await.get("/en/case").await;
        let outcome = page.html.find("It is gone from the places you told us about.").unwrap();
        assert!(outcome < page.html.find("What has happened").unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_button_pressed_twice_sends_once_and_other_words_are_sent_as_well() {
    on_each_site(async |world, site| {
        let sent = sent::picture(world).await;
        let browser = opened(site, &sent).await;
        let page = browser.get("/en/case").await;
        for words in ["Is it gone?", "Is it gone?", "Is it gone now?"] {
            let fields = [("press", page.press()), ("words", words)];
            assert_eq!(browser.post("/en/case/write", &fields).await.location, "/en/case?done=wrote");
        }
        let page = browser.get("/en/case").await;
        assert_eq!(page.html.matches("Is it gone?</p>").count(), 1);
        assert_eq!(page.html.matches("Is it gone now?</p>").count(), 1);

        let links = "SELECT count(*) FROM item WHERE kind = 'location'";
        let before = world.count(links).await;
        let form = browser.get("/en/case/add").await;
        let fields = [("press", form.press()), ("links", "https://example.com/again"), ("words", "There is more.")];
        for _ in 0..2 {
            assert_eq!(browser.post("/en/case/add", &fields).await.location, "/en/case?done=added");
        }
        assert_eq!(world.count(links).await, before + 1);

        let wrong = browser.post("/en/case/write", &[("press", form.press()), ("words", " ")]).await;
        assert_eq!(wrong.press(), form.press(), "a form that comes back is the same form");
    })
    .await;
}
