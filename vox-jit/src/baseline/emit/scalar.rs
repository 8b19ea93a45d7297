//! Fields: stores in place for what has a fixed width, calls for varints.
//!
//! Stores do not move the cursor one by one: it moves once, behind the last of them.

use vox_core::kernels::Run;
use vox_core::program::{BlockId, Literal, Offset, Op};

use super::super::handlers::{Handler, Kind};
use super::super::isa::Assembler;
use super::{Emitter, Refusal, Scope, names};

/// The most bytes that are copied in place.
pub(super) const MAX_COPY: u32 = 32;

/// The most the cursor may be behind what was stored.
const MAX_PENDING: u32 = 64;

/// An op that stores a fixed number of bytes.
#[derive(Clone, Copy)]
enum Store {
    Const(Literal),
    Copy { at: Offset, len: u32 },
}

impl Store {
    fn of(op: &Op) -> Option<Self> {
        match *op {
            Op::WriteConst { bytes } => Some(Self::Const(bytes)),
            Op::WriteByte { at } => Some(Self::Copy { at, len: 1 }),
            // Both processors are little-endian: floats are their own wire form.
            Op::WriteF32 { at } => Some(Self::Copy { at, len: 4 }),
            Op::WriteF64 { at } => Some(Self::Copy { at, len: 8 }),
            Op::CopyBytes { at, len } if len <= MAX_COPY => Some(Self::Copy { at, len }),
            _ => None,
        }
    }

    fn len(self) -> u32 {
        match self {
            Self::Const(bytes) => bytes.len(),
            Self::Copy { len, .. } => len,
        }
    }
}

/// The varint an op writes.
#[inline]
pub(super) fn varint(op: &Op) -> Option<(Kind, Offset)> {
    match *op {
        Op::WriteVarU16 { at } => Some((Kind::U16, at)),
        Op::WriteVarU32 { at } => Some((Kind::U32, at)),
        Op::WriteVarU64 { at } => Some((Kind::U64, at)),
        Op::WriteVarI16 { at } => Some((Kind::I16, at)),
        Op::WriteVarI32 { at } => Some((Kind::I32, at)),
        Op::WriteVarI64 { at } => Some((Kind::I64, at)),
        _ => None,
    }
}

impl<A: Assembler> Emitter<'_, '_, A> {
    /// Emits the stores the ops start with; answers how many ops they are.
    pub(super) fn stores(&mut self, ops: &[Op], scope: Scope) -> Result<usize, Refusal> {
        let mut pending = 0;
        let mut done = 0;
        for store in ops.iter().map_while(Store::of) {
            if pending > MAX_PENDING - MAX_COPY {
                break;
            }
            match store {
                Store::Const(bytes) => self.store_literal(bytes, pending),
                Store::Copy { at, len } => self.copy(self.at(scope, at)?, len, pending),
            }
            pending += store.len();
            done += 1;
        }
        if pending != 0 {
            self.asm.advance(pending);
        }
        Ok(done)
    }

    /// Stores constant bytes, 1, 4 or 8 at a time: the last store may touch more.
    fn store_literal(&mut self, bytes: Literal, to: u32) {
        let bytes = bytes.as_bytes();
        for (start, part) in (0..).step_by(8).zip(bytes.chunks(8)) {
            let mut word = [0; 8];
            word[..part.len()].copy_from_slice(part);
            let width = match part.len() {
                1 => 1,
                2..=4 => 4,
                _ => 8,
            };
            self.asm
                .store_const(to + start, width, u64::from_le_bytes(word));
        }
    }

    /// Copies bytes by two accesses that overlap where the length is no power of two. Nothing
    /// outside is read.
    fn copy(&mut self, at: u32, len: u32, to: u32) {
        match len {
            0 => {}
            3 => {
                self.asm.copy(at, to, 2);
                self.asm.copy(at + 2, to + 2, 1);
            }
            1 | 2 | 4 | 8 | 16 => self.asm.copy(at, to, len),
            _ => {
                let width = match len {
                    5..=7 => 4,
                    9..=15 => 8,
                    _ => 16,
                };
                self.asm.copy(at, to, width);
                self.asm.copy(at + len - width, to + len - width, width);
            }
        }
    }

