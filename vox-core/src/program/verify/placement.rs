//! Each op is allowed where it stands: its numbers are within limits, it stays
//! inside what its block was entered with, and ops that do not come back come
//! last.
//!
//! The walk carries what the ops above a block say about it ([`Context`]).

use super::super::field::Field;
use super::super::{
    Arm, ArraySource, BlockId, Code, MAX_RESERVE, Op, OptionSource, PointerSource, Proxy, ProxyId,
    Source, TableId, TagWidth, max_written,
};
use super::{Place, VerifyError, op_place};

/// The size of a word in memory. A program is made for the process it runs in.
const WORD: u64 = size_of::<usize>() as u64;

/// The largest distance from a base: the reach of a machine instruction's offset.
const MAX_OFFSET: u64 = i32::MAX as u64;

/// What is known about a block from the ops that lead to it.
#[derive(Debug, Clone, Copy)]
struct Context {
    /// Nothing is left to do after the block, in any block above it.
    tail: bool,
    /// The way here went through a pointer (or a function that may follow one),
    /// so the value here is not the one the program started with.
    moved_on: bool,
    /// The base is a pair in the frame of the op that borrowed it.
    pair_of_ours: bool,
    /// How far ops without an address of their own have moved the base.
    displacement: u64,
    /// How many bytes there are from the base on, where the program says so.
    size: Option<u64>,
    /// A list or array reserves for the block: it may not make room itself.
    bounded: bool,
}

impl Context {
    const ROOT: Self = Self {
        tail: true,
        moved_on: false,
        pair_of_ours: false,
        displacement: 0,
        size: None,
        bounded: false,
    };

    /// A block whose base is an address of its own, of `size` bytes.
    fn elsewhere(self, size: Option<u64>) -> Self {
        Self {
            moved_on: true,
            pair_of_ours: false,
            displacement: 0,
            size,
            ..self
        }
    }

    /// A block whose base is this one's, moved.
    fn moved(self, at: u64) -> Self {
        Self {
            displacement: self.displacement + at,
            size: self.size.map(|size| size.saturating_sub(at)),
            ..self
        }
    }

    /// A block that is run many times, or after which something is to be done.
    fn returning(self) -> Self {
        Self {
            tail: false,
            ..self
        }
    }

    fn bounded_by(self, bound: u32) -> Self {
        Self {
            bounded: bound > 0,
            ..self
        }
    }
}

/// Checks every op of a program whose references and blocks are in order.
pub(super) fn check(code: &Code) -> Result<(), VerifyError> {
    for (index, proxy) in code.proxies.iter().enumerate() {
        layout(Place::Proxy(ProxyId::from_index(index)), proxy)?;
    }
    for (index, arms) in code.tables.iter().enumerate() {
        distinct(Place::Table(TableId::from_index(index)), arms)?;
    }
    let mut left = vec![(BlockId(0), Context::ROOT)];
    while let Some((id, context)) = left.pop() {
        block(code, id, context, &mut left)?;
    }
    Ok(())
}

fn layout(place: Place, proxy: &Proxy) -> Result<(), VerifyError> {
    let what = if !proxy.align.is_power_of_two() {
        format!("the alignment {} is no power of two", proxy.align)
    } else if !proxy.size.is_multiple_of(proxy.align) {
        let (size, align) = (proxy.size, proxy.align);
        format!("the size {size} is no multiple of the alignment {align}")
    } else {
        return Ok(());
    };
    Err(VerifyError::new(place, what))
}

fn distinct(place: Place, arms: &[Arm]) -> Result<(), VerifyError> {
    let mut discriminants: Vec<i64> = arms.iter().map(|arm| arm.discriminant).collect();
    discriminants.sort_unstable();
    match discriminants.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(()),
        Some(pair) => Err(VerifyError::new(
            place,
            format!("two arms have the discriminant {}", pair[0]),
        )),
    }
}

