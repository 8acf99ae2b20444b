//! What a partner gets: on which terms it pulls the list, and its keys.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::api_key::{self, ApiKey, LONGEST_LIFE, LONGEST_NAME, NewKey, Right, Secret};
use casework::claim::{Collection, Medium};
use casework::list::{self, Scope, Terms};
use casework::organisation::Organisation;
use casework::staff::session::StaffSession;
use casework::taxonomy::{Country, Harm, Role};
use casework::text::Words;
use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::super::frame::{Place, console_page};
use super::super::signed::Administrator;
use super::organisations::find;
use super::{Tab, tabs};
use crate::error::Answer;
use crate::form::{Choice, Fields, FormState, Problem, choices, error_summary, select_field, text_area, text_field};
use crate::paths::{self, EndKey, NewKeyOf, Partner, PartnerTerms};
use crate::visit::Visit;
use crate::words::{Language, say_time};
use crate::{App, drawings, say};

/// The longest name of an agreement, in characters.
const LONGEST_AGREEMENT: usize = 200;
/// How long a key may last, in days; the first is what is usual.
const LIVES: [u32; 4] = [365, 30, 90, LONGEST_LIFE];

/// Terms and keys.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(path): Path<Partner>,
    visit: Visit,
    Administrator(session): Administrator,
) -> Answer {
    let found = find(&app, path.organisation).await?;
    page(&app, &visit, &session, found, FormState::default(), FormState::default()).await
}

/// Whoever reloads after a change.
pub async fn to_partner(Path(path): Path<Partner>) -> Response {
    Redirect::to(&path.to_string()).into_response()
}

/// Writes down the terms.
pub async fn record(
    State(app): State<Arc<App>>,
    Path(PartnerTerms { language, organisation }): Path<PartnerTerms>,
    visit: Visit,
    Administrator(session): Administrator,
    fields: Fields,
) -> Answer {
    let found = find(&app, organisation).await?;
    match parse_terms(language, &fields) {
        Ok((agreement, scope)) => {
            list::record_terms(&app.casework, &session, organisation, &agreement, &scope).await?;
            Ok(Redirect::to(&Partner { language, organisation }.to_string()).into_response())
        }
        Err(problems) => {
            page(&app, &visit, &session, found, FormState { fields, problems }, FormState::default()).await
        }
    }
}

fn parse_terms(language: Language, fields: &Fields) -> Result<(Words, Scope), Vec<Problem>> {
    let wrong = |field: &'static str, key: &str| {
        Problem::new(field, say!(language, format!("partner.{key}"), longest = LONGEST_AGREEMENT))
    };
    let agreement =
        Words::parse(fields.get("agreement"), LONGEST_AGREEMENT).map_err(|_| wrong("agreement", "agreement_wrong"));
    let some = |field: &'static str, is_empty: bool| is_empty.then(|| wrong(field, "none_chosen"));
    let (collections, media) = (chosen(fields, "collections"), chosen(fields, "media"));
    let countries = parse_countries(language, fields.get("countries"));
    let missing = [some("collections", collections.is_empty()), some("media", media.is_empty())];
    match (agreement, countries) {
        (Ok(agreement), Ok(countries)) if missing.iter().all(Option::is_none) => {
            Ok((agreement, Scope { collections, media, harms: chosen(fields, "harms"), countries }))
        }
        (agreement, countries) => {
            let [collections, media] = missing;
            Err([agreement.err(), collections, media, countries.err()].into_iter().flatten().collect())
        }
    }
}

fn chosen<T: FromStr + Ord>(fields: &Fields, name: &str) -> BTreeSet<T> {
    fields.all(name).filter_map(|code| code.parse().ok()).collect()
}

/// Codes with spaces, commas or lines between them.
fn parse_countries(language: Language, typed: &str) -> Result<BTreeSet<Country>, Problem> {
    let codes = typed.split(|between: char| between.is_whitespace() || between == ',').filter(|code| !code.is_empty());
    let read = |code: &str| {
        let wrong = || Problem::new("countries", say!(language, "partner.country_wrong", country = code));
        code.to_uppercase().parse().map_err(|_| wrong())
    };
    codes.map(read).collect()
}

