//! Signing in and out.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use casework::staff::session;
use casework::staff::sign_in::{self, Attempt, SignInError};
use leptos::prelude::*;
use serde::Deserialize;

use super::door::door_page;
use super::signed::Signed;
use crate::cookies::Holds;
use crate::error::Answer;
use crate::form::{Fields, FormState, Problem, error_summary, text_field};
use crate::paths::{Queue, SignIn, SignOut};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, say};

/// Where to go after signing in.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    to: String,
}

/// The form.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(SignIn { language }): Path<SignIn>,
    Query(wanted): Query<Wanted>,
    visit: Visit,
) -> Response {
    let fields = Fields(vec![("to".to_owned(), wanted.to)]);
    page(&app, &visit, language, StatusCode::OK, FormState::filled(fields))
}

fn page(app: &Arc<App>, visit: &Visit, language: Language, status: StatusCode, form: FormState) -> Response {
    let title = say!(language, "sign_in.title");
    door_page(app, visit, status, title.clone(), move || {
        view! {
            <form class="panel" method="post" action=SignIn { language }.to_string()>
                <h1>{title}</h1>
                {error_summary(language, &form)}
                {text_field(&form, "address", say!(language, "sign_in.address"), None, "email", "username")}
                {text_field(&form, "password", say!(language, "sign_in.password"), None, "password", "current-password")}
                {text_field(&form, "code", say!(language, "sign_in.code"), Some(say!(language, "sign_in.code_hint")), "text", "one-time-code")}
                <input type="hidden" name="to" value=form.fields.get("to").to_owned() />
                <div class="actions">
                    <button class="btn">{say!(language, "sign_in.button")}</button>
                </div>
                <p class="hint">{say!(language, "sign_in.help")}</p>
            </form>
        }
    })
}

/// Signs in, or shows the form again with the address still in it.
pub async fn submit(
    State(app): State<Arc<App>>,
    Path(SignIn { language }): Path<SignIn>,
    visit: Visit,
    fields: Fields,
) -> Answer {
    let attempt = Attempt {
        address: fields.get("address").to_owned(),
        password: fields.get("password").to_owned().into(),
        code: fields.get("code").to_owned(),
        device: Holds::Device.token(&app, &visit),
    };
    match sign_in::sign_in(&app.casework, attempt).await {
        Ok(signed_in) => {
            let console = signed_in.language.primary().parse().unwrap_or(language);
            let cookies = CookieJar::new()
                .add(Holds::Session.keep(&app, &signed_in.session))
                .add(Holds::Device.keep(&app, &signed_in.device));
            Ok((cookies, Redirect::to(&destination(fields.get("to"), console))).into_response())
        }
        Err(SignInError::Refused) => {
            Ok(page(&app, &visit, language, StatusCode::UNPROCESSABLE_ENTITY, refused(language, &fields)))
        }
        Err(SignInError::Failed(cause)) => Err(cause.into()),
    }
}

/// The form again: the address stays, the secrets do not.
fn refused(language: Language, fields: &Fields) -> FormState {
    let kept = ["address", "to"].map(|name| (name.to_owned(), fields.get(name).to_owned()));
    FormState {
        fields: Fields(kept.to_vec()),
        problems: vec![Problem::new("address", say!(language, "sign_in.refused"))],
    }
}

/// The page that was wanted, if it is one of the console's; else the queue.
fn destination(wanted: &str, language: Language) -> String {
    let mut parts = wanted.split('/');
    let is_ours = parts.next() == Some("")
        && parts.next().is_some_and(|language| language.parse::<Language>().is_ok())
        && parts.next().is_some_and(|console| console.split('?').next() == Some("console"))
        && !wanted.contains(['\\', '\r', '\n']);
    if is_ours { wanted.to_owned() } else { Queue { language }.to_string() }
}

/// Signs out.
pub async fn sign_out(
    State(app): State<Arc<App>>,
    Path(SignOut { language }): Path<SignOut>,
    Signed(session): Signed,
) -> Answer {
    session::sign_out(&app.casework, &session).await?;
    let cookies = CookieJar::new().add(Holds::Session.forget(&app));
    Ok((cookies, Redirect::to(&SignIn { language }.to_string())).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_back_to_console_pages_only() {
        for wanted in ["/en/console", "/sv/console/case/1", "/en/console?level=1"] {
            assert_eq!(destination(wanted, Language::Fi), wanted);
        }
        for wanted in
            ["", "//evil.example/en/console", "https://evil.example", "/en", "/xx/console", "/en/consoles", "/\\evil"]
        {
            assert_eq!(destination(wanted, Language::Fi), "/fi/console", "{wanted}");
        }
    }
}
