//! Where `Arc` and `Rc` keep what they share.
//!
//! Both point to two counts with the value behind them, in C layout, so that it is where its alignment alone puts it. That
//! is learnt from values built here, for every alignment there may be a question about: what is found must be the same
//! for values of several sizes.

use std::rc::Rc;
use std::sync::Arc;

use super::words::{Sighting, Words, deduce};

/// Where the value is, from the address the pointer holds, by the binary logarithm of its alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    distances: [usize; ALIGNMENTS],
    /// Where pointers to slices and strings keep that address and the length.
    pub(crate) words: Words,
}

/// Alignments of 1 to 64.
const ALIGNMENTS: usize = 7;

impl Counted {
    /// For a value of this alignment; `None` for more than was looked at.
    pub(crate) fn distance(&self, align: usize) -> Option<usize> {
        self.distances.get(align.trailing_zeros() as usize).copied()
    }
}

/// Values of each alignment, twice, of different sizes.
macro_rules! aligned {
    ($($one:ident, $more:ident, $align:literal;)*) => { $(
        #[derive(Clone, Copy)]
        #[repr(align($align))]
        #[expect(dead_code, reason = "only its place matters")]
        struct $one([u8; $align]);
        #[derive(Clone, Copy)]
        #[repr(align($align))]
        #[expect(dead_code, reason = "only its place matters")]
        struct $more([u8; 3 * $align]);
    )* };
}

aligned! {
    One1, More1, 1;
    One2, More2, 2;
    One4, More4, 4;
    One8, More8, 8;
    One16, More16, 16;
    One32, More32, 32;
    One64, More64, 64;
}

/// How far the value is behind the address in the only word of a pointer.
///
/// # Safety
///
/// `P` is as large as a word, which is initialised.
unsafe fn distance<P>(pointer: &P, value: *const u8) -> Option<usize> {
    // SAFETY: the duty of this function. Read as a pointer, so that provenance is not lost.
    let held = unsafe { core::ptr::from_ref(pointer).cast::<*const u8>().read() };
    value.addr().checked_sub(held.addr())
}

/// The layout of one kind of pointer.
macro_rules! probe {
    ($pointer:ident) => {{
        macro_rules! at {
            ($one:ident, $more:ident, $align:literal) => {{
                let (one, more) = (
                    $pointer::new($one([0; $align])),
                    $pointer::new($more([0; 3 * $align])),
                );
                // SAFETY: a pointer to a sized value is a word.
                let (one, more) = unsafe {
                    (
                        distance(&one, $pointer::as_ptr(&one).cast())?,
                        distance(&more, $pointer::as_ptr(&more).cast())?,
                    )
                };
                if one != more || !one.is_multiple_of($align) {
                    return None;
                }
                one
            }};
        }
        let distances = [
            at!(One1, More1, 1),
            at!(One2, More2, 2),
            at!(One4, More4, 4),
            at!(One8, More8, 8),
            at!(One16, More16, 16),
            at!(One32, More32, 32),
            at!(One64, More64, 64),
        ];
        macro_rules! of_slices {
            ($element:expr, $align:literal) => {{
                let mut sightings = Vec::new();
                for len in [3usize, 5, 13] {
                    let value: $pointer<[_]> = (0..len).map(|_| $element).collect();
                    let address = core::ptr::from_ref(&value).cast::<u8>();
                    let distance = distances.get(usize::ilog2($align) as usize)?;
                    let held = value.as_ptr().cast::<u8>().wrapping_sub(*distance);
                    // SAFETY: a pointer to a slice is two words, an address and a length.
                    sightings.push(unsafe { Sighting::of(address, 2, held, len) });
                }
                deduce(&sightings)?
            }};
        }
        let words = of_slices!(0_u8, 1_usize);
        let same = [
            of_slices!(0_u16, 2_usize),
            of_slices!(One8([0; 8]), 8_usize),
            of_slices!(One32([0; 32]), 32_usize),
        ];
        same.iter()
            .all(|other| *other == words)
            .then_some(Counted { distances, words })
    }};
}

pub(super) fn probe_arc() -> Option<Counted> {
    probe!(Arc)
}

pub(super) fn probe_rc() -> Option<Counted> {
    probe!(Rc)
}
