//! Drafting a notice: to whom, about which items, and why.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::item::Detail;
use casework::notice::{self, MOST_EXPLANATION, NoticeError, Preparation};
use casework::text::Words;
use leptos::prelude::*;
use uuid::Uuid;

use crate::console::frame::{Place, console_page};
use crate::console::signed::Holder;
use crate::error::{Answer, Failure};
use crate::form::{self, Choice, Fields, FormState, Problem};
use crate::paths::{NoticeDraft, NoticePage};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, say};

/// The empty draft, items whose provider is known chosen beforehand.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(NoticeDraft { language, case }): Path<NoticeDraft>,
    visit: Visit,
    Holder(session): Holder,
) -> Answer {
    let prepared = notice::prepare(&app.casework, &session, case).await?;
    let mut chosen = Vec::new();
    let provider = prepared.items.iter().find_map(|item| item.provider.as_ref().map(|provider| provider.id));
    if let Some(provider) = provider {
        chosen.push(("provider".to_owned(), provider.to_string()));
        let of_provider =
            prepared.items.iter().filter(|item| item.provider.as_ref().is_some_and(|found| found.id == provider));
        chosen.extend(of_provider.map(|item| ("item".to_owned(), item.id.to_string())));
    }
    let form = FormState::filled(Fields(chosen));
    let title = title(language, &prepared);
    Ok(console_page(&app, &visit, &session, StatusCode::OK, Place::Queue, title, || {
        page(language, case, &prepared, &form)
    })
    .await)
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
        Ok(draft) => {
            match notice::draft(&app.casework, &session, case, draft.provider, &draft.items, &draft.explanation).await {
                Ok(notice) => return Ok(Redirect::to(&NoticePage { language, notice }.to_string()).into_response()),
                Err(NoticeError::NothingChosen) => vec![Problem::new("item", say!(language, "notice.problem.items"))],
                Err(NoticeError::TooMany) => vec![Problem::new("item", say!(language, "notice.problem.too_many"))],
                Err(other) => return Err(other.into()),
            }
        }
        Err(problems) => problems,
    };
    let prepared = notice::prepare(&app.casework, &session, case).await?;
    let form = FormState { fields, problems };
    let title = title(language, &prepared);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(console_page(&app, &visit, &session, status, Place::Queue, title, || page(language, case, &prepared, &form))
        .await)
}

struct Draft {
    provider: Uuid,
    items: BTreeSet<Uuid>,
    explanation: Words,
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
        (Some(provider), Some(explanation)) if problems.is_empty() => Ok(Draft { provider, items, explanation }),
        _ => Err(problems),
    }
}

fn title(language: Language, prepared: &Preparation) -> String {
    say!(language, "notice.draft.title", reference = prepared.reference.to_string())
}

fn page(language: Language, case: Uuid, prepared: &Preparation, form: &FormState) -> impl IntoView + use<> {
    let mut providers = vec![Choice::new("", say!(language, "notice.draft.choose"))];
    providers.extend(prepared.providers.iter().map(|provider| Choice::new(provider.id, provider.name.clone())));
    let items = prepared
        .items
        .iter()
        .map(|item| {
            Choice::new(
                item.id,
                match &item.detail {
                    Detail::Location(location) => location.defanged(),
                    Detail::Account(account) => {
                        say!(language, "notice.draft.account", provider = account.provider(), handle = account.handle())
                    }
                    Detail::File { .. } => String::new(),
                },
            )
        })
        .collect();
    view! {
        <h1>{title(language, prepared)}</h1>
        {form::error_summary(language, form)}
        <form method="post" action=NoticeDraft { language, case }.to_string() novalidate>
            {form::select_field(form, "provider", say!(language, "notice.draft.provider"), Some(say!(language, "notice.draft.provider_hint")), providers)}
            {form::choices(form, "checkbox", "item", say!(language, "notice.draft.items"), "", items)}
            {form::text_area(form, "explanation", say!(language, "notice.draft.explanation"), Some(say!(language, "notice.draft.explanation_hint")), 6)}
            <button class="btn" type="submit">{say!(language, "notice.draft.preview")}</button>
        </form>
    }
}

impl From<NoticeError> for Failure {
    fn from(error: NoticeError) -> Self {
        match error {
            NoticeError::Internal(cause) => Self::Internal(cause),
            NoticeError::Unknown => Self::NotFound,
            NoticeError::NothingChosen
            | NoticeError::TooMany
            | NoticeError::NoAddress
            | NoticeError::MovedOn
            | NoticeError::NotYours => Self::Forbidden,
        }
    }
}
