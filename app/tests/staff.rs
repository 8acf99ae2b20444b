//! Staff as a browser without script meets Suoja: from the first link to letting a colleague in, and the administration.

#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../casework/tests/common/mod.rs"]
mod casework_common;
mod common;

use axum::Router;
use axum::http::StatusCode;
use casework::staff::invitation;
use casework::vault::totp::TotpSecret;
use casework_common::{World, on_each_engine};
use chrono::TimeDelta;
use common::{Browser, Page, site};

const PASSWORD: &str = "correct horse battery";

async fn on_each_site(journey: impl AsyncFn(&World, &Router)) {
    on_each_engine(async |world| {
        let site = site(world.again());
        journey(world, &site).await;
    })
    .await;
}

/// A member with their browser and their authenticator.
struct Person {
    browser: Browser,
    secret: TotpSecret,
}

/// What stands between two marks, the first time.
fn between<'a>(html: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = html.split_once(before).unwrap_or_else(|| panic!("no {before} in {html}"));
    rest.split_once(after).unwrap().0
}

/// The text of the first element that has this attribute.
fn text_of<'a>(html: &'a str, attribute: &str) -> &'a str {
    let (_, rest) = html.split_once(attribute).unwrap_or_else(|| panic!("no {attribute} in {html}"));
    between(rest, ">", "<")
}

/// The secret as the page shows it to be typed (base 32, RFC 4648).
fn typed_secret(html: &str) -> TotpSecret {
    let typed = text_of(html, "class=\"code ltr\"");
    let mut bits = String::new();
    for symbol in typed.chars().filter(char::is_ascii_alphanumeric) {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(symbol).unwrap();
        bits.push_str(&format!("{value:05b}"));
    }
    let bytes: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    TotpSecret::from_bytes(&bytes).unwrap()
}

