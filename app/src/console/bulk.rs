//! One act for many cases: they are listed and ticked, the act is chosen, and for half a minute it can be undone.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use casework::bulk::{self, Act, Fate, Kind, MOST, Row};
use casework::case::Refused;
use casework::notice::MOST_EXPLANATION;
use casework::queue::{self, QueueRow};
use casework::search;
use casework::staff::session::StaffSession;
use casework::text::Words;
use leptos::prelude::*;
use uuid::Uuid;

use super::case::{assess, close, label};
use super::frame::{Place, console_page};
use super::queue::filters::{address, filter_of};
use super::queue::table::Table;
use super::search::{CLOSED, parse as parse_search};
use super::signed::Holder;
use crate::error::{Answer, Failure};
use crate::form::{Asked, Fields, FormState, Problem, error_summary, press_field, text_area};
use crate::paths::{Bulk, BulkPage, CasePage, UndoBulk, Url};
use crate::visit::Visit;
use crate::words::{Language, say_count};
use crate::{App, say};

/// Every route about acts for many cases.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route(Bulk::PATTERN, get(choose).post(ask))
        .route(BulkPage::PATTERN, get(show))
        .route(UndoBulk::PATTERN, post(undo))
}

/// So many pages of a list are looked through for cases that an act may be about.
const PAGES: usize = 100;

/// Which list the cases are chosen from.
const FROM: &str = "list";

/// The way here from a list: the same cases, to choose from. `more`: what else its address says.
pub fn link<'a>(
    language: Language,
    place: Place,
    fields: &'a Fields,
    more: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> AnyView {
    let list = match place {
        Place::Mine => "mine",
        Place::Search => "search",
        _ => "queue",
    };
    let href = address(&Bulk { language }.to_string(), fields, [(FROM, list)].into_iter().chain(more));
    view! { <p><a class="btn quiet small" href=href data-key="b" data-key-name=say!(language, "bulk.title")>{say!(language, "bulk.link")}</a></p> }
        .into_any()
}

/// The case whose related ones are meant, in the address.
const CASE: &str = "of";

/// The way here from a case: itself and all that are related to it.
pub fn of_related(language: Language, case: Uuid) -> String {
    format!("{}?{FROM}=related&{CASE}={case}", Bulk { language })
}

/// What the address asks for: a list, its filters, what was searched for.
struct Wanted(Fields);

impl Wanted {
    fn place(&self) -> Place {
        match self.0.get(FROM) {
            "mine" => Place::Mine,
            "search" => Place::Search,
            _ => Place::Queue,
        }
    }

    /// This page with the same list.
    fn href(&self, language: Language) -> String {
        let more = [FROM, CLOSED, CASE]
            .into_iter()
            .map(|name| (name, self.0.get(name)))
            .filter(|(_, value)| !value.is_empty());
        address(&Bulk { language }.to_string(), &self.0, more)
    }

    /// The first [`MOST`] cases of the list that an act may be about.
    async fn rows(
        &self,
        app: &App,
        session: &StaffSession,
        language: Language,
    ) -> Result<Vec<QueueRow>, casework::Error> {
        let may_be = |row: &QueueRow| {
            row.level > 0 && row.state.is_open() && row.holder_id.is_none_or(|holder| holder == session.staff)
        };
        let casework = &app.casework;
        let mut rows = match self.place() {
            _ if self.0.has(FROM, "related") => self.related(app, session).await?.into_iter().filter(may_be).collect(),
            Place::Search => {
                let Ok(filter) = parse_search(app, language, &self.0) else { return Ok(Vec::new()) };
                let text = search::opened(casework, session, self.0.get(CLOSED));
                let (text, filter) = (text.as_deref(), &filter);
                let page = |after| search::find(casework, session, text, filter, after);
                gathered(may_be, page, |page| (page.rows, page.next)).await?
            }
            place => {
                let list = if place == Place::Mine { queue::Place::Mine } else { queue::Place::Queue };
                let filter = &filter_of(&self.0);
                let page = |after| queue::list(casework, session, list, filter, after);
                gathered(may_be, page, |page| (page.rows, page.next)).await?
            }
        };
        rows.truncate(MOST);
        Ok(rows)
    }

    async fn related(&self, app: &App, session: &StaffSession) -> Result<Vec<QueueRow>, casework::Error> {
        let Ok(case) = self.0.get(CASE).parse() else { return Ok(Vec::new()) };
        let opened = match casework::case::open(&app.casework, session, case).await {
            Ok(opened) => opened,
            Err(Refused::Failed(cause)) => return Err(cause),
            Err(_) => return Ok(Vec::new()),
        };
        let mut cases = opened.related_cases();
        cases.insert(case);
        search::these(&app.casework, session, cases).await
    }
}

