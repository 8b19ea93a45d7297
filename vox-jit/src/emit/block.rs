//! A block: its ops one after the other. The one match over all ops.

use cranelift_codegen::ir::types;
use vox_core::program::{BlockId, Op};

use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::place::Base;
use super::switch::Choice;
use super::{
    array, borrow, bytes, call, character, guarded, iter, list, map, option, option_row, ready,
    result, run, runtime, scalar, switch,
};
use crate::error::CompileError;

/// Goes on at an end of what is emitted.
pub(super) type End<'t, 'a, 'f> = &'t mut dyn FnMut(&mut Emitter<'a, 'f>, Cursor);

/// Emits a block. `None` when it never comes to its end.
pub(super) fn emit(
    e: &mut Emitter<'_, '_>,
    id: BlockId,
    base: Base,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    emit_ops(e, id, base, cursor, scope, None)
}

/// The same with as many ends as the block's last op has branches: `end` is called at each, where [`emit`] would have them jump to
/// one place.
pub(super) fn emit_to_ends<'a, 'f>(
    e: &mut Emitter<'a, 'f>,
    id: BlockId,
    base: Base,
    cursor: Cursor,
    scope: Scope,
    end: End<'_, 'a, 'f>,
) -> Result<(), CompileError> {
    if let Some(cursor) = emit_ops(e, id, base, cursor, scope, Some(&mut *end))? {
        end(e, cursor);
    }
    Ok(())
}

/// Emits the ops of a block. Where there is an `end`, branches of the last op may go on with that, and not to the cursor that is answered.
fn emit_ops<'a, 'f>(
    e: &mut Emitter<'a, 'f>,
    id: BlockId,
    base: Base,
    cursor: Cursor,
    scope: Scope,
    mut end: Option<End<'_, 'a, 'f>>,
) -> Result<Option<Cursor>, CompileError> {
    let scope = scope.nested()?;
    let program = e.program;
    let Some(block) = program.code.blocks.get(id.index()) else {
        return Err(CompileError::Malformed(format!("there is no block {id}")));
    };
    let ready = ready::begin(e, id, base);
    let around = core::mem::replace(&mut e.ready, ready);
    let mut cursor = Some(cursor);
    let mut ops = block.ops.as_slice();
    while let Some((op, mut rest)) = ops.split_first() {
        let Some(out) = cursor else {
            // Behind a value that cannot exist nothing is ever reached.
            break;
        };
        e.count_op()?;
        cursor = match (op, &mut end) {
            (
                &Op::Switch {
                    at,
                    tag,
                    arms,
                    path,
                },
                Some(end),
            ) if rest.is_empty() && switch::has_many_arms(program, arms) => {
                let choice = Choice { tag, arms, path };
                switch::write_to_ends(e, base.moved(at), choice, out, scope, end)?
            }
            _ if let Some(many) = option_row::count(e, ops) => {
                rest = &ops[many..];
                option_row::write(e, &ops[..many], base, out, scope)?
            }
            _ => emit_op(e, op, rest, base, out, scope)?,
        };
        ops = rest;
    }
    if let Some(ready) = core::mem::replace(&mut e.ready, around) {
        ready::end(e, ready);
    }
    Ok(cursor)
}

