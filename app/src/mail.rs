//! The mails Suoja writes: what they say and to whom. The server sends them.
//!
//! A mail to a reporter says nothing: no content, no code, no link, no name that gives the matter away. A notice is mail a
//! person can read, with the same in JSON attached for a machine.

use casework::notice::{Outgoing, Place};
use serde_json::json;

use crate::paths::ProviderAnswer;
use crate::words::{Language, say_count};
use crate::{App, say, xarf};

/// A mail, ready to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The one address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text, plain.
    pub text: String,
    /// Files with it.
    pub attachments: Vec<Attachment>,
}

/// A file with a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A notice under DSA Art. 16 in the provider's language.
pub fn notice(app: &App, outgoing: &Outgoing) -> Mail {
    let language = outgoing.language.parse().unwrap_or(Language::En);
    let reference = outgoing.reference.to_string();
    let places =
        outgoing.content.places.iter().map(|place| format!("- {}", place_line(language, place))).collect::<Vec<_>>();
    let status = app.operator.trusted_flagger.as_ref();
    let mut paragraphs = vec![
        say!(language, "mail.notice.greeting", provider = outgoing.provider_name),
        say!(language, "mail.notice.what", hotline = app.operator.name),
    ];
    paragraphs.extend(status.map(|status| say!(language, "mail.notice.trusted", status = status)));
    paragraphs.push(format!(
        "{}\n{}",
        say_count(language, "mail.notice.places", outgoing.content.places.len() as u64),
        places.join("\n")
    ));
    paragraphs.push(format!("{}\n{}", say!(language, "mail.notice.why"), outgoing.content.explanation));
    paragraphs.push(say!(language, "mail.notice.good_faith"));
    paragraphs.push(say!(language, "mail.notice.reporter"));
    paragraphs.push(say!(language, "mail.notice.answer_here", link = answer_address(app, language, outgoing)));
    paragraphs.push(say!(language, "mail.notice.answer", mailbox = app.operator.notice_mailbox, reference = reference));
    paragraphs.push(app.operator.name.clone());
    Mail {
        to: outgoing.to.clone(),
        subject: say!(language, "mail.notice.subject", reference = reference),
        text: paragraphs.join("\n\n"),
        attachments: machines_files(app, outgoing),
    }
}

/// The same for machines: the notice's own fields, and a file a link in a format that abuse desks read.
fn machines_files(app: &App, outgoing: &Outgoing) -> Vec<Attachment> {
    let json =
        |name: String, text: String| Attachment { name, media_type: "application/json", bytes: text.into_bytes() };
    let reference = &outgoing.reference;
    let reports = xarf::reports(app, outgoing).into_iter().enumerate();
    let reports =
        reports.map(|(number, report)| json(format!("xarf-{reference}-{}.json", number + 1), format!("{report:#}")));
    std::iter::once(json(format!("notice-{reference}.json"), notice_json(app, outgoing))).chain(reports).collect()
}

/// Where the provider answers; before the notice is approved, all but the secret part.
fn answer_address(app: &App, language: Language, outgoing: &Outgoing) -> String {
    let link = outgoing.link.as_ref().map_or_else(|| "…".to_owned(), ToString::to_string);
    format!("{}{}", app.address, ProviderAnswer { language, link })
}

fn place_line(language: Language, place: &Place) -> String {
    match place {
        Place::Location { url, .. } => url.clone(),
        Place::Account { handle } => say!(language, "mail.notice.account", handle = handle),
    }
}

/// The fields of DSA Art. 16(2), (a) to (d), for a machine. No reporter: a notice about offences against children may be
/// anonymous, and the hotline stands as notifier.
fn notice_json(app: &App, outgoing: &Outgoing) -> String {
    let notice = json!({
        "format": "suoja-notice/1",
        "legal_reference": "Regulation (EU) 2022/2065, Article 16",
        "notice_id": outgoing.id,
        "reference": outgoing.reference.to_string(),
        "provider": outgoing.provider_name,
        "answer_at": answer_address(app, outgoing.language.parse().unwrap_or(Language::En), outgoing),
        "explanation": outgoing.content.explanation,
        "places": outgoing.content.places,
        "notifier": {
            "name": app.operator.name,
            "email": app.operator.notice_mailbox,
            "trusted_flagger": app.operator.trusted_flagger,
        },
        "good_faith": true,
    });
    format!("{notice:#}")
}

/// Tells a reporter who asked for it that there is something new. Says nothing else.
pub fn reporter(language: Language, to: String) -> Mail {
    Mail {
        to,
        subject: say!(language, "mail.reporter.subject"),
        text: say!(language, "mail.reporter.text"),
        attachments: Vec::new(),
    }
}

/// A one-time link for a member of staff.
pub fn invitation(app: &App, language: Language, to: String, link: &str) -> Mail {
    Mail {
        to,
        subject: say!(language, "mail.invitation.subject", hotline = app.operator.name),
        text: say!(language, "mail.invitation.text", hotline = app.operator.name, link = link),
        attachments: Vec::new(),
    }
}
