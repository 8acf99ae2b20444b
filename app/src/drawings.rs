//! Own marks and small drawings, as inline SVG.

use leptos::prelude::*;

/// The mark.
pub fn mark() -> impl IntoView {
    view! { <svg viewBox="0 0 32 32" aria-hidden="true"></svg> }
}

/// A door to go out by.
pub fn leave() -> impl IntoView {
    view! { <svg viewBox="0 0 32 32" aria-hidden="true"></svg> }
}
