//! What a page that stays open wants to know: that something changed, in this process or another, and how much waits now.
//!
//! Each change of a case writes a row of its history, and with it a word on PostgreSQL's `NOTIFY`; on SQLite, which one
//! process writes, the database says by itself that it changed. A listener per process passes it on ([`Changes`]); what
//! changed is read anew by whoever wants to know.

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use uuid::Uuid;

use crate::queue::{self, Counts};
use crate::staff::session::StaffSession;
use crate::{Casework, Error, fetch_optional};

/// That something changed, for as many as listen.
#[derive(Clone, Debug)]
pub struct Changes(watch::Sender<bool>);

impl Default for Changes {
    fn default() -> Self {
        Self(watch::Sender::new(true))
    }
}

impl Changes {
    /// Tells everybody who listens.
    pub fn announce(&self) {
        self.0.send_modify(|_| ());
    }

    /// Tells everybody who listens that nothing will come any more: the process ends.
    pub fn end(&self) {
        self.0.send_replace(false);
    }

    /// Listens from now on.
    pub fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }
}

/// Somebody who listens.
pub struct Listener(watch::Receiver<bool>);

impl Listener {
    /// Waits for the next change; false when the process ends. Changes that came meanwhile are one.
    pub async fn next(&mut self) -> bool {
        self.0.changed().await.is_ok() && *self.0.borrow_and_update()
    }
}

/// Listens to the database and announces what changes there, until that fails; for the worker.
pub async fn listen(cw: &Casework) -> Result<(), Error> {
    Ok(cw.storage.listen(|| cw.changes.announce()).await?)
}

/// How things are now, for an open page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// How much waits where.
    pub counts: Counts,
    /// The most urgent case that waits: in a queue too long to count, what is new there.
    pub head: Option<Uuid>,
    /// When anything last happened to the case the page shows.
    pub case: Option<DateTime<Utc>>,
}

/// How things are for this member, and for the case their page shows.
pub async fn now(cw: &Casework, session: &StaffSession, case: Option<Uuid>) -> Result<Now, Error> {
    let counts = queue::counts(cw, session).await?;
    let mut tx = cw.storage.read().await?;
    let head = queue::head(&mut tx, session).await?;
    let sql = "SELECT updated_at FROM cases WHERE id = $1 AND hotline_id = $2";
    let case = match case {
        Some(case) => fetch_optional!(&mut tx, (DateTime<Utc>,), sql, case, session.organisation)?.map(|(at,)| at),
        None => None,
    };
    Ok(Now { counts, head, case })
}
