//! Words that people write: bounded, in one normal form, without hidden control characters.

use std::{fmt, str::FromStr};

use unicode_normalization::UnicodeNormalization;

/// Free text, trimmed, with `\n` line ends, in Unicode's composed form. Has no `Debug` of its content.
#[derive(Clone, PartialEq, Eq)]
pub struct Words(String);

/// Why a text will not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// There is nothing in it.
    #[error("there is no text")]
    Empty,
    /// It has more characters than fit.
    #[error("the text has {found} characters, {max} fit")]
    TooLong {
        /// How many characters it has.
        found: usize,
        /// How many fit.
        max: usize,
    },
}

impl Words {
    /// Reads a text of at most `max` characters. Control characters are left out, line breaks and tabs excepted; the marks
    /// that right-to-left scripts need stay.
    pub fn parse(typed: &str, max: usize) -> Result<Self, WordsError> {
        let lines = typed.replace("\r\n", "\n").replace('\r', "\n");
        let clean: String =
            lines.nfc().filter(|&character| !character.is_control() || matches!(character, '\n' | '\t')).collect();
        let words = clean.trim();
        if words.is_empty() {
            return Err(WordsError::Empty);
        }
        let found = words.chars().count();
        if found > max {
            return Err(WordsError::TooLong { found, max });
        }
        Ok(Self(words.to_owned()))
    }

    /// As [`parse`](Self::parse), where the field may stay empty.
    pub fn parse_optional(typed: &str, max: usize) -> Result<Option<Self>, WordsError> {
        match Self::parse(typed, max) {
            Ok(words) => Ok(Some(words)),
            Err(WordsError::Empty) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, given away.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Words(…)")
    }
}

/// An e-mail address that mail can be sent to: at most 254 characters (RFC 5321, section 4.5.3.1.3, less the brackets), no
/// quoted names and no address literals, which no mailbox of ours or of a reporter needs. Has no `Debug` of its content.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

/// What was typed is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct NotAnEmailAddress;

impl EmailAddress {
    /// The address, its domain in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmailAddress {
    type Err = NotAnEmailAddress;

    fn from_str(typed: &str) -> Result<Self, NotAnEmailAddress> {
        let (name, domain) = typed.trim().rsplit_once('@').ok_or(NotAnEmailAddress)?;
        let domain = domain.to_lowercase();
        let address = format!("{name}@{domain}");
        let is_address = address.len() <= 254 && is_mailbox(name) && is_domain(&domain);
        is_address.then_some(Self(address)).ok_or(NotAnEmailAddress)
    }
}

/// Dot-separated atoms (RFC 5322, section 3.2.3), at most 64 bytes; letters of all scripts (RFC 6531).
fn is_mailbox(name: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom.chars().all(|character| character.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(character))
    };
    name.len() <= 64 && name.split('.').all(is_atom)
}

/// At least two labels of letters, digits and inner hyphens, at most 63 bytes each.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        matches!(label.len(), 1..=63)
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|character| character.is_alphanumeric() || character == '-')
    };
    domain.contains('.') && domain.split('.').all(is_label)
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EmailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(typed: &str) -> Result<String, WordsError> {
        Words::parse(typed, 20).map(Words::into_string)
    }

    #[test]
    fn text_is_trimmed_and_brought_into_one_form() {
        assert_eq!(words("  hello\r\nyou\rthere \n"), Ok("hello\nyou\nthere".into()));
        assert_eq!(words("a\u{308}"), Ok("ä".into()));
        assert_eq!(words("a\0b\u{7}c\u{1b}[31m\td"), Ok("abc[31m\td".into()));
        let arabic = "\u{200F}مرحبا\u{200E}";
        assert_eq!(words(arabic), Ok(arabic.into()), "marks of right-to-left text stay");
    }

    #[test]
    fn empty_and_long_texts_say_so_in_characters() {
        assert_eq!(words(""), Err(WordsError::Empty));
        assert_eq!(words(" \0\r\n"), Err(WordsError::Empty));
        assert!(words(&"ä".repeat(20)).is_ok());
        assert_eq!(words(&"ä".repeat(21)), Err(WordsError::TooLong { found: 21, max: 20 }));
        assert_eq!(Words::parse_optional(" ", 20), Ok(None));
    }

    #[test]
    fn debug_does_not_show_what_was_written() {
        let shown = format!("{:?} {:?}", Words::parse("secret", 9), "secret@example.org".parse::<EmailAddress>());
        assert!(!shown.contains("secret"));
    }

    #[test]
    fn addresses_are_read_and_others_refused() {
        for (typed, address) in
            [(" Anna.B+x@Example.ORG ", "Anna.B+x@example.org"), ("päivi@esimerkki.example", "päivi@esimerkki.example")]
        {
            let read = typed.parse::<EmailAddress>();
            assert!(read.is_ok_and(|read| read.as_str() == address), "{typed}");
        }
        let long = format!("{}@example.org", "a".repeat(65));
        let longer = format!("a@{}org", "example.".repeat(32));
        for typed in [
            "",
            "@",
            "anna",
            "anna@",
            "@example.org",
            "anna@example",
            "a..b@example.org",
            ".a@example.org",
            "a b@example.org",
            "a@b@example.org",
            "a@-example.org",
            "a@example..org",
            "a@[127.0.0.1]",
            "\"a b\"@example.org",
            "a@example.org\nBcc: b@example.org",
            "a,b@example.org",
            "<a@example.org>",
            &long,
            &longer,
        ] {
            assert!(typed.parse::<EmailAddress>().is_err(), "{typed:?}");
        }
    }
}
