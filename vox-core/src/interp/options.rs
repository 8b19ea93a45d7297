//! Options side by side, in one loop of their own.

#[cfg(feature = "op-counts")]
use super::counts;
use super::machine::{Machine, load, pair_of};
#[cfg(feature = "op-counts")]
use crate::program::{Code, Op};
use crate::program::{OptionField, OptionRun, Scalar};
use crate::wire::zigzag;

impl Machine<'_> {
    /// Executes a run of options.
    ///
    /// # Safety
    ///
    /// As for [`Self::run`], for the ops the run stands for.
    pub(super) unsafe fn write_options(
        &mut self,
        run: &OptionRun,
        base: *const u8,
        out: *mut u8,
    ) -> *mut u8 {
        let mut out = out;
        for field in &run.fields {
            // SAFETY: the offsets are those of the op: tags are where the probe found them (A4), payloads
            // are live where the tag says so (A1), and there is room for what the op writes (A7).
            unsafe {
                match *field {
                    OptionField::U32(at) => {
                        out = self
                            .write_optional(out, base, at, |value| load::<u32>(value, 0).into());
                    }
                    OptionField::U64(at) => {
                        out = self.write_optional(out, base, at, |value| load::<u64>(value, 0));
                    }
                    OptionField::I32(at) => {
                        let value = |value| zigzag::encode_i32(load(value, 0)).into();
                        out = self.write_optional(out, base, at, value);
                    }
                    OptionField::I64(at) => {
                        let value = |value| zigzag::encode_i64(load(value, 0));
                        out = self.write_optional(out, base, at, value);
                    }
                    OptionField::Bytes {
                        tag,
                        none,
                        ptr,
                        len,
                        reserve,
                    } => {
                        let is_some = load::<u64>(base, tag) != none;
                        out.write(u8::from(is_some));
                        out = out.add(1);
                        if is_some {
                            out = self.write_string(pair_of(base, ptr, len), reserve, out);
                            if out.is_null() {
                                return out;
                            }
                        }
                    }
                }
            }
        }
        out
    }

    /// Writes an optional integer.
    ///
    /// # Safety
    ///
    /// As for [`Self::write_options`].
    #[inline]
    unsafe fn write_optional(
        &self,
        out: *mut u8,
        base: *const u8,
        at: Scalar,
        value: impl FnOnce(*const u8) -> u64,
    ) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe {
            if load::<u8>(base, at.tag) == at.none {
                out.write(0);
                return out.add(1);
            }
            out.write(1);
            self.write_number(out.add(1), value(base.add(at.value as usize)))
        }
    }
}

#[cfg(feature = "op-counts")]
impl OptionRun {
    /// Counts the ops a run stands for but the first, and those of the payloads that are there.
    ///
    /// # Safety
    ///
    /// As for [`Machine::write_options`].
    pub(super) unsafe fn count(&self, first: &Op, others: &[Op], code: &Code, base: *const u8) {
        others[..self.fields.len() - 1]
            .iter()
            .for_each(counts::count);
        for (field, op) in self
            .fields
            .iter()
            .zip(core::iter::once(first).chain(others))
        {
            // SAFETY: the caller's duty.
            let is_some = unsafe {
                match *field {
                    OptionField::U32(at)
                    | OptionField::U64(at)
                    | OptionField::I32(at)
                    | OptionField::I64(at) => load::<u8>(base, at.tag) != at.none,
                    OptionField::Bytes { tag, none, .. } => load::<u64>(base, tag) != none,
                }
            };
            if let Op::WriteOption { some, .. } = *op
                && is_some
            {
                code.block(some).ops.iter().for_each(counts::count);
            }
        }
    }
}
