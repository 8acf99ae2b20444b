//! What else is known of an item: the same, or one that looks like it, in other cases.

use casework::case::OpenItem;
use casework::item::Detail;
use casework::related::{Closeness, MOST, Related, RelatedCase};
use leptos::prelude::*;

use super::Desk;
use super::words::{outcome, state};
use crate::console::bulk;
use crate::words::{Language, say_count};
use crate::{paths, say};

/// The related items, the closest first; nothing if there are none.
pub(super) fn part(desk: &Desk, open: &OpenItem) -> Option<AnyView> {
    let language = desk.language;
    let is_picture = matches!(open.item.detail, Detail::File { .. });
    let waits = (is_picture && !desk.case.is_compared)
        .then(|| view! { <p class="hint">{say!(language, "case.related.not_yet")}</p> });
    if open.related.is_empty() {
        return waits.map(IntoAny::into_any);
    }
    let cut = (open.related.len() >= MOST)
        .then(|| view! { <p class="hint">{say!(language, "case.related.most", most = MOST)}</p> });
    let found = open.related.iter().map(|(closeness, related)| one(desk, open, *closeness, related)).collect_view();
    Some(
        view! {
            <div class="related">
                <p><b>{say!(language, "case.related.title")}</b></p>
                <ul>{found}</ul>
                {cut}
                {waits}
            </div>
        }
        .into_any(),
    )
}

fn one(desk: &Desk, open: &OpenItem, closeness: Closeness, related: &Related) -> AnyView {
    let language = desk.language;
    let href = paths::CasePage { language, case: related.case_id }.to_string();
    let became = (related.item_state != "open")
        .then(|| format!(" · {}", say!(language, format!("case.item_state.{}", related.item_state))));
    let ended = related.outcome.map(|ended| format!(": {}", outcome(language, ended)));
    view! {
        <li>
            <a href=href><bdi class="code">{related.reference.to_string()}</bdi></a>
            " · " {how_close(language, open, closeness, related)}
            " · " {state(language, related.state)} {ended} {became}
        </li>
    }
    .into_any()
}

/// Cases in which money was to go to the same place; nothing if there are none.
pub(super) fn payment(desk: &Desk) -> Option<AnyView> {
    let language = desk.language;
    let cases = &desk.case.same_payment;
    let list = cases.iter().map(|case| same_payment(language, case)).collect_view();
    (!cases.is_empty()).then(|| {
        view! {
            <div class="related">
                <p><b>{say!(language, "case.related.payment")}</b></p>
                <ul>{list}</ul>
            </div>
        }
        .into_any()
    })
}

fn same_payment(language: Language, case: &RelatedCase) -> impl IntoView + use<> {
    let href = paths::CasePage { language, case: case.case_id }.to_string();
    let ended = case.outcome.map(|ended| format!(": {}", outcome(language, ended)));
    view! {
        <li>
            <a href=href><bdi class="code">{case.reference.to_string()}</bdi></a>
            " · " {state(language, case.state)} {ended}
        </li>
    }
}

/// The way to decide for this case and all that are related to it; nothing if none is.
pub(super) fn together(desk: &Desk) -> Option<AnyView> {
    let language = desk.language;
    let cases = desk.case.related_cases().len();
    let href = bulk::of_related(language, desk.id());
    let words = say_count(language, "case.related.together", u64::try_from(cases).unwrap_or_default());
    (cases > 0).then(|| view! { <p><a class="btn quiet small" href=href>{words}</a></p> }.into_any())
}

fn how_close(language: Language, open: &OpenItem, closeness: Closeness, related: &Related) -> String {
    match (&open.item.detail, closeness) {
        (Detail::Location(_), _) => say!(language, "case.related.link"),
        (Detail::Account(_), _) => say!(language, "case.related.account"),
        (Detail::File { .. }, Closeness::Same) => say!(language, "case.related.file"),
        (Detail::File { .. }, Closeness::Shares(percent)) => say!(language, "case.related.video", percent = percent),
        (Detail::File { media_type, .. }, Closeness::Near(distance)) => {
            let is_moment = related.is_video() || media_type.starts_with("video/");
            say!(language, if is_moment { "case.related.moment" } else { "case.related.near" }, distance = distance)
        }
    }
}
