//! Every set this processor can run against the definition of a varint, and so against its
//! portable twin: lists that begin or end at a protected page, in room that begins or ends at another.

mod character;
mod fields;
mod little_room;
mod long;
mod plain;
// No big-endian processor has a routine for runs, and their fields here are little-endian.
#[cfg(target_endian = "little")]
mod ready;
#[cfg(target_endian = "little")]
mod runs;
mod table;

use core::ptr;

use region::Protection;

use super::{Kernels, arch, deposit, over};
use crate::cx::{Constants, EncodeCx, FREE_SPARE, Failure, OVERSHOOT};
use crate::entry::BulkFn;
use crate::entry_fn;
use crate::wire::varint::{MAX_LEN_U16, MAX_LEN_U32, MAX_LEN_U64};

/// Memory between two pages nobody may touch.
struct Fenced {
    memory: region::Allocation,
    len: usize,
}

impl Fenced {
    fn new(pages: usize) -> Self {
        let page = region::page::size();
        let mut memory = region::alloc((pages + 2) * page, Protection::READ_WRITE).unwrap();
        let len = pages * page;
        let start = memory.as_mut_ptr::<u8>();
        for fence in [start, start.wrapping_add(page + len)] {
            // SAFETY: a page of our own that nothing refers to.
            unsafe { region::protect(fence, page, Protection::NONE) }.unwrap();
        }
        Self { memory, len }
    }

    /// Writes every byte, from where it is.
    fn fill(&mut self, byte: impl Fn(usize) -> u8) {
        for at in 0..self.len {
            // SAFETY: within the memory that is ours.
            unsafe { self.after_start(at).write(byte(at)) };
        }
    }

    /// The address `ahead` bytes behind the fence in front.
    fn after_start(&mut self, ahead: usize) -> *mut u8 {
        assert!(ahead <= self.len);
        let page = region::page::size();
        // SAFETY: within the allocation.
        unsafe { self.memory.as_mut_ptr::<u8>().add(page + ahead) }
    }

    /// The address `back` bytes in front of the fence behind.
    fn before_end(&mut self, back: usize) -> *mut u8 {
        self.after_start(self.len.checked_sub(back).unwrap())
    }
}

entry_fn! {
    pub(super) unsafe fn no_room(cx: *mut EncodeCx, _out: *mut u8, _spare: usize) -> *mut u8 {
        // SAFETY: the state is exclusively ours while a function of ours runs (A3).
        unsafe { &mut *cx }.fail(Failure::OutOfMemory)
    }
}

entry_fn! {
    pub(super) unsafe fn no_bulk(cx: *mut EncodeCx, _out: *mut u8, _ptr: *const u8, _len: usize, _spare: usize) -> *mut u8 {
        // SAFETY: as above.
        unsafe { &mut *cx }.fail(Failure::OutOfMemory)
    }
}

/// The specification's definition, a byte at a time.
fn definition(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

trait Int: Copy + 'static {
    const BITS: u32;
    const MAX_LEN: usize;
    fn list(kernels: &Kernels) -> BulkFn;
    /// The value whose wire number this is.
    fn of_wire(number: u64) -> Self;
}

macro_rules! ints {
    ($($ty:ty, $unsigned:ty, $list:ident, $max_len:ident, $of_wire:expr;)*) => { $(
        impl Int for $ty {
            const BITS: u32 = <$ty>::BITS;
            const MAX_LEN: usize = $max_len;
            fn list(kernels: &Kernels) -> BulkFn {
                kernels.$list
            }
            fn of_wire(number: u64) -> Self {
                let of_wire: fn($unsigned) -> $ty = $of_wire;
                of_wire(<$unsigned>::try_from(number).unwrap())
            }
        }
    )* };
}

ints! {
    u16, u16, list_u16, MAX_LEN_U16, |number| number;
    u32, u32, list_u32, MAX_LEN_U32, |number| number;
    u64, u64, list_u64, MAX_LEN_U64, |number| number;
    i16, u16, list_i16, MAX_LEN_U16, |number| (number >> 1) as i16 ^ -((number & 1) as i16);
    i32, u32, list_i32, MAX_LEN_U32, |number| (number >> 1) as i32 ^ -((number & 1) as i32);
    i64, u64, list_i64, MAX_LEN_U64, |number| (number >> 1) as i64 ^ -((number & 1) as i64);
}

