//! Platforms pull the list with what they run already: from the page where the key is made to the picture that matches.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use axum::body::Body;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LINK, RETRY_AFTER};
use axum::http::{HeaderMap, Method};
use casework::audit::{self, Verdict};
use casework::taxonomy::OrganisationKind;
use casework::vault::CookieToken;
use chrono::TimeDelta;
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::desk::{self, act, signed_in};
use crate::harness::{Page, Suoja, on_each_engine_with};
use crate::html::between;
use crate::python::python;
use crate::reporter::{self, NO_LIMITS};

/// A child's own picture, as her browser describes it: hashes that no picture has.
async fn tells_of_a_picture(suoja: &Suoja, number: u8) -> String {
    let file = format!(
        r#"{{"media_type":"image/jpeg","bytes":90000,"width":640,"height":480,"pdq":"{}","pdq_quality":90,
            "md5":"{number:032x}","sha1":"{number:040x}","sha256":"{number:064x}"}}"#,
        pdq(number)
    );
    let told = [
        ("whose", "me"),
        ("age_in_picture", "13_15"),
        ("file", file.as_str()),
        ("spreading", "no"),
        ("age", "13_15"),
        ("country", "FI"),
        ("danger", "no"),
        ("reply", "code"),
    ];
    let mut child = suoja.browser();
    let code = reporter::tell(&mut child, "/en/picture", &told).await;
    reporter::saved(&mut child).await;
    code
}

fn pdq(number: u8) -> String {
    format!("{number:02x}").repeat(32)
}

/// A provider with terms and a key, both made on the page for it.
struct Provider {
    page: String,
    key: String,
}

async fn provider(suoja: &Suoja, first: &CookieToken) -> Provider {
    let provider =
        desk::organisation(&suoja.app.casework, first, OrganisationKind::Provider, "Sharepic", "sharepic.example")
            .await;
    let page = format!("/en/console/administration/organisation/{provider}/partner");
    let mut admin = signed_in(suoja.browser(), first);
    let terms = [("agreement", "2026-14"), ("collections", "self_reported"), ("media", "picture")];
    act(&mut admin, &format!("{page}/terms"), &terms).await;
    let new = [("name", "matching"), ("rights", "fingerprints"), ("rights", "feedback"), ("days", "365")];
    let made = admin.post(&format!("{page}/keys"), &new).await;
    let key = between(&made.body, "id=\"key\" dir=\"ltr\" class=\"ltr\">", "<")
        .unwrap_or_else(|| panic!("{}", made.body))
        .to_owned();
    assert!(!admin.get(&page).await.body.contains(&key), "and only once");
    Provider { page, key }
}

async fn call(suoja: &Suoja, path: &str, headers: &[(axum::http::HeaderName, &str)]) -> Page {
    let headers: HeaderMap = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
    suoja.browser().send(Method::GET, path, headers, Body::empty()).await
}

async fn pull(suoja: &Suoja, key: &str, path: &str) -> Page {
    call(suoja, path, &[(AUTHORIZATION, &format!("Bearer {key}"))]).await
}

/// Where to go on.
fn next(page: &Page) -> String {
    between(page.header(LINK.as_str()), "<", ">").unwrap().to_owned()
}

