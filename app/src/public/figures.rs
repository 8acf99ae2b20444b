//! What came in each quarter and what became of it, for everybody. Small numbers are not shown
//! ([`casework::figures::suppression`]).

use std::sync::Arc;

use axum::extract::{Path, State};
use casework::figures::published::{self, Breakdown, Published};
use casework::figures::quarter::Quarter;
use casework::figures::suppression::LEAST;
use leptos::prelude::*;

use crate::error::Answer;
use crate::page::Page;
use crate::paths::PublicFigures;
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, say};

/// The page.
pub async fn show(
    State(app): State<Arc<App>>,
    Path(PublicFigures { language }): Path<PublicFigures>,
    visit: Visit,
) -> Answer {
    let quarters = published::all(&app.casework).await?;
    let nothing =
        quarters.is_empty().then(|| view! { <p class="notice info">{say!(language, "public_figures.nothing")}</p> });
    let quarters = quarters.iter().map(|quarter| one(language, quarter)).collect_view();
    Ok(Page::public(&visit).render(&app, &visit, || {
        view! {
            <div class="narrow prose">
                <h1>{say!(language, "public_figures.title")}</h1>
                <p class="lede">{say!(language, "public_figures.lede")}</p>
                <p>{say!(language, "public_figures.hidden", least = LEAST)}</p>
                {nothing}
                {quarters}
            </div>
        }
    }))
}

fn one(language: Language, published: &Published) -> AnyView {
    let tables = Breakdown::ALL.iter().map(|breakdown| table(language, published, *breakdown)).collect_view();
    view! {
        <section>
            <h2>{name(language, &published.quarter)}</h2>
            {tables}
        </section>
    }
    .into_any()
}

fn name(language: Language, quarter: &Quarter) -> String {
    say!(language, format!("public_figures.quarter.{}", quarter.number()), year = quarter.year())
}

fn table(language: Language, published: &Published, breakdown: Breakdown) -> AnyView {
    let number = |number: Option<u64>| {
        number.map_or_else(|| say!(language, "public_figures.not_shown"), |number| number.to_string())
    };
    let rows = breakdown.parts().into_iter().map(|part| {
        let words = say!(language, format!("public_figures.{breakdown}.{part}"));
        view! { <tr><th scope="row">{words}</th><td class="number">{number(published.number(breakdown, &part))}</td></tr> }
    });
    let rows = rows.collect_view();
    view! {
        <table class="table">
            <caption>{say!(language, format!("public_figures.{breakdown}.title"))}</caption>
            <tbody>
                {rows}
                <tr>
                    <th scope="row"><b>{say!(language, "public_figures.total")}</b></th>
                    <td class="number"><b>{number(published.total(breakdown))}</b></td>
                </tr>
            </tbody>
        </table>
    }
    .into_any()
}
