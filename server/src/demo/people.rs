//! Who there is in the demo: a hotline that is set up, three members who hold its keys, and a directory.

use anyhow::{Context, anyhow};
use casework::Casework;
use casework::organisation::{self, Details};
use casework::priority::{self, PriorityTable};
use casework::recovery::{self, HotlineName, Split};
use casework::routing::{self, Rule};
use casework::staff::grant;
use casework::staff::invitation::{self, NewStaff};
use casework::staff::session::{self, StaffSession};
use casework::staff::welcome::{self, Identity};
use casework::taxonomy::{Harm, LanguageCode, OrganisationKind, Role};
use casework::team;
use casework::text::Words;
use casework::vault::{CookieToken, NewPassword};
use casework::{clock::Clock, template};
use chrono::TimeDelta;
use uuid::Uuid;

use super::DemoClock;
use super::data::{Data, Member, Organisation};
use super::sign_ins::SignIn;
use crate::system::SystemClock;

/// Who works on the cases.
pub struct Staffed {
    /// The analyst's session.
    pub analyst: StaffSession,
    /// The lead's.
    pub lead: StaffSession,
    /// The police in the directory.
    pub police: Uuid,
    /// How to sign in as each of them.
    pub sign_ins: Vec<SignIn>,
}

/// Makes them, a month ago.
pub async fn make(cw: &Casework, clock: &DemoClock, data: &Data) -> anyhow::Result<Staffed> {
    clock.set(SystemClock.now() - TimeDelta::days(31));
    let mut members = data.people.staff.iter();
    let first = members.next().context("no staff")?;
    let link = invitation::first_invitation(cw).await?.context("the hotline has an administrator")?;
    let identity = Identity { address: first.sign_in.parse()?, name: words(&first.name)? };
    let (administrator, sign_in) = take_up(cw, &link, Some(identity), first).await?;
    let named =
        HotlineName { name: words(&data.people.hotline.name)?, country: Some(data.people.hotline.country.clone()) };
    recovery::set_up(cw, &resumed(cw, &administrator).await?, Some(named), Split::default()).await?;
    let administrator = resumed(cw, &administrator).await?;

    let mut sign_ins = vec![sign_in];
    let mut others = Vec::new();
    for member in members {
        let (session, sign_in) = let_in(cw, &administrator, member).await?;
        others.push(session);
        sign_ins.push(sign_in);
    }
    let police = fill_directory(cw, &administrator, &data.people.organisation).await?;
    write_tables(cw, &administrator, &others).await?;
    let analyst = of_role(&mut others, Role::Analyst)?;
    let lead = of_role(&mut others, Role::Lead)?;
    write_templates(cw, &lead, data).await?;
    Ok(Staffed { analyst, lead, police, sign_ins })
}

fn of_role(sessions: &mut Vec<StaffSession>, role: Role) -> anyhow::Result<StaffSession> {
    let found = sessions.iter().position(|session| session.role == role).with_context(|| format!("no {role}"))?;
    Ok(sessions.swap_remove(found))
}

async fn let_in(
    cw: &Casework,
    administrator: &StaffSession,
    member: &Member,
) -> anyhow::Result<(StaffSession, SignIn)> {
    let new = NewStaff {
        organisation: administrator.organisation,
        address: member.sign_in.parse()?,
        name: words(&member.name)?,
        role: member.role,
        language: english()?,
    };
    let link = invitation::invite(cw, administrator, &new, |_| String::new()).await?;
    let (token, sign_in) = take_up(cw, &link, None, member).await?;
    let waiting = resumed(cw, &token).await?;
    grant::grant(cw, administrator, waiting.staff).await?;
    Ok((resumed(cw, &token).await?, sign_in))
}

/// Takes an invitation up as a person would: password, then authenticator.
async fn take_up(
    cw: &Casework,
    link: &CookieToken,
    identity: Option<Identity>,
    member: &Member,
) -> anyhow::Result<(CookieToken, SignIn)> {
    let password = NewPassword::parse(member.password.clone().into(), &[])?;
    let token = welcome::choose_password(cw, link, identity, password).await?;
    let secret = welcome::enrolling(cw, &token).await?.context("nobody enrols")?.secret;
    welcome::confirm_second_factor(cw, &token, &secret.code_at(cw.now())).await?;
    let sign_in = SignIn {
        name: member.name.clone(),
        address: member.sign_in.clone(),
        password: member.password.clone(),
        secret: secret.printable().to_string(),
    };
    Ok((token, sign_in))
}

async fn resumed(cw: &Casework, token: &CookieToken) -> anyhow::Result<StaffSession> {
    session::resume(cw, token).await?.ok_or_else(|| anyhow!("the session ended"))
}

/// Gives the police's id.
async fn fill_directory(cw: &Casework, by: &StaffSession, organisations: &[Organisation]) -> anyhow::Result<Uuid> {
    let mut police = None;
    for organisation in organisations {
        let details = Details {
            name: words(&organisation.name)?,
            country: organisation.country.clone(),
            notice_email: organisation.notice_email.as_deref().map(str::parse).transpose()?,
            notice_language: organisation.notice_email.is_some().then(english).transpose()?,
            answer_hours: organisation.answer_hours,
            domains: organisation.domains.iter().map(|domain| domain.parse()).collect::<Result<_, _>>()?,
        };
        let id = organisation::create(cw, by, organisation.kind, &details).await?;
        police = police.or((organisation.kind == OrganisationKind::Police).then_some(id));
    }
    police.context("no police")
}

/// The tables an administrator can change, with something in them to look at.
async fn write_tables(cw: &Casework, by: &StaffSession, others: &[StaffSession]) -> anyhow::Result<()> {
    let threats = team::create(cw, by, &words("Threats")?).await?;
    team::change(cw, by, threats, &others.iter().map(|member| member.staff).collect()).await?;
    let here = |country: Option<&str>, harm: Option<Harm>| -> anyhow::Result<Rule> {
        let country = country.map(str::parse).transpose()?;
        Ok(Rule {
            country,
            language: None,
            harm,
            provider: None,
            host: None,
            source: None,
            hotline: by.organisation,
            team: harm.map(|_| threats),
        })
    };
    let rules = [here(None, Some(Harm::Threat))?, here(Some("FI"), None)?, here(Some("SE"), None)?];
    routing::save_rules(cw, by, &rules).await?;
    priority::save(cw, by, &PriorityTable::default()).await?;
    Ok(())
}

async fn write_templates(cw: &Casework, by: &StaffSession, data: &Data) -> anyhow::Result<()> {
    for ready in &data.words.template {
        for (language, body) in &ready.body {
            template::save(cw, by, &words(&ready.name)?, &language.parse()?, &words(body)?).await?;
        }
    }
    Ok(())
}

fn english() -> anyhow::Result<LanguageCode> {
    Ok("en".parse()?)
}

/// Words of the demo's own.
pub fn words(text: &str) -> anyhow::Result<Words> {
    Ok(Words::parse(text, 5_000)?)
}