/// Checks the ops of a block and adds the blocks they run to those that are left.
fn block(
    code: &Code,
    id: BlockId,
    context: Context,
    left: &mut Vec<(BlockId, Context)>,
) -> Result<(), VerifyError> {
    let ops = &code.block(id).ops;
    for (index, op) in ops.iter().enumerate() {
        let last = index + 1 == ops.len();
        let context = Context {
            tail: context.tail && last,
            ..context
        };
        let found = limits(op)
            .and_then(|()| extent(op, context))
            .and_then(|()| room(op, context))
            .and_then(|()| shape(code, op))
            .and_then(|()| position(op, last, context));
        found.map_err(|what| VerifyError::new(op_place(code, id, index), what))?;
        let below = enter(code, op, context);
        left.extend(op.blocks(code).into_iter().map(|(_, inner)| (inner, below)));
    }
    Ok(())
}

/// What an op says about the blocks it runs.
fn enter(code: &Code, op: &Op, context: Context) -> Context {
    match *op {
        Op::WriteOption {
            at,
            source: OptionSource::NullIsNone,
            ..
        } => context.moved(u64::from(at.0)),
        Op::WriteOption {
            at,
            source: OptionSource::Tagged { payload, .. },
            ..
        } => context.moved(u64::from(at.0) + u64::from(payload.0)),
        Op::WriteOption { .. } | Op::WriteResult { .. } => context.elsewhere(None),
        Op::Switch { at, .. } | Op::Unless { at, .. } => context.moved(u64::from(at.0)),
        Op::WriteRun { .. } => context.returning(),
        Op::Borrow { source, .. } => match source {
            PointerSource::BorrowThin { .. } | PointerSource::Word => context.elsewhere(None),
            PointerSource::BorrowWide { .. } | PointerSource::Counted { .. } => Context {
                pair_of_ours: true,
                ..context.elsewhere(Some(2 * WORD))
            },
        },
        Op::WriteList { stride, bound, .. } | Op::WriteArray { stride, bound, .. } => context
            .elsewhere(Some(u64::from(stride)))
            .bounded_by(bound)
            .returning(),
        Op::WithProxy { proxy, .. } => context
            .elsewhere(Some(u64::from(code.proxies[proxy.index()].size)))
            .returning(),
        // Iterators and maps, locks; no other op runs a block.
        _ => context.elsewhere(None).returning(),
    }
}

/// Sizes are no larger than tiers are built for.
fn limits(op: &Op) -> Result<(), String> {
    op.try_for_each_field(|name, field| match (name, field) {
        ("bytes" | "reserve" | "bound", Field::Number(number)) => at_most_reserve(name, number),
        _ => Ok(()),
    })?;
    match *op {
        Op::CopyBytes { len, .. } => at_most_reserve("len", len),
        Op::WriteFixedList { width, .. } if width < 2 => {
            Err(format!("`width` is {width}, but must be at least 2"))
        }
        _ => Ok(()),
    }
}

fn at_most_reserve(name: &str, number: u32) -> Result<(), String> {
    if number <= MAX_RESERVE {
        Ok(())
    } else {
        Err(format!("`{name}` is {number}, more than {MAX_RESERVE}"))
    }
}

/// What an op reads lies inside what its block was entered with, and in reach.
fn extent(op: &Op, context: Context) -> Result<(), String> {
    let Some((at, len)) = reads(op) else {
        return Ok(());
    };
    let end = context.displacement + at + len;
    if end > MAX_OFFSET {
        return Err(format!(
            "reaches {end} bytes from the base, more than {MAX_OFFSET}"
        ));
    }
    let array = match *op {
        Op::WriteArray {
            source: ArraySource::Inline,
            count,
            stride,
            ..
        } => u64::from(count) * u64::from(stride),
        _ => len,
    };
    match context.size {
        Some(size) if at + array > size => Err(format!(
            "reads up to byte {} of a value of {size} bytes",
            at + array
        )),
        _ => Ok(()),
    }
}

