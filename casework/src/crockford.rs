//! Crockford's base 32 (<https://www.crockford.com/base32.html>): what people read aloud, copy by hand and type on any
//! keyboard. Reading is forgiving; writing is not.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// The 32 symbols: no I, L, O (they look like 1, 1 and 0) and no U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The symbol with the value `value` (only its five lowest bits count).
pub(crate) fn symbol(value: u8) -> char {
    ALPHABET.get(usize::from(value & 31)).copied().map_or('0', char::from)
}

/// Writes the values as symbols, in groups of `group` with hyphens between.
pub(crate) fn grouped(values: &[u8], group: usize) -> String {
    let mut text = String::with_capacity(values.len() + values.len() / group.max(1));
    for (position, &value) in values.iter().enumerate() {
        if position > 0 && position % group == 0 {
            text.push('-');
        }
        text.push(symbol(value));
    }
    text
}

/// Reads values (0..32) from what a person typed: any case, any spaces and hyphens, digits of any common script, letters
/// that look like ours.
///
/// # Errors
/// The first character that can stand for no symbol.
pub(crate) fn values(text: &str) -> Result<Zeroizing<Vec<u8>>, char> {
    let mut values = Zeroizing::new(Vec::with_capacity(text.len()));
    for typed in text.nfkc().filter(|&typed| !is_separator(typed)) {
        values.push(value(typed).ok_or(typed)?);
    }
    Ok(values)
}

fn value(typed: char) -> Option<u8> {
    let symbol = match fold(typed) {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let position = ALPHABET.iter().position(|&known| char::from(known) == symbol)?;
    u8::try_from(position).ok()
}

/// The first decimal digit of each script whose digits a keyboard or a screen may produce. Unicode keeps a script's ten
/// digits together, in order. Full-width and mathematical digits are folded by NFKC before.
const ZEROS: [char; 27] = [
    '\u{0660}', '\u{06F0}', '\u{07C0}', '\u{0966}', '\u{09E6}', '\u{0A66}', '\u{0AE6}', '\u{0B66}', '\u{0BE6}',
    '\u{0C66}', '\u{0CE6}', '\u{0D66}', '\u{0DE6}', '\u{0E50}', '\u{0ED0}', '\u{0F20}', '\u{1040}', '\u{1090}',
    '\u{17E0}', '\u{1810}', '\u{1946}', '\u{19D0}', '\u{1A80}', '\u{1B50}', '\u{1BB0}', '\u{A8D0}', '\u{ABF0}',
];

/// A digit of any script as 0–9, a Cyrillic or Greek letter as the Latin capital it looks like, a letter as its capital.
fn fold(typed: char) -> char {
    for zero in ZEROS {
        let distance = u32::from(typed).wrapping_sub(u32::from(zero));
        if let Some(digit) = char::from_digit(distance, 10) {
            return digit;
        }
    }
    match typed {
        'А' | 'а' | 'Α' | 'α' => 'A',
        'В' | 'в' | 'Β' | 'β' => 'B',
        'С' | 'с' => 'C',
        'Е' | 'е' | 'Ε' | 'ε' => 'E',
        'Н' | 'н' | 'Η' | 'η' => 'H',
        'І' | 'і' | 'Ι' | 'ι' | 'ı' | 'İ' => 'I',
        'К' | 'к' | 'Κ' | 'κ' => 'K',
        'М' | 'м' | 'Μ' | 'μ' => 'M',
        'Ν' | 'ν' => 'N',
        'О' | 'о' | 'Ο' | 'ο' => 'O',
        'Р' | 'р' | 'Ρ' | 'ρ' => 'P',
        'Ѕ' | 'ѕ' => 'S',
        'Т' | 'т' | 'Τ' | 'τ' => 'T',
        'Х' | 'х' | 'Χ' | 'χ' => 'X',
        'У' | 'у' | 'Υ' | 'υ' => 'Y',
        'Ζ' | 'ζ' => 'Z',
        other => other.to_ascii_uppercase(),
    }
}

/// Spaces, dashes of any script and the invisible marks that come along when text is copied.
fn is_separator(typed: char) -> bool {
    typed.is_whitespace()
        || matches!(typed,
            '-' | '_' | '.' | '·' | '\u{00AD}' | '\u{058A}' | '\u{05BE}' | '\u{0640}' | '\u{06D4}' | '\u{1806}'
            | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2E3A}' | '\u{2E3B}' | '\u{301C}' | '\u{3030}' | '\u{30FC}'
            | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
            | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<u8>, char> {
        values(text).map(|values| values.to_vec())
    }

    #[test]
    fn every_symbol_is_read_back_in_either_case() {
        for value in 0..32 {
            let upper = symbol(value).to_string();
            assert_eq!(read(&upper), Ok(vec![value]));
            assert_eq!(read(&upper.to_lowercase()), Ok(vec![value]));
        }
    }

    #[test]
    fn look_alikes_and_digits_of_other_scripts_are_understood() {
        assert_eq!(read("oOiIlL"), read("001111"));
        for digits in ["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "๐๑๒๓๔๕๖๗๘๙", "０１２３４５６７８９"]
        {
            assert_eq!(read(digits), read("0123456789"), "{digits}");
        }
        assert_eq!(read("ＡＢＣ"), read("ABC"));
        assert_eq!(read("АВС"), read("ABC"), "Cyrillic");
    }

    #[test]
    fn spaces_hyphens_and_invisible_marks_do_not_count() {
        let plain = read("7KQ2F9");
        for typed in ["7KQ-2F9", " 7k q2 f9\n", "7KQ–2F9", "7KQ\u{2011}2F9", "\u{200F}7KQ2F9\u{202C}", "7KQ−2F9"] {
            assert_eq!(read(typed), plain, "{typed:?}");
        }
    }

    #[test]
    fn the_first_character_that_means_nothing_is_named() {
        assert_eq!(read("7K!"), Err('!'));
        assert_eq!(read("7U2"), Err('U'));
        assert_eq!(read("猫"), Err('猫'));
    }

    #[test]
    fn groups_have_hyphens_between_them_only() {
        assert_eq!(grouped(&[1, 2, 3, 4, 5], 2), "12-34-5");
        assert_eq!(grouped(&[1, 2], 2), "12");
    }
}
