//! Options, results, enums and fields that may be left out.

use crate::reflect::{
    OptionGetValueFn, OptionIsSomeFn, ResultGetErrFn, ResultGetOkFn, ResultIsOkFn,
};

use super::machine::{Machine, load};
use crate::cx::thin;
use crate::program::{Arm, BlockId, FunctionId, Op, OptionSource, PathId, TableId, TagWidth};
use crate::trampoline::{fail, predicate};

impl Machine<'_> {
    /// The payload of the option at `at`, or null when it is none; for one that writes nothing, any address.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is part of one op.
    #[inline]
    pub(super) unsafe fn payload(&mut self, at: *const u8, source: OptionSource) -> *const u8 {
        match source {
            OptionSource::GetValue { get_value } => {
                self.count_vtable();
                // SAFETY: the kind is verified (A2), the option is live (A1).
                unsafe { self.function::<OptionGetValueFn>(get_value)(thin(at)) }
            }
            OptionSource::IsSome { is_some } => {
                self.count_vtable();
                // SAFETY: as above.
                if unsafe { self.function::<OptionIsSomeFn>(is_some)(thin(at)) } {
                    at
                } else {
                    core::ptr::null()
                }
            }
            // Null is none and anything else is the payload itself: the option
            // has the payload's address.
            // SAFETY: a pointer-sized option is at `at` (A8).
            OptionSource::NullIsNone => match unsafe { load::<*const u8>(at, 0) } {
                pointer if pointer.is_null() => core::ptr::null(),
                _ => at,
            },
            OptionSource::Tagged {
                tag,
                tag_at,
                none,
                payload,
            } => {
                // SAFETY: the probe found a tag of this width there (A4), in a live option (A1).
                let found = unsafe { read_tag(at.add(tag_at.index()), tag) };
                match found {
                    found if found == none => core::ptr::null(),
                    // SAFETY: the payload is in the option (A4).
                    _ => unsafe { at.add(payload.index()) },
                }
            }
        }
    }

    /// Of [`Op::WriteResult`]: the wire's tag, the block to run, and what on.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is part of one op.
    #[inline(never)]
    pub(super) unsafe fn outcome(&mut self, op: &Op, base: *const u8) -> (u8, BlockId, *const u8) {
        let Op::WriteResult {
            at,
            is_ok,
            get_ok,
            get_err,
            ok,
            err,
        } = *op
        else {
            unreachable!("the op is a result")
        };
        self.count_vtable();
        self.count_vtable();
        // SAFETY: the kinds are verified (A2), the result is live (A1).
        unsafe {
            let value = thin(base.add(at.index()));
            if self.function::<ResultIsOkFn>(is_ok)(value) {
                (0, ok, self.function::<ResultGetOkFn>(get_ok)(value))
            } else {
                (1, err, self.function::<ResultGetErrFn>(get_err)(value))
            }
        }
    }

    /// The block of the arm that has this tag.
    #[inline]
    pub(super) fn arm(&self, tag: i64, arms: TableId) -> Option<BlockId> {
        let arms = &self.program.code.tables[arms.index()];
        // Arms mostly stand at their own discriminant.
        let guess = usize::try_from(tag).ok().and_then(|index| arms.get(index));
        match guess {
            Some(arm) if arm.discriminant == tag => Some(arm.block),
            _ => find_arm(arms, tag),
        }
    }

    /// Fails: no arm has this tag.
    #[cold]
    pub(super) fn fail_tag(&mut self, tag: i64, path: PathId) -> *mut u8 {
        // SAFETY: the state is alive.
        unsafe { fail::fail_discriminant(self.cx, tag) };
        self.fail_at(path)
    }

    /// What the predicate of [`Op::Unless`] says of the value at `at`.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is part of one op.
    pub(super) unsafe fn skips(&mut self, at: *const u8, skip_if: FunctionId) -> usize {
        let function = self.program.function(skip_if);
        // SAFETY: the kind is verified (A2), the value is live (A1).
        unsafe { predicate::skip(self.cx, function, at) }
    }
}

/// The arm of a tag that is not its position.
#[inline(never)]
fn find_arm(arms: &[Arm], tag: i64) -> Option<BlockId> {
    let arm = arms.iter().find(|arm| arm.discriminant == tag)?;
    Some(arm.block)
}

/// The tag at `at`, extended to 64 bits by its own sign.
///
/// # Safety
///
/// A tag of this width is at `at`.
#[inline]
pub(super) unsafe fn read_tag(at: *const u8, tag: TagWidth) -> i64 {
    // SAFETY: the caller's duty.
    unsafe {
        // By far the commonest: a branch, in place of a jump by the width.
        if tag == TagWidth::U8 {
            return load::<u8>(at, 0).into();
        }
        match tag {
            TagWidth::U8 => load::<u8>(at, 0).into(),
            TagWidth::U16 => load::<u16>(at, 0).into(),
            TagWidth::U32 => load::<u32>(at, 0).into(),
            TagWidth::U64 => load::<u64>(at, 0).cast_signed(),
            TagWidth::I8 => load::<i8>(at, 0).into(),
            TagWidth::I16 => load::<i16>(at, 0).into(),
            TagWidth::I32 => load::<i32>(at, 0).into(),
            TagWidth::I64 => load::<i64>(at, 0),
        }
    }
}
