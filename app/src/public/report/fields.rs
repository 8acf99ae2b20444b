//! Each question with its fields.

use casework::report::{Door, ELSEWHERE, ReplyWay, Step, Whose};
use leptos::prelude::*;

use super::Asked;
use crate::form::{Choice, choice_field, options, problem_line, select_field, text_area, text_field};
use crate::islands::hash_files::{HashFiles, HashWords};
use crate::paths::DraftFrames;
use crate::words::Language;
use crate::{App, countries, say};

/// The fields of the question that is asked, but for files, which stand beside the form.
pub fn of(app: &App, asked: &Asked) -> AnyView {
    match asked.step {
        Step::Whose => one_of(asked, "whose", &["me", "my_child", "me_then", "helping", "unsure"]),
        Step::AgeInPicture => one_of(asked, "age_in_picture", AGES),
        Step::Age => one_of(asked, "age", AGES),
        Step::Spreading => one_of(asked, "spreading", &["yes", "no", "unsure"]),
        Step::What => one_of(asked, "what", &["link", "account", "place", "unsure"]),
        Step::Danger => one_of(asked, "danger", &["in_danger", "self_harm", "no", "unsure"]),
        Step::Shows => several_of(
            asked,
            "shows",
            &["no_clothes", "sexual", "hurt", "passed_around", "made_by_computer", "asking", "other", "unsure"],
        ),
        Step::Wants => view! {
            {several_of(asked, "wants", &["pictures", "money", "meeting", "acts", "silence", "other", "unsure"])}
            {line(asked, "deadline", "report.wants.deadline", "report.wants.deadline_hint")}
        }
        .into_any(),
        Step::Reply => reply(asked),
        Step::Where => view! { {heading(asked)} {links(asked)} {account(asked)} }.into_any(),
        Step::Links => view! { {heading(asked)} {links(asked)} }.into_any(),
        Step::Account => view! { {heading(asked)} {account(asked)} }.into_any(),
        Step::Place => view! { {heading(asked)} {area(asked, "place", "report.place", 4)} }.into_any(),
        Step::When => view! { {heading(asked)} {area(asked, "when", "report.when", 4)} }.into_any(),
        Step::Words => view! { {heading(asked)} {area(asked, "words", "report.words", 9)} }.into_any(),
        Step::Payment => view! {
            {heading(asked)}
            {line(asked, "payment", "report.payment.label", "report.payment.hint")}
        }
        .into_any(),
        Step::Country => country(app, asked),
        Step::Files | Step::Safety | Step::GrownUp | Step::HelpNow | Step::Check => ().into_any(),
    }
}

const AGES: &[&str] = &["under_10", "10_12", "13_15", "16_17", "adult", "unsure"];

/// The step's place among the words.
pub fn key(step: Step) -> String {
    format!("report.{}", step.as_str().replace('-', "_"))
}

/// Whom a question speaks of: the reporter, their child, somebody they help, or a stranger.
fn voice(asked: &Asked) -> &'static str {
    match (asked.walk.door, asked.walk.told.whose()) {
        (Door::Seen, _) => "seen",
        (Door::Picture, Some(Whose::MyChild)) => "child",
        (Door::Picture, Some(Whose::Helping)) => "helping",
        (Door::Picture | Door::Threat, _) => "me",
    }
}

/// The question itself.
pub fn title(asked: &Asked) -> String {
    let key = key(asked.step);
    match asked.step {
        Step::AgeInPicture | Step::Age | Step::Country => say!(asked.language, format!("{key}.title.{}", voice(asked))),
        Step::Account => say!(asked.language, format!("{key}.title.{}", asked.walk.door)),
        Step::Files if asked.walk.door == Door::Threat => say!(asked.language, "report.files.threat_title"),
        _ => say!(asked.language, format!("{key}.title")),
    }
}

/// Why it is asked.
fn why(asked: &Asked) -> String {
    let key = key(asked.step);
    match asked.step {
        Step::Account => say!(asked.language, format!("{key}.why.{}", asked.walk.door)),
        Step::Files if asked.walk.door == Door::Threat => say!(asked.language, "report.files.threat_why"),
        _ => say!(asked.language, format!("{key}.why")),
    }
}

fn heading(asked: &Asked) -> impl IntoView + use<> {
    view! { <h1>{title(asked)}</h1> <p class="why">{why(asked)}</p> }
}

fn one_of(asked: &Asked, name: &'static str, codes: &[&'static str]) -> AnyView {
    choose(asked, "radio", name, codes)
}

fn several_of(asked: &Asked, name: &'static str, codes: &[&'static str]) -> AnyView {
    choose(asked, "checkbox", name, codes)
}

