//! Setting a hotline up: its name, its first keys, and the recovery shares that somebody prints and keeps.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use casework::organisation;
use casework::recovery::{self, HotlineName, RecoveryError, Split};
use casework::staff::session::StaffSession;
use casework::text::Words;
use casework::vault::recovery::Share;
use leptos::prelude::*;

use super::frame::{Place, console_page};
use super::signed::Signed;
use crate::error::{Answer, Failure};
use crate::form::{Choice, Fields, FormState, Problem, error_summary, select_field, text_field};
use crate::paths::{Queue, RecoveryKey, SetUp, SharesStored};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, countries, drawings, say};

/// The longest name of an organisation, in characters.
pub const LONGEST_NAME: usize = 120;

/// The form.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(SetUp { language }): Path<SetUp>,
    visit: Visit,
    Signed(session): Signed,
) -> Answer {
    if recovery::is_set_up(&app.casework, session.organisation).await? {
        return Ok(Redirect::to(&Queue { language }.to_string()).into_response());
    }
    let hotline = organisation::find(&app.casework, session.organisation).await?.ok_or(Failure::NotFound)?;
    let name = if hotline.name.is_empty() { app.operator.name.clone() } else { hotline.name };
    let country =
        hotline.country.map(|country| country.to_string()).or_else(|| app.operator.countries.first().cloned());
    let filled = [
        ("name", name),
        ("country", country.unwrap_or_default()),
        ("shares", "3".to_owned()),
        ("needed", "2".to_owned()),
    ];
    let fields = Fields(filled.map(|(name, value)| (name.to_owned(), value)).to_vec());
    Ok(page(&app, &visit, &session, StatusCode::OK, FormState::filled(fields)).await)
}

async fn page(app: &Arc<App>, visit: &Visit, session: &StaffSession, status: StatusCode, form: FormState) -> Response {
    let language = visit.language;
    let title = say!(language, "set_up.title");
    let countries = with_none(language, countries::choices(&app.operator, language));
    console_page(app, visit, session, status, Place::Queue, title.clone(), move || {
        view! {
            <div class="narrow">
                <h1>{title}</h1>
                <p class="lede">{say!(language, "set_up.lede")}</p>
                {error_summary(language, &form)}
                <form class="panel" method="post" action=SetUp { language }.to_string()>
                    {text_field(&form, "name", say!(language, "set_up.name"), None, "text", "organization")}
                    {select_field(&form, "country", say!(language, "set_up.country"), None, countries)}
                    <h2>{say!(language, "set_up.shares")}</h2>
                    <p>{say!(language, "set_up.shares_why")}</p>
                    {split_fields(language, &form)}
                    <button class="btn">{say!(language, "set_up.button")}</button>
                </form>
            </div>
        }
    })
    .await
}

/// "In no one country" before the countries.
pub fn with_none(language: Language, countries: Vec<Choice>) -> Vec<Choice> {
    std::iter::once(Choice::new("", say!(language, "set_up.no_country"))).chain(countries).collect()
}

/// How many shares, and how many of them it takes.
pub fn split_fields(language: Language, form: &FormState) -> impl IntoView + use<> {
    let numbers =
        || (2..=recovery::MOST_SHARES).map(|number| Choice::new(number.to_string(), number.to_string())).collect();
    view! {
        <div class="form-grid">
            {select_field(form, "shares", say!(language, "set_up.how_many"), None, numbers())}
            {select_field(form, "needed", say!(language, "set_up.needed"), None, numbers())}
        </div>
    }
}

/// The split that was chosen.
pub fn parse_split(language: Language, fields: &Fields) -> Result<Split, Problem> {
    let problem = || Problem::new("needed", say!(language, "set_up.split_wrong"));
    let needed = fields.get("needed").parse().map_err(|_| problem())?;
    let shares = fields.get("shares").parse().map_err(|_| problem())?;
    Split::new(needed, shares).map_err(|_| problem())
}

/// Sets up, and shows the shares this once.
pub async fn submit(
    State(app): State<Arc<App>>,
    Path(SetUp { language }): Path<SetUp>,
    visit: Visit,
    Signed(session): Signed,
    fields: Fields,
) -> Answer {
    let name = Words::parse(fields.get("name"), LONGEST_NAME)
        .map_err(|_| Problem::new("name", say!(language, "set_up.name_wrong", longest = LONGEST_NAME)));
    let split = parse_split(language, &fields);
    let (name, split) = match (name, split) {
        (Ok(name), Ok(split)) => (name, split),
        (name, split) => {
            let problems = name.err().into_iter().chain(split.err()).collect();
            let form = FormState { fields, problems };
            return Ok(page(&app, &visit, &session, StatusCode::UNPROCESSABLE_ENTITY, form).await);
        }
    };
    let named = HotlineName { name, country: fields.get("country").parse().ok() };
    match recovery::set_up(&app.casework, &session, Some(named), split).await {
        Ok(shares) => Ok(shares_page(&app, &visit, &session, &shares).await),
        Err(RecoveryError::Failed(cause)) => Err(cause.into()),
        // Sent twice: the shares of the first answer may never have been seen, new ones can be made.
        Err(_) => Ok(Redirect::to(&RecoveryKey { language }.to_string()).into_response()),
    }
}

/// The shares, a sheet of paper each.
pub async fn shares_page(app: &Arc<App>, visit: &Visit, session: &StaffSession, shares: &[Share]) -> Response {
    let language = visit.language;
    let title = say!(language, "shares.title");
    let needed = shares.first().map_or(0, Share::threshold);
    let sheets = sheets(language, &app.operator.name, shares).into_any();
    let count = shares.len();
    console_page(app, visit, session, StatusCode::OK, Place::Administration, title.clone(), move || {
        view! {
            <div class="narrow">
                <h1>{title}</h1>
                <div class="notice warm"><p>{say!(language, "shares.once", count = count, needed = needed)}</p></div>
                <p class="actions">
                    <button class="btn quiet" type="button" hidden data-print>{drawings::print()} <span>{say!(language, "welcome.print")}</span></button>
                </p>
                {sheets}
                <form class="actions" method="post" action=SharesStored { language }.to_string()>
                    <button class="btn">{say!(language, "shares.stored")}</button>
                </form>
            </div>
        }
    })
    .await
}

fn sheets(language: Language, name: &str, shares: &[Share]) -> impl IntoView + use<> {
    let count = shares.len();
    let name = name.to_owned();
    let sheets = shares
        .iter()
        .map(|share| {
            let heading = say!(language, "shares.heading", index = share.index(), count = count, name = name);
            let text = say!(language, "shares.text", needed = share.threshold());
            view! {
                <li class="share">
                    <h2>{heading}</h2>
                    <code class="ltr" dir="ltr">{share.printable().to_string()}</code>
                    <p class="hint">{text}</p>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="shares">{sheets}</ul> }
}

/// Whoever reloads after that.
pub async fn to_queue(visit: Visit) -> Response {
    Redirect::to(&Queue { language: visit.language }.to_string()).into_response()
}

/// They say that the shares are stored: new ones take the place of the earlier ones.
pub async fn stored(
    State(app): State<Arc<App>>,
    Path(SharesStored { language }): Path<SharesStored>,
    Signed(session): Signed,
) -> Answer {
    match recovery::confirm_stored(&app.casework, &session).await {
        Ok(()) => {}
        Err(RecoveryError::Failed(cause)) => return Err(cause.into()),
        Err(_) => return Err(Failure::Forbidden),
    }
    Ok(Redirect::to(&Queue { language }.to_string()).into_response())
}
