//! After a form was sent: its page comes again and says what was done, which stands in its address.

use leptos::prelude::*;
use serde::Deserialize;

use crate::drawings;

/// In the address: what was just done.
#[derive(Deserialize)]
pub struct Outcome<D> {
    /// Nothing when the page was simply opened.
    pub done: Option<D>,
}

/// Says it.
pub fn flash(words: String) -> impl IntoView {
    view! { <p class="flash" role="status">{drawings::check()} {words}</p> }
}
