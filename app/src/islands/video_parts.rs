//! Sending the frames of videos, in parts, when the form is sent: not before, since nothing leaves the device before.

use std::cell::RefCell;
use std::collections::BTreeSet;

use js_sys::{Object, Reflect};
use leptos::prelude::*;
use leptos::wasm_bindgen::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use serde::Serialize;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlFormElement, RequestInit, Response, SubmitEvent};

use super::hash_files::Files;
use super::video::{FRAMES_A_PART, Video};

thread_local! {
    /// Files whose frames were sent, or could not be; by their ids on the page.
    static DEALT_WITH: RefCell<BTreeSet<u32>> = RefCell::default();
}

/// From now on the form waits for the frames that go to `url`.
pub fn before_sending(files: Files, form: &str, url: String) {
    let form = document().get_element_by_id(form);
    let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else { return };
    let target = form.clone();
    let hear = Closure::<dyn FnMut(SubmitEvent)>::new(move |event: SubmitEvent| {
        let videos = unsent(files);
        if videos.is_empty() {
            return;
        }
        event.prevent_default();
        let (form, url, pressed) = (form.clone(), url.clone(), event.submitter());
        spawn_local(async move {
            for (id, video) in videos {
                // The form goes in any case: the exact fingerprints are in it.
                _ = send(&url, &video).await;
                DEALT_WITH.with_borrow_mut(|ids| ids.insert(id));
            }
            _ = form.request_submit_with_submitter(pressed.as_ref());
        });
    });
    _ = target.add_event_listener_with_callback("submit", hear.as_ref().unchecked_ref());
    hear.forget();
}

fn unsent(files: Files) -> Vec<(u32, Video)> {
    let chosen = files.chosen.get_untracked();
    let videos = chosen.into_iter().filter_map(|file| match file.video.get_untracked() {
        Some(video @ Video::Frames { .. }) => Some((file.id, video)),
        _ => None,
    });
    DEALT_WITH.with_borrow(|ids| videos.filter(|(id, _)| !ids.contains(id)).collect())
}

/// A part, as `casework::video::Part` reads it.
#[derive(Serialize)]
struct Part<'a> {
    file: &'a str,
    part: usize,
    parts: usize,
    frames: &'a [String],
}

/// Sends all parts, or as far as it goes.
async fn send(url: &str, video: &Video) -> Result<(), JsValue> {
    let Video::Frames { file, frames, .. } = video else { return Ok(()) };
    let parts = frames.len().div_ceil(FRAMES_A_PART);
    for (part, frames) in frames.chunks(FRAMES_A_PART).enumerate() {
        let body = serde_json::to_string(&Part { file, part, parts, frames }).unwrap_or_default();
        let headers = Object::new();
        Reflect::set(&headers, &"content-type".into(), &"application/json".into())?;
        let request = RequestInit::new();
        request.set_method("POST");
        request.set_headers(&headers);
        request.set_body(&body.into());
        let answer: Response = JsFuture::from(window().fetch_with_str_and_init(url, &request)).await?.dyn_into()?;
        if !answer.ok() {
            return Err(JsValue::UNDEFINED);
        }
    }
    Ok(())
}
