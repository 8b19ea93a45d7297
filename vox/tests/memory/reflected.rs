//! Allocations that fail in types whose functions allocate as well: maps, sets and locks of the standard library;
//! and proxies and guards, which vox keeps itself.
//!
//! Facet puts every iterator and guard into a box, and a box that finds no memory aborts the process. Rust has no other way
//! for it, and vox none around it. So these allocations, known by their layouts, are spared here while every other
//! fails in turn; and they fail in child processes, which must end in that abort and in nothing else.

use std::alloc::Layout;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::collections::{btree_map, btree_set, hash_map, hash_set};
use std::env;
use std::process::Output;
use std::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard};

use facet::Facet;
use vox::EncodeErrorKind;
use vox_oracle::child;
use vox_oracle::mode::{self, Mode};

use crate::allocator::{counting, failing, layout_of, live_bytes, sparing};
use crate::moody::{self, Mood, MoodyLock};

/// What facet puts into boxes, each once for a [`Reflected`]. The layouts do not depend on what is in the containers.
const OF_FACET: &[Layout] = &[
    Layout::new::<hash_map::Iter<'static, u8, u8>>(),
    Layout::new::<hash_set::Iter<'static, u8>>(),
    Layout::new::<btree_map::Iter<'static, u8, u8>>(),
    Layout::new::<btree_set::Iter<'static, u8>>(),
    Layout::new::<MutexGuard<'static, u64>>(),
    Layout::new::<RwLockReadGuard<'static, u64>>(),
];

/// Those of a mode: hash tables and B-trees of known layout need no iterator.
fn of_facet(mode: &Mode) -> &'static [Layout] {
    if mode.probed_layouts {
        &OF_FACET[4..]
    } else {
        OF_FACET
    }
}

/// Everything facet needs a box for.
#[derive(Facet)]
struct Reflected {
    ordered: BTreeMap<u8, Vec<u8>>,
    hashed: HashMap<u8, String>,
    ordered_set: BTreeSet<u64>,
    hashed_set: HashSet<u16>,
    exclusive: Mutex<u64>,
    shared: RwLock<u64>,
}

fn reflected(scale: usize) -> Reflected {
    Reflected {
        ordered: BTreeMap::from([(1, vec![7; scale])]),
        hashed: HashMap::from([(2, "x".repeat(scale))]),
        ordered_set: BTreeSet::from([3, 300]),
        hashed_set: HashSet::from([4]),
        exclusive: Mutex::new(5),
        shared: RwLock::new(6),
    }
}

/// Converted without allocating.
#[derive(Facet)]
#[facet(proxy = Wide)]
struct Narrow(u8);

#[derive(Facet)]
struct Wide {
    number: u64,
    again: [u16; 2],
}

impl From<&Narrow> for Wide {
    fn from(value: &Narrow) -> Self {
        Self {
            number: value.0.into(),
            again: [value.0.into(); 2],
        }
    }
}

impl From<Wide> for Narrow {
    fn from(value: Wide) -> Self {
        Self(value.again[0].to_le_bytes()[0])
    }
}

type Locked<T> = MoodyLock<MoodyLock<MoodyLock<T>>>;

/// Proxies, and more guards at a time than there is room for at first.
#[derive(Facet)]
struct Kept {
    proxies: Vec<Narrow>,
    locked: Locked<Locked<Locked<Narrow>>>,
    text: String,
}

fn locked<T>(value: T) -> Locked<T> {
    let lock = MoodyLock::new(Mood::Fine, value);
    MoodyLock::new(Mood::Fine, MoodyLock::new(Mood::Fine, lock))
}

fn kept(scale: usize) -> Kept {
    Kept {
        proxies: (0..scale).map(|_| Narrow(200)).collect(),
        locked: locked(locked(locked(Narrow(3)))),
        text: "x".repeat(scale),
    }
}

