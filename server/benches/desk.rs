//! How quick the analysts' desk is with a million cases, and how much slower than with ten thousand: the program itself
//! with made-up cases, over HTTP, a connection for each request. One JSON line a measurement on standard output, a table
//! on standard error. `SUOJA_TEST_POSTGRES` names the PostgreSQL server, `SUOJA_BENCH_CASES` another number than a million,
//! `SUOJA_BENCH_FOLDER` where the cases stay, to be used again: making them takes longer than everything else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::cast_precision_loss, missing_docs, dead_code)]

#[path = "../tests/proofs/demo_desk.rs"]
mod demo_desk;
#[path = "../tests/http/harness/mod.rs"]
mod harness;
#[path = "../tests/proofs/html.rs"]
mod html;
#[path = "../tests/proofs/process.rs"]
mod process;
#[path = "../tests/proofs/reporter.rs"]
mod reporter;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use casework::fetch_one;
use casework::queue::PAGE;
use casework::storage::Storage;
use harness::{Browser, Page};
use process::{Folder, Installation, Schema};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

/// What a full hotline is compared with.
const FEW: usize = 10_000;
/// Times each thing is done.
const TIMES: usize = 200;
/// Of these, so many are not counted: caches fill.
const WARM: usize = 20;
/// How many cases of a hundred stand in the queue, as the demo makes them.
const IN_QUEUE: usize = 8;

/// Median and 99th percentile, by what was done.
type Figures = BTreeMap<&'static str, (f64, f64)>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let many = std::env::var("SUOJA_BENCH_CASES").map_or(1_000_000, |cases| cases.parse().unwrap());
    eprintln!("{:34}{:>10}{:>10}{:>12}{:>12}{:>8}", "", "engine", "cases", "median", "p99", "ratio");
    let postgres = std::env::var("SUOJA_TEST_POSTGRES").ok();
    for server in [None].into_iter().chain(postgres.map(Some)) {
        let few = measured(server.clone(), FEW).await;
        print(server.as_deref(), FEW, &few, None);
        let full = measured(server.clone(), many).await;
        print(server.as_deref(), many, &full, Some(&few));
    }
}

/// A hotline of so many cases, made now or kept.
async fn hotline(server: Option<String>, cases: usize) -> Installation {
    let kept = std::env::var_os("SUOJA_BENCH_FOLDER").map(PathBuf::from);
    let engine = if server.is_some() { "postgres" } else { "sqlite" };
    let folder = match kept {
        Some(kept) => Folder::Kept(kept.join(format!("{engine}-{cases}"))),
        None => Folder::Passing(TempDir::new().unwrap()),
    };
    let schema = match server {
        Some(server) => Some(Schema::of_name(server, format!("bench_{cases}")).await),
        None => None,
    };
    Installation::make(folder, schema).await
}

async fn measured(server: Option<String>, cases: usize) -> Figures {
    let installation = hotline(server, cases).await;
    let cases_wanted = cases.to_string();
    let mut variables = vec![("SUOJA_DEMO_CASES", cases_wanted.as_str())];
    let database = installation.schema.as_ref().map(Schema::address);
    variables.extend(database.as_deref().map(|address| ("SUOJA_DEMO_DATABASE", address)));
    let began = Instant::now();
    let process = installation.start("demo", &variables).await;
    eprintln!("{cases} cases are there after {:.0} s", began.elapsed().as_secs_f64());
    if let Some(address) = &database {
        // As the server itself does after a while.
        let mut connection = PgConnection::connect(address).await.unwrap();
        sqlx::raw_sql("VACUUM ANALYZE").execute(&mut connection).await.unwrap();
    }
    let file = installation.folder.path().join("demo-data/suoja.sqlite");
    settled(&database.clone().unwrap_or_else(|| format!("sqlite:{}", file.display()))).await;
    if database.is_none() {
        // Kept cases lie on the disk after a while; a hotline's database is in memory.
        std::io::copy(&mut File::open(file).unwrap(), &mut std::io::sink()).unwrap();
    }
    let (staff, queue) = demo_desk::sign_in(&installation, &process, "demo", 1).await;
    assert_eq!(queue.status, 200);
    let figures = Desk { staff, figures: Figures::new() }.work(cases).await;
    process.end().await;
    figures
}

/// Waits until the list has followed the cases that were made.
async fn settled(database: &str) {
    let (began, storage) = (Instant::now(), Storage::open(database).await.unwrap());
    let left = async || {
        let mut tx = storage.read().await.unwrap();
        fetch_one!(&mut tx, (i64,), "SELECT count(*) FROM claim_change").unwrap().0
    };
    while left().await > 0 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    storage.close().await;
    eprintln!("the list has followed after {:.0} s more", began.elapsed().as_secs_f64());
}

struct Desk {
    staff: Browser,
    figures: Figures,
}

const QUEUE: &str = "/en/console";

