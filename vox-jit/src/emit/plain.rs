//! Maps and sets whose parts are plain: the length, then one call of the routine they are linked with.
//!
//! Read next: `vox_core::kernels`, which has the routines.

use core::ptr;

use vox_core::kernels::Plain;
use vox_core::program::BlockId;

use super::cold::Step;
use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::iter::Items;
use super::place::Place;
use super::{runtime, varint, vtable};
use crate::error::CompileError;

/// The plan of the container whose key or item this block writes, if it may be used.
pub(super) fn plan<'p>(e: &Emitter<'p, '_>, first: BlockId) -> Option<&'p Plain> {
    let may_be = e.options.over_read && e.options.processor_routines;
    e.program.linkage.plain(first).filter(|_| may_be)
}

/// Writes a length and all items.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    place: Place,
    items: Items,
    plain: &Plain,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let said = vtable::len(e, items.len, place)?;
    let cursor = cursor.ensure(e, varint::MAX_LEN, scope);
    let cursor = varint::write(e, said, varint::MAX_LEN, cursor)?;

    // It lives as long as the program.
    let plan = e.address_of("PLAIN", ptr::from_ref(plain).cast());
    let (value, out) = (place.address(e), cursor.address(e));
    let arguments = [e.cx, plan, value, said, out];
    let end = e.call(runtime::plain(plain.routine()), &arguments);
    let failing = e.way_out(scope, &[Step::Static(items.path)]);
    e.unless_null(end, failing);
    Ok(Cursor::start(end).ensure(e, items.reserve, scope))
}
