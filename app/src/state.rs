//! What every handler is given.

use casework::Casework;

use crate::help::HelpDirectory;
use crate::islands::hash_modules::HashModules;
use crate::operator::Operator;

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
    /// The address people reach it at, without a trailing slash, for links in mails to staff and providers.
    pub address: String,
    /// Whether cookies carry `Secure`: true but for plain loopback.
    pub secure_cookies: bool,
    /// Made-up cases: every page says so.
    pub demo: bool,
}
