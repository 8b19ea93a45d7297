//! Sets and lists that are not contiguous: items of an iterator.
//!
//! One call of a trampoline, or of the routines for hash tables and B-trees, yields the addresses of up to 32 items. The iterator
//! is asked for one item more than the container said it has, so that one which yields too
//! many is found out; it is freed on every way out. A hash table has none: its position is a number.

use cranelift_codegen::ir::{InstBuilder, StackSlot, Value, condcodes::IntCC, types};
use vox_core::kernels::tree::Position;
use vox_core::program::{BlockId, FunctionId, FunctionKind, Iter, IterId, IterObject, PathId};
use vox_core::trampoline::FAILED;
use vox_core::trampoline::iter::BATCH;

use super::cold::{Index, Step};
use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::place::{Base, Place};
use super::runtime::{self, Function};
use super::{block, list, plain, source, varint, vtable};
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

/// Writes a length and each item.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    place: Place,
    items: Items,
    each: BlockId,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    if let Some(plan) = plain::plan(e, each) {
        return plain::write(e, place, items, plan, cursor, scope);
    }
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

/// How the items of a container are come by.
#[derive(Debug, Clone, Copy)]
enum Way {
    Iterator(IterObject),
    Table,
    Tree,
}

impl Way {
    fn of(e: &Emitter<'_, '_>, iter: &Iter, batches: &Batches) -> Self {
        let kind = e.program.code.functions.get(iter.next.index());
        match iter.object {
            Some(object) => Self::Iterator(object),
            None if kind == Some(&batches.tree.1) => Self::Tree,
            None => Self::Table,
        }
    }

    /// Fills a batch, and is told what kind of thing.
    fn fill(self, batches: &Batches) -> (Function, FunctionKind) {
        match self {
            Self::Iterator(_) => batches.iterator,
            Self::Table => batches.table,
            Self::Tree => batches.tree,
        }
    }

    /// Bytes of what tells how far it has come.
    #[expect(clippy::cast_possible_truncation, reason = "a handful of words")]
    const fn state_bytes(self) -> u32 {
        match self {
            Self::Iterator(_) | Self::Table => 16,
            Self::Tree => size_of::<Position>() as u32,
        }
    }

    /// Begins with the first item; answers what is to be done on the way out of a failure.
    fn begin(
        self,
        e: &mut Emitter<'_, '_>,
        iteration: &Iteration,
        place: Place,
        said: Value,
    ) -> Result<Option<Step>, CompileError> {
        let state = e.slot_address(iteration.state);
        match self {
            Self::Iterator(object) => {
                vtable::iter_init(e, object.init, place, state)?;
                Ok(Some(Step::Dealloc(object.dealloc, iteration.state)))
            }
            Self::Table => {
                // Before the first bucket.
                let start = [place.address(e), e.word(0)];
                e.store_pair(start, state);
                Ok(None)
            }
            Self::Tree => {
                let tree = e.constant_address(iteration.next);
                let container = place.address(e);
                let arguments = [e.cx, tree, container, said, state];
                e.call(runtime::TREE_START, &arguments);
                Ok(Some(Step::EndTree(iteration.next, iteration.state)))
            }
        }
    }

    fn end(self, e: &mut Emitter<'_, '_>, iteration: &Iteration) -> Result<(), CompileError> {
        match self {
            Self::Iterator(object) => {
                let state = e.slot_address(iteration.state);
                vtable::iter_dealloc(e, object.dealloc, state)?;
            }
            Self::Table => {}
            Self::Tree => end_tree(e, iteration.next, iteration.state),
        }
        Ok(())
    }
}

/// The state of one iteration that the emission of its parts shares.
#[derive(Debug, Clone, Copy)]
struct Iteration {
    /// Fills a batch.
    fill: Function,
    /// What it is told: the iterator's `next`, or the layout of the table.
    next: *const (),
    state: StackSlot,
    batch: StackSlot,
    /// What no turn of the loop over a batch needs, and so should have no register there.
    counts: Counts,
    item_bytes: u32,
}

/// Words on the stack.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts(StackSlot);

impl Counts {
    const BYTES: u32 = 24;
    /// How many items the container said it has.
    const SAID: i32 = 0;
    /// How many are behind the batch at hand.
    const LEFT: i32 = 8;
    /// 1 if the batch at hand is the last, for it is shorter than was asked for.
    const IS_LAST: i32 = 16;

    fn store(self, e: &mut Emitter<'_, '_>, value: Value, at: i32) {
        e.builder.ins().stack_store(types::I64, value, self.0, at);
    }

    fn load(self, e: &mut Emitter<'_, '_>, at: i32) -> Value {
        e.builder
            .ins()
            .stack_load(types::I64, types::I64, self.0, at)
    }

    /// How many items are before the end of the batch at hand.
    pub(super) fn until_end(self, e: &mut Emitter<'_, '_>) -> Value {
        let (said, left) = (self.load(e, Self::SAID), self.load(e, Self::LEFT));
        e.builder.ins().isub(said, left)
    }
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
    let Some(iter) = e.program.code.iters.get(items.iter.index()) else {
        return Err(CompileError::Malformed(format!(
            "there is no {}",
            items.iter
        )));
    };
    let way = Way::of(e, iter, &batches);
    let (fill, kind) = way.fill(&batches);
    let next = source::function_of(e, iter.next, kind)?;
    let said = vtable::len(e, items.len, place)?;
    let cursor = cursor.ensure(e, varint::MAX_LEN, scope);
    let cursor = varint::write(e, said, varint::MAX_LEN, cursor)?;

