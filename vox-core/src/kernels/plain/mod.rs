//! Maps and sets whose parts are plain, in one step: each key, value or item is a string or a number.
//!
//! Most maps are such. Where their entries are gone through without the container's own iterator ([`super::table`],
//! [`super::tree`]), one loop goes through them and writes them, with no list of addresses in between and no block to
//! enter; what a part is was found out when the program was linked. It writes the bytes of the blocks it stands for.
//!
//! Read next: [`write`], the loop; [`part`], what it does for a key or a value.

mod part;
mod write;

use crate::cx::EncodeCx;
use crate::entry::PlainFn;
use crate::program::{BlockId, Code, FunctionKind, IterId, Op};
pub(super) use part::Written;
use part::{Number, Text};
pub(super) use write::{Compiled, Isa, Routines, Walk, write};

/// A key, a value or an item, as a program is linked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Text(Text),
    Number(Number),
}

impl Part {
    /// What a block writes, if that is plain.
    fn of(code: &Code, block: BlockId) -> Option<Self> {
        let ops = &code.block(block).ops[..];
        let op = match ops {
            [op] | [Op::Reserve { .. }, op] => op,
            _ => return None,
        };
        let text = Text::of_op(op).map(Self::Text);
        text.or_else(|| Number::of_op(op).map(Self::Number))
    }
}

/// How items are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Walked {
    Table,
    Tree,
}

/// A plan: a container of plain parts, ready for the routine.
#[derive(Debug)]
pub struct Plain {
    routine: PlainFn,
    /// A [`super::table::Table`] or a [`super::tree::Tree`].
    layout: *const (),
    first: Part,
    second: Option<Part>,
}

impl Plain {
    /// The container that an op writes, if its parts are plain, and the block of the first.
    pub(super) fn new(
        routines: &Routines,
        code: &Code,
        functions: &[*const ()],
        op: &Op,
    ) -> Option<(BlockId, Self)> {
        let (iter, first, second) = match *op {
            Op::WriteIter { iter, each, .. } => (iter, each, None),
            Op::WriteMap {
                iter, key, value, ..
            } => (iter, key, Some(value)),
            _ => return None,
        };
        let (walked, layout) = walked(code, functions, iter)?;
        let part = Part::of(code, first)?;
        let second = match second {
            Some(second) => Some(Part::of(code, second)?),
            None => None,
        };
        let plain = Self {
            routine: routines.choose(walked, part, second),
            layout,
            first: part,
            second,
        };
        Some((first, plain))
    }

    /// Writes exactly `len` items, behind the length; null when that failed. Traces of a failure name the item, not the container.
    ///
    /// # Safety
    ///
    /// `cx` is the state of a running encode and `out` its cursor; a live container of the type this was made for
    /// is at `container`, which nobody changes. The processor has what the routines were made for.
    #[inline]
    pub(crate) unsafe fn write(
        &self,
        cx: *mut EncodeCx,
        container: *const u8,
        len: usize,
        out: *mut u8,
    ) -> *mut u8 {
        // SAFETY: the caller's duty.
        unsafe { (self.routine)(cx, self, container, len, out) }
    }

    /// The routine, for machine code to call with this plan.
    #[must_use]
    pub fn routine(&self) -> PlainFn {
        self.routine
    }
}

/// The way to go through what an iterator yields, and the layout to go by.
fn walked(code: &Code, functions: &[*const ()], iter: IterId) -> Option<(Walked, *const ())> {
    let next = code.iters.get(iter.index())?.next.index();
    let walked = match code.functions.get(next)? {
        FunctionKind::TableItems | FunctionKind::TableEntries => Walked::Table,
        FunctionKind::TreeItems | FunctionKind::TreeEntries => Walked::Tree,
        _ => return None,
    };
    Some((walked, *functions.get(next)?))
}
