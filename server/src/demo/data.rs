//! What the demo is made of, as it stands in `server/demo/*.toml`.

use std::collections::BTreeMap;

use anyhow::Context;
use casework::lesson::Lesson;
use casework::report::Door;
use casework::taxonomy::{AgeBand, ContextLabel, Country, LanguageCode, OrganisationKind, Outcome, Role};
use serde::Deserialize;

/// All of it.
pub struct Data {
    /// Who there is.
    pub people: People,
    /// What reporters tell.
    pub reports: Vec<Report>,
    /// What becomes of the cases.
    pub stories: Vec<Story>,
    /// What is written in them.
    pub words: Words,
}

impl Data {
    /// Reads the files that are compiled in.
    pub fn read() -> Result<Self, toml::de::Error> {
        let Reports { report } = toml::from_str(include_str!("../../demo/reports.toml"))?;
        let Stories { story } = toml::from_str(include_str!("../../demo/stories.toml"))?;
        Ok(Self {
            people: toml::from_str(include_str!("../../demo/people.toml"))?,
            reports: report,
            stories: story,
            words: toml::from_str(include_str!("../../demo/words.toml"))?,
        })
    }

    /// What is written in a language.
    pub fn voices(&self, language: &LanguageCode) -> anyhow::Result<&Voices> {
        self.words.voices.get(language.as_str()).with_context(|| format!("no voices in {language}"))
    }
}

/// `people.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// The hotline that works here.
    pub hotline: Hotline,
    /// Its members; the first sets it up.
    pub staff: Vec<Member>,
    /// Everybody else in the directory.
    pub organisation: Vec<Organisation>,
}

/// The hotline.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hotline {
    /// Its name.
    pub name: String,
    /// Where it works.
    pub country: Country,
}

/// A member of the hotline.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The address they sign in with.
    pub sign_in: String,
    /// Their password; printed for everyone who starts the demo.
    pub password: String,
}

/// An organisation of the directory.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// What it is.
    pub kind: OrganisationKind,
    /// Its name.
    pub name: String,
    /// Where it works.
    pub country: Option<Country>,
    /// Where a provider takes notices.
    pub notice_email: Option<String>,
    /// How long a provider may take, in hours.
    #[serde(default = "one_day")]
    pub answer_hours: u32,
    /// What a provider owns.
    #[serde(default)]
    pub domains: Vec<String>,
    /// What a provider's addresses look like; `{id}` is drawn.
    pub link: Option<String>,
}

fn one_day() -> u32 {
    24
}

#[derive(Deserialize)]
struct Reports {
    report: Vec<Report>,
}

/// One report, as far as it is not drawn.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The language of its words.
    pub language: LanguageCode,
    /// The door it comes through.
    pub door: Door,
    /// Whether it is at a provider.
    pub place: Place,
    /// What newcomers learn from it, in training.
    pub lesson: Option<Lesson>,
    /// Whether somebody may be in danger.
    #[serde(default)]
    pub urgent: bool,
    /// How old the child may be.
    #[serde(default = "unsure")]
    pub ages: Vec<AgeBand>,
    /// What is typed, by field.
    pub told: BTreeMap<String, Typed>,
}

fn unsure() -> Vec<AgeBand> {
    vec![AgeBand::Unsure]
}

/// Whether a report's matter is at a provider.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// At an address.
    Link,
    /// An account.
    Account,
    /// Nowhere with an address.
    None,
}

/// What is typed into a field: one value, or several.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Typed {
    /// One.
    One(String),
    /// Several, as of check boxes.
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct Stories {
    story: Vec<Story>,
}

/// What becomes of some cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// How many.
    pub cases: usize,
    /// How many days ago they came in: from and to.
    pub days: (f64, f64),
    /// Which reports fit.
    #[serde(default)]
    pub about: About,
    /// Through which doors; all where none is named.
    #[serde(default)]
    pub doors: Vec<Door>,
    /// What happens, each so many minutes after the one before.
    #[serde(default)]
    pub acts: Vec<(i64, Act)>,
}

/// Which reports fit a story.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Any in which nobody is in danger.
    #[default]
    Any,
    /// Somebody may be in danger.
    Urgent,
    /// It is at a provider.
    Place,
    /// There are files.
    File,
}

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Staff take the case.
    Take,
    /// Staff put it back.
    Release,
    /// Staff write a note for staff.
    Note,
    /// Staff label it.
    Label,
    /// Staff assess its first item, as something one look is enough for.
    Assess,
    /// Staff assess its first item, as something that needs a second look.
    AssessStrictly,
    /// A colleague agrees.
    SecondLook,
    /// A colleague does not agree.
    Differ,
    /// Staff ask the reporter.
    Ask,
    /// Staff write to the reporter.
    Write,
    /// The reporter writes.
    Reply,
    /// The reporter adds a link.
    Add,
    /// Staff draft a notice.
    DraftNotice,
    /// Staff draft and approve a notice, and it goes out.
    Notice,
    /// The provider has it.
    Received,
    /// The provider asks for more.
    NeedsMore,
    /// The provider removes it.
    Removed,
    /// The provider refuses.
    Refused,
    /// The provider lets the time run out.
    NoAnswer,
    /// Staff tell the police.
    Refer,
    /// Staff close it.
    Close(Outcome),
    /// The reporter disagrees.
    Appeal,
    /// The reporter wants it erased.
    Erase,
    /// The reporter wants it kept after all.
    Keep,
}

/// `words.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What is drawn.
    pub drawn: Drawn,
    /// What is written among staff, and by providers.
    pub desk: Desk,
    /// Ready answers.
    pub template: Vec<Template>,
    /// What reporters and staff write to each other, by language.
    pub voices: BTreeMap<String, Voices>,
}

/// What is drawn.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drawn {
    /// Names of accounts.
    pub handles: Vec<String>,
    /// Countries, the frequent ones more often.
    pub countries: Vec<String>,
    /// Languages, the frequent ones more often.
    pub languages: Vec<LanguageCode>,
}

/// What is written among staff, and by providers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Desk {
    /// Labels.
    pub labels: Vec<ContextLabel>,
    /// Notes.
    pub notes: Vec<String>,
    /// What notices say.
    pub explanations: Vec<String>,
    /// What a provider says that has a notice.
    pub received: Vec<String>,
    /// What a provider asks.
    pub needs_more: Vec<String>,
    /// What a provider says that removed something.
    pub removed: Vec<String>,
    /// What a provider says that refuses.
    pub refused: Vec<String>,
    /// What the police are told.
    pub referrals: Vec<String>,
}

/// A ready answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its text, by language.
    pub body: BTreeMap<String, String>,
}

/// What is written in one language.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voices {
    /// Staff ask.
    pub ask: Vec<String>,
    /// Staff tell.
    pub write: Vec<String>,
    /// The reporter answers.
    pub reply: Vec<String>,
    /// The reporter adds something.
    pub add: Vec<String>,
    /// The reporter disagrees.
    pub appeal: Vec<String>,
    /// Staff close, by outcome.
    pub close: BTreeMap<String, String>,
}
