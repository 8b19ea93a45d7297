//! Maps: the key, then the value of each entry of an iterator.

use cranelift_codegen::ir::{InstBuilder, types};
use vox_core::program::{BlockId, FunctionKind};

use super::cold::Step;
use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::iter::{self, Batches, Items};
use super::place::{Base, Place};
use super::{block, plain, runtime};
use crate::error::CompileError;

/// Writes a length and each entry.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    place: Place,
    items: Items,
    key: BlockId,
    value: BlockId,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    if let Some(plan) = plain::plan(e, key) {
        return plain::write(e, place, items, plan, cursor, scope);
    }
    let batches = Batches {
        iterator: (runtime::ITER_NEXT_ENTRIES, FunctionKind::MapIterNext),
        table: (runtime::TABLE_ENTRIES, FunctionKind::TableEntries),
        tree: (runtime::TREE_ENTRIES, FunctionKind::TreeEntries),
        item_bytes: 16,
    };
    iter::iterate(
        e,
        place,
        items,
        batches,
        cursor,
        scope,
        |e, entry, cursor, failing| {
            let flags = Emitter::read_flags();
            let in_key = e.way_out(failing, &[Step::Item(runtime::TRACE_KEY, entry.index)]);
            let address = e.builder.ins().load(types::I64, flags, entry.at, 0);
            let Some(cursor) = block::emit(e, key, Base::new(address), cursor, in_key)? else {
                return Ok(None);
            };
            let in_value = e.way_out(failing, &[Step::Item(runtime::TRACE_VALUE, entry.index)]);
            let address = e.builder.ins().load(types::I64, flags, entry.at, 8);
            block::emit(e, value, Base::new(address), cursor, in_value)
        },
    )
}
