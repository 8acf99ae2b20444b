//! Cases as a table: a line each, with why it stands where it stands.

use std::collections::BTreeSet;
use std::str::FromStr;

use casework::priority::Reason;
use casework::queue::QueueRow;
use casework::taxonomy::CaseState;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use leptos::prelude::*;
use uuid::Uuid;

use super::super::case::words::{age, harm, language_name, reporter, state};
use super::super::frame::Place;
use crate::words::{Language, say_count, say_duration, say_time};
use crate::{drawings, paths, say};

/// What every row needs to know.
pub struct Table {
    /// The language of the page.
    pub language: Language,
    /// Now.
    pub now: DateTime<Utc>,
    /// The hotline's time zone.
    pub zone: Tz,
    /// Which list it is.
    pub place: Place,
    /// Who looks.
    pub me: Uuid,
    /// Those that are ticked, where cases are chosen.
    pub ticked: Option<BTreeSet<Uuid>>,
}

impl Table {
    /// The rows, or that there are none.
    pub fn view(&self, rows: Vec<QueueRow>, is_filtered: bool) -> AnyView {
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
            <table class="table queue" class:choose=self.ticked.is_some()>
                <caption class="visually-hidden">{self.place.words(language)}</caption>
                <thead>
                    <tr>
                        {self.ticked.is_some().then(|| view! { <th scope="col">{say!(language, "queue.column.choose")}</th> })}
                        <th scope="col">{say!(language, "queue.column.level")}</th>
                        <th scope="col">{say!(language, "queue.column.case")}</th>
                        <th scope="col">{say!(language, "queue.column.why")}</th>
                        {self.time_column().map(|words| view! { <th scope="col">{words}</th> })}
                        {self.shows_holder().then(|| view! { <th scope="col">{say!(language, "queue.column.holder")}</th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    }

    /// Time runs out for nobody while a case waits for an answer; of what was found one wants to know when it came.
    fn time_column(&self) -> Option<String> {
        match self.place {
            Place::Waiting => None,
            Place::Search => Some(say!(self.language, "queue.column.received")),
            _ => Some(say!(self.language, "queue.column.time")),
        }
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
            Place::Search => "search",
            _ => "queue",
        }
    }

    fn row(&self, row: QueueRow) -> AnyView {
        let language = self.language;
        let is_mine = row.holder_id == Some(self.me);
        let time = self.time_column().map(|label| self.time(&row, label));
        let holder = self.shows_holder().then(|| self.holder(&row));
        let href = paths::CasePage { language, case: row.id }.to_string();
        view! {
            <tr class:mine=is_mine>
                {self.tick(&row)}
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

    fn tick(&self, row: &QueueRow) -> Option<AnyView> {
        let checked = self.ticked.as_ref()?.contains(&row.id);
        let words = say!(self.language, "queue.choose", case = row.reference);
        Some(
            view! { <td><input type="checkbox" name="case" value=row.id.to_string() checked=checked aria-label=words /></td> }
                .into_any(),
        )
    }

    fn time(&self, row: &QueueRow, label: String) -> AnyView {
        let language = self.language;
        if self.place == Place::Search {
            let received = say_time(language, self.zone, row.received_at);
            return view! { <td class="due" data-label=label>{received}</td> }.into_any();
        }
        let Some(due) = Due::of(language, self.now, row.state, row.deadline) else {
            return view! { <td class="due"></td> }.into_any();
        };
        view! { <td class="due" class:late=due.is_late data-label=label>{due.words}</td> }.into_any()
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
        let is_ordinary = matches!(row.state, CaseState::Received | CaseState::InReview);
        let stands = (!is_ordinary || self.place == Place::Search)
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
        let team = row.team.clone().map(|team| {
            view! { <li class="pill"><span class="visually-hidden">{say!(language, "queue.filter.team")} " "</span> <bdi>{team}</bdi></li> }
        });
        let unrouted = row.is_unrouted.then(|| view! { <li class="pill wait">{say!(language, "queue.unrouted")}</li> });
        view! { <ul class="pills">{alarms} {unread} {failed} {stands} {skipped} {reasons} {other_language} {team} {unrouted}</ul> }
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
        let time = say_duration(language, left.abs());
        let words = match left.num_minutes() {
            0 => say!(language, "queue.due_now"),
            1.. => say!(language, "queue.due", time = time),
            _ => say!(language, "queue.late", time = time),
        };
        Some(Self { words, is_late: left.num_minutes() < 0 })
    }
}
