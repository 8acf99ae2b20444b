//! In whose hands the case is: take it, put it back, skip it, give it to a colleague or a team.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::queue;
use casework::skip;
use casework::taxonomy::SkipReason;
use casework::team;
use leptos::prelude::*;
use uuid::Uuid;

use super::{Desk, LONGEST, Part, Work, optional_words_in};
use crate::console::queue::take_the_next;
use crate::console::signed::Holder;
use crate::error::Answer;
use crate::form::{Choice, Fields, Problem, select_field, text_area};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, paths, say};

/// Takes the case.
pub async fn take(
    State(app): State<Arc<App>>,
    Path(paths::TakeCase { case, .. }): Path<paths::TakeCase>,
    visit: Visit,
    Holder(session): Holder,
) -> Answer {
    let work = Work { app, visit, session, case };
    let done = queue::take(&work.app.casework, &work.session, case).await;
    work.answer(Part::Hands, Fields::default(), done).await
}

/// Puts the case back, and goes on with the list it came from.
pub async fn release(
    State(app): State<Arc<App>>,
    Path(paths::ReleaseCase { language, case }): Path<paths::ReleaseCase>,
    visit: Visit,
    Holder(session): Holder,
) -> Answer {
    let work = Work { app, visit, session, case };
    match queue::release(&work.app.casework, &work.session, case).await {
        Ok(()) => Ok(Redirect::to(&paths::Queue { language }.to_string()).into_response()),
        refused => work.answer(Part::Hands, Fields::default(), refused).await,
    }
}

/// Puts the case back with a reason, and takes the next one.
pub async fn skip(
    State(app): State<Arc<App>>,
    Path(paths::SkipCase { language, case }): Path<paths::SkipCase>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let work = Work { app, visit, session, case };
    let Ok(reason) = fields.get("reason").parse::<SkipReason>() else {
        let problem = Problem::new("reason", say!(language, "case.problem.skip"));
        return work.again(Part::Skip, StatusCode::UNPROCESSABLE_ENTITY, fields, vec![problem]).await;
    };
    match skip::skip(&work.app.casework, &work.session, case, reason).await {
        Ok(()) => take_the_next(&work.app, &work.session, language).await,
        refused => work.answer(Part::Skip, fields, refused).await,
    }
}

/// To whom a case is given.
pub(in crate::console) enum Receiver {
    /// One person.
    Colleague(Uuid),
    /// Nobody named: everybody.
    Team(Option<Uuid>),
}

/// In the form: before a team's id; alone, everybody.
pub(in crate::console) const TEAM: &str = "team:";

impl Receiver {
    /// A value of the form.
    pub(in crate::console) fn parse(value: &str) -> Option<Self> {
        match value.strip_prefix(TEAM) {
            Some("") => Some(Self::Team(None)),
            Some(team) => team.parse().ok().map(|team| Self::Team(Some(team))),
            None => value.parse().ok().map(Self::Colleague),
        }
    }
}

/// Gives the case to a colleague, or to a team.
pub async fn hand_over(
    State(app): State<Arc<App>>,
    Path(paths::HandOverCase { language, case }): Path<paths::HandOverCase>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let work = Work { app, visit, session, case };
    let to = Receiver::parse(fields.get("colleague"));
    let to = to.ok_or_else(|| Problem::new("colleague", say!(language, "case.problem.colleague")));
    let words = optional_words_in(language, &fields, "handover", LONGEST);
    let (to, words) = match (to, words) {
        (Ok(to), Ok(words)) => (to, words),
        (to, words) => {
            let problems = [to.err(), words.err()].into_iter().flatten().collect();
            return work.again(Part::Hands, StatusCode::UNPROCESSABLE_ENTITY, fields, problems).await;
        }
    };
    let (casework, session, words) = (&work.app.casework, &work.session, words.as_ref());
    let done = match to {
        Receiver::Colleague(to) => queue::hand_over(casework, session, case, to, words).await,
        Receiver::Team(team) => team::give(casework, session, case, team, words).await,
    };
    work.answer(Part::Hands, fields, done).await
}

