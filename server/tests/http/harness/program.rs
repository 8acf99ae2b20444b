//! The program itself, as an operator runs it.

use std::path::Path;
use std::process::{Command, Output};

/// Runs `suoja` in a folder and waits for it to end.
pub fn suoja(folder: &Path, arguments: &[&str]) -> Ended {
    suoja_finding(folder, "", arguments)
}

/// The same, where it finds other programs in `path`.
pub fn suoja_finding(folder: &Path, path: &str, arguments: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_suoja"));
    Ended::from(command.args(arguments).current_dir(folder).env_clear().env("PATH", path).output().unwrap())
}

/// How it went.
pub struct Ended {
    /// Its exit code.
    pub code: i32,
    /// What it printed.
    pub out: String,
    /// What it complained of.
    pub complaints: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            complaints: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
