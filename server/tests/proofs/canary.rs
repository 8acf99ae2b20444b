//! Canaries: a word of its own in every private field, then a search for each of them, in every disguise, in everything a
//! thief, a backup or a log reader could hold: database, log (a crash's last words too) and mail.

mod disguises;
mod planted;

use std::fs;
use std::path::Path;

use casework::execute;
use casework::taxonomy::OrganisationKind;

use crate::desk::{self, act, answer_notice, assessment_of, draft_notice, signed_in, take_next};
use crate::harness::Browser;
use crate::mail::plain_mail;
use crate::process::{Installation, Process, on_each_engine};
use crate::reporter::{fill_in, open, saved, tell};
use disguises::{Found, Search};
use planted::{Canary, PICTURE, PLACE, THREAT, Told, canary};

/// Stands in a column that nobody means to protect: a search that does not find it finds nothing.
const CONTROL: &str = "cnry-control";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_private_is_readable_anywhere() {
    for log in ["text", "json"] {
        on_each_engine(async |installation: &Installation| {
            let process = installation.serve(&[("SUOJA_LOG", log), ("SUOJA_LOG_FILTER", "debug")]).await;
            let canaries = plant(installation, &process).await;
            search(installation, &canaries, "while it runs").await;
            process.crash().await;
            search(installation, &canaries, "after a crash").await;
            installation.serve(&[]).await.end().await;
            search(installation, &canaries, "after it ended").await;
            a_field_left_unsealed_is_found(installation).await;
        })
        .await;
    }
}

/// Plants all of them through the pages, as reporters and staff do. Gives what nobody may find.
async fn plant(installation: &Installation, process: &Process) -> Vec<Canary> {
    let app = installation.app().await;
    let cw = &app.casework;
    let session = desk::first(cw).await;
    let provider = desk::organisation(cw, &session, OrganisationKind::Provider, CONTROL, "sharepic.example").await;
    let police = desk::organisation(cw, &session, OrganisationKind::Police, "Harbour Police", "").await;
    cw.storage.close().await;

    let mut child = process.browser();
    let code = tell_all(&mut child, process).await;
    let mut analyst = signed_in(process.browser(), &session);
    let cases = [take_next(&mut analyst).await, take_next(&mut analyst).await, take_next(&mut analyst).await];
    let [threat, picture, seen] = in_order(&mut analyst, cases.map(|case| case.expect("three cases wait"))).await;

    work_on(&mut analyst, &picture).await;
    let notice = draft_notice(&mut analyst, &picture, provider, &canary("explanation")).await;
    act(&mut analyst, &format!("{notice}/approval"), &[]).await;
    let mails = installation.mail.wait_for(2).await;
    let of_notice = mails.iter().find(|mail| mail.to.starts_with("notices@"));
    let intended = plain_mail(&of_notice.expect("the notice went out").raw);
    assert!(
        intended.contains(&canary("explanation")) && intended.contains(&canary("path")),
        "a notice says what it must"
    );
    answer_notice(&mut analyst, &notice, "refused", &canary("providers-answer")).await;
    let police = police.to_string();
    act(&mut analyst, &format!("{threat}/refer"), &[("organisation", &police), ("referred", &canary("referral"))])
        .await;
    let closed = [("outcome", "not_found"), ("explanation", &*canary("closing"))];
    act(&mut analyst, &format!("{picture}/close"), &closed).await;
    act(&mut analyst, &format!("{seen}/note"), &[("note", &canary("second-note"))]).await;

    open(&mut child, &code).await;
    let link = format!("https://{}.sharepic.example/{}", canary("host"), canary("added-path"));
    for (path, fields) in [
        ("/en/case/appeal", vec![("words", canary("appeal"))]),
        ("/en/case/write", vec![("words", canary("reply"))]),
        ("/en/case/add", vec![("links", link), ("words", canary("added-words"))]),
    ] {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let done = act(&mut child, path, &fields).await;
        assert!(done.location().unwrap().contains("done="), "{path} was taken");
    }

    let mut shown = String::new();
    for page in [&threat, &picture, &seen, &notice] {
        shown += &analyst.get(page).await.body;
    }
    for name in planted::shown_to_staff() {
        assert!(shown.contains(&canary(name)), "{name} was planted, and staff can read it");
    }

    let mut canaries = planted::all();
    canaries.push(Canary::new("case code", &code));
    canaries.push(Canary::new("case code without its hyphens", &code.replace('-', "")));
    let cookies = analyst.cookies().iter().chain(child.cookies());
    canaries.extend(cookies.map(|(name, token)| Canary::new(&format!("{name} cookie"), token)));
    canaries
}

