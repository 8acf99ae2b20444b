//! Recovery codes, shown once.

use casework::vault::totp::RecoveryCode;
use leptos::prelude::*;

use crate::words::Language;
use crate::{drawings, say};

/// The codes, to be printed or copied into a password manager.
pub fn list(language: Language, codes: &[RecoveryCode]) -> impl IntoView + use<> {
    let codes = codes
        .iter()
        .map(|code| view! { <li><code class="ltr" dir="ltr">{code.printable().to_string()}</code></li> })
        .collect_view();
    view! {
        <p>{say!(language, "welcome.codes.text")}</p>
        <ol class="answers">{codes}</ol>
        <p class="actions">
            <button class="btn quiet" type="button" hidden data-print>{drawings::print()} <span>{say!(language, "welcome.print")}</span></button>
        </p>
    }
}
