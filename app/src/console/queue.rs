//! The lists of cases: the queue, mine, colleagues', waiting, second look; and the way to a case by its name. One page of each, filters and place in the URL.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use casework::case::Refused;
use casework::lapse;
use casework::priority::Reason;
use casework::queue::{self, Counts, QueueFilter, QueuePage, QueueRow};
use casework::reference::NotAReference;
use casework::staff::session::StaffSession;
use casework::taxonomy::{CaseState, Harm};
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;

use super::case::words::{age, harm, language_name, reporter, state};
use super::frame::{Place, console_page};
use super::signed::Holder;
use crate::error::{Answer, Failure};
use crate::form::{Choice, Fields, FormState, language_choices, select_field};
use crate::visit::Visit;
use crate::words::{Language, say_count};
use crate::{App, countries, drawings, paths, say};

/// In a list's URL: where its page begins.
const AFTER: &str = "after";
/// In the queue's URL: the name that led to no case.
const REFERENCE: &str = "reference";
/// In the queue's URL: there was no case to give.
const NOTHING_GIVEN: &str = "none";

/// What a list's URL may carry.
type Asked = Query<BTreeMap<String, String>>;

/// The queue.
pub async fn show_queue(State(app): State<Arc<App>>, visit: Visit, Holder(session): Holder, asked: Asked) -> Answer {
    show(app, visit, session, Place::Queue, asked).await
}

/// The cases in my hands.
pub async fn show_mine(State(app): State<Arc<App>>, visit: Visit, Holder(session): Holder, asked: Asked) -> Answer {
    show(app, visit, session, Place::Mine, asked).await
}

/// The cases in colleagues' hands.
pub async fn show_colleagues(
    State(app): State<Arc<App>>,
    visit: Visit,
    Holder(session): Holder,
    asked: Asked,
) -> Answer {
    show(app, visit, session, Place::Colleagues, asked).await
}

/// Opens the case whose name was typed, wherever it stands; without one, back to the queue, which says so.
pub async fn find(
    State(app): State<Arc<App>>,
    Path(paths::FindCase { language }): Path<paths::FindCase>,
    Holder(session): Holder,
    Query(asked): Asked,
) -> Answer {
    let typed = asked.get(REFERENCE).map(String::as_str).unwrap_or_default();
    let found = match typed.parse() {
        Ok(reference) => queue::find(&app.casework, &session, &reference).await?,
        Err(NotAReference) => None,
    };
    let to = match found {
        Some(case) => paths::CasePage { language, case }.to_string(),
        None => {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            format!("{}?{}", paths::Queue { language }, query.append_pair(REFERENCE, typed).finish())
        }
    };
    Ok(Redirect::to(&to).into_response())
}

/// The cases that wait for somebody.
pub async fn show_waiting(State(app): State<Arc<App>>, visit: Visit, Holder(session): Holder, asked: Asked) -> Answer {
    show(app, visit, session, Place::Waiting, asked).await
}

/// The cases that want a second look.
pub async fn show_second_look(
    State(app): State<Arc<App>>,
    visit: Visit,
    Holder(session): Holder,
    asked: Asked,
) -> Answer {
    show(app, visit, session, Place::SecondLook, asked).await
}

/// Takes the most urgent case and opens it; where there is none, the queue says so.
pub async fn take_next(
    State(app): State<Arc<App>>,
    Path(paths::TakeNext { language }): Path<paths::TakeNext>,
    Holder(session): Holder,
) -> Answer {
    take_the_next(&app, &session, language).await
}

/// The next case, taken and open.
pub(super) async fn take_the_next(app: &App, session: &StaffSession, language: Language) -> Answer {
    let to = match queue::take_next(&app.casework, session).await {
        Ok(Some(case)) => paths::CasePage { language, case }.to_string(),
        Ok(None) => format!("{}?{NOTHING_GIVEN}=1", paths::Queue { language }),
        Err(Refused::Failed(cause)) => return Err(Failure::Internal(cause)),
        Err(_) => return Err(Failure::Forbidden),
    };
    Ok(Redirect::to(&to).into_response())
}

