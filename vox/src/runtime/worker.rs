//! The background thread: one for all runtimes of the process, started when there is something to compile.
//!
//! Nothing waits for it. It is not joined, so a process ends when it wants to; it does not
//! come along into a forked child, which starts its own.

use core::ptr::NonNull;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::thread;

use vox_core::fork::{ForkLock, process_id};
use vox_core::queue::Queue;
use vox_core::slot::Slot;

use super::Inner;

/// How many slots may wait. More than that are not hot at once but for a moment; they ask again later.
const CAPACITY: usize = 1024;

/// A slot to promote, and what it belongs to.
pub(super) struct Job {
    runtime: Weak<Inner>,
    slot: NonNull<Slot>,
}

// SAFETY: the slot is only reached while the runtime that owns it is alive (A12), and is Sync.
unsafe impl Send for Job {}

/// Why a job was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// Too many wait already.
    Full,
    /// The system gives no thread.
    NoThread,
}

/// The way to the thread of this process.
#[derive(Default)]
struct Worker {
    process: u32,
    /// `None` when the thread could not be started.
    queue: Option<Arc<Queue<Job>>>,
}

static WORKER: ForkLock<Worker> = ForkLock::new();

/// The queue of this process, with its thread.
fn queue() -> Option<Arc<Queue<Job>>> {
    let mut worker = WORKER.lock();
    let process = process_id();
    if worker.process != process || worker.queue.is_none() {
        let queue = Arc::new(Queue::new(CAPACITY));
        worker.process = process;
        worker.queue = start(&queue).then_some(queue);
    }
    worker.queue.clone()
}

fn start(queue: &Arc<Queue<Job>>) -> bool {
    let queue = Arc::clone(queue);
    let thread = thread::Builder::new().name(String::from("vox compiler"));
    thread
        .spawn(move || {
            loop {
                run(&queue.pop());
            }
        })
        .is_ok()
}

/// Hands a slot over.
pub(super) fn send(runtime: Weak<Inner>, slot: &Slot) -> Result<(), NotTaken> {
    let slot = NonNull::from(slot);
    let queue = queue().ok_or(NotTaken::NoThread)?;
    queue
        .push(Job { runtime, slot })
        .map_err(|_| NotTaken::Full)
}

/// How many slots wait for the thread.
pub(super) fn waiting() -> usize {
    let worker = WORKER.lock();
    match &worker.queue {
        Some(queue) if worker.process == process_id() => queue.len(),
        _ => 0,
    }
}

/// Whether this process was refused a thread when it last asked for one.
pub(super) fn has_no_thread() -> bool {
    let worker = WORKER.lock();
    worker.process == process_id() && worker.queue.is_none()
}

fn run(job: &Job) {
    let Some(runtime) = job.runtime.upgrade() else {
        return;
    };
    // SAFETY: a slot of the runtime's registry, and the runtime is alive (A12).
    let slot = unsafe { job.slot.as_ref() };
    // The compiler catches panics of its own; one of ours must not end the thread either.
    if catch_unwind(AssertUnwindSafe(|| runtime.promote(slot))).is_err() {
        slot.promotion().settle();
        // A subscriber of `tracing` may be who panicked, and may do so again.
        let _ = catch_unwind(|| {
            tracing::warn!(shape = %slot.shape(), "its compilation panicked; this is a bug in vox, or in a subscriber");
        });
    }
}
