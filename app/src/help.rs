//! Local help: emergency numbers, helplines, hotlines, police, prevention, each with its source and date.
//!
//! The rows are data (`app/data/help_directory.tsv`), not code. Somebody at the operator's must ring or open each before
//! going live; only rows marked as shipping are taken in.

/// The directory that ships with Suoja.
const SHIPPED: &str = include_str!("../data/help_directory.tsv");

/// The code of rows that serve every country.
const INTERNATIONAL: &str = "ZZ";

/// What kind of help a row is, in the order shown: emergency first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HelpKind {
    /// In danger now.
    Emergency,
    /// Someone to talk to.
    Helpline,
    /// Takes reports of content.
    Hotline,
    /// Police, where it is not urgent.
    Police,
    /// For people who feel drawn to children and want to stay safe. Shown last, and never among the child's own.
    Prevention,
}

impl HelpKind {
    /// All, in the order shown.
    pub const ALL: [Self; 5] = [Self::Emergency, Self::Helpline, Self::Hotline, Self::Police, Self::Prevention];

    /// As the data writes it, and as the words' keys do.
    pub fn code(self) -> &'static str {
        match self {
            Self::Emergency => "emergency",
            Self::Helpline => "helpline",
            Self::Hotline => "hotline",
            Self::Police => "police",
            Self::Prevention => "prevention",
        }
    }
}

/// One place to turn to.
#[derive(Clone, Debug)]
pub struct HelpEntry {
    /// ISO 3166 alpha-2, or `ZZ` for everywhere.
    pub country: String,
    /// What kind of help.
    pub kind: HelpKind,
    /// Its name.
    pub name: String,
    /// Numbers to ring, as printed.
    pub phones: Vec<String>,
    /// Its page.
    pub url: Option<String>,
    /// When it is open.
    pub hours: Option<String>,
    /// What it costs, and whether it shows on the bill.
    pub cost: Option<String>,
    /// How to reach it beside the phone.
    pub channels: Option<String>,
    /// Whom it is for.
    pub ages: Option<String>,
    /// In which languages.
    pub languages: Option<String>,
    /// Where each shown field was found.
    pub sources: Vec<String>,
    /// When it was checked last (ISO date).
    pub checked_on: Option<String>,
}

/// The directory, by country.
pub struct HelpDirectory {
    entries: Vec<HelpEntry>,
}

impl HelpDirectory {
    /// The directory that ships with Suoja.
    pub fn shipped() -> Self {
        let mut lines = SHIPPED.lines();
        let header: Vec<&str> = lines.next().unwrap_or("").split('\t').collect();
        let mut entries: Vec<HelpEntry> = lines.filter_map(|line| entry(&header, line)).collect();
        entries.sort_by_key(|entry| entry.kind);
        Self { entries }
    }

    /// A country's help, emergency first.
    pub fn in_country<'a>(&'a self, country: &'a str) -> impl Iterator<Item = &'a HelpEntry> {
        self.entries.iter().filter(move |entry| entry.country == country)
    }

    /// Help that serves every country.
    pub fn everywhere(&self) -> impl Iterator<Item = &HelpEntry> {
        self.in_country(INTERNATIONAL)
    }

    /// The countries there is anything for, sorted by code.
    pub fn countries(&self) -> Vec<&str> {
        let mut codes: Vec<&str> =
            self.entries.iter().map(|entry| entry.country.as_str()).filter(|code| *code != INTERNATIONAL).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

fn entry(header: &[&str], line: &str) -> Option<HelpEntry> {
    let cells: Vec<&str> = line.split('\t').collect();
    let cell = |name: &str| {
        let index = header.iter().position(|column| *column == name)?;
        cells.get(index).map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).map(str::to_owned)
    };
    if cell("ships").as_deref() != Some("yes") {
        return None;
    }
    Some(HelpEntry {
        country: cell("country_code")?,
        kind: HelpKind::ALL.into_iter().find(|kind| Some(kind.code()) == cell("kind").as_deref())?,
        name: cell("name")?,
        phones: cell("phone")
            .map(|phones| phones.split('|').map(|phone| phone.trim().to_owned()).collect())
            .unwrap_or_default(),
        url: cell("url"),
        hours: cell("hours"),
        cost: cell("cost_note"),
        channels: cell("channels"),
        ages: cell("ages"),
        languages: cell("languages"),
        sources: ["name_source", "phone_source", "url_source"].into_iter().filter_map(cell).collect(),
        checked_on: cell("checked_on"),
    })
}
