//! Disagreeing with the outcome: someone who did not decide looks at it again.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use casework::mine;
use casework::text::Words;
use leptos::prelude::*;

use super::{Case, LONGEST_WORDS, about, about_words, answered, opened, still_open, to_my_case};
use crate::error::Answer;
use crate::form::{Fields, FormState, Problem, error_summary, press_field, text_area};
use crate::paths::{MyCase, MyCaseAppeal};
use crate::public::code::After;
use crate::visit::Visit;
use crate::{App, drawings, say};

/// The empty form.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(MyCaseAppeal { language }): Path<MyCaseAppeal>,
    visit: Visit,
) -> Answer {
    match opened(&app, &visit, language).await {
        Ok(open) if open.case.can_be_appealed() => Ok(page(&app, &visit, &open.case, &FormState::default())),
        Ok(_) => Ok(to_my_case(language)),
        Err(instead) => instead,
    }
}

/// Appeals.
pub async fn send(
    State(app): State<Arc<App>>,
    Path(MyCaseAppeal { language }): Path<MyCaseAppeal>,
    visit: Visit,
    fields: Fields,
) -> Answer {
    let open = match still_open(&app, &visit, language, After::Appeal, &fields).await {
        Ok(open) => open,
        Err(instead) => return instead,
    };
    if let Some(other) = fields.language() {
        return Ok(page(&app, &visit.speaking(other), &open.case, &FormState::filled(fields)));
    }
    match Words::parse(fields.get("words"), LONGEST_WORDS) {
        Ok(words) => {
            let appealed = mine::appeal(&app.casework, &open.token, &words, &fields.press()).await;
            answered(&app, &visit, language, appealed, "appealed")
        }
        Err(mistake) => {
            let form = FormState { problems: vec![Problem::new("words", about_words(language, mistake))], fields };
            Ok(page(&app, &visit, &open.case, &form))
        }
    }
}

/// The form; only where there is an outcome to disagree with.
pub(super) fn page(app: &App, visit: &Visit, case: &Case, form: &FormState) -> Response {
    let language = visit.language;
    let hint = Some(say!(language, "my_case.appeal.words_hint"));
    let page = about(case, visit).with_status(form.status());
    page.with_open_form("appeal", MyCaseAppeal { language }.to_string()).render(app, visit, || {
        view! {
            <div class="narrow">
                {error_summary(language, form)}
                <p class="crumb"><a href=MyCase { language }.to_string()>{drawings::arrow_back()} {say!(language, "my_case.back")}</a></p>
                <h1>{say!(language, "my_case.appeal.title")}</h1>
                <p class="lede">{say!(language, "my_case.appeal.lede")}</p>
                <form id="appeal" method="post" action=MyCaseAppeal { language }.to_string()>
                    {press_field(form, app.casework.new_id())}
                    {text_area(form, "words", say!(language, "my_case.appeal.words"), hint, 8)}
                    <p><button class="btn" type="submit">{say!(language, "my_case.appeal.send")}</button></p>
                </form>
            </div>
        }
    })
}
