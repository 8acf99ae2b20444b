//! Sends mail: plain text, sometimes with one attachment, by SMTP.

use std::time::Duration;

use casework::outbox::Failure;
use chrono::{DateTime, Utc};
use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use uuid::Uuid;

use crate::configuration::{Mail, MailTls};

/// How long any one step of sending may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a mail did not go, without any address.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct MailFailure {
    /// Whether trying again makes sense.
    pub failure: Failure,
    /// In words, for the log and `suoja check`.
    pub reason: &'static str,
    /// The same as a code, which becomes words on the notice's page.
    pub code: &'static str,
}

/// A connection to the mail server, made when it is needed.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Sends by this server.
    pub fn new(mail: &Mail) -> Result<Self, MailFailure> {
        let parameters = || {
            TlsParameters::new(mail.host.clone())
                .map_err(|_| refused("unwritable", "the mail server's name is no host name"))
        };
        let tls = match mail.tls {
            MailTls::Tls => Tls::Wrapper(parameters()?),
            MailTls::Starttls => Tls::Required(parameters()?),
            MailTls::None => Tls::None,
        };
        // The sender's domain, not this machine's name: the name of a machine is nobody's business.
        let hello = ClientId::Domain(mail.from.email.domain().to_owned());
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&mail.host)
            .port(mail.port)
            .tls(tls)
            .hello_name(hello)
            .timeout(Some(PATIENCE));
        if let Some((user, password)) = &mail.login {
            transport = transport.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        Ok(Self { transport: transport.build(), from: mail.from.clone() })
    }

    /// Sends one mail. `id` makes its Message-ID: a mail that goes twice after a crash is recognised as one.
    pub async fn send(&self, mail: &app::mail::Mail, id: Uuid, now: DateTime<Utc>) -> Result<(), MailFailure> {
        let message = self.message(mail, id, now)?;
        self.transport.send(message).await.map(drop).map_err(|cause| classified(&cause))
    }

    /// Whether the server answers and takes the login.
    pub async fn try_connection(&self) -> Result<(), MailFailure> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(passing("refused_now", "the mail server refuses to talk")),
            Err(cause) => Err(classified(&cause)),
        }
    }

    fn message(&self, mail: &app::mail::Mail, id: Uuid, now: DateTime<Utc>) -> Result<Message, MailFailure> {
        let to: Mailbox = mail.to.parse().map_err(|_| refused("address", "the address is not a mail address"))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject.clone())
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .date(now.into());
        let mut parts = MultiPart::mixed().singlepart(SinglePart::plain(mail.text.clone()));
        for attachment in &mail.attachments {
            let kind = ContentType::parse(attachment.media_type)
                .map_err(|_| refused("unwritable", "the mail can't be written"))?;
            parts = parts.singlepart(Attachment::new(attachment.name.clone()).body(attachment.bytes.clone(), kind));
        }
        let message = if mail.attachments.is_empty() {
            message.singlepart(SinglePart::plain(mail.text.clone()))
        } else {
            message.multipart(parts)
        };
        message.map_err(|_| refused("unwritable", "the mail can't be written"))
    }
}

fn refused(code: &'static str, reason: &'static str) -> MailFailure {
    MailFailure { failure: Failure::Final, reason, code }
}

fn passing(code: &'static str, reason: &'static str) -> MailFailure {
    MailFailure { failure: Failure::Passing, reason, code }
}

fn classified(cause: &lettre::transport::smtp::Error) -> MailFailure {
    // What the server said can hold the address, so only its kind is kept.
    match cause.status().map(u16::from) {
        // Our login is wrong: that is for the operator to mend, and the mail can wait for it.
        Some(530 | 534 | 535 | 538) => passing("login", "the mail server refuses our login"),
        Some(552) => refused("full", "the mailbox is full or the mail too large"),
        Some(500..=599) => refused("refused", "the mail server refused the mail for good"),
        Some(_) => passing("refused_now", "the mail server refused the mail for now"),
        None if cause.is_timeout() => passing("timeout", "the mail server did not answer in time"),
        None if cause.is_tls() => {
            passing("tls", "no safe connection to the mail server: its certificate is not accepted")
        }
        None => passing("unreachable", "the mail server can't be reached"),
    }
}