/// Where an op reads, and how many bytes it reads there itself. What functions
/// read is not known.
fn reads(op: &Op) -> Option<(u64, u64)> {
    let (at, len) = match *op {
        Op::Reserve { .. } | Op::WriteConst { .. } | Op::WriteRun { .. } | Op::Never { .. } => {
            return None;
        }
        Op::WriteByte { at } => (at, 1),
        Op::CopyBytes { at, len } => (at, u64::from(len)),
        Op::WriteF32 { at } => (at, 4),
        Op::WriteF64 { at } => (at, 8),
        Op::WriteVarU16 { at } => (at, 2),
        Op::WriteVarU32 { at } => (at, 4),
        Op::WriteVarU64 { at } => (at, 8),
        Op::WriteVarU128 { at } => (at, 16),
        Op::WriteVarI16 { at } => (at, 2),
        Op::WriteVarI32 { at } => (at, 4),
        Op::WriteVarI64 { at } => (at, 8),
        Op::WriteVarI128 { at } => (at, 16),
        Op::WriteChar { at } => (at, 4),
        Op::WriteBytes { at, source, .. }
        | Op::WriteFixedList { at, source, .. }
        | Op::WriteListVarU16 { at, source, .. }
        | Op::WriteListVarU32 { at, source, .. }
        | Op::WriteListVarU64 { at, source, .. }
        | Op::WriteListVarI16 { at, source, .. }
        | Op::WriteListVarI32 { at, source, .. }
        | Op::WriteListVarI64 { at, source, .. }
        | Op::WriteUnitList { at, source, .. }
        | Op::WriteList { at, source, .. } => (at, source_reads(source)),
        Op::WriteOption {
            at,
            source: OptionSource::NullIsNone,
            ..
        }
        | Op::Borrow {
            at,
            source: PointerSource::Word,
            ..
        } => (at, WORD),
        Op::Borrow {
            at,
            source: PointerSource::Counted { ptr, len, .. },
            ..
        } => (at, u64::from(ptr.0.max(len.0)) + WORD),
        Op::WriteOption {
            at,
            source: OptionSource::Tagged { tag, tag_at, .. },
            ..
        } => (at, u64::from(tag_at.0) + tag_size(tag)),
        Op::Switch { at, tag, .. } => (at, tag_size(tag)),
        Op::WriteArray { at, .. }
        | Op::WriteOption { at, .. }
        | Op::WriteResult { at, .. }
        | Op::Borrow { at, .. }
        | Op::WriteIter { at, .. }
        | Op::WriteMap { at, .. }
        | Op::Call { at, .. }
        | Op::Repeat { at, .. }
        | Op::WithLock { at, .. }
        | Op::WithProxy { at, .. }
        | Op::Unless { at, .. }
        | Op::WriteLeaf { at, .. } => (at, 0),
    };
    Some((u64::from(at.0), len))
}

fn source_reads(source: Source) -> u64 {
    match source {
        Source::Words { ptr, len } => u64::from(ptr.0.max(len.0)) + WORD,
        Source::Slice { .. } => 2 * WORD,
        Source::List { .. } | Source::Accessor { .. } => 0,
    }
}

const fn tag_size(tag: TagWidth) -> u64 {
    match tag {
        TagWidth::U8 | TagWidth::I8 => 1,
        TagWidth::U16 | TagWidth::I16 => 2,
        TagWidth::U32 | TagWidth::I32 => 4,
        TagWidth::U64 | TagWidth::I64 => 8,
    }
}

/// Where a loop reserves for its block, possibly for many elements at once, an
/// op that made room itself could use up what the next elements were promised.
fn room(op: &Op, context: Context) -> Result<(), String> {
    let makes_room = max_written(op).is_none() || matches!(op, Op::Reserve { .. });
    if context.bounded && makes_room {
        return Err("makes its own room inside a block that has a bound".to_owned());
    }
    Ok(())
}

