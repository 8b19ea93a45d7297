//! What every workload promises: it encodes, has its documented size, is the
//! same when built again, and its rotation values differ.

use std::collections::BTreeSet;

use vox_bench::workload::{
    Family, ROTATION_COUNT, SEED, Scale, Size, Value, Visitor, Workload, catalogue, metadata,
    visit_all, visit_rotations, visit_rows,
};

fn encode<T: Value>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).expect("serde postcard takes every workload")
}

/// Compares sizes with the documented ones and reports all that differ.
#[derive(Default)]
struct Sizes {
    seen: usize,
    wrong: Vec<String>,
}

impl Sizes {
    fn compare(&mut self, workload: &Workload, actual: Size) {
        self.seen += 1;
        if workload.size != actual {
            let name = workload.name;
            let documented = workload.size;
            self.wrong
                .push(format!("{name}: {documented:?}, is {actual:?}"));
        }
    }
}

impl Visitor for Sizes {
    fn visit<T: Value>(&mut self, workload: &Workload, value: &T) {
        self.compare(workload, Size::Exact(encode(value).len()));
    }

    fn visit_rotation<T: Value>(&mut self, workload: &Workload, values: &[T]) {
        assert_eq!(values.len(), ROTATION_COUNT);
        let total: usize = values.iter().map(|value| encode(value).len()).sum();
        self.compare(workload, Size::Mean(total / values.len()));
    }
}

#[test]
fn every_workload_has_its_documented_size() {
    let mut sizes = Sizes::default();
    visit_all(&mut sizes, Scale::FULL);
    assert!(sizes.wrong.is_empty(), "{:#?}", sizes.wrong);
    assert_eq!(sizes.seen, catalogue().len());
}

/// Finds types that are called rather than inlined.
#[derive(Default)]
struct Calls(Vec<(&'static str, usize)>);

impl Visitor for Calls {
    fn visit<T: Value>(&mut self, workload: &Workload, _: &T) {
        let calls = vox::report::<T>().children;
        let expected = match workload.family {
            // A node calls its left child, and a dependency's kind lies deeper than anything is inlined.
            Family::Tree | Family::Metadata => 1,
            _ => 0,
        };
        if calls != expected {
            self.0.push((workload.name, calls));
        }
    }
}

/// The limits of lowering decide what is inlined. A call amid a hot type costs a fifth of its speed,
/// and no byte tells.
#[test]
fn workloads_call_no_types_that_fit_in() {
    let mut calls = Calls::default();
    visit_all(&mut calls, Scale::new(0.01).expect("a scale"));
    assert_eq!(calls.0, []);
}

/// Collects the bytes, or for what a hash map orders the bytes' sorted form.
#[derive(Default, PartialEq, Debug)]
struct Bytes(Vec<(&'static str, Vec<u8>)>);

impl Visitor for Bytes {
    fn visit<T: Value>(&mut self, workload: &Workload, value: &T) {
        let mut bytes = encode(value);
        if !workload.repeatable {
            bytes.sort_unstable();
        }
        self.0.push((workload.name, bytes));
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let build = |seed, count| {
        let mut bytes = Bytes::default();
        visit_rows(&mut bytes);
        visit_rotations(&mut bytes, seed, count);
        bytes
    };
    let first = build(SEED, 3);
    assert_eq!(first, build(SEED, 3));
    let other = build(SEED + 1, 3);
    let rows = first.0.len() - 3 * rotations().count();
    assert_eq!(first.0[..rows], other.0[..rows], "rows know no seed");
    for (left, right) in first.0[rows..].iter().zip(&other.0[rows..]) {
        assert_ne!(left, right, "another seed gives other values");
    }
}

#[test]
fn a_shorter_rotation_is_the_beginning_of_a_longer_one() {
    let build = |count| {
        let mut bytes = Bytes::default();
        visit_rotations(&mut bytes, SEED, count);
        bytes.0
    };
    let (short, long) = (build(2), build(5));
    for (chunk, longer) in short.chunks(2).zip(long.chunks(5)) {
        assert_eq!(chunk, &longer[..2]);
    }
}

struct Distinct(usize);

impl Visitor for Distinct {
    fn wants(&mut self, workload: &Workload) -> bool {
        matches!(workload.size, Size::Mean(_))
    }

    fn visit<T: Value>(&mut self, workload: &Workload, _: &T) {
        panic!("{} was offered as a single value", workload.name);
    }

    fn visit_rotation<T: Value>(&mut self, workload: &Workload, values: &[T]) {
        let bytes: BTreeSet<Vec<u8>> = values.iter().map(encode).collect();
        assert_eq!(bytes.len(), values.len(), "{} repeats", workload.name);
        let lengths: BTreeSet<usize> = bytes.iter().map(Vec::len).collect();
        let varies = lengths.len() > 1 || workload.family == Family::Floats;
        assert!(varies, "{} has one length only", workload.name);
        self.0 += 1;
    }
}

#[test]
fn rotation_values_differ() {
    let mut distinct = Distinct(0);
    visit_all(&mut distinct, Scale::FULL);
    assert_eq!(distinct.0, rotations().count());
}

#[test]
fn names_are_unique_and_begin_with_their_family() {
    let mut names = BTreeSet::new();
    for workload in catalogue().into_iter().chain([metadata::HOST]) {
        let family = format!("{:?}_", workload.family).to_lowercase();
        assert!(workload.name.starts_with(&family), "{workload:?}");
        assert!(names.insert(workload.name), "{workload:?} twice");
    }
}

#[test]
fn only_what_is_wanted_is_visited() {
    struct One(Vec<&'static str>);
    impl Visitor for One {
        fn wants(&mut self, workload: &Workload) -> bool {
            workload.name == "gnarly_16"
        }
        fn visit<T: Value>(&mut self, workload: &Workload, _: &T) {
            self.0.push(workload.name);
        }
    }
    let mut one = One(Vec::new());
    visit_all(&mut one, Scale::FULL);
    assert_eq!(one.0, ["gnarly_16"]);
}

#[test]
fn scale_shortens_rotations_and_never_rows() {
    #[derive(Default)]
    struct Count(usize, usize);
    impl Visitor for Count {
        fn visit<T: Value>(&mut self, _: &Workload, _: &T) {
            self.0 += 1;
        }
        fn visit_rotation<T: Value>(&mut self, _: &Workload, values: &[T]) {
            assert_eq!(values.len(), 26);
            self.1 += 1;
        }
    }
    let mut count = Count::default();
    visit_all(&mut count, Scale::new(0.1).unwrap());
    assert_eq!(count.0 + count.1, catalogue().len());
    assert_eq!(count.1, rotations().count());
}

fn rotations() -> impl Iterator<Item = Workload> {
    let is_rotation = |workload: &Workload| matches!(workload.size, Size::Mean(_));
    catalogue().into_iter().filter(is_rotation)
}
