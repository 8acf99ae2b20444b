//! Words among staff.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use casework::note;
use leptos::prelude::*;

use super::{Desk, Part, Work, words_in};
use crate::console::signed::Holder;
use crate::error::Answer;
use crate::form::{Fields, text_area};
use crate::visit::Visit;
use crate::{App, paths, say};

/// Adds a note.
pub async fn submit(
    State(app): State<Arc<App>>,
    Path(paths::WriteNote { language, case }): Path<paths::WriteNote>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let work = Work { app, visit, session, case };
    let words = match words_in(language, &fields, "note") {
        Ok(words) => words,
        Err(problem) => return work.again(Part::Notes, StatusCode::UNPROCESSABLE_ENTITY, fields, vec![problem]).await,
    };
    let done = note::add(&work.app.casework, &work.session, case, &words, &fields.press()).await;
    work.answer(Part::Notes, fields, done).await
}

/// The notes and their form.
pub(super) fn part(desk: &Desk) -> AnyView {
    let language = desk.language;
    let notes = desk
        .case
        .notes
        .iter()
        .map(|note| {
            view! {
                <li>
                    <small>{desk.name(note.staff_id)} ", " {desk.time(note.created_at)}</small>
                    <p class="told" dir="auto">{note.body.clone()}</p>
                </li>
            }
        })
        .collect_view();
    let form = desk.is_mine().then(|| {
        let form = desk.form(Part::Notes);
        view! {
            <form method="post" action=paths::WriteNote { language, case: desk.id() }.to_string()>
                {desk.press(&form)}
                {text_area(&form, "note", say!(language, "case.note.field"), None, 3)}
                <p><button class="btn quiet" type="submit">{say!(language, "case.note.save")}</button></p>
            </form>
        }
    });
    view! {
        <section class="panel private" aria-labelledby="notes" data-key="i">
            <h2 id="notes">{say!(language, "case.note.title")}</h2>
            <p class="hint">{say!(language, "case.note.hint")}</p>
            {(!desk.case.notes.is_empty()).then(|| view! { <ul class="items">{notes}</ul> })}
            {form}
        </section>
    }
    .into_any()
}