fn choose(asked: &Asked, kind: &'static str, name: &'static str, codes: &[&'static str]) -> AnyView {
    let choices = codes.iter().map(|code| choice(asked.language, asked.step, code)).collect();
    let choices = options(&asked.form, kind, name, choices);
    fieldset(asked, name, choices.into_any())
}

/// The question as the legend of its choices.
fn fieldset(asked: &Asked, name: &'static str, choices: AnyView) -> AnyView {
    let problem = asked.form.problem(name);
    let described = if problem.is_some() { format!("{name}-why {name}-problem") } else { format!("{name}-why") };
    view! {
        <fieldset class="field" class:wrong=problem.is_some() aria-describedby=described>
            <legend><h1>{title(asked)}</h1></legend>
            <p class="why" id=format!("{name}-why")>{why(asked)}</p>
            {problem_line(name, problem.clone())}
            {choices}
        </fieldset>
    }
    .into_any()
}

/// A code with its words; some have a line under them.
fn choice(language: Language, step: Step, code: &'static str) -> Choice {
    let hint = match (step, code) {
        (Step::Age, "unsure") => Some(say!(language, "report.age.option.unsure_hint")),
        (_, "unsure") => Some(say!(language, "report.unsure_hint")),
        (Step::Whose | Step::What | Step::Reply, code) | (Step::Danger, code @ ("in_danger" | "self_harm")) => {
            Some(say!(language, format!("{}.option.{code}_hint", key(step))))
        }
        _ => None,
    };
    Choice { value: code.to_owned(), label: option(language, step, code), hint }
}

/// The words of a code.
pub fn option(language: Language, step: Step, code: &str) -> String {
    let step = if step == Step::AgeInPicture { Step::Age } else { step };
    say!(language, format!("{}.option.{code}", key(step)))
}

fn line(asked: &Asked, name: &'static str, label: &str, hint: &str) -> impl IntoView + use<> {
    let language = asked.language;
    text_field(&asked.form, name, say!(language, label), Some(say!(language, hint)), "text", "off")
}

fn area(asked: &Asked, name: &'static str, key: &str, rows: u32) -> impl IntoView + use<> {
    let (language, form) = (asked.language, &asked.form);
    let hint = say!(language, format!("{key}.hint"));
    text_area(form, name, say!(language, format!("{key}.label")), Some(hint), rows)
}

fn links(asked: &Asked) -> impl IntoView + use<> {
    area(asked, "links", "report.links", 5)
}

fn account(asked: &Asked) -> impl IntoView + use<> {
    view! {
        {line(asked, "provider", "report.account.provider", "report.account.provider_hint")}
        {line(asked, "handle", "report.account.handle", "report.account.handle_hint")}
    }
}

/// The operator's countries to press, the others in a list. Nothing is chosen beforehand, and saying nothing is fine.
fn country(app: &App, asked: &Asked) -> AnyView {
    let (language, form) = (asked.language, &asked.form);
    let mut firsts = countries::of_operator(&app.operator, language);
    firsts.push(Choice::new(ELSEWHERE, say!(language, "report.country.elsewhere")));
    let mut others = vec![Choice::new("", say!(language, "report.country.choose"))];
    others.extend(countries::others(&app.operator, language));
    let unsaid = Choice::new("", say!(language, "report.country.unsaid"));
    let choices = view! {
        {options(form, "radio", "country", firsts)}
        <div class="opened">{select_field(form, ELSEWHERE, say!(language, "report.country.label"), None, others)}</div>
        {choice_field(form, "radio", "country", "country-unsaid".to_owned(), unsaid)}
    };
    fieldset(asked, "country", choices.into_any())
}

/// By the case code alone, unless they choose otherwise; the address is asked for only then.
fn reply(asked: &Asked) -> AnyView {
    let language = asked.language;
    let mut form = asked.form.clone();
    if form.fields.get("reply").is_empty() {
        form.fields.0.push(("reply".to_owned(), ReplyWay::Code.as_str().to_owned()));
    }
    let ways = [ReplyWay::Code, ReplyWay::Email].map(|way| choice(language, Step::Reply, way.as_str()));
    let (label, hint) = (say!(language, "report.reply.email"), say!(language, "report.reply.email_hint"));
    let choices = view! {
        {options(&form, "radio", "reply", ways.into())}
        <div class="opened">{text_field(&form, "email", label, Some(hint), "email", "off")}</div>
    };
    fieldset(asked, "reply", choices.into_any())
}

/// Files stand outside the form: only their fingerprints, which the island adds to it, can be sent.
pub fn files(app: &App, asked: &Asked, form: &'static str) -> impl IntoView + use<> {
    let language = asked.language;
    let kept = asked.form.fields.all("file").map(str::to_owned).collect();
    let problem = asked.form.problem("file");
    let skip = (asked.walk.door == Door::Picture)
        .then(|| view! { <p class="hint skip-files">{say!(language, "report.files.skip")}</p> });
    let modules = app.hash_modules.clone();
    view! {
        {heading(asked)}
        <p>{say!(language, "report.files.never")}</p>
        <div id="file">{problem_line("file", problem)}</div>
        <HashFiles words=HashWords::in_language(language) modules form=form.to_owned() kept frames_to=DraftFrames {}.to_string() />
        {skip}
    }
}