/// Makes a key, and shows it, now and never again.
pub async fn make_key(
    State(app): State<Arc<App>>,
    Path(NewKeyOf { language, organisation }): Path<NewKeyOf>,
    visit: Visit,
    Administrator(session): Administrator,
    fields: Fields,
) -> Answer {
    let found = find(&app, organisation).await?;
    let name = Words::parse(fields.get("name"), LONGEST_NAME)
        .map_err(|_| Problem::new("name", say!(language, "administration.name_wrong", longest = LONGEST_NAME)));
    let days = fields.get("days").parse().ok().filter(|days| LIVES.contains(days));
    let days = days.ok_or_else(|| Problem::new("days", say!(language, "administration.choose")));
    let rights: BTreeSet<Right> = chosen(&fields, "rights");
    let none = rights.is_empty().then(|| Problem::new("rights", say!(language, "partner.none_chosen")));
    match (name, days, none) {
        (Ok(name), Ok(days), None) => {
            let new = NewKey { name, rights: rights.into_iter().collect(), days };
            let secret = api_key::create(&app.casework, &session, organisation, &new).await?;
            Ok(key_page(&app, &visit, &session, &found, &secret).await)
        }
        (name, days, none) => {
            let problems = [name.err(), none, days.err()].into_iter().flatten().collect();
            page(&app, &visit, &session, found, FormState::default(), FormState { fields, problems }).await
        }
    }
}

/// Ends a key.
pub async fn end_key(
    State(app): State<Arc<App>>,
    Path(EndKey { language, organisation, key }): Path<EndKey>,
    Administrator(session): Administrator,
) -> Answer {
    api_key::end(&app.casework, &session, organisation, key).await?;
    Ok(Redirect::to(&Partner { language, organisation }.to_string()).into_response())
}

async fn key_page(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    found: &Organisation,
    secret: &Secret,
) -> Response {
    let (language, organisation, kind) = (visit.language, found.id, found.kind);
    let title = say!(language, "partner.key.made", name = found.name);
    let secret = secret.as_str().to_owned();
    console_page(app, visit, session, StatusCode::OK, Place::Administration, title.clone(), move || {
        view! {
            {tabs(language, Role::Administrator, Tab::Organisations(kind))}
            <div class="narrow">
                <h1>{title}</h1>
                <p>{say!(language, "partner.key.once")}</p>
                <div class="copy-row">
                    <code class="ltr" id="key" dir="ltr">{secret}</code>
                    <button class="btn quiet small" type="button" hidden data-copy-target="key" data-done=say!(language, "administration.link.copied")>
                        {drawings::copy()} <span aria-live="polite">{say!(language, "administration.link.copy")}</span>
                    </button>
                </div>
                <p class="actions"><a class="btn quiet" href=Partner { language, organisation }.to_string()>{say!(language, "partner.key.stored")}</a></p>
            </div>
        }
    })
    .await
}

async fn page(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    found: Organisation,
    terms_form: FormState,
    key_form: FormState,
) -> Answer {
    let (language, zone, now) = (visit.language, app.casework.hours.zone(), app.casework.now());
    let terms = list::terms(&app.casework, found.id).await?;
    let keys = api_key::of(&app.casework, found.id).await?;
    let status = terms_form.status().max(key_form.status());
    let title = say!(language, "partner.title", name = found.name);
    let since = terms.as_ref().map(|terms| say_time(language, zone, terms.recorded_at));
    let form = if terms_form.fields.0.is_empty() { FormState::filled(present(terms.as_ref())) } else { terms_form };
    let keys = keys.into_iter().map(|key| row(language, zone, now, &found, key)).collect_view();
    Ok(console_page(app, visit, session, status, Place::Administration, title.clone(), move || {
        view! {
            {tabs(language, Role::Administrator, Tab::Organisations(found.kind))}
            <p><a href=paths::Organisation { language, organisation: found.id }.to_string()>{found.name.clone()}</a></p>
            <h1>{title}</h1>
            <div class="stack">
                {terms_panel(language, &found, &form, since)}
                {keys_panel(language, &found, &key_form, keys.into_any())}
            </div>
        }
    })
    .await)
}

/// What was agreed, as the form's fields. At first: pictures and videos that people reported as their own.
fn present(terms: Option<&Terms>) -> Fields {
    fn each<T: Display>(name: &str, values: impl IntoIterator<Item = T>) -> Vec<(String, String)> {
        values.into_iter().map(|value| (name.to_owned(), value.to_string())).collect()
    }
    let Some(terms) = terms else {
        return Fields([each("collections", [Collection::SelfReported]), each("media", Medium::ALL)].concat());
    };
    let scope = &terms.scope.0;
    let countries = scope.countries.iter().map(Country::as_str).collect::<Vec<_>>().join(" ");
    let fields = [
        each("agreement", [&terms.agreement]),
        each("collections", &scope.collections),
        each("media", &scope.media),
        each("harms", &scope.harms),
        each("countries", [countries]),
    ];
    Fields(fields.concat())
}

