//! Arrays: no length on the wire, and the number of elements known while
//! lowering, so that short ones are unrolled and bytes are copied whole.

use facet_core::ArrayDef;

use super::LowerError;
use super::fuse::copied;
use super::limits::MAX_UNROLLED;
use super::list::stride;
use super::scope::{Part, Scope};
use super::walk::Walk;
use crate::program::{ArraySource, BlockId, FunctionKind, MAX_RESERVE, Offset, Op};

impl Walk<'_> {
    /// An array.
    pub(super) fn array(
        &mut self,
        def: &'static ArrayDef,
        scope: Scope<'_>,
    ) -> Result<(), LowerError> {
        if def.n == 0 {
            // Whatever its elements are, there are none.
            return Ok(());
        }
        let trail = scope.step(Part::Elements);
        let inner = scope.along(&trail);
        let stride = stride(def.t, &inner)?;
        let each = self.builder.open();
        let body = inner.inside(each).in_frame().unaligned_if(scope.unaligned);
        self.value(def.t, body)?;
        if self.builder.is_empty(each) {
            self.builder.discard(each);
            return Ok(());
        }
        let source = self.array_source(def, &scope);
        if let [only] = self.builder.ops(each)
            && copied(only) == Some((Offset(0), stride))
        {
            self.builder.discard(each);
            return self.bytes(def, source, scope);
        }
        if source == ArraySource::Inline
            && let Some(ops) = self.unrolled(each, def.n, stride, scope.at)
        {
            self.builder.discard(each);
            return ops
                .into_iter()
                .try_for_each(|op| self.builder.push(&scope, op));
        }
        let Ok(count) = u32::try_from(def.n) else {
            return Err(scope.refuse("is an array of more than 2^32 elements"));
        };
        let op = Op::WriteArray {
            at: scope.offset()?,
            source,
            count,
            stride,
            each,
            bound: 0,
            path: self.builder.path(&scope),
            reserve: 0,
        };
        self.builder.push(&scope, op)
    }

    /// Rust promises where the elements of an array are; where layouts may not
    /// be used, its function is asked all the same. Not in packed structs, where
    /// no reference may be made.
    fn array_source(&mut self, def: &'static ArrayDef, scope: &Scope<'_>) -> ArraySource {
        if self.probed || scope.unaligned {
            return ArraySource::Inline;
        }
        ArraySource::Vtable {
            as_ptr: self
                .builder
                .function(FunctionKind::ArrayAsPtr, def.vtable.as_ptr as *const ()),
        }
    }

    /// An array whose memory form is its wire form.
    fn bytes(
        &mut self,
        def: &'static ArrayDef,
        source: ArraySource,
        scope: Scope<'_>,
    ) -> Result<(), LowerError> {
        let size = stride(def.t, &scope)
            .ok()
            .and_then(|stride| u32::try_from(def.n).ok()?.checked_mul(stride));
        let Some(size) = size else {
            return Err(scope.refuse("is an array of more than 4 GiB"));
        };
        if source == ArraySource::Inline {
            return self.copies(size, scope);
        }
        // The function is asked once, for all of the elements.
        let at = scope.offset()?;
        let each = self.builder.open();
        self.copies(size, scope.inside(each))?;
        let op = Op::WriteArray {
            at,
            source,
            count: 1,
            stride: size,
            each,
            bound: 0,
            path: self.builder.path(&scope),
            reserve: 0,
        };
        self.builder.push(&scope, op)
    }

    /// Copies that may be longer than a reserve: a loop of full ones, then the rest.
    fn copies(&mut self, size: u32, scope: Scope<'_>) -> Result<(), LowerError> {
        let (full, rest) = (size / MAX_RESERVE, size % MAX_RESERVE);
        let at = scope.offset()?;
        match full {
            0 => {}
            1 => {
                let len = MAX_RESERVE;
                self.builder.push(&scope, Op::CopyBytes { at, len })?;
            }
            _ => {
                let each = self.builder.open();
                let body = scope.inside(each);
                let chunk = Op::CopyBytes {
                    at: Offset(0),
                    len: MAX_RESERVE,
                };
                self.builder.push(&body, chunk)?;
                let op = Op::WriteArray {
                    at,
                    source: ArraySource::Inline,
                    count: full,
                    stride: MAX_RESERVE,
                    each,
                    bound: 0,
                    path: self.builder.path(&scope),
                    reserve: 0,
                };
                self.builder.push(&scope, op)?;
            }
        }
        if rest == 0 {
            return Ok(());
        }
        let done = usize::try_from(size - rest)
            .map_err(|_| scope.refuse("is an array of more bytes than there are addresses"))?;
        let at = scope.moved(done)?.offset()?;
        let copy = match rest {
            1 => Op::WriteByte { at },
            len => Op::CopyBytes { at, len },
        };
        self.builder.push(&scope, copy)
    }

    /// The ops of a short array of scalars, one element after the other.
    fn unrolled(&self, each: BlockId, count: usize, stride: u32, at: usize) -> Option<Vec<Op>> {
        let body = self.builder.ops(each);
        if body.len().checked_mul(count)? > MAX_UNROLLED {
            return None;
        }
        let at = u32::try_from(at).ok()?;
        let mut ops = Vec::new();
        for index in 0..u32::try_from(count).ok()? {
            let delta = index.checked_mul(stride)?.checked_add(at)?;
            for op in body {
                ops.push(shifted(op, delta)?);
            }
        }
        let reachable = |op: &Op| i32::try_from(at_of(op).unwrap_or_default().0).is_ok();
        ops.iter().all(reachable).then_some(ops)
    }
}

/// Where a scalar op reads.
fn at_of(op: &Op) -> Option<Offset> {
    match *op {
        Op::WriteByte { at }
        | Op::CopyBytes { at, .. }
        | Op::WriteF32 { at }
        | Op::WriteF64 { at }
        | Op::WriteChar { at }
        | Op::WriteVarU16 { at }
        | Op::WriteVarU32 { at }
        | Op::WriteVarU64 { at }
        | Op::WriteVarU128 { at }
        | Op::WriteVarI16 { at }
        | Op::WriteVarI32 { at }
        | Op::WriteVarI64 { at }
        | Op::WriteVarI128 { at } => Some(at),
        _ => None,
    }
}

/// A scalar op moved by some bytes; `None` for ops of any other kind.
fn shifted(op: &Op, delta: u32) -> Option<Op> {
    let at = Offset(at_of(op)?.0.checked_add(delta)?);
    Some(match *op {
        Op::WriteByte { .. } => Op::WriteByte { at },
        Op::CopyBytes { len, .. } => Op::CopyBytes { at, len },
        Op::WriteF32 { .. } => Op::WriteF32 { at },
        Op::WriteF64 { .. } => Op::WriteF64 { at },
        Op::WriteChar { .. } => Op::WriteChar { at },
        Op::WriteVarU16 { .. } => Op::WriteVarU16 { at },
        Op::WriteVarU32 { .. } => Op::WriteVarU32 { at },
        Op::WriteVarU64 { .. } => Op::WriteVarU64 { at },
        Op::WriteVarU128 { .. } => Op::WriteVarU128 { at },
        Op::WriteVarI16 { .. } => Op::WriteVarI16 { at },
        Op::WriteVarI32 { .. } => Op::WriteVarI32 { at },
        Op::WriteVarI64 { .. } => Op::WriteVarI64 { at },
        Op::WriteVarI128 { .. } => Op::WriteVarI128 { at },
        _ => return None,
    })
}
