//! The demo's cases: each comes in and lives through its story. Everything happens in the order of time, as if a month had
//! passed.

use std::collections::BTreeSet;

use anyhow::Context;
use casework::Casework;
use casework::assessment::{self, Judgement};
use casework::case::{self, OpenCase};
use casework::case_code::CaseCode;
use casework::clock::Clock;
use casework::erasure::{self, Wish};
use casework::mine::{self, Addition};
use casework::outbox::{self, Channel, Task};
use casework::press::Press;
use casework::report::Report;
use casework::staff::session::StaffSession;
use casework::taxonomy::{Class, LanguageCode, LegalBasis, NoticeState, Outcome};
use casework::text::Words;
use casework::vault::CookieToken;
use casework::video::Videos;
use casework::{intake, label, note, notice, queue, referral};
use chrono::{DateTime, Days, TimeDelta, Timelike, Utc};
use uuid::Uuid;

use super::DemoClock;
use super::chance::Chance;
use super::data::{Act, Data, Story, Voices};
use super::people::{Staffed, words};
use super::reports;
use crate::system::SystemClock;

/// The seed of the demo's dice.
const SEED: u64 = 2_026;
/// Staff work from this hour to that one (UTC).
const WORKING_HOURS: (u32, u32) = (7, 19);

/// Makes all cases. Gives the codes of three that have something to show their reporters.
pub async fn make(cw: &Casework, clock: &DemoClock, data: &Data, staffed: &Staffed) -> anyhow::Result<Vec<String>> {
    let now = SystemClock.now();
    let mut chance = Chance::new(SEED);
    let mut lives = Vec::new();
    for story in &data.stories {
        for _ in 0..story.cases {
            lives.push(Life::draw(data, story, now, &mut chance)?);
        }
    }
    let mut making = Making { cw, data, staffed, chance };
    for (at, which, act) in in_order(&lives, now) {
        clock.set(at);
        let life = lives.get_mut(which).context("no such case")?;
        making.go_on(life, act).await.with_context(|| format!("{act:?} at {at}"))?;
        making.send_what_waits().await?;
    }
    clock.set(now);
    erasure::run_due(cw).await?;
    Ok(to_show(&lives))
}

/// A case and what is to become of it.
struct Life<'a> {
    story: &'a Story,
    report: Report,
    language: LanguageCode,
    /// When it comes in, and when each act of its story happens.
    times: Vec<DateTime<Utc>>,
    code: Option<CaseCode>,
    case: Uuid,
    notice: Option<Uuid>,
    /// Whether the lead works on it; else the analyst.
    with_lead: bool,
}

impl<'a> Life<'a> {
    fn draw(data: &Data, story: &'a Story, now: DateTime<Utc>, chance: &mut Chance) -> anyhow::Result<Self> {
        let (report, language) = reports::draw(data, story, chance)?;
        #[allow(clippy::cast_possible_truncation, reason = "a month has few seconds")]
        let ago = TimeDelta::seconds((chance.between(story.days) * 86_400.0) as i64);
        let mut times = vec![now - ago];
        for (minutes, act) in &story.acts {
            let last = times.last().copied().unwrap_or(now);
            let later = last + TimeDelta::seconds(minutes * 60 + i64::try_from(chance.below(600)).unwrap_or(0));
            times.push(if act.is_by_reporter() { later } else { in_working_hours(later) });
        }
        let with_lead = chance.percent(35);
        Ok(Self { story, report, language, times, code: None, case: Uuid::nil(), notice: None, with_lead })
    }
}

/// Nobody sits at a desk at night.
fn in_working_hours(time: DateTime<Utc>) -> DateTime<Utc> {
    let (from, to) = WORKING_HOURS;
    let morning = |day: DateTime<Utc>| day.with_hour(from).unwrap_or(day);
    match time.hour() {
        hour if hour < from => morning(time),
        hour if hour >= to => morning(time + Days::new(1)),
        _ => time,
    }
}

/// Everything that has happened by now, of all cases: when, to which, and what; nothing in particular at first, when the
/// report comes in.
fn in_order(lives: &[Life], now: DateTime<Utc>) -> Vec<(DateTime<Utc>, usize, Option<Act>)> {
    let mut all = Vec::new();
    for (which, life) in lives.iter().enumerate() {
        let acts = std::iter::once(None).chain(life.story.acts.iter().map(|(_, act)| Some(*act)));
        all.extend(life.times.iter().zip(acts).filter(|(at, _)| **at < now).map(|(at, act)| (*at, which, act)));
    }
    all.sort_by_key(|(at, which, _)| (*at, *which));
    all
}

