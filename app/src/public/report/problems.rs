//! What is wrong with a field, in words that say what to do.

use casework::account::AccountError;
use casework::location::LocationError;
use casework::report::{self, Step, Wrong};

use crate::form::Problem;
use crate::say;
use crate::words::Language;

/// The problem as it stands beside its field.
pub fn worded(language: Language, step: Step, problem: &report::Problem) -> Problem {
    Problem::new(problem.field, message(language, step, problem))
}

fn message(language: Language, step: Step, problem: &report::Problem) -> String {
    match &problem.wrong {
        Wrong::NotChosen => say!(language, choose(step)),
        Wrong::Empty => say!(language, format!("report.wrong.empty_{}", problem.field)),
        Wrong::TooLong { found, most } => say!(language, "report.wrong.too_long", found = found, most = most),
        Wrong::TooMany { most } if problem.field == "file" => {
            say!(language, "report.wrong.too_many_files", most = most)
        }
        Wrong::TooMany { most } => say!(language, "report.wrong.too_many_links", most = most),
        Wrong::Link(bad) => {
            say!(language, format!("report.wrong.link.{}", link_key(bad.why)), link = shortened(&bad.text))
        }
        Wrong::Account(error) => say!(language, format!("report.wrong.account.{}", account_key(*error))),
        Wrong::File => say!(language, "report.wrong.file"),
        Wrong::EmptyFile => say!(language, "report.wrong.empty_file"),
        Wrong::Email => say!(language, "report.wrong.email"),
        Wrong::Country => say!(language, "report.wrong.country"),
    }
}

/// The beginning of what was typed, enough to find it again.
fn shortened(typed: &str) -> String {
    const ENOUGH: usize = 40;
    if typed.chars().count() <= ENOUGH {
        return typed.to_owned();
    }
    typed.chars().take(ENOUGH).chain(['…']).collect()
}

fn choose(step: Step) -> &'static str {
    match step {
        Step::Whose => "report.wrong.choose_whose",
        Step::What => "report.wrong.choose_what",
        Step::Reply => "report.wrong.choose_reply",
        Step::Shows | Step::Wants => "report.wrong.choose_some",
        _ => "report.wrong.choose",
    }
}

fn link_key(why: LocationError) -> &'static str {
    match why {
        LocationError::NotALink | LocationError::TooMany => "not_a_link",
        LocationError::NotTheWeb => "not_the_web",
        LocationError::Credentials => "credentials",
        LocationError::NotPublic => "not_public",
        LocationError::ControlCharacters => "control_characters",
        LocationError::TooLong => "too_long",
    }
}

fn account_key(error: AccountError) -> &'static str {
    match error {
        AccountError::ProviderTooLong => "provider_too_long",
        AccountError::HandleMissing => "handle_missing",
        AccountError::HandleTooLong => "handle_too_long",
    }
}
