//! The routines every processor has, and the measure of all others.
//!
//! Sixteen elements at a time are tested for being small enough for one byte each, which most
//! lists in practice are throughout; such a stretch is a narrowing copy. Compilers make vector instructions of it for
//! 16 bits only, so x86-64 and AArch64 have sets of their own. Anything else goes one by one
//! through the branch-free form.

use super::element::{Element, Routine};
use super::fields::compiled_fields;
use super::plain::{self, Compiled, Isa, Plain, Walk, Written};
use crate::cx::EncodeCx;
use crate::entry_fn;
use crate::wire::varint;

/// The routines of this file.
pub(super) struct Portable;

impl Isa for Portable {
    #[inline(always)]
    unsafe fn varint(out: *mut u8, value: u64) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { varint::write_u64(out, value) }
    }
}

impl Compiled for Portable {
    entry_fn! {
        unsafe fn write_plain<C: Walk, K: Written, V: Written>(cx: *mut EncodeCx, plain: *const Plain, container: *const u8, len: usize, out: *mut u8) -> *mut u8 {
            // SAFETY: the caller's duty.
            unsafe { plain::write::<C, K, V, Self>(cx, plain, container, len, out) }
        }
    }
}

compiled_fields!(Portable);

/// Elements tested together for being small.
const STRETCH: usize = 16;

impl<T: Element> Routine<T> for Portable {
    #[inline]
    unsafe fn write(out: *mut u8, from: *const T, count: usize) -> *mut u8 {
        let mut out = out;
        let mut done = 0;
        while done + STRETCH <= count {
            // SAFETY: these elements are among the `count`; lists are aligned in
            // memory or not, unaligned reads cover both.
            let stretch = unsafe { from.add(done).cast::<[T; STRETCH]>().read_unaligned() };
            let any = stretch.iter().fold(0, |any, value| any | value.wire());
            if any < 0x80 {
                let small = stretch.map(|value| value.wire().to_le_bytes()[0]);
                // SAFETY: each element has room for at least one byte.
                unsafe {
                    out.cast::<[u8; STRETCH]>().write_unaligned(small);
                    out = out.add(STRETCH);
                }
            } else {
                for value in stretch {
                    // SAFETY: each element has its room, the last one the overshoot.
                    out = unsafe { varint::write_u64(out, value.wire()) };
                }
            }
            done += STRETCH;
        }
        while done < count {
            // SAFETY: as above.
            out = unsafe { varint::write_u64(out, from.add(done).read_unaligned().wire()) };
            done += 1;
        }
        out
    }
}
