//! What was typed to search for, told by its looks.

use std::str::FromStr;

use crate::location::Location;
use crate::reference::Reference;

/// What was typed, as far as can be told by looking at it.
pub(super) enum Typed {
    /// A case's name; or the name of an account that looks like one.
    Reference(Reference, String),
    Location(Location),
    /// A domain; or the name of an account that looks like one.
    Domain(String, String),
    Fingerprint(Vec<u8>),
    Name(String),
}

impl Typed {
    /// `text` is not empty.
    pub fn read(text: &str) -> Self {
        let bare: String = text.chars().filter(|character| !character.is_whitespace()).collect();
        if let Some(value) = hash(&bare) {
            return Self::Fingerprint(value);
        }
        if let Ok(reference) = text.parse() {
            return Self::Reference(reference, text.to_owned());
        }
        let is_name = text.starts_with('@') || text.chars().any(char::is_whitespace) || !text.contains(['.', '/']);
        if is_name {
            return Self::Name(text.to_owned());
        }
        match Location::from_str(text).or_else(|_| format!("https://{text}").parse()) {
            Ok(location) if is_bare(&location) => Self::Domain(location.registrable_domain(), text.to_owned()),
            Ok(location) => Self::Location(location),
            Err(_) => Self::Name(text.to_owned()),
        }
    }
}

/// An MD5, SHA-1, SHA-256 or PDQ hash in hexadecimal.
fn hash(text: &str) -> Option<Vec<u8>> {
    if ![32, 40, 64].contains(&text.len()) {
        return None;
    }
    data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()
}

/// Only a host, no page of it.
fn is_bare(location: &Location) -> bool {
    let bytes = location.lookup_bytes();
    !bytes.iter().any(|byte| [b'/', b'?', b'#', b':'].contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> &'static str {
        match Typed::read(text) {
            Typed::Reference(..) => "reference",
            Typed::Location(_) => "location",
            Typed::Domain(..) => "domain",
            Typed::Fingerprint(_) => "fingerprint",
            Typed::Name(_) => "name",
        }
    }

    #[test]
    fn what_was_typed_is_told_by_its_looks() {
        for (text, expected) in [
            ("https://pictures.example/p/1", "location"),
            ("hxxps://pictures[.]example/p/1", "location"),
            ("pictures.example/p/1", "location"),
            ("pictures.example", "domain"),
            ("https://www.pictures.example/", "domain"),
            ("d41d8cd98f00b204e9800998ecf8427e", "fingerprint"),
            ("DA39A3EE5E6B4B0D3255BFEF95601890AFD80709", "fingerprint"),
            ("@anna_99", "name"),
            ("anna.lindberg", "domain"),
            ("SU-7KQ2MX", "reference"),
            ("chatter anna.99", "name"),
            ("Chatter", "name"),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }
}
