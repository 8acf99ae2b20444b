//! The items, each as text that cannot be followed, and the form that assesses one.
//!
//! One form is open at a time: the item's that wants this person's judgement next, or the one they chose.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use casework::assessment::{self, Assessment, Judgement, Look, Unfounded};
use casework::case::{OpenCase, OpenItem};
use casework::item::{Detail, Fingerprint, Item, Provider};
use casework::taxonomy::{Class, LegalBasis};
use data_encoding::HEXLOWER;
use leptos::prelude::*;
use uuid::Uuid;

use super::words::{class, legal_basis, provider_name};
use super::{Desk, Part, Typed, Work, optional_words_in, related, show};
use crate::console::signed::Holder;
use crate::error::Answer;
use crate::form::{Choice, Fields, FormState, Problem, choices, select_field, text_area};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, drawings, paths, say};

/// Assesses an item.
pub async fn submit(
    State(app): State<Arc<App>>,
    Path(paths::Assess { language, case, item }): Path<paths::Assess>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let work = Work { app, visit, session, case };
    let judgement = match parse(language, &fields) {
        Ok(judgement) => judgement,
        Err(problems) => {
            let typed = Typed { part: Part::Items, form: FormState { fields, problems } };
            return show::page(work, StatusCode::UNPROCESSABLE_ENTITY, Some(typed), Some(item)).await;
        }
    };
    let done = assessment::assess(&work.app.casework, &work.session, case, item, &judgement).await;
    work.answer(Part::Items, fields, done).await
}

/// What was chosen and written, or what is wrong with it.
pub(in crate::console) fn parse(language: Language, fields: &Fields) -> Result<Judgement, Vec<Problem>> {
    let class = fields.get("class").parse().map_err(|_| Problem::new("class", say!(language, "case.problem.class")));
    let basis = fields.get("basis").parse().map_err(|_| Problem::new("basis", say!(language, "case.problem.basis")));
    let note = optional_words_in(language, fields, "why", Judgement::LONGEST_NOTE);
    match (class, basis, note) {
        (Ok(class), Ok(basis), Ok(note)) => Judgement::new(class, basis, note)
            .map_err(|Unfounded| vec![Problem::new("basis", say!(language, "case.problem.unfounded"))]),
        (class, basis, note) => Err([class.err(), basis.err(), note.err()].into_iter().flatten().collect()),
    }
}

/// The first item that wants this person's judgement.
pub(super) fn first_open(case: &OpenCase, me: Uuid) -> Option<Uuid> {
    let is_mine = case.facts.holder_id == Some(me);
    case.items.iter().find(|item| wants_me(item, is_mine)).map(|item| item.item.id)
}

fn wants_me(item: &OpenItem, is_mine: bool) -> bool {
    match &item.look {
        Look::Open => is_mine,
        Look::AwaitsSecond { own } => own.is_none(),
        Look::AwaitsLead { may_decide, .. } => *may_decide,
        Look::Done { .. } => false,
    }
}

/// Whether this person may assess the item, be it to change their own judgement.
fn may_assess(item: &OpenItem, desk: &Desk) -> bool {
    let mine_alone = |all: &[Assessment]| all.len() == 1 && all.iter().all(|one| one.staff_id == desk.me);
    match &item.look {
        Look::AwaitsSecond { own: Some(_) } => desk.is_mine(),
        Look::Done { all } => desk.is_mine() && mine_alone(all),
        _ => wants_me(item, desk.is_mine()),
    }
}

/// The items of the case.
pub(super) fn part(desk: &Desk) -> Option<AnyView> {
    if desk.case.items.is_empty() {
        return None;
    }
    let items = desk.case.items.iter().map(|item| one(desk, item)).collect_view();
    Some(
        view! {
            <section class="panel" aria-labelledby="items" data-key="a">
                <h2 id="items">{say!(desk.language, "case.items")}</h2>
                <ul class="items">{items}</ul>
            </section>
        }
        .into_any(),
    )
}

fn one(desk: &Desk, open: &OpenItem) -> AnyView {
    let language = desk.language;
    let item = &open.item;
    let is_open = desk.item == Some(item.id) && may_assess(open, desk);
    // An account's own words name its provider.
    let names_provider = matches!(item.detail, Detail::Account(_));
    let provider = item.provider.as_ref().filter(|_| !names_provider).map(provider_pill);
    let became = (item.state != "open")
        .then(|| view! { <span class="pill done">{say!(language, format!("case.item_state.{}", item.state))}</span> });
    let pills = (provider.is_some() || became.is_some()).then(|| view! { <p class="pills">{provider} {became}</p> });
    let form = if is_open {
        form(desk, item.id).into_any()
    } else if may_assess(open, desk) {
        let page = paths::CasePage { language, case: desk.id() };
        let href = format!("{page}?item={id}#item-{id}", id = item.id);
        view! { <p><a class="btn quiet small" href=href>{say!(language, "case.assess.open")}</a></p> }.into_any()
    } else {
        ().into_any()
    };
    view! {
        <li class="item" id=format!("item-{}", item.id)>
            {what(language, item)}
            {pills}
            {related::part(desk, open)}
            {judged(desk, &open.look)}
            {form}
        </li>
    }
    .into_any()
}

