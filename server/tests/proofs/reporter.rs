//! A reporter at a door, without a script: every page in turn, until the case code stands there.

use crate::harness::Browser;

/// What is told, whatever page asks: each page reads its own fields.
pub type Told<'a> = &'a [(&'a str, &'a str)];

/// All visitors of a test come from one address: no limit for them.
pub const NO_LIMITS: &[(&str, &str)] =
    &[("SUOJA_LIMITS__POSTS_PER_MINUTE", "1000000"), ("SUOJA_LIMITS__PAGES_PER_MINUTE", "1000000")];

/// A short report through "I saw something".
pub const SEEN: Told = &[
    ("what", "link"),
    ("links", "https://sharepic.example/p/1"),
    ("shows", "unsure"),
    ("age", "unsure"),
    ("country", "FI"),
    ("danger", "no"),
    ("words", "It was in a comment."),
    ("reply", "code"),
];

/// More pages than any door has.
const MOST_PAGES: usize = 30;

/// Goes through a door, telling this, up to the last page before *Send*. Gives its address.
pub async fn fill_in(browser: &mut Browser, door: &str, told: Told<'_>) -> String {
    let mut at = browser.get(door).await.location().expect("a door leads to its first page");
    for _ in 0..MOST_PAGES {
        if at.ends_with("/check") {
            return at;
        }
        let shown = browser.get(&at).await;
        assert_eq!(shown.status, 200, "{at}");
        let answer = browser.post(&at, told).await;
        assert_eq!(answer.status, 303, "{at}: {}", crate::html::text(&answer.body));
        at = answer.location().unwrap();
    }
    panic!("no end at {at}");
}

/// Tells all of it and sends it. Gives the case code.
pub async fn tell(browser: &mut Browser, door: &str, told: Told<'_>) -> String {
    let check = fill_in(browser, door, told).await;
    let receipt = browser.post_and_follow(&check, &[]).await;
    shown_code(&receipt.body).unwrap_or_else(|| panic!("no code in {}", receipt.body))
}

/// "I have saved it."
pub async fn saved(browser: &mut Browser) {
    assert_eq!(browser.post("/en/sent", &[]).await.status, 303);
}

/// Types a case code. Gives the case's page.
pub async fn open(browser: &mut Browser, code: &str) -> String {
    let page = browser.post_and_follow("/en/code", &[("code", code)]).await;
    assert_eq!(page.status, 200, "{code} does not open its case");
    assert!(page.body.contains("/en/case/write"), "{code} leads elsewhere");
    page.body
}

/// The case code on the page that shows it: four times four letters and digits.
pub fn shown_code(html: &str) -> Option<String> {
    let is_symbol = |character: char| character.is_ascii_uppercase() || character.is_ascii_digit();
    let is_code =
        |word: &&str| word.len() == 19 && word.split('-').all(|group| group.len() == 4 && group.chars().all(is_symbol));
    html.split(|character| !is_symbol(character) && character != '-').find(is_code).map(str::to_owned)
}