impl Desk {
    async fn work(mut self, cases: usize) -> Figures {
        let first = self.staff.get(QUEUE).await;
        say_size(&first);
        let mut known = cases_on(&first);
        let mut deep = next_of(&first).expect("a next page");
        for _ in 0..cases * IN_QUEUE / 100 / PAGE / 2 {
            let page = self.staff.get(&deep).await;
            deep = next_of(&page).unwrap_or(deep);
        }
        known.extend(cases_on(&self.staff.get(&deep).await));
        known.extend(cases_on(&self.staff.get("/en/console/search").await));
        let known: Vec<String> = known.into_iter().rev().take(TIMES).collect();

        self.time("queue, first page", |_| Step::Get(QUEUE.to_owned())).await;
        self.time("queue, a page in the middle", |_| Step::Get(deep.clone())).await;
        self.time("case page", |turn| Step::Get(known[turn % known.len()].clone())).await;
        let mut words = Words::default();
        for case in &known {
            words.read(&self.staff.get(case).await);
        }
        self.time("search by reference", |turn| Step::Search(one(&words.references, turn))).await;
        self.time("search by link", |turn| Step::Search(one(&words.links, turn))).await;
        self.time("search by fingerprint", |turn| Step::Search(one(&words.fingerprints, turn))).await;
        self.time("next case", |_| Step::Take).await;
        self.figures
    }

    async fn time(&mut self, name: &'static str, step: impl Fn(usize) -> Step) {
        let mut times = Vec::new();
        for turn in 0..WARM + TIMES {
            let step = step(turn);
            let began = Instant::now();
            let page = self.take(step).await;
            times.push(began.elapsed());
            assert!(page.status.is_success() || page.status.is_redirection(), "{name}: {}", page.status);
        }
        times.drain(..WARM);
        times.sort_unstable();
        let at = |percent: usize| milliseconds(times[(times.len() - 1) * percent / 100]);
        self.figures.insert(name, (at(50), at(99)));
    }

    async fn take(&mut self, step: Step) -> Page {
        match step {
            Step::Get(path) => self.staff.get(&path).await,
            Step::Search(text) => {
                let found = self.staff.post_and_follow("/en/console/search", &[("text", &text)]).await;
                assert!(found.body.contains("SU-"), "nothing is found by {text}");
                found
            }
            Step::Take => {
                let taken = self.staff.post("/en/console/take-next", &[]).await;
                assert!(taken.location().is_some_and(|to| to.contains("/case/")), "a case is given");
                taken
            }
        }
    }
}

enum Step {
    Get(String),
    /// By any words: the form, and the page it leads to.
    Search(String),
    /// The next case.
    Take,
}

/// What cases can be searched by, as their pages show it.
#[derive(Default)]
struct Words {
    references: Vec<String>,
    links: Vec<String>,
    fingerprints: Vec<String>,
}

impl Words {
    fn read(&mut self, case: &Page) {
        let texts = case.body.split('<').filter_map(|piece| Some(piece.split_once('>')?.1));
        for word in texts.flat_map(str::split_whitespace) {
            match word {
                _ if word.starts_with("SU-") && self.references.last().is_none_or(|last| last != word) => {
                    self.references.push(word.to_owned());
                }
                _ if word.starts_with("hxxp") => {
                    self.links.push(word.replacen("hxxp", "http", 1).replace("[:]", ":").replace("[.]", "."));
                }
                _ if word.len() == 64 && word.chars().all(|digit| digit.is_ascii_hexdigit()) => {
                    self.fingerprints.push(word.to_owned());
                }
                _ => {}
            }
        }
    }
}

fn one(words: &[String], turn: usize) -> String {
    words[turn % words.len()].clone()
}

/// The addresses that a page's links lead to.
fn links(page: &Page) -> impl Iterator<Item = String> {
    page.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(|href| href.replace("&amp;", "&"))
}

fn cases_on(page: &Page) -> Vec<String> {
    let mut cases: Vec<String> = links(page).filter(|href| href.starts_with("/en/console/case/")).collect();
    cases.dedup();
    cases
}

fn next_of(page: &Page) -> Option<String> {
    links(page).filter(|href| href.contains("after=")).last()
}

/// Pages go out as they are ([`docs/security.md`]); a reverse proxy of another mind would send this much.
fn say_size(page: &Page) {
    let mut gzip = Command::new("gzip").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    gzip.stdin.take().unwrap().write_all(page.body.as_bytes()).unwrap();
    let compressed = gzip.wait_with_output().unwrap().stdout.len();
    eprintln!("a queue page has {} kB, compressed {} kB", page.body.len() / 1_000, compressed / 1_000);
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn print(server: Option<&str>, cases: usize, figures: &Figures, few: Option<&Figures>) {
    let engine = if server.is_none() { "sqlite" } else { "postgres" };
    for (name, (median, p99)) in figures {
        let peer = few.and_then(|few| few.get(name)).map(|(peer, _)| (*peer, median / peer));
        let ratio = peer.map_or_else(String::new, |(_, ratio)| format!("{ratio:.2}"));
        eprintln!("{name:34}{engine:>10}{cases:>10}{median:>9.2} ms{p99:>9.2} ms{ratio:>8}");
        let (peer_name, peer, ratio) = match peer {
            Some((peer, ratio)) => (format!("\"{FEW} cases\""), format!("{peer:.3}"), format!("{ratio:.3}")),
            None => ("null".to_owned(), "null".to_owned(), "null".to_owned()),
        };
        println!(
            r#"{{"name":"desk: {name}, {cases} cases","engine":"{engine}","unit":"ms","median":{median:.3},"p99":{p99:.3},"peer":{peer_name},"peer_median":{peer},"ratio":{ratio}}}"#
        );
    }
}
