//! Taking up an invitation, a step a page: a password, the authenticator, the recovery codes.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use casework::staff::invitation::{self, Invited};
use casework::staff::welcome::{self, Enrolling, Identity, WelcomeError};
use casework::text::Words;
use casework::vault::CookieToken;
use casework::vault::totp::RecoveryCode;
use leptos::prelude::*;

use super::door::door_page;
use super::{new_password, recovery_codes};
use crate::cookies::Holds;
use crate::error::Answer;
use crate::form::{Fields, FormState, Problem, error_summary, text_field};
use crate::paths::{Queue, SecondFactor, SignIn, Welcome};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, qr_code, say};

/// The longest name of a member, in characters.
pub const LONGEST_NAME: usize = 80;

/// First step: the form for a password.
pub async fn show(State(app): State<Arc<App>>, Path(path): Path<Welcome>, visit: Visit) -> Answer {
    let Some(invited) = whose(&app, &path).await? else { return Ok(link_ended(&app, &visit)) };
    Ok(password_page(&app, &visit, &path, &invited, StatusCode::OK, FormState::default()))
}

async fn whose(app: &App, path: &Welcome) -> Result<Option<Invited>, casework::Error> {
    let Ok(token) = path.token.parse::<CookieToken>() else { return Ok(None) };
    invitation::look_up(&app.casework, &token).await
}

fn link_ended(app: &Arc<App>, visit: &Visit) -> Response {
    let language = visit.language;
    let title = say!(language, "welcome.ended.title");
    door_page(app, visit, StatusCode::NOT_FOUND, title.clone(), move || {
        view! {
            <div class="panel">
                <h1>{title}</h1>
                <p>{say!(language, "welcome.ended.text")}</p>
                <a class="btn" href=SignIn { language }.to_string()>{say!(language, "sign_in.title")}</a>
            </div>
        }
    })
}

fn password_page(
    app: &Arc<App>,
    visit: &Visit,
    path: &Welcome,
    invited: &Invited,
    status: StatusCode,
    form: FormState,
) -> Response {
    let language = visit.language;
    let (action, invited) = (path.to_string(), invited.clone());
    let title = say!(language, "welcome.password.title");
    door_page(app, visit, status, title.clone(), move || {
        view! {
            <form class="panel" method="post" action=action>
                <h1>{title}</h1>
                {error_summary(language, &form)}
                {identity(language, &form, &invited)}
                {new_password::fields(language, &form)}
                <button class="btn">{say!(language, "welcome.next")}</button>
                <p class="hint">{say!(language, "welcome.password.why")}</p>
            </form>
        }
    })
}

/// Who was invited by name sees it; the first administrator says who they are.
fn identity(language: Language, form: &FormState, invited: &Invited) -> AnyView {
    if invited.is_nameless() {
        return view! {
            {text_field(form, "name", say!(language, "welcome.name"), Some(say!(language, "welcome.name_hint")), "text", "name")}
            {text_field(form, "address", say!(language, "sign_in.address"), Some(say!(language, "welcome.address_hint")), "email", "username")}
        }
        .into_any();
    }
    let (name, address) = (invited.name.clone(), invited.sign_in.clone());
    view! {
        <p class="lede">{say!(language, "welcome.hello", name = name)}</p>
        <div class="field">
            <label for="address">{say!(language, "sign_in.address")}</label>
            <input id="address" name="address" type="email" value=address autocomplete="username" readonly dir="auto" />
        </div>
    }
    .into_any()
}

/// First step taken: a session for the second begins.
pub async fn choose_password(
    State(app): State<Arc<App>>,
    Path(path): Path<Welcome>,
    visit: Visit,
    fields: Fields,
) -> Answer {
    let language = visit.language;
    let Some(invited) = whose(&app, &path).await? else { return Ok(link_ended(&app, &visit)) };
    let Ok(token) = path.token.parse::<CookieToken>() else { return Ok(link_ended(&app, &visit)) };
    let (who, chosen) = (parse_identity(language, &invited, &fields), new_password::parse(language, &fields));
    let (who, chosen) = match (who, chosen) {
        (Ok(who), Ok(chosen)) => (who, chosen),
        (who, chosen) => {
            let problems = who.err().into_iter().flatten().chain(chosen.err()).collect();
            return Ok(password_again(&app, &visit, &path, &invited, &fields, problems));
        }
    };
    match welcome::choose_password(&app.casework, &token, who, chosen).await {
        Ok(session) => {
            let cookies = CookieJar::new().add(Holds::Session.keep(&app, &session));
            Ok((cookies, Redirect::to(&SecondFactor { language }.to_string())).into_response())
        }
        Err(WelcomeError::AddressTaken) => {
            let problem = Problem::new("address", say!(language, "welcome.address_taken"));
            Ok(password_again(&app, &visit, &path, &invited, &fields, vec![problem]))
        }
        Err(WelcomeError::Failed(cause)) => Err(cause.into()),
        Err(WelcomeError::LinkEnded | WelcomeError::WrongCode) => Ok(link_ended(&app, &visit)),
    }
}

