//! Maps and sets of plain parts, by every set, against serde postcard: in room that ends at a protected page, and in too
//! little room. Texts end at a protected page as well.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;
use std::ptr;

use facet::Facet;
use fastrand::Rng;
use serde::Serialize;

use super::{Fenced, every_set};
use crate::cx::{Constants, EncodeCx, FREE_SPARE, Failure, OVERSHOOT};
use crate::entry_fn;
use crate::kernels::{Kernels, Plain, over};
use crate::lower::{LowerOptions, Lowered, lower};
use crate::program::PathPart;
use crate::wire::varint;

/// A key or value, by a random number.
trait Drawn: Facet<'static> + Serialize {
    fn drawn(random: &mut Rng) -> Self;
}

impl Drawn for String {
    fn drawn(random: &mut Rng) -> Self {
        // Short ones mostly, and around the longest that is copied without regard to its length.
        let len = match random.u8(..8) {
            0 => random.usize(30..36),
            1 => random.usize(0..300),
            _ => random.usize(0..20),
        };
        (0..len).map(|_| random.alphanumeric()).collect()
    }
}

/// A string without a capacity: its words are elsewhere than those of a `String`.
impl Drawn for Box<str> {
    fn drawn(random: &mut Rng) -> Self {
        String::drawn(random).into()
    }
}

/// Something behind what is not written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Facet, Serialize)]
#[repr(C)]
struct Behind<T> {
    #[facet(skip)]
    #[serde(skip)]
    first: u16,
    written: T,
}

impl<T: Drawn> Drawn for Behind<T> {
    fn drawn(random: &mut Rng) -> Self {
        Self {
            first: 7,
            written: T::drawn(random),
        }
    }
}

impl Drawn for bool {
    fn drawn(random: &mut Rng) -> Self {
        random.bool()
    }
}

impl Drawn for f64 {
    fn drawn(random: &mut Rng) -> Self {
        random.f64()
    }
}

macro_rules! drawn {
    ($($ty:ident)*) => { $(
        impl Drawn for $ty {
            fn drawn(random: &mut Rng) -> Self {
                // Of some magnitude, and at its edges.
                let bits = random.u32(0..=$ty::BITS);
                let magnitude = $ty::MAX.checked_shr($ty::BITS - bits).unwrap_or(0);
                match random.u8(..8) {
                    0 => magnitude,
                    1 => $ty::MIN,
                    _ => random.$ty(..) & magnitude,
                }
            }
        }
    )* };
}

drawn! { u8 i8 u16 i16 u32 i32 u64 i64 }

// Failures with a place, which lack of memory has not.
entry_fn! {
    unsafe fn no_room(cx: *mut EncodeCx, _out: *mut u8, _spare: usize) -> *mut u8 {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        unsafe { &mut *cx }.fail(Failure::Depth { limit: 7 })
    }
}

entry_fn! {
    unsafe fn no_bulk(cx: *mut EncodeCx, _out: *mut u8, _ptr: *const u8, _len: usize, _spare: usize) -> *mut u8 {
        // SAFETY: as above.
        unsafe { &mut *cx }.fail(Failure::Depth { limit: 7 })
    }
}

fn lowered<T: Facet<'static>>(probed_layouts: bool) -> Lowered {
    lower(T::SHAPE, &LowerOptions { probed_layouts }).expect("it has a program")
}

fn probed<T: Facet<'static>>() -> Lowered {
    lowered::<T>(true)
}

/// The container a type is, as a set of routines writes it.
fn linked(kernels: &Kernels, lowered: &Lowered) -> Option<Plain> {
    let ops = lowered.code.blocks.iter().flat_map(|block| &block.ops);
    let link = |op| kernels.link_plain(&lowered.code, &lowered.functions, op);
    crate::kernels::only(ops.filter_map(link)).map(|(_, plain)| plain)
}

/// What may be asked for beyond the bytes: room for the longest parts.
const AHEAD: usize = FREE_SPARE;

struct Bench {
    output: Fenced,
    random: Rng,
}

