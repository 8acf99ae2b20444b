//! Drafting a notice: to whom, about which items, and why.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::item::{Detail, Item};
use casework::notice::{self, Draft, MOST_EXPLANATION, NoticeError, Preparation, Preview};
use casework::text::Words;
use leptos::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use crate::console::case::words::provider_name;
use crate::console::frame::{Place, console_page};
use crate::console::signed::Holder;
use crate::error::{Answer, Failure};
use crate::form::{self, Choice, Fields, FormState, Problem};
use crate::paths::{CasePage, NoticeDraft, NoticePage};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, say};

/// The empty draft, items whose provider is known chosen beforehand; or, with `?replaces=`, one that has not gone out, to be
/// changed.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(NoticeDraft { language, case }): Path<NoticeDraft>,
    Query(asked): Query<Asked>,
    visit: Visit,
    Holder(session): Holder,
) -> Answer {
    let prepared = notice::prepare(&app.casework, &session, case).await?;
    let chosen = match asked.replaces {
        Some(replaced) => as_before(&notice::preview(&app.casework, &session, replaced).await?),
        None => beforehand(&prepared),
    };
    let form = FormState::filled(Fields(chosen));
    let title = title(language, &prepared);
    Ok(console_page(&app, &visit, &session, StatusCode::OK, Place::Mine, title, || {
        page(&app, language, case, &prepared, &form)
    })
    .await)
}

/// What the page's address may carry.
#[derive(Deserialize)]
pub struct Asked {
    replaces: Option<Uuid>,
}

/// A form's fields: name and value.
type Filled = Vec<(String, String)>;

/// A notice that has not gone out, as it was filled in.
fn as_before(preview: &Preview) -> Filled {
    let replaces = ("replaces".to_owned(), preview.outgoing.id.to_string());
    let provider = ("provider".to_owned(), preview.provider.to_string());
    let explanation = ("explanation".to_owned(), preview.outgoing.content.explanation.clone());
    let items = preview.items.iter().map(|item| ("item".to_owned(), item.to_string()));
    [replaces, provider, explanation].into_iter().chain(items).collect()
}

/// The first known provider, and the items that belong to it.
fn beforehand(prepared: &Preparation) -> Filled {
    let mut chosen = Vec::new();
    let provider = prepared.items.iter().find_map(|item| item.provider.as_ref().map(|provider| provider.id));
    if let Some(provider) = provider {
        chosen.push(("provider".to_owned(), provider.to_string()));
        let of_provider =
            prepared.items.iter().filter(|item| item.provider.as_ref().is_some_and(|found| found.id == provider));
        chosen.extend(of_provider.map(|item| ("item".to_owned(), item.id.to_string())));
    }
    chosen
}

/// Makes the draft, or shows what is wrong with it.
pub async fn submit(
    State(app): State<Arc<App>>,
    Path(NoticeDraft { language, case }): Path<NoticeDraft>,
    visit: Visit,
    Holder(session): Holder,
    fields: Fields,
) -> Answer {
    let problems = match parse(language, &fields) {
        Ok(draft) => match notice::draft(&app.casework, &session, case, &draft, &fields.press()).await {
            Ok(notice) => return Ok(Redirect::to(&NoticePage { language, notice }.to_string()).into_response()),
            Err(NoticeError::NothingChosen) => vec![Problem::new("item", say!(language, "notice.problem.items"))],
            Err(NoticeError::OtherProvider) => {
                vec![Problem::new("even_so", say!(language, "notice.problem.other_provider"))]
            }
            Err(NoticeError::TooMany) => vec![Problem::new("item", say!(language, "notice.problem.too_many"))],
            Err(other) => return Err(other.into()),
        },
        Err(problems) => problems,
    };
    let prepared = notice::prepare(&app.casework, &session, case).await?;
    let form = FormState { fields, problems };
    let title = title(language, &prepared);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(console_page(&app, &visit, &session, status, Place::Mine, title, || {
        page(&app, language, case, &prepared, &form)
    })
    .await)
}