fn parse_identity(language: Language, invited: &Invited, fields: &Fields) -> Result<Option<Identity>, Vec<Problem>> {
    if !invited.is_nameless() {
        return Ok(None);
    }
    let name = Words::parse(fields.get("name"), LONGEST_NAME);
    let address = fields.get("address").parse();
    match (name, address) {
        (Ok(name), Ok(address)) => Ok(Some(Identity { address, name })),
        (name, address) => {
            let name = name
                .is_err()
                .then(|| Problem::new("name", say!(language, "welcome.name_wrong", longest = LONGEST_NAME)));
            let address = address.is_err().then(|| Problem::new("address", say!(language, "welcome.address_wrong")));
            Err(name.into_iter().chain(address).collect())
        }
    }
}

/// The form again: who one is stays, the passwords do not.
fn password_again(
    app: &Arc<App>,
    visit: &Visit,
    path: &Welcome,
    invited: &Invited,
    fields: &Fields,
    problems: Vec<Problem>,
) -> Response {
    let kept = ["name", "address"].map(|name| (name.to_owned(), fields.get(name).to_owned()));
    let form = FormState { fields: Fields(kept.to_vec()), problems };
    password_page(app, visit, path, invited, StatusCode::UNPROCESSABLE_ENTITY, form)
}

/// Second step: the secret for the authenticator.
pub async fn second_factor(State(app): State<Arc<App>>, visit: Visit) -> Answer {
    let language = visit.language;
    let Some((_, enrolling)) = enrolling(&app, &visit).await? else {
        return Ok(Redirect::to(&Queue { language }.to_string()).into_response());
    };
    Ok(factor_page(&app, &visit, &enrolling, StatusCode::OK, FormState::default()))
}

async fn enrolling(app: &App, visit: &Visit) -> Result<Option<(CookieToken, Enrolling)>, casework::Error> {
    let Some(token) = Holds::Session.token(app, visit) else { return Ok(None) };
    let enrolling = welcome::enrolling(&app.casework, &token).await?;
    Ok(enrolling.map(|enrolling| (token, enrolling)))
}

fn factor_page(app: &Arc<App>, visit: &Visit, enrolling: &Enrolling, status: StatusCode, form: FormState) -> Response {
    let language = visit.language;
    let title = say!(language, "welcome.factor.title");
    let secret = grouped(&enrolling.secret.printable());
    // Names that an authenticator cannot carry leave the typed secret as the way.
    let url = enrolling.secret.url(&app.operator.name, &enrolling.address).ok();
    door_page(app, visit, status, title.clone(), move || {
        view! {
            <form class="panel" method="post" action=SecondFactor { language }.to_string()>
                <h1>{title}</h1>
                {error_summary(language, &form)}
                <p>{say!(language, "welcome.factor.text")}</p>
                <div class="qr">{url.and_then(|url| qr_code::square(&url))}</div>
                <p>{say!(language, "welcome.factor.typed")}</p>
                <p><code class="code ltr" dir="ltr">{secret}</code></p>
                {text_field(&form, "code", say!(language, "sign_in.code"), Some(say!(language, "welcome.factor.code_hint")), "text", "one-time-code")}
                <button class="btn">{say!(language, "welcome.next")}</button>
            </form>
        }
    })
}

/// In groups of four, as people type it.
fn grouped(secret: &str) -> String {
    let symbols: Vec<char> = secret.chars().collect();
    symbols.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Second step taken: the recovery codes are shown this once.
pub async fn confirm(State(app): State<Arc<App>>, visit: Visit, fields: Fields) -> Answer {
    let language = visit.language;
    let Some((token, enrolling)) = enrolling(&app, &visit).await? else {
        return Ok(Redirect::to(&Queue { language }.to_string()).into_response());
    };
    match welcome::confirm_second_factor(&app.casework, &token, fields.get("code")).await {
        Ok(codes) => Ok(codes_page(&app, &visit, &codes)),
        Err(WelcomeError::Failed(cause)) => Err(cause.into()),
        Err(WelcomeError::WrongCode | WelcomeError::LinkEnded | WelcomeError::AddressTaken) => {
            let problems = vec![Problem::new("code", say!(language, "welcome.factor.wrong"))];
            let form = FormState { fields: Fields::default(), problems };
            Ok(factor_page(&app, &visit, &enrolling, StatusCode::UNPROCESSABLE_ENTITY, form))
        }
    }
}

fn codes_page(app: &Arc<App>, visit: &Visit, codes: &[RecoveryCode]) -> Response {
    let language = visit.language;
    let title = say!(language, "welcome.codes.title");
    let list = recovery_codes::list(language, codes).into_any();
    door_page(app, visit, StatusCode::OK, title.clone(), move || {
        view! {
            <div class="panel">
                <h1>{title}</h1>
                {list}
                <a class="btn" href=Queue { language }.to_string()>{say!(language, "welcome.codes.kept")}</a>
            </div>
        }
    })
}