impl Bench {
    /// What is written of a container that is said to have `said` items, where `room` bytes may be; and the state.
    fn written<C>(
        &mut self,
        plain: &Plain,
        container: &C,
        said: usize,
        room: usize,
    ) -> (Option<Vec<u8>>, EncodeCx) {
        let out = self.output.before_end(room + OVERSHOOT);
        let limit = out.wrapping_add(room).wrapping_sub(FREE_SPARE);
        let mut cx = EncodeCx::new(
            limit,
            0,
            const { &Constants::new(no_room, no_bulk) },
            ptr::null_mut(),
        );
        // SAFETY: the container is alive and of the plan's type, and the room as the state says; the processor has the
        // instructions of the set.
        let bytes = unsafe {
            let container = ptr::from_ref(container).cast();
            let end = plain.write(&mut cx, container, said, out);
            (!end.is_null())
                .then(|| core::slice::from_raw_parts(out, end.addr() - out.addr()).to_vec())
        };
        (bytes, cx)
    }

    fn check<C: Serialize>(&mut self, set: &Kernels, lowered: &Lowered, container: &C, len: usize) {
        let plain = linked(set, lowered).expect("its parts are plain");
        let expected = postcard::to_allocvec(container).expect("serde writes it");
        // The routine writes what is behind the length.
        let expected = &expected[varint::len_u64(len as u64)..];
        let (bytes, _) = self.written(&plain, container, len, expected.len() + AHEAD);
        let name = &lowered.code.type_name;
        assert!(bytes.as_deref() == Some(expected), "{} {name}", set.name);
        // One that lies about its length, but for one that says it is empty: that is believed.
        let lies = [
            Some((len + 1, false)),
            len.checked_sub(1).filter(|it| *it > 0).map(|it| (it, true)),
        ];
        for (said, more) in lies.into_iter().flatten() {
            let (bytes, mut cx) = self.written(&plain, container, said, expected.len() + AHEAD);
            assert_eq!(bytes, None);
            let told = cx.take_failure().0;
            let is_told = matches!(told, Some(Failure::Length { said: it, more: m }) if (it, m) == (said, more));
            assert!(is_told, "{told:?}");
        }
        if !expected.is_empty() {
            let room = self.random.usize(0..expected.len());
            let (bytes, mut cx) = self.written(&plain, container, len, room);
            let (failure, trace) = cx.take_failure();
            assert_eq!(bytes, None);
            assert!(
                matches!(failure, Some(Failure::Depth { limit: 7 })),
                "{failure:?}"
            );
            let [PathPart::Key(at) | PathPart::Value(at) | PathPart::Index(at)] = trace[..] else {
                panic!("no item is named: {trace:?}");
            };
            assert!(at < len as u64, "{at} of {len}");
        }
    }
}

/// The programs of the containers of some keys and values.
struct Programs {
    hashed_map: Lowered,
    map: Lowered,
    hashed_set: Lowered,
    set: Lowered,
}

impl Programs {
    fn of<K: Facet<'static> + Hash + Ord, V: Facet<'static>>() -> Self {
        Self {
            hashed_map: probed::<HashMap<K, V>>(),
            map: probed::<BTreeMap<K, V>>(),
            hashed_set: probed::<HashSet<K>>(),
            set: probed::<BTreeSet<K>>(),
        }
    }
}

impl Bench {
    fn new() -> Self {
        Self {
            output: Fenced::new(32),
            random: Rng::with_seed(11),
        }
    }

    /// Each kind of container of these entries, by every set of routines.
    fn check_all<K, V>(&mut self, programs: &Programs, entries: &[(K, V)])
    where
        K: Serialize + Hash + Ord + Clone,
        V: Serialize + Clone,
    {
        let keys = || entries.iter().map(|(key, _)| key.clone());
        let (hashed_set, set): (HashSet<K>, BTreeSet<K>) = (keys().collect(), keys().collect());
        let hashed_map: HashMap<K, V> = entries.iter().cloned().collect();
        let map: BTreeMap<K, V> = entries.iter().cloned().collect();
        let len = set.len();
        every_set(|kernels| {
            self.check(kernels, &programs.hashed_map, &hashed_map, len);
            self.check(kernels, &programs.map, &map, len);
            self.check(kernels, &programs.hashed_set, &hashed_set, len);
            self.check(kernels, &programs.set, &set, len);
        });
    }
}

fn parts<K: Drawn + Hash + Ord + Clone, V: Drawn + Clone>() {
    let mut bench = Bench::new();
    let programs = Programs::of::<K, V>();
    for len in [200, 60, 0, 1, 2, 7, 8, 11, 12, 13, 30, 150, 300] {
        let random = &mut bench.random;
        let entries: Vec<(K, V)> = (0..len)
            .map(|_| (K::drawn(random), V::drawn(random)))
            .collect();
        bench.check_all(&programs, &entries);
    }
}