/// Three reports, and a fourth that is never sent. Gives the case code of the one about a picture.
async fn tell_all(child: &mut Browser, process: &Process) -> String {
    let sent: [(&str, Told); 2] = [("/en/threat", THREAT), ("/en/seen", PLACE)];
    for (door, told) in sent {
        tell(&mut process.browser(), door, &planted::filled(told).each()).await;
    }
    let code = tell(child, "/en/picture", &planted::filled(PICTURE).each()).await;
    saved(child).await;
    fill_in(&mut process.browser(), "/en/seen", &planted::filled(planted::NEVER_SENT).each()).await;
    code
}

/// The cases by their doors: a threat, a picture, something seen.
async fn in_order(analyst: &mut Browser, cases: [String; 3]) -> [String; 3] {
    let mut placed = [const { String::new() }; 3];
    for case in cases {
        let page = analyst.get(&case).await.body;
        let told = ["threat-words", "picture-words", "place"].map(canary);
        let which = told.iter().position(|words| page.contains(words)).expect("one of the three");
        placed[which] = case;
    }
    placed
}

async fn work_on(analyst: &mut Browser, case: &str) {
    act(analyst, &format!("{case}/note"), &[("note", &canary("note"))]).await;
    act(analyst, &format!("{case}/message"), &[("message", &canary("message"))]).await;
    let assessment = assessment_of(&analyst.get(case).await.body);
    act(analyst, &assessment, &[("class", "C7"), ("basis", "data_protection"), ("why", &canary("assessment"))]).await;
}

async fn search(installation: &Installation, canaries: &[Canary], when: &str) {
    let named = canaries.iter().map(|canary| (canary.name.as_str(), canary.word.as_str()));
    let search = Search::new(named.chain([("control", CONTROL)]));
    let control = Found { name: "control".to_owned(), disguise: "raw" };
    let mut in_database = search.all_in(&database_of(installation).await);
    assert!(in_database.remove(&control), "the checker finds what is not sealed");
    assert!(in_database.is_empty(), "readable in the database {when}: {in_database:?}");

    let log = installation.log();
    assert!(log.contains("request") && log.lines().count() > 20, "there is a log to search");
    let in_log = search.all_in(log.as_bytes());
    assert!(in_log.is_empty(), "readable in the log {when}: {in_log:?}");

    for mail in installation.mail.arrived() {
        let said = format!("{}\n{}", mail.raw, plain_mail(&mail.raw));
        let in_mail =
            search.all_in(said.as_bytes()).into_iter().filter(|found| !planted::is_meant_for(&found.name, &mail.to));
        let in_mail: Vec<Found> = in_mail.collect();
        assert!(in_mail.is_empty(), "readable in a mail to {}: {in_mail:?}", mail.to);
    }
}

/// Where private words are kept.
const SEALED: [&str; 9] = [
    "UPDATE answer SET sealed_body = $1",
    "UPDATE assessment SET sealed_body = $1",
    "UPDATE contact SET sealed_address = $1",
    "UPDATE draft SET sealed_answers = $1",
    "UPDATE item SET sealed_detail = $1",
    "UPDATE message SET sealed_body = $1",
    "UPDATE note SET sealed_body = $1",
    "UPDATE notice SET sealed_content = $1",
    "UPDATE referral SET sealed_body = $1",
];

/// Leaves each of them unsealed once: the search that found nothing would have found it.
async fn a_field_left_unsealed_is_found(installation: &Installation) {
    let app = installation.app().await;
    for (number, sql) in SEALED.into_iter().enumerate() {
        let word = format!("cnry-unsealed-{number}");
        let mut tx = app.casework.storage.write().await.unwrap();
        assert!(execute!(&mut tx, sql, word.clone().into_bytes()).unwrap() > 0, "{sql}: something was planted there");
        tx.commit().await.unwrap();
        let found = Search::new([("unsealed", word.as_str())]).all_in(&database_of(installation).await);
        assert!(!found.is_empty(), "{sql}");
    }
    app.casework.storage.close().await;
}

/// All there is: every file of the data folder; on PostgreSQL every row of every table, and a backup.
async fn database_of(installation: &Installation) -> Vec<u8> {
    let mut all = Vec::new();
    read_folder(&installation.folder.path().join("data"), &mut all);
    if let Some(schema) = &installation.schema {
        all.extend(schema.dump().await.into_bytes());
        all.extend(schema.backup());
    }
    all
}

fn read_folder(folder: &Path, all: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_folder(&path, all);
        } else {
            all.extend(fs::read(&path).unwrap());
        }
    }
}
