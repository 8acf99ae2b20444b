//! The desk as a browser without script meets it: the queue, a case, its forms, and who may not.

#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../casework/tests/common/mod.rs"]
mod casework_common;
mod common;

use std::io::{Cursor, Read};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use casework::bulk;
use casework::figures::published;
use casework::intake::{self, Receipt};
use casework::lapse;
use casework::near;
use casework::recovery::{self, Split};
use casework::report::{Door, Step};
use casework::staff::invitation;
use casework::staff::session;
use casework::staff::welcome::{self, Identity};
use casework::text::Words;
use casework::vault::{CookieToken, NewPassword};
use casework_common::sent::{Answers, told_at};
use casework_common::{World, on_each_engine};
use chrono::TimeDelta;
use common::{Browser, Page, site};
use futures_util::StreamExt;
use tower::ServiceExt;
use zip::ZipArchive;

const THREAT: Answers<'_> = &[
    (Step::Account, &[("provider", "Chatter"), ("handle", "@someone")]),
    (Step::Wants, &[("wants", "money"), ("deadline", "tonight")]),
    (Step::Payment, &[("payment", "IBAN 1")]),
    (Step::Files, &[]),
    (Step::Age, &[("age", "13_15")]),
    (Step::Country, &[("country", "FI")]),
    (Step::Danger, &[("danger", "no")]),
    (Step::Words, &[("words", "He says <b>tonight</b>.")]),
    (Step::Reply, &[("reply", "code")]),
];

const SEEN: Answers<'_> = &[
    (Step::What, &[("what", "link")]),
    (Step::Links, &[("links", "https://media.example.com/a?b=1 https://media.example.com/c")]),
    (Step::Shows, &[("shows", "unsure")]),
    (Step::When, &[("when", "Yesterday")]),
    (Step::Age, &[("age", "unsure")]),
    (Step::Country, &[("country", "SE")]),
    (Step::Danger, &[("danger", "unsure")]),
    (Step::Words, &[("words", "")]),
    (Step::Reply, &[("reply", "code")]),
];

/// Sends a report as a reporter's browser does.
async fn report(world: &World, door: Door, answers: Answers<'_>) -> Receipt {
    let cookie = told_at(&world.cw, door, answers).await;
    intake::send(&world.cw, &cookie, door, &"fi".parse().unwrap()).await.unwrap()
}

/// The first administrator: signed in, the hotline set up, its key in hand.
async fn first_member(world: &World) -> CookieToken {
    let cw = &world.cw;
    let link = invitation::first_invitation(cw).await.unwrap().expect("nobody there yet");
    let identity = Identity { address: "anna@example.org".parse().unwrap(), name: Words::parse("Anna", 80).unwrap() };
    let password = NewPassword::parse("correct horse battery".to_owned().into(), &[]).unwrap();
    let token = welcome::choose_password(cw, &link, Some(identity), password).await.unwrap();
    let enrolling = welcome::enrolling(cw, &token).await.unwrap().expect("the second step");
    let code = enrolling.secret.code_at(cw.now());
    welcome::confirm_second_factor(cw, &token, &code).await.unwrap();
    let signed = session::resume(cw, &token).await.unwrap().expect("a session");
    recovery::set_up(cw, &signed, None, Split::default()).await.unwrap();
    recovery::confirm_stored(cw, &signed).await.unwrap();
    token
}

/// A desk with two reports in its queue, and the analyst's browser.
async fn desk(world: &World) -> (Browser, String, String) {
    let token = first_member(world).await;
    let seen = report(world, Door::Seen, SEEN).await.reference.to_string();
    let threat = report(world, Door::Threat, THREAT).await.reference.to_string();
    let browser = Browser::new(&site(world.again()));
    browser.give("session", &token.to_string());
    (browser, threat, seen)
}

/// Follows where an act leads.
async fn follow(browser: &Browser, page: &Page) -> Page {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    browser.get(page.location.split('#').next().unwrap()).await
}

fn position(page: &Page, text: &str) -> usize {
    page.html.find(text).unwrap_or_else(|| panic!("no {text} in {}", page.html))
}

#[tokio::test]
async fn the_queue_shows_the_most_urgent_first_with_reasons_and_time_in_words() {
    on_each_engine(async |world| {
        let (browser, threat, seen) = desk(world).await;
        let page = browser.get("/en/console").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(position(&page, &threat) < position(&page, &seen));
        for words in ["Threat", "13–15", "A witness", "due in 1 h", "Suomi", "A threat: 1 account", "2 links"] {
            position(&page, words);
        }
        let filtered = browser.get("/en/console?harm=seen&level=&after=nonsense").await;
        assert!(filtered.html.contains(&seen) && !filtered.html.contains(&threat));
        let empty = browser.get("/en/console?country=AX").await;
        position(&empty, "No case fits this filter.");
    })
    .await;
}

