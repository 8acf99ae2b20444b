//! How easily words to a child read: sentences that are too long, words that are long or hard, and what could be said
//! instead. Hints for whoever writes; nothing is ever refused for them.

use crate::say;
use crate::words::Language;

/// Most words of a sentence for a nine-year-old.
const LONGEST_SENTENCE: usize = 15;
/// Most hints at once: more help nobody.
const MOST: usize = 6;
/// Hard words by language, by their beginning, with plain ones.
const HARD: &str = include_str!("../../data/hard_words.tsv");
/// How many words of a sentence name it.
const NAMED_BY: usize = 5;

/// Something that could be easier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// A sentence of so many words, named by its first ones.
    LongSentence {
        /// Its beginning.
        start: String,
        /// How many words it has.
        words: usize,
    },
    /// A hard word, and what could be said.
    HardWord {
        /// As it was written.
        word: String,
        /// A plain one.
        plain: &'static str,
    },
    /// A long word.
    LongWord(String),
}

impl Hint {
    /// The hint in words.
    pub fn words(&self, console: Language) -> String {
        match self {
            Self::LongSentence { start, words } => {
                say!(console, "case.plain.long_sentence", start = start, words = words)
            }
            Self::HardWord { word, plain } => say!(console, "case.plain.hard_word", word = word, plain = plain),
            Self::LongWord(word) => say!(console, "case.plain.long_word", word = word),
        }
    }
}

/// What could be easier in a text of this language, in the order it stands there; hard words before long ones.
pub fn hints(language: Language, text: &str) -> Vec<Hint> {
    let sentences = text.split(['.', '!', '?', '؟', '…', '\n']).filter_map(long_sentence);
    let words = text.split(|character: char| !is_of_word(character)).filter(|word| !word.is_empty());
    let (hard, long): (Vec<Hint>, Vec<Hint>) = words
        .filter_map(|word| hard_word(language, word).or_else(|| long_word(language, word)))
        .partition(|hint| matches!(hint, Hint::HardWord { .. }));
    let mut hints = Vec::new();
    for hint in sentences.chain(hard).chain(long) {
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    hints.truncate(MOST);
    hints
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || ['-', '\'', '’'].contains(&character)
}

fn long_sentence(sentence: &str) -> Option<Hint> {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let start = words.iter().take(NAMED_BY).copied().collect::<Vec<_>>().join(" ");
    (words.len() > LONGEST_SENTENCE).then_some(Hint::LongSentence { start, words: words.len() })
}

fn hard_word(language: Language, word: &str) -> Option<Hint> {
    let lower = word.to_lowercase();
    let rows = HARD.lines().filter(|line| !line.starts_with('#')).map(|line| line.splitn(3, '\t'));
    let plain =
        rows.filter_map(|mut row| Some((row.next()?, row.next()?, row.next()?))).find_map(|(of, hard, plain)| {
            (of == language.code() && lower.starts_with(&hard.to_lowercase())).then_some(plain)
        })?;
    Some(Hint::HardWord { word: word.to_owned(), plain })
}

/// Swedish and Finnish write in one word what English writes in three; Arabic words are short.
fn long_word(language: Language, word: &str) -> Option<Hint> {
    let most = match language {
        Language::En => 13,
        Language::Sv => 17,
        Language::Fi => 19,
        Language::Ar => 11,
    };
    (word.chars().count() > most).then(|| Hint::LongWord(word.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_sentences_of_plain_words_need_no_hint() {
        for (language, text) in [
            (Language::En, "We read it. The picture is gone now. You did nothing wrong."),
            (Language::Fi, "Luimme sen. Kuva on nyt poissa. Et tehnyt mitään väärää."),
            (Language::Ar, "قرأناها. الصورة اختفت الآن. لم تفعل شيئًا خاطئًا."),
        ] {
            assert_eq!(hints(language, text), [], "{text}");
        }
    }

    #[test]
    fn long_sentences_hard_and_long_words_are_named_once_each() {
        let text = "The perpetrator is known. We are investigating it and we will write to you again as soon as there is \
            something new that you should know. Perpetrator? Internationalisation.";
        let found = hints(Language::En, text);
        let start = "We are investigating it and".to_owned();
        assert_eq!(found[0], Hint::LongSentence { start, words: 22 });
        let hard: Vec<_> = found.iter().filter(|hint| matches!(hint, Hint::HardWord { .. })).collect();
        assert_eq!(hard.len(), 3, "{found:?}: perpetrator, investigating, Perpetrator");
        assert_eq!(found.last(), Some(&Hint::LongWord("Internationalisation".to_owned())));
    }

    #[test]
    fn every_hard_word_is_of_a_language_of_ours_and_has_a_plain_one() {
        for line in HARD.lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            assert_eq!(columns.len(), 3, "{line}");
            assert!(columns[0].parse::<Language>().is_ok() && !columns[2].is_empty(), "{line}");
        }
    }
}
