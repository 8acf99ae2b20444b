//! Choosing files, whose fingerprints are made on this device.
//!
//! The file field has no name and stands outside every form: the browser could not send a file if it wanted to. What is
//! made of it stands as hidden fields `file` (JSON) that belong to the page's form, and is shown in full before it is
//! sent. Names of files are shown here and go nowhere. Without script the files given before are kept, and a text says
//! what else helps.

#![allow(missing_docs, reason = "the island macro writes items without docs")]

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::hash_modules::{HashModule, HashModules};
use super::video::{self, Video};
use crate::drawings;

/// The most files of one form.
pub const MOST_FILES: usize = 50;

/// Why an empty file has no fingerprint (`docs/hashing.md`).
const EMPTY: &str = "empty";
/// Why a file that is neither picture nor video has none that is found again.
const NOT_A_PICTURE: &str = "not_a_picture";

/// The id of the file field.
pub(super) const FIELD: &str = "choose-files";

/// The id of what says that the form must wait.
pub(super) const NOT_READY: &str = "not-ready";

/// What the island says, in the reader's language. `%{…}` stands for what is filled in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HashWords {
    pub choose: String,
    pub choose_hint: String,
    pub no_script: String,
    pub loading: String,
    pub flight: String,
    pub too_many: String,
    pub picture: String,
    pub kept: String,
    pub waiting: String,
    pub reading: String,
    pub looking: String,
    pub watching: String,
    pub video_seen: String,
    pub video_long: String,
    pub video_missed: String,
    pub done: String,
    pub remove: String,
    pub cancel: String,
    pub remove_name: String,
    pub cancel_name: String,
    pub sent: String,
    pub module: String,
    pub status: String,
    pub not_ready: String,
    pub go_on: String,
    pub edited: String,
    pub edited_hint: String,
    pub check: String,
    pub check_going: String,
    pub check_same: String,
    pub check_other: String,
    /// What to say of a file, by the reason's code in `docs/hashing.md`.
    pub problems: BTreeMap<String, String>,
}

/// The codes of what a file may lack, and of what may go wrong (`docs/hashing.md`).
#[cfg(feature = "ssr")]
const PROBLEMS: [&str; 12] = [
    "low_quality",
    "video",
    "unsupported_format",
    NOT_A_PICTURE,
    EMPTY,
    "truncated",
    "damaged",
    "too_large",
    "too_small",
    "unreadable",
    "memory",
    "broken",
];

#[cfg(feature = "ssr")]
impl HashWords {
    /// The words in a language.
    pub fn in_language(language: crate::words::Language) -> Self {
        use crate::say;
        let problem = |code: &str| (code.to_owned(), say!(language, format!("hash.problem.{code}")));
        Self {
            choose: say!(language, "hash.choose"),
            choose_hint: say!(language, "hash.choose_hint"),
            no_script: say!(language, "hash.no_script"),
            loading: say!(language, "hash.loading"),
            flight: say!(language, "hash.flight"),
            too_many: say!(language, "hash.too_many"),
            picture: say!(language, "hash.picture"),
            kept: say!(language, "hash.kept"),
            waiting: say!(language, "hash.waiting"),
            reading: say!(language, "hash.reading"),
            looking: say!(language, "hash.looking"),
            watching: say!(language, "hash.watching"),
            video_seen: say!(language, "hash.video_seen"),
            video_long: say!(language, "hash.video_long"),
            video_missed: say!(language, "hash.video_missed"),
            done: say!(language, "hash.done"),
            remove: say!(language, "hash.remove"),
            cancel: say!(language, "hash.cancel"),
            remove_name: say!(language, "hash.remove_name"),
            cancel_name: say!(language, "hash.cancel_name"),
            sent: say!(language, "hash.sent"),
            module: say!(language, "hash.module"),
            status: say!(language, "hash.status"),
            not_ready: say!(language, "hash.not_ready"),
            go_on: say!(language, "hash.go_on"),
            edited: say!(language, "hash.edited"),
            edited_hint: say!(language, "hash.edited_hint"),
            check: say!(language, "hash.check"),
            check_going: say!(language, "hash.check_going"),
            check_same: say!(language, "hash.check_same"),
            check_other: say!(language, "hash.check_other"),
            problems: PROBLEMS.into_iter().map(problem).collect(),
        }
    }
}

