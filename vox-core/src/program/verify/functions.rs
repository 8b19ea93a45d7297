//! Functions are of the kind their users call: a wrong kind is a call with the
//! wrong signature.

use super::super::{
    ArraySource, BlockId, Code, FunctionId, FunctionKind, IterId, Op, OptionSource, PointerSource,
    ProxyId, Source,
};
use super::{Place, VerifyError, op_place};

/// A function, what it is for, and the kinds that will do.
type Use = (FunctionId, &'static str, &'static [FunctionKind]);

/// Checks the kind of every function a program uses.
pub(super) fn check(code: &Code) -> Result<(), VerifyError> {
    use FunctionKind as Kind;
    for (index, iter) in code.iters.iter().enumerate() {
        let place = Place::Iter(IterId::from_index(index));
        match iter.object {
            Some(object) => {
                kind(code, place, (object.init, "init", &[Kind::IterInit]))?;
                let advancing = &[Kind::IterNext, Kind::MapIterNext];
                kind(code, place, (iter.next, "next", advancing))?;
                kind(
                    code,
                    place,
                    (object.dealloc, "dealloc", &[Kind::IterDealloc]),
                )?;
            }
            None => {
                let ours = &[
                    Kind::TableItems,
                    Kind::TableEntries,
                    Kind::TreeItems,
                    Kind::TreeEntries,
                ];
                kind(code, place, (iter.next, "next", ours))?;
            }
        }
    }
    for (index, proxy) in code.proxies.iter().enumerate() {
        let place = Place::Proxy(ProxyId::from_index(index));
        kind(
            code,
            place,
            (
                proxy.convert,
                "convert",
                &[Kind::ProxyConvert, Kind::Upgrade],
            ),
        )?;
        if let Some(drop) = proxy.drop {
            kind(code, place, (drop, "drop", &[Kind::DropShape]))?;
        }
    }
    for (index, block) in code.blocks.iter().enumerate() {
        let id = BlockId::from_index(index);
        for (index, op) in block.ops.iter().enumerate() {
            let place = op_place(code, id, index);
            for used in uses(code, op).into_iter().flatten() {
                kind(code, place, used)?;
            }
        }
    }
    Ok(())
}

fn kind(code: &Code, place: Place, (id, purpose, allowed): Use) -> Result<(), VerifyError> {
    let found = code.functions[id.index()];
    if allowed.contains(&found) {
        return Ok(());
    }
    let names: Vec<&str> = allowed.iter().map(|kind| kind.name()).collect();
    Err(VerifyError::new(
        place,
        format!(
            "`{purpose}` must be {}, but {id} is {}",
            names.join(" or "),
            found.name()
        ),
    ))
}

fn next(code: &Code, iter: IterId) -> FunctionId {
    code.iters[iter.index()].next
}

/// The functions an op calls, except those its proxy names.
fn uses(code: &Code, op: &Op) -> [Option<Use>; 3] {
    use FunctionKind as Kind;
    match *op {
        Op::WriteBytes { source, .. }
        | Op::WriteFixedList { source, .. }
        | Op::WriteListVarU16 { source, .. }
        | Op::WriteListVarU32 { source, .. }
        | Op::WriteListVarU64 { source, .. }
        | Op::WriteListVarI16 { source, .. }
        | Op::WriteListVarI32 { source, .. }
        | Op::WriteListVarI64 { source, .. }
        | Op::WriteUnitList { source, .. }
        | Op::WriteList { source, .. } => source_uses(source),
        Op::WriteArray { source, .. } => match source {
            ArraySource::Inline => [None; 3],
            ArraySource::Vtable { as_ptr } => one(as_ptr, "as_ptr", &[Kind::ArrayAsPtr]),
        },
        Op::WriteOption { source, .. } => match source {
            OptionSource::GetValue { get_value } => {
                one(get_value, "get_value", &[Kind::OptionGetValue])
            }
            OptionSource::IsSome { is_some } => one(is_some, "is_some", &[Kind::OptionIsSome]),
            OptionSource::NullIsNone | OptionSource::Tagged { .. } => [None; 3],
        },
        Op::WriteResult {
            is_ok,
            get_ok,
            get_err,
            ..
        } => [
            Some((is_ok, "is_ok", &[Kind::ResultIsOk])),
            Some((get_ok, "get_ok", &[Kind::ResultGetOk])),
            Some((get_err, "get_err", &[Kind::ResultGetErr])),
        ],
        Op::Borrow { source, .. } => match source {
            PointerSource::BorrowThin { borrow } | PointerSource::BorrowWide { borrow } => {
                one(borrow, "borrow", &[Kind::PointerBorrow])
            }
            PointerSource::Word | PointerSource::Counted { .. } => [None; 3],
        },
        Op::WriteIter { len, iter, .. } => [
            Some((len, "len", &[Kind::SetLen, Kind::ListLen])),
            Some((
                next(code, iter),
                "next",
                &[Kind::IterNext, Kind::TableItems, Kind::TreeItems],
            )),
            None,
        ],
        Op::WriteMap { len, iter, .. } => [
            Some((len, "len", &[Kind::MapLen])),
            Some((
                next(code, iter),
                "next",
                &[Kind::MapIterNext, Kind::TableEntries, Kind::TreeEntries],
            )),
            None,
        ],
        Op::WithLock { lock, .. } => one(lock, "lock", &[Kind::Lock, Kind::Read]),
        Op::Unless { skip_if, .. } => one(skip_if, "skip_if", &[Kind::SkipIf]),
        Op::WriteLeaf { leaf, .. } => one(leaf, "leaf", &[Kind::Leaf]),
        Op::Reserve { .. }
        | Op::WriteConst { .. }
        | Op::WriteByte { .. }
        | Op::CopyBytes { .. }
        | Op::WriteF32 { .. }
        | Op::WriteF64 { .. }
        | Op::WriteVarU16 { .. }
        | Op::WriteVarU32 { .. }
        | Op::WriteVarU64 { .. }
        | Op::WriteVarU128 { .. }
        | Op::WriteVarI16 { .. }
        | Op::WriteVarI32 { .. }
        | Op::WriteVarI64 { .. }
        | Op::WriteVarI128 { .. }
        | Op::WriteChar { .. }
        | Op::WriteRun { .. }
        | Op::Switch { .. }
        | Op::Call { .. }
        | Op::Repeat { .. }
        | Op::WithProxy { .. }
        | Op::Never { .. } => [None; 3],
    }
}

fn one(
    function: FunctionId,
    purpose: &'static str,
    allowed: &'static [FunctionKind],
) -> [Option<Use>; 3] {
    [Some((function, purpose, allowed)), None, None]
}

fn source_uses(source: Source) -> [Option<Use>; 3] {
    use FunctionKind as Kind;
    match source {
        Source::Words { .. } => [None; 3],
        Source::List { len, as_ptr } => [
            Some((len, "len", &[Kind::ListLen])),
            Some((as_ptr, "as_ptr", &[Kind::ListAsPtr])),
            None,
        ],
        Source::Slice { len, as_ptr } => [
            Some((len, "len", &[Kind::SliceLen])),
            Some((as_ptr, "as_ptr", &[Kind::SliceAsPtr])),
            None,
        ],
        Source::Accessor { parts } => one(parts, "parts", &[Kind::Accessor]),
    }
}