fn lines(page: &Page) -> Vec<Value> {
    assert_eq!(page.status, 200, "{}", page.body);
    page.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn pdqs(page: &Page) -> Vec<(String, String)> {
    let text = |line: &Value, field: &str| line[field].as_str().unwrap().to_owned();
    let pictures = lines(page).into_iter().filter(|line| line["algorithm"] == "pdq");
    pictures.map(|line| (text(&line, "state"), text(&line, "value"))).collect()
}

async fn withdraw(suoja: &Suoja, code: &str) {
    let mut child = suoja.browser();
    reporter::open(&mut child, code).await;
    act(&mut child, "/en/case/erase/sure", &[("erase", "protection")]).await;
    suoja.clock.advance(TimeDelta::days(8));
    casework::erasure::run_due(&suoja.app.casework).await.unwrap();
}

#[tokio::test]
async fn a_platform_pulls_what_changed_and_hears_what_was_withdrawn() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let first = desk::first(&suoja.app.casework).await;
        let Provider { key, .. } = provider(suoja, &first).await;
        let code = tells_of_a_picture(suoja, 1).await;
        tells_of_a_picture(suoja, 2).await;

        let all = pull(suoja, &key, "/api/v1/fingerprints").await;
        assert_eq!(lines(&all).len(), 8, "four fingerprints a picture");
        assert_eq!(pdqs(&all), [("listed".to_owned(), pdq(1)), ("listed".to_owned(), pdq(2))]);
        let said = all.body.to_lowercase();
        assert!(!said.contains("\"fi\"") && !said.contains("own_image"), "not who claims it: {said}");
        assert!(!all.header("ratelimit").is_empty() && !all.header("ratelimit-policy").is_empty());

        let headers = [(AUTHORIZATION, &*format!("Bearer {key}")), (IF_NONE_MATCH, all.header(ETAG.as_str()))];
        assert_eq!(call(suoja, "/api/v1/fingerprints", &headers).await.status, 304);
        assert_eq!(lines(&pull(suoja, &key, &next(&all)).await).len(), 0, "nothing is new");

        withdraw(suoja, &code).await;
        let changed = pull(suoja, &key, &next(&all)).await;
        assert_eq!(pdqs(&changed), [("withdrawn".to_owned(), pdq(1))]);
        assert_eq!(pdqs(&pull(suoja, &key, "/api/v1/fingerprints").await), [("listed".to_owned(), pdq(2))]);

        let headers = [(AUTHORIZATION, &*format!("Bearer {key}")), (ACCEPT, "text/csv")];
        let table = call(suoja, "/api/v1/fingerprints", &headers).await;
        assert_eq!(table.header(CONTENT_TYPE.as_str()), "text/csv; charset=utf-8");
        assert_eq!(table.body.lines().count(), 5, "{}", table.body);
        assert!(matches!(audit::verify(&suoja.app.casework, None).await.unwrap(), Verdict::Whole(_)));
    })
    .await;
}