async fn show(app: Arc<App>, visit: Visit, session: StaffSession, place: Place, Query(asked): Asked) -> Answer {
    let language = visit.language;
    let fields = Fields(asked.into_iter().collect());
    let filter = filter_of(&fields);
    let after = fields.get(AFTER).parse().ok();
    let list = listed(place);
    let page = queue::list(&app.casework, &session, list, &filter, after.clone()).await?;
    let counts = queue::counts(&app.casework, &session).await?;
    let table = Table { language, now: app.casework.now(), place, me: session.staff };
    let head = head(language, place, &counts);
    let filters = filters(&app, language, place, &fields);
    let finder = finder(language, fields.get(REFERENCE));
    let is_first = after.is_none();
    let pager = pager(language, place, &fields, is_first, &page);
    let rows = table.view(page.rows, filter != QueueFilter::default());
    let news = news(&app, language, &session, place, &fields, &counts).await?;
    Ok(console_page(&app, &visit, &session, StatusCode::OK, place, place.words(language), move || {
        view! { {head} {news} {finder} {filters} {rows} {pager} }
    })
    .await)
}

fn listed(place: Place) -> queue::Place {
    match place {
        Place::Mine => queue::Place::Mine,
        Place::Colleagues => queue::Place::Colleagues,
        Place::Waiting => queue::Place::Waiting,
        Place::SecondLook => queue::Place::SecondLook,
        _ => queue::Place::Queue,
    }
}

/// A filter that makes no sense is no filter.
fn filter_of(fields: &Fields) -> QueueFilter {
    fn chosen<T: FromStr>(fields: &Fields, name: &str) -> Option<T> {
        fields.get(name).parse().ok()
    }
    QueueFilter {
        level: chosen(fields, "level"),
        harm: chosen(fields, "harm"),
        language: chosen(fields, "language"),
        country: chosen(fields, "country"),
        state: chosen(fields, "state"),
    }
}

/// Above the lists of what to do: that nothing was given though cases wait, and what went back from one's own hands.
async fn news(
    app: &App,
    language: Language,
    session: &StaffSession,
    place: Place,
    fields: &Fields,
    counts: &Counts,
) -> Result<AnyView, casework::Error> {
    if !matches!(place, Place::Queue | Place::Mine) {
        return Ok(().into_any());
    }
    let is_nothing_given = !fields.get(NOTHING_GIVEN).is_empty() && counts.queue > 0;
    let nothing_given = is_nothing_given.then(|| {
        view! {
            <p class="notice" role="status">
                {say!(language, "queue.nothing_given")} " "
                <a href=paths::Account { language }.to_string() + "#takes">{say!(language, "queue.what_you_take")}</a>
            </p>
        }
    });
    let lapsed = lapse::own(&app.casework, session).await?;
    let lapsed = (!lapsed.is_empty()).then(|| {
        let cases = lapsed.into_iter().map(|case| {
            let href = paths::CasePage { language, case: case.case_id }.to_string();
            view! { <li><a href=href><bdi>{case.reference.to_string()}</bdi></a></li> }
        });
        view! {
            <section class="notice" aria-labelledby="lapsed">
                <h2 id="lapsed">{say!(language, "queue.lapsed.title")}</h2>
                <p>{say!(language, "queue.lapsed.text")}</p>
                <ul class="lapsed">{cases.collect_view()}</ul>
            </section>
        }
    });
    Ok(view! { {nothing_given} {lapsed} }.into_any())
}

fn head(language: Language, place: Place, counts: &Counts) -> AnyView {
    let due = (place == Place::Queue && counts.due_soon > 0).then(|| {
        let count = u64::try_from(counts.due_soon).unwrap_or_default();
        view! { <span class="pill wait">{say_count(language, "queue.due_soon", count)}</span> }
    });
    let take = (place == Place::Queue).then(|| {
        view! {
            <form method="post" action=paths::TakeNext { language }.to_string()>
                <button class="btn" type="submit" accesskey="n" data-key="n" data-key-name=say!(language, "queue.take_next")>{say!(language, "queue.take_next")} " " <kbd>"N"</kbd></button>
            </form>
        }
    });
    view! {
        <header class="work-head">
            <h1>{place.words(language)}</h1>
            {due}
            <a class="btn quiet small" href=place.href(language) data-key="r">{say!(language, "queue.refresh")}</a>
            {take}
        </header>
    }
    .into_any()
}

