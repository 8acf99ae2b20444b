//! How it came to be: context, never severity.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use casework::label;
use casework::taxonomy::ContextLabel;
use leptos::prelude::*;

use super::words::label as label_words;
use super::{Desk, Part, Work};
use crate::console::signed::Holder;
use crate::error::Answer;
use crate::form::{Choice, Fields, FormState, choices};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, paths, say};

/// Sets the labels to the ones ticked.
pub async fn submit(
    State(app): State<Arc<App>>,
    Path(paths::SetLabels { case, .. }): Path<paths::SetLabels>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let work = Work { app, visit, session, case };
    let wanted: BTreeSet<ContextLabel> = fields.all("label").filter_map(|code| code.parse().ok()).collect();
    let done = label::set(&work.app.casework, &work.session, case, &wanted).await;
    work.answer(Part::Labels, fields, done).await
}

/// The labels; ticked by whoever has the case in their hands.
pub(super) fn part(desk: &Desk) -> AnyView {
    let language = desk.language;
    let labels = if desk.is_mine() { form(desk) } else { pills(desk) };
    view! {
        <section class="panel" aria-labelledby="labels" data-key="l">
            <h2 id="labels">{say!(language, "case.labels.title")}</h2>
            {labels}
        </section>
    }
    .into_any()
}

fn pills(desk: &Desk) -> AnyView {
    let language = desk.language;
    if desk.case.labels.is_empty() {
        return view! { <p class="hint">{say!(language, "case.labels.none")}</p> }.into_any();
    }
    let pills = desk
        .case
        .labels
        .iter()
        .map(|&code| view! { <li class="pill">{label_words(language, code)}</li> })
        .collect_view();
    view! { <ul class="pills">{pills}</ul> }.into_any()
}

/// Every label, to tick.
pub(in crate::console) fn label_fields(language: Language, form: &FormState) -> impl IntoView + use<> {
    let options = ContextLabel::ALL.iter().map(|&code| Choice::new(code.to_string(), label_words(language, code)));
    choices(form, "checkbox", "label", say!(language, "case.labels.legend"), "hint", options.collect())
}

fn form(desk: &Desk) -> AnyView {
    let language = desk.language;
    let ticked = desk.case.labels.iter().map(|label| ("label".to_owned(), label.to_string())).collect();
    let form = if desk.came_back(Part::Labels) { desk.form(Part::Labels) } else { FormState::filled(Fields(ticked)) };
    view! {
        <form class="assess" method="post" action=paths::SetLabels { language, case: desk.id() }.to_string()>
            {label_fields(language, &form)}
            <p><button class="btn quiet small" type="submit">{say!(language, "case.labels.save")}</button></p>
        </form>
    }
    .into_any()
}