/// A provider of the directory.
fn provider_pill(provider: &Provider) -> impl IntoView + use<> {
    view! { <span class="pill blue"><bdi>{provider.name.clone()}</bdi></span> }
}

fn what(language: Language, item: &Item) -> AnyView {
    match &item.detail {
        Detail::Location(location) => copied(language, &format!("link-{}", item.id), location.defanged()),
        Detail::Account(account) => {
            let provider = match &item.provider {
                Some(known) => provider_pill(known).into_any(),
                None => view! { <bdi>{provider_name(language, account)}</bdi> }.into_any(),
            };
            view! {
                <p><b>{say!(language, "case.item.account")}</b> " " {provider}</p>
                {copied(language, &format!("handle-{}", item.id), account.handle().to_owned())}
            }
            .into_any()
        }
        Detail::File { media_type, fingerprints } => {
            let hashes = fingerprints
                .iter()
                .enumerate()
                .map(|(index, print)| hash(language, item.id, index, print))
                .collect_view();
            view! {
                <p><b>{say!(language, "case.item.file")}</b> " " <bdi>{media_type.clone()}</bdi></p>
                <details class="more"><summary>{say!(language, "case.item.fingerprints")}</summary> {hashes}</details>
            }
            .into_any()
        }
    }
}

fn hash(language: Language, item: Uuid, index: usize, print: &Fingerprint) -> AnyView {
    view! {
        <div>
            <p class="hint">{print.algorithm.to_string()} " " {print.variant.clone()}</p>
            {copied(language, &format!("hash-{item}-{index}"), HEXLOWER.encode(&print.value))}
        </div>
    }
    .into_any()
}

/// Text to copy. Never a link, never fetched.
fn copied(language: Language, id: &str, text: String) -> AnyView {
    view! {
        <div class="copy-row">
            <code class="ltr" id=id.to_owned()>{text}</code>
            <button class="btn quiet small" type="button" hidden data-copy-target=id.to_owned() data-done=say!(language, "case.copied")>
                {drawings::copy()} <span aria-live="polite">{say!(language, "case.copy")}</span>
            </button>
        </div>
    }
    .into_any()
}

fn judged(desk: &Desk, look: &Look) -> AnyView {
    let language = desk.language;
    let list = |all: &[Assessment]| all.iter().map(|one| assessment_view(desk, one)).collect_view();
    match look {
        Look::Open => ().into_any(),
        Look::AwaitsSecond { own } => {
            let key = if own.is_some() { "case.assess.awaits_other" } else { "case.assess.awaits_second" };
            view! { <p><span class="pill wait">{say!(language, key)}</span></p> {own.as_ref().map(|own| assessment_view(desk, own))} }
                .into_any()
        }
        Look::AwaitsLead { both, .. } => {
            view! { <p><span class="pill hot">{say!(language, "case.assess.differ")}</span></p> {list(both)} }
                .into_any()
        }
        Look::Done { all } => list(all).into_any(),
    }
}

fn assessment_view(desk: &Desk, assessment: &Assessment) -> AnyView {
    let language = desk.language;
    let judgement = &assessment.judgement;
    let note = (!judgement.note.is_empty()).then(|| view! { <p dir="auto">{judgement.note.clone()}</p> });
    view! {
        <div>
            <p>
                <b>{judgement.class.to_string()} " · " {class(language, judgement.class)}</b>
                " · " {legal_basis(language, judgement.legal_basis)}
            </p>
            {note}
            <p class="hint">{desk.name(assessment.staff_id)} ", " {desk.time(assessment.created_at)}</p>
        </div>
    }
    .into_any()
}

fn form(desk: &Desk, item: Uuid) -> impl IntoView + use<> {
    let language = desk.language;
    view! {
        <form class="assess" method="post" action=paths::Assess { language, case: desk.id(), item }.to_string()>
            {judgement_fields(language, &desk.form(Part::Items))}
            <p><button class="btn" type="submit">{say!(language, "case.assess.save")}</button></p>
        </form>
    }
}

/// What it shows, under which law, and why.
pub(in crate::console) fn judgement_fields(language: Language, form: &FormState) -> impl IntoView + use<> {
    let classes = Class::ALL
        .iter()
        .map(|&code| {
            let hint = code.needs_second_assessor().then(|| say!(language, "case.assess.needs_second"));
            Choice { value: code.to_string(), label: format!("{code} · {}", class(language, code)), hint }
        })
        .collect();
    let bases = std::iter::once(Choice::new("", say!(language, "case.choose")))
        .chain(LegalBasis::ALL.iter().map(|&code| Choice::new(code.to_string(), legal_basis(language, code))))
        .collect();
    view! {
        {choices(form, "radio", "class", say!(language, "case.assess.class"), "", classes)}
        {select_field(form, "basis", say!(language, "case.assess.basis"), None, bases)}
        {text_area(form, "why", say!(language, "case.assess.why"), Some(say!(language, "case.assess.why_hint")), 3)}
    }
}
