//! What `suoja serve` is: the application opened, its routes with everything around them, listeners and workers.

use std::fs::DirBuilder;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::help::HelpDirectory;
use app::paths::SignIn;
use app::visit::Visit;
use app::{App, Sends};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Redirect;
use axum::routing::get;
use casework::Casework;
use casework::clock::Clock;
use casework::installation::{self, InstallationError, Kind};
use casework::live::Changes;
use casework::randomness::Randomness;
use casework::storage::{Storage, StorageError};
use casework::vault::password::{PasswordCost, PasswordHashing};
use casework::vault::server_keys::ServerKeys;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::assets::{self, Assets};
use crate::caller::Caller;
use crate::configuration::{Configuration, ConfigurationError};
use crate::keys::{self, KeysError};
use crate::mail::{MailFailure, Mailer};
use crate::middleware::{around, headers, log};
use crate::workers::{self, Surroundings};
use crate::{health, listeners, partners};

/// Passwords hashed at the same time; each takes one processor and some memory.
const PASSWORDS_AT_ONCE: usize = 2;

/// What the application takes from the machine. A test brings its own.
pub struct Machine {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub randomness: Arc<dyn Randomness>,
    /// How slow password hashing is.
    pub password_cost: PasswordCost,
}

/// Why it does not start. Each says how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The database belongs to something else.
    #[error(transparent)]
    Installation(#[from] InstallationError),
    /// The database can't be used.
    #[error("the database can't be used: {0}. Is it running, and is `database` right?")]
    Storage(#[from] StorageError),
    /// The schema is another version's.
    #[error("the database's schema is not the one this version was built for. Run `suoja migrate`")]
    OtherSchema,
    /// A use case failed while starting.
    #[error(transparent)]
    Casework(#[from] casework::Error),
    /// The data folder can't be made.
    #[error("the data folder {0} can't be made: {1}")]
    DataFolder(PathBuf, io::Error),
    /// The site has not been built.
    #[error("the built site can't be read from {0}: {1}. Run `make site`, or set site_folder")]
    Site(PathBuf, io::Error),
    /// The address is taken, or not this machine's.
    #[error("nothing can listen on {0}: {1}. Stop what uses it, or set another address")]
    Listen(SocketAddr, io::Error),
    /// This machine's root certificates.
    #[error("this machine's root certificates can't be read: {0}. Install ca-certificates")]
    Certificates(io::Error),
    /// The mail server's settings make no sense.
    #[error("mail: {0}")]
    Mail(#[from] MailFailure),
}

/// Opens database and keys, making both the first time, and brings the schema up to date.
pub async fn open(configuration: &Configuration, kind: Kind, machine: Machine) -> Result<App, StartError> {
    make_data_folder(configuration)?;
    let storage = Storage::open(configuration.database.expose_secret()).await?;
    let keys = keys_of(configuration, &storage, &*machine.randomness).await?;
    storage.migrate().await?;
    installation::claim(&storage, &keys.key_id(), kind, machine.clock.now()).await?;
    let without_slash = |address: &url::Url| address.as_str().trim_end_matches('/').to_owned();
    Ok(App {
        casework: Casework {
            storage,
            passwords: PasswordHashing::new(&keys, machine.password_cost, PASSWORDS_AT_ONCE),
            clock: machine.clock,
            randomness: machine.randomness,
            keys,
            hours: configuration.opening_hours.clone(),
            host_countries: configuration.host_countries.clone(),
            near: Arc::default(),
            changes: Changes::default(),
        },
        operator: configuration.operator.clone(),
        help: HelpDirectory::shipped(),
        hash_modules: assets::hash_modules(&configuration.site_folder),
        address: without_slash(&configuration.address),
        console_address: without_slash(&configuration.console_address),
        sends: Sends { mail: configuration.mail.is_some(), alarm_call: configuration.alarm.is_some() },
        kind,
    })
}

/// Whether a database is there that was used before. Makes nothing; a schema that is not current is a finding.
pub async fn is_made(configuration: &Configuration) -> Result<bool, StartError> {
    let database = configuration.database.expose_secret();
    if database.strip_prefix("sqlite:").is_some_and(|file| !Path::new(file).exists()) {
        return Ok(false);
    }
    let storage = Storage::open(database).await?;
    let is_claimed = installation::is_claimed(&storage).await?;
    let is_current = storage.schema_is_current().await?;
    storage.close().await;
    if is_claimed && !is_current {
        return Err(StartError::OtherSchema);
    }
    Ok(is_claimed)
}

/// Makes the data folder if it is missing, closed to others.
pub fn make_data_folder(configuration: &Configuration) -> Result<(), StartError> {
    let data = &configuration.data_folder;
    let made = DirBuilder::new().recursive(true).mode(0o700).create(data);
    made.map_err(|cause| StartError::DataFolder(data.clone(), cause))
}

/// New keys only for a new database: one that has been used opens with its own or not at all.
async fn keys_of(
    configuration: &Configuration,
    storage: &Storage,
    randomness: &dyn Randomness,
) -> Result<ServerKeys, StartError> {
    let (folder, data) = (&configuration.key_folder, &configuration.data_folder);
    if keys::exist(folder) || installation::is_claimed(storage).await? {
        return Ok(keys::read(folder, data)?);
    }
    Ok(keys::create(folder, data, randomness)?)
}

/// A started Suoja.
pub struct Running {
    /// Where the pages are.
    pub address: SocketAddr,
    /// Where the console is, if not there.
    pub console_address: Option<SocketAddr>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
    app: Arc<App>,
}

/// Starts listeners and workers.
pub async fn start(configuration: &Configuration, app: Arc<App>) -> Result<Running, StartError> {
    let site = &configuration.site_folder;
    let assets = Assets::read(site).map_err(|cause| StartError::Site(site.clone(), cause))?;
    let mailer = configuration.mail.as_ref().map(Mailer::new).transpose()?;
    if mailer.is_none() {
        tracing::warn!("no [mail] is configured: notices and other mails wait until it is");
    }
    let caller = configuration.alarm.as_ref().map(Caller::new).transpose().map_err(StartError::Certificates)?;
    let listener = bind(configuration.listen).await?;
    let console_listener = match configuration.console_listen {
        Some(at) => Some(bind(at).await?),
        None => None,
    };
    let address = listener.local_addr().unwrap_or(configuration.listen);
    let console_address = console_listener.as_ref().and_then(|listener| listener.local_addr().ok());

    let stop = CancellationToken::new();
    let data_folder = configuration.data_folder.clone();
    let surroundings = Surroundings { app: app.clone(), mailer, caller, data_folder, stop: stop.clone() };
    let mut tasks = workers::start(&Arc::new(surroundings));
    let mut pages = app::public::router();
    match console_listener {
        None => pages = pages.merge(app::console::router()),
        Some(listener) => {
            let console = app::console::router().route("/", get(to_sign_in));
            let is_secure = App::is_secure(&app.console_address);
            let console = complete(console, &assets, &app, configuration, is_secure);
            tasks.spawn(listeners::serve(listener, console, stop.clone()));
        }
    }
    let pages = complete(pages, &assets, &app, configuration, App::is_secure(&app.address));
    tasks.spawn(listeners::serve(listener, pages, stop.clone()));
    Ok(Running { address, console_address, stop, tasks, app })
}

/// Pages with what goes around them; beside them files and health, which need less. `is_secure`: they are reached over TLS.
fn complete(
    pages: Router<Arc<App>>,
    assets: &Assets,
    app: &Arc<App>,
    configuration: &Configuration,
    is_secure: bool,
) -> Router {
    around(pages, app, &configuration.limits)
        .merge(partners::router(app, &configuration.limits))
        .merge(assets.router())
        .merge(health::router())
        .layer(from_fn_with_state((app.clone(), is_secure), headers::secure))
        .layer(from_fn(log::request))
        .with_state(app.clone())
}

async fn to_sign_in(visit: Visit) -> Redirect {
    Redirect::to(&SignIn { language: visit.language }.to_string())
}

async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|cause| StartError::Listen(address, cause))
}

impl Running {
    /// Ends it: no new requests, those accepted are finished, workers end after what they are doing.
    pub async fn stop(mut self) {
        self.stop.cancel();
        self.app.casework.changes.end();
        while self.tasks.join_next().await.is_some() {}
        self.app.casework.storage.close().await;
    }
}
