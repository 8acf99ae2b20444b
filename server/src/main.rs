//! The program `suoja`: reads the command line and does what it asks.

use std::io::{self, stdout};
use std::process::ExitCode;

use casework::installation::Kind;
use clap::Parser;
use server::command_line::{Admin, Command, CommandLine};
use server::configuration::{Configuration, ConfigurationError, LogFormat};
use server::{check, commands, hash, middleware};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    match act(CommandLine::parse()).await {
        Ok(code) => code,
        Err(cause) if is_unread(&cause) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("Error: {cause:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whoever was to read the output has gone, as `suoja check | head` does.
fn is_unread(cause: &anyhow::Error) -> bool {
    cause.downcast_ref::<io::Error>().is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

async fn act(asked: CommandLine) -> anyhow::Result<ExitCode> {
    let configuration = Configuration::read(asked.configuration.as_deref(), std::env::vars());
    match asked.command {
        Command::Hash { files, edited } => return Ok(exit(hash::print(&files, edited, &mut stdout().lock())?)),
        Command::Check => return Ok(exit(check::print(configuration, &mut stdout()).await?)),
        Command::Serve => commands::serve(&ready(configuration)?).await?,
        Command::Demo { code: true, .. } => commands::digits(&configuration?, Kind::Demo)?,
        Command::Training { code: true } => commands::digits(&configuration?, Kind::Training)?,
        Command::Training { code: false } => commands::training(&ready(configuration)?).await?,
        Command::Demo { code: false, cases, database } => {
            commands::demo(&ready(configuration)?, cases, database).await?;
        }
        Command::Admin(Admin::Create { address, name, language }) => {
            commands::create_administrator(&ready(configuration)?, &address, &name, &language).await?;
        }
        Command::Admin(Admin::Reset { address }) => {
            commands::reset_administrator(&ready(configuration)?, &address).await?;
        }
        Command::Migrate => commands::migrate(&ready(configuration)?).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Starts the log the way the configuration wants it. `SUOJA_LOG_FILTER` says how much, as `tracing` understands it.
fn ready(configuration: Result<Configuration, ConfigurationError>) -> anyhow::Result<Configuration> {
    let configuration = configuration?;
    let filter = EnvFilter::try_from_env("SUOJA_LOG_FILTER").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match configuration.log {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    middleware::errors::quiet_panics();
    Ok(configuration)
}

fn exit(went_well: bool) -> ExitCode {
    if went_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