/// Where a file stands.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only the browser makes fingerprints"))]
pub(super) enum State {
    /// Others come first, or the module is on its way.
    Waiting,
    /// The worker reads its bytes, 0 to 100 %.
    Reading(u32),
    /// The worker looks at its rows, 0 to 100 %.
    Looking(u32),
    /// The worker goes through its frames, 0 to 100 %.
    Watching(u32),
    /// Made: the JSON that will be sent.
    Done(String),
    /// The reason's code.
    Failed(String),
}

impl State {
    /// Of a file whose fingerprints are made. An empty file has the same ones as every other: it is refused.
    pub fn made(json: String) -> Self {
        if no_pdq(&json).as_deref() == Some(EMPTY) { Self::Failed(EMPTY.to_owned()) } else { Self::Done(json) }
    }
}

/// Whether a fingerprint that is made comes out the same a second time.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only the browser makes fingerprints"))]
pub(super) enum Check {
    /// Of a file given before, which is not at hand.
    Never,
    /// Not tried yet.
    Open,
    /// It is being made once more.
    Going,
    /// It came out the same.
    Same,
    /// It came out differently.
    Other,
    /// It could not be made once more: the reason's code.
    Failed(String),
}

/// A chosen file.
#[derive(Clone)]
pub(super) struct Chosen {
    /// Ours, one a file.
    pub id: u32,
    /// As its owner calls it; stays here.
    pub name: String,
    /// Where it stands.
    pub state: RwSignal<State>,
    /// What was seen of it, if it is a video chosen now.
    pub video: RwSignal<Option<Video>>,
    /// Whether it was made once more.
    pub check: RwSignal<Check>,
}

/// What the island knows; the worker's answers change it.
#[derive(Clone, Copy)]
pub(super) struct Files {
    /// In the order chosen.
    pub chosen: RwSignal<Vec<Chosen>>,
    /// The module is here: flight mode may be switched on.
    pub ready: RwSignal<bool>,
    /// A file was chosen, the module is on its way.
    pub loading: RwSignal<bool>,
    /// More were chosen than fit.
    pub too_many: RwSignal<bool>,
    /// What the fingerprints are made by, once it is fetched.
    pub module: RwSignal<Option<HashModule>>,
}

/// A pressed button: what it sends, and where to. A browser that does not tell the button leaves it empty.
#[derive(Clone, Default)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only in the browser is a button pressed"))]
pub(super) struct Pressed {
    /// Under which name.
    pub name: String,
    /// Which value.
    pub value: String,
    /// Where to, if not where the form says.
    pub action: Option<String>,
}

/// A form that waits for its fingerprints.
#[derive(Clone, Copy)]
pub(super) struct Hold {
    /// A fingerprint is being made.
    pub busy: Memo<bool>,
    /// The button that was pressed meanwhile.
    pub pressed: RwSignal<Option<Pressed>>,
    /// They go on without what is not made.
    pub goes_on: RwSignal<bool>,
}

