//! Talking to the worker that makes the fingerprints (`docs/hashing.md`). It has no network: the page fetches and compiles
//! the module, only once a file has been chosen, and hands it over.
//!
//! A worker hears of a cancelled file between two steps, and some steps take a second (a WebP picture is one). Who waits
//! for that would wait for nothing, so a worker that stays silent for [`PATIENCE`] is ended, and another one begins anew
//! what the first had not finished.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use js_sys::{Object, Reflect, WebAssembly};
use leptos::prelude::*;
use leptos::wasm_bindgen::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, HtmlInputElement, MessageEvent, RequestInit, Worker};

use super::hash_files::{Check, Chosen, FIELD, Files, MOST_FILES, State};
use super::hash_modules::{HashModule, HashModules};
use super::video::Video;
use super::video_player;

const WORKER: &str = "/hash-worker.js";

/// How long a worker may go on with a file that is no longer wanted.
const PATIENCE: Duration = Duration::from_millis(60);

/// The page's one worker, and the files that wait for its module.
#[derive(Default)]
struct Hashing {
    worker: Option<Worker>,
    /// The compiled module, once it is here.
    module: Option<JsValue>,
    /// The file that the worker was told to stop with, until it says that it has.
    stopping: Option<u32>,
    /// Whether the frames of videos are wanted.
    watches: bool,
    /// Whether edited copies of pictures are wanted.
    edited: bool,
    /// The chosen files: ways to them, not what is in them.
    held: BTreeMap<u32, File>,
    waiting: Vec<u32>,
    next_id: u32,
}

thread_local! {
    static HASHING: RefCell<Hashing> = RefCell::default();
}

/// Takes the chosen files in, as many as fit, and hashes one after the other. `watches`: also the frames of videos.
pub fn take(files: Files, modules: StoredValue<HashModules>, watches: bool, event: &web_sys::Event) {
    let Some(field) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
    let Some(list) = field.files() else { return };
    HASHING.with_borrow_mut(|hashing| hashing.watches = watches);
    let room = MOST_FILES.saturating_sub(files.chosen.with_untracked(Vec::len));
    let new: Vec<File> = (0..list.length()).filter_map(|index| list.get(index)).collect();
    field.set_value("");
    files.too_many.set(new.len() > room);
    for file in new.into_iter().take(room) {
        let id = next_id(files);
        let (state, video) = (RwSignal::new(State::Waiting), RwSignal::new(None));
        let check = RwSignal::new(Check::Open);
        files.chosen.update(|chosen| chosen.push(Chosen { id, name: file.name(), state, video, check }));
        HASHING.with_borrow_mut(|hashing| hashing.held.insert(id, file));
        again(id);
    }
    start(files, modules);
}

/// Kept files took the first ids.
fn next_id(files: Files) -> u32 {
    HASHING.with_borrow_mut(|hashing| {
        let taken = files.chosen.with_untracked(|chosen| chosen.iter().map(|file| file.id + 1).max().unwrap_or(0));
        let id = hashing.next_id.max(taken);
        hashing.next_id = id + 1;
        id
    })
}

/// Hashes a file; if need be, once more.
pub fn again(id: u32) {
    HASHING.with_borrow_mut(|hashing| {
        if hashing.module.is_some() {
            hashing.post_file(id);
        } else {
            hashing.waiting.push(id);
        }
    });
}

/// Edited copies are wanted, or no longer. What is hashed of pictures, or being hashed, is hashed anew.
pub fn want_edited(files: Files, wanted: bool) {
    HASHING.with_borrow_mut(|hashing| hashing.edited = wanted);
    let is_done = |file: &Chosen| matches!(file.state.get_untracked(), State::Done(_)) && !is_video(file);
    for file in files.chosen.get_untracked() {
        let is_held = HASHING.with_borrow(|hashing| hashing.module.is_some() && hashing.held.contains_key(&file.id));
        if is_held && (is_done(&file) || is_under_way(&file) || file.state.get_untracked() == State::Waiting) {
            forget(files, &file);
            file.check.set(Check::Open);
            file.state.set(State::Waiting);
            again(file.id);
        }
    }
}

fn is_video(file: &Chosen) -> bool {
    file.video.with_untracked(Option::is_some)
}

fn is_under_way(file: &Chosen) -> bool {
    let is_made = matches!(file.state.get_untracked(), State::Reading(_) | State::Looking(_) | State::Watching(_));
    is_made || is_checked(file)
}