#[tokio::test]
async fn a_taken_case_shows_everything_and_nothing_in_it_can_be_followed() {
    on_each_engine(async |world| {
        let (browser, threat, _) = desk(world).await;
        let taken = browser.post("/en/console/take-next", &[]).await;
        let page = follow(&browser, &taken).await;
        for words in [
            &*threat,
            "@someone",
            "The case is in your hands.",
            "Money or gift cards",
            "He says &lt;b&gt;tonight",
            "Took the case.",
        ] {
            position(&page, words);
        }
        let second = browser.post("/en/console/take-next", &[]).await;
        let page = follow(&browser, &second).await;
        position(&page, "hxxps[:]//media[.]example[.]com/a?b=1");
        assert!(!page.html.contains("https://media.example.com"), "no reported link stands as a link");
        let empty = browser.post("/en/console/take-next", &[]).await;
        assert_eq!(empty.location, "/en/console?none=1");
        let page = browser.get(&empty.location).await;
        assert!(!page.html.contains("none of those that you take"), "nothing waits at all");
    })
    .await;
}

#[tokio::test]
async fn a_team_is_made_given_a_case_and_asked_for_in_the_queue() {
    on_each_engine(async |world| {
        let (browser, threat, _) = desk(world).await;
        let teams = "/en/console/administration/teams";
        let wrong = browser.post(teams, &[("name", " ")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        position(&wrong, "Please write a name");
        assert_eq!(browser.post(teams, &[("name", "Night <b>")]).await.status, StatusCode::SEE_OTHER);
        position(&browser.get(teams).await, "Nobody is in this team.");
        let team = casework::team::all(&world.cw).await.unwrap().remove(0).id;

        let case = browser.post("/en/console/take-next", &[]).await.location;
        position(&browser.get(&case).await, "Team: Night &lt;b");
        let given = [("colleague", &*format!("team:{team}")), ("handover", "He writes at night.")];
        assert_eq!(browser.post(&format!("{case}/hand-over"), &given).await.status, StatusCode::SEE_OTHER);
        let page = browser.get(&case).await;
        position(&page, "Given to the team Night &lt;b");
        position(&page, "He writes at night.");
        let theirs = browser.get(&format!("/en/console?team={team}")).await;
        position(&theirs, &threat);
        assert!(!theirs.html.contains("A witness"), "the other case is nobody's team's");

        let why = browser.get(&format!("{case}/why")).await;
        position(&why, "There were no rules.");
        position(&why, "Today it would go to:");
        let nowhere = browser.get(&format!("/en/console/case/{}/why", world.cw.new_id())).await;
        assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_shift_ends_with_every_case_given_on_and_what_cannot_be_stays_with_its_words() {
    on_each_engine(async |world| {
        let (browser, threat, seen) = desk(world).await;
        let page = "/en/console/hand-over";
        position(&browser.get(page).await, "Nothing is in your hands.");
        let mut cases = Vec::new();
        for _ in 0..2 {
            cases
                .push(browser.post("/en/console/take-next", &[]).await.location.rsplit_once('/').unwrap().1.to_owned());
        }
        let shown = browser.get(page).await;
        position(&shown, &threat);
        position(&shown, &seen);
        let nobody = world.cw.new_id().to_string();
        let both = [
            ("case", &*cases[0]),
            ("to", &*nobody),
            ("words", "He writes <at> night."),
            ("case", &*cases[1]),
            ("to", "queue"),
            ("words", "Waits for nobody."),
        ];
        let again = browser.post(page, &both).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        position(&again, "He writes &lt;at&gt; night.");
        assert!(again.html.contains(&threat) && !again.html.contains(&seen), "one was given on");
        position(&browser.get(&format!("/en/console/case/{}", cases[1])).await, "Waits for nobody.");
        let kept = [("case", &*cases[0]), ("to", ""), ("words", "")];
        assert_eq!(browser.post(page, &kept).await.status, StatusCode::SEE_OTHER);
        position(&browser.get(page).await, &threat);
    })
    .await;
}

#[tokio::test]
async fn hard_cases_are_counted_in_the_side_bar_and_a_pause_is_offered() {
    on_each_engine(async |world| {
        let (browser, ..) = desk(world).await;
        let case = browser.post("/en/console/take-next", &[]).await.location;
        for _ in 0..14 {
            browser.get(&case).await;
            world.clock.advance(TimeDelta::minutes(4));
        }
        let queue = browser.get("/en/console").await;
        position(&queue, "56 minutes of hard cases today");
        position(&queue, "A few minutes away do good.");
        position(&browser.get("/en/console/pause").await, "Away for a while");
        let after = browser.get("/en/console").await;
        assert!(!after.html.contains("A few minutes away"));
        let lighter = browser.post("/en/console/account/lighter", &[("days", "3")]).await;
        position(&follow(&browser, &lighter).await, "Lighter work until");
        position(&browser.get("/en/console/administration/rotation").await, "Lighter work until");
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_wrong_comes_back_with_everything_typed() {
    on_each_engine(async |world| {
        let (browser, ..) = desk(world).await;
        let case = browser.post("/en/console/take-next", &[]).await.location;
        let note = browser.post(&format!("{case}/note"), &[("note", "  ")]).await;
        assert_eq!(note.status, StatusCode::UNPROCESSABLE_ENTITY);
        position(&note, "Write something first.");

        // What ends the field in the page's source does not end it.
        let ends = [("outcome", ""), ("explanation", "</textarea><b>&lt; bold")];
        let close = browser.post(&format!("{case}/close"), &ends).await;
        position(&close, "\n&lt;/textarea&gt;&lt;b&gt;&amp;lt; bold</textarea>");

        let long = "ä".repeat(5_001);
        let message = browser.post(&format!("{case}/message"), &[("message", &long), ("wait", "yes")]).await;
        assert_eq!(message.status, StatusCode::UNPROCESSABLE_ENTITY);
        position(&message, &long);
        position(&message, "This is 5001 characters long. 5000 fit.");

        let close = browser.post(&format!("{case}/close"), &[("outcome", "not_found"), ("explanation", "")]).await;
        assert_eq!(close.status, StatusCode::UNPROCESSABLE_ENTITY);
        position(&close, "Say why.");

        let state = browser.post(&format!("{case}/state"), &[("state", "appealed")]).await;
        assert_eq!(state.status, StatusCode::CONFLICT);
        position(&state, "That can't be done where the case stands now.");
    })
    .await;
}

#[tokio::test]
async fn an_analyst_works_a_case_from_taking_to_closing() {
    on_each_engine(async |world| {
        let (browser, ..) = desk(world).await;
        browser.post("/en/console/take-next", &[]).await;
        let case = browser.post("/en/console/take-next", &[]).await.location;
        let page = browser.get(&case).await;
        let assess =
            page.html.split("action=\"").filter_map(|rest| rest.split('"').next()).find(|url| url.ends_with("/assess"));
        let assess = assess.expect("the first item's form is open").to_owned();
        let wrong = browser.post(&assess, &[("class", ""), ("basis", "national"), ("why", "Kept words")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        position(&wrong, "Kept words");
        let unfounded = browser.post(&assess, &[("class", "C7"), ("basis", "baseline"), ("why", "Kept words")]).await;
        assert_eq!(unfounded.status, StatusCode::UNPROCESSABLE_ENTITY);
        position(&unfounded, "This legal basis does not go with what it shows. Choose another.");
        position(&unfounded, "Kept words");
        let done =
            browser.post(&assess, &[("class", "C7"), ("basis", "data_protection"), ("why", "Asked for it")]).await;
        position(&follow(&browser, &done).await, "Lawful, but its subject wants it removed");

        for (part, fields, words) in [
            ("note", [("note", "Calls from the school.")].as_slice(), "Calls from the school."),
            ("labels", &[("label", "coerced"), ("label", "nonsense")], "Added the label: Coerced."),
            ("message", &[("message", "We are on it."), ("wait", "yes")], "Waiting for the reporter"),
            ("take", &[], "The case is in your hands."),
            ("close", &[("outcome", "removed"), ("explanation", "")], "Closed: Removed."),
            ("reopen", &[], "Opened it again."),
            ("take", &[], "The case is in your hands."),
        ] {
            let done = browser.post(&format!("{case}/{part}"), fields).await;
            position(&follow(&browser, &done).await, words);
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_session_every_page_of_the_desk_leads_to_the_sign_in() {
    on_each_engine(async |world| {
        let (browser, ..) = desk(world).await;
        let case = browser.post("/en/console/take-next", &[]).await.location;
        let stranger = Browser::new(&site(world.again()));
        for path in ["/en/console", "/en/console/mine", "/en/console/waiting", "/en/console/second-look", &case] {
            let page = stranger.get(path).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER);
            assert!(page.location.starts_with("/en/console/sign-in"), "{}", page.location);
        }
        for part in ["take", "release", "note", "message", "close", "labels", "refer", "legal-hold"] {
            let page = stranger.post(&format!("{case}/{part}"), &[]).await;
            assert!(page.location.starts_with("/en/console/sign-in"), "{part}");
        }
        let nowhere = browser.get("/en/console/case/00000000-0000-7000-8000-000000000000").await;
        assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_case_is_found_by_its_name_wherever_it_stands() {
    on_each_engine(async |world| {
        let (browser, threat, _) = desk(world).await;
        let case = browser.post("/en/console/take-next", &[]).await.location;
        let refused = browser.post(&format!("{case}/close"), &[("outcome", "referred"), ("explanation", "")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        position(&refused, "Nothing in the case says so.");
        let closed = [("outcome", "out_of_scope"), ("explanation", "A rehearsal.")];
        assert_eq!(browser.post(&format!("{case}/close"), &closed).await.status, StatusCode::SEE_OTHER);
        let typed = threat.trim_start_matches("SU-").to_lowercase();
        assert_eq!(browser.post("/en/console/search", &[("text", &typed)]).await.location, case);
        let missing = browser.post("/en/console/search", &[("text", "SU-000000")]).await;
        position(&follow(&browser, &missing).await, "Nothing was found.");
    })
    .await;
}

#[tokio::test]
async fn what_is_searched_for_stands_in_no_address_and_a_view_keeps_only_filters() {
    on_each_engine(async |world| {
        let (browser, threat, seen) = desk(world).await;
        let link = "https://media.example.com/c";
        let asked = browser.post("/en/console/search", &[("text", link), ("harm", "seen")]).await;
        assert!(!asked.location.contains("media"), "{}", asked.location);
        let found = follow(&browser, &asked).await;
        position(&found, &format!("value=\"{link}\""));
        assert!(found.html.contains(&seen) && !found.html.contains(&threat));
        let wrong = browser.post("/en/console/search", &[("text", link), ("from", "yesterday")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in ["Write the day as year-month-day", "value=\"yesterday\"", link] {
            position(&wrong, words);
        }

        let unnamed = [("page", "/en/console/search"), ("harm", "seen"), ("text", link), ("name", " ")];
        let unnamed = follow(&browser, &browser.post("/en/console/views", &unnamed).await).await;
        position(&unnamed, "Give it a name");
        let named = [("page", "/en/console/search"), ("harm", "seen"), ("text", link), ("name", "What was seen")];
        let saved = browser.post("/en/console/views", &named).await;
        assert_eq!(saved.location, "/en/console/search?harm=seen");
        let view = "href=\"/en/console/search?harm=seen\"";
        position(&browser.get("/en/console").await, view);
        let page = follow(&browser, &saved).await;
        let remove = "/en/console/views/";
        let at = position(&page, remove);
        let action = page.html[at..].split('"').next().unwrap().to_owned();
        let removed = browser.post(&action, &[("page", "/en/console/search")]).await;
        assert!(!follow(&browser, &removed).await.html.contains(view));
    })
    .await;
}

#[tokio::test]
async fn a_case_that_is_skipped_leads_to_the_next_and_says_so_to_everybody() {
    on_each_engine(async |world| {
        let (browser, threat, seen) = desk(world).await;
        let case = browser.post("/en/console/take-next", &[]).await.location;
        let wrong = browser.post(&format!("{case}/skip"), &[("reason", "")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        position(&wrong, "Choose why.");
        let next = browser.post(&format!("{case}/skip"), &[("reason", "not_today")]).await;
        position(&follow(&browser, &next).await, &seen);
        let queue = browser.get("/en/console").await;
        position(&queue, &threat);
        position(&queue, "Skipped by 1");
        position(&browser.get(&case).await, "Skipped the case: Not this, not today.");
        let none = browser.post("/en/console/take-next", &[]).await;
        position(&follow(&browser, &none).await, "none of those that you take");
    })
    .await;
}

/// Whether a box of a form is ticked.
fn is_checked(page: &Page, name: &str, value: &str) -> bool {
    let mut boxes = page.html.split("<input ").skip(1).map(|rest| rest.split('>').next().unwrap());
    let found =
        boxes.find(|tag| tag.contains(&format!("name=\"{name}\"")) && tag.contains(&format!("value=\"{value}\"")));
    found.unwrap_or_else(|| panic!("no box {name} {value}")).contains("checked")
}

#[tokio::test]
async fn everybody_says_which_cases_they_are_given() {
    on_each_engine(async |world| {
        let (browser, ..) = desk(world).await;
        let kept = browser.post("/en/console/account/takes", &[("answers", "sv"), ("left_out", "threat")]).await;
        let page = follow(&browser, &kept).await;
        position(&page, "From now on you are given these cases.");
        for (name, value, is_chosen) in [
            ("answers", "sv", true),
            ("answers", "fi", false),
            ("left_out", "threat", true),
            ("left_out", "seen", false),
        ] {
            assert_eq!(is_checked(&page, name, value), is_chosen, "{name} {value}");
        }
        let none = browser.post("/en/console/take-next", &[]).await;
        assert_eq!(none.location, "/en/console?none=1", "both reports are in Finnish");
        browser.post("/en/console/account/takes", &[]).await;
        assert_ne!(browser.post("/en/console/take-next", &[]).await.location, "/en/console?none=1");
    })
    .await;
}

#[tokio::test]
async fn what_lay_too_long_is_in_the_queue_again_and_says_so() {
    on_each_engine(async |world| {
        let (browser, threat, _) = desk(world).await;
        let case = browser.post("/en/console/take-next", &[]).await.location;
        world.clock.advance(lapse::URGENT_IDLE - TimeDelta::minutes(5));
        assert_eq!(browser.get("/en/console/mine").await.status, StatusCode::OK, "the session goes on");
        world.clock.advance(TimeDelta::minutes(6));
        assert_eq!(lapse::put_back_idle(&world.cw).await.unwrap(), 1);
        let page = browser.get("/en/console/mine").await;
        position(&page, "These went back to the queue");
        position(&page, &threat);
        position(&browser.get(&case).await, "Nothing happened for too long");
        browser.post(&format!("{case}/take"), &[]).await;
        assert!(!browser.get("/en/console/mine").await.html.contains("These went back to the queue"));
    })
    .await;
}

#[tokio::test]
async fn a_button_pressed_twice_does_its_work_once() {
    on_each_engine(async |world| {
        let (browser, ..) = desk(world).await;
        browser.post("/en/console/take-next", &[]).await;
        let case = browser.post("/en/console/take-next", &[]).await.location;
        let page = browser.get(&case).await;
        for words in ["Calls from the school.", "Calls from the school.", "Called back."] {
            for (part, field) in [("note", "note"), ("message", "message")] {
                let done = browser.post(&format!("{case}/{part}"), &[("press", page.press()), (field, words)]).await;
                assert_eq!(done.status, StatusCode::SEE_OTHER, "{part}: {}", done.html);
            }
        }
        let page = browser.get(&case).await;
        for words in ["Calls from the school.</p>", "Called back.</p>"] {
            assert_eq!(page.html.matches(words).count(), 2, "one note and one message: {words}");
        }
    })
    .await;
}

/// What a browser computes of a drawing; `last` ends its hashes.
fn drawing(last: u8) -> String {
    format!(
        r#"{{"media_type":"image/png","bytes":9,"pdq":"f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b{last:02x}",
        "pdq_quality":100,"md5":"{last:032x}","sha1":"{last:040x}","sha256":"{last:064x}"}}"#
    )
}

/// Somebody's own picture.
async fn own_picture(world: &World, last: u8) -> Receipt {
    let file = drawing(last);
    let answers: &[(Step, &[(&str, &str)])] = &[
        (Step::Whose, &[("whose", "me")]),
        (Step::AgeInPicture, &[("age_in_picture", "13_15")]),
        (Step::Files, &[("file", &file)]),
        (Step::Where, &[]),
        (Step::Spreading, &[("spreading", "no")]),
        (Step::Age, &[("age", "13_15")]),
        (Step::Country, &[("country", "FI")]),
        (Step::Danger, &[("danger", "no")]),
        (Step::Words, &[("words", "")]),
        (Step::Reply, &[("reply", "code")]),
    ];
    report(world, Door::Picture, answers).await
}

#[tokio::test]
async fn a_picture_that_looks_like_another_leads_to_its_case_and_no_reporter_hears_of_it() {
    on_each_engine(async |world| {
        let token = first_member(world).await;
        let (first, second) = (own_picture(world, 0).await, own_picture(world, 3).await);
        let cw = world.again();
        near::refresh(&cw).await.unwrap();
        let site = site(cw);
        let browser = Browser::new(&site);
        browser.give("session", &token.to_string());
        let taken = browser.post("/en/console/take-next", &[]).await;
        let page = follow(&browser, &taken).await;
        let [own, other] = if taken_is(&page, &first) { [&first, &second] } else { [&second, &first] };
        position(&page, "A picture that looks the same: 2 of 256 bits differ");
        position(&page, other.reference.as_str());
        assert!(!page.html.contains("still being compared"));

        let child = Browser::new(&site);
        let code = own.code.to_string();
        assert_eq!(child.post("/en/code", &[("code", code.as_str())]).await.location, "/en/case");
        let seen = child.get("/en/case").await;
        assert!(!seen.html.contains(other.reference.as_str()) && !seen.html.contains("looks the same"));

        let fresh = Browser::new(&common::site(world.again()));
        fresh.give("session", &token.to_string());
        let page = fresh.get(taken.location.split('#').next().unwrap()).await;
        position(&page, "This picture is still being compared with earlier cases.");
    })
    .await;
}

/// Whether the page is about this report.
fn taken_is(page: &Page, receipt: &Receipt) -> bool {
    page.html.contains(&format!("<title>Case {}", receipt.reference))
}

#[tokio::test]
async fn many_cases_are_acted_on_together_and_it_can_be_undone() {
    on_each_engine(async |world| {
        let (browser, threat, seen) = desk(world).await;
        let page = browser.get("/en/console?harm=seen").await;
        position(&page, "href=\"/en/console/bulk?harm=seen&amp;list=queue\"");
        let choose = "/en/console/bulk?harm=seen&list=queue";
        let page = browser.get(choose).await;
        assert!(page.html.contains(&seen) && !page.html.contains(&threat));
        let at = position(&page, "name=\"case\" value=\"") + "name=\"case\" value=\"".len();
        let case = page.html[at..at + 36].to_owned();

        let nothing = browser.post(choose, &[("kind", "label"), ("label", "synthetic")]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        position(&nothing, "Choose at least one case.");
        assert!(is_checked(&nothing, "label", "synthetic"));
        assert!(!is_checked(&nothing, "case", &case), "what was unticked stays so");
        let unsaid = [("kind", "close"), ("case", case.as_str()), ("outcome", "out_of_scope"), ("explanation", " ")];
        let unsaid = browser.post(choose, &unsaid).await;
        assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(is_checked(&unsaid, "case", &case));

        let labels = [("kind", "label"), ("case", case.as_str()), ("label", "synthetic")];
        let asked = browser.post(choose, &labels).await;
        let page = follow(&browser, &asked).await;
        position(&page, "1 case: it happens in 30 seconds.");
        let undone = browser.post(&format!("{}/undo", asked.location), &[]).await;
        position(&follow(&browser, &undone).await, "Undone. Nothing happened");

        let asked = browser.post(choose, &labels).await;
        world.clock.advance(bulk::UNDO);
        bulk::carry_out_due(&world.cw).await.unwrap();
        let page = follow(&browser, &asked).await;
        position(&page, "Done: 1. Not done: 0.");
        let case = browser.get(&format!("/en/console/case/{case}")).await;
        position(&case, "Made or altered by a machine");
    })
    .await;
}

#[tokio::test]
async fn a_case_is_told_as_a_story_to_print_and_as_a_file() {
    on_each_engine(async |world| {
        let (browser, threat, _) = desk(world).await;
        let case = browser.post("/en/console/take-next", &[]).await.location;
        browser.post(&format!("{case}/labels"), &[("label", "coerced")]).await;
        let story = browser.get(&format!("{case}/story")).await;
        assert_eq!(story.status, StatusCode::OK);
        assert!(position(&story, "The report came in.") < position(&story, "Took the case."), "from the beginning");
        position(&story, &format!("The story of {threat}"));
        let file = browser.get(&format!("{case}/story.json")).await;
        let told: serde_json::Value = serde_json::from_str(&file.html).unwrap();
        assert_eq!((&told["format"], &told["reference"]), (&"suoja-case-story/1".into(), &threat.as_str().into()));
        let what = |index: usize| told["history"][index]["what"]["event"].as_str().unwrap().to_owned();
        assert_eq!(what(0), "received");
        let taken = told["history"].as_array().unwrap().iter().find(|entry| entry["what"]["event"] == "taken").unwrap();
        assert_eq!(taken["by"], "Anna");
        for private in ["@someone", "IBAN", "tonight"] {
            assert!(!file.html.contains(private), "{private}");
        }
        assert!(audited(world, "case.export").await);
        let stranger = Browser::new(&site(world.again()));
        assert_eq!(stranger.get(&format!("{case}/story.json")).await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

async fn audited(world: &World, action: &str) -> bool {
    let mut tx = world.cw.storage.read().await.unwrap();
    let sql = "SELECT number FROM audit WHERE action = $1";
    casework::fetch_optional!(&mut tx, (i64,), sql, action).unwrap().is_some()
}

#[tokio::test]
async fn cases_with_the_same_payment_detail_are_decided_together() {
    on_each_engine(async |world| {
        let (browser, threat, _) = desk(world).await;
        let again: Vec<(Step, &[(&str, &str)])> = THREAT
            .iter()
            .map(|&(step, fields)| match step {
                Step::Account => (step, &[("provider", "Other"), ("handle", "@else")][..]),
                Step::Payment => (step, &[("payment", " iban1 ")][..]),
                _ => (step, fields),
            })
            .collect();
        let other = report(world, Door::Threat, &again).await.reference.to_string();
        let case = browser.post("/en/console/take-next", &[]).await.location;
        let page = browser.get(&case).await;
        position(&page, "The same payment detail, in other cases");
        assert!(page.html.contains(&threat) && page.html.contains(&other));
        let id = case.rsplit('/').next().unwrap();
        let together = format!("/en/console/bulk?list=related&of={id}");
        position(&page, &together.replace('&', "&amp;"));
        let chosen = browser.get(&together).await;
        position(&chosen, "2 cases.");
        assert!(chosen.html.contains(&threat) && chosen.html.contains(&other));
    })
    .await;
}

#[tokio::test]
async fn an_open_page_hears_what_happens_and_stays_no_longer_than_its_session() {
    on_each_engine(async |world| {
        let token = first_member(world).await;
        let casework = world.again();
        let changes = casework.changes.clone();
        let site = site(casework);
        let open = async |cookie: &str| {
            let request = Request::get("/en/console/live").header("cookie", cookie).body(Body::empty()).unwrap();
            site.clone().oneshot(request).await.unwrap()
        };
        assert_eq!(open("").await.status(), StatusCode::NO_CONTENT, "and the browser does not ask again");
        let page = open(&format!("session={token}")).await;
        assert_eq!(page.headers()["content-type"], "text/event-stream");
        let mut news = page.into_body().into_data_stream();
        let mut next = async || news.next().await.map(|said| String::from_utf8(said.unwrap().to_vec()).unwrap());
        assert!(next().await.unwrap().contains(r#""queue":"0""#));
        report(world, Door::Seen, SEEN).await;
        changes.announce();
        assert!(next().await.unwrap().contains(r#""queue":"1""#));
        world.clock.advance(session::IDLE);
        changes.announce();
        assert_eq!(next().await, None, "listening is no work: the session ended as it would have");
    })
    .await;
}

#[tokio::test]
async fn a_ready_answer_is_seen_in_both_languages_and_words_are_looked_at_before_they_go() {
    on_each_engine(async |world| {
        let (browser, _, _) = desk(world).await;
        let case = browser.post("/en/console/take-next", &[]).await.location;
        let write = format!("{case}/message");
        let filled = browser.post(&write, &[("do", "fill"), ("template", "We read it"), ("message", "")]).await;
        assert_eq!(filled.status, StatusCode::OK);
        let (field, meaning) = (position(&filled, "Kiitos, että kerroit"), position(&filled, "“We read it” in your language"));
        assert!(field < meaning, "the child's language in the field, one's own beside it");

        let hard = "Tutkinnassa selvitetään lisäksi kaikki ne kuvat ja viestit jotka olet antanut meille viime viikon aikana ja vähän sitä ennen.";
        let looked = browser.post(&write, &[("do", "check"), ("message", hard)]).await;
        for words in ["has 19 words", "“Tutkinnassa” is a hard word. Plainer: selvittää.", "“lisäksi” is a hard word."] {
            position(&looked, words);
        }
        position(&looked, hard);
        let plain = browser.post(&write, &[("do", "check"), ("message", "Luimme sen. Kuva on poissa.")]).await;
        position(&plain, "it reads easily");
        position(&browser.get(&case).await, "No messages yet");
    })
    .await;
}

#[tokio::test]
async fn figures_of_a_period_are_tables_with_bars_and_a_file() {
    on_each_engine(async |world| {
        let (browser, _, _) = desk(world).await;
        let page = browser.get("/en/console/figures").await;
        for words in ["What waits now", "When reports come", "Suomi", "<rect width=\"100\"", "figures.csv"] {
            position(&page, words);
        }
        let file = browser.get("/en/console/figures.csv?harm=threat").await;
        assert!(file.html.starts_with("\u{FEFF}figure,row,column,value\r\n"), "{}", file.html);
        assert!(file.html.contains("\"judgement\",\"Reports\",\"Number\",\"1\""), "{}", file.html);
        assert!(audited(world, "figures.export").await);
        let book = browser.get("/en/console/figures.xlsx?harm=threat").await;
        let mut book = ZipArchive::new(Cursor::new(book.bytes)).expect("a workbook");
        let mut part = |name: &str| {
            let mut text = String::new();
            book.by_name(name).expect(name).read_to_string(&mut text).unwrap();
            text
        };
        assert!(part("xl/workbook.xml").contains("name=\"judgement\""), "a sheet a figure");
        assert!(part("xl/sharedStrings.xml").contains("<t>Reports</t>"));
        let sheet = part("xl/worksheets/sheet5.xml");
        assert!(sheet.contains("<v>1</v>") && !sheet.contains("<f>"), "numbers, and no formula: {sheet}");
        let wrong = browser.get("/en/console/figures?from=2026-13-01&until=2026-06-01").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        position(&wrong, "Write the day as year-month-day");
        position(&wrong, "value=\"2026-13-01\"");
        let long = browser.get("/en/console/figures?from=2024-01-01&until=2026-06-01").await;
        position(&long, "At most a year.");
    })
    .await;
}

#[tokio::test]
async fn everybody_sees_what_a_quarter_brought_and_no_small_number_of_it() {
    on_each_engine(async |world| {
        desk(world).await;
        for _ in 0..6 {
            report(world, Door::Threat, THREAT).await;
        }
        let site = Browser::new(&site(world.again()));
        position(&site.get("/en/figures").await, "There are no numbers yet.");
        world.clock.advance(TimeDelta::days(40));
        assert_eq!(published::publish_due(&world.cw).await.unwrap(), 1);
        let page = site.get("/en/figures").await;
        position(&page, "April to June 2026");
        let told = &page.html[position(&page, "What people told us")..position(&page, "How it ended")];
        assert_eq!(told.matches("not shown").count(), 3, "one was seen, and what would give it away: {told}");
        assert!(told.contains("<b>8</b>"), "{told}");
        position(&site.get("/en/about").await, "href=\"/en/figures\"");
    })
    .await;
}

#[tokio::test]
async fn a_legal_hold_asks_for_a_reason_and_stands_on_its_page() {
    on_each_engine(async |world| {
        let (browser, threat, _) = desk(world).await;
        let case = browser.post("/en/console/take-next", &[]).await.location;
        let hold = format!("{case}/legal-hold");
        assert!(!browser.get(&case).await.html.contains("Put a legal hold on it"), "only leads do");
        let refused = browser.post(&hold, &[("hold_reason", "police")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        everybody_leads(world).await;

        let again = browser.post(&hold, &[("hold_reason", ""), ("hold_words", "They <rang> today.")]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        position(&again, "Say why.");
        position(&again, "They &lt;rang&gt; today.");
        position(&browser.get("/en/console/administration/retention").await, "No case is held.");

        let put = browser.post(&hold, &[("hold_reason", "police"), ("hold_words", "They <rang> today.")]).await;
        let held = follow(&browser, &put).await;
        for words in ["The police asked for it", "They &lt;rang&gt; today.", "Take the legal hold off"] {
            position(&held, words);
        }
        let page = browser.get("/en/console/administration/retention").await;
        assert!(position(&page, &threat) < position(&page, "The police asked for it"));

        follow(&browser, &browser.post(&hold, &[("hold", "off")]).await).await;
        position(&browser.get("/en/console/administration/retention").await, "No case is held.");
        assert!(audited(world, "case.legal_hold").await);
    })
    .await;
}

async fn everybody_leads(world: &World) {
    let mut tx = world.cw.storage.write().await.unwrap();
    casework::execute!(&mut tx, "UPDATE staff SET role = 'lead'").unwrap();
    tx.commit().await.unwrap();
}
