//! A report: what a door asks, step by step, and what a reporter told, valid by construction.
//!
//! A door is an ordered list of [`Step`]s, which [`steps`] gives for what has been told so far. Each step's fields are
//! parsed by [`Told::take`]; a [`Walk`] goes along the steps as far as the answers reach. What a [`Report`] holds has
//! been through all of it.

use std::collections::BTreeMap;
use std::fmt;

use hashing::FileFingerprints;
use serde::{Deserialize, Serialize};

use crate::account::{AccountError, AccountHandle};
use crate::answer::AnswerKind;
use crate::location::{BadLocation, Location, LocationError, MOST_LOCATIONS, PastedLocations, parse_pasted};
use crate::taxonomy::{AgeBand, Country, Danger, Harm, Reporter, Spreading, choice};
use crate::text::{EmailAddress, Words, WordsError};

/// The most files of one report.
pub const MOST_FILES: usize = 50;
/// The most characters of the reporter's own words.
pub const LONGEST_WORDS: usize = 5_000;
/// The most characters of a short answer in words.
pub const LONGEST_LINE: usize = 500;

choice! {
    /// The three doors a report comes through.
    Door {
        /// "Someone is threatening or pressuring me."
        Threat = "threat",
        /// "A picture or video of me."
        Picture = "picture",
        /// "I saw something."
        Seen = "seen",
    }
}

impl Door {
    /// What a report through this door is about.
    pub fn harm(self) -> Harm {
        match self {
            Self::Threat => Harm::Threat,
            Self::Picture => Harm::OwnImage,
            Self::Seen => Harm::Seen,
        }
    }

    /// The page behind the door.
    pub fn first_step(self) -> Step {
        match self {
            Self::Threat => Step::Safety,
            Self::Picture => Step::Whose,
            Self::Seen => Step::What,
        }
    }
}

choice! {
    /// One page: a question, or something to know before the next.
    Step {
        /// The four things to do first when someone threatens.
        Safety = "safety",
        /// Whose picture it is.
        Whose = "whose",
        /// How old they were in the picture.
        AgeInPicture = "age-in-picture",
        /// Where grown-ups find help; the end of the way.
        GrownUp = "grown-up",
        /// Files, hashed on the device.
        Files = "files",
        /// Links and an account where the picture is.
        Where = "where",
        /// Whether it is being passed on.
        Spreading = "spreading",
        /// What was seen: a link, an account, or a place without a link.
        What = "what",
        /// The links seen.
        Links = "links",
        /// An account: the one seen, or the one that threatens.
        Account = "account",
        /// A place without a link.
        Place = "place",
        /// What it shows, in neutral words.
        Shows = "shows",
        /// Where and when it was seen.
        When = "when",
        /// What the person who threatens wants, and until when.
        Wants = "wants",
        /// Where they want money sent.
        Payment = "payment",
        /// How old the person is now.
        Age = "age",
        /// The country.
        Country = "country",
        /// Whether somebody is in danger now.
        Danger = "danger",
        /// Where help is right now.
        HelpNow = "help-now",
        /// Anything else, in own words.
        Words = "words",
        /// How we may answer.
        Reply = "reply",
        /// All answers once more, and Send.
        Check = "check",
    }
}

impl Step {
    /// Whether the page tells something and asks nothing.
    pub fn only_tells(self) -> bool {
        matches!(self, Self::Safety | Self::HelpNow)
    }

    /// Whether the way ends here.
    pub fn is_last(self) -> bool {
        matches!(self, Self::GrownUp | Self::Check)
    }
}

choice! {
    /// Whose picture it is.
    Whose {
        /// The reporter's, a child.
        Me = "me",
        /// The reporter's child's.
        MyChild = "my_child",
        /// The reporter's, grown up since.
        MeThen = "me_then",
        /// Somebody's whom the reporter helps.
        Helping = "helping",
        /// The reporter is not sure, or does not say: taken as theirs.
        Unsure = "unsure",
    }
}

choice! {
    /// What somebody saw.
    SeenWhat {
        /// One or more links.
        Link = "link",
        /// An account.
        Account = "account",
        /// A game, a private chat, a live stream: no link.
        Place = "place",
        /// Something else, or the reporter is not sure: told in words.
        Unsure = "unsure",
    }
}

