//! A case on the desk: one page, one file for each of its parts, each part beside the handlers of its forms.
//!
//! Every form posts to its own URL and comes back to its place on the page. What can't be done is said at the top of the
//! same page, with everything typed still in its fields.

pub(super) mod assess;
pub(super) mod close;
mod dispute;
pub(in crate::console) mod hands;
pub(super) mod label;
mod lesson;
mod message;
mod note;
mod notices;
mod referral;
mod related;
mod show;
mod story;
mod teller;
mod why;
pub mod words;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use casework::case::{self, OpenCase, Refused};
use casework::installation::Kind;
use casework::referral::Destination;
use casework::staff::exposure::{self, HARD};
use casework::staff::session::StaffSession;
use casework::text::{Words, WordsError};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use leptos::prelude::*;
use teller::Teller;
use uuid::Uuid;

use crate::console::template::Ready;
use crate::error::{Answer, Failure};
use crate::form::{Fields, FormState, Problem, press_field};
use crate::paths::{self, Url};
use crate::visit::Visit;
use crate::words::Language;
use crate::{App, say};

/// The routes of a case.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route(paths::CasePage::PATTERN, get(show::show))
        .route(paths::WhyHere::PATTERN, get(why::page))
        .route(paths::CaseStory::PATTERN, get(story::page))
        .route(paths::CaseStoryFile::PATTERN, get(story::file))
        .route(paths::TakeCase::PATTERN, post(hands::take))
        .route(paths::ReleaseCase::PATTERN, post(hands::release))
        .route(paths::SkipCase::PATTERN, post(hands::skip))
        .route(paths::HandOverCase::PATTERN, post(hands::hand_over))
        .route(paths::Assess::PATTERN, post(assess::submit))
        .route(paths::WriteMessage::PATTERN, post(message::submit))
        .route(paths::WriteNote::PATTERN, post(note::submit))
        .route(paths::SetLabels::PATTERN, post(label::submit))
        .route(paths::ChangeState::PATTERN, post(close::change_state))
        .route(paths::CloseCase::PATTERN, post(close::close))
        .route(paths::ReopenCase::PATTERN, post(close::reopen))
        .route(paths::WithdrawCase::PATTERN, post(close::withdraw))
        .route(paths::LegalHold::PATTERN, post(close::legal_hold))
        .route(paths::Refer::PATTERN, post(referral::submit))
        .route(paths::DecideDispute::PATTERN, post(dispute::submit))
}

/// The forms of the page. Their names are the anchors they come back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Items,
    Thread,
    Notes,
    Labels,
    Close,
    Referral,
    Hands,
    Hold,
    Skip,
    Disputes,
}

impl Part {
    fn anchor(self) -> &'static str {
        match self {
            Self::Items => "items",
            Self::Thread => "thread",
            Self::Notes => "notes",
            Self::Labels => "labels",
            Self::Close => "end",
            Self::Referral => "referral",
            Self::Hands => "hands",
            Self::Hold => "hold",
            Self::Skip => "skip",
            Self::Disputes => "disputes",
        }
    }
}

/// A form that comes back with what was typed.
struct Typed {
    part: Part,
    form: FormState,
}

/// Everything a part of the page needs.
struct Desk {
    language: Language,
    now: DateTime<Utc>,
    zone: Tz,
    me: Uuid,
    is_lead: bool,
    case: OpenCase,
    destinations: Vec<Destination>,
    /// Ready answers in the reporter's language.
    ready: Vec<Ready>,
    typed: Option<Typed>,
    /// The number of the page's forms, for [`press_field`].
    press: Uuid,
    /// The item whose assessment form is open.
    item: Option<Uuid>,
}

impl Desk {
    fn id(&self) -> Uuid {
        self.case.facts.id
    }

    /// Whether the one who looks has the case in their hands, and so may act.
    fn is_mine(&self) -> bool {
        self.case.facts.holder_id == Some(self.me)
    }

    /// What was typed into a part's form; an empty form if nothing was.
    fn form(&self, part: Part) -> FormState {
        match &self.typed {
            Some(typed) if typed.part == part => typed.form.clone(),
            _ => FormState::default(),
        }
    }

    /// What tells a second press of a form's button from the first.
    fn press(&self, form: &FormState) -> impl IntoView + use<> {
        press_field(form, self.press)
    }

