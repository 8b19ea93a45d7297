//! Blocks that run under user code's control: behind a lock, on a proxy, or
//! only if a predicate does not skip them.
//!
//! What a trampoline took (a guard, a proxy value) is in the state of the
//! encode. It is given back at the end of the block; on failure whoever started the
//! encode does it.

use cranelift_codegen::ir::{InstBuilder, condcodes::IntCC};
use vox_core::program::{BlockId, FunctionId, FunctionKind, Offset, PathId, ProxyId};
use vox_core::trampoline::FAILED;
use vox_core::trampoline::predicate::KEEP;

use super::cold::Step;
use super::cursor::Cursor;
use super::emitter::{Emitter, Scope};
use super::join::Join;
use super::place::{Base, Place};
use super::{block, runtime, source};
use crate::error::CompileError;

/// Takes a lock, runs a block on what it protects, lets go.
pub(super) fn lock(
    e: &mut Emitter<'_, '_>,
    place: Place,
    lock: FunctionId,
    each: BlockId,
    path: PathId,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    let (through, kind) = match e.program.code.functions.get(lock.index()) {
        Some(FunctionKind::Read) => (runtime::READ, FunctionKind::Read),
        _ => (runtime::LOCK, FunctionKind::Lock),
    };
    let function = source::function_of(e, lock, kind)?;
    let failing = e.way_out(scope, &[Step::Static(path)]);
    let callee = e.constant_address(function);
    let value = place.address(e);
    let protected = e.call(through, &[e.cx, callee, value]);
    e.unless_null(protected, failing);
    let end = block::emit(e, each, Base::new(protected), cursor, scope)?;
    release(e, end, failing)
}

/// Converts a value to its proxy, runs a block on that, drops it.
pub(super) fn proxy(
    e: &mut Emitter<'_, '_>,
    place: Place,
    proxy: ProxyId,
    each: BlockId,
    path: PathId,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    let program = e.program;
    let Some(proxy) = program.code.proxies.get(proxy.index()) else {
        return Err(CompileError::Malformed(format!(
            "there is no proxy {proxy}"
        )));
    };
    let (kind, make) = match program.code.functions.get(proxy.convert.index()) {
        Some(FunctionKind::Upgrade) => (FunctionKind::Upgrade, runtime::UPGRADE),
        _ => (FunctionKind::ProxyConvert, runtime::CONVERT),
    };
    let convert = source::function_of(e, proxy.convert, kind)?;
    let drop = match proxy.drop {
        Some(drop) => source::function_of(e, drop, FunctionKind::DropShape)?,
        None => core::ptr::null(),
    };
    let failing = e.way_out(scope, &[Step::Static(path)]);
    let value = place.address(e);
    let (convert, drop) = (e.constant_address(convert), e.constant_address(drop));
    let (size, align) = (e.word(proxy.size.into()), e.word(proxy.align.into()));
    let made = e.call(make, &[e.cx, convert, value, size, align, drop]);
    e.unless_null(made, failing);
    let end = block::emit(e, each, Base::new(made), cursor, scope)?;
    release(e, end, failing)
}

/// Gives back what was taken last.
fn release(
    e: &mut Emitter<'_, '_>,
    end: Option<Cursor>,
    failing: Scope,
) -> Result<Option<Cursor>, CompileError> {
    let Some(end) = end else {
        return Ok(None);
    };
    let done = e.call(runtime::RELEASE_LAST, &[e.cx]);
    let failed = e
        .builder
        .ins()
        .icmp_imm_s(IntCC::Equal, done, (FAILED as u64).cast_signed());
    let go_on = e.builder.create_block();
    e.builder
        .ins()
        .brif(failed, failing.failed, &[], go_on, &[]);
    e.builder.switch_to_block(go_on);
    Ok(Some(end))
}

/// Runs a block unless a predicate says to skip. `base` is where the value is.
pub(super) fn unless(
    e: &mut Emitter<'_, '_>,
    base: Base,
    skip_if: FunctionId,
    each: BlockId,
    path: PathId,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    let function = source::function_of(e, skip_if, FunctionKind::SkipIf)?;
    let failing = e.way_out(scope, &[Step::Static(path)]);
    let callee = e.constant_address(function);
    let value = base.at(Offset(0)).address(e);
    let answer = e.call(runtime::SKIP, &[e.cx, callee, value]);
    let (keep, other) = (e.builder.create_block(), e.builder.create_block());
    let mut join = Join::new(e, cursor.offset);
    let kept = e
        .builder
        .ins()
        .icmp_imm_u(IntCC::Equal, answer, KEEP as i64);
    e.builder.ins().brif(kept, keep, &[], other, &[]);

    e.builder.switch_to_block(other);
    let failed = e
        .builder
        .ins()
        .icmp_imm_s(IntCC::Equal, answer, (FAILED as u64).cast_signed());
    let address = join.expect(e, cursor);
    e.builder
        .ins()
        .brif(failed, failing.failed, &[], join.block, &[address.into()]);

    e.builder.switch_to_block(keep);
    let end = block::emit(e, each, base, cursor, scope)?;
    join.arrive(e, end);
    Ok(join.finish(e))
}
