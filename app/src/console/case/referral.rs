//! Who else has the case, and handing it on.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use casework::referral::{self, Destination};
use leptos::prelude::*;
use uuid::Uuid;

use super::words::organisation_kind;
use super::{Desk, Part, Work, words_in};
use crate::console::signed::Holder;
use crate::error::Answer;
use crate::form::{Choice, Fields, Problem, select_field, text_area};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, paths, say};

/// Refers the case.
pub async fn submit(
    State(app): State<Arc<App>>,
    Path(paths::Refer { language, case }): Path<paths::Refer>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let work = Work { app, visit, session, case };
    let to = fields.get("organisation").parse::<Uuid>();
    let to = to.map_err(|_| Problem::new("organisation", say!(language, "case.problem.organisation")));
    let (to, words) = match (to, words_in(language, &fields, "referred")) {
        (Ok(to), Ok(words)) => (to, words),
        (to, words) => {
            let problems = [to.err(), words.err()].into_iter().flatten().collect();
            return work.again(Part::Referral, StatusCode::UNPROCESSABLE_ENTITY, fields, problems).await;
        }
    };
    let done = referral::refer(&work.app.casework, &work.session, case, to, &words, &fields.press()).await;
    work.answer(Part::Referral, fields, done).await
}

/// The referrals and their form.
pub(super) fn part(desk: &Desk) -> Option<AnyView> {
    let language = desk.language;
    let may_refer = desk.is_mine() && desk.case.facts.state.is_open() && !desk.destinations.is_empty();
    if desk.case.referrals.is_empty() && !may_refer {
        return None;
    }
    let referrals = desk
        .case
        .referrals
        .iter()
        .map(|referral| {
            view! {
                <li>
                    <b>{referral.organisation.clone()}</b>
                    <p class="hint">{desk.name(referral.staff_id)} ", " {desk.time(referral.created_at)}</p>
                    <p class="told" dir="auto">{referral.body.clone()}</p>
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <section class="panel" aria-labelledby="referral" data-key="f">
                <h2 id="referral">{say!(language, "case.referral.title")}</h2>
                {(!desk.case.referrals.is_empty()).then(|| view! { <ul class="items">{referrals}</ul> })}
                {may_refer.then(|| form(desk))}
            </section>
        }
        .into_any(),
    )
}

fn form(desk: &Desk) -> AnyView {
    let language = desk.language;
    let form = desk.form(Part::Referral);
    let destinations = std::iter::once(Choice::new("", say!(language, "case.choose")))
        .chain(desk.destinations.iter().map(|to| Choice::new(to.id.to_string(), destination(language, to))))
        .collect();
    let hint = say!(language, "case.referral.hint");
    view! {
        <details class="more" open=desk.came_back(Part::Referral)>
            <summary>{say!(language, "case.referral.refer")}</summary>
            <form method="post" action=paths::Refer { language, case: desk.id() }.to_string()>
                {desk.press(&form)}
                {select_field(&form, "organisation", say!(language, "case.referral.to"), None, destinations)}
                {text_area(&form, "referred", say!(language, "case.referral.words"), Some(hint), 4)}
                <p><button class="btn quiet small" type="submit">{say!(language, "case.referral.save")}</button></p>
            </form>
        </details>
    }
    .into_any()
}

fn destination(language: Language, to: &Destination) -> String {
    let kind = organisation_kind(language, to.kind);
    if to.takes_over {
        say!(language, "case.referral.takes_over", name = to.name, kind = kind)
    } else {
        say!(language, "case.referral.elsewhere", name = to.name, kind = kind)
    }
}