/// Texts of every length around the longest that is copied without regard to its length, which all end at the same place: at a protected
/// page, and so far before it that a wide read just fits or just does not.
fn texts_before_a_fence<K, V>(key: fn(&'static str) -> K, value: fn(&'static str) -> V)
where
    K: Facet<'static> + Serialize + Hash + Ord + Clone,
    V: Facet<'static> + Serialize + Clone,
{
    let mut bench = Bench::new();
    let programs = Programs::of::<K, V>();
    let texts = Box::leak(Box::new(Fenced::new(1)));
    texts.fill(|at| b'a' + (at % 26) as u8);
    for behind in 0..=2 * over::LEN {
        let mut text = |len: usize| -> &'static str {
            // SAFETY: letters, which are written above and never again, in memory that is never freed.
            unsafe {
                let bytes = core::slice::from_raw_parts(texts.before_end(len + behind), len);
                core::str::from_utf8_unchecked(bytes)
            }
        };
        let texts = (0..=40).chain([63, 64, 65, 127, 128, 129]).map(&mut text);
        let entries: Vec<(K, V)> = texts.map(|text| (key(text), value(text))).collect();
        bench.check_all(&programs, &entries);
    }
}

#[test]
fn a11_texts_that_end_at_a_protected_page() {
    texts_before_a_fence(|key| key, |value| value);
    texts_before_a_fence(|key| key, |value| value.len() as u64);
    texts_before_a_fence(|key| key.len() as u64, |value| value);
}

/// With their words where those of a `String` are, which have loops of their own.
#[test]
fn a11_texts_behind_others_that_end_at_a_protected_page() {
    let behind = |written| Behind { first: 7, written };
    texts_before_a_fence(behind, behind);
    texts_before_a_fence(behind, |value| value.len() as u64);
    texts_before_a_fence(|key| key.len() as u64, behind);
}

macro_rules! tests {
    ($($name:ident: $key:ty, $value:ty;)*) => { $(
        #[test]
        fn $name() {
            parts::<$key, $value>();
        }
    )* };
}

tests! {
    a7_texts_and_texts: String, String;
    a7_texts_and_words: String, u64;
    a7_words_and_texts: u64, String;
    a7_words_and_words: u64, u64;
    a7_u32_and_i64: u32, i64;
    a7_i32_and_u16: i32, u16;
    a7_i64_and_u32: i64, u32;
    a7_i16_and_bytes: i16, u8;
    a7_bytes_and_i16: i8, i16;
    a7_u16_and_i32: u16, i32;
    a7_u8_and_texts: u8, String;
    a7_texts_and_bools: String, bool;
    a7_boxed_texts_and_words: Box<str>, u64;
    a7_words_and_boxed_texts: u64, Box<str>;
    a7_boxed_texts_and_texts: Box<str>, String;
    a7_texts_and_boxed_texts: String, Box<str>;
    a7_boxed_texts_and_bytes: Box<str>, u8;
    a7_bytes_and_boxed_texts: u8, Box<str>;
    a7_texts_behind_others_and_words_behind_others: Behind<String>, Behind<u64>;
    a7_words_behind_others_and_boxed_texts_behind_others: Behind<u64>, Behind<Box<str>>;
}

/// Bytes in another order than the memory's are not copied.
#[test]
fn floats_are_plain_where_memory_is_little_endian() {
    if cfg!(target_endian = "little") {
        parts::<String, f64>();
    } else {
        let lowered = probed::<HashMap<String, f64>>();
        assert!(linked(Kernels::best(), &lowered).is_none());
    }
}

#[test]
fn parts_that_are_not_plain_are_not_taken() {
    let is_taken = |lowered: &Lowered| linked(Kernels::best(), lowered).is_some();
    assert!(is_taken(&probed::<HashMap<u64, String>>()));
    assert!(!is_taken(&probed::<HashMap<u64, Option<u8>>>()));
    assert!(!is_taken(&probed::<BTreeMap<u128, String>>()));
    assert!(!is_taken(&probed::<BTreeMap<(u8, u32), String>>()));
    assert!(!is_taken(&probed::<HashMap<String, Vec<u32>>>()));
    assert!(!is_taken(&probed::<BTreeSet<char>>()));
    assert!(!is_taken(&probed::<HashMap<u8, ()>>()));
    assert!(!is_taken(&lowered::<HashMap<u64, String>>(false)));
}
