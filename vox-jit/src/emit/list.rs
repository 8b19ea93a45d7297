//! Lists of elements that are written by a block, and the loop they share with
//! arrays.

use cranelift_codegen::ir::{InstBuilder, Value, condcodes::IntCC, types};
use vox_core::program::{BlockId, PathId, Source};

use super::cold::{Index, Step};
use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::place::{Base, Place};
use super::source::{self, Run};
use super::{block, runtime, varint};
use crate::error::CompileError;

/// What the ops that loop over memory say of their elements.
#[derive(Debug, Clone, Copy)]
pub(super) struct Items {
    pub(super) stride: u32,
    pub(super) each: BlockId,
    pub(super) bound: u32,
    pub(super) path: PathId,
    pub(super) reserve: u32,
}

/// Writes a length and each element.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    place: Place,
    source: Source,
    items: Items,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let run = source::run(e, place, source)?;
    let cursor = cursor.ensure(e, varint::MAX_LEN, scope);
    let cursor = varint::write(e, run.len, varint::MAX_LEN, cursor)?;
    let end = if items.stride == 0 {
        count_down(e, run, items, cursor, scope)?
    } else {
        walk(e, run, items, cursor, scope)?
    };
    Ok(end.ensure(e, items.reserve, scope))
}

/// Runs the block on each element, from address to address.
pub(super) fn walk(
    e: &mut Emitter<'_, '_>,
    run: Run,
    items: Items,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let bytes = e.builder.ins().imul_imm_u(run.len, i64::from(items.stride));
    let last = e.builder.ins().iadd(run.ptr, bytes);
    each(e, run.ptr, cursor, |e, at, body| {
        let done = e.builder.ins().icmp(IntCC::Equal, at, last);
        let body = body.enter(e, done);
        let index = Index::Distance(run.ptr, at, items.stride);
        let out = element(e, at, index, items, body, scope)?;
        let next = e.add(at, i64::from(items.stride));
        Ok((next, out))
    })
}

/// Runs the block once per element where elements take no memory: there is no
/// last address to compare with.
pub(super) fn count_down(
    e: &mut Emitter<'_, '_>,
    run: Run,
    items: Items,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    each(e, run.len, cursor, |e, left, body| {
        let done = e.builder.ins().icmp_imm_u(IntCC::Equal, left, 0);
        let body = body.enter(e, done);
        let index = Index::Difference(run.len, left);
        let out = element(e, run.ptr, index, items, body, scope)?;
        let next = e.add(left, -1);
        Ok((next, out))
    })
}

/// The element at an address, with its room made.
fn element(
    e: &mut Emitter<'_, '_>,
    at: Value,
    index: Index,
    items: Items,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    let steps = [
        Step::Item(runtime::TRACE_INDEX, index),
        Step::Static(items.path),
    ];
    let inside = e.way_out(scope, &steps);
    let cursor = cursor.ensure(e, items.bound, scope);
    block::emit(e, items.each, Base::new(at), cursor, inside)
}

/// The head of a loop, waiting for the test that ends it.
pub(super) struct Head {
    after: cranelift_codegen::ir::Block,
    out: Value,
}

impl Head {
    /// Leaves the loop when `done`, and goes on in its body otherwise.
    pub(super) fn enter(self, e: &mut Emitter<'_, '_>, done: Value) -> Cursor {
        let body = e.builder.create_block();
        e.builder
            .ins()
            .brif(done, self.after, &[self.out.into()], body, &[]);
        e.builder.switch_to_block(body);
        Cursor::start(self.out)
    }
}

/// A loop with one state word besides the cursor. `step` emits the test and the body and
/// answers the next state and cursor.
pub(super) fn each<'a, 'f>(
    e: &mut Emitter<'a, 'f>,
    state: Value,
    cursor: Cursor,
    step: impl FnOnce(
        &mut Emitter<'a, 'f>,
        Value,
        Head,
    ) -> Result<(Value, Option<Cursor>), CompileError>,
) -> Result<Cursor, CompileError> {
    let out = cursor.address(e);
    let head = e.builder.create_block();
    let at = e.builder.append_block_param(head, types::I64);
    let head_out = e.builder.append_block_param(head, types::I64);
    let after = e.builder.create_block();
    let end = e.builder.append_block_param(after, types::I64);
    e.builder.ins().jump(head, &[state.into(), out.into()]);

    e.builder.switch_to_block(head);
    let waiting = Head {
        after,
        out: head_out,
    };
    let (next, out) = step(e, at, waiting)?;
    if let Some(out) = out {
        let out = out.address(e);
        e.builder.ins().jump(head, &[next.into(), out.into()]);
    }
    e.builder.switch_to_block(after);
    Ok(Cursor::start(end))
}