#[tokio::test]
async fn whoever_has_no_key_no_terms_or_no_calls_left_is_told_so() {
    let limits = [NO_LIMITS, &[("SUOJA_LIMITS__CALLS_PER_MINUTE", "3")]].concat();
    on_each_engine_with(&limits, async |suoja: &Suoja| {
        let first = desk::first(&suoja.app.casework).await;
        let Provider { page, key } = provider(suoja, &first).await;
        for (path, key) in [("/api/v1/fingerprints", "suoja_wrong"), ("/exchange/stopncii/v1/FetchHashes", "")] {
            let refused = pull(suoja, key, path).await;
            assert_eq!(
                (refused.status.as_u16(), refused.header(CONTENT_TYPE.as_str())),
                (401, "application/problem+json")
            );
        }
        for path in ["/api/v1/fingerprints?after=yesterday", "/exchange/stopncii/v1/FetchHashes?startTimestamp=x"] {
            let refused = pull(suoja, &key, path).await;
            assert_eq!(
                (refused.status.as_u16(), refused.header(CONTENT_TYPE.as_str())),
                (400, "application/problem+json")
            );
        }
        assert_eq!(pull(suoja, &key, "/api/v1/fingerprints").await.status, 200);
        let refused = pull(suoja, &key, "/api/v1/fingerprints").await;
        assert_eq!((refused.status.as_u16(), refused.header(RETRY_AFTER.as_str())), (429, "20"));
        suoja.clock.advance(TimeDelta::seconds(20));
        assert_eq!(pull(suoja, &key, "/api/v1/fingerprints").await.status, 200);

        let mut admin = signed_in(suoja.browser(), &first);
        let wrong = admin.post(&format!("{page}/terms"), &[("agreement", " "), ("countries", "Finland")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.body.contains("Finland"), "what was typed is kept");
        let shown = admin.get(&page).await;
        let end = between(&shown.body, &format!("action=\"{page}/keys/"), "/end\"").expect("the key can be ended");
        act(&mut admin, &format!("{page}/keys/{}/end", end.parse::<Uuid>().unwrap()), &[]).await;
        suoja.clock.advance(TimeDelta::minutes(1));
        assert_eq!(pull(suoja, &key, "/api/v1/fingerprints").await.status, 401, "an ended key opens nothing");
    })
    .await;
}

/// The `threatexchange` program of a Python of our own, unchanged, with a home of its own.
struct ThreatExchange<'a> {
    suoja: &'a Suoja,
    program: PathBuf,
    home: TempDir,
    variables: [(&'static str, String); 2],
}

/// Gives the program the server's time, since one of its clients asks for nothing that came after its own.
const CLOCK: &str = "import os, time\ntime.time = lambda: float(os.environ['NOW'])\n";

/// Where our extension is installed from its folder, once for all tests.
fn extension() -> &'static Path {
    static INSTALLED: OnceLock<TempDir> = OnceLock::new();
    let installed = INSTALLED.get_or_init(|| {
        let (folder, source) = (tempfile::tempdir().unwrap(), "../partners/threatexchange");
        // Elsewhere, since building leaves traces beside the source.
        let copy = folder.path().join("source");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
        assert!(Command::new("cp").arg("-R").arg(source).arg(&copy).status().unwrap().success());
        let mut pip = Command::new(python(&["threatexchange"]));
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"]).arg(folder.path()).arg(&copy);
        let ended = pip.output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        folder
    });
    installed.path()
}

impl<'a> ThreatExchange<'a> {
    fn new(suoja: &'a Suoja, key: &str) -> Self {
        let stopncii = format!("{key},{key},http://{}/exchange/stopncii/v1", suoja.address());
        let ours = format!("http://{} {key}", suoja.address());
        let program = Self {
            suoja,
            program: python(&["threatexchange"]).with_file_name("threatexchange"),
            home: tempfile::tempdir().unwrap(),
            variables: [("TX_STOPNCII_KEYS", stopncii), ("TX_SUOJA_KEYS", ours)],
        };
        std::fs::create_dir(program.library()).unwrap();
        std::fs::write(program.library().join("sitecustomize.py"), CLOCK).unwrap();
        program
    }

    /// With our extension, and a collaboration of this kind.
    async fn with_extension(suoja: &'a Suoja, key: &str, kind: &str) -> Self {
        let program = Self::new(suoja, key);
        program.run(&["config", "extensions", "add", "suoja_threatexchange"]).await;
        let address = format!("http://{}", suoja.address());
        program.run(&["config", "collab", "edit", kind, "--create", "Hotline", "--address", &address]).await;
        program
    }

    fn library(&self) -> PathBuf {
        self.home.path().join("library")
    }

    /// Runs a command. Gives what it printed.
    async fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(&self.program);
        let libraries = format!("{}:{}", self.library().display(), extension().display());
        command.args(arguments).env("HOME", self.home.path()).env("PYTHONPATH", libraries);
        // It asks for what is older than five seconds.
        command.env("NOW", (self.suoja.app.casework.now().timestamp() + 10).to_string());
        // Where it writes local time as if it were UTC, that is seen here.
        command.env("TZ", "America/New_York").envs(self.variables.iter().map(|(name, value)| (*name, value.as_str())));
        let ended = spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = String::from_utf8_lossy(&[ended.stdout, ended.stderr].concat()).into_owned();
        assert!(ended.status.success(), "threatexchange {arguments:?}: {said}");
        said
    }

    /// What it says of a hash; empty if it matches nothing.
    async fn said_of(&self, number: u8) -> String {
        self.run(&["match", "-H", "-S", "pdq", "photo", "--", &pdq(number)]).await
    }
}

#[tokio::test]
async fn the_threatexchange_program_pulls_and_matches_by_configuration_alone() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let first = desk::first(&suoja.app.casework).await;
        let Provider { key, .. } = provider(suoja, &first).await;
        let code = tells_of_a_picture(suoja, 1).await;
        tells_of_a_picture(suoja, 2).await;
        let program = ThreatExchange::new(suoja, &key);
        program.run(&["config", "collab", "edit", "stop_ncii", "--create", "Suoja"]).await;
        program.run(&["fetch"]).await;
        assert!(program.said_of(1).await.contains("INVESTIGATION_SEED"), "somebody reported it, nobody reviewed it");
        assert!(program.said_of(2).await.contains("pdq"));
        assert_eq!(program.said_of(3).await, "");

        tells_of_a_picture(suoja, 3).await;
        program.run(&["fetch"]).await;
        assert!(program.said_of(3).await.contains("pdq"), "it goes on where it was");

        withdraw(suoja, &code).await;
        program.run(&["fetch"]).await;
        let said = program.said_of(1).await;
        assert!(said.contains("DISPUTED"), "the program keeps what is withdrawn, but not as it was: {said}");
    })
    .await;
}

