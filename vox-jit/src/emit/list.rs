//! Lists of elements that are written by a block, and the loop they share with
//! arrays.

use cranelift_codegen::ir::{BlockArg, InstBuilder, Value, condcodes::IntCC, types};
use vox_core::program::{BlockId, Op, PathId, Source};

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
    each(e, [run.ptr], cursor, is_end, |e, [at], body, turn| {
        let index = Index::Distance(run.ptr, at, items.stride);
        element(e, at, index, items, body, scope, |e, out| {
            let next = e.add(at, i64::from(items.stride));
            turn(e, [next], out);
        })
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
    each(
        e,
        state,
        cursor,
        is_end,
        |e, [at, few, made], body, turn| {
            let (none_left, write) = (e.builder.create_block(), e.builder.create_block());
            let [few_of, made_of] =
                [(); 2].map(|()| e.builder.append_block_param(write, types::I64));
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
            element(e, at, index, items, body, scope, |e, out| {
                let next = e.add(at, i64::from(items.stride));
                let state = [next, few_of, ready.next(e, made_of)];
                turn(e, state, out);
            })
        },
    )
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
    each(e, [run.len], cursor, is_end, |e, [left], body, turn| {
        let index = Index::Difference(run.len, left);
        element(e, run.ptr, index, items, body, scope, |e, out| {
            let next = e.add(left, -1);
            turn(e, [next], out);
        })
    })
}

/// The element at an address, with its room made. `end` goes on behind it: at every end there is of a choice, so that the way from there to the
/// next element is one jump.
fn element<'a, 'f>(
    e: &mut Emitter<'a, 'f>,
    at: Value,
    index: Index,
    items: Items,
    cursor: Cursor,
    scope: Scope,
    mut end: impl FnMut(&mut Emitter<'a, 'f>, Cursor),
) -> Result<(), CompileError> {
    let steps = [
        Step::Item(runtime::TRACE_INDEX, index),
        Step::Static(items.path),
    ];
    let inside = e.way_out(scope, &steps);
    let cursor = cursor.ensure(e, items.bound, scope);
    let ops = &e.program.code.block(items.each).ops[..];
    let are_strings = matches!(ops, [Op::WriteBytes { .. }]);
    let around = core::mem::replace(&mut e.in_list_of_strings, are_strings);
    block::emit_to_ends(e, items.each, Base::new(at), cursor, inside, &mut end)?;
    e.in_list_of_strings = around;
    Ok(())
}

/// Where a turn of a loop ends: with the next state and the cursor.
pub(super) type Turn<'t, 'a, 'f, const WORDS: usize> =
    &'t mut dyn FnMut(&mut Emitter<'a, 'f>, [Value; WORDS], Cursor);

/// A loop with words of state besides the cursor. `is_end` emits the test of a state, `body` what is done in one that is not the
/// end; at each end it has, it calls what it is handed.
///
/// The test stands in front of the loop and at its ends: so a turn is one jump.
pub(super) fn each<'a, 'f, const WORDS: usize>(
    e: &mut Emitter<'a, 'f>,
    state: [Value; WORDS],
    cursor: Cursor,
    is_end: impl Fn(&mut Emitter<'a, 'f>, [Value; WORDS]) -> Value,
    body: impl FnOnce(
        &mut Emitter<'a, 'f>,
        [Value; WORDS],
        Cursor,
        Turn<'_, 'a, 'f, WORDS>,
    ) -> Result<(), CompileError>,
) -> Result<Cursor, CompileError> {
    let again = e.builder.create_block();
    let at = [(); WORDS].map(|()| e.builder.append_block_param(again, types::I64));
    let out = e.builder.append_block_param(again, types::I64);
    let after = e.builder.create_block();
    let end = e.builder.append_block_param(after, types::I64);
    let mut turn = |e: &mut Emitter<'a, 'f>, state: [Value; WORDS], cursor: Cursor| {
        let out = cursor.address(e);
        let done = is_end(e, state);
        let next: Vec<BlockArg> = state.into_iter().chain([out]).map(BlockArg::from).collect();
        e.builder
            .ins()
            .brif(done, after, &[out.into()], again, &next);
    };
    turn(e, state, cursor);
    let around = e.enter_loop();
    e.builder.switch_to_block(again);
    body(e, at, Cursor::start(out), &mut turn)?;
    e.builder.set_srcloc(around);
    e.builder.switch_to_block(after);
    Ok(Cursor::start(end))
}
