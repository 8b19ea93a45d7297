//! Joins: where the branches of an option, a result or an enum come together.

use cranelift_codegen::ir::{Block, InstBuilder, Value, types};

use super::cursor::Cursor;
use super::emitter::Emitter;

/// A block that takes the cursor of every branch that arrives.
///
/// Branches agree on a pending offset, so that one which wrote as many
/// constant bytes arrives without arithmetic.
#[derive(Debug)]
pub(super) struct Join {
    pub(super) block: Block,
    next: Value,
    offset: i32,
    /// The least spare of the branches that arrived; `None` before the first.
    spare: Option<u32>,
}

impl Join {
    /// A join whose cursor has this offset pending.
    pub(super) fn new(e: &mut Emitter<'_, '_>, offset: i32) -> Self {
        let block = e.builder.create_block();
        let next = e.builder.append_block_param(block, types::I64);
        Self {
            block,
            next,
            offset,
            spare: None,
        }
    }

    /// The address a branch with this cursor arrives with, for a branch instruction
    /// the caller emits.
    pub(super) fn expect(&mut self, e: &mut Emitter<'_, '_>, cursor: Cursor) -> Value {
        let spare = self
            .spare
            .map_or(cursor.spare, |spare| spare.min(cursor.spare));
        self.spare = Some(spare);
        cursor.address_at(e, self.offset)
    }

    /// Jumps here, from a branch that comes to its end; one that never does
    /// (`None`) has left already.
    pub(super) fn arrive(&mut self, e: &mut Emitter<'_, '_>, cursor: Option<Cursor>) {
        if let Some(cursor) = cursor {
            let address = self.expect(e, cursor);
            e.builder.ins().jump(self.block, &[address.into()]);
        }
    }

    /// Goes on behind the join; `None` when no branch arrives there.
    pub(super) fn finish(self, e: &mut Emitter<'_, '_>) -> Option<Cursor> {
        let spare = self.spare?;
        e.builder.switch_to_block(self.block);
        Some(Cursor {
            base: self.next,
            offset: self.offset,
            spare,
        })
    }
}
