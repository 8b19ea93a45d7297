//! Pointers.

use vox_core::program::{BlockId, Offset, PointerSource};

use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::place::{Base, Place};
use super::source::PAIR_BYTES;
use super::{block, vtable};
use crate::error::CompileError;

/// Runs a block on what a pointer points to.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    place: Place,
    source: PointerSource,
    each: BlockId,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    match source {
        PointerSource::Word => {
            let pointee = place.word(e, Offset(0));
            block::emit(e, each, Base::new(pointee), cursor, scope)
        }
        PointerSource::BorrowThin { borrow } => {
            let pointee = vtable::borrow_thin(e, borrow, place)?;
            block::emit(e, each, Base::new(pointee), cursor, scope)
        }
        PointerSource::BorrowWide { borrow } => {
            let slot = e.take_slot(PAIR_BYTES);
            let pair = e.slot_address(slot);
            let words = vtable::borrow_wide(e, borrow, place, pair)?;
            let end = block::emit(e, each, Base::pair(pair, words), cursor, scope)?;
            e.give_slot(PAIR_BYTES, slot);
            Ok(end)
        }
        PointerSource::Counted { ptr, len, behind } => {
            let [counts, len] = place.words(e, ptr, len);
            let pointee = e.add(counts, behind.0.into());
            let slot = e.take_slot(PAIR_BYTES);
            let pair = e.slot_address(slot);
            let words = [pointee, len];
            e.store_pair(words, pair);
            let end = block::emit(e, each, Base::pair(pair, words), cursor, scope)?;
            e.give_slot(PAIR_BYTES, slot);
            Ok(end)
        }
    }
}
