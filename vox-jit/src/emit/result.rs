//! Results.

use cranelift_codegen::ir::{InstBuilder, types};
use vox_core::program::{BlockId, FunctionId};

use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::join::Join;
use super::place::{Base, Place};
use super::{block, vtable};
use crate::error::CompileError;

/// Writes 0 and the `Ok` payload, or 1 and the `Err` payload. `arms` are the
/// tag, the payload function and the block of each, `Ok` first.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    place: Place,
    is_ok: FunctionId,
    arms: [(i64, FunctionId, BlockId); 2],
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    let ok = vtable::test(e, is_ok, place)?;
    let after = cursor.advance(1)?;
    let mut join = Join::new(e, after.offset);
    let blocks = [e.builder.create_block(), e.builder.create_block()];
    e.builder.ins().brif(ok, blocks[0], &[], blocks[1], &[]);
    for ((tag, payload, each), start) in arms.into_iter().zip(blocks) {
        e.builder.switch_to_block(start);
        let tag = e.builder.ins().iconst(types::I8, tag);
        cursor.store(e, tag, 0);
        let payload = vtable::payload(e, payload, place)?;
        let end = block::emit(e, each, Base::new(payload), after, scope)?;
        join.arrive(e, end);
    }
    Ok(join.finish(e))
}
