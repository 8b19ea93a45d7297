//! What it costs to publish one small function, by either way of publication, alone and while
//! other threads run code.
//!
//! `cargo run --release -p vox-jit --example publication`; docs/adr/0006 quotes it.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use vox_jit::Publication;
use vox_jit::memory::Arena;

/// Bytes of the code of an ordinary struct.
const CODE: [u8; 300] = [0xc3; 300];
const ROUNDS: usize = 21;
const COUNT: usize = 200;

/// Nanoseconds per function: the median of some rounds, each in an arena of its own.
fn measure(publication: Publication) -> (u128, usize) {
    let mut rounds = Vec::with_capacity(ROUNDS);
    let mut pages = 0;
    for _ in 0..ROUNDS {
        let mut arena = Arena::reserve(16 << 20, publication).expect("the system grants memory");
        assert_eq!(arena.publication(), publication, "what is measured");
        let start = Instant::now();
        for _ in 0..COUNT {
            black_box(arena.publish(&[&CODE]).remove(0).expect("room for it"));
        }
        rounds.push(start.elapsed().as_nanos() / COUNT as u128);
        pages = arena.used() / region::page::size();
    }
    rounds.sort_unstable();
    (rounds[ROUNDS / 2], pages)
}

fn main() {
    for busy in [0, 1, 3] {
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..busy {
                scope.spawn(|| {
                    while !done.load(Ordering::Relaxed) {
                        std::hint::spin_loop();
                    }
                });
            }
            for publication in [Publication::SecondView, Publication::FreshPages] {
                let (nanoseconds, pages) = measure(publication);
                println!(
                    "{busy} other threads, {publication:?}: {nanoseconds} ns per function, \
                     {pages} pages for {COUNT} of them"
                );
            }
            done.store(true, Ordering::Relaxed);
        });
    }
}