/// The codes of the longest stories of three different kinds.
fn to_show(lives: &[Life]) -> Vec<String> {
    let ends = [Act::Close(Outcome::Removed), Act::Received, Act::Reply];
    let with_end = |end| lives.iter().find(|life| life.story.acts.last().is_some_and(|(_, act)| *act == end));
    ends.into_iter().filter_map(with_end).filter_map(|life| Some(life.code.as_ref()?.to_string())).collect()
}

impl Act {
    fn is_by_reporter(self) -> bool {
        matches!(self, Self::Reply | Self::Add | Self::Appeal | Self::Erase | Self::Keep)
    }
}

struct Making<'a> {
    cw: &'a Casework,
    data: &'a Data,
    staffed: &'a Staffed,
    chance: Chance,
}

impl<'a> Making<'a> {
    async fn go_on(&mut self, life: &mut Life<'_>, act: Option<Act>) -> anyhow::Result<()> {
        match act {
            None => self.receive(life).await,
            Some(act) if act.is_by_reporter() => self.reporter_acts(life, act).await,
            Some(act @ (Act::DraftNotice | Act::Notice)) => self.notify(life, act == Act::Notice).await,
            Some(act @ (Act::Received | Act::NeedsMore | Act::Removed | Act::Refused | Act::NoAnswer)) => {
                self.provider_answers(life, act).await
            }
            Some(act @ (Act::Assess | Act::AssessStrictly | Act::SecondLook | Act::Differ)) => {
                self.assess(life, act).await
            }
            Some(act) => self.staff_act(life, act).await,
        }
    }

    async fn receive(&mut self, life: &mut Life<'_>) -> anyhow::Result<()> {
        let (case, code) = (self.cw.new_id(), CaseCode::generate(&*self.cw.randomness));
        let mut tx = self.cw.storage.write().await?;
        intake::receive(self.cw, &mut tx, case, &code, &life.report, &Videos::new(), &life.language).await?;
        tx.commit().await?;
        life.case = case;
        life.code = Some(code);
        Ok(())
    }

    async fn reporter_acts(&mut self, life: &mut Life<'_>, act: Act) -> anyhow::Result<()> {
        let cw = self.cw;
        let token = self.open_as_reporter(life).await?;
        let voices = self.voices(life)?;
        match act {
            Act::Reply => mine::write(cw, &token, &one_of(&mut self.chance, &voices.reply)?, &Press::default()).await?,
            Act::Add => {
                let locations = vec![reports::another_link(self.data, &mut self.chance)?.parse()?];
                let words = Some(one_of(&mut self.chance, &voices.add)?);
                mine::add(cw, &token, &Addition { locations, words, ..Addition::default() }, None, &Press::default())
                    .await?;
            }
            Act::Appeal => {
                mine::appeal(cw, &token, &one_of(&mut self.chance, &voices.appeal)?, &Press::default()).await?;
                // It goes to somebody who did not decide.
                life.with_lead = !life.with_lead;
            }
            Act::Erase => {
                erasure::ask(cw, &token, Wish { words: true, ..Wish::default() }).await?;
            }
            Act::Keep => erasure::cancel(cw, &token).await?,
            _ => {}
        }
        mine::leave(cw, &token).await?;
        Ok(())
    }

    async fn open_as_reporter(&self, life: &Life<'_>) -> anyhow::Result<CookieToken> {
        let code = life.code.as_ref().context("no code yet")?;
        mine::enter(self.cw, code).await?.context("the code opens nothing")
    }

    async fn staff_act(&mut self, life: &Life<'_>, act: Act) -> anyhow::Result<()> {
        let (cw, case, session) = (self.cw, life.case, self.hands(life));
        let (voices, desk) = (self.voices(life)?, &self.data.words.desk);
        match act {
            Act::Take => queue::take(cw, session, case).await?,
            Act::Release => queue::release(cw, session, case).await?,
            Act::Note => {
                note::add(cw, session, case, &one_of(&mut self.chance, &desk.notes)?, &Press::default()).await?;
            }
            Act::Label => {
                let label = self.chance.one_of(&desk.labels).copied();
                label::set(cw, session, case, &label.into_iter().collect()).await?;
            }
            Act::Ask => {
                case::write_to_reporter(
                    cw,
                    session,
                    case,
                    &one_of(&mut self.chance, &voices.ask)?,
                    true,
                    &Press::default(),
                )
                .await?;
            }
            Act::Write => {
                case::write_to_reporter(
                    cw,
                    session,
                    case,
                    &one_of(&mut self.chance, &voices.write)?,
                    false,
                    &Press::default(),
                )
                .await?;
            }
            Act::Refer => {
                let words = one_of(&mut self.chance, &desk.referrals)?;
                referral::refer(cw, session, case, self.staffed.police, &words, &Press::default()).await?;
            }
            Act::Close(outcome) => {
                let explanation = voices.close.get(outcome.as_str()).map(|text| words(text)).transpose()?;
                case::close(cw, session, case, outcome, explanation.as_ref()).await?;
            }
            _ => {}
        }
        Ok(())
    }