choice! {
    /// What something shows, in neutral words. Never an assessment.
    Shows {
        /// A child with no clothes on, or almost none.
        NoClothes = "no_clothes",
        /// A child in something sexual.
        Sexual = "sexual",
        /// A child who is being hurt.
        Hurt = "hurt",
        /// Private pictures of a young person, passed around.
        PassedAround = "passed_around",
        /// A picture of a child that a computer made or changed.
        MadeByComputer = "made_by_computer",
        /// Somebody asks a child for pictures or to meet.
        Asking = "asking",
        /// Something else.
        Other = "other",
        /// The reporter is not sure.
        Unsure = "unsure",
    }
}

choice! {
    /// What a person who threatens wants.
    Wants {
        /// More pictures or videos.
        Pictures = "pictures",
        /// Money or gift cards.
        Money = "money",
        /// To meet.
        Meeting = "meeting",
        /// That the child does something.
        Acts = "acts",
        /// That the child tells nobody.
        Silence = "silence",
        /// Something else.
        Other = "other",
        /// The reporter is not sure.
        Unsure = "unsure",
    }
}

choice! {
    /// How the hotline may answer.
    ReplyWay {
        /// Only to the case code.
        Code = "code",
        /// Also by a neutral mail.
        Email = "email",
    }
}

/// The fields of a step as they were typed: names and values in order; a name may come several times. Has no `Debug` of
/// its content.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed(pub Vec<(String, String)>);

impl Typed {
    /// The first value of a name; empty if it did not come.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// Every value of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Typed({} fields)", self.0.len())
    }
}

/// What is wrong with a field; the pages have the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field's name.
    pub field: &'static str,
    /// What is wrong.
    pub wrong: Wrong,
}

/// The ways in which a field can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing was chosen.
    NotChosen,
    /// Nothing was typed where something is needed.
    Empty,
    /// More characters than fit.
    TooLong {
        /// How many it has.
        found: usize,
        /// How many fit.
        most: usize,
    },
    /// More links or files than fit.
    TooMany {
        /// How many fit.
        most: usize,
    },
    /// One of the links is none that we can use.
    Link(BadLocation),
    /// The account.
    Account(AccountError),
    /// What the browser computed of a file is damaged.
    File,
    /// An empty file has no fingerprint of its own.
    EmptyFile,
    /// Not an e-mail address.
    Email,
    /// Not a country of the list.
    Country,
}

/// What has been told so far. Everything in it is parsed.
#[derive(Clone, Debug, Default)]
pub struct Told {
    whose: Option<Whose>,
    age_in_picture: Option<AgeBand>,
    files: Vec<FileFingerprints>,
    links: Vec<Location>,
    account: Option<AccountHandle>,
    spreading: Option<Spreading>,
    what: Option<SeenWhat>,
    place: Option<Words>,
    shows: Vec<Shows>,
    when: Option<Words>,
    wants: Vec<Wants>,
    deadline: Option<Words>,
    payment: Option<Words>,
    age: Option<AgeBand>,
    country: Option<Country>,
    danger: Option<Danger>,
    words: Option<Words>,
    email: Option<EmailAddress>,
}

/// The steps of a door for what has been told. What is told at one step only ever changes the steps after it.
pub fn steps(door: Door, told: &Told) -> Vec<Step> {
    let mut steps = match door {
        Door::Picture if told.whose == Some(Whose::Helping) => {
            vec![Step::Whose, Step::Where, Step::Spreading]
        }
        Door::Picture if told.age_in_picture == Some(AgeBand::Adult) => {
            return vec![Step::Whose, Step::AgeInPicture, Step::GrownUp];
        }
        Door::Picture => vec![Step::Whose, Step::AgeInPicture, Step::Files, Step::Where, Step::Spreading],
        Door::Seen => {
            let place = match told.what {
                Some(SeenWhat::Account) => Step::Account,
                Some(SeenWhat::Place | SeenWhat::Unsure) => Step::Place,
                Some(SeenWhat::Link) | None => Step::Links,
            };
            vec![Step::What, place, Step::Shows, Step::When]
        }
        Door::Threat if told.wants.contains(&Wants::Money) => {
            vec![Step::Safety, Step::Account, Step::Wants, Step::Payment, Step::Files]
        }
        Door::Threat => vec![Step::Safety, Step::Account, Step::Wants, Step::Files],
    };
    // Who speaks of their own childhood is grown up.
    if told.whose != Some(Whose::MeThen) {
        steps.push(Step::Age);
    }
    steps.extend([Step::Country, Step::Danger]);
    if matches!(told.danger, Some(Danger::InDanger | Danger::SelfHarm)) {
        steps.push(Step::HelpNow);
    }
    steps.extend([Step::Words, Step::Reply, Step::Check]);
    steps
}

