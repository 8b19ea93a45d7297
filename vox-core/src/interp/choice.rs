//! Options, results, enums and fields that may be left out.

use crate::reflect::{
    OptionGetValueFn, OptionIsSomeFn, ResultGetErrFn, ResultGetOkFn, ResultIsOkFn,
};

use super::machine::{Machine, load};
use crate::cx::thin;
use crate::program::{BlockId, FunctionId, Op, OptionSource, PathId, TableId, TagWidth};
use crate::trampoline::{FAILED, fail, predicate};

impl Machine<'_> {
    /// [`Op::WriteOption`]; `at` is where the option is.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op.
    pub(super) unsafe fn write_option(
        &mut self,
        at: *const u8,
        source: OptionSource,
        some: BlockId,
        out: *mut u8,
    ) -> *mut u8 {
        // SAFETY: the caller's duty.
        let payload = unsafe { self.option_payload(at, source) };
        // SAFETY: the verifier proved room for the tag (A7).
        unsafe {
            out.write(u8::from(!payload.is_null()));
            let out = out.add(1);
            if payload.is_null() {
                out
            } else {
                self.run(some, payload, out)
            }
        }
    }

    /// Where the payload of an option is; null for `None`.
    ///
    /// # Safety
    ///
    /// A live option the source applies to is at `at` (A1).
    #[inline]
    pub(super) unsafe fn option_payload(
        &mut self,
        at: *const u8,
        source: OptionSource,
    ) -> *const u8 {
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
                match unsafe { read_tag(at.add(tag_at.index()), tag) } {
                    found if found == none => core::ptr::null(),
                    // SAFETY: the payload is in the option (A4).
                    _ => unsafe { at.add(payload.index()) },
                }
            }
        }
    }

    /// [`Op::WriteResult`].
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op.
    pub(super) unsafe fn write_result(
        &mut self,
        op: &Op,
        base: *const u8,
        out: *mut u8,
    ) -> *mut u8 {
        let Op::WriteResult { ok, err, .. } = *op else {
            unreachable!("the op is a result")
        };
        // SAFETY: the result is live (A1), and the verifier proved room for the tag (A7).
        unsafe {
            let (tag, payload) = self.result_payload(op, base);
            out.write(tag);
            self.run(if tag == 0 { ok } else { err }, payload, out.add(1))
        }
    }

    /// The tag of a result, and where its payload is.
    ///
    /// # Safety
    ///
    /// The op is a result, and a live one is where it says (A1).
    #[inline]
    pub(super) unsafe fn result_payload(&mut self, op: &Op, base: *const u8) -> (u8, *const u8) {
        let Op::WriteResult {
            at,
            is_ok,
            get_ok,
            get_err,
            ..
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
                (0, self.function::<ResultGetOkFn>(get_ok)(value))
            } else {
                (1, self.function::<ResultGetErrFn>(get_err)(value))
            }
        }
    }

    /// [`Op::Switch`]; `at` is where the enum is.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op.
    pub(super) unsafe fn switch(
        &mut self,
        at: *const u8,
        tag: TagWidth,
        arms: TableId,
        path: PathId,
        out: *mut u8,
    ) -> *mut u8 {
        // SAFETY: a tag of this width is at `at` (A1).
        let tag = unsafe { read_tag(at, tag) };
        let program = self.program;
        let arms = &program.code.tables[arms.index()];
        // Arms mostly stand at their own discriminant.
        let guess = usize::try_from(tag).ok().and_then(|index| arms.get(index));
        let arm = match guess {
            Some(arm) if arm.discriminant == tag => Some(arm),
            _ => arms.iter().find(|arm| arm.discriminant == tag),
        };
        match arm {
            // SAFETY: the arm's block belongs to the variant the tag names (A1).
            Some(arm) => unsafe { self.run(arm.block, at, out) },
            None => {
                // SAFETY: the state is alive.
                unsafe { fail::fail_discriminant(self.cx, tag) };
                self.fail_at(path)
            }
        }
    }

    /// [`Op::Unless`]; `at` is where the value is.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], of which this is one op.
    pub(super) unsafe fn unless(
        &mut self,
        at: *const u8,
        skip_if: FunctionId,
        each: BlockId,
        path: PathId,
        out: *mut u8,
    ) -> *mut u8 {
        let function = self.program.function(skip_if);
        // SAFETY: the kind is verified (A2), the value is live (A1).
        match unsafe { predicate::skip(self.cx, function, at) } {
            predicate::SKIP => out,
            FAILED => self.fail_at(path),
            // SAFETY: the caller's duty.
            _ => unsafe { self.run(each, at, out) },
        }
    }
}

/// The tag at `at`, extended to 64 bits by its own sign.
///
/// # Safety
///
/// A tag of this width is at `at`.
unsafe fn read_tag(at: *const u8, tag: TagWidth) -> i64 {
    // SAFETY: the caller's duty.
    unsafe {
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