    /// Fields that follow each other on the wire: by the routine of this processor, if it has one, which reads
    /// a table that lives as long as the program.
    pub(super) fn run_of_fields(&mut self, each: BlockId, scope: Scope) -> Result<(), Refusal> {
        let Some(run) = self.program.linkage.run(each) else {
            return self.block(each, scope);
        };
        self.count(self.program.code.block(each).ops.len());
        let routine = || {
            let routine = run.routine();
            let address = vox_core::entry_address!(
                routine,
                (*mut u8, *const u8, *const Run) -> *mut u8
            );
            address.addr() as u64
        };
        let routine = self.names.address(routine, names::KERNEL, 6);
        let table = self.part(run);
        self.asm.arg_out(0);
        self.asm.arg_at(1, scope.delta);
        self.asm.arg_const(2, table);
        self.asm.call_address(routine);
        Ok(())
    }

    /// Emits the varints the ops start with; answers how many ops they are.
    pub(super) fn varints(&mut self, ops: &[Op], scope: Scope) -> Result<usize, Refusal> {
        let mut done = 0;
        while let Some((kind, at)) = ops.get(done).and_then(varint) {
            let at = self.at(scope, at)?;
            let rest = &ops[done..];
            let count = side_by_side(rest);
            done += if count > 4 {
                self.run(kind, at, count);
                count
            } else {
                self.few(rest, scope)?
            };
        }
        Ok(done)
    }

    /// One call for varints that lie side by side.
    fn run(&mut self, kind: Kind, at: u32, count: usize) {
        self.asm.arg_const(2, count as u64);
        self.asm.call_with_at(Handler::run(kind).index(), at);
    }

    /// One call for the next four, two or one; answers how many those are.
    fn few(&mut self, ops: &[Op], scope: Scope) -> Result<usize, Refusal> {
        let mut fields = [(Kind::U16, 0); 4];
        let mut len = 0;
        for (field, (kind, at)) in fields.iter_mut().zip(ops.iter().map_while(varint)) {
            *field = (kind, self.at(scope, at)?);
            len += 1;
        }
        let [first, second, third, fourth] = fields;
        let is_one_kind = [second, third, fourth].iter().all(|it| it.0 == first.0);
        if len == 4
            && is_one_kind
            && let Some(packed) = pack(&fields)
        {
            self.packed(Handler::four(first.0), packed);
            return Ok(4);
        }
        if len >= 2
            && let Some(packed) = pack(&[first, second])
        {
            self.packed(Handler::pair(first.0, second.0), packed);
            return Ok(2);
        }
        self.asm
            .call_with_at(Handler::one(first.0).index(), first.1);
        Ok(1)
    }

    fn packed(&mut self, handler: Handler, packed: u64) {
        self.asm.arg_const(2, packed);
        self.asm.call_with_at(handler.index(), 0);
    }
}

/// How many of the ops are varints of the first's kind that lie side by side.
fn side_by_side(ops: &[Op]) -> usize {
    let mut fields = ops.iter().map_while(varint);
    let Some((kind, first)) = fields.next() else {
        return 0;
    };
    let mut expected = u64::from(first.0);
    let is_next = |field: &(Kind, Offset)| {
        expected += u64::from(kind.width());
        field.0 == kind && u64::from(field.1.0) == expected
    };
    1 + fields.take_while(is_next).count()
}

/// Up to four offsets in one word; `None` when one has more than 16 bits.
fn pack(fields: &[(Kind, u32)]) -> Option<u64> {
    fields.iter().rev().try_fold(0, |packed, (_, at)| {
        Some(packed << 16 | u64::from(u16::try_from(*at).ok()?))
    })
}