/// The button that takes the case; in the page's head, for it is the first thing to do.
pub(super) fn take_button(desk: &Desk) -> Option<AnyView> {
    let facts = &desk.case.facts;
    let language = desk.language;
    let is_free = facts.holder_id.is_none() && facts.state.is_open();
    is_free.then(|| {
        view! {
            <form method="post" action=paths::TakeCase { language, case: facts.id }.to_string()>
                <button class="btn" type="submit" accesskey="t" data-key="t" data-key-name=say!(language, "case.hands.take")>{say!(language, "case.hands.take")} " " <kbd>"T"</kbd></button>
            </form>
        }
        .into_any()
    })
}

/// Who has it, and what can be done about that.
pub(super) fn part(desk: &Desk) -> AnyView {
    let language = desk.language;
    let facts = &desk.case.facts;
    let who = match facts.holder_id {
        Some(_) if desk.is_mine() => say!(language, "case.hands.yours"),
        Some(_) => say!(language, "case.hands.theirs", name = facts.holder.clone().unwrap_or_default()),
        None => say!(language, "case.hands.nobody"),
    };
    let may_release = desk.is_mine() || (desk.is_lead && facts.holder_id.is_some());
    let release = may_release.then(|| {
        view! {
            <form method="post" action=paths::ReleaseCase { language, case: facts.id }.to_string()>
                <button class="btn quiet small" type="submit" data-key="p">{say!(language, "case.hands.release")}</button>
            </form>
        }
    });
    view! {
        <section class="panel" aria-labelledby="hands">
            <h2 id="hands">{say!(language, "case.hands.title")}</h2>
            <p>{who}</p>
            {release}
            {desk.is_mine().then(|| skip_form(desk))}
            {(desk.is_mine() && !(desk.case.colleagues.is_empty() && desk.case.teams.is_empty())).then(|| hand_over_form(desk))}
        </section>
    }
    .into_any()
}

/// Why it is put back: what a lead sees of cases that nobody can take.
fn skip_form(desk: &Desk) -> AnyView {
    let language = desk.language;
    let form = desk.form(Part::Skip);
    let reasons = std::iter::once(Choice::new("", say!(language, "case.choose")))
        .chain(SkipReason::ALL.iter().map(|reason| Choice::new(reason.as_str(), skip_reason(language, *reason))))
        .collect();
    view! {
        <details class="more" id="skip" open=desk.came_back(Part::Skip)>
            <summary data-key="x">{say!(language, "case.hands.skip")}</summary>
            <form method="post" action=paths::SkipCase { language, case: desk.id() }.to_string()>
                {select_field(&form, "reason", say!(language, "case.hands.skip_reason"), Some(say!(language, "case.hands.skip_hint")), reasons)}
                <p><button class="btn quiet small" type="submit">{say!(language, "case.hands.skip_now")}</button></p>
            </form>
        </details>
    }
    .into_any()
}

/// The words for a reason.
pub(super) fn skip_reason(language: Language, reason: SkipReason) -> String {
    say!(language, format!("case.skip_reason.{reason}"))
}

fn hand_over_form(desk: &Desk) -> AnyView {
    let language = desk.language;
    let form = desk.form(Part::Hands);
    let colleagues = desk.case.colleagues.iter();
    let colleagues = colleagues.map(|colleague| Choice::new(colleague.id.to_string(), colleague.name.clone()));
    let teams = desk
        .case
        .teams
        .iter()
        .map(|team| Choice::new(format!("{TEAM}{}", team.id), say!(language, "case.hands.team", team = team.name)));
    let everybody = desk.case.facts.team.is_some().then(|| Choice::new(TEAM, say!(language, "case.everybody")));
    let receivers = std::iter::once(Choice::new("", say!(language, "case.choose")))
        .chain(colleagues)
        .chain(teams)
        .chain(everybody)
        .collect();
    view! {
        <details class="more" open=desk.came_back(Part::Hands)>
            <summary data-key="h">{say!(language, "case.hands.hand_over")}</summary>
            <form method="post" action=paths::HandOverCase { language, case: desk.id() }.to_string()>
                {select_field(&form, "colleague", say!(language, "case.hands.to"), None, receivers)}
                {text_area(&form, "handover", say!(language, "case.hands.words"), None, 2)}
                <p><button class="btn quiet small" type="submit">{say!(language, "case.hands.give")}</button></p>
            </form>
        </details>
    }
    .into_any()
}
