//! The first page: five doors. The threat door stands first and wide: who is threatened finds it without reading.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use casework::mine;
use casework::report::Door;
use leptos::prelude::*;

use crate::error::Answer;
use crate::page::Page;
use crate::paths::{Code, Help, Home, HomeSlash, Start};
use crate::visit::Visit;
use crate::words::{Language, say_count};
use crate::{App, drawings, say};

/// `/`: goes to the best language.
pub async fn choose_language(visit: Visit) -> Response {
    Redirect::to(&Home { language: visit.language }.to_string()).into_response()
}

/// `/en/`: goes to `/en`.
pub async fn without_slash(Path(HomeSlash { language }): Path<HomeSlash>) -> Redirect {
    Redirect::to(&Home { language }.to_string())
}

/// The doors; or, before a hotline has been set up, a kind word and the way to help.
pub async fn show(State(app): State<Arc<App>>, Path(Home { language }): Path<Home>, visit: Visit) -> Answer {
    let open = mine::hotline_is_ready(&app.casework).await?;
    let hours = u64::from(app.operator.answer_hours);
    Ok(Page::public(&visit).render(&app, &visit, move || {
        view! {
            <section class="hero">
                <div>
                    <h1>{say!(language, "home.title")}</h1>
                    <p class="lede">{say!(language, "home.lede")}</p>
                </div>
                {drawings::dusk()}
            </section>
            {if open { doors(language).into_any() } else { not_yet(language).into_any() }}
            {promises(language, hours)}
        }
    }))
}

fn doors(language: Language) -> impl IntoView {
    let door = |class: &'static str, href: String, drawing: AnyView, key: &str| {
        view! {
            <li>
                <a class=class href=href>
                    {drawing}
                    <b>{say!(language, format!("home.door.{key}.title"))}</b>
                    <span>{say!(language, format!("home.door.{key}.text"))}</span>
                </a>
            </li>
        }
    };
    view! {
        <h2 class="visually-hidden">{say!(language, "home.doors")}</h2>
        <ul class="doors">
            {door("door plum", Start { language, door: Door::Threat }.to_string(), drawings::door_threat().into_any(), "threat")}
            {door("door", Start { language, door: Door::Picture }.to_string(), drawings::door_picture().into_any(), "picture")}
            {door("door", Start { language, door: Door::Seen }.to_string(), drawings::door_eye().into_any(), "seen")}
            {door("door", Code { language }.to_string(), drawings::door_key().into_any(), "code")}
            {door("door apricot", Help { language }.to_string(), drawings::door_talk().into_any(), "talk")}
        </ul>
    }
}

fn not_yet(language: Language) -> impl IntoView {
    view! {
        <section class="notice">
            <h2>{say!(language, "home.closed")}</h2>
            <p>{say!(language, "home.closed_text")}</p>
            <p><a class="btn" href=Help { language }.to_string()>{say!(language, "home.closed_help")}</a></p>
        </section>
    }
}

fn promises(language: Language, hours: u64) -> impl IntoView {
    let promise = |words: String| view! { <li>{drawings::check()}<span>{words}</span></li> };
    view! {
        <h2>{say!(language, "home.promises")}</h2>
        <ul class="promises">
            {promise(say!(language, "home.promise.no_blame"))}
            {promise(say!(language, "home.promise.no_name"))}
            {promise(say!(language, "home.promise.stays"))}
            {promise(say_count(language, "home.promise.people", hours))}
            {promise(say!(language, "home.promise.leave"))}
        </ul>
    }
}