fn terms_panel(
    language: Language,
    found: &Organisation,
    form: &FormState,
    since: Option<String>,
) -> impl IntoView + use<> {
    let offered = |part: &str, codes: Vec<&'static str>| -> Vec<Choice> {
        codes.into_iter().map(|code| Choice::new(code, say!(language, format!("partner.{part}.{code}")))).collect()
    };
    let collections = offered("collection", Collection::ALL.iter().map(|one| one.as_str()).collect());
    let media = offered("medium", Medium::ALL.iter().map(|one| one.as_str()).collect());
    let harms = Harm::ALL.iter().map(|harm| Choice::new(harm.as_str(), say!(language, format!("case.harm.{harm}"))));
    let harms = harms.collect();
    let since = match since {
        Some(since) => say!(language, "partner.terms.since", since = since),
        None => say!(language, "partner.terms.none"),
    };
    view! {
        <section class="panel">
            <h2>{say!(language, "partner.terms.title")}</h2>
            <p>{say!(language, "partner.terms.text")}</p>
            <p>{since}</p>
            {error_summary(language, form)}
            <form method="post" action=PartnerTerms { language, organisation: found.id }.to_string() novalidate>
                {text_field(form, "agreement", say!(language, "partner.agreement"), Some(say!(language, "partner.agreement_hint")), "text", "off")}
                {choices(form, "checkbox", "collections", say!(language, "partner.collections"), "", collections)}
                {choices(form, "checkbox", "media", say!(language, "partner.media"), "", media)}
                {choices(form, "checkbox", "harms", say!(language, "partner.harms"), "", harms)}
                {text_area(form, "countries", say!(language, "partner.countries"), Some(say!(language, "partner.countries_hint")), 2)}
                <div class="actions"><button class="btn">{say!(language, "partner.terms.record")}</button></div>
            </form>
        </section>
    }
}

fn keys_panel(language: Language, found: &Organisation, form: &FormState, keys: AnyView) -> impl IntoView + use<> {
    let rights = Right::ALL
        .iter()
        .map(|right| Choice::new(right.as_str(), say!(language, format!("partner.right.{right}"))))
        .collect();
    let lives = LIVES.map(|days| Choice::new(days.to_string(), say!(language, format!("partner.life.{days}"))));
    view! {
        <section class="panel">
            <h2>{say!(language, "partner.keys")}</h2>
            <p>{say!(language, "partner.keys_text")}</p>
            <table class="table cards">
                <thead><tr>
                    <th scope="col">{say!(language, "administration.organisation.name")}</th>
                    <th scope="col">{say!(language, "partner.key.may")}</th>
                    <th scope="col">{say!(language, "partner.key.until")}</th>
                    <th scope="col">{say!(language, "partner.key.used")}</th>
                    <th scope="col">{say!(language, "administration.staff.state")}</th>
                    <th scope="col"><span class="visually-hidden">{say!(language, "partner.key.change")}</span></th>
                </tr></thead>
                <tbody>{keys}</tbody>
            </table>
            {error_summary(language, form)}
            <form method="post" action=NewKeyOf { language, organisation: found.id }.to_string() novalidate>
                <h3>{say!(language, "partner.key.new")}</h3>
                {text_field(form, "name", say!(language, "partner.key.name"), Some(say!(language, "partner.key.name_hint")), "text", "off")}
                {choices(form, "checkbox", "rights", say!(language, "partner.key.may"), "", rights)}
                {select_field(form, "days", say!(language, "partner.key.lasts"), None, lives.into())}
                <div class="actions"><button class="btn quiet">{say!(language, "partner.key.make")}</button></div>
            </form>
        </section>
    }
}

fn row(
    language: Language,
    zone: chrono_tz::Tz,
    now: DateTime<Utc>,
    found: &Organisation,
    key: ApiKey,
) -> impl IntoView + use<> {
    let may = key.rights.0.iter().map(|right| say!(language, format!("partner.right.{right}"))).collect::<Vec<_>>();
    let used = key.last_used_at.map_or_else(|| say!(language, "partner.key.never"), |at| say_time(language, zone, at));
    let is_valid = key.is_valid(now);
    let state = say!(language, if is_valid { "partner.key.valid" } else { "partner.key.ended" });
    let end = EndKey { language, organisation: found.id, key: key.id }.to_string();
    let words = say!(language, "partner.key.end", name = key.name);
    let end = is_valid.then(|| {
        view! { <form method="post" action=end><button class="btn danger small">{words}</button></form> }
    });
    view! {
        <tr>
            <td data-label=say!(language, "administration.organisation.name")><bdi>{key.name}</bdi></td>
            <td data-label=say!(language, "partner.key.may")>{may.join(" · ")}</td>
            <td data-label=say!(language, "partner.key.until")>{say_time(language, zone, key.ended_at.unwrap_or(key.expires_at))}</td>
            <td data-label=say!(language, "partner.key.used")>{used}</td>
            <td data-label=say!(language, "administration.staff.state")>
                <span class="pill" class:done=is_valid>{state}</span>
            </td>
            <td>{end}</td>
        </tr>
    }
}