/// Whatever the worker does with the file, it stops: by itself, or it is ended.
fn forget(files: Files, file: &Chosen) {
    let id = file.id;
    let must_stop = is_under_way(file);
    HASHING.with_borrow_mut(|hashing| {
        let Some(worker) = &hashing.worker else { return };
        post(worker, "cancel", &[("id", id.into())]);
        if must_stop {
            hashing.stopping = Some(id);
        }
    });
    if must_stop {
        set_timeout(move || end_if_silent(files, id), PATIENCE);
    }
}

fn end_if_silent(files: Files, id: u32) {
    let is_silent = HASHING.with_borrow_mut(|hashing| hashing.stopping.take_if(|stopping| *stopping == id));
    if is_silent.is_some() {
        begin_anew(files);
    }
}

/// Another worker takes the place of this one, and begins with every file that is not finished.
fn begin_anew(files: Files) {
    let Ok(worker) = new_worker(files) else { return fail(files, "broken") };
    let unfinished: Vec<Chosen> = files.chosen.get_untracked().into_iter().filter(|file| !is_finished(file)).collect();
    for file in &unfinished {
        video_player::stop(file.id);
    }
    HASHING.with_borrow_mut(|hashing| {
        if let Some(silent) = hashing.worker.replace(worker) {
            silent.set_onmessage(None);
            silent.terminate();
        }
        hashing.waiting = unfinished.iter().map(|file| file.id).collect();
        hashing.begin();
    });
}

fn is_finished(file: &Chosen) -> bool {
    matches!(file.state.get_untracked(), State::Done(_) | State::Failed(_)) && !is_checked(file)
}

/// Forgets a file, whatever the worker does with it. The row that had the focus goes, so the file field takes it.
pub fn cancel(files: Files, id: u32) {
    video_player::stop(id);
    HASHING.with_borrow_mut(|hashing| {
        hashing.waiting.retain(|waiting| *waiting != id);
        hashing.held.remove(&id);
    });
    if let Some(file) = row(files, id) {
        forget(files, &file);
    }
    focus_field();
}

fn focus_field() {
    let field = document().get_element_by_id(FIELD);
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
        let _not_focusable = field.focus();
    }
}

/// Starts the worker and fetches its module, once.
fn start(files: Files, modules: StoredValue<HashModules>) {
    if HASHING.with_borrow(|hashing| hashing.worker.is_some()) {
        return;
    }
    files.loading.set(true);
    if HASHING.with_borrow(|hashing| hashing.watches) {
        video_player::load();
    }
    let Ok(worker) = new_worker(files) else { return fail(files, "broken") };
    HASHING.with_borrow_mut(|hashing| hashing.worker = Some(worker));
    spawn_local(async move {
        let chosen = modules.get_value().chosen();
        match compiled(&chosen).await {
            Ok(module) => hand_over(module),
            Err(_) => return fail(files, "broken"),
        }
        files.module.set(Some(chosen));
    });
}

fn new_worker(files: Files) -> Result<Worker, JsValue> {
    let worker = Worker::new(WORKER)?;
    let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| heard(files, &event.data()));
    worker.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    hear.forget();
    Ok(worker)
}

/// The browser refuses bytes with another digest than the page names.
async fn compiled(module: &HashModule) -> Result<JsValue, JsValue> {
    let request = RequestInit::new();
    request.set_integrity(&module.integrity);
    let response = window().fetch_with_str_and_init(&module.path, &request);
    JsFuture::from(WebAssembly::compile_streaming(&response)).await
}

fn hand_over(module: JsValue) {
    HASHING.with_borrow_mut(|hashing| {
        hashing.module = Some(module);
        hashing.begin();
    });
}

impl Hashing {
    /// Gives the worker its module, and the files that wait.
    fn begin(&mut self) {
        let (Some(worker), Some(module)) = (&self.worker, &self.module) else { return };
        post(worker, "start", &[("module", module.clone())]);
        for id in std::mem::take(&mut self.waiting) {
            self.post_file(id);
        }
    }

    fn post_file(&self, id: u32) {
        let (Some(worker), Some(file)) = (&self.worker, self.held.get(&id)) else { return };
        if self.watches {
            video_player::remember(id, file);
        }
        let wishes = [("watch", self.watches.into()), ("edited", self.edited.into())];
        post(worker, "hash", &[[("id", id.into()), ("file", file.clone().into())], wishes].concat());
    }
}