/// Fails every allocation but those spared in turn; answers how many failed before a run needed no more.
fn at_every_other_allocation<T: Facet<'static>>(
    mode: &Mode,
    small: &T,
    value: &T,
    spared: &'static [Layout],
    for_good: bool,
) -> usize {
    let name = &mode.name;
    let expected = mode.runtime.to_bytes(value).expect("there is memory");
    for number in 0..1000 {
        // So that the first reservation is not made for the whole output.
        for _ in 0..200 {
            mode.runtime.to_bytes(small).expect("there is memory");
        }
        let before = live_bytes();
        let mut buffer = vec![1, 2, 3];
        buffer.shrink_to_fit();
        let ((result, failures), boxes) = sparing(spared, || {
            failing(number, for_good, || {
                mode.runtime.to_bytes_in(value, &mut buffer)
            })
        });
        assert_eq!(moody::live(), (0, 0), "{name}, {number}");
        match result {
            // There is another way than what the first reservation asks for.
            Ok(_) if failures == 1 && number == 0 => {
                assert!(!for_good, "{name}");
                assert!(buffer[3..] == expected, "{name}");
            }
            Ok(_) => {
                assert_eq!(failures, 0, "{name}, {number}: a failure was passed over");
                assert_eq!(
                    boxes,
                    spared.len(),
                    "{name}, {number}: not only facet's boxes"
                );
                assert!(buffer[3..] == expected, "{name}, {number}");
                return number;
            }
            Err(error) => {
                assert_eq!(
                    error.kind(),
                    EncodeErrorKind::OutOfMemory,
                    "{name}: {error}"
                );
                assert_eq!(buffer, [1, 2, 3], "{name}, {number}");
                drop(buffer);
                assert_eq!(live_bytes(), before, "{name}, {number}: leaked");
            }
        }
    }
    panic!("{name}: still failing at the thousandth allocation");
}

#[test]
fn containers_and_locks() {
    for mode in mode::all() {
        for for_good in [false, true] {
            let (small, large) = (reflected(0), reflected(3000));
            let failed = at_every_other_allocation(mode, &small, &large, of_facet(mode), for_good);
            // The first reservation, growing, and what keeps a guard.
            assert!(failed > 3, "{}: {failed}", mode.name);
            assert!(large.exclusive.try_lock().is_ok());
            assert!(large.shared.try_write().is_ok());
        }
    }
}

#[test]
fn proxies_and_guards() {
    for mode in mode::all() {
        for for_good in [false, true] {
            let failed = at_every_other_allocation(mode, &kept(0), &kept(300), &[], for_good);
            // Each proxy is one.
            assert!(failed > 300, "{}: {failed}", mode.name);
        }
    }
}

/// The mode's index and the allocation that fails, for a child.
const TOLD: &str = "VOX_TEST_FAILING";

#[test]
#[ignore = "run by another test, in a child process"]
fn child() {
    let told = env::var(TOLD).expect("the parent says what fails");
    let (mode, number) = told.split_once(' ').expect("two numbers");
    let mode = &mode::all()[mode.parse::<usize>().expect("a number")];
    let value = reflected(10);
    mode.runtime.to_bytes(&value).expect("there is memory");
    println!("begun");
    let number = number.parse().expect("a number");
    let ended = failing(number, false, || mode.runtime.to_bytes(&value).is_ok());
    println!("ended: {ended:?}");
}

fn run_child(mode: usize, number: usize) -> Output {
    let mut command = child::command("reflected::child");
    command.env(TOLD, format!("{mode} {number}"));
    child::output(&mut command).expect("the child runs")
}

/// Where facet finds no memory the process ends as any Rust program does, and says so.
#[test]
fn facets_boxes_abort() {
    for (index, mode) in mode::all().iter().enumerate() {
        let value = reflected(10);
        let encode = || drop(mode.runtime.to_bytes(&value).expect("there is memory"));
        encode();
        let ((), allocations) = counting(encode);
        let mut aborted = 0;
        for number in 0..allocations {
            let layout = layout_of(number, encode).expect("there are that many");
            if !of_facet(mode).contains(&layout) {
                continue;
            }
            let output = run_child(index, number);
            let said = String::from_utf8_lossy(&output.stdout);
            let errors = String::from_utf8_lossy(&output.stderr);
            let what = format!("{}, allocation {number}: {said}\n{errors}", mode.name);
            let message = format!("memory allocation of {} bytes failed", layout.size());
            assert!(said.contains("begun") && !said.contains("ended"), "{what}");
            assert!(!output.status.success(), "{what}");
            assert!(errors.contains(&message), "{what}");
            aborted += 1;
        }
        assert_eq!(aborted, of_facet(mode).len(), "{}", mode.name);
    }
}
