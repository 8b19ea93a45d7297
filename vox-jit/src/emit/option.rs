//! Options.

use cranelift_codegen::ir::{InstBuilder, condcodes::IntCC, types};
use vox_core::program::{BlockId, OptionSource};

use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::join::Join;
use super::place::{Base, Place};
use super::{block, vtable};
use crate::error::CompileError;

/// Writes 0, or 1 and the payload.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    place: Place,
    source: OptionSource,
    some: BlockId,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    let payload = match source {
        OptionSource::GetValue { get_value } => vtable::payload(e, get_value, place)?,
        OptionSource::NullIsNone => place.load(e, types::I64),
        OptionSource::IsSome { is_some } => {
            let tag = vtable::test(e, is_some, place)?;
            cursor.store(e, tag, 0);
            return cursor.advance(1).map(Some);
        }
    };
    // The tag is stored before the branch, in both cases.
    let tag = e.builder.ins().icmp_imm_u(IntCC::NotEqual, payload, 0);
    cursor.store(e, tag, 0);
    let cursor = cursor.advance(1)?;
    let mut join = Join::new(e, cursor.offset);
    let present = e.builder.create_block();
    let address = join.expect(e, cursor);
    e.builder
        .ins()
        .brif(payload, present, &[], join.block, &[address.into()]);

    e.builder.switch_to_block(present);
    // Rust promises that such an option and its payload are the same word.
    let base = match source {
        OptionSource::NullIsNone => place.address(e),
        OptionSource::GetValue { .. } | OptionSource::IsSome { .. } => payload,
    };
    let end = block::emit(e, some, Base::new(base), cursor, scope)?;
    join.arrive(e, end);
    Ok(join.finish(e))
}
