//! Taking back, in two steps: what to stop or erase, then whether that is really wanted, told truthfully. And changing one's
//! mind.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::erasure::{self, WAIT, Wish};
use leptos::prelude::*;

use super::{Case, about, answered, opened, to_code};
use crate::cookies::Holds;
use crate::error::Answer;
use crate::form::{Choice, Fields, FormState, Problem, choices, error_summary};
use crate::paths::{MyCase, MyCaseErase, MyCaseEraseSure, MyCaseKeep};
use crate::visit::Visit;
use crate::words::{Language, say_count, say_time};
use crate::{App, drawings, say};

/// First step: what to stop or erase.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(MyCaseErase { language }): Path<MyCaseErase>,
    visit: Visit,
) -> Answer {
    match opened(&app, &visit, language).await {
        Ok(open) => Ok(first_step(&app, &visit, &open.case, &FormState::default())),
        Err(instead) => instead,
    }
}

/// The first step's answer: shows the second. Nothing changes yet.
pub async fn choose(
    State(app): State<Arc<App>>,
    Path(MyCaseErase { language }): Path<MyCaseErase>,
    visit: Visit,
    fields: Fields,
) -> Answer {
    let open = match opened(&app, &visit, language).await {
        Ok(open) => open,
        Err(instead) => return instead,
    };
    if let Some(other) = fields.language() {
        return Ok(first_step(&app, &visit.speaking(other), &open.case, &FormState::filled(fields)));
    }
    let wish = wish(&fields);
    if wish == Wish::default() {
        let form = FormState { problems: vec![Problem::new("erase", say!(language, "my_case.erase.none"))], fields };
        return Ok(first_step(&app, &visit, &open.case, &form));
    }
    Ok(second_step(&app, &visit, &open.case, wish))
}

/// Second step: yes. From what is left of an erased case as well.
pub async fn ask(
    State(app): State<Arc<App>>,
    Path(MyCaseEraseSure { language }): Path<MyCaseEraseSure>,
    visit: Visit,
    fields: Fields,
) -> Answer {
    let Some(token) = Holds::Case.token(&app, &visit) else { return Ok(to_code(&app, &visit, language)) };
    let wish = wish(&fields);
    if wish == Wish::default() {
        return Ok(Redirect::to(&MyCaseErase { language }.to_string()).into_response());
    }
    if let Some(other) = fields.language() {
        return match opened(&app, &visit, language).await {
            Ok(open) => Ok(second_step(&app, &visit.speaking(other), &open.case, wish)),
            Err(instead) => instead,
        };
    }
    let asked = erasure::ask(&app.casework, &token, wish).await;
    answered(&app, &visit, language, asked, if wish.erases() { "erase" } else { "stop" })
}

/// Changed one's mind: everything stays.
pub async fn keep(
    State(app): State<Arc<App>>,
    Path(MyCaseKeep { language }): Path<MyCaseKeep>,
    visit: Visit,
) -> Answer {
    let Some(token) = Holds::Case.token(&app, &visit) else { return Ok(to_code(&app, &visit, language)) };
    let kept = erasure::cancel(&app.casework, &token).await;
    answered(&app, &visit, language, kept, "keep")
}

fn wish(fields: &Fields) -> Wish {
    let wished = |what| fields.has("erase", what);
    Wish { stop: wished("stop"), words: wished("words"), protection: wished("protection") }
}

fn first_step(app: &App, visit: &Visit, case: &Case, form: &FormState) -> Response {
    let language = visit.language;
    let choice = |value: &str| Choice {
        value: value.to_owned(),
        label: say!(language, format!("my_case.erase.{value}")),
        hint: Some(say!(language, format!("my_case.erase.{value}_hint"))),
    };
    let stop = case.can_be_withdrawn().then_some("stop");
    let protection = case.has_files().then_some("protection");
    let offered = stop.into_iter().chain(["words"]).chain(protection).map(choice).collect();
    let page = about(case, visit).with_status(form.status());
    page.with_open_form("erase-form", MyCaseErase { language }.to_string()).render(app, visit, || {
        view! {
            <div class="narrow">
                {error_summary(language, form)}
                <p class="crumb"><a href=MyCase { language }.to_string()>{drawings::arrow_back()} {say!(language, "my_case.back")}</a></p>
                <h1>{say!(language, "my_case.erase.title")}</h1>
                <p class="lede">{say!(language, "my_case.erase.lede")}</p>
                <form id="erase-form" method="post" action=MyCaseErase { language }.to_string()>
                    {choices(form, "checkbox", "erase", say!(language, "my_case.erase.legend"), "", offered)}
                    <p><button class="btn" type="submit">{say!(language, "my_case.erase.next")}</button></p>
                </form>
            </div>
        }
    })
}

