//! Finding the address and the number of elements of a list.

use crate::reflect::{ListAsPtrFn, ListLenFn, SliceAsPtrFn, SliceLenFn};

use super::machine::{Machine, pair_of};
use crate::cx::thin;
use crate::entry::{AccessorFn, Pair};
use crate::program::{FunctionId, Source};
use crate::trampoline::pack;

impl Machine<'_> {
    /// The function behind a number, as the type its kind promises.
    ///
    /// # Safety
    ///
    /// `F` is a function pointer type and the one of the function's kind.
    #[inline]
    pub(super) unsafe fn function<F: Copy>(&self, id: FunctionId) -> F {
        const { assert!(size_of::<F>() == size_of::<*const ()>()) };
        // SAFETY: function pointers have the size of data pointers on every
        // target vox has; the verifier checked the kind, lowering filled in a
        // function of that kind (A2).
        unsafe { core::mem::transmute_copy(&self.program.function(id)) }
    }

    /// Counts a call of a vtable function.
    #[inline]
    pub(super) fn count_vtable(&mut self) {
        self.cx().counters.vtable_calls += 1;
    }

    /// The address and number of elements at `at`. The length is read once.
    ///
    /// # Safety
    ///
    /// A live value the source applies to is at `at` (A1).
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "two loads; the other sources are a function of their own"
    )]
    pub(super) unsafe fn parts(&mut self, at: *const u8, source: Source) -> Pair {
        match source {
            // SAFETY: the caller's duty; probed or our own layout (A4).
            Source::Words { ptr, len } => unsafe { pair_of(at, ptr, len) },
            Source::List { .. } | Source::Slice { .. } | Source::Accessor { .. } => {
                // SAFETY: the caller's duty.
                unsafe { self.parts_by_call(at, source) }
            }
        }
    }

    /// As `parts`, for sources that are functions.
    ///
    /// # Safety
    ///
    /// As for `parts`.
    #[inline(never)]
    unsafe fn parts_by_call(&mut self, at: *const u8, source: Source) -> Pair {
        match source {
            Source::Words { .. } => unreachable!("not a call"),
            Source::List { len, as_ptr } => {
                self.count_vtable();
                self.count_vtable();
                // SAFETY: the kinds are verified (A2), the value is live (A1).
                unsafe {
                    let len = self.function::<ListLenFn>(len)(thin(at));
                    let ptr = self.function::<ListAsPtrFn>(as_ptr)(thin(at)).raw_ptr();
                    Pair { ptr, len }
                }
            }
            Source::Slice { len, as_ptr } => {
                self.count_vtable();
                self.count_vtable();
                // SAFETY: the kinds are verified (A2), the slice is live (A1),
                // and a pair describes it.
                unsafe {
                    let wide = pack(at.cast());
                    let len = self.function::<SliceLenFn>(len)(wide);
                    let ptr = self.function::<SliceAsPtrFn>(as_ptr)(wide).raw_ptr();
                    Pair { ptr, len }
                }
            }
            Source::Accessor { parts } => {
                self.cx().counters.accessor_calls += 1;
                let mut pair = Pair {
                    ptr: core::ptr::null(),
                    len: 0,
                };
                // SAFETY: the kind is verified (A2), the value is live (A1).
                unsafe { self.function::<AccessorFn>(parts)(at, &mut pair) };
                pair
            }
        }
    }
}
