//! The n-th allocation fails, for every n, in every workload and mode: an error that says so, the buffer as it was, nothing leaked.
//!
//! In a program of its own, for it replaces the allocator. Where there are maps, facet allocates their iterators, and aborts when it cannot: these
//! allocations, known by their layouts, are spared (`vox/tests/memory/reflected.rs` has what happens otherwise). Lowering and compiling may abort as
//! well and are done before.
//!
//! Not for failures other than an encode's; outputs other than a vector need no memory, which `vox`'s own tests show.

#[path = "../../vox/tests/memory/allocator.rs"]
mod allocator;

use std::alloc::Layout;
use std::collections::{BTreeMap, btree_map, hash_map};

use vox::EncodeErrorKind;
use vox_bench::workload::{Family, Value, Visitor, Workload, metadata, visit_rows};
use vox_oracle::codec_test;
use vox_oracle::judge::Judge;
use vox_oracle::mode::Mode;

use allocator::{Scripted, counting, failing, live_bytes, sparing};

#[global_allocator]
static ALLOCATOR: Scripted = Scripted;

/// The iterators facet allocates. Their layouts do not depend on what is in the map.
const ITERATORS: &[Layout] = &[
    Layout::new::<btree_map::Iter<'static, u8, u8>>(),
    Layout::new::<hash_map::Iter<'static, u8, u8>>(),
];

/// What stands in the buffer before, without room behind it, so that growing moves it.
const BEFORE: [u8; 3] = [1, 2, 3];

fn buffer() -> Vec<u8> {
    let mut buffer = BEFORE.to_vec();
    buffer.shrink_to_fit();
    buffer
}

/// Encodes while one allocation, or all from it on, fail; answers whether the encode failed.
fn fails_at<T: Value>(
    what: &str,
    mode: &Mode,
    value: &T,
    expected: &[u8],
    number: usize,
    for_good: bool,
) -> bool {
    let before = live_bytes();
    let mut buffer = buffer();
    let ((result, failures), _) = sparing(ITERATORS, || {
        failing(number, for_good, || {
            mode.runtime.to_bytes_in(value, &mut buffer)
        })
    });
    let failed = match result {
        Ok(len) => {
            assert_eq!(len, expected.len(), "{what}");
            assert!(buffer[BEFORE.len()..] == *expected, "{what}");
            false
        }
        Err(error) => {
            assert!(failures > 0, "{what}: {error}");
            assert_eq!(error.kind(), EncodeErrorKind::OutOfMemory, "{what}");
            assert_eq!(buffer, BEFORE, "{what}");
            true
        }
    };
    assert_eq!(buffer[..BEFORE.len()], BEFORE, "{what}");
    drop(buffer);
    assert_eq!(live_bytes(), before, "{what}: leaked");
    failed
}

/// Iterators one encode of a workload needs. Hash tables and B-trees of known layout need none.
fn maps_in(workload: &str, mode: &Mode) -> usize {
    match workload {
        _ if mode.probed_layouts => 0,
        "maps_128" => 2,
        "metadata_sample" => metadata::sample().packages.len(),
        _ => 0,
    }
}

struct Failing<'j> {
    judge: &'j Judge,
    families: Vec<Family>,
    /// Errors seen in each mode.
    errors: BTreeMap<&'static str, usize>,
}

fn in_mode<T: Value>(mode: &Mode, name: &str, value: &T, expected: &[u8]) -> usize {
    // The type's first encode here; from then on a runtime knows how long outputs are, and one allocation suffices. By the same function
    // as below: the compiler may give another one the type's shape at another address, which is lowered when it is met.
    let first = mode.runtime.to_bytes_in(value, &mut buffer());
    first.expect("it encodes");
    let mut buffer = buffer();
    let ((result, allocations), iterators) = sparing(ITERATORS, || {
        counting(|| mode.runtime.to_bytes_in(value, &mut buffer))
    });
    result.expect("there is memory");
    // Nothing of vox's is spared.
    assert_eq!(iterators, maps_in(name, mode), "{name}, {}", mode.name);
    let allocations = allocations - iterators;
    // More than are needed, so that the run that fails nothing is among them.
    let tried = (0..=allocations + 1).flat_map(|number| [(number, false), (number, true)]);
    tried
        .filter(|(number, for_good)| {
            let what = format!(
                "{name}, {}, allocation {number}, for good: {for_good}",
                mode.name
            );
            fails_at(&what, mode, value, expected, *number, *for_good)
        })
        .count()
}

impl Visitor for Failing<'_> {
    fn visit<T: Value>(&mut self, workload: &Workload, value: &T) {
        let name = workload.name;
        let judge = self.judge;
        judge.in_every_mode(name, value, |mode, expected| {
            let errors = in_mode(mode, name, value, expected);
            assert!(errors > 0, "{name}, {}: nothing failed", mode.name);
            *self.errors.entry(&mode.name).or_default() += errors;
        });
        if !self.families.contains(&workload.family) {
            self.families.push(workload.family);
        }
    }

    fn visit_rotation<T: Value>(&mut self, _: &Workload, _: &[T]) {}
}

codec_test!(
    fn at_every_allocation_of_every_workload(judge: &Judge) {
        let mut all = Failing {
            judge,
            families: Vec::new(),
            errors: BTreeMap::new(),
        };
        visit_rows(&mut all);
        println!("{:?}, errors by mode {:?}", all.families, all.errors);
        assert_eq!(all.families.len(), 12, "{:?}", all.families);
    }
);
