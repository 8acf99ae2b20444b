//! What is left of an erased case whose files stay protected: one page, which can end that.

use axum::response::Response;
use casework::mine::Stub;
use leptos::prelude::*;

use super::{flash, keep_form};
use crate::page::Page;
use crate::paths::{MyCaseClose, MyCaseEraseSure};
use crate::visit::Visit;
use crate::words::{Language, say_time};
use crate::{App, say};

/// The page.
pub fn page(app: &App, visit: &Visit, stub: &Stub) -> Response {
    let language = visit.language;
    let zone = app.casework.hours.zone();
    let erased = say_time(language, zone, stub.erased_at);
    let ending = stub.end_protection_at.map(|at| say_time(language, zone, at));
    Page::public(visit).render(app, visit, || {
        view! {
            <div class="narrow">
                {flash(visit)}
                <h1>{say!(language, "my_case.stub.title")}</h1>
                <p class="lede">{say!(language, "my_case.stub.erased", day = erased)}</p>
                <p>{say!(language, "my_case.stub.goes_on")}</p>
                {match ending {
                    Some(day) => pending(language, day).into_any(),
                    None => end_form(language).into_any(),
                }}
                <p>{say!(language, "my_case.stub.again")}</p>
                <form method="post" action=MyCaseClose { language }.to_string()>
                    <button class="btn quiet" type="submit">{say!(language, "my_case.do.close")}</button>
                </form>
            </div>
        }
    })
}

fn pending(language: Language, day: String) -> impl IntoView {
    view! {
        <section class="notice plum">
            <p>{say!(language, "my_case.stub.pending", day = day)}</p>
            <p>{say!(language, "my_case.pending.stranger")}</p>
            {keep_form(language, "my_case.pending.stop")}
        </section>
    }
}

fn end_form(language: Language) -> impl IntoView {
    view! {
        <form method="post" action=MyCaseEraseSure { language }.to_string()>
            <input type="hidden" name="erase" value="protection" />
            <p class="hint">{say!(language, "my_case.stub.end_hint")}</p>
            <p><button class="btn danger" type="submit">{say!(language, "my_case.stub.end")}</button></p>
        </form>
    }
}
