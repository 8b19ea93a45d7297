//! Options beside each other that are looked at together: one branch if there are none, in place of one for each.
//!
//! Pointers, in what recurs: it ends in values that have none of them, half of the nodes of a tree. And texts whose words are read in place, which have
//! no branch of their own and take as long to write when there are none: of three or four all are often missing, of more at once seldom, so
//! that these are several rows.

use cranelift_codegen::ir::{InstBuilder, Value, types};
use vox_core::program::{Code, Op, OptionSource, Source, TagWidth};

use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::join::Join;
use super::option;
use super::place::Base;
use crate::error::CompileError;

/// The most pointers of a row: as many as one store writes zeros for.
const MOST_POINTERS: usize = 8;

/// The most texts of a row.
const MOST_TEXTS: usize = 4;

/// How many options `ops` begin with that are to be looked at together, if they are.
pub(super) fn count(e: &Emitter<'_, '_>, ops: &[Op]) -> Option<usize> {
    count_of(&e.program.code, ops, e.is_recursive, e.ready.is_some())
}

/// The same of code that recurs or not, and whose options were made ready or not.
fn count_of(code: &Code, ops: &[Op], is_recursive: bool, is_ready: bool) -> Option<usize> {
    let pointers = ops.iter().take_while(|op| is_pointer(op));
    let pointers = pointers.take(MOST_POINTERS).count();
    if is_recursive && pointers >= 2 {
        return Some(pointers);
    }
    let texts = ops.iter().take_while(|op| is_text(code, op));
    let texts = texts.take(MOST_TEXTS).count();
    (!is_ready && texts >= 3).then_some(texts)
}

fn is_pointer(op: &Op) -> bool {
    matches!(
        op,
        Op::WriteOption {
            source: OptionSource::NullIsNone,
            ..
        }
    )
}

fn is_text(code: &Code, op: &Op) -> bool {
    let Op::WriteOption {
        source:
            OptionSource::Tagged {
                tag: TagWidth::U64 | TagWidth::I64,
                ..
            },
        some,
        ..
    } = *op
    else {
        return false;
    };
    let ops = code.blocks.get(some.index()).map(|block| &block.ops[..]);
    matches!(
        ops,
        Some([Op::WriteBytes {
            source: Source::Words { .. },
            ..
        }])
    )
}

/// Writes the options of a row.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    row: &[Op],
    base: Base,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    let [first, others @ ..] = row else {
        return Err(malformed());
    };
    let mut any = load_unless_none(e, first, base)?;
    for op in others {
        // Each is one of the ops; the first was counted.
        e.count_op()?;
        let word = load_unless_none(e, op, base)?;
        any = e.builder.ins().bor(any, word);
    }
    let (some, none) = (e.builder.create_block(), e.builder.create_block());
    e.builder.ins().brif(any, some, &[], none, &[]);

    e.builder.switch_to_block(none);
    let end = write_zeros(e, row.len(), cursor)?;
    let mut join = Join::new(e, end.offset);
    join.arrive(e, Some(end));

    e.builder.switch_to_block(some);
    let end = write_each(e, row, base, cursor, scope)?;
    join.arrive(e, end);
    Ok(join.finish(e))
}

/// One after the other, as if they were no row.
fn write_each(
    e: &mut Emitter<'_, '_>,
    row: &[Op],
    base: Base,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    let mut cursor = Some(cursor);
    for op in row {
        let Op::WriteOption { at, source, some } = *op else {
            return Err(malformed());
        };
        // Behind a value that cannot exist nothing is ever reached.
        let Some(out) = cursor else { break };
        cursor = option::write(e, base.at(at), source, some, out, scope)?;
    }
    Ok(cursor)
}

/// Loads a word that is zero where an option is `None`.
fn load_unless_none(e: &mut Emitter<'_, '_>, op: &Op, base: Base) -> Result<Value, CompileError> {
    match *op {
        Op::WriteOption {
            at,
            source: OptionSource::NullIsNone,
            ..
        } => Ok(base.at(at).load(e, types::I64)),
        Op::WriteOption {
            at,
            source: OptionSource::Tagged { tag_at, none, .. },
            ..
        } => {
            let tag = base.at(at).load_at(e, types::I64, tag_at.0);
            Ok(e.builder.ins().bxor_imm_s(tag, none))
        }
        _ => Err(malformed()),
    }
}

fn malformed() -> CompileError {
    CompileError::Malformed(String::from("a row of options that is none"))
}

/// Writes so many bytes that are zero, in stores as wide as there are.
fn write_zeros(
    e: &mut Emitter<'_, '_>,
    many: usize,
    mut cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let mut left = many;
    for ty in [types::I64, types::I32, types::I16, types::I8] {
        let bytes = ty.bytes();
        while left >= bytes as usize {
            let zero = e.builder.ins().iconst(ty, 0);
            cursor.store(e, zero, 0);
            cursor = cursor.advance(bytes)?;
            left -= bytes as usize;
        }
    }
    Ok(cursor)
}

#[cfg(test)]
mod tests {
    use vox_core::program::{Block, BlockId, Offset};

    use super::*;

    const AT: Offset = Offset(0);

    fn option(source: OptionSource, some: usize) -> Op {
        let some = BlockId::from_index(some);
        Op::WriteOption {
            at: AT,
            source,
            some,
        }
    }

    /// Pointers, texts and bytes that take this many of each, in this order.
    fn code_of([pointers, texts, bytes]: [usize; 3]) -> Code {
        let text = Op::WriteBytes {
            at: AT,
            source: Source::Words { ptr: AT, len: AT },
            reserve: 0,
        };
        let tagged = OptionSource::Tagged {
            tag: TagWidth::U64,
            tag_at: AT,
            none: i64::MIN,
            payload: AT,
        };
        let mut ops = vec![option(OptionSource::NullIsNone, 1); pointers];
        ops.extend(vec![option(tagged, 1); texts]);
        ops.extend(vec![option(tagged, 2); bytes]);
        let blocks = [ops, vec![text], vec![Op::WriteByte { at: AT }]];
        Code {
            blocks: blocks.into_iter().map(|ops| Block { ops }).collect(),
            ..Code::default()
        }
    }

    fn counted(many: [usize; 3], is_recursive: bool, is_ready: bool) -> Option<usize> {
        let code = code_of(many);
        count_of(&code, &code.blocks[0].ops, is_recursive, is_ready)
    }

    #[test]
    fn pointers_are_a_row_in_what_recurs() {
        for (many, row) in [(1, None), (2, Some(2)), (8, Some(8)), (9, Some(8))] {
            assert_eq!(counted([many, 1, 1], true, false), row);
            assert_eq!(counted([many, 1, 1], false, false), None);
        }
    }

    #[test]
    fn three_or_four_texts_are_a_row_unless_they_are_ready() {
        for (many, row) in [(2, None), (3, Some(3)), (4, Some(4)), (5, Some(4))] {
            for is_recursive in [false, true] {
                assert_eq!(counted([0, many, 1], is_recursive, false), row);
                assert_eq!(counted([0, many, 1], is_recursive, true), None);
            }
        }
        // Neither behind something else, nor what is no text.
        assert_eq!(counted([1, 3, 0], true, false), None);
        assert_eq!(counted([0, 0, 4], false, false), None);
    }
}
