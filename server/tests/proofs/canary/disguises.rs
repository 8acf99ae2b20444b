//! The forms in which a word can hide: raw, hexadecimal, base64 at any offset, UTF-16, percent- and JSON-escaped.

use std::collections::{BTreeSet, HashMap};

use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXUPPER};

/// A search for many words at once.
pub struct Search {
    /// What may begin with these bytes: the word's name, the disguise, and the whole form.
    by_start: HashMap<[u8; START], Vec<Form>>,
}

struct Form {
    name: String,
    disguise: &'static str,
    bytes: Vec<u8>,
}

/// No form is shorter.
const START: usize = 4;

/// A word that was found.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Which.
    pub name: String,
    /// How it was disguised.
    pub disguise: &'static str,
}

impl Search {
    /// For these words, each with a name.
    pub fn new<'a>(words: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut by_start: HashMap<[u8; START], Vec<Form>> = HashMap::new();
        for (name, word) in words {
            for (disguise, bytes) in disguises(word) {
                let start = *bytes.first_chunk().expect("no form is so short");
                by_start.entry(start).or_default().push(Form { name: name.to_owned(), disguise, bytes });
            }
        }
        Self { by_start }
    }

    /// All that stand in these bytes, each once.
    pub fn all_in(&self, bytes: &[u8]) -> BTreeSet<Found> {
        let mut found = BTreeSet::new();
        for (at, start) in bytes.windows(START).enumerate() {
            let Some(forms) = <&[u8; START]>::try_from(start).ok().and_then(|start| self.by_start.get(start)) else {
                continue;
            };
            let here = forms.iter().filter(|form| bytes[at..].starts_with(&form.bytes));
            found.extend(here.map(|form| Found { name: form.name.clone(), disguise: form.disguise }));
        }
        found
    }
}

/// Every form of a word.
fn disguises(word: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = word.as_bytes();
    let mut forms = vec![
        ("raw", bytes.to_vec()),
        ("upper case", word.to_uppercase().into_bytes()),
        ("hex", HEXLOWER.encode(bytes).into_bytes()),
        ("HEX", HEXUPPER.encode(bytes).into_bytes()),
        ("UTF-16, little end first", word.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16, big end first", word.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("percent-escaped", bytes.iter().flat_map(|byte| format!("%{byte:02X}").into_bytes()).collect()),
        ("percent-escaped, lower case", bytes.iter().flat_map(|byte| format!("%{byte:02x}").into_bytes()).collect()),
        ("JSON-escaped", word.encode_utf16().flat_map(|unit| format!("\\u{unit:04x}").into_bytes()).collect()),
        ("as a list of numbers", listed(bytes).into_bytes()),
    ];
    for offset in 0..3 {
        forms.push(("base64", in_base64(&BASE64, bytes, offset)));
        forms.push(("base64url", in_base64(&BASE64URL, bytes, offset)));
    }
    forms
}

/// As a debug print shows bytes.
fn listed(bytes: &[u8]) -> String {
    bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ")
}

/// What of a word's base64 does not depend on its neighbours, with so many bytes before it.
fn in_base64(encoding: &data_encoding::Encoding, bytes: &[u8], offset: usize) -> Vec<u8> {
    let mut shifted = vec![0; offset];
    shifted.extend_from_slice(bytes);
    let encoded = encoding.encode(&shifted).into_bytes();
    let first = (offset * 8).div_ceil(6);
    let last = shifted.len() * 8 / 6;
    encoded[first..last].to_vec()
}

#[test]
fn a_word_is_found_in_every_disguise() {
    let word = "cnry-\"ä\"-7f3a";
    let search = Search::new([("word", word)]);
    for (disguise, form) in disguises(word) {
        for before in [b"".as_slice(), b"x", b"words before it "] {
            let hidden = [before, &form, b" and after"].concat();
            let found = search.all_in(&hidden);
            assert!(found.iter().any(|found| found.disguise == disguise), "{disguise}: {found:?}");
        }
    }
    for before in ["", "1", "22", "333"] {
        let encoded = BASE64.encode(format!("{before}{word}, and more").as_bytes());
        assert!(!search.all_in(encoded.as_bytes()).is_empty(), "base64 after {before:?}");
    }
    assert!(search.all_in(b"nothing of the kind").is_empty());
}
