//! Sends what waits in the outbox: mails to the mail server, calls to the alarm's web address.

use std::sync::Arc;

use app::mail::{self, Mail};
use app::words::Language;
use casework::outbox::{self, Channel, Failure, Leased, Task};
use casework::{Casework, Error, alarm, contact, notice};

use super::Surroundings;
use crate::caller::Caller;
use crate::mail::Mailer;

/// Sends everything that is due. Without a mail server it goes on waiting.
pub async fn send_due(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    let Some(mailer) = &surroundings.mailer else { return Ok(()) };
    while !surroundings.stop.is_cancelled() {
        let Some(leased) = outbox::lease(&surroundings.app.casework, Channel::Mail).await? else { break };
        send(&surroundings, mailer, &leased).await?;
    }
    Ok(())
}

async fn send(surroundings: &Surroundings, mailer: &Mailer, leased: &Leased) -> Result<(), Error> {
    let cw = &surroundings.app.casework;
    let Some(mail) = written(surroundings, &leased.task).await? else {
        return finish(cw, leased).await;
    };
    match mailer.send(&mail, leased.id, cw.now()).await {
        Ok(()) => sent(cw, leased).await,
        Err(failed) => failed_to_send(cw, leased, failed.failure, failed.code).await,
    }
}

/// Makes every call that is due. Without an address to call none is asked for; one of before waits.
pub async fn call_due(surroundings: Arc<Surroundings>) -> Result<(), Error> {
    let Some(caller) = &surroundings.caller else { return Ok(()) };
    while !surroundings.stop.is_cancelled() {
        let Some(leased) = outbox::lease(&surroundings.app.casework, Channel::Web).await? else { break };
        call(&surroundings, caller, &leased).await?;
    }
    Ok(())
}

async fn call(surroundings: &Surroundings, caller: &Caller, leased: &Leased) -> Result<(), Error> {
    let app = &surroundings.app;
    let cw = &app.casework;
    let Task::RingWeb { hotline, is_trial } = leased.task else { return finish(cw, leased).await };
    let Some(ring) = alarm::ringing(cw, hotline, is_trial).await? else { return finish(cw, leased).await };
    match caller.call(app::alarm::call(app, &ring), cw.now()).await {
        Ok(()) => finish(cw, leased).await,
        Err(failed) => failed_to_send(cw, leased, failed.failure, failed.code).await,
    }
}

/// The mail a task asks for; none if there is nothing to say any more.
async fn written(surroundings: &Surroundings, task: &Task) -> Result<Option<Mail>, Error> {
    let app = &surroundings.app;
    let language = |code: &str| code.parse().unwrap_or(Language::En);
    Ok(match task {
        Task::SendNotice { notice } => {
            notice::outgoing(&app.casework, *notice).await?.map(|outgoing| mail::notice(app, &outgoing))
        }
        Task::MailReporter { case } => {
            let mut tx = app.casework.storage.read().await?;
            let address = contact::address(&app.casework, &mut tx, *case).await?;
            address.map(|address| mail::reporter(language(&address.language), address.email.as_str().to_owned()))
        }
        Task::MailInvitation { to, language: code, link } => {
            Some(mail::invitation(app, language(code), to.clone(), link))
        }
        Task::RingStaff { staff, is_trial } => {
            let Some(listener) = alarm::listener(&app.casework, *staff).await? else { return Ok(None) };
            let ring = alarm::ringing(&app.casework, listener.hotline, *is_trial).await?;
            ring.map(|ring| app::alarm::mail(app, &listener, &ring))
        }
        Task::RingWeb { .. } => None,
    })
}

async fn sent(cw: &Casework, leased: &Leased) -> Result<(), Error> {
    match &leased.task {
        Task::SendNotice { notice } => notice::sent(cw, leased, *notice).await,
        _ => finish(cw, leased).await,
    }
}

async fn finish(cw: &Casework, leased: &Leased) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    outbox::done(cw, &mut tx, leased.id).await?;
    Ok(tx.commit().await?)
}

async fn failed_to_send(cw: &Casework, leased: &Leased, failure: Failure, code: &'static str) -> Result<(), Error> {
    let mut tx = cw.storage.write().await?;
    let is_given_up = outbox::failed(cw, &mut tx, leased, failure, code).await?;
    if is_given_up && let Task::SendNotice { notice } = &leased.task {
        notice::undeliverable(cw, &mut tx, *notice).await?;
    }
    tx.commit().await?;
    tracing::warn!(task = %leased.id, attempts = leased.attempts, is_given_up, reason = code, "a task of the outbox failed");
    Ok(())
}
