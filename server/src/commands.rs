//! What `suoja` does for each command.

use std::io::{self, Write};
use std::sync::Arc;

use app::App;
use app::paths::Welcome;
use app::words::Language;
use casework::installation::Kind;
use casework::staff::invitation::{self, InviteError};
use casework::storage::Storage;
use casework::text::Words;
use casework::vault::{CookieToken, password::PasswordCost};
use secrecy::ExposeSecret;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::configuration::Configuration;
use crate::demo;
use crate::running::{self, Machine, StartError};
use crate::system::{SystemClock, SystemRandomness};
use crate::training;

/// The longest name of a member, in characters.
const NAME: usize = 100;

/// Why an administrator's account could not be made or reset.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// Not an address.
    #[error("this is not an e-mail address")]
    Address,
    /// No name.
    #[error("a name has 1 to 100 characters")]
    Name,
    /// Not one of ours.
    #[error("Suoja does not speak this language; write en, sv, fi or ar")]
    Language,
    /// The database or the keys.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The account.
    #[error(transparent)]
    Account(#[from] InviteError),
}

/// The machine as it is.
pub fn this_machine() -> Machine {
    Machine {
        clock: Arc::new(SystemClock),
        randomness: Arc::new(SystemRandomness),
        password_cost: PasswordCost::default(),
    }
}

/// `suoja serve`: until the process is told to end.
pub async fn serve(configuration: &Configuration) -> Result<(), StartError> {
    let app = Arc::new(running::open(configuration, Kind::Real, this_machine()).await?);
    run(configuration, app).await
}

/// `suoja demo`: the same with made-up cases, in folders of their own.
pub async fn demo(configuration: &Configuration, cases: usize, database: Option<String>) -> anyhow::Result<()> {
    let configuration = configuration.clone().made_up(Kind::Demo, database);
    let app = Arc::new(demo::open(&configuration, cases, &mut io::stdout()).await?);
    Ok(run(&configuration, app).await?)
}

/// `suoja training`: the same with lessons.
pub async fn training(configuration: &Configuration) -> anyhow::Result<()> {
    let configuration = configuration.clone().made_up(Kind::Training, None);
    let app = Arc::new(training::open(&configuration, &mut io::stdout()).await?);
    Ok(run(&configuration, app).await?)
}

/// `suoja demo --code`, `suoja training --code`: the six digits of the accounts.
pub fn digits(configuration: &Configuration, kind: Kind) -> anyhow::Result<()> {
    demo::print_digits(&configuration.clone().made_up(kind, None), &mut io::stdout())
}

async fn run(configuration: &Configuration, app: Arc<App>) -> Result<(), StartError> {
    let signals = ending_signals();
    let first = invitation::first_invitation(&app.casework).await?;
    let running = running::start(configuration, app).await?;
    say(&format!("Suoja is at {}", configuration.address));
    if let Some(token) = first {
        say(&format!("Create the first administrator: {}", link(configuration, Language::En, &token)));
    }
    if running.console_address.is_some() {
        say(&format!("The console is at {}", configuration.console_address));
    }
    told_to_end(signals).await;
    tracing::info!("ending; requests under way are finished first");
    running.stop().await;
    Ok(())
}

/// `suoja admin create`.
pub async fn create_administrator(
    configuration: &Configuration,
    address: &str,
    name: &str,
    language: &str,
) -> Result<(), AdminError> {
    let address = address.parse().map_err(|_| AdminError::Address)?;
    let name = Words::parse(name, NAME).map_err(|_| AdminError::Name)?;
    let spoken: Language = language.parse().map_err(|_| AdminError::Language)?;
    let app = running::open(configuration, Kind::Real, this_machine()).await?;
    let code = language.parse().map_err(|_| AdminError::Language)?;
    let token = invitation::create_administrator(&app.casework, address, name, code).await?;
    say(&format!("One-time link: {}", link(configuration, spoken, &token)));
    app.casework.storage.close().await;
    Ok(())
}

/// `suoja admin reset`.
pub async fn reset_administrator(configuration: &Configuration, address: &str) -> Result<(), AdminError> {
    let address = address.parse().map_err(|_| AdminError::Address)?;
    let app = running::open(configuration, Kind::Real, this_machine()).await?;
    let token = invitation::reset_by_address(&app.casework, &address).await?;
    say(&format!("One-time link: {}", link(configuration, Language::En, &token)));
    app.casework.storage.close().await;
    Ok(())
}

fn link(configuration: &Configuration, language: Language, token: &CookieToken) -> String {
    let path = Welcome { language, token: token.to_string() };
    format!("{}{path}", configuration.console_address.as_str().trim_end_matches('/'))
}

/// `suoja migrate`.
pub async fn migrate(configuration: &Configuration) -> Result<(), StartError> {
    running::make_data_folder(configuration)?;
    let storage = Storage::open(configuration.database.expose_secret()).await?;
    storage.migrate().await?;
    storage.close().await;
    say("The database's schema is up to date.");
    Ok(())
}

/// Listening begins here: before anyone is told that the process runs, so that no signal is missed.
fn ending_signals() -> io::Result<(Signal, Signal)> {
    Ok((signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?))
}

async fn told_to_end(signals: io::Result<(Signal, Signal)>) {
    let Ok((mut terminate, mut interrupt)) = signals else {
        tracing::error!("the system gives no signals; end the process by force");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// A line for whoever started it. If nobody reads, nothing is lost.
fn say(line: &str) {
    let _unread = writeln!(io::stdout(), "{line}");
}
