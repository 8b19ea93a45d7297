//! Sets and lists that are not contiguous: items of an iterator.
//!
//! One call of a trampoline, or of the routines for hash tables and B-trees, yields the addresses of up to 32 items. The iterator
//! is asked for one item more than the container said it has, so that one which yields too
//! many is found out; it is freed on every way out. A hash table has none: its position is a number.

use cranelift_codegen::ir::{InstBuilder, StackSlot, Value, condcodes::IntCC, types};
use vox_core::kernels::tree::Position;
use vox_core::program::{BlockId, FunctionId, FunctionKind, Iter, IterId, PathId};
use vox_core::trampoline::FAILED;
use vox_core::trampoline::iter::BATCH;

use super::cold::{Index, Step};
use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::place::{Base, Place};
use super::runtime::{self, Function};
use super::{block, list, source, varint, vtable};
use crate::error::CompileError;

/// What the ops that iterate say of their container.
#[derive(Debug, Clone, Copy)]
pub(super) struct Items {
    pub(super) len: FunctionId,
    pub(super) iter: IterId,
    pub(super) path: PathId,
    pub(super) reserve: u32,
}

/// How batches are filled: by which function of ours, which is told what kind of thing, with how many bytes per item.
#[derive(Debug, Clone, Copy)]
pub(super) struct Batches {
    pub(super) iterator: (Function, FunctionKind),
    pub(super) table: (Function, FunctionKind),
    pub(super) tree: (Function, FunctionKind),
    pub(super) item_bytes: u32,
}

/// The batch and the position of the item being written, as the body sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    /// Where the item's addresses are.
    pub(super) at: Value,
    /// Its position in iteration order.
    pub(super) index: Index,
}

const ITER_BYTES: u32 = 16;
#[expect(clippy::cast_possible_truncation, reason = "a handful of words")]
const TREE_BYTES: u32 = size_of::<Position>() as u32;

/// Writes a length and each item.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    place: Place,
    items: Items,
    each: BlockId,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let batches = Batches {
        iterator: (runtime::ITER_NEXT, FunctionKind::IterNext),
        table: (runtime::TABLE_ITEMS, FunctionKind::TableItems),
        tree: (runtime::TREE_ITEMS, FunctionKind::TreeItems),
        item_bytes: 8,
    };
    iterate(
        e,
        place,
        items,
        batches,
        cursor,
        scope,
        |e, item, cursor, failing| {
            let steps = [Step::Item(runtime::TRACE_INDEX, item.index)];
            let inside = e.way_out(failing, &steps);
            let flags = Emitter::read_flags();
            let address = e.builder.ins().load(types::I64, flags, item.at, 0);
            block::emit(e, each, Base::new(address), cursor, inside)
        },
    )
}

/// The state of one iteration that the emission of its parts shares.
struct Iteration {
    /// Fills a batch.
    fill: Function,
    /// What it is told: the iterator's `next`, or the layout of the table.
    next: *const (),
    iter: StackSlot,
    batch: StackSlot,
    said: Value,
    item_bytes: u32,
    /// The way out that names the container and frees the iterator.
    failing: Scope,
}

/// Writes a length, then runs `body` on each item; the body gets the way out
/// that frees the iterator and names the container.
pub(super) fn iterate<'a, 'f>(
    e: &mut Emitter<'a, 'f>,
    place: Place,
    items: Items,
    batches: Batches,
    cursor: Cursor,
    scope: Scope,
    body: impl FnOnce(&mut Emitter<'a, 'f>, Item, Cursor, Scope) -> Result<Option<Cursor>, CompileError>,
) -> Result<Cursor, CompileError> {
    let program = e.program;
    let Some(Iter { next, object }) = program.code.iters.get(items.iter.index()) else {
        return Err(CompileError::Malformed(format!(
            "there is no {}",
            items.iter
        )));
    };
    let is_tree = program.code.functions.get(next.index()) == Some(&batches.tree.1);
    let (fill, kind) = match object {
        Some(_) => batches.iterator,
        None if is_tree => batches.tree,
        None => batches.table,
    };
    let next = source::function_of(e, *next, kind)?;
    let said = vtable::len(e, items.len, place)?;
    let cursor = cursor.ensure(e, varint::MAX_LEN, scope);
    let cursor = varint::write(e, said, varint::MAX_LEN, cursor)?;

    let batch_bytes = batches.item_bytes * batch_len();
    let iter_bytes = if is_tree { TREE_BYTES } else { ITER_BYTES };
    let (iter, batch) = (e.take_slot(iter_bytes), e.take_slot(batch_bytes));
    let iter_address = e.slot_address(iter);
    let mut steps = vec![Step::Static(items.path)];
    match object {
        Some(object) => {
            vtable::iter_init(e, object.init, place, iter_address)?;
            steps.push(Step::Dealloc(object.dealloc, iter));
        }
        None if is_tree => {
            let tree = e.constant_address(next);
            let container = place.address(e);
            e.call(
                runtime::TREE_START,
                &[e.cx, tree, container, said, iter_address],
            );
            steps.push(Step::EndTree(next, iter));
        }
        None => start_of_table(e, place, iter_address),
    }
    let iteration = Iteration {
        fill,
        next,
        iter,
        batch,
        said,
        item_bytes: batches.item_bytes,
        failing: e.way_out(scope, &steps),
    };
    let end = emit_batches(e, &iteration, cursor, body)?;
    if let Some(object) = object {
        let iter_address = e.slot_address(iter);
        vtable::iter_dealloc(e, object.dealloc, iter_address)?;
    }
    if is_tree {
        end_tree(e, next, iter);
    }
    e.give_slot(iter_bytes, iter);
    e.give_slot(batch_bytes, batch);
    Ok(end.ensure(e, items.reserve, scope))
}

