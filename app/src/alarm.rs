//! What the alarm says when cases in danger wait: to people in a mail, to machines in a call. Nothing of what a case is about.

use casework::alarm::{Listener, Ring};
use serde_json::json;

use crate::mail::Mail;
use crate::words::{Language, say_count, say_time};
use crate::{App, paths, say};

/// The mail to somebody on call, in the language of their console.
pub fn mail(app: &App, listener: &Listener, ring: &Ring) -> Mail {
    let language = listener.language.as_str().parse().unwrap_or(Language::En);
    let mut paragraphs = vec![sentence(app, language, ring)];
    paragraphs.extend(
        (!ring.references.is_empty())
            .then(|| ring.references.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    );
    paragraphs.push(queue(app, language));
    paragraphs.push(say!(language, "alarm.mail.why"));
    Mail {
        to: listener.address.clone(),
        subject: say!(language, if ring.is_trial { "alarm.mail.trial_subject" } else { "alarm.mail.subject" }),
        text: paragraphs.join("\n\n"),
        attachments: Vec::new(),
    }
}

/// The body of the call: JSON whose `text` is a sentence, as chat and paging services take it.
pub fn call(app: &App, ring: &Ring) -> String {
    let language = Language::En;
    let queue = queue(app, language);
    let call = json!({
        "format": "suoja-alarm/1",
        "text": format!("{} {queue}", sentence(app, language, ring)),
        "hotline": ring.hotline,
        "waiting": ring.waiting,
        "since": ring.since,
        "references": ring.references.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "queue": queue,
        "trial": ring.is_trial,
    });
    call.to_string()
}

fn queue(app: &App, language: Language) -> String {
    format!("{}{}", app.console_address, paths::Queue { language })
}

fn sentence(app: &App, language: Language, ring: &Ring) -> String {
    if ring.is_trial {
        return say!(language, "alarm.mail.trial", hotline = ring.hotline);
    }
    let count = say_count(language, "alarm.mail.waiting", u64::try_from(ring.waiting).unwrap_or_default());
    let since = say_time(language, app.casework.hours.zone(), ring.since);
    say!(language, "alarm.mail.since", hotline = ring.hotline, cases = count, since = since)
}