#[tokio::test]
async fn with_our_extension_every_form_drops_what_was_withdrawn() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let first = desk::first(&suoja.app.casework).await;
        let Provider { key, .. } = provider(suoja, &first).await;
        let code = tells_of_a_picture(suoja, 1).await;
        tells_of_a_picture(suoja, 2).await;
        tells_of_a_picture(suoja, 3).await;
        let mut programs = Vec::new();
        for kind in ["suoja", "suoja_stopncii", "suoja_ncmec"] {
            let program = ThreatExchange::with_extension(suoja, &key, kind).await;
            program.run(&["fetch"]).await;
            for number in 1..=3 {
                assert!(program.said_of(number).await.contains("pdq"), "{kind} has {number}");
            }
            programs.push((kind, program));
        }
        withdraw(suoja, &code).await;
        for (kind, program) in programs {
            program.run(&["fetch"]).await;
            assert_eq!(program.said_of(1).await, "", "{kind} drops what was withdrawn");
            assert!(program.said_of(2).await.contains("pdq"), "{kind} keeps the rest");
        }
    })
    .await;
}

#[tokio::test]
async fn ncmecs_form_pages_through_a_span_and_says_what_was_deleted() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let first = desk::first(&suoja.app.casework).await;
        let Provider { key, .. } = provider(suoja, &first).await;
        let code = tells_of_a_picture(suoja, 1).await;
        let base = "/exchange/ncmec";
        let status = ask_ncmec(suoja, &key, &format!("{base}/v2/status")).await;
        assert!(status.contains(">Sharepic</member>"), "{status}");
        let members = ask_ncmec(suoja, &key, &format!("{base}/v2/members")).await;
        assert!(members.contains("<member id=\"1\">") && !members.contains("<member id=\"2\">"), "{members}");

        let day =
            |days: i64| (suoja.app.casework.now() + TimeDelta::days(days)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let span = |from: i64, to: i64| format!("{base}/v2/entries?from={}&to={}", day(from), day(to));
        let entries = ask_ncmec(suoja, &key, &span(-1, 1)).await;
        assert_eq!(entries.matches("<image>").count(), 3, "a picture's PDQ, MD5 and SHA-1: {entries}");
        assert!(entries.contains(&format!("<pdq>{}</pdq>", pdq(1))) && !entries.contains("<paging>"));
        assert!(!ask_ncmec(suoja, &key, &span(-2, -1)).await.contains("<image>"), "nothing came before");

        withdraw(suoja, &code).await;
        let entries = ask_ncmec(suoja, &key, &span(-1, 1)).await;
        assert_eq!(
            (entries.matches("<image>").count(), entries.matches("<deletedImage>").count()),
            (0, 3),
            "{entries}"
        );
        let wrong = ask(suoja, &key, &format!("{base}/v2/entries?from=yesterday")).await;
        assert_eq!(wrong.status, 400);
    })
    .await;
}

#[tokio::test]
async fn under_new_terms_programs_begin_anew_by_themselves_once() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let first = desk::first(&suoja.app.casework).await;
        let Provider { page, key } = provider(suoja, &first).await;
        tells_of_a_picture(suoja, 1).await;
        let all = pull(suoja, &key, "/api/v1/fingerprints").await;
        let hashes = async |start: i64| -> (usize, i64) {
            let path = format!("/exchange/stopncii/v1/FetchHashes?startTimestamp={start}");
            let answer: Value = serde_json::from_str(&pull(suoja, &key, &path).await.body).unwrap();
            let withdrawn = answer["hashRecords"].as_array().unwrap().iter();
            let withdrawn = withdrawn.filter(|record| record["hashStatus"] == "Withdrawn").count();
            (withdrawn, answer["nextSetTimestamp"].as_i64().unwrap())
        };
        let (_, kept) = hashes(10).await;

        suoja.clock.advance(TimeDelta::minutes(10));
        let mut admin = signed_in(suoja.browser(), &first);
        let narrower =
            [("agreement", "2026-15"), ("collections", "self_reported"), ("media", "picture"), ("countries", "SE")];
        act(&mut admin, &format!("{page}/terms"), &narrower).await;
        let changed = pull(suoja, &key, &next(&all)).await;
        assert_eq!(pdqs(&changed), [("withdrawn".to_owned(), pdq(1))], "what is no longer for it");
        assert_eq!(lines(&pull(suoja, &key, &next(&changed)).await).len(), 0);
        let (withdrawn, now) = hashes(kept).await;
        assert!(withdrawn == 1 && now > kept);
        assert_eq!(hashes(now).await, (0, now), "and not again");

        let sequence: i64 = next(&changed).split_once("after=").unwrap().1.split('-').next().unwrap().parse().unwrap();
        let ahead = next(&changed).replace(&format!("after={sequence}"), &format!("after={}", sequence + 1));
        assert_eq!(pull(suoja, &key, &ahead).await.status, 410, "a place that is not there yet");
    })
    .await;
}

