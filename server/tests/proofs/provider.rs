//! A provider answers a notice by the link in its mail: opening it changes nothing, answering does, once and for good.

use std::io::Write;
use std::process::{Command, Stdio};

use casework::taxonomy::OrganisationKind;
use chrono::TimeDelta;
use serde_json::Value;

use crate::desk::{self, act, assessment_of, draft_notice, is_out, reference, signed_in, take_next};
use crate::harness::{Browser, Suoja, on_each_engine_with};
use crate::html::text;
use crate::mail::plain_mail;
use crate::python::python;
use crate::reporter::{self, NO_LIMITS, SEEN};

/// A case whose notice has gone out.
struct Sent {
    analyst: Browser,
    case: String,
    notice: String,
    code: String,
    /// Where the provider answers.
    link: String,
}

async fn sent(suoja: &Suoja) -> Sent {
    let cw = &suoja.app.casework;
    let first = desk::first(cw).await;
    let provider = desk::organisation(cw, &first, OrganisationKind::Provider, "Sharepic", "sharepic.example").await;
    let mut child = suoja.browser();
    let code = reporter::tell(&mut child, "/en/seen", SEEN).await;
    reporter::saved(&mut child).await;
    let mut analyst = signed_in(suoja.browser(), &first);
    let case = take_next(&mut analyst).await.expect("one waits");
    let notice = draft_notice(&mut analyst, &case, provider, "It shows a child.").await;
    let draft = text(&analyst.get(&notice).await.body);
    assert!(draft.contains("/en/answer/…"), "the analyst reads that there is a link: {draft}");
    act(&mut analyst, &format!("{notice}/approval"), &[]).await;
    let mail = plain_mail(&suoja.mail.wait_for(1).await[0].raw);
    let at = mail.find("/en/answer/").expect("a link");
    let link = mail[at..].split(|end: char| end.is_whitespace() || end == '"').next().unwrap().to_owned();
    Sent { analyst, case, notice, code, link }
}

#[tokio::test]
async fn opening_the_link_changes_nothing_and_answering_reaches_analyst_and_reporter() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let Sent { mut analyst, case, notice, code, link } = sent(suoja).await;
        let mut scanner = suoja.browser();
        for _ in 0..2 {
            let page = scanner.get(&link).await;
            assert_eq!(page.status, 200);
            let shown = text(&page.body);
            assert!(shown.contains("https://sharepic.example/p/1") && shown.contains("It shows a child."), "{shown}");
            assert!(!page.body.contains("href=\"https://sharepic"), "nothing to follow by a slip");
        }
        assert!(is_out(&analyst.get(&notice).await), "it still waits");

        let mut provider = suoja.browser();
        for (fields, why) in [
            (vec![], "no answer"),
            (vec![("state", "withdrawn")], "not theirs to say"),
            (vec![("state", "refused"), ("words", " ")], "a refusal without a reason"),
        ] {
            assert_eq!(provider.post(&link, &fields).await.status, 422, "{why}");
        }
        act(&mut provider, &link, &[("state", "needs_more"), ("words", "Which of the two pictures?")]).await;
        let page = analyst.get(&notice).await.body;
        assert!(page.contains("Which of the two pictures?"), "the analyst reads it: {}", text(&page));
        let unread = reporter::open(&mut suoja.browser(), &code).await;
        assert!(!unread.contains("Which of the two"), "a child reads what somebody has read before");
        let fields = [("state", "needs_more"), ("words", "They asked which picture it is.")];
        act(&mut analyst, &format!("{notice}/answer"), &fields).await;
        assert!(reporter::open(&mut suoja.browser(), &code).await.contains("They asked which picture it is."));
        act(&mut provider, &link, &[("state", "removed")]).await;
        let page = provider.get(&link).await;
        assert!(!page.body.contains("<form method=\"post\" action=\"/en/answer"), "nothing is left to answer");
        assert!(!page.body.contains("sharepic.example/p/1"), "and what it was about is no longer kept for the mail");
        assert_eq!(provider.post(&link, &[("state", "refused"), ("words", "no")]).await.status, 422);

        let told = text(&reporter::open(&mut suoja.browser(), &code).await);
        assert!(told.contains("Sharepic"), "{told}");
        let queued = text(&analyst.get("/en/console/mine").await.body);
        let name = reference(&page_of(&mut analyst, &case).await).unwrap().to_owned();
        assert!(queued.contains(&name), "the case waits no longer for providers: {queued}");
    })
    .await;
}

