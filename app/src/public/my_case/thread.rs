//! Messages both ways, and the field to write one.

use casework::mine::MyCase;
use leptos::prelude::*;
use uuid::Uuid;

use crate::form::{FormState, press_field, text_area};
use crate::paths::MyCaseWrite;
use crate::words::{Language, say_time};
use crate::{App, say};

/// The id of a message on the page, for the road to lead to.
pub fn message_id(message: Uuid) -> String {
    format!("message-{message}")
}

/// The thread, oldest first, the field under it.
pub fn thread(app: &App, language: Language, case: &MyCase, form: &FormState) -> impl IntoView + use<> {
    let zone = app.casework.hours.zone();
    let messages: Vec<_> = case
        .messages
        .iter()
        .map(|message| {
            let (class, who) = if message.from_reporter { ("mine", "you") } else { ("", "we") };
            let at = message.created_at;
            view! {
                <li class=class id=message_id(message.id)>
                    <small>
                        <b>{say!(language, format!("my_case.messages.{who}"))}</b>
                        <time datetime=at.to_rfc3339()>{say_time(language, zone, at)}</time>
                    </small>
                    <p dir="auto">{message.body.clone()}</p>
                </li>
            }
        })
        .collect();
    let none = messages.is_empty().then(|| view! { <p>{say!(language, "my_case.messages.none")}</p> });
    let hint = Some(say!(language, "my_case.messages.hint"));
    let field = case.can_be_added_to().then(|| {
        view! {
            <form id="write" method="post" action=MyCaseWrite { language }.to_string()>
                {press_field(form, app.casework.new_id())}
                {text_area(form, "words", say!(language, "my_case.messages.write"), hint, 5)}
                <p><button class="btn" type="submit">{say!(language, "my_case.messages.send")}</button></p>
            </form>
        }
    });
    view! {
        <h2 id="messages">{say!(language, "my_case.messages.title")}</h2>
        {none}
        <ol class="messages">{messages}</ol>
        {field}
    }
}