/// A message that cannot be posted is a file that cannot be read: the row then says nothing new, and can be removed.
pub(super) fn post(worker: &Worker, kind: &str, fields: &[(&str, JsValue)]) {
    let message = Object::new();
    let kind = [("kind", JsValue::from_str(kind))];
    for (name, value) in kind.iter().chain(fields) {
        _ = Reflect::set(&message, &JsValue::from_str(name), value);
    }
    _ = worker.post_message(&message);
}

fn heard(files: Files, message: &JsValue) {
    let (id, kind) = (number(message, "id"), text(message, "kind"));
    if matches!(kind.as_str(), "cancelled" | "done" | "failed") {
        HASHING.with_borrow_mut(|hashing| hashing.stopping.take_if(|stopping| *stopping == id));
    }
    match kind.as_str() {
        "ready" => files.ready.set(true),
        "broken" => fail(files, "broken"),
        "progress" => {
            let percent = 100 * u64::from(number(message, "done")) / u64::from(number(message, "total").max(1));
            let percent = u32::try_from(percent.min(100)).unwrap_or(100);
            let state = match text(message, "step").as_str() {
                "looking" => State::Looking(percent),
                "watching" => State::Watching(percent),
                _ => State::Reading(percent),
            };
            change(files, id, state);
        }
        "done" => {
            let json = js_sys::JSON::stringify(&field(message, "fingerprints")).map(String::from).unwrap_or_default();
            done(files, id, message, json);
        }
        "seen" => see(files, id, &field(message, "video")),
        "failed" => failed(files, id, text(message, "reason")),
        _ => {}
    }
}

/// How far a file is. One that is made once more stays what it is.
pub(super) fn change(files: Files, id: u32, state: State) {
    if let Some(file) = row(files, id).filter(|file| !is_checked(file)) {
        file.state.set(state);
    }
}

fn is_checked(file: &Chosen) -> bool {
    file.check.get_untracked() == Check::Going
}

/// A fingerprint is made, or made once more.
pub(super) fn made(files: Files, id: u32, json: String, video: Option<Video>) {
    let Some(file) = row(files, id) else { return };
    let state = State::made(json);
    if is_checked(&file) {
        let is_same = file.state.get_untracked() == state && file.video.get_untracked() == video;
        return file.check.set(if is_same { Check::Same } else { Check::Other });
    }
    file.video.set(video);
    file.state.set(state);
}

fn failed(files: Files, id: u32, reason: String) {
    match row(files, id) {
        Some(file) if is_checked(&file) => file.check.set(Check::Failed(reason)),
        _ => change(files, id, State::Failed(reason)),
    }
}

pub(super) fn row(files: Files, id: u32) -> Option<Chosen> {
    files.chosen.with_untracked(|chosen| chosen.iter().find(|file| file.id == id).cloned())
}

/// A file is done, but for a video that has to be played first.
fn done(files: Files, id: u32, message: &JsValue, json: String) {
    let fingerprints = field(message, "fingerprints");
    if text(&fingerprints, "no_pdq") != "video" {
        return made(files, id, json, None);
    }
    let exact = video_player::Exact { sha256: text(&fingerprints, "sha256"), json };
    let video = field(message, "video");
    let worker = HASHING.with_borrow(|hashing| hashing.worker.clone());
    let worker = worker.filter(|_| text(&video, "no_vpdq") == "unsupported");
    let is_played = worker.and_then(|worker| video_player::play(&worker, files, id, &exact)).is_some();
    if !is_played {
        video_player::finish(files, id, &exact, &video, 0);
    }
}

/// The worker has seen the last frame of a video that was played.
fn see(files: Files, id: u32, video: &JsValue) {
    if let Some((exact, missed)) = video_player::played(id) {
        video_player::finish(files, id, &exact, video, missed);
    }
}

/// Everything that is not done yet will not be.
fn fail(files: Files, reason: &str) {
    files.loading.set(false);
    files.chosen.with_untracked(|chosen| {
        for file in chosen {
            if !file.state.with_untracked(|state| matches!(state, State::Done(_))) {
                file.state.set(State::Failed(reason.to_owned()));
            }
        }
    });
}

fn field(message: &JsValue, name: &str) -> JsValue {
    Reflect::get(message, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

fn text(message: &JsValue, name: &str) -> String {
    field(message, name).as_string().unwrap_or_default()
}

/// A whole number of the protocol: never negative; a file of more than 4 GiB counts as 4 GiB, for its progress only.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn number(message: &JsValue, name: &str) -> u32 {
    field(message, name).as_f64().unwrap_or_default() as u32
}