/// The way to a case by its name, as a reporter says it on the phone. `typed`: a name that led to none.
fn finder(language: Language, typed: &str) -> AnyView {
    let missing = (!typed.is_empty()).then(|| {
        view! { <p class="notice warm" role="status">{say!(language, "queue.find.none")} " " <bdi>{typed.to_owned()}</bdi></p> }
    });
    view! {
        {missing}
        <form class="finder" method="get" action=paths::FindCase { language }.to_string()>
            <label for="reference">{say!(language, "queue.find.label")}</label>
            <input id="reference" name="reference" type="search" data-key="/" dir="ltr" autocomplete="off" value=typed.to_owned() required />
            <button class="btn quiet small" type="submit">{say!(language, "queue.find.button")}</button>
        </form>
    }
    .into_any()
}

fn filters(app: &App, language: Language, place: Place, fields: &Fields) -> AnyView {
    let form = FormState::filled(fields.clone());
    let any = || Choice::new("", say!(language, "queue.filter.any"));
    let with_any = |choices: Vec<Choice>| std::iter::once(any()).chain(choices).collect::<Vec<_>>();
    let levels =
        (0..=4).map(|level| Choice::new(level.to_string(), say!(language, "queue.level", level = level))).collect();
    let harms = Harm::ALL.iter().map(|&code| Choice::new(code.as_str(), harm(language, code))).collect();
    let languages = language_choices().collect();
    let states = states_of(place).iter().map(|&code| Choice::new(code.as_str(), state(language, code))).collect();
    let is_open = !fields
        .0
        .iter()
        .all(|(name, value)| value.is_empty() || [AFTER, REFERENCE, NOTHING_GIVEN].contains(&name.as_str()));
    view! {
        <details class="more filter-box" open=is_open>
            <summary data-key="f">{say!(language, "queue.filter.title")}</summary>
            <form class="filters" method="get" action=place.href(language)>
                {select_field(&form, "level", say!(language, "queue.filter.level"), None, with_any(levels))}
                {select_field(&form, "harm", say!(language, "queue.filter.harm"), None, with_any(harms))}
                {select_field(&form, "language", say!(language, "queue.filter.language"), None, with_any(languages))}
                {select_field(&form, "country", say!(language, "queue.filter.country"), None,
                    with_any(countries::choices(&app.operator, language)))}
                {select_field(&form, "state", say!(language, "queue.filter.state"), None, with_any(states))}
                <button class="btn quiet" type="submit">{say!(language, "queue.filter.apply")}</button>
                <a href=place.href(language)>{say!(language, "queue.filter.clear")}</a>
            </form>
        </details>
    }
    .into_any()
}

/// The states a case of this place can have.
fn states_of(place: Place) -> &'static [CaseState] {
    use CaseState::{Appealed, InReview, Received, Reopened, WaitingForProviders, WaitingForReporter};
    match place {
        Place::Queue => &[Received, InReview, Reopened, Appealed],
        Place::Waiting => &[WaitingForReporter, WaitingForProviders],
        _ => &[Received, InReview, Reopened, Appealed, WaitingForReporter, WaitingForProviders],
    }
}

fn pager(language: Language, place: Place, fields: &Fields, is_first: bool, page: &QueuePage) -> Option<AnyView> {
    let is_filter = |name: &str| ![AFTER, REFERENCE, NOTHING_GIVEN].contains(&name);
    let kept = || fields.0.iter().filter(|(name, value)| is_filter(name) && !value.is_empty());
    let link = |after: Option<String>| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept());
        if let Some(after) = after {
            query.append_pair(AFTER, &after);
        }
        format!("{}?{}", place.href(language), query.finish())
    };
    let next = page.next.as_ref().map(|next| link(Some(next.to_string())));
    if is_first && next.is_none() {
        return None;
    }
    let first =
        (!is_first).then(|| view! { <a class="btn quiet" href=link(None)>{say!(language, "queue.first_page")}</a> });
    let next = next.map(
        |href| view! { <a class="btn quiet" href=href rel="next" data-key="]">{say!(language, "queue.next_page")}</a> },
    );
    Some(view! { <nav class="pager" aria-label=say!(language, "queue.pages")>{first} {next}</nav> }.into_any())
}

/// What every row needs to know.
struct Table {
    language: Language,
    now: DateTime<Utc>,
    place: Place,
    me: uuid::Uuid,
}

