//! What went to providers, and the way to a new notice. A notice has pages of its own.

use casework::item::Detail;
use leptos::prelude::*;

use super::Desk;
use crate::{paths, say};

/// The notices of the case.
pub(super) fn part(desk: &Desk) -> Option<AnyView> {
    let language = desk.language;
    let can_be_noticed = desk.case.items.iter().any(|open| !matches!(open.item.detail, Detail::File { .. }));
    let may_draft = desk.is_mine() && can_be_noticed;
    if desk.case.notices.is_empty() && !may_draft {
        return None;
    }
    let notices = desk
        .case
        .notices
        .iter()
        .map(|notice| {
            let href = paths::NoticePage { language, notice: notice.id }.to_string();
            let state = say!(language, format!("case.notice_state.{}", notice.state));
            view! {
                <li class="item">
                    <p><a class="ref" href=href>{notice.provider_name.clone()}</a> " " <span class="pill">{state}</span></p>
                    <p class="hint">{desk.time(notice.sent_at.unwrap_or(notice.created_at))}</p>
                </li>
            }
        })
        .collect_view();
    let draft = may_draft.then(|| {
        let href = paths::NoticeDraft { language, case: desk.id() }.to_string();
        view! { <p><a class="btn quiet" href=href>{say!(language, "case.notices.draft")}</a></p> }
    });
    Some(
        view! {
            <section class="panel" aria-labelledby="notices" data-key="d">
                <h2 id="notices">{say!(language, "case.notices.title")}</h2>
                {(!desk.case.notices.is_empty()).then(|| view! { <ul class="items">{notices}</ul> })}
                {draft}
            </section>
        }
        .into_any(),
    )
}