/// Choosing files. `form`: the id of the form the fingerprints belong to. `kept`: fingerprints given before, as JSON.
/// `frames_to`: where the frames of videos go; without it videos are not looked into.
#[island]
pub fn HashFiles(
    words: HashWords,
    modules: HashModules,
    form: String,
    kept: Vec<String>,
    #[prop(optional, into)] frames_to: Option<String>,
) -> impl IntoView {
    let files = Files {
        chosen: RwSignal::new(kept_files(&words, kept)),
        ready: RwSignal::new(false),
        loading: RwSignal::new(false),
        too_many: RwSignal::new(false),
        module: RwSignal::new(None),
    };
    let modules = StoredValue::new(modules);
    let has_script = RwSignal::new(false);
    let watches = frames_to.is_some();
    let of_form = form.clone();
    Effect::new(move || {
        has_script.set(true);
        before_sending(files, &of_form, frames_to.clone());
    });
    let hold = Hold {
        busy: Memo::new(move |_| files.chosen.with(|chosen| chosen.iter().any(|file| !is_done(file.state)))),
        pressed: RwSignal::new(None),
        goes_on: RwSignal::new(false),
    };
    Effect::new(move || {
        if !hold.busy.get() {
            hold.pressed.set(None);
        }
    });
    #[cfg(feature = "hydrate")]
    super::held_form::watch(form.clone(), hold);
    let held = form.clone();
    let words = StoredValue::new(words);
    let say = move |pick: fn(&HashWords) -> &String| words.with_value(|words| pick(words).clone());
    let row = move |file: Chosen| row(words, form.clone(), files, file);
    view! {
        <div>
            <p class="notice" hidden=move || has_script.get()>{say(|words| &words.no_script)}</p>
            <div hidden=move || !has_script.get()>
                <div class="pick">
                    <label for=FIELD><b>{say(|words| &words.choose)}</b></label>
                    <input id=FIELD type="file" multiple accept="image/*,video/*" aria-describedby="choose-files-hint"
                        on:change=move |event| take(files, modules, watches, &event) />
                    <p class="hint" id="choose-files-hint">{say(|words| &words.choose_hint)}</p>
                </div>
            </div>
            <div role="status">
                <Show when=move || files.loading.get() && !files.ready.get()>
                    <p class="hint">{say(|words| &words.loading)}</p>
                </Show>
                <Show when=move || files.ready.get()>
                    <p class="flash">{say(|words| &words.flight)}</p>
                </Show>
                <Show when=move || files.too_many.get()>
                    <p class="problem">{filled(&say(|words| &words.too_many), "max", MOST_FILES)}</p>
                </Show>
                <p class="visually-hidden">{move || count(&say(|words| &words.status), files)}</p>
            </div>
            <ul class="files">
                <For each=move || files.chosen.get() key=|file| file.id children=row />
            </ul>
            <Show when=move || files.chosen.with(|chosen| chosen.iter().any(is_at_hand))>
                <label class="opt">
                    <input type="checkbox" on:change=move |event| want_edited(files, event_target_checked(&event)) />
                    <span>{say(|words| &words.edited)}<small>{say(|words| &words.edited_hint)}</small></span>
                </label>
            </Show>
            <div id=NOT_READY role="status" tabindex="-1">
                {move || hold.pressed.get().filter(|_| hold.busy.get()).map(|by| not_ready(words, &held, hold, by))}
            </div>
        </div>
    }
}

/// Why the form was not sent, and the way on without what is not made: with the button that was pressed.
fn not_ready(words: StoredValue<HashWords>, form: &str, hold: Hold, by: Pressed) -> impl IntoView + use<> {
    let Pressed { name, value, action } = by;
    view! {
        <div class="notice">
            <p>{words.with_value(|words| words.not_ready.clone())}</p>
            <button class="btn quiet" type="submit" form=form.to_owned() name=name value=value formaction=action
                on:click=move |_| hold.goes_on.set(true)>
                {words.with_value(|words| words.go_on.clone())}
            </button>
        </div>
    }
}

fn kept_files(words: &HashWords, kept: Vec<String>) -> Vec<Chosen> {
    let kept = kept.into_iter().zip(0..).map(|(json, id)| Chosen {
        id,
        name: words.kept.clone(),
        state: RwSignal::new(State::made(json)),
        video: RwSignal::new(None),
        check: RwSignal::new(Check::Never),
    });
    kept.collect()
}