impl Table {
    fn view(&self, rows: Vec<QueueRow>, is_filtered: bool) -> AnyView {
        let language = self.language;
        if rows.is_empty() {
            let key = if is_filtered { "filtered" } else { self.empty_key() };
            return view! {
                <div class="empty">{drawings::home_safe()}<p>{say!(language, format!("queue.empty.{key}"))}</p></div>
            }
            .into_any();
        }
        let rows = rows.into_iter().map(|row| self.row(row)).collect_view();
        view! {
            <table class="table queue">
                <caption class="visually-hidden">{self.place.words(language)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{say!(language, "queue.column.level")}</th>
                        <th scope="col">{say!(language, "queue.column.case")}</th>
                        <th scope="col">{say!(language, "queue.column.why")}</th>
                        {self.shows_time().then(|| view! { <th scope="col">{say!(language, "queue.column.time")}</th> })}
                        {self.shows_holder().then(|| view! { <th scope="col">{say!(language, "queue.column.holder")}</th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    }

    /// Time runs out for nobody while a case waits for an answer.
    fn shows_time(&self) -> bool {
        self.place != Place::Waiting
    }

    /// Nobody holds what stands in the queue.
    fn shows_holder(&self) -> bool {
        self.place != Place::Queue
    }

    fn empty_key(&self) -> &'static str {
        match self.place {
            Place::Mine => "mine",
            Place::Colleagues => "colleagues",
            Place::Waiting => "waiting",
            Place::SecondLook => "second_look",
            _ => "queue",
        }
    }

    fn row(&self, row: QueueRow) -> AnyView {
        let language = self.language;
        let is_mine = row.holder_id == Some(self.me);
        let time = self.shows_time().then(|| self.time(&row));
        let holder = self.shows_holder().then(|| self.holder(&row));
        let href = paths::CasePage { language, case: row.id }.to_string();
        view! {
            <tr class:mine=is_mine>
                <td>{level_mark(language, row.level)}</td>
                <td>
                    <a class="ref" href=href><bdi>{row.reference.to_string()}</bdi></a>
                    <br />
                    {subject(language, &row)}
                </td>
                <td data-label=say!(language, "queue.column.why")>{self.pills(&row)}</td>
                {time}
                {holder}
            </tr>
        }
        .into_any()
    }

    fn time(&self, row: &QueueRow) -> AnyView {
        let language = self.language;
        let Some(due) = Due::of(language, self.now, row.state, row.deadline) else {
            return view! { <td class="due"></td> }.into_any();
        };
        view! {
            <td class="due" class:late=due.is_late data-label=say!(language, "queue.column.time")>{due.words}</td>
        }
        .into_any()
    }

    fn holder(&self, row: &QueueRow) -> AnyView {
        let language = self.language;
        let words = match &row.holder {
            _ if row.holder_id == Some(self.me) => say!(language, "queue.me"),
            Some(name) => name.clone(),
            None => say!(language, "queue.nobody"),
        };
        view! { <td data-label=say!(language, "queue.column.holder")>{words}</td> }.into_any()
    }

    fn pills(&self, row: &QueueRow) -> AnyView {
        let language = self.language;
        let failed =
            row.notice_failed.then(|| view! { <li class="pill hot">{say!(language, "queue.notice_failed")}</li> });
        let unread = (row.unread_from_reporter > 0)
            .then(|| view! { <li class="pill hot">{say!(language, "queue.unread")}</li> });
        let stands = (row.state != CaseState::Received && row.state != CaseState::InReview)
            .then(|| view! { <li class="pill wait">{state(language, row.state)}</li> });
        let alarms = u64::try_from(row.alarms).ok().filter(|alarms| *alarms > 0);
        let alarms =
            alarms.map(|alarms| view! { <li class="pill hot">{say_count(language, "queue.alarms", alarms)}</li> });
        let reasons = reason_pills(language, &row.reasons.0, row.flagger.as_deref());
        let known = Language::from_str(row.language.as_str()).ok();
        let other_language =
            (known != Some(language)).then(|| view! { <li class="pill">{language_name(&row.language)}</li> });
        let skips = u64::try_from(row.skips).ok().filter(|skips| *skips > 0);
        let skipped =
            skips.map(|skips| view! { <li class="pill wait">{say_count(language, "queue.skipped", skips)}</li> });
        view! { <ul class="pills">{alarms} {unread} {failed} {stands} {skipped} {reasons} {other_language}</ul> }
            .into_any()
    }
}

/// A level as a small lit window, with its meaning for those who hear it.
pub fn level_mark(language: Language, level: impl std::fmt::Display) -> impl IntoView {
    let (level, class) = (level.to_string(), format!("level l{level}"));
    view! {
        <span class=class>
            <span class="visually-hidden">{say!(language, "queue.level_word")} " "</span>
            {level}
        </span>
    }
}

/// What a case is about, from what stands readable: "A threat: 2 links, 1 account".
fn subject(language: Language, row: &QueueRow) -> String {
    let parts = [("links", row.locations), ("accounts", row.accounts), ("files", row.files)];
    let parts: Vec<String> = parts
        .into_iter()
        .filter_map(|(key, count)| Some((key, u64::try_from(count).ok().filter(|count| *count > 0)?)))
        .map(|(key, count)| say_count(language, &format!("queue.about.{key}"), count))
        .collect();
    let what = harm(language, row.harm);
    if parts.is_empty() {
        return what;
    }
    say!(language, "queue.about.what_and_items", what = what, items = parts.join(", "))
}

/// Reasons as pills. A trusted flagger is named.
pub fn reason_pills(language: Language, reasons: &[Reason], flagger: Option<&str>) -> AnyView {
    reasons
        .iter()
        .map(|reason| {
            let words = match (reason, flagger) {
                (Reason::TrustedFlagger, Some(name)) => {
                    say!(language, "queue.reason.flagger_named", name = name)
                }
                _ => reason_words(language, reason),
            };
            view! { <li class=format!("pill {}", tint(reason))>{words}</li> }
        })
        .collect_view()
        .into_any()
}

fn tint(reason: &Reason) -> &'static str {
    match reason {
        Reason::InDanger | Reason::SelfHarm | Reason::Threat | Reason::Spreading => "hot",
        Reason::TrustedFlagger | Reason::Age { .. } => "blue",
        Reason::MissedDeadline | Reason::LooksLikeBulk => "wait",
        Reason::OwnImage | Reason::Survivor | Reason::ReportedBy { .. } | Reason::ReportedBefore { .. } => "",
    }
}

fn reason_words(language: Language, reason: &Reason) -> String {
    match reason {
        Reason::InDanger => say!(language, "queue.reason.in_danger"),
        Reason::SelfHarm => say!(language, "queue.reason.self_harm"),
        Reason::Threat => say!(language, "queue.reason.threat"),
        Reason::Spreading => say!(language, "queue.reason.spreading"),
        Reason::OwnImage => say!(language, "queue.reason.own_image"),
        Reason::Survivor => say!(language, "queue.reason.survivor"),
        Reason::TrustedFlagger => say!(language, "queue.reason.trusted_flagger"),
        Reason::ReportedBy { reporter: who } => reporter(language, *who),
        Reason::Age { band } => age(language, *band),
        Reason::ReportedBefore { reports } => say_count(language, "queue.reason.reported_before", (*reports).into()),
        Reason::LooksLikeBulk => say!(language, "queue.reason.looks_like_bulk"),
        Reason::MissedDeadline => say!(language, "queue.reason.missed_deadline"),
    }
}

/// How a case stands to its deadline.
pub struct Due {
    /// "due in 40 min", "due now", "12 min late".
    pub words: String,
    /// Whether the time has run out, by a minute or more.
    pub is_late: bool,
}

impl Due {
    /// Nothing for a case that waits for an answer or is done: its time runs for nobody.
    pub fn of(language: Language, now: DateTime<Utc>, state: CaseState, deadline: DateTime<Utc>) -> Option<Self> {
        use CaseState::{Appealed, InReview, Received, Reopened};
        if !matches!(state, Received | InReview | Reopened | Appealed) {
            return None;
        }
        let left = deadline - now;
        let time = duration_words(language, left.abs());
        let words = match left.num_minutes() {
            0 => say!(language, "queue.due_now"),
            1.. => say!(language, "queue.due", time = time),
            _ => say!(language, "queue.late", time = time),
        };
        Some(Self { words, is_late: left.num_minutes() < 0 })
    }
}

/// A length of time in at most two units.
fn duration_words(language: Language, length: TimeDelta) -> String {
    let (days, hours, minutes) = (length.num_days(), length.num_hours(), length.num_minutes());
    match (days, hours) {
        (0, 0) => say!(language, "queue.time.minutes", minutes = minutes),
        (0, 1..=9) if minutes % 60 > 0 => {
            say!(language, "queue.time.hours_and_minutes", hours = hours, minutes = minutes % 60)
        }
        (0 | 1, _) => say!(language, "queue.time.hours", hours = hours),
        (days, _) => say!(language, "queue.time.days", days = days),
    }
}