/// Ends an iteration over a B-tree.
pub(super) fn end_tree(e: &mut Emitter<'_, '_>, tree: *const (), position: StackSlot) {
    let tree = e.constant_address(tree);
    let position = e.slot_address(position);
    e.call(runtime::TREE_END, &[e.cx, tree, position]);
}

/// Stores the position before the first bucket.
fn start_of_table(e: &mut Emitter<'_, '_>, place: Place, position: Value) {
    let start = [place.address(e), e.word(0)];
    e.store_pair(start, position);
}

fn batch_len() -> u32 {
    u32::try_from(BATCH).expect("a batch is small")
}

/// The loop over batches, and in it the loop over the items of one.
fn emit_batches<'a, 'f>(
    e: &mut Emitter<'a, 'f>,
    iteration: &Iteration,
    cursor: Cursor,
    body: impl FnOnce(&mut Emitter<'a, 'f>, Item, Cursor, Scope) -> Result<Option<Cursor>, CompileError>,
) -> Result<Cursor, CompileError> {
    let out = cursor.address(e);
    let head = e.builder.create_block();
    let left = e.builder.append_block_param(head, types::I64);
    let head_out = e.builder.append_block_param(head, types::I64);
    e.builder
        .ins()
        .jump(head, &[iteration.said.into(), out.into()]);

    e.builder.switch_to_block(head);
    let (asked, got) = fill(e, iteration, left);
    let first = e.slot_address(iteration.batch);
    let bytes = e
        .builder
        .ins()
        .imul_imm_u(got, i64::from(iteration.item_bytes));
    let last = e.builder.ins().iadd(first, bytes);
    let before = e.builder.ins().isub(iteration.said, left);
    let cursor = Cursor::start(head_out);
    let is_end = |e: &mut Emitter<'a, 'f>, at| e.builder.ins().icmp(IntCC::Equal, at, last);
    let end = list::each(e, first, cursor, is_end, |e, at, cursor| {
        let index = Index::InBatch {
            before,
            first,
            at,
            item_bytes: iteration.item_bytes,
        };
        let out = body(e, Item { at, index }, cursor, iteration.failing)?;
        Ok(out.map(|out| (e.add(at, i64::from(iteration.item_bytes)), out)))
    })?;

    let left = e.builder.ins().isub(left, got);
    let ended = e.builder.ins().icmp(IntCC::UnsignedLessThan, got, asked);
    let after = e.builder.create_block();
    let out = end.address(e);
    e.builder
        .ins()
        .brif(ended, after, &[], head, &[left.into(), out.into()]);
    e.builder.switch_to_block(after);
    unless_wrong(e, iteration, left, 0);
    Ok(Cursor::start(out))
}

/// Fills the batch: how many items were asked for, and how many came.
fn fill(e: &mut Emitter<'_, '_>, iteration: &Iteration, left: Value) -> (Value, Value) {
    // One more than is left, and never more than a batch.
    let most = e.word(i64::from(batch_len()) - 1);
    let asked = e.builder.ins().umin(left, most);
    let asked = e.add(asked, 1);
    let next = e.constant_address(iteration.next);
    let iter = e.slot_address(iteration.iter);
    let batch = e.slot_address(iteration.batch);
    let got = e.call(iteration.fill, &[e.cx, next, iter, batch, asked]);
    let failed = e
        .builder
        .ins()
        .icmp_imm_s(IntCC::Equal, got, (FAILED as u64).cast_signed());
    let go_on = e.builder.create_block();
    e.builder
        .ins()
        .brif(failed, iteration.failing.failed, &[], go_on, &[]);
    e.builder.switch_to_block(go_on);
    let excess = e.builder.ins().icmp(IntCC::UnsignedGreaterThan, got, left);
    fail_if(e, iteration, excess, 1);
    (asked, got)
}

/// Fails unless nothing is left once the iterator has ended.
fn unless_wrong(e: &mut Emitter<'_, '_>, iteration: &Iteration, left: Value, more: i64) {
    let wrong = e.builder.ins().icmp_imm_u(IntCC::NotEqual, left, 0);
    fail_if(e, iteration, wrong, more);
}

fn fail_if(e: &mut Emitter<'_, '_>, iteration: &Iteration, wrong: Value, more: i64) {
    let (cold, go_on) = (e.cold_block(), e.builder.create_block());
    e.builder.ins().brif(wrong, cold, &[], go_on, &[]);
    e.builder.switch_to_block(cold);
    let more = e.word(more);
    e.call_rarely(runtime::FAIL_LENGTH, &[iteration.said, more]);
    e.builder.ins().jump(iteration.failing.failed, &[]);
    e.builder.switch_to_block(go_on);
}