/// Takes a link up, from the password to the recovery codes.
async fn take_up(world: &World, site: &Router, link: &str, who: &[(&str, &str)]) -> Person {
    let browser = Browser::new(site);
    let fields = [who, &[("password", PASSWORD), ("again", PASSWORD)]].concat();
    let chosen = browser.post(link, &fields).await;
    assert_eq!((chosen.status, chosen.location.as_str()), (StatusCode::SEE_OTHER, "/en/console/second-factor"));
    let page = browser.get("/en/console/second-factor").await;
    assert!(page.html.contains("<svg"), "a square for the authenticator");
    let secret = typed_secret(&page.html);
    let wrong = browser.post("/en/console/second-factor", &[("code", "12")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let codes = browser.post("/en/console/second-factor", &[("code", &secret.code_at(world.cw.now()))]).await;
    assert_eq!(codes.status, StatusCode::OK);
    assert_eq!(codes.html.matches("<li><code").count(), 10);
    Person { browser, secret }
}

/// The first administrator, with the hotline set up.
async fn first_administrator(world: &World, site: &Router) -> Person {
    let token = invitation::first_invitation(&world.cw).await.unwrap().unwrap();
    let link = format!("/en/console/welcome/{token}");
    let anna = take_up(world, site, &link, &[("name", "Anna"), ("address", "anna@example.org")]).await;
    let shares = anna
        .browser
        .post("/en/console/set-up", &[("name", "North"), ("country", "FI"), ("shares", "3"), ("needed", "2")])
        .await;
    assert_eq!(shares.status, StatusCode::OK);
    anna
}

async fn invite(by: &Browser, name: &str, role: &str) -> String {
    let form = by.get("/en/console/administration/invite").await.html;
    let hotline = between(between(&form, "<select id=\"hotline\"", "</select>"), "value=\"", "\"").to_owned();
    let address = format!("{name}@example.org");
    let fields = [("name", name), ("address", &address), ("hotline", &hotline), ("role", role), ("language", "en")];
    let page = by.post("/en/console/administration/invite", &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    between(&page.html, "http://localhost", "<").to_owned()
}

fn is_form_again(page: &Page) -> bool {
    page.status == StatusCode::UNPROCESSABLE_ENTITY && page.html.contains("class=\"problems\"")
}

#[tokio::test]
async fn the_first_administrator_sets_the_hotline_up() {
    on_each_site(async |world, site| {
        let token = invitation::first_invitation(&world.cw).await.unwrap().unwrap();
        let link = format!("/en/console/welcome/{token}");
        let visitor = Browser::new(site);
        assert!(visitor.get(&link).await.html.contains("name=\"address\""), "they say who they are");
        let short = visitor
            .post(&link, &[("name", "Anna"), ("address", "nonsense"), ("password", "short"), ("again", "short")])
            .await;
        assert!(
            is_form_again(&short) && short.html.contains("value=\"Anna\"") && short.html.contains("value=\"nonsense\"")
        );
        assert!(!short.html.contains("value=\"short\""), "a password never comes back");

        let anna = take_up(world, site, &link, &[("name", "Anna"), ("address", "anna@example.org")]).await;
        let console = anna.browser.get("/en/console").await;
        assert_eq!(console.location, "/en/console/set-up");
        assert!(anna.browser.get("/en/console/set-up").await.html.contains("North Hotline"));
        let wrong =
            anna.browser.post("/en/console/set-up", &[("name", "North"), ("shares", "2"), ("needed", "3")]).await;
        assert!(is_form_again(&wrong) && wrong.html.contains("value=\"North\""));
        let shares = anna
            .browser
            .post("/en/console/set-up", &[("name", "North"), ("country", "FI"), ("shares", "3"), ("needed", "2")])
            .await;
        assert_eq!(shares.html.matches("class=\"share\"").count(), 3);
        assert_eq!(anna.browser.post("/en/console/set-up/stored", &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(anna.browser.get("/en/console").await.status, StatusCode::OK);
        assert_eq!(Browser::new(site).get(&link).await.status, StatusCode::NOT_FOUND, "the link is used up");
    })
    .await;
}

#[tokio::test]
async fn signing_in_leads_back_and_signing_out_ends_it() {
    on_each_site(async |world, site| {
        let anna = first_administrator(world, site).await;
        world.clock.advance(TimeDelta::minutes(1));
        let elsewhere = Browser::new(site);
        let door = elsewhere.get("/en/console/account").await;
        assert_eq!(door.location, "/en/console/sign-in?to=%2Fen%2Fconsole%2Faccount");
        assert!(elsewhere.get(&door.location).await.html.contains("value=\"/en/console/account\""));
        let code = anna.secret.code_at(world.cw.now());
        let form = |password: &'static str| {
            [
                ("address", "anna@example.org"),
                ("password", password),
                ("code", code.as_str()),
                ("to", "/en/console/account"),
            ]
        };
        let wrong = elsewhere.post("/en/console/sign-in", &form("wrong horse battery")).await;
        assert!(
            is_form_again(&wrong) && wrong.html.contains("value=\"anna@example.org\"") && !wrong.html.contains("horse")
        );
        let unknown = elsewhere
            .post("/en/console/sign-in", &[("address", "nobody@example.org"), ("password", PASSWORD), ("code", &code)])
            .await;
        assert_eq!(
            wrong.html.replace("anna@example.org", ""),
            unknown
                .html
                .replace("nobody@example.org", "")
                .replace("name=\"to\" value=\"\"", "name=\"to\" value=\"/en/console/account\""),
            "nobody learns which addresses there are"
        );
        let right = elsewhere.post("/en/console/sign-in", &form(PASSWORD)).await;
        assert_eq!(right.location, "/en/console/account");
        assert_eq!(elsewhere.get("/en/console/account").await.status, StatusCode::OK);
        assert_eq!(elsewhere.post("/en/console/sign-out", &[]).await.location, "/en/console/sign-in");
        assert_eq!(elsewhere.get("/en/console/account").await.status, StatusCode::SEE_OTHER);
        assert_eq!(anna.browser.get("/en/console/account").await.status, StatusCode::OK, "only here");
    })
    .await;
}

#[tokio::test]
async fn a_newcomer_waits_until_a_colleague_lets_them_in() {
    on_each_site(async |world, site| {
        let anna = first_administrator(world, site).await;
        let link = invite(&anna.browser, "Ben", "analyst").await;
        let ben = take_up(world, site, &link, &[]).await;
        let waiting = ben.browser.get("/en/console").await;
        assert_eq!(waiting.status, StatusCode::FORBIDDEN);
        assert!(waiting.html.contains("/en/console/recover"));
        for path in ["staff", "invite", "organisations/provider", "routing", "priority", "retention", "recovery"] {
            let page = ben.browser.get(&format!("/en/console/administration/{path}")).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} is not for analysts");
        }
        let staff = anna.browser.get("/en/console/administration/staff").await.html;
        let (before, _) = staff.split_once("/grant\"").expect("a button to let him in");
        let grant = format!("{}/grant", before.rsplit_once('"').unwrap().1);
        assert_eq!(ben.browser.post(&grant, &[]).await.status, StatusCode::FORBIDDEN, "not by himself");
        assert_eq!(anna.browser.post(&grant, &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(ben.browser.get("/en/console").await.status, StatusCode::OK);

        let member = grant.replace("/grant", "");
        assert_eq!(anna.browser.get(&member).await.status, StatusCode::OK);
        anna.browser.post(&format!("{member}/role"), &[("role", "lead")]).await;
        assert_eq!(ben.browser.get("/en/console/administration/staff").await.status, StatusCode::OK);
        assert_eq!(anna.browser.post(&format!("{member}/remove"), &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(ben.browser.get("/en/console").await.status, StatusCode::SEE_OTHER, "he is out");
        assert!(!anna.browser.get("/en/console/administration/staff").await.html.contains("Ben"));
    })
    .await;
}

#[tokio::test]
async fn the_directory_is_kept_and_says_what_is_wrong() {
    on_each_site(async |world, site| {
        let anna = first_administrator(world, site).await.browser;
        let new = "/en/console/administration/organisations/provider/new";
        let form = |domains: &'static str, hours: &'static str| {
            [
                ("name", "Chatter"),
                ("country", ""),
                ("notice_email", "abuse@example.net"),
                ("notice_language", "en"),
                ("answer_hours", hours),
                ("domains", domains),
            ]
        };
        let wrong = anna.post(new, &form("not a domain", "0")).await;
        assert!(
            is_form_again(&wrong) && wrong.html.contains("not a domain") && wrong.html.contains("value=\"Chatter\"")
        );
        assert_eq!(
            anna.post(new, &form("https://www.example.net/x example.com", "48")).await.status,
            StatusCode::SEE_OTHER
        );
        let list = anna.get("/en/console/administration/organisations/provider").await.html;
        let (before, _) = list.split_once(">Chatter<").expect("it is listed");
        let one = before.rsplit_once("href=\"").unwrap().1.trim_end_matches('"').to_owned();
        let page = anna.get(&one).await.html;
        assert!(page.contains("example.com\nexample.net") && page.contains("value=\"48\""), "{page}");
        assert!(is_form_again(&anna.post(new, &form("example.com", "24")).await), "a domain has one owner");

        assert!(is_form_again(&anna.post(&format!("{one}/suspend"), &[("reason", " ")]).await));
        anna.post(&format!("{one}/suspend"), &[("reason", "No answer for a month")]).await;
        assert!(anna.get(&one).await.html.contains("No answer for a month"));
        anna.post(&format!("{one}/resume"), &[]).await;
        let after = anna.get(&one).await.html;
        assert!(after.contains("No answer for a month") && after.contains("/suspend"), "the pause is remembered");
    })
    .await;
}

#[tokio::test]
async fn how_long_cases_are_kept_is_shown_before_it_is_saved_and_told_to_everybody() {
    on_each_site(async |world, site| {
        let anna = first_administrator(world, site).await.browser;
        let page = "/en/console/administration/retention";
        assert!(anna.get(page).await.html.contains("There is no rule."));
        let wrong = anna.post(page, &[("referred", "none"), ("withdrawn", "30")]).await;
        assert!(is_form_again(&wrong) && wrong.html.contains("value=\"none\""));
        let some = [("referred", "730"), ("withdrawn", "30")];
        let shown = anna.post(page, &[some.as_slice(), &[("preview", "1")]].concat()).await;
        assert!(shown.status == StatusCode::OK && shown.html.contains("What these rules would erase"));
        assert_eq!(casework::retention::rules(&world.cw).await.unwrap(), []);
        assert_eq!(anna.post(page, &some).await.status, StatusCode::SEE_OTHER);
        let saved = anna.get(page).await.html;
        assert!(saved.contains("730 days") && saved.contains("from "), "a day from now");
        assert!(anna.get("/en/privacy").await.html.contains("Some cases we erase by ourselves"));
        let ends = [
            "removed",
            "partly_removed",
            "fingerprints_listed",
            "referred",
            "not_illegal",
            "not_found",
            "out_of_scope",
        ];
        let every: Vec<_> = ends.into_iter().map(|end| (end, "100")).chain([("withdrawn", "30")]).collect();
        assert_eq!(anna.post(page, &every).await.status, StatusCode::SEE_OTHER);
        assert!(anna.get("/en/privacy").await.html.contains("at the latest after 100 days"));
    })
    .await;
}

#[tokio::test]
async fn routing_and_priority_are_saved_whole_or_not_at_all() {
    on_each_site(async |world, site| {
        let anna = first_administrator(world, site).await.browser;
        let routing = "/en/console/administration/routing";
        let page = anna.get(routing).await.html;
        let options = between(&page, "name=\"to\"", "</select>");
        let hotline =
            options.split("value=\"").find(|option| option.len() > 36 && option.as_bytes()[8] == b'-').unwrap()[..36]
                .to_owned();
        let row = |order, country, language| {
            [
                ("order", order),
                ("country", country),
                ("language", language),
                ("harm", "threat"),
                ("to", hotline.as_str()),
            ]
        };
        let wrong = anna.post(routing, &row("1", "FI", "no language")).await;
        assert!(is_form_again(&wrong) && wrong.html.contains("value=\"no language\""));
        let two = [row("2", "FI", "fi"), row("1", "SE", "sv")].concat();
        let tried = anna.post(routing, &[two.as_slice(), &[("preview", "1")]].concat()).await;
        assert!(tried.status == StatusCode::OK && tried.html.contains("What these rules would have done"));
        assert_eq!(casework::routing::saved_rules(&world.cw).await.unwrap(), []);
        assert_eq!(anna.post(routing, &two).await.status, StatusCode::SEE_OTHER);
        let rules = casework::routing::saved_rules(&world.cw).await.unwrap();
        assert_eq!(rules.iter().map(|rule| rule.country.as_ref().unwrap().as_str()).collect::<Vec<_>>(), ["SE", "FI"]);

        let priority = "/en/console/administration/priority";
        assert!(anna.get(priority).await.html.contains("value=\"15\""));
        let table = |first: &'static str| {
            [
                ("threatened_child", "1"),
                ("spreading_image", "0"),
                ("own_image", "2"),
                ("trusted_flagger", "2"),
                ("other", "3"),
                ("minutes-0", first),
                ("minutes-1", "30"),
                ("minutes-2", "480"),
                ("minutes-3", "2880"),
                ("minutes-4", "10080"),
                ("day-and-night", "0"),
            ]
        };
        assert!(is_form_again(&anna.post(priority, &table("0")).await));
        let shown = anna.post(priority, &[table("10").as_slice(), &[("preview", "1")]].concat()).await;
        assert!(shown.status == StatusCode::OK && shown.html.contains("What would change in the queue"));
        assert_eq!(casework::priority::current(&world.cw).await.unwrap(), casework::priority::PriorityTable::default());
        assert_eq!(anna.post(priority, &table("10")).await.status, StatusCode::SEE_OTHER);
        let saved = casework::priority::current(&world.cw).await.unwrap();
        assert_eq!(saved.level(casework::priority::Trigger::SpreadingImage), 0);
        assert_eq!(saved.times().map(|time| time.minutes), [10, 30, 480, 2880, 10080]);
        assert_eq!(saved.times().map(|time| time.round_the_clock), [true, false, false, false, false]);
    })
    .await;
}

#[tokio::test]
async fn recovery_shares_typed_from_paper_let_a_member_in() {
    on_each_site(async |world, site| {
        let anna = first_administrator(world, site).await;
        let renewal = |present: &'static str| [("shares", "3"), ("needed", "2"), ("present", present)];
        let refused = anna.browser.post("/en/console/administration/recovery", &renewal("not this one at all")).await;
        assert!(is_form_again(&refused) && !refused.html.contains("class=\"share\""));
        let page = anna.browser.post("/en/console/administration/recovery", &renewal(PASSWORD)).await.html;
        let shares: Vec<&str> =
            page.split("class=\"share\"").skip(1).map(|share| text_of(share, "class=\"ltr\"")).collect();
        assert_eq!(anna.browser.post("/en/console/set-up/stored", &[]).await.status, StatusCode::SEE_OTHER);
        let link = invite(&anna.browser, "Ben", "administrator").await;
        let ben = take_up(world, site, &link, &[]).await.browser;
        let one = ben.post("/en/console/recover", &[("shares", shares[0])]).await;
        assert!(is_form_again(&one) && one.html.contains(shares[0]));
        let slip = shares[1].replacen(&shares[1][..1], if shares[1].starts_with('0') { "1" } else { "0" }, 1);
        assert!(is_form_again(&ben.post("/en/console/recover", &[("shares", &slip)]).await));
        let two = format!("{}\r\n{}", shares[0].to_lowercase(), shares[2].replace('-', " "));
        assert_eq!(ben.post("/en/console/recover", &[("shares", &two)]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(ben.get("/en/console").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn ones_own_account_changes_password_codes_and_language() {
    on_each_site(async |world, site| {
        let anna = first_administrator(world, site).await.browser;
        let change = |present: &'static str| {
            [("present", present), ("password", "another long password"), ("again", "another long password")]
        };
        let path = "/en/console/account/password";
        assert!(is_form_again(&anna.post(path, &change("not this one at all")).await));
        let done = anna.post(path, &change(PASSWORD)).await;
        assert!(anna.get(&done.location).await.html.contains("class=\"flash\""));
        let (path, new) = ("/en/console/account/codes", "another long password");
        let refused = anna.post(path, &[("present_for_codes", PASSWORD)]).await;
        assert!(is_form_again(&refused) && !refused.html.contains("<li><code"), "the password is another by now");
        let codes = anna.post(path, &[("present_for_codes", new)]).await;
        assert_eq!(codes.html.matches("<li><code").count(), 10);
        let spoken = anna.post("/en/console/account/language", &[("language", "sv")]).await;
        assert!(spoken.location.starts_with("/sv/console/account"));
        assert_eq!(anna.post("/en/console/account/sign-out-everywhere", &[]).await.location, "/en/console/sign-in");
        assert_eq!(anna.get("/en/console/account").await.status, StatusCode::SEE_OTHER);
    })
    .await;
}