    /// Whether a part was tried and came back: then it stays unfolded.
    fn came_back(&self, part: Part) -> bool {
        self.typed.as_ref().is_some_and(|typed| typed.part == part)
    }

    fn teller(&self) -> Teller<'_> {
        Teller { language: self.language, zone: self.zone, names: &self.case.names, me: self.me }
    }

    /// A colleague's name.
    fn name(&self, staff: Uuid) -> String {
        self.teller().name(staff)
    }

    fn time(&self, at: DateTime<Utc>) -> String {
        self.teller().time(at)
    }
}

/// Where a handler works: what every one of them is given.
struct Work {
    app: Arc<App>,
    visit: Visit,
    session: StaffSession,
    case: Uuid,
}

impl Work {
    /// After an act: 303 to its place on the page; or the page again, saying why not, with everything typed.
    async fn answer(self, part: Part, fields: Fields, done: Result<(), Refused>) -> Answer {
        match done {
            Ok(()) => Ok(self.back_to(part)),
            Err(refused @ (Refused::Failed(_) | Refused::NotFound)) => Err(refused.into()),
            Err(refused) => {
                let problem = Problem::new(part.anchor(), refusal(self.visit.language, &refused));
                self.again(part, StatusCode::CONFLICT, fields, vec![problem]).await
            }
        }
    }

    fn back_to(&self, part: Part) -> Response {
        let page = paths::CasePage { language: self.visit.language, case: self.case };
        let anchor = match part {
            // What a newcomer wants to see when a lesson is closed.
            Part::Close if self.app.kind == Kind::Training => lesson::ANCHOR,
            part => part.anchor(),
        };
        Redirect::to(&format!("{page}#{anchor}")).into_response()
    }

    /// The page again, with problems beside their fields.
    async fn again(self, part: Part, status: StatusCode, fields: Fields, problems: Vec<Problem>) -> Answer {
        let typed = Typed { part, form: FormState { fields, problems } };
        show::page(self, status, Some(typed), None).await
    }
}

pub(in crate::console) fn refusal(language: Language, refused: &Refused) -> String {
    match refused {
        Refused::HeldByAnother => say!(language, "case.refused.held_by_another"),
        Refused::NotInYourHands => say!(language, "case.refused.not_in_your_hands"),
        Refused::NotForYou => say!(language, "case.refused.not_for_you"),
        Refused::NotForThem => say!(language, "case.refused.not_for_them"),
        Refused::LeadsOnly => say!(language, "case.refused.leads_only"),
        Refused::SamePerson => say!(language, "case.refused.same_person"),
        Refused::AlreadyAssessed => say!(language, "case.refused.already_assessed"),
        Refused::NotSo => say!(language, "case.refused.not_so"),
        Refused::NeedsExplanation => say!(language, "case.refused.needs_explanation"),
        Refused::NotNow | Refused::NotFound | Refused::Failed(_) => say!(language, "case.refused.not_now"),
    }
}

/// Most characters of anything written on the desk.
pub(in crate::console) const LONGEST: usize = 5_000;

/// What was typed into a field that must not be empty, or what to say about it.
fn words_in(language: Language, fields: &Fields, field: &'static str) -> Result<Words, Problem> {
    Words::parse(fields.get(field), LONGEST).map_err(|error| Problem::new(field, words_problem(language, error)))
}

/// The same, where nothing is fine too.
fn optional_words_in(
    language: Language,
    fields: &Fields,
    field: &'static str,
    max: usize,
) -> Result<Option<Words>, Problem> {
    Words::parse_optional(fields.get(field), max).map_err(|error| Problem::new(field, words_problem(language, error)))
}

fn words_problem(language: Language, error: WordsError) -> String {
    match error {
        WordsError::Empty => say!(language, "case.problem.empty"),
        WordsError::TooLong { found, max } => say!(language, "case.problem.too_long", found = found, max = max),
    }
}

/// Opens the case for whoever looks.
async fn open(work: &Work) -> Result<OpenCase, Failure> {
    let casework = &work.app.casework;
    match case::open(casework, &work.session, work.case).await {
        Ok(opened) => {
            if opened.facts.level <= HARD {
                exposure::looks(casework, &work.session).await?;
            }
            Ok(opened)
        }
        Err(Refused::Failed(cause)) => Err(Failure::Internal(cause)),
        Err(_) => Err(Failure::NotFound),
    }
}
