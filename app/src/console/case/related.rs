//! What else is known of an item: the same, or one that looks like it, in other cases.

use casework::case::OpenItem;
use casework::item::Detail;
use casework::related::{Closeness, MOST, Related};
use leptos::prelude::*;

use super::Desk;
use super::words::{outcome, state};
use crate::words::Language;
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