fn row(words: StoredValue<HashWords>, form: String, files: Files, file: Chosen) -> impl IntoView {
    let Chosen { id, name, state, video, check } = file;
    let of_name = name.clone();
    let label = move || {
        words.with_value(|words| {
            let label = if is_done(state) { &words.remove_name } else { &words.cancel_name };
            filled(label, "name", &of_name)
        })
    };
    let button =
        move || words.with_value(|words| if is_done(state) { words.remove.clone() } else { words.cancel.clone() });
    view! {
        <li class=move || class(&state.get())>
            {drawings::fingerprint()}
            <p class="file-name"><bdi>{name}</bdi></p>
            <p class="file-state">{move || words.with_value(|words| said(words, &state.get()))}</p>
            <button class="btn quiet small" type="button" aria-label=label on:click=move |_| remove(files, id)>
                {button}
            </button>
            {move || percent(&state.get()).map(|percent| view! { <progress value=percent max="100"></progress> })}
            {move || made(&state.get()).map(|json| result(words, files, &form, &json, video.get(), check_button(words, id, check)))}
            <p role="status" class="file-check">{move || words.with_value(|words| checked(words, &check.get()))}</p>
        </li>
    }
}

/// The fingerprint, what it lacks, everything that will be sent, and the field that sends it.
fn result(
    words: StoredValue<HashWords>,
    files: Files,
    form: &str,
    json: &str,
    video: Option<Video>,
    check: AnyView,
) -> impl IntoView + use<> {
    let fingerprints: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    let text = |name: &str| fingerprints.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    let shown = text("pdq").or_else(|| text("sha256")).unwrap_or_default();
    let code = text("no_pdq");
    let class = if code.as_deref() == Some(NOT_A_PICTURE) { "problem" } else { "hint" };
    let problem = |code: String| words.with_value(|words| words.problems.get(&code).cloned());
    let lacks = match &video {
        Some(video) => Some(words.with_value(|words| video::said(words, video))),
        None => code.filter(|code| code != "video").and_then(problem),
    };
    view! {
        {lacks.map(|lacks| view! { <p class=class>{lacks}</p> })}
        <p class="hash" dir="ltr">{shown}</p>
        <details>
            <summary>{words.with_value(|words| words.sent.clone())}</summary>
            <code class="hash" dir="ltr">{json.to_owned()}</code>
            {move || files.module.get().map(|module| made_by(words, module))}
            {video.as_ref().map(video::sent)}
            {check}
        </details>
        <input type="hidden" name="file" form=form.to_owned() value=json.to_owned() />
    }
}

/// Makes the fingerprint once more, from the same file.
fn check_button(words: StoredValue<HashWords>, id: u32, check: RwSignal<Check>) -> AnyView {
    let say = move || words.with_value(|words| words.check.clone());
    view! {
        <Show when=move || check.with(|check| *check != Check::Never)>
            <p>
                <button class="btn quiet small" type="button" on:click=move |_| check_again(id, check)>{say()}</button>
            </p>
        </Show>
    }
    .into_any()
}

/// What came of it.
fn checked(words: &HashWords, check: &Check) -> String {
    match check {
        Check::Never | Check::Open => String::new(),
        Check::Going => words.check_going.clone(),
        Check::Same => words.check_same.clone(),
        Check::Other => words.check_other.clone(),
        Check::Failed(code) => words.problems.get(code).cloned().unwrap_or_default(),
    }
}

/// Whether the file itself can be read again.
fn is_at_hand(file: &Chosen) -> bool {
    file.check.with(|check| *check != Check::Never)
}

/// Why there is no PDQ hash, as the fingerprints say it.
fn no_pdq(json: &str) -> Option<String> {
    let fingerprints: serde_json::Value = serde_json::from_str(json).ok()?;
    fingerprints.get("no_pdq")?.as_str().map(str::to_owned)
}

