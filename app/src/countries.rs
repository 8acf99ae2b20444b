//! The countries people choose from, by ISO 3166-1 alpha-2 code; their names are words like all others.

use crate::form::Choice;
use crate::operator::Operator;
use crate::say;
use crate::words::Language;

/// Every country and territory there is a name for, sorted by code.
#[rustfmt::skip]
pub const CODES: [&str; 244] = [
    "AC", "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA", "BB", "BD",
    "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BW", "BY", "BZ", "CA", "CC",
    "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ",
    "DK", "DM", "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB",
    "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GT", "GU", "GW", "GY", "HK", "HN", "HR",
    "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI",
    "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA",
    "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW",
    "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF",
    "PG", "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW", "SA", "SB",
    "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV", "SX", "SY", "SZ",
    "TC", "TD", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "US", "UY",
    "UZ", "VA", "VC", "VE", "VG", "VI", "VN", "VU", "WF", "WS", "XK", "YE", "YT", "ZA", "ZM", "ZW",
];

/// Whether it is a code of ours.
pub fn is_known(code: &str) -> bool {
    CODES.binary_search(&code).is_ok()
}

/// The country's name; the code itself if it has none.
pub fn name(language: Language, code: &str) -> String {
    if is_known(code) { say!(language, format!("country.{code}")) } else { code.to_owned() }
}

/// All countries to choose one from: the operator's first, then the others.
pub fn choices(operator: &Operator, language: Language) -> Vec<Choice> {
    let mut choices = of_operator(operator, language);
    choices.extend(others(operator, language));
    choices
}

/// The operator's countries, in their order.
pub fn of_operator(operator: &Operator, language: Language) -> Vec<Choice> {
    operator.countries.iter().map(|code| Choice::new(code, name(language, code))).collect()
}

/// All but the operator's, by name.
pub fn others(operator: &Operator, language: Language) -> Vec<Choice> {
    let mut others: Vec<Choice> = CODES
        .into_iter()
        .filter(|code| !operator.countries.iter().any(|first| first == code))
        .map(|code| Choice::new(code, name(language, code)))
        .collect();
    others.sort_by_cached_key(|choice| choice.label.to_lowercase());
    others
}
