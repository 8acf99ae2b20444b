//! In an installation for training: what is to be found at a case's links and accounts; and when the case is closed, what an
//! experienced analyst decided, beside what oneself did.

use casework::assessment::{Assessment, Look};
use casework::lesson::{Decision, Lesson};
use casework::taxonomy::{Class, LegalBasis};
use leptos::prelude::*;

use super::Desk;
use super::words::{class, legal_basis, outcome};
use crate::say;
use crate::words::Language;

/// Where it stands on the page.
pub(super) const ANCHOR: &str = "lesson";

/// The lesson, where the case is one.
pub(super) fn part(desk: &Desk) -> Option<AnyView> {
    let lesson = desk.case.lesson?;
    let language = desk.language;
    let found = lesson.decision().judgement.map(|_| {
        view! {
            <h3>{say!(language, "lesson.found")}</h3>
            <p>{say!(language, format!("lesson.found_there.{lesson}"))}</p>
        }
    });
    let end = match desk.case.facts.outcome {
        Some(_) => decided(desk, lesson),
        None => view! { <p>{say!(language, "lesson.before")}</p> }.into_any(),
    };
    Some(
        view! {
            <section class="notice info" aria-labelledby=ANCHOR>
                <h2 id=ANCHOR>{say!(language, "lesson.title")}</h2>
                {found}
                {end}
            </section>
        }
        .into_any(),
    )
}

/// What was decided, by oneself and by an experienced analyst, and why.
fn decided(desk: &Desk, lesson: Lesson) -> AnyView {
    let language = desk.language;
    let Decision { judgement, referred, outcome: ended } = lesson.decision();
    let (own, own_end) = (own_judgement(desk), desk.case.facts.outcome);
    let has_referred = !desk.case.referrals.is_empty();
    let rows = [
        (
            say!(language, "lesson.judgement"),
            judged(language, own, "lesson.not_yet"),
            judged(language, judgement, "lesson.nothing"),
            own == judgement,
        ),
        (
            say!(language, "lesson.referred"),
            yes_or_no(language, has_referred),
            yes_or_no(language, referred),
            has_referred == referred,
        ),
        (
            say!(language, "lesson.outcome"),
            own_end.map(|code| outcome(language, code)).unwrap_or_default(),
            outcome(language, ended),
            own_end == Some(ended),
        ),
    ];
    let [what, by_you, by_them] = ["what", "you", "they"].map(|key| say!(language, format!("lesson.{key}")));
    let rows = rows.into_iter().map(|(about, you, they, is_same)| {
        let same = is_same.then(|| view! { <span class="pill done">{say!(language, "lesson.same")}</span> });
        view! {
            <tr>
                <th scope="row">{about}</th>
                <td data-label=by_you.clone()>{you}</td>
                <td data-label=by_them.clone()>{they} " " {same}</td>
            </tr>
        }
    });
    view! {
        <h3 id="lesson-after">{say!(language, "lesson.after")}</h3>
        <table class="table cards" aria-labelledby="lesson-after">
            <thead>
                <tr><th scope="col">{what}</th><th scope="col">{by_you.clone()}</th><th scope="col">{by_them.clone()}</th></tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
        <h3>{say!(language, "lesson.why")}</h3>
        <p>{say!(language, format!("lesson.reason.{lesson}"))}</p>
        <p class="hint">{say!(language, "lesson.other")}</p>
    }
    .into_any()
}

fn yes_or_no(language: Language, yes: bool) -> String {
    if yes { say!(language, "lesson.yes") } else { say!(language, "lesson.no") }
}

fn judged(language: Language, judgement: Option<(Class, LegalBasis)>, none: &'static str) -> String {
    match judgement {
        Some((code, basis)) => format!("{}. {}", class(language, code), legal_basis(language, basis)),
        None => say!(language, none),
    }
}

/// What this member judged of the first item they assessed.
fn own_judgement(desk: &Desk) -> Option<(Class, LegalBasis)> {
    let judged = |one: &Assessment| (one.judgement.class, one.judgement.legal_basis);
    let of = |all: &[Assessment]| all.iter().find(|one| one.staff_id == desk.me).map(judged);
    desk.case.items.iter().find_map(|item| match &item.look {
        Look::AwaitsSecond { own } => own.as_ref().map(judged),
        Look::AwaitsLead { both, .. } => of(both),
        Look::Done { all } => of(all),
        Look::Open => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lesson_is_told_in_every_language() {
        for (language, lesson) in
            Language::ALL.into_iter().flat_map(|language| Lesson::ALL.iter().map(move |lesson| (language, lesson)))
        {
            for (kind, is_told) in [("reason", true), ("found_there", lesson.decision().judgement.is_some())] {
                let key = format!("lesson.{kind}.{lesson}");
                assert_eq!(say!(language, &key) != key, is_told, "{} {key}", language.code());
            }
        }
    }
}
