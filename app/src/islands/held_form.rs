//! Holding a form back while a fingerprint is being made: what is not made yet would not be sent, and be lost.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, SubmitEvent};

use super::hash_files::{Hold, NOT_READY, Pressed};

/// Stops the form of this id as long as it must wait, and moves the focus to what says why.
pub fn watch(form: String, hold: Hold) {
    let _as_long_as_the_page = window_event_listener(leptos::ev::submit, move |event: SubmitEvent| {
        let sent = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if sent.is_none_or(|sent| sent.id() != form) || may_go(hold) {
            return;
        }
        event.prevent_default();
        hold.pressed.set(Some(pressed(&event)));
        focus_why();
    });
}

/// The wish to go on without what is not made counts once.
fn may_go(hold: Hold) -> bool {
    if hold.goes_on.get_untracked() {
        hold.goes_on.set(false);
        return true;
    }
    !hold.busy.get_untracked()
}

fn pressed(event: &SubmitEvent) -> Pressed {
    let Some(button) = event.submitter() else { return Pressed::default() };
    Pressed {
        name: button.get_attribute("name").unwrap_or_default(),
        value: button.get_attribute("value").unwrap_or_default(),
        action: button.get_attribute("formaction"),
    }
}

fn focus_why() {
    let why = document().get_element_by_id(NOT_READY);
    if let Some(why) = why.and_then(|why| why.dyn_into::<HtmlElement>().ok()) {
        let _not_focusable = why.focus();
    }
}