/// Collects what is wrong while the rest is still read.
#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn note<T>(&mut self, field: &'static str, parsed: Result<T, Wrong>) -> Option<T> {
        parsed.map_err(|wrong| self.add(field, wrong)).ok()
    }

    fn add(&mut self, field: &'static str, wrong: Wrong) {
        self.0.push(Problem { field, wrong });
    }

    fn result(self) -> Result<(), Vec<Problem>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}

impl Told {
    /// Parses a step's fields and takes them in; or says what is wrong, field by field.
    pub fn take(&mut self, door: Door, step: Step, typed: &Typed) -> Result<(), Vec<Problem>> {
        let mut problems = Problems::default();
        match step {
            Step::Whose => self.whose = problems.note("whose", one(typed, "whose")),
            Step::AgeInPicture => self.age_in_picture = problems.note("age_in_picture", one(typed, "age_in_picture")),
            Step::Files => self.files = problems.note("file", files(typed)).unwrap_or_default(),
            Step::Where => {
                self.links = links(typed, &mut problems);
                self.account = account(typed, &mut problems);
            }
            Step::Links => {
                self.links = links(typed, &mut problems);
                if self.links.is_empty() && problems.0.is_empty() {
                    problems.add("links", Wrong::Empty);
                }
            }
            Step::Account => {
                self.account = account(typed, &mut problems);
                if door == Door::Seen && self.account.is_none() && problems.0.is_empty() {
                    problems.add("handle", Wrong::Empty);
                }
            }
            Step::Spreading => self.spreading = problems.note("spreading", one(typed, "spreading")),
            Step::What => self.what = problems.note("what", one(typed, "what")),
            Step::Place => {
                self.place =
                    problems.note("place", Words::parse(typed.get("place"), LONGEST_LINE).map_err(Wrong::from));
            }
            Step::Shows => self.shows = problems.note("shows", several(typed, "shows")).unwrap_or_default(),
            Step::When => self.when = problems.note("when", line(typed, "when")).flatten(),
            Step::Wants => {
                self.wants = problems.note("wants", several(typed, "wants")).unwrap_or_default();
                self.deadline = problems.note("deadline", line(typed, "deadline")).flatten();
            }
            Step::Payment => self.payment = problems.note("payment", line(typed, "payment")).flatten(),
            Step::Age => self.age = problems.note("age", one(typed, "age")),
            Step::Country => self.country = problems.note("country", country(typed)).flatten(),
            Step::Danger => self.danger = problems.note("danger", one(typed, "danger")),
            Step::Words => {
                let words = Words::parse_optional(typed.get("words"), LONGEST_WORDS).map_err(Wrong::from);
                self.words = problems.note("words", words).flatten();
            }
            Step::Reply => self.email = reply(typed, &mut problems),
            Step::Safety | Step::GrownUp | Step::HelpNow | Step::Check => {}
        }
        problems.result()
    }

    /// The child's country as far as it is told, for help near them.
    pub fn country(&self) -> Option<&Country> {
        self.country.as_ref()
    }

    /// Whether somebody is in danger now, once it is told.
    pub fn danger(&self) -> Option<Danger> {
        self.danger
    }

    /// Whose picture it is, where that was asked.
    pub fn whose(&self) -> Option<Whose> {
        self.whose
    }
}

impl From<WordsError> for Wrong {
    fn from(error: WordsError) -> Self {
        match error {
            WordsError::Empty => Self::Empty,
            WordsError::TooLong { found, max } => Self::TooLong { found, most: max },
        }
    }
}

fn one<T: std::str::FromStr>(typed: &Typed, field: &str) -> Result<T, Wrong> {
    typed.get(field).parse().map_err(|_| Wrong::NotChosen)
}

fn several<T: std::str::FromStr + Ord>(typed: &Typed, field: &str) -> Result<Vec<T>, Wrong> {
    let mut chosen: Vec<T> = typed.all(field).filter_map(|code| code.parse().ok()).collect();
    chosen.sort_unstable();
    chosen.dedup();
    if chosen.is_empty() { Err(Wrong::NotChosen) } else { Ok(chosen) }
}

