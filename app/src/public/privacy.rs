//! What is kept, who can read it and how long: first what children ask, then the rest.

use std::sync::Arc;

use axum::extract::{Path, State};
use casework::retention::{self, Rule};
use leptos::prelude::*;

use crate::error::Answer;
use crate::operator::Operator;
use crate::page::Page;
use crate::paths::Privacy;
use crate::visit::Visit;
use crate::words::{Language, say_count};
use crate::{App, say};

/// The page.
pub async fn show(State(app): State<Arc<App>>, Path(Privacy { language }): Path<Privacy>, visit: Visit) -> Answer {
    let operator = &app.operator;
    let by_itself = by_itself(language, &retention::rules(&app.casework).await?);
    Ok(Page::public(&visit).render(&app, &visit, || {
        view! {
            <div class="narrow prose">
                <h1>{say!(language, "privacy.title")}</h1>
                <p class="lede">{say!(language, "privacy.lede")}</p>
                {paragraphs(language, "who", &["parents", "police", "danger", "fault"])}
                <h2>{say!(language, "privacy.keep.title")}</h2>
                <ul>
                    <li>{say!(language, "privacy.keep.words", name = operator.name)}</li>
                    {points(language, "keep", &["picture", "fingerprint", "plain", "email"])}
                </ul>
                <h2>{say!(language, "privacy.not.title")}</h2>
                <ul>{points(language, "not", &["name", "address", "trackers", "browser"])}</ul>
                <h2>{say!(language, "privacy.long.title")}</h2>
                <ul>
                    {points(language, "long", &["draft", "case"])}
                    {by_itself}
                    {points(language, "long", &["erase"])}
                    <li>{say_count(language, "privacy.backups", u64::from(operator.backup_days))}</li>
                    {points(language, "long", &["law", "mails"])}
                </ul>
                {paragraphs(language, "device", &["history", "private", "code"])}
                {rights(language, operator)}
                {own_words(language, operator)}
            </div>
        }
    }))
}

/// After how many days at most an ended case is erased, if every ending has a rule; if only some have one, that some are.
fn by_itself(language: Language, rules: &[Rule]) -> Option<impl IntoView + use<>> {
    let most = rules.iter().map(|rule| rule.days).max()?;
    let is_every = rules.len() == retention::endings().count();
    let words = match is_every {
        true => say_count(language, "privacy.by_itself", most.into()),
        false => say!(language, "privacy.long.some_by_itself"),
    };
    Some(view! { <li>{words}</li> })
}

fn paragraphs(language: Language, part: &'static str, keys: &'static [&'static str]) -> impl IntoView {
    let texts =
        keys.iter().map(|key| view! { <p>{say!(language, format!("privacy.{part}.{key}"))}</p> }).collect_view();
    view! {
        <h2>{say!(language, format!("privacy.{part}.title"))}</h2>
        {texts}
    }
}

fn points(language: Language, part: &'static str, keys: &'static [&'static str]) -> impl IntoView {
    keys.iter().map(|key| view! { <li>{say!(language, format!("privacy.{part}.{key}"))}</li> }).collect_view()
}

fn rights(language: Language, operator: &Operator) -> impl IntoView + use<> {
    view! {
        <h2>{say!(language, "privacy.rights.title")}</h2>
        <p>{say!(language, "privacy.rights.rights")}</p>
        <p>{say!(language, "privacy.rights.responsible")} " " <bdi>{operator.responsible.clone()}</bdi></p>
        <p>{say!(language, "privacy.rights.contact")} " " {privacy_contact(&operator.privacy_contact)}</p>
        <p>{say!(language, "privacy.rights.authority")}</p>
    }
}

/// An e-mail address or a web address, as a link where it is one.
fn privacy_contact(contact: &str) -> AnyView {
    let words = contact.to_owned();
    let href = match contact {
        web if web.starts_with("https://") => web.to_owned(),
        mail if mail.contains('@') => format!("mailto:{mail}"),
        _ => return view! { <bdi>{words}</bdi> }.into_any(),
    };
    view! { <a href=href rel="noreferrer"><bdi>{words}</bdi></a> }.into_any()
}

/// The operator's own addition, in this language or English. It is HTML from the configuration: sanitised all the same.
fn own_words(language: Language, operator: &Operator) -> impl IntoView + use<> {
    let html = operator.privacy_text.get(language.code()).or_else(|| operator.privacy_text.get(Language::En.code()))?;
    let clean = ammonia::clean(html);
    Some(view! {
        <h2>{say!(language, "privacy.rights.more", name = operator.name)}</h2>
        <div inner_html=clean></div>
    })
}
