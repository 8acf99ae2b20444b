//! `suoja check`: looks at everything that can be wrong before anyone needs it, and says how to mend it. It only looks: what
//! is not there yet it does not make.

use std::io::{self, Write};

use casework::audit::{self, Verdict};
use casework::clock::Clock;
use casework::installation::Kind;
use chrono::{DateTime, Utc};
use url::Url;

use crate::assets::Assets;
use crate::audit_head;
use crate::commands::this_machine;
use crate::configuration::{Configuration, ConfigurationError, is_this_machine};
use crate::mail::Mailer;
use crate::running;
use crate::system::SystemClock;

/// What one look found: how it is, or what is wrong and how to mend it.
type Finding = Result<String, String>;

/// Prints a line for each thing; gives whether all is well.
pub async fn print(configuration: Result<Configuration, ConfigurationError>, out: &mut impl Write) -> io::Result<bool> {
    let configuration = match configuration {
        Ok(configuration) => configuration,
        Err(wrong) => {
            line(out, "configuration", &Err(wrong.to_string()))?;
            return Ok(false);
        }
    };
    let mut all_well = line(out, "configuration", &Ok(format!("pages at {}", configuration.address)))?;
    all_well &= line(out, "clock", &clock(SystemClock.now()))?;
    all_well &= line(out, "site", &site(&configuration))?;
    all_well &= line(out, "mail", &mail(&configuration).await)?;
    all_well &= line(out, "address", &address(&configuration.address, "address"))?;
    if configuration.console_listen.is_some() {
        all_well &= line(out, "console", &address(&configuration.console_address, "console_address"))?;
    }
    match running::is_made(&configuration).await {
        Ok(true) => {}
        Ok(false) => {
            let none = format!("none yet for {}; `suoja serve` makes both", configuration.data_folder.display());
            line(out, "database and keys", &Ok(none))?;
            return Ok(all_well);
        }
        Err(wrong) => {
            line(out, "database and keys", &Err(wrong.to_string()))?;
            return Ok(false);
        }
    }
    let app = match running::open(&configuration, Kind::Real, this_machine()).await {
        Ok(app) => app,
        Err(wrong) => {
            line(out, "database and keys", &Err(wrong.to_string()))?;
            return Ok(false);
        }
    };
    let engine = app.casework.storage.engine();
    line(out, "database and keys", &Ok(format!("{engine}, keys {}", app.casework.keys.key_id())))?;
    all_well &= line(out, "audit log", &audit_log(&configuration, &app.casework).await)?;
    app.casework.storage.close().await;
    Ok(all_well)
}

fn line(out: &mut impl Write, subject: &str, finding: &Finding) -> io::Result<bool> {
    let (word, text) = match finding {
        Ok(text) => ("well ", text),
        Err(text) => ("WRONG", text),
    };
    writeln!(out, "{word}  {subject}: {text}")?;
    Ok(finding.is_ok())
}

/// Before this program was written it can't be; a machine without a battery starts in 1970.
const WRITTEN_IN: i64 = 1_767_225_600;

fn clock(now: DateTime<Utc>) -> Finding {
    if now.timestamp() < WRITTEN_IN {
        return Err(format!(
            "this machine believes it is {now}. Deadlines would be wrong: set up time synchronisation"
        ));
    }
    Ok(format!("{}", now.format("%Y-%m-%d %H:%M:%S UTC")))
}

fn site(configuration: &Configuration) -> Finding {
    let folder = configuration.site_folder.display();
    Assets::read(&configuration.site_folder)
        .map(|_| format!("{folder}"))
        .map_err(|cause| format!("{folder} can't be read: {cause}. Run `make site`, or set site_folder"))
}

fn address(address: &Url, key: &str) -> Finding {
    let is_local = address.host_str().is_some_and(is_this_machine);
    if address.scheme() != "https" && !is_local {
        return Err(format!(
            "{address} is not https: what people write would be readable on the way. Put a reverse proxy with TLS before it and set {key} to https://…"
        ));
    }
    Ok(if is_local { format!("{address}, on this machine only") } else { format!("{address}") })
}

async fn mail(configuration: &Configuration) -> Finding {
    let Some(mail) = &configuration.mail else {
        return Err(
            "no [mail] is configured: notices would wait for ever. Write host, user, password and from".to_owned()
        );
    };
    let place = format!("{}:{}", mail.host, mail.port);
    let tried = match Mailer::new(mail) {
        Ok(mailer) => mailer.try_connection().await,
        Err(wrong) => Err(wrong),
    };
    match tried {
        Ok(()) => Ok(format!("{place} takes our mail")),
        Err(wrong) => Err(format!("{place}: {wrong}. See host, port, tls, user and password in [mail]")),
    }
}

async fn audit_log(configuration: &Configuration, casework: &casework::Casework) -> Finding {
    let file = audit_head::file(&configuration.data_folder);
    let outside = audit_head::read(&configuration.data_folder)
        .map_err(|cause| format!("{} can't be read: {cause}. Bring it back from the last backup", file.display()))?;
    match audit::verify(casework, outside.as_ref()).await {
        Ok(Verdict::Whole(head)) => Ok(format!("{} acts, each following from the one before", head.number)),
        Ok(Verdict::BrokenAt(number)) => Err(format!(
            "row {number} does not follow from the one before: somebody changed the log. Keep this database as evidence and compare it with the last backup"
        )),
        Ok(Verdict::HeadDiffers) => Err(format!(
            "its end is not where {} says: rows were cut off, or the database is older than that file. Keep this database as evidence and compare it with the last backup",
            file.display()
        )),
        Err(cause) => Err(format!("can't be read: {cause}")),
    }
}
