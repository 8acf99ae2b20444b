//! SIGKILL at random moments of submissions, 200 times on each engine: every code that was shown opens its case, every
//! submission becomes one case, and nothing is half made.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use casework::audit::{self, Verdict};
use casework::fetch_one;
use casework::storage::Storage;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::desk;
use crate::harness::{Browser, Page};
use crate::process::{Installation, Process, on_each_engine};
use crate::reporter::{self, SEEN, shown_code};

/// How often the process is killed.
const KILLS: usize = 200;
/// How many submit at the same time.
const SUBMITTERS: usize = 6;
/// A life lasts for at most so many requests.
const LONGEST_LIFE: usize = 40;
/// The seed of the moments.
const SEED: u64 = 0x0005_0000_000A;

/// Somebody who sends one report after the other, and tries again what was not answered, as a person would.
struct Submitter {
    browser: Browser,
    at: Place,
    codes: Vec<String>,
    /// How often *Send* was pressed and nobody answered.
    cut_off: usize,
}

/// Where a submitter stands.
enum Place {
    /// On this page of a report.
    Asked(String),
    /// After *Send*: the code is to be read.
    Sent,
    /// The code was shown; "I have saved it" comes next.
    Shown,
}

impl Submitter {
    fn new(address: SocketAddr) -> Self {
        Self { browser: Browser::new(address), at: Place::first(), codes: Vec::new(), cut_off: 0 }
    }

    /// Goes on until nobody answers any more; or, in the last life, until the report under way is done.
    async fn live(mut self, requests: Arc<Requests>, is_last: bool) -> Self {
        loop {
            if is_last && matches!(self.at, Place::Shown) {
                return self;
            }
            requests.count();
            if self.step().await.is_none() {
                self.cut_off += usize::from(self.is_sending());
                return self;
            }
        }
    }

    fn is_sending(&self) -> bool {
        matches!(&self.at, Place::Asked(path) if path.ends_with("/check"))
    }

    /// One request; none if it was not answered.
    async fn step(&mut self) -> Option<()> {
        self.at = match &self.at {
            Place::Asked(path) => {
                let page = self.browser.try_post(path, SEEN).await?;
                after(&page)
            }
            Place::Sent => {
                let page = self.browser.try_get("/en/sent").await?;
                let code = shown_code(&page.body).unwrap_or_else(|| panic!("the code was lost: {}", page.status));
                self.codes.push(code);
                Place::Shown
            }
            Place::Shown => {
                self.browser.try_post("/en/sent", &[]).await?;
                Place::first()
            }
        };
        Some(())
    }
}

impl Place {
    fn first() -> Self {
        Self::Asked("/en/seen/what".to_owned())
    }
}

fn after(page: &Page) -> Place {
    assert_eq!(page.status, 303, "{}", page.body);
    let location = page.location().unwrap();
    if location == "/en/sent" { Place::Sent } else { Place::Asked(location) }
}

/// Counts the requests of a life and says when its time has come.
struct Requests {
    begun: AtomicUsize,
    most: usize,
    enough: Notify,
}

impl Requests {
    fn count(&self) {
        if self.begun.fetch_add(1, Ordering::SeqCst) + 1 == self.most {
            self.enough.notify_one();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_code_that_was_shown_opens_its_case() {
    on_each_engine(async |installation: &Installation| {
        let app = installation.app().await;
        desk::first(&app.casework).await;
        app.casework.storage.close().await;

        let mut moments = Moments(SEED);
        let mut process = installation.serve(&[]).await;
        let mut submitters: Vec<Submitter> = (0..SUBMITTERS).map(|_| Submitter::new(process.address)).collect();
        for _ in 0..KILLS {
            submitters = one_life(process, submitters, &mut moments).await;
            process = installation.serve(&[]).await;
            for submitter in &mut submitters {
                submitter.browser.move_to(process.address);
            }
        }
        let submitters = all(submitters, &Arc::new(Requests::endless()), true).await;
        check(installation, &process, &submitters).await;
        process.end().await;
    })
    .await;
}

/// Lets all submit until a random moment, and kills the process then.
async fn one_life(process: Process, submitters: Vec<Submitter>, moments: &mut Moments) -> Vec<Submitter> {
    let most = 1 + moments.below(LONGEST_LIFE);
    let later = moments.below(200);
    let requests = Arc::new(Requests { begun: AtomicUsize::new(0), most, enough: Notify::new() });
    let killing = async {
        requests.enough.notified().await;
        for _ in 0..later {
            tokio::task::yield_now().await;
        }
        process.kill();
    };
    tokio::join!(all(submitters, &requests, false), killing).0
}

async fn all(submitters: Vec<Submitter>, requests: &Arc<Requests>, is_last: bool) -> Vec<Submitter> {
    let mut living: JoinSet<Submitter> = JoinSet::new();
    for submitter in submitters {
        living.spawn(submitter.live(requests.clone(), is_last));
    }
    living.join_all().await
}

impl Requests {
    fn endless() -> Self {
        Self { begun: AtomicUsize::new(0), most: usize::MAX, enough: Notify::new() }
    }
}

async fn check(installation: &Installation, process: &Process, submitters: &[Submitter]) {
    let codes: Vec<&String> = submitters.iter().flat_map(|submitter| &submitter.codes).collect();
    assert!(codes.len() > SUBMITTERS, "{} codes were shown", codes.len());
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "no code is shown for two reports");
    for code in &codes {
        reporter::open(&mut process.browser(), code).await;
    }
    let cut_off: usize = submitters.iter().map(|submitter| submitter.cut_off).sum();
    println!("{KILLS} kills, {cut_off} sends unanswered, {} codes shown, all open their cases", codes.len());
    assert!(cut_off > 0, "no kill came while somebody was sending");

    let app = installation.app().await;
    let storage = &app.casework.storage;
    for (what, sql) in HALF_MADE {
        assert_eq!(count(storage, sql).await, 0, "{what}");
    }
    assert_eq!(count(storage, "SELECT count(*) FROM cases").await, i64::try_from(codes.len()).unwrap());
    let verdict = audit::verify(&app.casework, None).await.unwrap();
    assert!(matches!(verdict, Verdict::Whole(_)), "{verdict:?}");
    storage.close().await;
}

/// What no case may lack.
const HALF_MADE: [(&str, &str); 5] = [
    (
        "cases that no hotline can open",
        "SELECT count(*) FROM cases WHERE NOT EXISTS (SELECT 1 FROM case_key WHERE case_id = cases.id)",
    ),
    (
        "cases without what was told",
        "SELECT count(*) FROM cases WHERE (SELECT count(*) FROM answer WHERE case_id = cases.id) <> 2",
    ),
    (
        "cases without their link",
        "SELECT count(*) FROM cases WHERE (SELECT count(*) FROM item WHERE case_id = cases.id) <> 1",
    ),
    (
        "cases without a history",
        "SELECT count(*) FROM cases WHERE (SELECT count(*) FROM history WHERE case_id = cases.id AND event = 'received') <> 1",
    ),
    (
        "receipts without a case",
        "SELECT count(*) FROM draft WHERE case_id IS NOT NULL AND case_id NOT IN (SELECT id FROM cases)",
    ),
];

async fn count(storage: &Storage, sql: &'static str) -> i64 {
    let mut tx = storage.read().await.unwrap();
    fetch_one!(&mut tx, (i64,), sql).unwrap().0
}

/// Random moments, the same in every run (xorshift, Marsaglia 2003).
struct Moments(u64);

impl Moments {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }
}
