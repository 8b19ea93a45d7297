//! The policy: when a type is compiled, and by whom.
//!
//! A type that has done enough work in the interpreter is handed to one
//! background thread, shared by all runtimes; callers keep the interpreter
//! meanwhile and never wait.
//! A type is handed over once: a compile that fails is remembered, not repeated.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread;

use facet_core::Shape;
use vox_core::slot::Slot;
use vox_core::tier::Tier;

use super::Inner;

/// Ops a type executes before it is worth compiling: about a third of a
/// millisecond of interpreting, the price of a compile.
const HOT: u64 = 50_000;

struct Job {
    runtime: Weak<Inner>,
    shape: &'static Shape,
}

/// The way to the background thread; `None` when it could not be started.
fn worker() -> Option<Sender<Job>> {
    static WORKER: OnceLock<Option<Mutex<Sender<Job>>>> = OnceLock::new();
    let worker = WORKER.get_or_init(|| {
        let (sender, jobs) = channel::<Job>();
        let spawned = thread::Builder::new()
            .name(String::from("vox compiler"))
            .spawn(move || {
                for job in jobs {
                    run(&job);
                }
            });
        spawned.ok().map(|_| Mutex::new(sender))
    });
    let sender = worker.as_ref()?;
    Some(
        sender
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone(),
    )
}

fn run(job: &Job) {
    let Some(runtime) = job.runtime.upgrade() else {
        return;
    };
    if let Ok(slot) = runtime.registry.slot(job.shape)
        && let Err(reason) = runtime.raise(slot, Tier::Optimized)
    {
        tracing::debug!(shape = %job.shape, reason, "not compiled");
    }
}

impl Inner {
    /// Looks at a slot after an encode and asks for its compilation when it is hot.
    #[inline]
    pub(super) fn consider(self: &Arc<Self>, slot: &Slot) {
        if slot.work() >= HOT {
            self.ask(slot);
        }
    }

    #[cold]
    fn ask(self: &Arc<Self>, slot: &Slot) {
        let automatic = self.settings.tier.is_none() && self.settings.background;
        if !automatic || slot.tier() == Tier::Optimized || !slot.request_once() {
            return;
        }
        let job = Job {
            runtime: Arc::downgrade(self),
            shape: slot.shape(),
        };
        if worker().is_none_or(|worker| worker.send(job).is_err()) {
            tracing::debug!(shape = %slot.shape(), "no background thread to compile it");
        }
    }
}