    async fn assess(&mut self, life: &Life<'_>, act: Act) -> anyhow::Result<()> {
        let (class, session) = match act {
            Act::Assess => (Class::C7, self.hands(life)),
            Act::Differ => (Class::C0, self.other_hands(life)),
            Act::SecondLook => (Class::C4, self.other_hands(life)),
            _ => (Class::C4, self.hands(life)),
        };
        let basis = match class {
            Class::C7 => LegalBasis::DataProtection,
            Class::C0 => LegalBasis::None,
            _ => LegalBasis::National,
        };
        let opened = case::open(self.cw, session, life.case).await?;
        let item = opened.items.first().context("no item to assess")?.item.id;
        assessment::assess(self.cw, session, life.case, item, &Judgement::new(class, basis, None)?).await?;
        Ok(())
    }

    async fn notify(&mut self, life: &mut Life<'_>, and_approve: bool) -> anyhow::Result<()> {
        let session = self.hands(life);
        let opened = case::open(self.cw, session, life.case).await?;
        let (provider, items) = items_at_one_provider(&opened).context("nothing to notify a provider of")?;
        let explanation = one_of(&mut self.chance, &self.data.words.desk.explanations)?;
        let new = notice::Draft::new(provider, items, explanation);
        let drafted = notice::draft(self.cw, session, life.case, &new, &Press::default()).await?;
        if and_approve {
            notice::approve(self.cw, session, drafted).await?;
        }
        life.notice = Some(drafted);
        Ok(())
    }

    async fn provider_answers(&mut self, life: &Life<'_>, act: Act) -> anyhow::Result<()> {
        let desk = &self.data.words.desk;
        let (state, texts) = match act {
            Act::Received => (NoticeState::Received, &desk.received),
            Act::NeedsMore => (NoticeState::NeedsMore, &desk.needs_more),
            Act::Removed => (NoticeState::Removed, &desk.removed),
            Act::Refused => (NoticeState::Refused, &desk.refused),
            _ => (NoticeState::NoAnswer, &Vec::new()),
        };
        let answer = self.chance.one_of(texts).map(|text| words(text)).transpose()?;
        let notice = life.notice.context("no notice is out")?;
        notice::record_answer(self.cw, self.hands(life), notice, state, answer.as_ref()).await?;
        Ok(())
    }

    /// Does what the mail worker does, but for the mail: nothing leaves the demo.
    async fn send_what_waits(&self) -> anyhow::Result<()> {
        while let Some(leased) = outbox::lease(self.cw, Channel::Mail).await? {
            if let Task::SendNotice { notice } = leased.task {
                notice::sent(self.cw, &leased, notice).await?;
                continue;
            }
            let mut tx = self.cw.storage.write().await?;
            outbox::done(self.cw, &mut tx, leased.id).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Who works on the case.
    fn hands(&self, life: &Life<'_>) -> &'a StaffSession {
        if life.with_lead { &self.staffed.lead } else { &self.staffed.analyst }
    }

    /// A colleague of theirs.
    fn other_hands(&self, life: &Life<'_>) -> &'a StaffSession {
        if life.with_lead { &self.staffed.analyst } else { &self.staffed.lead }
    }

    fn voices(&self, life: &Life<'_>) -> anyhow::Result<&'a Voices> {
        self.data.voices(&life.language)
    }
}

/// One of several texts.
pub fn one_of(chance: &mut Chance, texts: &[String]) -> anyhow::Result<Words> {
    words(chance.one_of(texts).context("no texts")?)
}

/// The items at the first provider that has any, files excepted.
fn items_at_one_provider(opened: &OpenCase) -> Option<(Uuid, BTreeSet<Uuid>)> {
    let placed = || opened.items.iter().filter_map(|open| Some((open.item.provider.as_ref()?.id, open.item.id)));
    let (provider, _) = placed().next()?;
    Some((provider, placed().filter(|(at, _)| *at == provider).map(|(_, item)| item).collect()))
}
