//! Fails the build when the words are not whole: a language lacks a key, a placeholder or a plural form that English has,
//! has one too many, or code asks for a key that does not exist.
//!
//! English leads. Words stand in `locales/AREA.LANGUAGE.toml`; a key with forms `one`, `other`, … is a plural.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::Value;

/// Each language with the plural forms its grammar has (CLDR cardinals).
const LANGUAGES: [(&str, &[&str]); 4] = [
    ("en", &["one", "other"]),
    ("sv", &["one", "other"]),
    ("fi", &["one", "other"]),
    ("ar", &["zero", "one", "two", "few", "many", "other"]),
];
const FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

type Words = BTreeMap<String, String>;

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=src");
    if std::env::var_os("CARGO_FEATURE_SSR").is_none() {
        return;
    }
    let mut complaints = Vec::new();
    let english = read("en", &mut complaints);
    for (language, forms) in &LANGUAGES[1..] {
        let words = read(language, &mut complaints);
        compare(&english, language, &words, forms, &mut complaints);
    }
    for (file, key) in keys_in_code(Path::new("src")) {
        let known = english.contains_key(&key) || english.contains_key(&format!("{key}.other"));
        if !known {
            complaints.push(format!("{}: asks for {key}, which English does not have", file.display()));
        }
    }
    if complaints.is_empty() {
        return;
    }
    for complaint in &complaints {
        println!("cargo::error={complaint}");
    }
    std::process::exit(1);
}

/// All words of a language, with dotted keys.
fn read(language: &str, complaints: &mut Vec<String>) -> Words {
    let mut words = Words::new();
    for path in files(Path::new("locales"), &format!("{language}.toml")) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        match text.parse::<toml::Table>() {
            Ok(table) => flatten("", &Value::Table(table), &mut words),
            Err(error) => complaints.push(format!("{}: {error}", path.display())),
        }
    }
    words.remove("_version");
    words
}

fn flatten(prefix: &str, value: &Value, words: &mut Words) {
    match value {
        Value::Table(table) => {
            for (name, value) in table {
                let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                flatten(&key, value, words);
            }
        }
        Value::String(text) => {
            words.insert(prefix.to_owned(), text.clone());
        }
        other => {
            words.insert(prefix.to_owned(), other.to_string());
        }
    }
}

fn compare(english: &Words, language: &str, words: &Words, forms: &[&str], complaints: &mut Vec<String>) {
    let mut expected = BTreeSet::new();
    for key in english.keys() {
        match plural_of(english, key) {
            Some(stem) => expected.extend(forms.iter().map(|form| format!("{stem}.{form}"))),
            None => {
                expected.insert(key.clone());
            }
        }
    }
    for key in &expected {
        let Some(text) = words.get(key) else {
            complaints.push(format!("{language}: lacks {key}"));
            continue;
        };
        if text.trim().is_empty() {
            complaints.push(format!("{language}: {key} is empty"));
        }
        let (source, plural) = match plural_of(words, key) {
            Some(stem) => (english.get(&format!("{stem}.other")), true),
            None => (english.get(key), false),
        };
        let Some(source) = source else { continue };
        // A plural form may say the number in a word: "one link".
        let ignore = |name: &String| plural && name == "count";
        let wanted: BTreeSet<String> = placeholders(source).into_iter().filter(|name| !ignore(name)).collect();
        let found: BTreeSet<String> = placeholders(text).into_iter().filter(|name| !ignore(name)).collect();
        if wanted != found {
            complaints.push(format!("{language}: {key} has placeholders {found:?}, English {wanted:?}"));
        }
    }
    complaints.extend(
        words.keys().filter(|key| !expected.contains(*key)).map(|key| format!("{language}: {key} is not in English")),
    );
}

/// The stem of a plural's key: `queue.count` of `queue.count.one`, where `queue.count.other` exists.
fn plural_of<'a>(words: &Words, key: &'a str) -> Option<&'a str> {
    let (stem, form) = key.rsplit_once('.')?;
    (FORMS.contains(&form)
        && words.contains_key(&format!("{stem}.other"))
        && words.contains_key(&format!("{stem}.one")))
    .then_some(stem)
}

fn placeholders(text: &str) -> BTreeSet<String> {
    text.split("%{").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect()
}

/// Every key written out in code: the second argument of `say!` and `say_count` where it is a literal.
fn keys_in_code(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut keys = Vec::new();
    for path in files(folder, ".rs") {
        let code: String = fs::read_to_string(&path)
            .unwrap_or_default()
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join(" ");
        for call in code.split("say!(").skip(1).chain(code.split("say_count(").skip(1)) {
            let Some((_, rest)) = call.split_once(',') else { continue };
            let Some(literal) = rest.trim_start().strip_prefix('"') else { continue };
            if let Some((key, _)) = literal.split_once('"') {
                keys.push((path.clone(), key.to_owned()));
            }
        }
    }
    keys
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}