async fn page_of(analyst: &mut Browser, case: &str) -> String {
    analyst.get(case).await.body
}

#[tokio::test]
async fn a_bent_or_old_link_opens_nothing() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let Sent { link, .. } = sent(suoja).await;
        let (path, token) = link.rsplit_once('/').unwrap();
        let mut stranger = suoja.browser();
        for place in [0, 20, 24, 40, token.len() - 2] {
            let mut bent = token.to_owned().into_bytes();
            bent[place] = if bent[place] == b'A' { b'B' } else { b'A' };
            let bent = format!("{path}/{}", String::from_utf8(bent).unwrap());
            assert_eq!(stranger.get(&bent).await.status, 404, "bent at {place}");
            assert_eq!(stranger.post(&bent, &[("state", "removed")]).await.status, 404);
        }
        suoja.clock.advance(TimeDelta::days(91));
        assert_eq!(stranger.get(&link).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn what_a_link_was_assessed_as_goes_with_the_notice_in_the_format_of_abuse_desks() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let cw = &suoja.app.casework;
        let first = desk::first(cw).await;
        let second = desk::another(cw, &first, "eero").await;
        let provider = desk::organisation(cw, &first, OrganisationKind::Provider, "Sharepic", "sharepic.example").await;
        reporter::tell(&mut suoja.browser(), "/en/seen", SEEN).await;
        let mut analyst = signed_in(suoja.browser(), &first);
        let case = take_next(&mut analyst).await.expect("one waits");
        for mut assessor in [signed_in(suoja.browser(), &first), signed_in(suoja.browser(), &second)] {
            let form = assessment_of(&assessor.get(&case).await.body);
            act(&mut assessor, &form, &[("class", "C1"), ("basis", "baseline"), ("why", "")]).await;
        }
        let notice = draft_notice(&mut analyst, &case, provider, "It shows a child.").await;
        act(&mut analyst, &format!("{notice}/approval"), &[]).await;
        let mails = suoja.mail.wait_for(2).await;
        let mail = mails.iter().find(|mail| mail.to == "notices@sharepic.example").expect("beside eero's invitation");
        let mail = plain_mail(&mail.raw);
        let report = xarf_in(&mail).unwrap_or_else(|| panic!("no report in {mail}"));
        assert_eq!((&report["type"], &report["classification"]), (&"csam".into(), &"A1".into()), "{report}");
        assert_eq!(report["url"], "https://sharepic.example/p/1");

        let check = "import sys, xarf; found = xarf.parse(sys.stdin.read()); print(found.errors, found.warnings)";
        assert_eq!(
            python_says(check, &report.to_string()),
            "[] []",
            "the published schemas find nothing wrong: {report}"
        );
        let mut wrong = report.clone();
        wrong.as_object_mut().unwrap().remove("classification");
        assert_ne!(python_says(check, &wrong.to_string()), "[] []", "they would");
    })
    .await;
}

/// The report among a mail's files.
fn xarf_in(mail: &str) -> Option<Value> {
    let begins = mail.match_indices('{').map(|(at, _)| at);
    let read =
        begins.filter_map(|at| serde_json::Deserializer::from_str(&mail[at..]).into_iter::<Value>().next()?.ok());
    read.into_iter().find(|value| value["xarf_version"].is_string())
}

fn python_says(script: &str, input: &str) -> String {
    let mut python = Command::new(python(&["xarf"]));
    let mut running = python.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    running.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let ended = running.wait_with_output().unwrap();
    String::from_utf8(ended.stdout).unwrap().trim().to_owned()
}
