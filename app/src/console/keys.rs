//! The console by keyboard: the sheet of keys that `?` opens (`public/console.js`).
//!
//! Whatever carries `data-key` is pressed, or takes the focus, by that key; the sheet lists what the page has of it. Without
//! script there are no such keys, no sheet and no button for it: everything is in the order of Tab.

use leptos::prelude::*;

use crate::say;
use crate::words::Language;

/// The button that opens the sheet.
pub fn button(language: Language) -> impl IntoView {
    view! { <button type="button" data-opens="keys" hidden>{say!(language, "console.keys.button")} " " <kbd aria-hidden="true">"?"</kbd></button> }
}

/// The sheet. Single keys can be switched off, for those who speak to their computer (WCAG 2.2, 2.1.4).
pub fn sheet(language: Language) -> impl IntoView {
    let row = |key: &'static str, words: &str| view! { <tr><th scope="row"><kbd>{key}</kbd></th><td>{say!(language, words)}</td></tr> };
    view! {
        <dialog id="keys" class="keys" aria-labelledby="keys-title">
            <h2 id="keys-title">{say!(language, "console.keys.title")}</h2>
            <table class="table">
                <caption class="visually-hidden">{say!(language, "console.keys.title")}</caption>
                <tbody>
                    {row("?", "console.keys.sheet")}
                    {row("j", "console.keys.next_row")}
                    {row("k", "console.keys.previous_row")}
                </tbody>
            </table>
            <label class="opt"><input type="checkbox" checked /><span>{say!(language, "console.keys.on")}<small>{say!(language, "console.keys.on_hint")}</small></span></label>
            <form method="dialog"><button class="btn quiet">{say!(language, "console.keys.close")}</button></form>
        </dialog>
        <script src="/console.js" defer></script>
    }
}
