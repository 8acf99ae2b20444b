//! What is done behind the pages, again and again, as long as the process runs.
//!
//! To add a worker: write a file with an `async fn(Arc<Surroundings>) -> Result<(), _>` that does what is due
//! and returns, and name it in [`start`]. It may run in several processes at the same time, and may be ended anywhere.

mod alarm;
mod audit_head;
mod bulk;
mod erasure;
mod lessons;
mod list;
mod live;
mod near;
mod outbox;
mod overdue;
mod published;
mod purge;

use std::fmt::Display;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use casework::installation::Kind;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::caller::Caller;
use crate::mail::Mailer;

/// What workers work with.
pub struct Surroundings {
    /// The use cases, and who runs this.
    pub app: Arc<App>,
    /// How mail is sent, if it is.
    pub mailer: Option<Mailer>,
    /// How the alarm's web address is called, if there is one.
    pub caller: Option<Caller>,
    /// Where the audit chain's head is kept outside the database.
    pub data_folder: PathBuf,
    /// Whether the process is ending: what is long stops between two of its steps.
    pub stop: CancellationToken,
}

/// Starts every worker. They end when the process does, each after what it is doing.
pub fn start(surroundings: &Arc<Surroundings>) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    workers.spawn(repeat("outbox", Duration::from_secs(2), surroundings, outbox::send_due));
    workers.spawn(repeat("calls", Duration::from_secs(2), surroundings, outbox::call_due));
    workers.spawn(repeat("bulk", Duration::from_secs(2), surroundings, bulk::carry_out));
    workers.spawn(repeat("alarm", Duration::from_secs(5), surroundings, alarm::ring));
    workers.spawn(repeat("purge", Duration::from_mins(1), surroundings, purge::delete_expired));
    workers.spawn(repeat("overdue", Duration::from_mins(1), surroundings, overdue::raise));
    workers.spawn(repeat("idle cases", Duration::from_mins(1), surroundings, overdue::put_back));
    workers.spawn(repeat("priority table", Duration::from_secs(10), surroundings, overdue::reorder));
    workers.spawn(repeat("erasure", Duration::from_mins(5), surroundings, erasure::carry_out));
    workers.spawn(repeat("near pictures", Duration::from_secs(5), surroundings, near::refresh));
    workers.spawn(repeat("public figures", Duration::from_mins(10), surroundings, published::publish));
    workers.spawn(repeat("list", Duration::from_secs(2), surroundings, list::follow));
    workers.spawn(repeat("live", Duration::from_secs(5), surroundings, live::listen));
    workers.spawn(repeat("audit head", Duration::from_mins(1), surroundings, audit_head::keep_outside));
    if surroundings.app.kind == Kind::Training {
        workers.spawn(repeat("lessons", Duration::from_secs(10), surroundings, lessons::top_up));
    }
    workers
}

/// Does `work`, waits `pause`, and again. What fails is logged and tried again after the pause.
fn repeat<Work, Done, Failure>(
    name: &'static str,
    pause: Duration,
    surroundings: &Arc<Surroundings>,
    work: Work,
) -> impl Future<Output = ()> + use<Work, Done, Failure>
where
    Work: Fn(Arc<Surroundings>) -> Done,
    Done: Future<Output = Result<(), Failure>> + Send + 'static,
    Failure: Display + Send + 'static,
{
    let surroundings = surroundings.clone();
    async move {
        while !surroundings.stop.is_cancelled() {
            // A task of its own: a panic, logged by its place, ends this round alone.
            if let Ok(Err(cause)) = tokio::spawn(work(surroundings.clone())).await {
                tracing::error!(worker = name, %cause, "a worker failed and will try again");
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = surroundings.stop.cancelled() => {}
            }
        }
    }
}
