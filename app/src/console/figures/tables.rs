//! The figures as tables, for the page and for the file.

use casework::figures::{Ending, Figures, Spread};
use casework::taxonomy::Country;
use chrono::TimeDelta;

use super::super::case::words::{ending, harm, language_name};
use crate::words::{Language, say_duration};
use crate::{countries, say};

/// A figure.
pub struct Table {
    /// Its code, in the file.
    pub code: &'static str,
    /// What it is about.
    pub title: String,
    /// What its rows are.
    pub label: String,
    /// What its numbers are.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row of it.
pub struct Row {
    /// What it is about.
    pub label: String,
    /// Its numbers, one a column.
    pub cells: Vec<Cell>,
    /// What its bar is as long as.
    pub bar: Option<u64>,
}

/// A number.
pub struct Cell {
    /// As it is read.
    pub shown: String,
    /// As it is counted with; times in minutes.
    pub value: String,
}

fn count(number: u64) -> Cell {
    Cell { shown: number.to_string(), value: number.to_string() }
}

fn time(language: Language, length: Option<TimeDelta>) -> Cell {
    match length {
        Some(length) => Cell { shown: say_duration(language, length), value: length.num_minutes().to_string() },
        None => Cell { shown: "–".to_owned(), value: String::new() },
    }
}

/// A row of one number, with its bar.
fn counted(label: String, number: u64) -> Row {
    Row { label, cells: vec![count(number)], bar: Some(number) }
}

/// Every figure, in the order of the page.
pub fn of(language: Language, figures: &Figures) -> Vec<Table> {
    let build = Build { language, figures };
    vec![
        build.waiting(),
        build.times(),
        build.outcomes(),
        build.providers(),
        build.judgement(),
        build.flaggers(),
        build.languages(),
        build.countries(),
        build.by_hour(),
    ]
}

struct Build<'a> {
    language: Language,
    figures: &'a Figures,
}

impl Build<'_> {
    fn table(&self, code: &'static str, columns: &[&str], rows: Vec<Row>) -> Table {
        let say = |key: &str| say!(self.language, format!("figures.{key}"));
        Table {
            code,
            title: say(&format!("{code}.title")),
            label: say(&format!("{code}.label")),
            columns: columns.iter().map(|column| say(&format!("column.{column}"))).collect(),
            rows,
        }
    }

    fn by_hour(&self) -> Table {
        let hours = self.figures.intake.by_hour.iter().enumerate();
        let rows = hours.map(|(hour, reports)| counted(format!("{hour:02}:00"), *reports)).collect();
        self.table("by_hour", &["reports"], rows)
    }

    fn waiting(&self) -> Table {
        let levels = self.figures.waiting.iter().enumerate();
        let rows =
            levels.map(|(level, cases)| counted(say!(self.language, "queue.level", level = level), *cases)).collect();
        self.table("waiting", &["cases"], rows)
    }

    fn times(&self) -> Table {
        let row = |key: &str, spread: Spread| Row {
            label: say!(self.language, format!("figures.times.{key}")),
            cells: vec![count(spread.cases), time(self.language, spread.median), time(self.language, spread.ninetieth)],
            bar: None,
        };
        let rows =
            vec![row("first_action", self.figures.intake.to_first_action), row("removal", self.figures.to_removal)];
        self.table("times", &["cases", "median", "ninetieth"], rows)
    }

    fn outcomes(&self) -> Table {
        let row = |(&(happened, ended), cases): (&(_, Ending), &u64)| {
            counted(format!("{}: {}", harm(self.language, happened), ending(self.language, ended)), *cases)
        };
        self.table("outcomes", &["cases"], self.figures.intake.outcomes.iter().map(row).collect())
    }

    fn providers(&self) -> Table {
        let rows = self.figures.providers.iter().map(|provider| Row {
            label: provider.name.clone(),
            cells: vec![
                count(provider.notices),
                count(provider.removed),
                count(provider.refused),
                count(provider.silent),
                time(self.language, provider.to_answer.median),
            ],
            bar: Some(provider.notices),
        });
        self.table("providers", &["notices", "removed", "refused", "silent", "median"], rows.collect())
    }

    fn judgement(&self) -> Table {
        let (intake, agreement) = (&self.figures.intake, self.figures.agreement);
        let rows = [
            ("reports", intake.reports),
            ("reopened", intake.reopened),
            ("seconds", agreement.seconds),
            ("differed", agreement.differed),
            ("waiting", agreement.waiting),
        ];
        let rows = rows.map(|(key, number)| Row {
            label: say!(self.language, format!("figures.judgement.{key}")),
            cells: vec![count(number)],
            bar: None,
        });
        self.table("judgement", &["number"], rows.into())
    }

    fn flaggers(&self) -> Table {
        let rows = self.figures.flaggers.iter().map(|flagger| {
            let percent = (flagger.confirmed * 100).checked_div(flagger.decided);
            let precision = percent.map_or_else(
                || Cell { shown: "–".to_owned(), value: String::new() },
                |percent| Cell { shown: format!("{percent} %"), value: percent.to_string() },
            );
            Row {
                label: flagger.name.clone(),
                cells: vec![count(flagger.reports), count(flagger.decided), count(flagger.confirmed), precision],
                bar: None,
            }
        });
        self.table("flaggers", &["reports", "decided", "confirmed", "precision"], rows.collect())
    }

    fn languages(&self) -> Table {
        let rows = self.figures.intake.languages.iter().map(|(code, cases)| counted(language_name(code), *cases));
        self.table("languages", &["reports"], most_first(rows.collect()))
    }

    fn countries(&self) -> Table {
        let name = |code: &Option<Country>| match code {
            Some(code) => countries::name(self.language, code.as_str()),
            None => say!(self.language, "case.not_told"),
        };
        let rows = self.figures.intake.countries.iter().map(|(code, cases)| counted(name(code), *cases));
        self.table("countries", &["reports"], most_first(rows.collect()))
    }
}

fn most_first(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by_key(|row| std::cmp::Reverse(row.bar));
    rows
}