fn line(typed: &Typed, field: &str) -> Result<Option<Words>, Wrong> {
    Words::parse_optional(typed.get(field), LONGEST_LINE).map_err(Wrong::from)
}

/// The country's value of who is in none of those that stand first: which one, `elsewhere` says.
pub const ELSEWHERE: &str = "elsewhere";

/// The country's code as it was chosen; empty if none was. Who chose one of the list meant it, pressed or not.
pub fn country_code(typed: &Typed) -> &str {
    match (typed.get("country"), typed.all("country").next()) {
        (ELSEWHERE, _) | (_, None) => typed.get(ELSEWHERE),
        (code, _) => code,
    }
}

/// No country is an answer too.
fn country(typed: &Typed) -> Result<Option<Country>, Wrong> {
    match country_code(typed) {
        "" => Ok(None),
        code => code.parse().map(Some).map_err(|_| Wrong::Country),
    }
}

/// Both fields empty: no account. The name alone is one: not everybody knows the app.
fn account(typed: &Typed, problems: &mut Problems) -> Option<AccountHandle> {
    let (provider, handle) = (typed.get("provider").trim(), typed.get("handle").trim());
    if provider.is_empty() && handle.is_empty() {
        return None;
    }
    let parsed = AccountHandle::parse(provider, handle);
    let field = if matches!(parsed, Err(AccountError::ProviderTooLong)) { "provider" } else { "handle" };
    problems.note(field, parsed.map_err(Wrong::Account))
}

fn reply(typed: &Typed, problems: &mut Problems) -> Option<EmailAddress> {
    match problems.note("reply", one(typed, "reply"))? {
        ReplyWay::Code => None,
        ReplyWay::Email if typed.get("email").trim().is_empty() => {
            problems.add("email", Wrong::Empty);
            None
        }
        ReplyWay::Email => problems.note("email", typed.get("email").parse().map_err(|_| Wrong::Email)),
    }
}

/// A file's fingerprints as the browser sends them. An empty file is none: its hashes are those of every empty file.
pub fn file(json: &str) -> Result<FileFingerprints, Wrong> {
    let file: FileFingerprints = serde_json::from_str(json).map_err(|_| Wrong::File)?;
    match file.bytes {
        0 => Err(Wrong::EmptyFile),
        _ if file.is_possible() => Ok(file),
        _ => Err(Wrong::File),
    }
}

fn files(typed: &Typed) -> Result<Vec<FileFingerprints>, Wrong> {
    let mut files: Vec<FileFingerprints> = Vec::new();
    for json in typed.all("file").filter(|json| !json.is_empty()) {
        let file = file(json)?;
        if files.iter().all(|known| known.sha256 != file.sha256) {
            files.push(file);
        }
    }
    if files.len() > MOST_FILES {
        return Err(Wrong::TooMany { most: MOST_FILES });
    }
    Ok(files)
}

/// Pasted text with one or many links in it; each that is bad is named.
fn links(typed: &Typed, problems: &mut Problems) -> Vec<Location> {
    let PastedLocations { good, bad } = parse_pasted(typed.get("links"));
    if bad.iter().any(|bad| bad.why == LocationError::TooMany) {
        problems.add("links", Wrong::TooMany { most: MOST_LOCATIONS });
    }
    for bad in bad.into_iter().filter(|bad| bad.why != LocationError::TooMany).take(NAMED) {
        problems.add("links", Wrong::Link(bad));
    }
    good
}

/// How many bad links are named at once.
pub const NAMED: usize = 10;

/// How far a door's answers reach.
pub struct Walk {
    /// The door.
    pub door: Door,
    /// Its steps, for what has been told.
    pub steps: Vec<Step>,
    /// The first step without a valid answer, or the last one.
    pub open: Step,
    /// What has been told before it.
    pub told: Told,
}

impl Walk {
    /// Goes along a door's steps as far as the answers are valid.
    pub fn along(door: Door, typed: &BTreeMap<Step, Typed>) -> Self {
        let mut told = Told::default();
        let mut at = 0;
        loop {
            let steps = steps(door, &told);
            let Some(&step) = steps.get(at) else {
                return Self { door, steps, open: Step::Check, told };
            };
            let answered =
                step.only_tells() || typed.get(&step).is_some_and(|typed| told.take(door, step, typed).is_ok());
            if step.is_last() || !answered {
                return Self { door, steps, open: step, told };
            }
            at += 1;
        }
    }

