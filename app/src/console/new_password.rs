//! Choosing a password: two fields, and what is wrong with them.

use casework::vault::{NewPassword, NewPasswordError};
use leptos::prelude::*;

use crate::form::{Fields, FormState, Problem, text_field};
use crate::say;
use crate::words::Language;

/// The two fields. They never come back filled.
pub fn fields(language: Language, form: &FormState) -> impl IntoView + use<> {
    let hint = say!(language, "new_password.hint", shortest = NewPassword::SHORTEST);
    view! {
        {text_field(form, "password", say!(language, "new_password.label"), Some(hint), "password", "new-password")}
        {text_field(form, "again", say!(language, "new_password.again"), None, "password", "new-password")}
    }
}

/// The fields beside these that tell of whoever chooses: they are guessed first.
const OF_THE_OWNER: [&str; 3] = ["address", "name", "username"];

/// The password, if both fields hold the same and it will do.
pub fn parse(language: Language, fields: &Fields) -> Result<NewPassword, Problem> {
    let typed = fields.get("password");
    let about = OF_THE_OWNER.map(|field| fields.get(field));
    let chosen = NewPassword::parse(typed.to_owned().into(), &about).map_err(|why| {
        let key = match why {
            NewPasswordError::TooShort => "new_password.too_short",
            NewPasswordError::TooLong => "new_password.too_long",
            NewPasswordError::Guessable => "new_password.guessable",
        };
        Problem::new("password", say!(language, key, shortest = NewPassword::SHORTEST, longest = NewPassword::LONGEST))
    })?;
    if typed != fields.get("again") {
        return Err(Problem::new("again", say!(language, "new_password.differs")));
    }
    Ok(chosen)
}
