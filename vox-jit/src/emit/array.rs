//! Arrays: elements without a length.

use vox_core::program::ArraySource;

use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::list::{self, Items};
use super::place::Place;
use super::source::Run;
use super::vtable;
use crate::error::CompileError;

/// Writes each element.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    place: Place,
    source: ArraySource,
    count: u32,
    items: Items,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let ptr = match source {
        ArraySource::Inline => place.address(e),
        ArraySource::Vtable { as_ptr } => vtable::as_ptr(e, as_ptr, place)?,
    };
    let len = e.word(count.into());
    let run = Run { ptr, len };
    let end = if count == 0 {
        cursor
    } else if items.stride == 0 {
        list::count_down(e, run, items, cursor, scope)?
    } else {
        list::walk(e, run, items, cursor, scope)?
    };
    Ok(end.ensure(e, items.reserve, scope))
}