/// Page after page of a list, until there are enough rows that an act may be about. `parts`: a page's rows, and where the
/// next begins.
async fn gathered<Page, Start, Reading>(
    may_be: impl Fn(&QueueRow) -> bool,
    read: impl Fn(Option<Start>) -> Reading,
    parts: impl Fn(Page) -> (Vec<QueueRow>, Option<Start>),
) -> Result<Vec<QueueRow>, casework::Error>
where
    Reading: Future<Output = Result<Page, casework::Error>>,
{
    let (mut rows, mut after) = (Vec::new(), None);
    for _ in 0..PAGES {
        let (more, next) = parts(read(after).await?);
        rows.extend(more.into_iter().filter(&may_be));
        after = next;
        if after.is_none() || rows.len() >= MOST {
            break;
        }
    }
    Ok(rows)
}

async fn choose(State(app): State<Arc<App>>, visit: Visit, Holder(session): Holder, Asked(asked): Asked) -> Answer {
    page(&app, &visit, &session, &Wanted(asked), FormState::default(), StatusCode::OK).await
}

async fn ask(
    State(app): State<Arc<App>>,
    visit: Visit,
    Holder(session): Holder,
    Asked(asked): Asked,
    fields: Fields,
) -> Answer {
    let (language, wanted) = (visit.language, Wanted(asked));
    let cases: BTreeSet<Uuid> = fields.all("case").filter_map(|case| case.parse().ok()).collect();
    let act = match parse(language, &fields) {
        Ok(_) if cases.is_empty() => Err(vec![Problem::new("cases", say!(language, "bulk.problem.none"))]),
        parsed => parsed,
    };
    let act = match act {
        Ok(act) => act,
        Err(problems) => {
            let form = FormState { fields, problems };
            return page(&app, &visit, &session, &wanted, form, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let bulk = bulk::ask(&app.casework, &session, &act, &cases, &fields.press()).await?;
    Ok(Redirect::to(&BulkPage { language, bulk }.to_string()).into_response())
}

fn parse(language: Language, fields: &Fields) -> Result<Act, Vec<Problem>> {
    let kind =
        fields.get("kind").parse().map_err(|_| vec![Problem::new("cases", say!(language, "bulk.problem.kind"))])?;
    match kind {
        Kind::Label => {
            let labels: BTreeSet<_> = fields.all("label").filter_map(|code| code.parse().ok()).collect();
            if labels.is_empty() {
                return Err(vec![Problem::new("label", say!(language, "bulk.problem.label"))]);
            }
            Ok(Act::Label { labels })
        }
        Kind::Close => {
            let (outcome, explanation) = close::parse(language, fields)?;
            Ok(Act::Close { outcome, explanation: explanation.map(Words::into_string) })
        }
        Kind::Assess => Ok(Act::Assess { judgement: assess::parse(language, fields)? }),
        Kind::Notify => {
            let problem =
                || Problem::new(ILLEGAL, say!(language, "notice.problem.explanation", most = MOST_EXPLANATION));
            let explanation = Words::parse(fields.get(ILLEGAL), MOST_EXPLANATION).map_err(|_| vec![problem()])?;
            Ok(Act::Notify { explanation: explanation.into_string() })
        }
    }
}

/// The field that says why content is illegal.
const ILLEGAL: &str = "illegal";

async fn page(
    app: &Arc<App>,
    visit: &Visit,
    session: &StaffSession,
    wanted: &Wanted,
    form: FormState,
    status: StatusCode,
) -> Answer {
    let language = visit.language;
    let rows = wanted.rows(app, session, language).await?;
    let is_fresh = form.problems.is_empty();
    let ticked = rows.iter().map(|row| row.id).filter(|id| is_fresh || form.fields.has("case", &id.to_string()));
    let (now, zone, place) = (app.casework.now(), app.casework.hours.zone(), wanted.place());
    let table = Table { language, now, zone, place, me: session.staff, ticked: Some(ticked.collect()) };
    let count = say_count(language, "bulk.chosen", u64::try_from(rows.len()).unwrap_or_default());
    let is_empty = rows.is_empty();
    let table = table.view(rows, false);
    let press = press_field(&form, app.casework.new_id());
    let acts = (!is_empty).then(|| acts(language, &form));
    let action = wanted.href(language);
    Ok(console_page(app, visit, session, status, place, say!(language, "bulk.title"), move || {
        view! {
            <header class="work-head">
                <h1>{say!(language, "bulk.title")}</h1>
                <a class="btn quiet small" href=place.href(language)>{say!(language, "bulk.back")}</a>
            </header>
            {error_summary(language, &form)}
            <p class="lede">{count} " " {say!(language, "bulk.lede", most = MOST)}</p>
            <form id="cases" method="post" action=action novalidate>
                {press}
                {acts}
                {table}
            </form>
        }
    })
    .await)
}

fn acts(language: Language, form: &FormState) -> AnyView {
    let came_back = |kind: Kind| form.fields.has("kind", kind.as_str());
    let illegal = text_area(
        form,
        ILLEGAL,
        say!(language, "notice.draft.explanation"),
        Some(say!(language, "notice.draft.explanation_hint")),
        6,
    );
    let act = |kind: Kind, fields: AnyView| {
        view! {
            <details class="more" open=came_back(kind)>
                <summary>{say!(language, format!("bulk.kind.{kind}"))}</summary>
                {fields}
                <p><button class="btn" type="submit" name="kind" value=kind.as_str()>{say!(language, format!("bulk.do.{kind}"))}</button></p>
            </details>
        }
    };
    view! {
        <section class="panel" aria-label=say!(language, "bulk.acts")>
            {act(Kind::Label, label::label_fields(language, form).into_any())}
            {act(Kind::Assess, assess::judgement_fields(language, form).into_any())}
            {act(Kind::Notify, illegal.into_any())}
            {act(Kind::Close, close::ending_fields(language, form).into_any())}
        </section>
    }
    .into_any()
}

async fn show(
    State(app): State<Arc<App>>,
    Path(BulkPage { language, bulk }): Path<BulkPage>,
    visit: Visit,
    Holder(session): Holder,
) -> Answer {
    let (asked, rows) = bulk::read(&app.casework, &session, bulk).await?.ok_or(Failure::NotFound)?;
    let state = state(&app, language, bulk, &asked, &rows);
    let rows = rows.into_iter().map(|row| result(language, asked.undone_at.is_some(), row)).collect_view();
    let title = say!(language, format!("bulk.kind.{}", asked.kind));
    Ok(console_page(&app, &visit, &session, StatusCode::OK, Place::Queue, title.clone(), move || {
        view! {
            <header class="work-head">
                <h1>{title}</h1>
                <a class="btn quiet small" href=BulkPage { language, bulk }.to_string() data-key="r">{say!(language, "queue.refresh")}</a>
                <a class="btn quiet small" href=Place::Queue.href(language)>{say!(language, "bulk.back")}</a>
            </header>
            {state}
            <table class="table cards">
                <thead><tr>
                    <th scope="col">{say!(language, "queue.column.case")}</th>
                    <th scope="col">{say!(language, "bulk.became")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
    })
    .await)
}

/// Where the act stands: how long it can be undone, that it was, or how far it has come.
fn state(app: &App, language: Language, bulk: Uuid, asked: &bulk::Asked, rows: &[Row]) -> AnyView {
    let of = |fate: Fate| rows.iter().filter(|row| row.fate == fate).count();
    if asked.undone_at.is_some() {
        return view! { <p class="notice info" role="status">{say!(language, "bulk.undone")}</p> }.into_any();
    }
    let left = (asked.due_at - app.casework.now()).num_seconds();
    if left > 0 && of(Fate::Waiting) > 0 {
        let seconds = say_count(language, "bulk.seconds", u64::try_from(left).unwrap_or_default());
        let cases = say_count(language, "bulk.cases", u64::try_from(of(Fate::Waiting)).unwrap_or_default());
        return view! {
            <div class="notice warm" role="status">
                <p>{say!(language, "bulk.soon", cases = cases, seconds = seconds)}</p>
                <form method="post" action=UndoBulk { language, bulk }.to_string()>
                    <button class="btn" type="submit" data-key="z" data-key-name=say!(language, "bulk.undo")>{say!(language, "bulk.undo")}</button>
                </form>
            </div>
        }
        .into_any();
    }
    let words = say!(
        language,
        "bulk.progress",
        done = of(Fate::Done),
        refused = of(Fate::Refused),
        waiting = of(Fate::Waiting)
    );
    view! { <p class="notice" role="status">{words}</p> }.into_any()
}

fn result(language: Language, is_undone: bool, row: Row) -> impl IntoView {
    let href = CasePage { language, case: row.case_id }.to_string();
    let (class, words) = match (row.fate, row.refusal) {
        (Fate::Refused, Some(code)) => ("pill hot", say!(language, format!("bulk.refused.{code}"))),
        (Fate::Waiting, _) if is_undone => ("pill", say!(language, "bulk.fate.undone")),
        (fate, _) => {
            (if fate == Fate::Done { "pill done" } else { "pill wait" }, say!(language, format!("bulk.fate.{fate}")))
        }
    };
    view! {
        <tr>
            <td><a class="ref" href=href><bdi>{row.reference.to_string()}</bdi></a></td>
            <td data-label=say!(language, "bulk.became")><span class=class>{words}</span></td>
        </tr>
    }
}

async fn undo(
    State(app): State<Arc<App>>,
    Path(UndoBulk { language, bulk }): Path<UndoBulk>,
    Holder(session): Holder,
) -> Answer {
    // Too late is seen on the page: it says how far the act has come.
    bulk::undo(&app.casework, &session, bulk).await?;
    Ok(Redirect::to(&BulkPage { language, bulk }.to_string()).into_response())
}