#[tokio::test]
async fn in_every_form_a_partner_says_what_became_of_a_fingerprint() {
    on_each_engine_with(NO_LIMITS, async |suoja: &Suoja| {
        let first = desk::first(&suoja.app.casework).await;
        let Provider { key, .. } = provider(suoja, &first).await;
        for number in 1..=3 {
            tells_of_a_picture(suoja, number).await;
        }
        pull(suoja, &key, "/api/v1/fingerprints").await;

        let ours = |number, opinion| {
            format!(r#"{{"feedback":[{{"algorithm":"pdq","value":"{}","opinion":"{opinion}"}}]}}"#, pdq(number))
        };
        let path = "/api/v1/fingerprints/feedback";
        let noted = send(suoja, &key, Method::POST, path, "application/json", ours(1, "blocked")).await;
        assert_eq!((noted.status.as_u16(), noted.body.as_str()), (200, r#"{"results":["noted"]}"#));
        let unknown = send(suoja, &key, Method::POST, path, "application/json", ours(9, "blocked")).await;
        assert_eq!(unknown.body, r#"{"results":["unknown"]}"#);
        for body in ["", "{}", r#"{"feedback":[{"algorithm":"pdq","value":"xyz","opinion":"seen"}]}"#] {
            let refused = send(suoja, &key, Method::POST, path, "application/json", body.to_owned()).await;
            assert_eq!(refused.status, 400, "{body}");
        }

        let theirs = format!(r#"{{"count":1,"hashFeedbacks":[{{"hashValue":"{}","feedbackValue":"NotBlocked","tags":[]}}]}}"#, pdq(2));
        let path = "/exchange/stopncii/v1/SubmitFeedback";
        assert_eq!(send(suoja, &key, Method::POST, path, "application/json", theirs).await.body, r#"{"count":1}"#);

        let vote = r#"<feedbackSubmission xmlns="https://hashsharing.ncmec.org/hashsharing/v2"><negative><reasonIds><guid>x</guid></reasonIds></negative></feedbackSubmission>"#;
        let path = format!("/exchange/ncmec/v2/entries/1/pdq-{}/PDQ/feedback", pdq(3));
        assert_eq!(send(suoja, &key, Method::PUT, &path, "application/xml", vote.to_owned()).await.status, 200);
        assert_eq!(send(suoja, &key, Method::PUT, &path, "application/xml", "<a".to_owned()).await.status, 400);
        let left = pull(suoja, &key, "/api/v1/fingerprints").await;
        assert_eq!(pdqs(&left), [("listed".to_owned(), pdq(1))], "what is disputed is off the list");

        let mut analyst = signed_in(suoja.browser(), &first);
        let mut decided = 0;
        while let Some(case) = desk::take_next(&mut analyst).await {
            let page = analyst.get(&case).await.body;
            let Some(value) = between(&page, "name=\"value\" value=\"", "\"") else { continue };
            let fields = [("algorithm", "pdq"), ("value", value), ("decision", "keep")];
            act(&mut analyst, &format!("{case}/dispute"), &fields).await;
            decided += 1;
        }
        assert_eq!(decided, 2);
        assert_eq!(pdqs(&pull(suoja, &key, "/api/v1/fingerprints").await).len(), 3, "all are back");
    })
    .await;
}

async fn send(suoja: &Suoja, key: &str, method: Method, path: &str, kind: &str, body: String) -> Page {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, format!("Bearer {key}").parse().unwrap());
    headers.insert(CONTENT_TYPE, kind.parse().unwrap());
    suoja.browser().send(method, path, headers, Body::from(body)).await
}

async fn ask(suoja: &Suoja, key: &str, path: &str) -> Page {
    let pair = data_encoding::BASE64.encode(format!("sharepic:{key}").as_bytes());
    call(suoja, path, &[(AUTHORIZATION, &format!("Basic {pair}"))]).await
}

async fn ask_ncmec(suoja: &Suoja, key: &str, path: &str) -> String {
    let page = ask(suoja, key, path).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page.body
}
