//! Options.

use cranelift_codegen::ir::{InstBuilder, condcodes::IntCC, types};
use vox_core::program::{BlockId, OptionSource};

use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::join::Join;
use super::place::{Base, Place};
use super::{block, switch, vtable};
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
    let chosen = match source {
        OptionSource::GetValue { get_value } => {
            let payload = vtable::payload(e, get_value, place)?;
            let is_some = e.builder.ins().icmp_imm_u(IntCC::NotEqual, payload, 0);
            (is_some, Base::new(payload))
        }
        OptionSource::NullIsNone => {
            // Rust promises that such an option and its payload are the same word.
            let word = place.load(e, types::I64);
            let is_some = e.builder.ins().icmp_imm_u(IntCC::NotEqual, word, 0);
            (is_some, place.base())
        }
        OptionSource::Tagged {
            tag,
            tag_at,
            none,
            payload,
        } => {
            let ty = switch::tag_type(tag);
            let tag = place.load_at(e, ty, tag_at.0);
            // Without what the tag's sign extends to.
            let none = (u64::MAX >> (64 - ty.bits())).cast_signed() & none;
            let is_some = e.builder.ins().icmp_imm_u(IntCC::NotEqual, tag, none);
            (is_some, place.base().moved(payload))
        }
        OptionSource::IsSome { is_some } => {
            let tag = vtable::test(e, is_some, place)?;
            cursor.store(e, tag, 0);
            return cursor.advance(1).map(Some);
        }
    };
    let (is_some, base) = chosen;
    // The tag is stored before the branch, in both cases.
    cursor.store(e, is_some, 0);
    let cursor = cursor.advance(1)?;
    let mut join = Join::new(e, cursor.offset);
    let present = e.builder.create_block();
    let address = join.expect(e, cursor);
    e.builder
        .ins()
        .brif(is_some, present, &[], join.block, &[address.into()]);

    e.builder.switch_to_block(present);
    let end = block::emit(e, some, base, cursor, scope)?;
    join.arrive(e, end);
    Ok(join.finish(e))
}
