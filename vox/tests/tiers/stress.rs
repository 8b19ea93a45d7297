//! Sixteen threads, a thousand types, a million encodes, while tiers change in both ways: by use and by request.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use vox::{Runtime, Tier};
use vox_oracle::scale::scaled;

use crate::has_machine_code;
use crate::made::{self, Numbers};

const THREADS: usize = 16;

#[test]
fn a_million_encodes_while_tiers_change() {
    let types = made::many(1, scaled(1_000), 16);
    let encodes = scaled(1_000_000) / THREADS;
    // Some become hot by use, on the background thread.
    let runtime = Runtime::builder().compile_after(20_000).build();
    let done = AtomicU64::new(0);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (types, runtime, done) = (&types, &runtime, &done);
            scope.spawn(move || {
                let mut numbers = Numbers(thread as u64);
                let mut buffer = Vec::new();
                for _ in 0..encodes {
                    // A few types are used far more than the others.
                    let range = if numbers.below(2) == 0 {
                        32
                    } else {
                        types.len()
                    };
                    let made = &types[numbers.below(range.min(types.len()))];
                    made.encode(runtime, &mut buffer).expect("it encodes");
                    assert!(
                        buffer == made.bytes,
                        "{buffer:?}, expected {:?}",
                        made.bytes
                    );
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        // The others by request, evenly over the whole run.
        scope.spawn(|| {
            let all = (encodes * THREADS) as u64;
            for (index, made) in types.iter().enumerate() {
                let when = all * index as u64 / types.len() as u64;
                while done.load(Ordering::Relaxed) < when {
                    thread::yield_now();
                }
                let prepared = runtime.prepare_shapes(&[made.shape], Tier::Optimized);
                assert_eq!(prepared.is_ok(), has_machine_code(), "{prepared:?}");
            }
        });
    });
    let stats = runtime.stats();
    if has_machine_code() {
        assert_eq!(stats.types.optimized, stats.types.all(), "{stats}");
        assert_eq!(
            stats.compiled,
            stats.types.all() as u64,
            "each once: {stats}"
        );
    }
    assert_eq!((stats.failed, stats.fell_back), (0, 0), "{stats}");
}