fn parse(language: Language, fields: &Fields) -> Result<Draft, Vec<Problem>> {
    let mut problems = Vec::new();
    let provider = fields.get("provider").parse().ok();
    if provider.is_none() {
        problems.push(Problem::new("provider", say!(language, "notice.problem.provider")));
    }
    let items: BTreeSet<Uuid> = fields.all("item").filter_map(|id| id.parse().ok()).collect();
    if items.is_empty() {
        problems.push(Problem::new("item", say!(language, "notice.problem.items")));
    }
    let explanation = Words::parse(fields.get("explanation"), MOST_EXPLANATION).ok();
    if explanation.is_none() {
        problems
            .push(Problem::new("explanation", say!(language, "notice.problem.explanation", most = MOST_EXPLANATION)));
    }
    match (provider, explanation) {
        (Some(provider), Some(explanation)) if problems.is_empty() => Ok(Draft {
            provider,
            items,
            explanation,
            even_so: fields.has("even_so", "yes"),
            replaces: fields.get("replaces").parse().ok(),
        }),
        _ => Err(problems),
    }
}

fn title(language: Language, prepared: &Preparation) -> String {
    say!(language, "notice.draft.title", reference = prepared.reference.to_string())
}

fn page(app: &App, language: Language, case: Uuid, prepared: &Preparation, form: &FormState) -> impl IntoView + use<> {
    let mut providers = vec![Choice::new("", say!(language, "notice.draft.choose"))];
    providers.extend(prepared.providers.iter().map(|provider| Choice::new(provider.id, provider.name.clone())));
    let items = prepared
        .items
        .iter()
        .map(|item| {
            Choice::new(
                item.id,
                match &item.detail {
                    Detail::Location(location) => of_provider(location.defanged(), item),
                    Detail::Account(account) => {
                        let provider = provider_name(language, account);
                        say!(language, "notice.draft.account", provider = provider, handle = account.handle())
                    }
                    Detail::File { .. } => String::new(),
                },
            )
        })
        .collect();
    let reference = prepared.reference.to_string();
    view! {
        <p class="crumb"><a href=CasePage { language, case }.to_string()>{say!(language, "notice.to_case", reference = reference)}</a></p>
        <h1>{title(language, prepared)}</h1>
        {form::error_summary(language, form)}
        <form method="post" action=NoticeDraft { language, case }.to_string() novalidate>
            {form::select_field(form, "provider", say!(language, "notice.draft.provider"), Some(say!(language, "notice.draft.provider_hint")), providers)}
            {form::choices(form, "checkbox", "item", say!(language, "notice.draft.items"), "", items)}
            {form.problem("even_so").is_some().then(|| even_so(language, form))}
            {replaces(form)}
            {form::press_field(form, app.casework.new_id())}
            {form::text_area(form, "explanation", say!(language, "notice.draft.explanation"), Some(say!(language, "notice.draft.explanation_hint")), 6)}
            <button class="btn" type="submit">{say!(language, "notice.draft.preview")}</button>
        </form>
    }
}

/// A link with the provider it belongs to, where that is known.
fn of_provider(link: String, item: &Item) -> String {
    match &item.provider {
        Some(provider) => format!("{link} · {}", provider.name),
        None => link,
    }
}

/// Shown once an item belongs to somebody else: then it must be said that this provider is meant.
fn even_so(language: Language, form: &FormState) -> impl IntoView + use<> {
    let yes = vec![Choice::new("yes", say!(language, "notice.draft.even_so_yes"))];
    form::choices(form, "checkbox", "even_so", say!(language, "notice.draft.even_so"), "", yes)
}

/// The notice that this one takes the place of.
fn replaces(form: &FormState) -> Option<impl IntoView + use<>> {
    let replaced = form.fields.get("replaces").to_owned();
    (!replaced.is_empty()).then(|| view! { <input type="hidden" name="replaces" value=replaced /> })
}

impl From<NoticeError> for Failure {
    fn from(error: NoticeError) -> Self {
        match error {
            NoticeError::Internal(cause) => Self::Internal(cause),
            NoticeError::Unknown => Self::NotFound,
            NoticeError::NothingChosen
            | NoticeError::OtherProvider
            | NoticeError::TooMany
            | NoticeError::NoAddress
            | NoticeError::MovedOn
            | NoticeError::NotYours => Self::Forbidden,
        }
    }
}
