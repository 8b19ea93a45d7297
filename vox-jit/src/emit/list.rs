//! Lists of elements that are written by a block, and the loop they share with
//! arrays.

use cranelift_codegen::ir::{BlockArg, InstBuilder, Value, condcodes::IntCC, types};
use vox_core::program::{BlockId, PathId, Source};

use super::cold::{Index, Step};
use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::place::{Base, Place};
use super::ready::ReadyList;
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
pub(super) fn walk<'a, 'f>(
    e: &mut Emitter<'a, 'f>,
    run: Run,
    items: Items,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let bytes = e.builder.ins().imul_imm_u(run.len, i64::from(items.stride));
    let last = e.builder.ins().iadd(run.ptr, bytes);
    if let Some(ready) = ReadyList::begin(e, items.each, items.stride) {
        let end = walk_ready(e, ready, run, last, items, cursor, scope)?;
        ready.end(e);
        return Ok(end);
    }
    let is_end =
        |e: &mut Emitter<'a, 'f>, [at]: [Value; 1]| e.builder.ins().icmp(IntCC::Equal, at, last);
    each(e, [run.ptr], cursor, is_end, |e, [at], body| {
        let index = Index::Distance(run.ptr, at, items.stride);
        let out = element(e, at, index, items, body, scope)?;
        Ok(out.map(|out| ([e.add(at, i64::from(items.stride))], out)))
    })
}

/// The same where a few elements at a time are made ready before they are written.
fn walk_ready<'a>(
    e: &mut Emitter<'a, '_>,
    ready: ReadyList<'a>,
    run: Run,
    last: Value,
    items: Items,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    // Where the elements end that are ready; at first there are none.
    let state = [run.ptr, run.ptr, ready.made];
    let is_end = |e: &mut Emitter<'a, '_>, [at, ..]: [Value; 3]| {
        e.builder.ins().icmp(IntCC::Equal, at, last)
    };
    each(e, state, cursor, is_end, |e, [at, few, made], body| {
        let (none_left, write) = (e.builder.create_block(), e.builder.create_block());
        let [few_of, made_of] = [(); 2].map(|()| e.builder.append_block_param(write, types::I64));
        let is_ready = e.builder.ins().icmp(IntCC::NotEqual, at, few);
        e.builder
            .ins()
            .brif(is_ready, write, &[few.into(), made.into()], none_left, &[]);
        e.builder.switch_to_block(none_left);
        let few = ready.make(e, at, last);
        e.builder
            .ins()
            .jump(write, &[few.into(), ready.made.into()]);

        e.builder.switch_to_block(write);
        debug_assert!(e.made_ahead.is_none(), "an element without a block");
        e.made_ahead = Some(made_of);
        let index = Index::Distance(run.ptr, at, items.stride);
        let out = element(e, at, index, items, body, scope)?;
        Ok(out.map(|out| {
            let next = e.add(at, i64::from(items.stride));
            ([next, few_of, ready.next(e, made_of)], out)
        }))
    })
}

/// Runs the block once per element where elements take no memory: there is no
/// last address to compare with.
pub(super) fn count_down<'a, 'f>(
    e: &mut Emitter<'a, 'f>,
    run: Run,
    items: Items,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let is_end = |e: &mut Emitter<'a, 'f>, [left]: [Value; 1]| {
        e.builder.ins().icmp_imm_u(IntCC::Equal, left, 0)
    };
    each(e, [run.len], cursor, is_end, |e, [left], body| {
        let index = Index::Difference(run.len, left);
        let out = element(e, run.ptr, index, items, body, scope)?;
        Ok(out.map(|out| ([e.add(left, -1)], out)))
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

/// A loop with words of state besides the cursor. `is_end` emits the test of a state, `body` what is done in one that is not the
/// end; it answers the next state and cursor, or `None` when the body never ends.
///
/// The test stands in front of the loop and at its end: so a turn is one jump.
pub(super) fn each<'a, 'f, const WORDS: usize>(
    e: &mut Emitter<'a, 'f>,
    state: [Value; WORDS],
    cursor: Cursor,
    is_end: impl Fn(&mut Emitter<'a, 'f>, [Value; WORDS]) -> Value,
    body: impl FnOnce(
        &mut Emitter<'a, 'f>,
        [Value; WORDS],
        Cursor,
    ) -> Result<Option<([Value; WORDS], Cursor)>, CompileError>,
) -> Result<Cursor, CompileError> {
    let again = e.builder.create_block();
    let at = [(); WORDS].map(|()| e.builder.append_block_param(again, types::I64));
    let out = e.builder.append_block_param(again, types::I64);
    let after = e.builder.create_block();
    let end = e.builder.append_block_param(after, types::I64);
    let turn = |e: &mut Emitter<'a, 'f>, state: [Value; WORDS], cursor: Cursor| {
        let out = cursor.address(e);
        let done = is_end(e, state);
        let next: Vec<BlockArg> = state.into_iter().chain([out]).map(BlockArg::from).collect();
        e.builder
            .ins()
            .brif(done, after, &[out.into()], again, &next);
    };
    turn(e, state, cursor);
    e.builder.switch_to_block(again);
    if let Some((next, cursor)) = body(e, at, Cursor::start(out))? {
        turn(e, next, cursor);
    }
    e.builder.switch_to_block(after);
    Ok(Cursor::start(end))
}