    let batch_bytes = batches.item_bytes * batch_len();
    let slots =
        [way.state_bytes(), batch_bytes, Counts::BYTES].map(|bytes| (bytes, e.take_slot(bytes)));
    let [state, batch, counts] = slots.map(|(_, slot)| slot);
    let iteration = Iteration {
        fill,
        next,
        state,
        batch,
        counts: Counts(counts),
        item_bytes: batches.item_bytes,
    };
    iteration.counts.store(e, said, Counts::SAID);
    let undo = way.begin(e, &iteration, place, said)?;
    let steps: Vec<Step> = core::iter::once(Step::Static(items.path))
        .chain(undo)
        .collect();
    let failing = e.way_out(scope, &steps);
    let end = emit_batches(e, &iteration, said, cursor, failing, body)?;
    way.end(e, &iteration)?;
    for (bytes, slot) in slots {
        e.give_slot(bytes, slot);
    }
    Ok(end.ensure(e, items.reserve, scope))
}

/// Ends an iteration over a B-tree.
pub(super) fn end_tree(e: &mut Emitter<'_, '_>, tree: *const (), position: StackSlot) {
    let tree = e.constant_address(tree);
    let position = e.slot_address(position);
    e.call(runtime::TREE_END, &[e.cx, tree, position]);
}

fn batch_len() -> u32 {
    u32::try_from(BATCH).expect("a batch is small")
}

/// The loop over batches, and in it the loop over the items of one.
fn emit_batches<'a, 'f>(
    e: &mut Emitter<'a, 'f>,
    iteration: &Iteration,
    said: Value,
    cursor: Cursor,
    failing: Scope,
    body: impl FnOnce(&mut Emitter<'a, 'f>, Item, Cursor, Scope) -> Result<Option<Cursor>, CompileError>,
) -> Result<Cursor, CompileError> {
    let Iteration {
        counts, item_bytes, ..
    } = *iteration;
    let out = cursor.address(e);
    let head = e.builder.create_block();
    let left = e.builder.append_block_param(head, types::I64);
    let head_out = e.builder.append_block_param(head, types::I64);
    e.builder.ins().jump(head, &[said.into(), out.into()]);

    e.builder.switch_to_block(head);
    let got = fill(e, iteration, left, failing);
    let first = e.slot_address(iteration.batch);
    let bytes = e.builder.ins().imul_imm_u(got, i64::from(item_bytes));
    let last = e.builder.ins().iadd(first, bytes);
    let cursor = Cursor::start(head_out);
    let is_end =
        |e: &mut Emitter<'a, 'f>, [at]: [Value; 1]| e.builder.ins().icmp(IntCC::Equal, at, last);
    let end = list::each(e, [first], cursor, is_end, |e, [at], cursor, turn| {
        let index = Index::InBatch {
            counts,
            last,
            at,
            item_bytes,
        };
        if let Some(out) = body(e, Item { at, index }, cursor, failing)? {
            let next = e.add(at, i64::from(item_bytes));
            turn(e, [next], out);
        }
        Ok(())
    })?;

    let left = counts.load(e, Counts::LEFT);
    let is_last = counts.load(e, Counts::IS_LAST);
    let after = e.builder.create_block();
    let out = end.address(e);
    e.builder
        .ins()
        .brif(is_last, after, &[], head, &[left.into(), out.into()]);
    e.builder.switch_to_block(after);
    let is_short = e.builder.ins().icmp_imm_u(IntCC::NotEqual, left, 0);
    fail_if(e, counts, is_short, 0, failing);
    Ok(Cursor::start(out))
}

/// Fills the batch, and notes what is left behind it: how many items came.
fn fill(e: &mut Emitter<'_, '_>, iteration: &Iteration, left: Value, failing: Scope) -> Value {
    // One more than is left, and never more than a batch.
    let most = e.word(i64::from(batch_len()) - 1);
    let asked = e.builder.ins().umin(left, most);
    let asked = e.add(asked, 1);
    let next = e.constant_address(iteration.next);
    let state = e.slot_address(iteration.state);
    let batch = e.slot_address(iteration.batch);
    let got = e.call(iteration.fill, &[e.cx, next, state, batch, asked]);
    let failed = e
        .builder
        .ins()
        .icmp_imm_s(IntCC::Equal, got, (FAILED as u64).cast_signed());
    let go_on = e.builder.create_block();
    e.builder
        .ins()
        .brif(failed, failing.failed, &[], go_on, &[]);
    e.builder.switch_to_block(go_on);
    let excess = e.builder.ins().icmp(IntCC::UnsignedGreaterThan, got, left);
    fail_if(e, iteration.counts, excess, 1, failing);
    let left = e.builder.ins().isub(left, got);
    iteration.counts.store(e, left, Counts::LEFT);
    let is_last = e.builder.ins().icmp(IntCC::UnsignedLessThan, got, asked);
    let is_last = e.builder.ins().uextend(types::I64, is_last);
    iteration.counts.store(e, is_last, Counts::IS_LAST);
    got
}

fn fail_if(e: &mut Emitter<'_, '_>, counts: Counts, wrong: Value, more: i64, failing: Scope) {
    let (cold, go_on) = (e.cold_block(), e.builder.create_block());
    e.builder.ins().brif(wrong, cold, &[], go_on, &[]);
    e.builder.switch_to_block(cold);
    let said = counts.load(e, Counts::SAID);
    let more = e.word(more);
    e.call_rarely(runtime::FAIL_LENGTH, &[said, more]);
    e.builder.ins().jump(failing.failed, &[]);
    e.builder.switch_to_block(go_on);
}
