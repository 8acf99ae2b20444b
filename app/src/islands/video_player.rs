//! Where a browser has no WebCodecs, videos are played, slowly and unseen, and their frames shown to the worker
//! (`public/play-video.js`).

use std::cell::RefCell;
use std::collections::BTreeMap;

use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use leptos::wasm_bindgen::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::{File, Worker};

use super::hash_files::{Files, State};
use super::hash_worker::{change, made, post};
use super::video::Video;

const SCRIPT: &str = "/play-video.js";

/// What is already known of a video: its exact fingerprints.
#[derive(Clone)]
pub(super) struct Exact {
    /// Which file.
    pub sha256: String,
    /// All of them, as they will be sent.
    pub json: String,
}

/// A video that may have to be played.
struct Playing {
    file: File,
    exact: Option<Exact>,
    missed: u32,
    stop: Option<Function>,
}

thread_local! {
    static PLAYING: RefCell<BTreeMap<u32, Playing>> = RefCell::default();
}

fn in_window(name: &str) -> JsValue {
    Reflect::get(&window(), &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn is_needed() -> bool {
    in_window("VideoDecoder").is_undefined()
}

/// Loads the script, where it is needed.
pub(super) fn load() {
    let document = document();
    let script = is_needed().then(|| document.create_element("script").ok()).flatten();
    if let (Some(script), Some(head)) = (script, document.head()) {
        _ = script.set_attribute("src", SCRIPT);
        _ = head.append_child(&script);
    }
}

/// Keeps a file that may be a video.
pub(super) fn remember(id: u32, file: &File) {
    if is_needed() {
        let playing = Playing { file: file.clone(), exact: None, missed: 0, stop: None };
        PLAYING.with_borrow_mut(|all| all.insert(id, playing));
    }
}

/// Plays a video, if that is needed and possible.
pub(super) fn play(worker: &Worker, files: Files, id: u32, exact: &Exact) -> Option<()> {
    let script: Function = in_window("playVideo").dyn_into().ok()?;
    let file = PLAYING.with_borrow_mut(|all| {
        let playing = all.get_mut(&id)?;
        playing.exact = Some(exact.clone());
        Some(playing.file.clone())
    })?;
    change(files, id, State::Watching(0));
    let progress = Closure::<dyn FnMut(f64, f64)>::new(move |done: f64, total: f64| {
        change(files, id, State::Watching(percent(done, total)));
    });
    let worker_then = worker.clone();
    let ended = Closure::<dyn FnMut(f64)>::new(move |missed: f64| match counted(missed) {
        Some(missed) => {
            change_playing(id, |playing| playing.missed = missed);
            post(&worker_then, "seen", &[("id", id.into())]);
        }
        None => {
            if let Some((exact, _)) = played(id) {
                finish(files, id, &exact, &JsValue::UNDEFINED, 0);
            }
        }
    });
    let arguments = Array::of5(worker, &id.into(), &file, &progress.into_js_value(), &ended.into_js_value());
    let stop = script.apply(&JsValue::UNDEFINED, &arguments).ok()?.dyn_into().ok();
    change_playing(id, |playing| playing.stop = stop);
    Some(())
}

fn change_playing(id: u32, change: impl FnOnce(&mut Playing)) {
    PLAYING.with_borrow_mut(|all| all.get_mut(&id).map(change));
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 100
fn percent(done: f64, total: f64) -> u32 {
    if total > 0.0 { (100.0 * done / total).clamp(0.0, 100.0) as u32 } else { 0 }
}

/// Nothing if no frame was seen, which is said by a number below zero.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a number of frames
fn counted(missed: f64) -> Option<u32> {
    (missed >= 0.0).then_some(missed as u32)
}

/// What is known of a video that was played, and how many frames were missed. It is played no more.
pub(super) fn played(id: u32) -> Option<(Exact, u32)> {
    let playing = PLAYING.with_borrow_mut(|all| all.remove(&id))?;
    Some((playing.exact?, playing.missed))
}

/// Stops a video, if it is played.
pub(super) fn stop(id: u32) {
    let stop = PLAYING.with_borrow_mut(|all| all.remove(&id)).and_then(|playing| playing.stop);
    if let Some(stop) = stop {
        _ = stop.call0(&JsValue::UNDEFINED);
    }
}

/// All is known of a video.
pub(super) fn finish(files: Files, id: u32, exact: &Exact, told: &JsValue, missed: u32) {
    let told = if told.is_object() { js_sys::JSON::stringify(told).map(String::from) } else { Ok(String::new()) };
    let video = Video::told(exact.sha256.clone(), &told.unwrap_or_default(), missed);
    made(files, id, exact.json.clone(), Some(video));
}
