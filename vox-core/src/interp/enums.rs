//! Enums in lists, in a loop of their own.

#[cfg(feature = "op-counts")]
use super::counts;
use super::machine::{Machine, Values, load, pair_of, write_const};
use crate::kernels::{bytes, over};
#[cfg(feature = "op-counts")]
use crate::program::TagWidth;
use crate::program::{ArmBody, BlockId, EnumTable, Op, TableArm};
use crate::wire::zigzag;

impl<'p> Machine<'p> {
    /// Writes elements of a list that are enums. `values` is left at the one that failed.
    ///
    /// # Safety
    ///
    /// As for [`Self::run_each`], for the ops the table stands for.
    #[inline(never)]
    pub(super) unsafe fn write_enums(
        &mut self,
        table: &'p EnumTable,
        values: &mut Values,
        out: *mut u8,
    ) -> *mut u8 {
        // Of each element: making room, finding the arm, its tag, and mostly one more.
        const OPS: usize = 4;
        self.add_elements(OPS * (values.behind + 1));
        let mut out = out;
        loop {
            // SAFETY: the caller's duty: a live enum is there, and its tag (A1).
            unsafe {
                out = self.reserve(out, table.reserve as usize);
                if out.is_null() {
                    return out;
                }
                let at = values.at.add(table.at.index());
                let tag = load::<u8>(at, 0);
                let Some(arm) = table.arms.get(usize::from(tag)) else {
                    return self.fail_tag(tag.into(), table.path);
                };
                #[cfg(feature = "op-counts")]
                self.count_enum(table, tag, arm);
                out = self.write_arm(arm, at, out);
                if out.is_null() {
                    return out;
                }
            }
            if !values.advance() {
                return out;
            }
        }
    }

    /// Writes an arm of the enum at `at`.
    ///
    /// # Safety
    ///
    /// As for [`Self::write_enums`]; it is this arm's variant that is live.
    #[inline]
    unsafe fn write_arm(&mut self, arm: &'p TableArm, at: *const u8, out: *mut u8) -> *mut u8 {
        // SAFETY: the offsets are those of the ops: of live fields of the variant (A1), and there is
        // room for what they write (A7).
        unsafe {
            let out = write_const(out, &arm.tag);
            match arm.body {
                ArmBody::Copied { at: from, len } => copy(out, at.add(from as usize), len as usize),
                ArmBody::U32(from) => self.write_number(out, load::<u32>(at, from).into()),
                ArmBody::U64(from) => self.write_number(out, load::<u64>(at, from)),
                ArmBody::I32(from) => {
                    self.write_number(out, zigzag::encode_i32(load(at, from)).into())
                }
                ArmBody::I64(from) => self.write_number(out, zigzag::encode_i64(load(at, from))),
                ArmBody::Bytes { ptr, len, reserve } => {
                    self.write_string(pair_of(at, ptr, len), reserve, out)
                }
                ArmBody::Ops(block) => self.run_ops(self.behind_tag(arm, block), at, out),
            }
        }
    }

    /// The ops of an arm behind the one that writes its tag.
    #[inline]
    fn behind_tag(&self, arm: &TableArm, block: BlockId) -> &'p [Op] {
        let first = usize::from(!arm.tag.is_empty());
        &self.program.code.block(block).ops[first..]
    }

    /// Counts the ops of an element that are not counted when they are executed.
    #[cfg(feature = "op-counts")]
    fn count_enum(&self, table: &EnumTable, tag: u8, arm: &TableArm) {
        if table.reserve != 0 {
            counts::count(&Op::Reserve {
                bytes: table.reserve,
            });
        }
        counts::count(&Op::Switch {
            at: table.at,
            tag: TagWidth::U8,
            arms: table.source,
            path: table.path,
        });
        let code = &self.program.code;
        let block = code.tables[table.source.index()][usize::from(tag)].block;
        let ops = &code.block(block).ops;
        let own = match arm.body {
            ArmBody::Ops(block) => ops.len() - self.behind_tag(arm, block).len(),
            _ => ops.len(),
        };
        ops[..own].iter().for_each(counts::count);
    }
}

/// Copies a few bytes, without a branch by their number.
///
/// # Safety
///
/// They are at `from`, in a live value, of which a byte is there even if they are none; there is room for them, and the overshoot behind them (A7).
#[inline]
unsafe fn copy(out: *mut u8, from: *const u8, len: usize) -> *mut u8 {
    // SAFETY: the caller's duty; reading beyond them stays in the page (A11).
    unsafe {
        if over::may_read(from) {
            over::copy(out, from);
        } else {
            bytes::copy(out, from, len);
        }
        out.add(len)
    }
}
