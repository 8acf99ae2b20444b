//! Each URL, once, as a type: its pattern routes, its `Display` links, its fields are parsed by axum's `Path`.

use std::fmt;

use serde::Deserialize;

use crate::words::Language;

/// A URL of ours.
pub trait Url: fmt::Display {
    /// As axum routes it.
    const PATTERN: &'static str;
}

macro_rules! urls {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* } = $pattern:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize)]
        #[allow(missing_docs)]
        pub struct $name { $(pub $field: $type),* }

        impl Url for $name {
            const PATTERN: &'static str = $pattern;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let path = Self::PATTERN.to_owned();
                $(let path = path.replace(concat!("{", stringify!($field), "}"), &self.$field.to_string());)*
                f.write_str(&path)
            }
        }
    )*};
}

urls! {
    /// Chooses a language and goes to [`Home`].
    Root {} = "/";
    /// The five doors.
    Home { language: Language } = "/{language}";
    /// Where *Leave quickly* goes: ends what is under way here, then leads to a neutral site.
    Leave {} = "/leave";
    /// Helplines and emergency numbers.
    Help { language: Language } = "/{language}/help";
    /// What is kept, for how long, who can read it.
    Privacy { language: Language } = "/{language}/privacy";
    /// Who runs this, and how it works.
    About { language: Language } = "/{language}/about";
    /// Opens a case by its code.
    Code { language: Language } = "/{language}/code";
    /// The reporter's own case.
    MyCase { language: Language } = "/{language}/case";
    /// The staff's door.
    SignIn { language: Language } = "/{language}/console/sign-in";
    /// The queue.
    Queue { language: Language } = "/{language}/console";
}