/// Emits one op, which `rest` follow. A list of one-line arms, longer than a function usually gets:
/// it is the table of all ops.
pub(super) fn emit_op(
    e: &mut Emitter<'_, '_>,
    op: &Op,
    rest: &[Op],
    base: Base,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    let program = e.program;
    match *op {
        Op::Reserve { bytes } if cursor.spare >= bytes => Ok(Some(cursor)),
        Op::Reserve { bytes } => {
            let ahead = bytes::room_ahead(e.program, rest);
            Ok(Some(cursor.ensure(e, bytes.max(ahead), scope)))
        }
        Op::WriteConst { bytes } => scalar::write_const(e, bytes, cursor).map(Some),
        Op::WriteByte { at } => scalar::write_byte(e, base.at(at), cursor).map(Some),
        Op::CopyBytes { at, len } => scalar::copy_bytes(e, base.at(at), len, cursor).map(Some),
        Op::WriteF32 { at } => scalar::write_float(e, base.at(at), types::I32, cursor).map(Some),
        Op::WriteF64 { at } => scalar::write_float(e, base.at(at), types::I64, cursor).map(Some),
        Op::WriteVarU16 { .. }
        | Op::WriteVarU32 { .. }
        | Op::WriteVarU64 { .. }
        | Op::WriteVarI16 { .. }
        | Op::WriteVarI32 { .. }
        | Op::WriteVarI64 { .. } => scalar::write_integer(e, op, base, cursor).map(Some),
        Op::WriteVarU128 { at } => {
            scalar::write_called(e, base.at(at), runtime::VARINT_U128, 19, cursor).map(Some)
        }
        Op::WriteVarI128 { at } => {
            scalar::write_called(e, base.at(at), runtime::VARINT_I128, 19, cursor).map(Some)
        }
        Op::WriteChar { at } => character::write(e, base.at(at), cursor).map(Some),
        Op::WriteRun { each } => run::write(e, each, base, cursor, scope),
        Op::WriteBytes {
            at,
            source,
            reserve,
        } => {
            let ahead = bytes::room_ahead(e.program, rest);
            bytes::write(e, base.at(at), source, reserve, ahead, cursor, scope).map(Some)
        }
        Op::WriteFixedList {
            at,
            source,
            width,
            reserve,
        } => bytes::write_fixed(e, base.at(at), source, width, reserve, cursor, scope).map(Some),
        Op::WriteListVarU16 {
            at,
            source,
            reserve,
        } => bytes::write_by(
            e,
            runtime::list("LIST_U16", program.linkage.kernels.list_u16),
            base.at(at),
            source,
            reserve,
            cursor,
            scope,
        )
        .map(Some),
        Op::WriteListVarU32 {
            at,
            source,
            reserve,
        } => bytes::write_by(
            e,
            runtime::list("LIST_U32", program.linkage.kernels.list_u32),
            base.at(at),
            source,
            reserve,
            cursor,
            scope,
        )
        .map(Some),
        Op::WriteListVarU64 {
            at,
            source,
            reserve,
        } => bytes::write_by(
            e,
            runtime::list("LIST_U64", program.linkage.kernels.list_u64),
            base.at(at),
            source,
            reserve,
            cursor,
            scope,
        )
        .map(Some),
        Op::WriteListVarI16 {
            at,
            source,
            reserve,
        } => bytes::write_by(
            e,
            runtime::list("LIST_I16", program.linkage.kernels.list_i16),
            base.at(at),
            source,
            reserve,
            cursor,
            scope,
        )
        .map(Some),
        Op::WriteListVarI32 {
            at,
            source,
            reserve,
        } => bytes::write_by(
            e,
            runtime::list("LIST_I32", program.linkage.kernels.list_i32),
            base.at(at),
            source,
            reserve,
            cursor,
            scope,
        )
        .map(Some),
        Op::WriteListVarI64 {
            at,
            source,
            reserve,
        } => bytes::write_by(
            e,
            runtime::list("LIST_I64", program.linkage.kernels.list_i64),
            base.at(at),
            source,
            reserve,
            cursor,
            scope,
        )
        .map(Some),
        Op::WriteUnitList {
            at,
            source,
            reserve,
        } => bytes::write_unit_list(e, base.at(at), source, reserve, cursor, scope).map(Some),
        Op::WriteList {
            at,
            source,
            stride,
            each,
            bound,
            path,
            reserve,
        } => {
            let items = list::Items {
                stride,
                each,
                bound,
                path,
                reserve,
            };
            list::write(e, base.at(at), source, items, cursor, scope).map(Some)
        }
        Op::WriteArray {
            at,
            source,
            count,
            stride,
            each,
            bound,
            path,
            reserve,
        } => {
            let items = list::Items {
                stride,
                each,
                bound,
                path,
                reserve,
            };
            array::write(e, base.at(at), source, count, items, cursor, scope).map(Some)
        }
        Op::WriteOption { at, source, some } => {
            option::write(e, base.at(at), source, some, cursor, scope)
        }
        Op::WriteResult {
            at,
            is_ok,
            get_ok,
            get_err,
            ok,
            err,
        } => {
            let arms = [(0, get_ok, ok), (1, get_err, err)];
            result::write(e, base.at(at), is_ok, arms, cursor, scope)
        }
        Op::Switch {
            at,
            tag,
            arms,
            path,
        } => {
            let choice = Choice { tag, arms, path };
            switch::write(e, base.moved(at), choice, cursor, scope)
        }
        Op::Borrow { at, source, each } => {
            borrow::write(e, base.at(at), source, each, cursor, scope)
        }
        Op::WriteIter {
            at,
            len,
            iter,
            each,
            path,
            reserve,
        } => {
            let items = iter::Items {
                len,
                iter,
                path,
                reserve,
            };
            iter::write(e, base.at(at), items, each, cursor, scope).map(Some)
        }
        Op::WriteMap {
            at,
            len,
            iter,
            key,
            value,
            path,
            reserve,
        } => {
            let items = iter::Items {
                len,
                iter,
                path,
                reserve,
            };
            map::write(e, base.at(at), items, key, value, cursor, scope).map(Some)
        }
        Op::Call { at, child, path } => call::child(e, base.at(at), child, path, cursor, scope),
        Op::Repeat { at, .. } => {
            call::repeat(e, base.at(at), cursor, scope);
            Ok(None)
        }
        Op::WithLock {
            at,
            lock,
            each,
            path,
        } => guarded::lock(e, base.at(at), lock, each, path, cursor, scope),
        Op::WithProxy {
            at,
            proxy,
            each,
            path,
        } => guarded::proxy(e, base.at(at), proxy, each, path, cursor, scope),
        Op::Unless {
            at,
            skip_if,
            each,
            path,
        } => guarded::unless(e, base.moved(at), skip_if, each, path, cursor, scope),
        Op::WriteLeaf {
            at,
            leaf,
            path,
            reserve,
        } => call::leaf(e, base.at(at), leaf, path, reserve, cursor, scope).map(Some),
        Op::Never { why, path } => {
            call::never(e, why, path, scope);
            Ok(None)
        }
    }
}
