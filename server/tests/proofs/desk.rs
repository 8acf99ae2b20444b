//! Staff for a test: a hotline that is set up, members who hold its keys, a directory; and what they do at the desk.

use casework::Casework;
use casework::organisation::{self, Details};
use casework::recovery::{self, Split};
use casework::staff::grant;
use casework::staff::invitation::{self, NewStaff};
use casework::staff::session::{self, StaffSession};
use casework::staff::welcome::{self, Identity};
use casework::taxonomy::{OrganisationKind, Role};
use casework::text::Words;
use casework::vault::{CookieToken, NewPassword};
use uuid::Uuid;

use crate::harness::{Browser, Page};
use crate::html::values;

/// The first administrator, their hotline set up.
pub async fn first(cw: &Casework) -> CookieToken {
    let link = invitation::first_invitation(cw).await.unwrap().expect("nobody is there yet");
    let identity = Identity { address: "ada@hotline.example".parse().unwrap(), name: words("Ada") };
    let token = take_up(cw, &link, Some(identity)).await;
    recovery::set_up(cw, &resumed(cw, &token).await, None, Split::default()).await.unwrap();
    token
}

/// One more analyst who holds the hotline's keys.
pub async fn another(cw: &Casework, first: &CookieToken, name: &str) -> CookieToken {
    let by = resumed(cw, first).await;
    let new = NewStaff {
        organisation: by.organisation,
        address: format!("{name}@hotline.example").parse().unwrap(),
        name: words(name),
        role: Role::Analyst,
        language: "en".parse().unwrap(),
    };
    let link = invitation::invite(cw, &by, &new, |_| String::new()).await.unwrap();
    let token = take_up(cw, &link, None).await;
    let newcomer = resumed(cw, &token).await.staff;
    grant::grant(cw, &by, newcomer).await.unwrap();
    token
}

async fn take_up(cw: &Casework, link: &CookieToken, identity: Option<Identity>) -> CookieToken {
    let password = NewPassword::parse("correct horse battery".to_owned().into(), &[]).unwrap();
    let token = welcome::choose_password(cw, link, identity, password).await.unwrap();
    let secret = welcome::enrolling(cw, &token).await.unwrap().unwrap().secret;
    welcome::confirm_second_factor(cw, &token, &secret.code_at(cw.now())).await.unwrap();
    token
}

async fn resumed(cw: &Casework, token: &CookieToken) -> StaffSession {
    session::resume(cw, token).await.unwrap().expect("a session")
}

/// Adds an organisation; a provider owns this domain.
pub async fn organisation(cw: &Casework, by: &CookieToken, kind: OrganisationKind, name: &str, domain: &str) -> Uuid {
    let is_provider = kind == OrganisationKind::Provider;
    let details = Details {
        name: words(name),
        country: None,
        notice_email: is_provider.then(|| format!("notices@{domain}").parse().unwrap()),
        notice_language: is_provider.then(|| "en".parse().unwrap()),
        answer_hours: 24,
        domains: is_provider.then(|| format!("https://{domain}/").parse().unwrap()).into_iter().collect(),
    };
    organisation::create(cw, &resumed(cw, by).await, kind, &details).await.unwrap()
}

/// Words of a test's own.
pub fn words(text: &str) -> Words {
    Words::parse(text, 5_000).unwrap()
}

/// A browser in which this member is signed in.
pub fn signed_in(mut browser: Browser, session: &CookieToken) -> Browser {
    browser.give("session", &session.to_string());
    browser
}

/// Takes the most urgent case. Gives its address; none if nothing waits.
pub async fn take_next(staff: &mut Browser) -> Option<String> {
    let taken = staff.post("/en/console/take-next", &[]).await;
    assert_eq!(taken.status, 303, "{}", taken.body);
    taken.location().filter(|location| location.starts_with("/en/console/case/"))
}

/// Sends one of the forms of a page and expects it to be taken.
pub async fn act(staff: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let page = staff.post(path, fields).await;
    assert_eq!(page.status, 303, "{path}: {}", crate::html::text(&page.body));
    page
}

/// Drafts a notice about every item it can be about. Gives its address.
pub async fn draft_notice(staff: &mut Browser, case: &str, provider: Uuid, explanation: &str) -> String {
    let path = format!("{case}/notice");
    let items = values(&staff.get(&path).await.body, "item");
    assert!(!items.is_empty(), "there is something to notify of");
    let provider = provider.to_string();
    let mut fields = vec![("provider", provider.as_str()), ("explanation", explanation)];
    fields.extend(items.iter().map(|item| ("item", item.as_str())));
    act(staff, &path, &fields).await.location().unwrap()
}

/// Whether a notice's page takes a provider's answer.
pub fn is_out(notice: &Page) -> bool {
    values(&notice.body, "state").iter().any(|state| state == "removed")
}

/// Waits until a notice has gone, and writes the provider's answer down.
pub async fn answer_notice(staff: &mut Browser, notice: &str, state: &str, words: &str) {
    for _ in 0..MOST_LOOKS {
        if is_out(&staff.get(notice).await) {
            act(staff, &format!("{notice}/answer"), &[("state", state), ("words", words)]).await;
            return;
        }
    }
    panic!("the notice does not go");
}

/// The mail worker looks every other second.
const MOST_LOOKS: usize = 3_000;

/// Where the first open item of a case is assessed.
pub fn assessment_of(case_page: &str) -> String {
    let path = case_page.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    path.map(str::to_owned).find(|path| path.ends_with("/assess")).expect("an item to assess")
}

/// A case's reference, as its page's heading shows it.
pub fn reference(page: &str) -> Option<&str> {
    let at = page.find("SU-")?;
    page.get(at..at + "SU-7KQ2F9".len())
}
