//! Who runs this Suoja: their profile, as the configuration file gives it. Pages show it; nothing else knows it.

use std::collections::BTreeMap;

/// The operator's own mark, beside their name on every public page.
#[derive(Clone, Debug)]
pub struct Mark {
    /// `image/svg+xml` or `image/png`.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The operator's profile.
#[derive(Clone, Debug)]
pub struct Operator {
    /// The hotline's name, as people know it.
    pub name: String,
    /// Their mark; without one, the house of Suoja.
    pub mark: Option<Mark>,
    /// Who is responsible for the data, with address, as the privacy page shows it.
    pub responsible: String,
    /// Where to complain or ask about privacy: an e-mail address or a web address.
    pub privacy_contact: String,
    /// The operator's own addition to the privacy page, by language code; sanitised HTML.
    pub privacy_text: BTreeMap<String, String>,
    /// Countries it serves first (ISO 3166 alpha-2), most likely first: chosen beforehand in lists, help shown first.
    pub countries: Vec<String>,
    /// The honest time to a first answer, in hours, while open.
    pub answer_hours: u32,
    /// The DSA trusted-flagger status, if the hotline has one: shown in notices.
    pub trusted_flagger: Option<String>,
    /// The neutral site that *Leave quickly* goes to.
    pub leave_to: String,
    /// How long backups are kept, in days: said truthfully where someone asks for erasure.
    pub backup_days: u32,
    /// The address notices are sent from and answered to.
    pub notice_mailbox: String,
}
