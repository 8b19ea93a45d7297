//! Several runtimes in one process: side by side, one after the other, and at
//! the end of threads.

use std::cell::RefCell;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread;

use facet::Facet;
use serde::Serialize;
use vox::{Runtime, Tier};
use vox_oracle::mode;
use vox_oracle::scale::scaled;

#[derive(Facet, Serialize)]
struct Row {
    id: u64,
    tags: Vec<String>,
    parent: Option<Box<[u16]>>,
}

fn row(id: u64) -> Row {
    Row {
        id,
        tags: vec![format!("tag {id}"), String::new()],
        parent: id.is_multiple_of(2).then(|| Box::from([1, 300])),
    }
}

fn expected(row: &Row) -> Vec<u8> {
    postcard::to_allocvec(row).expect("serde encodes it")
}

#[test]
fn side_by_side() {
    let runtimes = [
        Runtime::builder().tier(Tier::Interpreter).build(),
        Runtime::builder().tier(Tier::Optimized).build(),
        Runtime::builder()
            .tier(Tier::Interpreter)
            .probed_layouts(false)
            .build(),
        Runtime::builder().max_depth(0).background(false).build(),
    ];
    for id in 0..100 {
        let row = row(id);
        for runtime in &runtimes {
            assert_eq!(runtime.to_bytes(&row).expect("it encodes"), expected(&row));
        }
        assert_eq!(vox::to_bytes(&row).expect("it encodes"), expected(&row));
    }
    let highest = vox::available_tiers().last().copied();
    let tier = |runtime: &Runtime| runtime.report::<Row>().tier;
    assert_eq!(tier(&runtimes[0]), Tier::Interpreter);
    assert_eq!(Some(tier(&runtimes[1])), highest);
    let program = |runtime: &Runtime| runtime.report::<Row>().program;
    assert_eq!(program(&runtimes[0]), program(&runtimes[1]));
    assert_ne!(
        program(&runtimes[0]),
        program(&runtimes[2]),
        "layouts are not the same"
    );
}

/// Each at the place in memory the last one left: nothing of a dropped runtime
/// may be found again.
#[test]
fn a12_dropped_and_made_again() {
    for round in 0..scaled(1000) as u64 {
        let compiles = round % 50 == 0;
        let mut builder = Runtime::builder()
            .background(false)
            .probed_layouts(round % 2 == 0);
        if compiles {
            builder = builder.tier(Tier::Optimized);
        }
        let runtime = builder.build();
        let row = row(round);
        assert_eq!(runtime.to_bytes(&row).expect("it encodes"), expected(&row));
        assert_eq!(runtime.to_bytes(&vec![row.id]).expect("it encodes")[0], 1);
        let tier = runtime.report::<Row>().tier;
        if !compiles {
            assert_eq!(
                tier,
                Tier::Interpreter,
                "a fresh runtime has compiled nothing"
            );
        }
    }
}

/// A runtime that goes away while the background compiles for it.
#[test]
fn a14_dropped_while_hot() {
    let rows: Vec<Row> = (0..2000).map(row).collect();
    let bytes = postcard::to_allocvec(&rows).expect("serde encodes it");
    for _ in 0..scaled(30) {
        let runtime = Runtime::builder().build();
        for _ in 0..5 {
            assert!(runtime.to_bytes(&rows).expect("it encodes") == bytes);
        }
    }
}

/// Encodes when it is dropped, and says what came out.
struct AtTheEnd {
    runtime: Option<Arc<Runtime>>,
    answer: Sender<Vec<u8>>,
}

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        let bytes = match &self.runtime {
            Some(runtime) => runtime.to_bytes(&row(2)),
            None => vox::to_bytes(&row(2)),
        };
        let _ = self.answer.send(bytes.unwrap_or_default());
    }
}

thread_local! {
    static EARLY: RefCell<Vec<AtTheEnd>> = const { RefCell::new(Vec::new()) };
    static LATE: RefCell<Vec<AtTheEnd>> = const { RefCell::new(Vec::new()) };
}

/// Thread-locals are destroyed in some order; encoding works in all of them, in every mode, and also when the type was
/// not met before.
#[test]
fn a12_in_destructors_of_threads() {
    for mode in mode::fresh(None) {
        let name = mode.name;
        let runtime = Arc::new(mode.runtime);
        // The first thread leaves the type to the destructors.
        for warm in [false, true] {
            let answers = at_the_end_of_a_thread(&runtime, warm);
            assert_eq!(answers.len(), 5, "{name}");
            let is_right = |bytes: &Vec<u8>| *bytes == expected(&row(2));
            assert!(answers.iter().all(is_right), "{name}, warm: {warm}");
        }
        assert_eq!(runtime.report::<Row>().tier, mode.tier, "{name}");
    }
}

/// What destructors of a thread's locals encode, made before and after whatever an encode leaves with the thread.
fn at_the_end_of_a_thread(runtime: &Arc<Runtime>, warm: bool) -> Vec<Vec<u8>> {
    let (answer, answers) = channel();
    let runtime = runtime.clone();
    thread::spawn(move || {
        let at_the_end = |runtime: Option<Arc<Runtime>>| AtTheEnd {
            runtime,
            answer: answer.clone(),
        };
        EARLY.with_borrow_mut(|list| {
            list.extend([at_the_end(None), at_the_end(Some(runtime.clone()))]);
        });
        if warm {
            vox::to_bytes(&row(1)).expect("it encodes");
            runtime.to_bytes(&row(1)).expect("it encodes");
        }
        LATE.with_borrow_mut(|list| {
            list.extend([at_the_end(None), at_the_end(Some(runtime.clone()))]);
            // The last owner of this one is the destructor itself.
            list.push(at_the_end(Some(Arc::new(Runtime::builder().build()))));
        });
    })
    .join()
    .expect("the thread ends well");
    answers.into_iter().collect()
}

#[test]
fn the_global_one() {
    assert!(std::ptr::eq(Runtime::global(), Runtime::global()));
    static OWN: OnceLock<Runtime> = OnceLock::new();
    let own = OWN.get_or_init(|| Runtime::builder().build());
    assert_eq!(own.to_bytes(&1_u8).expect("it encodes"), [1]);
    let debug = format!("{own:?}");
    assert!(debug.contains("Runtime"), "{debug}");
}
