//! The canaries, and where they are planted.

/// What must not be found.
pub struct Canary {
    /// The field it was planted in.
    pub name: String,
    /// The word itself.
    pub word: String,
}

impl Canary {
    /// One that was not planted but made, such as a code.
    pub fn new(name: &str, word: &str) -> Self {
        Self { name: name.to_owned(), word: word.to_owned() }
    }
}

/// A field and the name of its canary; or, after `=`, what is typed as it stands.
pub type Told = &'static [(&'static str, &'static str)];

/// Someone is threatening me.
pub const THREAT: Told = &[
    ("provider", "=Sharepic"),
    ("handle", "handle"),
    ("wants", "=money"),
    ("deadline", "deadline"),
    ("payment", "payment"),
    ("age", "=13_15"),
    ("country", "=FI"),
    ("danger", "=no"),
    ("words", "threat-words"),
    ("reply", "=code"),
];
/// A picture of me.
pub const PICTURE: Told = &[
    ("whose", "=me"),
    ("age_in_picture", "=13_15"),
    ("links", "=https://cnry-sub.sharepic.example/cnry-path-7f3a?q=cnry-query-7f3a"),
    ("spreading", "=no"),
    ("age", "=13_15"),
    ("country", "=FI"),
    ("danger", "=no"),
    ("words", "picture-words"),
    ("reply", "=email"),
    ("email", "=cnry-email-7f3a@mail.example"),
];
/// I saw something, at a place without a link.
pub const PLACE: Told = &[
    ("what", "=place"),
    ("place", "place"),
    ("shows", "=asking"),
    ("when", "when"),
    ("age", "=unsure"),
    ("danger", "=no"),
    ("words", "seen-words"),
    ("reply", "=code"),
];
/// A report that is never sent.
pub const NEVER_SENT: Told = &[
    ("what", "=place"),
    ("place", "draft-place"),
    ("shows", "=asking"),
    ("when", "draft-when"),
    ("age", "=unsure"),
    ("danger", "=no"),
    ("words", "draft-words"),
    ("reply", "=email"),
    ("email", "=cnry-draft-email-7f3a@mail.example"),
];

/// The canary of a field: a word that needs no disguise.
pub fn canary(name: &str) -> String {
    format!("cnry-{name}-7f3a")
}

/// Every private field there is.
const FIELDS: [&str; 28] = [
    "handle",
    "deadline",
    "payment",
    "threat-words",
    "path",
    "query",
    "picture-words",
    "email",
    "place",
    "when",
    "seen-words",
    "draft-place",
    "draft-when",
    "draft-words",
    "draft-email",
    "note",
    "second-note",
    "message",
    "assessment",
    "explanation",
    "providers-answer",
    "referral",
    "closing",
    "appeal",
    "reply",
    "host",
    "added-path",
    "added-words",
];
/// What a notice is for.
const IN_NOTICE: [&str; 5] = ["path", "query", "explanation", "sub", "control"];

/// Whether a mail to this address is there to carry this: a notice its content, any mail its own address.
pub fn is_meant_for(name: &str, address: &str) -> bool {
    let is_notice = address.starts_with("notices@");
    (is_notice && IN_NOTICE.contains(&name)) || address.contains(&canary(name))
}

/// All of them.
pub fn all() -> Vec<Canary> {
    let mut all: Vec<Canary> = FIELDS.iter().map(|name| Canary::new(name, &canary(name))).collect();
    // Part of a host's name: a full host name can be a handle.
    all.push(Canary::new("sub", "cnry-sub"));
    all
}

/// Those that staff read on their pages.
pub fn shown_to_staff() -> impl Iterator<Item = &'static str> {
    FIELDS.into_iter().filter(|name| !name.starts_with("draft-") && *name != "email")
}

/// What is typed.
pub struct Filled(Vec<(&'static str, String)>);

/// What is typed where these are told. Around a canary stand letters that other disguises change.
pub fn filled(told: Told) -> Filled {
    let typed = |name: &str| match name.strip_prefix('=') {
        Some(plain) => plain.to_owned(),
        None if name == "handle" => canary(name),
        None => format!("\"{}\" & ä <b>", canary(name)),
    };
    Filled(told.iter().map(|(field, name)| (*field, typed(name))).collect())
}

impl Filled {
    /// As form fields.
    pub fn each(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(field, value)| (*field, value.as_str())).collect()
    }
}
