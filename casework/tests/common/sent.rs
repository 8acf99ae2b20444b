//! A report sent through its door, as a browser sends it, for tests that begin with a case.

use casework::case_code::CaseCode;
use casework::draft::{self, Saved};
use casework::intake;
use casework::report::{Door, Step, Typed};
use casework::vault::CookieToken;
use casework::{Casework, execute, fetch_one, mine};
use uuid::Uuid;

use super::World;

/// What the reporter typed; no other row holds it.
pub const LINK: &str = "https://media.example.com/canary-link/17";
/// The reporter's own words.
pub const WORDS: &str = "canary-words they said";
/// The reporter's address.
pub const EMAIL: &str = "canary-email@example.org";
/// What a browser computes of a drawing.
pub const FILE: &str = r#"{"media_type":"image/png","bytes":20481,"width":640,"height":480,
    "pdq":"f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22","pdq_quality":100,"variants":[],
    "md5":"00000000000000000000000000000001","sha1":"0000000000000000000000000000000000000001",
    "sha256":"0000000000000000000000000000000000000000000000000000000000000001"}"#;

/// A child's own picture: a file and a link, words, and an e-mail address.
const PICTURE: Answers<'_> = &[
    (Step::Whose, &[("whose", "me")]),
    (Step::AgeInPicture, &[("age_in_picture", "13_15")]),
    (Step::Files, &[("file", FILE)]),
    (Step::Where, &[("links", LINK)]),
    (Step::Spreading, &[("spreading", "yes")]),
    (Step::Age, &[("age", "13_15")]),
    (Step::Country, &[("country", "FI")]),
    (Step::Danger, &[("danger", "no")]),
    (Step::Words, &[("words", WORDS)]),
    (Step::Reply, &[("reply", "email"), ("email", EMAIL)]),
];

/// A sent report: the case and what opens it.
pub struct Sent {
    /// Its row.
    pub case: Uuid,
    /// What the reporter saved.
    pub code: CaseCode,
}

impl Sent {
    /// Types the code in.
    pub async fn enter(&self, world: &World) -> CookieToken {
        mine::enter(&world.cw, &self.code).await.unwrap().expect("the code opens the case")
    }

    /// The case as its reporter sees it.
    pub async fn seen(&self, world: &World, token: &CookieToken) -> Box<mine::MyCase> {
        match mine::my_case(&world.cw, token).await.unwrap() {
            Some(mine::Mine::Case(case)) => case,
            _ => panic!("the case is open"),
        }
    }

    /// Puts the case into a state, as the console would.
    pub async fn becomes(&self, world: &World, state: &str, outcome: Option<&str>) {
        let mut tx = world.cw.storage.write().await.unwrap();
        execute!(&mut tx, "UPDATE cases SET state = $1, outcome = $2 WHERE id = $3", state, outcome, self.case)
            .unwrap();
        tx.commit().await.unwrap();
    }
}

/// What somebody answers, step by step.
pub type Answers<'a> = &'a [(Step, &'a [(&'a str, &'a str)])];

/// Tells the picture report, up to the last step before it is sent.
pub async fn told(world: &World) -> CookieToken {
    told_at(&world.cw, Door::Picture, PICTURE).await
}

/// Tells at a door, up to the last step before it is sent.
pub async fn told_at(cw: &Casework, door: Door, answers: Answers<'_>) -> CookieToken {
    let mut cookie: Option<CookieToken> = None;
    for (step, fields) in answers {
        let typed = Typed(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
        match draft::save(cw, cookie.as_ref(), door, *step, typed).await.unwrap() {
            Saved::Kept { cookie: kept, .. } => cookie = Some(kept),
            Saved::Sent => panic!("nothing was sent yet"),
        }
    }
    cookie.expect("a draft")
}

/// Sends the picture report.
pub async fn picture(world: &World) -> Sent {
    let cookie = told(world).await;
    let receipt = intake::send(&world.cw, &cookie, Door::Picture, &"en".parse().unwrap()).await.unwrap();
    let mut tx = world.cw.storage.read().await.unwrap();
    let reference = receipt.reference.as_str();
    let (case,) = fetch_one!(&mut tx, (Uuid,), "SELECT id FROM cases WHERE reference = $1", reference).unwrap();
    Sent { case, code: receipt.code }
}