fn second_step(app: &App, visit: &Visit, case: &Case, wish: Wish) -> Response {
    let language = visit.language;
    let fields = [(wish.stop, "stop"), (wish.words, "words"), (wish.protection, "protection")];
    let fields = fields.into_iter().filter(|(wished, _)| *wished);
    let fields = fields.map(|(_, what)| view! { <input type="hidden" name="erase" value=what /> }).collect_view();
    let yes = match (wish.stop, wish.erases()) {
        (true, true) => "my_case.erase.sure.both",
        (_, true) => "my_case.erase.sure.erase",
        (_, false) => "my_case.erase.sure.stop_now",
    };
    let page = about(case, visit).with_open_form("sure", MyCaseEraseSure { language }.to_string());
    page.render(app, visit, || {
        view! {
            <div class="narrow">
                <p class="crumb"><a href=MyCase { language }.to_string()>{drawings::arrow_back()} {say!(language, "my_case.back")}</a></p>
                <h1>{say!(language, "my_case.erase.sure.title")}</h1>
                {wish.stop.then(|| stopping(language, case, wish))}
                {wish.erases().then(|| erasing(app, language, case, wish))}
                <h2>{say!(language, "my_case.erase.sure.cannot")}</h2>
                <ul class="effects">
                    {stays(say!(language, "my_case.erase.sure.mails"))}
                    {stays(say!(language, "my_case.erase.sure.told"))}
                    {wish.erases().then(|| stays_after_erasing(app, language))}
                </ul>
                <form id="sure" method="post" action=MyCaseEraseSure { language }.to_string()>
                    {fields}
                    <p class="actions">
                        <a class="btn" href=MyCase { language }.to_string()>{say!(language, "my_case.erase.sure.back")}</a>
                        <button class="btn danger" type="submit">{say!(language, yes)}</button>
                    </p>
                </form>
            </div>
        }
    })
}

/// When we stop, and what stays, unless it is to be erased. Where somebody may be in danger, a person reads the case first,
/// and this says so.
fn stopping(language: Language, case: &Case, wish: Wish) -> impl IntoView + use<> {
    let when = if case.stops_at_once { "my_case.erase.sure.stop" } else { "my_case.erase.sure.stop_read" };
    view! {
        <p class="lede">{say!(language, when)}</p>
        {(!wish.words).then(|| view! { <p>{say!(language, "my_case.erase.sure.stop_again")}</p> })}
    }
}

/// When what is erased goes, why it waits, and what will be gone.
fn erasing(app: &App, language: Language, case: &Case, wish: Wish) -> impl IntoView + use<> {
    let day = say_time(language, app.casework.hours.zone(), app.casework.now() + WAIT);
    let stays_protected = case.protection.listed > 0 && !wish.protection;
    let when = if wish.words { "my_case.erase.sure.when" } else { "my_case.erase.sure.when_protection" };
    view! {
        <p class="lede">{say!(language, when, day = day)}</p>
        <p>{say!(language, "my_case.erase.sure.why_wait")}</p>
        <h2>{say!(language, "my_case.erase.sure.will")}</h2>
        <ul class="effects">{gone(language, wish, stays_protected)}</ul>
    }
}

fn stays_after_erasing(app: &App, language: Language) -> impl IntoView + use<> {
    let backups = say_count(language, "my_case.erase.sure.backups", u64::from(app.operator.backup_days));
    view! { {stays(backups)} {stays(say!(language, "my_case.erase.sure.kept"))} }
}

fn gone(language: Language, wish: Wish, stays_protected: bool) -> impl IntoView + use<> {
    let code = if stays_protected { "my_case.erase.sure.code_stub" } else { "my_case.erase.sure.code" };
    let mut lines = Vec::new();
    if wish.words {
        lines.extend(["my_case.erase.sure.words", "my_case.erase.sure.email", code]);
    }
    if wish.words && !wish.stop {
        lines.push("my_case.erase.sure.work");
    }
    if wish.protection {
        lines.push("my_case.erase.sure.protection");
    }
    lines.into_iter().map(|key| view! { <li>{drawings::check()}<span>{say!(language, key)}</span></li> }).collect_view()
}

fn stays(words: String) -> impl IntoView + use<> {
    view! { <li>{drawings::cross()}<span>{words}</span></li> }
}