struct Bench {
    source: Fenced,
    output: Fenced,
}

impl Bench {
    fn new() -> Self {
        Self {
            source: Fenced::new(4),
            output: Fenced::new(4),
        }
    }

    /// Writes numbers that lie `apart` bytes from a protected page with room for not
    /// a byte more than promised, and with as much as more of them would need, and compares.
    fn check<T: Int>(&mut self, kernels: &Kernels, numbers: &[u64], apart: usize) {
        let size = numbers.len() * size_of::<T>();
        let room = MAX_LEN_U64 + numbers.len() * T::MAX_LEN;
        let from = self.source.before_end(size + apart);
        let out = self.output.before_end(room + OVERSHOOT);
        Self::check_in::<T>(kernels, numbers, from, out, room);
        // What is done with few numbers where there is room for some more.
        for more in [8, 16].map(|count| 1 + count * T::MAX_LEN) {
            if more > room {
                let out = self.output.before_end(more + OVERSHOOT);
                Self::check_in::<T>(kernels, numbers, from, out, more);
            }
        }
        // Nor is anything in front read or written, wherever in a cache line that is.
        let from = self.source.after_start(apart);
        let out = self.output.after_start(numbers.len() % 64);
        Self::check_in::<T>(kernels, numbers, from, out, room);
    }

    fn check_in<T: Int>(
        kernels: &Kernels,
        numbers: &[u64],
        from: *mut u8,
        out: *mut u8,
        room: usize,
    ) {
        put::<T>(from, numbers);
        let limit = out.wrapping_add(room).wrapping_sub(FREE_SPARE);
        let mut cx = EncodeCx::new(
            limit,
            0,
            const { &Constants::new(no_room, no_bulk) },
            ptr::null_mut(),
        );
        // Where there is nothing, nothing can be read.
        let from = match numbers {
            [] => ptr::without_provenance_mut(align_of::<T>()),
            _ => from,
        };
        // SAFETY: the list and the room are as the state says; the processor has
        // the instructions of the set.
        let written = unsafe {
            let end = T::list(kernels)(&mut cx, out, from, numbers.len(), 0);
            assert!(!end.is_null(), "more room asked for than promised");
            core::slice::from_raw_parts(out, end.addr() - out.addr())
        };
        let ty = core::any::type_name::<T>();
        assert_eq!(
            written,
            list_of(numbers),
            "{} {ty} {numbers:x?}",
            kernels.name
        );
    }
}

/// Puts numbers into memory, aligned or not. They must have room.
fn put<T: Int>(from: *mut u8, numbers: &[u64]) {
    for (index, number) in numbers.iter().enumerate() {
        let at = from.cast::<T>().wrapping_add(index);
        // SAFETY: fenced memory, by what is said above.
        unsafe { at.write_unaligned(T::of_wire(*number)) };
    }
}

/// A list, by the definition.
fn list_of(numbers: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    definition(&mut bytes, numbers.len() as u64);
    numbers
        .iter()
        .for_each(|number| definition(&mut bytes, *number));
    bytes
}

/// Lengths around every stretch, block and rest.
fn lens() -> impl Iterator<Item = usize> {
    (0..=70).chain([95, 127, 128, 129, 255, 256, 257, 300, 400])
}