/// The blocks and arms an op has are such that it means something.
fn shape(code: &Code, op: &Op) -> Result<(), String> {
    match *op {
        Op::WriteOption {
            source: OptionSource::IsSome { .. },
            some,
            ..
        } if !code.block(some).ops.is_empty() => Err(format!(
            "`is_some` finds no payload, but {some} is not empty"
        )),
        Op::WriteOption {
            source: OptionSource::Tagged { tag, none, .. },
            ..
        } if !in_range(tag, none) => Err(format!("`none` is {none}, which is no {}", tag.name())),
        Op::WriteList { each, .. } if code.block(each).ops.is_empty() => {
            Err(format!("{each} is empty: that is a `write_unit_list`"))
        }
        Op::WriteArray { each, .. } if code.block(each).ops.is_empty() => {
            Err(format!("{each} is empty: that is no op at all"))
        }
        Op::WriteRun { each } => match code.block(each).ops.iter().find(|op| !is_field(op)) {
            Some(op) => Err(format!("a run has no `{}`", op.name())),
            None => Ok(()),
        },
        Op::Switch { tag, arms, .. } => fits(tag, arms, &code.tables[arms.index()]),
        _ => Ok(()),
    }
}

/// Whether an op writes one field and may be part of a run.
fn is_field(op: &Op) -> bool {
    matches!(
        op,
        Op::WriteByte { .. }
            | Op::CopyBytes { .. }
            | Op::WriteF32 { .. }
            | Op::WriteF64 { .. }
            | Op::WriteVarU16 { .. }
            | Op::WriteVarU32 { .. }
            | Op::WriteVarU64 { .. }
            | Op::WriteVarI16 { .. }
            | Op::WriteVarI32 { .. }
            | Op::WriteVarI64 { .. }
    )
}

/// Whether a number can be read as this tag.
fn in_range(tag: TagWidth, number: i64) -> bool {
    let (least, most) = match tag {
        TagWidth::U8 => (0, i64::from(u8::MAX)),
        TagWidth::U16 => (0, i64::from(u16::MAX)),
        TagWidth::U32 => (0, i64::from(u32::MAX)),
        TagWidth::I8 => (i64::from(i8::MIN), i64::from(i8::MAX)),
        TagWidth::I16 => (i64::from(i16::MIN), i64::from(i16::MAX)),
        TagWidth::I32 => (i64::from(i32::MIN), i64::from(i32::MAX)),
        TagWidth::U64 | TagWidth::I64 => (i64::MIN, i64::MAX),
    };
    (least..=most).contains(&number)
}

fn fits(tag: TagWidth, table: TableId, arms: &[Arm]) -> Result<(), String> {
    if arms.is_empty() {
        return Err(format!("{table} has no arms: such a value is a `never`"));
    }
    let outside = |arm: &&Arm| !in_range(tag, arm.discriminant);
    match arms.iter().find(outside) {
        None => Ok(()),
        Some(arm) => Err(format!(
            "the discriminant {} of {table} does not fit {}",
            arm.discriminant,
            tag.name()
        )),
    }
}

/// Ops that do not come back stand where nothing waits for them.
fn position(op: &Op, last: bool, context: Context) -> Result<(), String> {
    let problem = match op {
        Op::Never { .. } if !last => "is not the last op of its block",
        Op::Repeat { .. } if !last => "is not the last op of its block",
        Op::Repeat { .. } if !context.tail => {
            "is not in last position: ops, a loop, a lock or a proxy above it are not done"
        }
        Op::Repeat { .. } if context.pair_of_ours => {
            "would start over on a pair that only lives as long as the borrow"
        }
        Op::Repeat { .. } if !context.moved_on => {
            "would never end: no pointer leads from the value to where it starts over"
        }
        _ => return Ok(()),
    };
    Err(problem.to_owned())
}
