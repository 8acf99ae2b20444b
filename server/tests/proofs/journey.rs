//! The whole journey once through, without a browser: three people tell, an analyst acts in the right order, a provider
//! answers by mail, and who told sees what became of it.

use casework::organisation;
use casework::staff::invitation;
use casework::taxonomy::OrganisationKind;
use casework::vault::totp::TotpSecret;

use crate::desk::{act, answer_notice, assessment_of, draft_notice, reference, take_next};
use crate::harness::{Browser, Suoja, on_each_engine_with};
use crate::html::{between, text};
use crate::mail::plain_mail;
use crate::reporter::{self, NO_LIMITS, Told};

const THREAT: Told = &[
    ("provider", "Chatterbox"),
    ("handle", "pixel.kite7"),
    ("wants", "money"),
    ("deadline", "tomorrow"),
    ("payment", "gift cards"),
    ("age", "13_15"),
    ("country", "FI"),
    ("danger", "no"),
    ("words", "He says he will tell everyone."),
    ("reply", "code"),
];
const PICTURE: Told = &[
    ("whose", "me"),
    ("age_in_picture", "16_17"),
    ("links", "https://sharepic.example/p/42"),
    ("spreading", "no"),
    ("age", "16_17"),
    ("country", "SE"),
    ("danger", "no"),
    ("words", "I want it gone."),
    ("reply", "email"),
    ("email", "reader@mail.example"),
];
const SEEN: Told = &[
    ("what", "link"),
    ("links", "https://sharepic.example/p/43"),
    ("shows", "unsure"),
    ("age", "unsure"),
    ("danger", "no"),
    ("words", "In a comment."),
    ("reply", "code"),
];

#[tokio::test]
async fn from_telling_to_what_became_of_it() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let closed = suoja.browser().get("/en/seen/check").await;
        assert_eq!(closed.status, 303, "a page that was not reached leads back");
        let mut analyst = the_first_administrator(suoja).await;

        let mut witness = suoja.browser();
        reporter::tell(&mut witness, "/en/seen", SEEN).await;
        let mut child = suoja.browser();
        let code = reporter::tell(&mut child, "/en/picture", PICTURE).await;
        reporter::saved(&mut child).await;
        let gone = child.get("/en/sent").await;
        assert_eq!(gone.location().as_deref(), Some("/en/code"), "the code is shown until it is saved");
        let threatened = reporter::tell(&mut suoja.browser(), "/en/threat", THREAT).await;
        assert_ne!(code, threatened);

        let taken = [take_next(&mut analyst).await, take_next(&mut analyst).await, take_next(&mut analyst).await];
        let cases = taken.map(|case| case.expect("three wait"));
        assert_eq!(take_next(&mut analyst).await, None, "nothing else waits");
        let told = ["He says he will tell everyone.", "I want it gone.", "In a comment."];
        for (case, words) in cases.iter().zip(told) {
            let page = analyst.get(case).await;
            assert!(page.body.contains(words), "the most urgent comes first: {}", text(&page.body));
            assert!(!page.body.contains("href=\"http"), "no reported link can be followed");
        }
        let [_, case, _] = &cases;
        act_on(suoja, &mut analyst, case).await;
        what_the_child_sees(suoja, &mut child, &code).await;
    })
    .await;
}

/// By the one-time link, as on the first day: a password, an authenticator, the hotline set up, a provider.
async fn the_first_administrator(suoja: &Suoja) -> Browser {
    let token = invitation::first_invitation(&suoja.app.casework).await.unwrap().expect("nobody is there yet");
    let mut browser = suoja.browser();
    let password = "a long enough password";
    let fields = [("name", "Ada"), ("address", "ada@hotline.example"), ("password", password), ("again", password)];
    let page = browser.post_and_follow(&format!("/en/console/welcome/{token}"), &fields).await;
    let secret =
        between(&page.body, "class=\"code ltr\">", "</code>").unwrap_or_else(|| panic!("no secret in {}", page.body));
    let secret = data_encoding::BASE32_NOPAD.decode(secret.replace(' ', "").as_bytes()).unwrap();
    let digits = TotpSecret::from_bytes(&secret).unwrap().code_at(suoja.app.casework.now());
    let codes = browser.post("/en/console/second-factor", &[("code", &digits)]).await;
    assert_eq!(codes.status, 200, "the recovery codes are shown");
    let split = [("name", "Lighthouse"), ("country", "FI"), ("shares", "3"), ("needed", "2")];
    let shares = browser.post("/en/console/set-up", &split).await;
    assert_eq!(shares.status, 200, "{}", text(&shares.body));
    act(&mut browser, "/en/console/set-up/stored", &[]).await;
    let provider = [
        ("name", "Sharepic"),
        ("notice_email", "abuse@sharepic.example"),
        ("notice_language", "en"),
        ("answer_hours", "24"),
        ("domains", "https://sharepic.example/"),
    ];
    act(&mut browser, "/en/console/administration/organisations/provider/new", &provider).await;
    browser
}

async fn act_on(suoja: &Suoja, analyst: &mut Browser, case: &str) {
    let page = analyst.get(case).await.body;
    let assessment = assessment_of(&page);
    act(analyst, &assessment, &[("class", "C7"), ("basis", "data_protection"), ("why", "")]).await;
    act(analyst, &format!("{case}/message"), &[("message", "I am on it.")]).await;

    let provider = organisation::list(&suoja.app.casework, OrganisationKind::Provider).await.unwrap()[0].id;
    let notice = draft_notice(analyst, case, provider, "A private picture of a minor.").await;
    assert!(suoja.mail.arrived().iter().all(|mail| mail.to != "abuse@sharepic.example"), "a draft goes nowhere");
    act(analyst, &format!("{notice}/approval"), &[]).await;

    let mails = suoja.mail.wait_for(2).await;
    let to = |address: &str| mails.iter().find(|mail| mail.to == address).expect("a mail to each").raw.as_str();
    let (sent, neutral) = (plain_mail(to("abuse@sharepic.example")), plain_mail(to("reader@mail.example")));
    assert!(sent.contains("https://sharepic.example/p/42") && sent.contains("application/json"), "{sent}");
    let reference = reference(&page).expect("a reference");
    assert!(sent.contains(reference), "the provider can quote it");
    for private in [reference, "sharepic", "http", "Lighthouse", "I am on it"] {
        assert!(!neutral.contains(private), "{private} in {neutral}");
    }
    answer_notice(analyst, &notice, "removed", "Removed.").await;
    act(analyst, &format!("{case}/close"), &[("outcome", "removed"), ("explanation", "It is gone now.")]).await;
}

async fn what_the_child_sees(suoja: &Suoja, child: &mut Browser, code: &str) {
    let typed = code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    let page = text(&reporter::open(child, &typed).await);
    for words in ["Sharepic", "I am on it.", "It is gone now."] {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert!(!page.contains("Ada"), "no name of staff");
    let stranger = suoja.browser().get("/en/case").await;
    assert_eq!(stranger.location().as_deref(), Some("/en/code"));
}