fn every_set(mut check: impl FnMut(&'static Kernels)) {
    for name in arch::ALL {
        if !Kernels::available().iter().any(|set| set.name == *name) {
            eprintln!("skipped: this processor cannot run {name}");
        }
    }
    for set in Kernels::available() {
        eprintln!("checked: {}", set.name);
        check(set);
    }
}

fn low(bits: u32) -> u64 {
    u64::MAX.checked_shr(64 - bits).unwrap_or(0)
}

/// `a7_`: each routine reads and writes what it may, whatever is in the list.
fn a7_lists_of<T: Int>() {
    let mut bench = Bench::new();
    let mut random = fastrand::Rng::with_seed(u64::from(T::BITS));
    every_set(|set| {
        for len in lens() {
            // Values of up to so many bits.
            for bits in 0..=T::BITS {
                let numbers: Vec<u64> = (0..len).map(|_| random.u64(..) & low(bits)).collect();
                bench.check::<T>(set, &numbers, bits as usize % 9);
            }
            bench.check::<T>(set, &vec![low(T::BITS); len], 0);
            // Every magnitude beside every other, at every alignment.
            for apart in 0..=size_of::<T>() {
                let numbers: Vec<u64> = (0..len)
                    .map(|_| random.u64(..) & low(random.u32(0..=T::BITS)))
                    .collect();
                bench.check::<T>(set, &numbers, apart);
            }
        }
    });
}

/// Values at the edges of each length, at every position among small ones.
fn edges_of<T: Int>() {
    let mut bench = Bench::new();
    every_set(|set| {
        for bits in 0..=T::BITS {
            let power = 1_u64.checked_shl(bits).unwrap_or(0);
            for number in [power.wrapping_sub(1), power, power.wrapping_add(1)] {
                let number = number & low(T::BITS);
                for position in 0..66 {
                    let mut numbers = vec![5; 66];
                    numbers[position] = number;
                    bench.check::<T>(set, &numbers, 0);
                    bench.check::<T>(set, &numbers[..=position], 3);
                }
            }
        }
    });
}

macro_rules! tests {
    ($($a7:ident, $edges:ident: $ty:ty;)*) => { $(
        #[test]
        fn $a7() {
            a7_lists_of::<$ty>();
        }

        #[test]
        fn $edges() {
            edges_of::<$ty>();
        }
    )* };
}

tests! {
    a7_lists_of_u16, edges_of_u16: u16;
    a7_lists_of_u32, edges_of_u32: u32;
    a7_lists_of_u64, edges_of_u64: u64;
    a7_lists_of_i16, edges_of_i16: i16;
    a7_lists_of_i32, edges_of_i32: i32;
    a7_lists_of_i64, edges_of_i64: i64;
}

/// `a7_`: a varint by `pdep` takes the ten bytes that it may, and no more, wherever they are.
#[test]
fn a7_deposited_varints_beside_a_protected_page() {
    if !deposit::is_there(Kernels::best()) {
        eprintln!("skipped: this processor does not deposit bits");
        return;
    }
    let mut output = Fenced::new(1);
    for bits in 0..=64 {
        for number in [
            low(bits),
            low(bits) / 2 + 1,
            low(bits) & 0x5555_5555_5555_5555,
        ] {
            let mut expected = Vec::new();
            definition(&mut expected, number);
            let outs = (0..64).flat_map(|apart| {
                [
                    output.after_start(apart),
                    output.before_end(MAX_LEN_U64 + apart),
                ]
            });
            for out in outs.collect::<Vec<_>>() {
                // SAFETY: ten bytes are between the fences there; the processor was asked.
                let written = unsafe {
                    let end = deposit::write(out, number);
                    core::slice::from_raw_parts(out, end.addr() - out.addr())
                };
                assert_eq!(written, expected, "{number:#x}");
            }
        }
    }
}

#[test]
fn a11_strings_that_end_at_a_protected_page() {
    let mut fenced = Fenced::new(2);
    let mut target = Fenced::new(1);
    let mut copied = 0;
    for len in 1..=over::LEN {
        for back in 0..=2 * over::LEN {
            let from = fenced.before_end(len + back);
            let string: Vec<u8> = (1..=32).take(len).collect();
            // SAFETY: within the fenced memory.
            unsafe { from.copy_from_nonoverlapping(string.as_ptr(), len) };
            if !over::may_read(from) {
                continue;
            }
            for to in [target.after_start(0), target.before_end(over::LEN)] {
                // SAFETY: the page is the string's; so many bytes are between the fences.
                let to = unsafe {
                    over::copy(to, from);
                    core::slice::from_raw_parts(to, len)
                };
                copied += 1;
                assert_eq!(to, string);
            }
        }
    }
    match arch::over_copy::IS_AVAILABLE {
        true => assert_ne!(copied, 0),
        false => eprintln!("skipped: strings are never read beyond their end here"),
    }
}

#[test]
fn the_portable_set_is_always_there_and_last() {
    let sets = Kernels::available();
    assert_eq!(sets.last().unwrap().name, "portable");
    assert!(ptr::eq(Kernels::best(), sets[0]));
}
