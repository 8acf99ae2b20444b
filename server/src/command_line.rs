//! The command line: what can be asked of `suoja`.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Takes reports from children, brings them to a hotline's analysts, and gets content removed.
#[derive(Debug, Parser)]
#[command(name = "suoja", version, arg_required_else_help = true)]
pub struct CommandLine {
    /// The configuration file. Without it, ./suoja.toml if there is one, else the defaults.
    #[arg(long, short, global = true, env = "SUOJA_CONFIGURATION", value_name = "FILE")]
    pub configuration: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the pages and the console, and do the work behind them
    Serve,
    /// Bring the database's schema up to date
    Migrate,
    /// Administrators' accounts
    #[command(subcommand)]
    Admin(Admin),
    /// Serve made-up cases to look around in, from a folder of their own
    Demo {
        /// Only print the six digits with which the demo's accounts sign in now
        #[arg(long)]
        code: bool,
        /// How many cases there are to be; above 200 they are like those of a hotline that gets 60,000 reports a day
        #[arg(long, default_value_t = 200, env = "SUOJA_DEMO_CASES")]
        cases: usize,
        /// Keep them in this database instead of a file in the demo's folder: postgres://...
        #[arg(long, value_name = "ADDRESS", env = "SUOJA_DEMO_DATABASE", hide_env_values = true)]
        database: Option<String>,
    },
    /// Serve lessons for newcomers, from a folder of their own: made-up cases, and what an experienced analyst decided
    Training {
        /// Only print the six digits with which the accounts sign in now
        #[arg(long)]
        code: bool,
    },
    /// Print the fingerprints of files, one JSON line a file
    Hash {
        /// Also of cropped copies and without bars: up to eight hashes more a picture
        #[arg(long)]
        edited: bool,
        /// The files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Say what is wrong with configuration, keys, database, mail and audit log, and how to mend it
    Check,
}

/// What to do about an administrator.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Invite an administrator: prints a one-time link
    Create {
        /// The e-mail address they will sign in with
        address: String,
        /// Their name, as colleagues see it
        name: String,
        /// The language of their console
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// A new password for an administrator who lost it: prints a one-time link
    Reset {
        /// The e-mail address they sign in with
        address: String,
    },
}
