//! What is done behind the pages, again and again, as long as the process runs.
//!
//! To add a worker: write a file with an `async fn(Arc<Surroundings>) -> Result<(), casework::Error>` that does what is due
//! and returns, and name it in [`start`]. It may run in several processes at the same time, and may be ended anywhere.

mod audit_head;
mod erasure;
mod outbox;
mod overdue;
mod purge;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::mail::Mailer;

/// What workers work with.
pub struct Surroundings {
    /// The use cases, and who runs this.
    pub app: Arc<App>,
    /// How mail is sent, if it is.
    pub mailer: Option<Mailer>,
    /// Where the audit chain's head is kept outside the database.
    pub data_folder: PathBuf,
}

/// Starts every worker. They end at `stop`, each after what it is doing.
pub fn start(surroundings: &Arc<Surroundings>, stop: &CancellationToken) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    let starting = (surroundings, stop);
    workers.spawn(repeat("outbox", Duration::from_secs(2), starting, outbox::send_due));
    workers.spawn(repeat("purge", Duration::from_secs(60), starting, purge::delete_expired));
    workers.spawn(repeat("overdue", Duration::from_secs(60), starting, overdue::raise));
    workers.spawn(repeat("erasure", Duration::from_secs(300), starting, erasure::carry_out));
    workers.spawn(repeat("audit head", Duration::from_secs(60), starting, audit_head::keep_outside));
    workers
}

/// Does `work`, waits `pause`, and again. What fails is logged and tried again after the pause.
fn repeat<Work, Done>(
    name: &'static str,
    pause: Duration,
    (surroundings, stop): (&Arc<Surroundings>, &CancellationToken),
    work: Work,
) -> impl Future<Output = ()> + use<Work, Done>
where
    Work: Fn(Arc<Surroundings>) -> Done,
    Done: Future<Output = Result<(), casework::Error>>,
{
    let (surroundings, stop) = (surroundings.clone(), stop.clone());
    async move {
        while !stop.is_cancelled() {
            if let Err(cause) = work(surroundings.clone()).await {
                tracing::error!(worker = name, %cause, "a worker failed and will try again");
            }
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
    }
}