    fn position(&self, step: Step) -> Option<usize> {
        self.steps.iter().position(|known| *known == step)
    }

    /// Whether a step lies on the way that has been gone, the open one included.
    pub fn reaches(&self, step: Step) -> bool {
        self.position(step).is_some_and(|position| Some(position) <= self.position(self.open))
    }

    /// The step before this one.
    pub fn before(&self, step: Step) -> Option<Step> {
        self.steps.get(self.position(step)?.checked_sub(1)?).copied()
    }

    /// Where to go from this step: to what is still open, but never past a page that tells something.
    pub fn after(&self, step: Step) -> Step {
        let after = self.position(step).map_or(0, |position| position + 1);
        let ahead = self.steps.iter().skip(after).copied();
        ahead.into_iter().find(|step| step.only_tells() || *step == self.open).unwrap_or(self.open)
    }

    /// The whole report; none while a step is open.
    pub fn report(self) -> Option<Report> {
        (self.open == Step::Check).then_some(Report { door: self.door, told: self.told })
    }
}

/// What a reporter told, complete and valid.
#[derive(Clone, Debug)]
pub struct Report {
    door: Door,
    told: Told,
}

impl Report {
    /// What it is about.
    pub fn harm(&self) -> Harm {
        self.door.harm()
    }

    /// Who tells it. A grown-up who is threatened speaks for nobody but themself.
    pub fn reporter(&self) -> Reporter {
        match (self.door, self.told.whose) {
            (Door::Seen, _) => Reporter::Witness,
            (Door::Threat, _) if self.age_band() == AgeBand::Adult => Reporter::Survivor,
            (Door::Picture, Some(Whose::MyChild)) => Reporter::Parent,
            (Door::Picture, Some(Whose::MeThen)) => Reporter::Survivor,
            (Door::Picture, Some(Whose::Helping)) => Reporter::Helper,
            (Door::Threat | Door::Picture, _) => Reporter::Child,
        }
    }

    /// How old the person is now.
    pub fn age_band(&self) -> AgeBand {
        match self.told.whose {
            Some(Whose::MeThen) => AgeBand::Adult,
            _ => self.told.age.unwrap_or(AgeBand::Unsure),
        }
    }

    /// Where they are; none if they did not say.
    pub fn country(&self) -> Option<&Country> {
        self.told.country.as_ref()
    }

    /// Whether somebody is in danger now.
    pub fn danger(&self) -> Danger {
        self.told.danger.unwrap_or(Danger::Unsure)
    }

    /// Whether the picture is being passed on.
    pub fn spreading(&self) -> Spreading {
        self.told.spreading.unwrap_or(Spreading::Unsure)
    }

    /// The links, each once.
    pub fn links(&self) -> &[Location] {
        &self.told.links
    }

    /// The account, if one is named.
    pub fn account(&self) -> Option<&AccountHandle> {
        self.told.account.as_ref()
    }

    /// The files, each once.
    pub fn files(&self) -> &[FileFingerprints] {
        &self.told.files
    }

    /// The address for neutral mails, if they want them.
    pub fn email(&self) -> Option<&EmailAddress> {
        self.told.email.as_ref()
    }

    /// The answers that are neither items nor readable columns.
    pub fn answers(&self) -> Vec<(AnswerKind, String)> {
        let told = &self.told;
        let words = |kind, words: &Option<Words>| words.as_ref().map(|words| (kind, words.as_str().to_owned()));
        let codes = |kind, codes: Vec<&str>| (!codes.is_empty()).then(|| (kind, codes.join(" ")));
        [
            told.age_in_picture.map(|age| (AnswerKind::AgeInPicture, age.as_str().to_owned())),
            words(AnswerKind::Place, &told.place),
            codes(AnswerKind::Shows, told.shows.iter().map(|shows| shows.as_str()).collect()),
            words(AnswerKind::When, &told.when),
            codes(AnswerKind::Wants, told.wants.iter().map(|wants| wants.as_str()).collect()),
            words(AnswerKind::ThreatDeadline, &told.deadline),
            words(AnswerKind::Payment, &told.payment),
            words(AnswerKind::Words, &told.words),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
