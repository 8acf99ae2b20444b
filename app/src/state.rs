//! What every handler is given.

use casework::Casework;
use casework::installation::Kind;

use crate::help::HelpDirectory;
use crate::islands::hash_modules::HashModules;
use crate::operator::Operator;
use crate::say;
use crate::words::Language;

/// The application: built once by the server, shared by all handlers as `State<Arc<App>>`.
pub struct App {
    /// The use cases' surroundings.
    pub casework: Casework,
    /// Who runs this Suoja, as they configured it.
    pub operator: Operator,
    /// Helplines and emergency numbers by country.
    pub help: HelpDirectory,
    /// The hashing module's builds, as they are served.
    pub hash_modules: HashModules,
    /// The address people reach the pages at, without a trailing slash.
    pub address: String,
    /// The address staff reach the console at, without a trailing slash: for links in mails to them.
    pub console_address: String,
    /// What can leave this installation.
    pub sends: Sends,
    /// Whether cases are real.
    pub kind: Kind,
}

/// What the operator set up to reach people and machines outside. What isn't set up waits in the outbox.
#[derive(Clone, Copy, Debug)]
pub struct Sends {
    /// Mail.
    pub mail: bool,
    /// The alarm's call to a web address.
    pub alarm_call: bool,
}

impl App {
    /// What every page says where nothing is real.
    pub fn mark(&self, language: Language) -> Option<String> {
        match self.kind {
            Kind::Real => None,
            Kind::Demo => Some(say!(language, "frame.demo")),
            Kind::Training => Some(say!(language, "frame.training")),
        }
    }

    /// Whether an address is reached over TLS: true but for plain loopback.
    pub fn is_secure(address: &str) -> bool {
        address.starts_with("https:")
    }
}
