//! The encoders by hand at the edges of memory that may be read, in every form, against serde postcard.
//!
//! The portable ones and those with BMI2 read behind short strings: never into the next page (H2 of SAFETY.md). Those with AVX-512 read no byte behind what is
//! here, and are held to the same; behind strings in options they do. They load registers full of lists and of records, of which they read
//! nothing but what is in the list.

#![cfg(not(miri))]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::{ptr, slice};

use region::Protection;
use serde::Serialize;
use vox_bench::hand::cursor::Cursor;
use vox_bench::hand::isa::Isa;
use vox_bench::hand::{self, Hand};
use vox_bench::workload::options::{self, Record};
use vox_bench::workload::slices::ByteRecord;
use vox_bench::workload::{Draw as _, Random};

/// Memory between two pages that nobody may touch.
struct Fenced {
    pages: region::Allocation,
    len: usize,
}

impl Fenced {
    fn new(pages: usize) -> Self {
        let page = region::page::size();
        let len = pages * page;
        let mut pages = region::alloc(page + len + page, Protection::READ_WRITE).unwrap();
        let start = pages.as_mut_ptr::<u8>();
        // SAFETY: the first and the last of pages that are ours and that nothing refers to.
        unsafe {
            region::protect(start, page, Protection::NONE).unwrap();
            region::protect(start.add(page + len), page, Protection::NONE).unwrap();
        }
        Self { pages, len }
    }

    /// The address so many bytes behind the first fence.
    fn at(&mut self, start: usize) -> *mut u8 {
        assert!(start <= self.len);
        // SAFETY: within the allocation.
        unsafe {
            self.pages
                .as_mut_ptr::<u8>()
                .add(region::page::size() + start)
        }
    }

    /// What is in a list, so many bytes behind the first fence.
    fn copied<'a, T>(&'a mut self, list: &'a [T], start: usize) -> &'a [T] {
        assert!(start + size_of_val(list) <= self.len);
        let at = self.at(start).cast::<T>();
        assert!(at.is_aligned());
        // SAFETY: within the memory. It is looked at only while the list is borrowed, and never dropped here.
        unsafe {
            at.copy_from_nonoverlapping(list.as_ptr(), list.len());
            slice::from_raw_parts(at, list.len())
        }
    }
}

fn tell_skipped() {
    if !hand::form().starts_with("AVX-512") {
        eprintln!("skipped: this processor does not run the AVX-512 form");
    }
}

/// What every form writes of a value, by name.
fn encoded<T: Hand>(value: &T) -> Vec<(&'static str, Vec<u8>)> {
    let forms = hand::forms().into_iter();
    let encoded = forms.map(|(form, encode)| {
        let mut bytes = Vec::new();
        encode(value, &mut bytes);
        (form, bytes)
    });
    encoded.collect()
}

#[test]
fn h2_bytes_of_every_length_at_the_end_of_a_page_with_nothing_behind_it() {
    tell_skipped();
    let mut fenced = Fenced::new(1);
    let bytes: Vec<u8> = (0..200_u8).map(|idx| idx | 1).collect();
    for len in 0..=bytes.len() {
        // At the end, and so far before it that wide reads just fit or just do not.
        for behind in (0..=66).chain([128, 129]) {
            let start = fenced.len - behind - len;
            let borrowed = fenced.copied(&bytes[..len], start);
            let value = vec![ByteRecord {
                chunks: Vec::new(),
                borrowed,
                boxed: borrowed.into(),
                shared: borrowed.into(),
                views: vec![borrowed; 2],
            }];
            let expected = postcard::to_allocvec(&value).unwrap();
            for (form, bytes) in encoded(&value) {
                assert!(
                    bytes == expected,
                    "{form}: {len} bytes, {behind} behind them"
                );
            }
        }
    }
}

