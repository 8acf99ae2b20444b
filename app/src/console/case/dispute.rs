//! Fingerprints that a partner disputes: off the list until somebody who has the case in their hands decides.

use std::sync::Arc;

use axum::extract::{Path, State};
use casework::item::Algorithm;
use casework::list::dispute::{self, Dispute};
use data_encoding::HEXLOWER_PERMISSIVE;
use leptos::prelude::*;

use super::{Desk, Part, Work};
use crate::console::signed::Holder;
use crate::error::{Answer, Failure};
use crate::form::Fields;
use crate::visit::Visit;
use crate::{App, paths, say};

/// Decides one.
pub async fn submit(
    State(app): State<Arc<App>>,
    Path(paths::DecideDispute { case, .. }): Path<paths::DecideDispute>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let algorithm: Algorithm = fields.get("algorithm").parse().map_err(|_| Failure::NotFound)?;
    let value = HEXLOWER_PERMISSIVE.decode(fields.get("value").as_bytes()).map_err(|_| Failure::NotFound)?;
    let is_kept = fields.get("decision") == "keep";
    let work = Work { app, visit, session, case };
    let done = dispute::decide(&work.app.casework, &work.session, case, algorithm, &value, is_kept).await;
    work.answer(Part::Disputes, fields, done).await
}

/// What waits to be decided; nothing in most cases.
pub(super) fn part(desk: &Desk) -> Option<AnyView> {
    let language = desk.language;
    if desk.case.disputes.is_empty() {
        return None;
    }
    let disputes = desk.case.disputes.iter().map(|dispute| one(desk, dispute)).collect_view();
    Some(
        view! {
            <section class="panel" id="disputes" aria-labelledby="disputes-title">
                <h2 id="disputes-title">{say!(language, "case.dispute.title")}</h2>
                <p>{say!(language, "case.dispute.text")}</p>
                {disputes}
            </section>
        }
        .into_any(),
    )
}

fn one(desk: &Desk, dispute: &Dispute) -> AnyView {
    let language = desk.language;
    let time = desk.time(dispute.begun_at);
    let words = say!(language, "case.dispute.one", partner = dispute.partner, time = time);
    let value = HEXLOWER_PERMISSIVE.encode(&dispute.value);
    let action = paths::DecideDispute { language, case: desk.id() }.to_string();
    let form = desk.is_mine().then(|| {
        view! {
            <form class="actions" method="post" action=action>
                <input type="hidden" name="algorithm" value=dispute.algorithm.as_str() />
                <input type="hidden" name="value" value=value.clone() />
                <button class="btn quiet small" name="decision" value="keep">{say!(language, "case.dispute.keep")}</button>
                <button class="btn danger small" name="decision" value="off">{say!(language, "case.dispute.off")}</button>
            </form>
        }
    });
    view! {
        <p>{words}</p>
        <p><code class="ltr hash" dir="ltr">{format!("{} {value}", dispute.algorithm)}</code></p>
        {form}
    }
    .into_any()
}