/// Names the module by its digest, so that anyone can compare it with their own build.
fn made_by(words: StoredValue<HashWords>, module: HashModule) -> impl IntoView {
    view! {
        <p class="hint">{words.with_value(|words| words.module.clone())}</p>
        <code class="hash" dir="ltr">{module.sha256}</code>
    }
}

fn is_done(state: RwSignal<State>) -> bool {
    state.with(|state| matches!(state, State::Done(_) | State::Failed(_)))
}

fn made(state: &State) -> Option<String> {
    match state {
        State::Done(json) => Some(json.clone()),
        State::Waiting | State::Reading(_) | State::Looking(_) | State::Watching(_) | State::Failed(_) => None,
    }
}

fn percent(state: &State) -> Option<u32> {
    match state {
        State::Reading(percent) | State::Looking(percent) | State::Watching(percent) => Some(*percent),
        State::Waiting | State::Done(_) | State::Failed(_) => None,
    }
}

fn class(state: &State) -> &'static str {
    match state {
        State::Waiting => "file",
        State::Reading(_) | State::Looking(_) | State::Watching(_) => "file working",
        State::Done(_) => "file done",
        State::Failed(_) => "file failed",
    }
}

fn said(words: &HashWords, state: &State) -> String {
    match state {
        State::Waiting => words.waiting.clone(),
        State::Reading(percent) => filled(&words.reading, "percent", percent),
        State::Looking(percent) => filled(&words.looking, "percent", percent),
        State::Watching(percent) => filled(&words.watching, "percent", percent),
        State::Done(_) => words.done.clone(),
        State::Failed(code) => words.problems.get(code).cloned().unwrap_or_default(),
    }
}

fn count(words: &str, files: Files) -> String {
    files.chosen.with(|chosen| match chosen.len() {
        0 => String::new(),
        all => filled(&filled(words, "done", chosen.iter().filter(|file| is_done(file.state)).count()), "all", all),
    })
}

/// The words with one placeholder filled in.
pub(super) fn filled(words: &str, name: &str, value: impl ToString) -> String {
    words.replace(&format!("%{{{name}}}"), &value.to_string())
}

/// Files were chosen: the field is emptied, so that the same file can be chosen again.
#[cfg(feature = "hydrate")]
fn take(files: Files, modules: StoredValue<HashModules>, watches: bool, event: &leptos::ev::Event) {
    super::hash_worker::take(files, modules, watches, event);
}

/// On the server nothing is ever chosen.
#[cfg(not(feature = "hydrate"))]
fn take(files: Files, _: StoredValue<HashModules>, _: bool, _: &leptos::ev::Event) {
    files.loading.set(true);
}

/// The form waits for the frames of videos.
#[cfg(feature = "hydrate")]
fn before_sending(files: Files, form: &str, frames_to: Option<String>) {
    if let Some(url) = frames_to {
        super::video_parts::before_sending(files, form, url);
    }
}

/// On the server nothing is sent.
#[cfg(not(feature = "hydrate"))]
fn before_sending(_: Files, _: &str, _: Option<String>) {}

/// Makes it once more.
#[cfg(feature = "hydrate")]
fn check_again(id: u32, check: RwSignal<Check>) {
    check.set(Check::Going);
    super::hash_worker::again(id);
}

/// On the server nothing is ever made.
#[cfg(not(feature = "hydrate"))]
fn check_again(_: u32, _: RwSignal<Check>) {}

/// Edited copies of pictures are wanted, or no longer: also of those whose fingerprints are made.
#[cfg(feature = "hydrate")]
fn want_edited(files: Files, wanted: bool) {
    super::hash_worker::want_edited(files, wanted);
}

/// On the server nothing is ever wanted.
#[cfg(not(feature = "hydrate"))]
fn want_edited(_: Files, _: bool) {}

fn remove(files: Files, id: u32) {
    #[cfg(feature = "hydrate")]
    super::hash_worker::cancel(files, id);
    files.chosen.update(|chosen| chosen.retain(|file| file.id != id));
}