/// Compares what every form writes of a list, without its length: where the list ends at the fence and where it begins at the other, and at
/// every alignment that it may have, as far as the widest registers tell them apart.
fn check<T: Serialize>(
    fenced: &mut Fenced,
    list: &[T],
    encoded: impl Fn(&[T]) -> Vec<(&'static str, Vec<u8>)>,
) {
    let expected = postcard::to_allocvec(list).unwrap();
    let expected = &expected[postcard::to_allocvec(&list.len()).unwrap().len()..];
    for beside in (0..=64).step_by(align_of::<T>()) {
        for start in [beside, fenced.len - beside - size_of_val(list)] {
            for (form, bytes) in encoded(fenced.copied(list, start)) {
                let len = list.len();
                assert!(bytes == expected, "{form}: {len} at {start}");
            }
        }
    }
}

macro_rules! lists_of_integers {
    ($($test:ident: $routine:ident, $integer:ty;)*) => { $(
        #[test]
        fn $test() {
            struct List<'a>(&'a [$integer]);

            impl Hand for List<'_> {
                #[inline(always)]
                unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
                    // SAFETY: the caller's duty; the routine leaves room (H1).
                    unsafe { I::$routine(cursor, self.0) }
                }
            }

            tell_skipped();
            let (mut fenced, mut random) = (Fenced::new(1), Random::new(10));
            // Those of one byte, of two, of any magnitude, and all of them mixed: there are ways of their own for some.
            let magnitudes = [7, 14, 32, <$integer>::BITS, 0];
            for len in 0..=200 {
                for bits in magnitudes.map(|bits| bits.min(<$integer>::BITS)) {
                    let mut integer = || {
                        let bits = match bits {
                            0 => 1 + random.below(<$integer>::BITS.into()) as u32,
                            bits => bits,
                        };
                        random.bits() as $integer >> (<$integer>::BITS - bits)
                    };
                    let list: Vec<$integer> = (0..len).map(|_| integer()).collect();
                    check(&mut fenced, &list, |list| encoded(&List(list)));
                }
            }
        }
    )* };
}

lists_of_integers! {
    lists_of_u32_between_protected_pages: run_u32, u32;
    lists_of_u64_between_protected_pages: run_u64, u64;
    short_lists_of_u32_between_protected_pages: short_run_u32, u32;
    short_lists_of_u16_between_protected_pages: short_run_u16, u16;
    lists_of_i32_between_protected_pages: run_i32, i32;
    lists_of_i64_between_protected_pages: run_i64, i64;
}

#[test]
fn records_of_options_between_protected_pages() {
    struct Records<'a>(&'a [Record]);

    impl Hand for Records<'_> {
        #[inline(always)]
        unsafe fn write<I: Isa>(&self, cursor: Cursor) -> Cursor {
            // SAFETY: the caller's duty; the routine leaves room (H1).
            unsafe { I::records_of_options(cursor, self.0) }
        }
    }

    tell_skipped();
    let mut fenced = Fenced::new(2);
    for len in 0..=12 {
        for seed in 0..20 {
            let records = options::records(seed, len);
            check(&mut fenced, &records, |records| encoded(&Records(records)));
        }
    }
}

thread_local! {
    /// Where the memory is that strings may be in: from an address to another.
    static MEMORY: Cell<(usize, *mut u8)> = const { Cell::new((0, ptr::null_mut())) };
    /// How many bytes before the end of it the next string ends, if it is to be there.
    static NEXT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The system's allocator, but for a string that is to end at a protected page.
struct BeforeFence;

#[global_allocator]
static ALLOCATOR: BeforeFence = BeforeFence;

fn is_before_fence(memory: *mut u8) -> bool {
    let (start, end) = MEMORY.get();
    (start..end.addr()).contains(&memory.addr())
}

// SAFETY: memory is the system's, or in pages that belong to one string at a time, which has no alignment.
unsafe impl GlobalAlloc for BeforeFence {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() == 1
            && let Some(behind) = NEXT.take()
        {
            return MEMORY.get().1.wrapping_sub(behind + layout.size());
        }
        // SAFETY: the caller's duty.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if !is_before_fence(memory) {
            // SAFETY: the caller's duty; it is the system's.
            unsafe { System.dealloc(memory, layout) }
        }
    }
}

#[test]
fn h2_strings_in_options_at_the_end_of_a_page_with_nothing_behind_it() {
    tell_skipped();
    let mut fenced = Fenced::new(1);
    let len = fenced.len;
    MEMORY.set((fenced.at(0).addr(), fenced.at(len)));
    let texts: [fn(&mut Record) -> &mut Option<String>; 10] = [
        |record| &mut record.text_0,
        |record| &mut record.text_1,
        |record| &mut record.text_2,
        |record| &mut record.text_3,
        |record| &mut record.text_4,
        |record| &mut record.text_5,
        |record| &mut record.text_6,
        |record| &mut record.text_7,
        |record| &mut record.text_8,
        |record| &mut record.text_9,
    ];
    let mut random = Random::new(11);
    for text in texts {
        let mut records = vec![Record::draw(&mut random)];
        for len in 1..=66 {
            let letters = random.text(len..=len);
            for behind in 0..=66 {
                // One at a time: the last one was there as well.
                *text(&mut records[0]) = None;
                NEXT.set(Some(behind));
                let string = letters.clone();
                let end = string.as_ptr().addr() + string.len() + behind;
                assert_eq!(end, MEMORY.get().1.addr(), "the string is elsewhere");
                *text(&mut records[0]) = Some(string);
                let expected = postcard::to_allocvec(&records).unwrap();
                for (form, bytes) in encoded(&records) {
                    assert!(
                        bytes == expected,
                        "{form}: {len} bytes, {behind} behind them"
                    );
                }
            }
        }
    }
}
