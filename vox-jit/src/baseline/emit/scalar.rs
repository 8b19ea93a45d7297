//! Fields: stores in place for what has a fixed width, calls for varints.
//!
//! Stores do not move the cursor one by one: it moves once, behind the last of them.

use vox_core::kernels::Run;
use vox_core::program::{BlockId, Literal, Offset, Op};

use super::super::handlers::{Handler, Kind};
use super::super::isa::Assembler;
use super::{Emitter, Scope, names};
use crate::error::CompileError;

/// The most bytes that are copied in place.
const MAX_COPY: u32 = 32;

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
fn varint(op: &Op) -> Option<(Kind, Offset)> {
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

impl<A: Assembler> Emitter<'_, A> {
    /// Emits the stores the ops start with; answers how many ops they are.
    pub(super) fn stores(&mut self, ops: &[Op], scope: Scope) -> Result<usize, CompileError> {
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
    pub(super) fn run_of_fields(
        &mut self,
        each: BlockId,
        scope: Scope,
    ) -> Result<(), CompileError> {
        let Some(run) = self.program.linkage.run(each) else {
            return self.block(each, scope);
        };
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
    pub(super) fn varints(&mut self, ops: &[Op], scope: Scope) -> Result<usize, CompileError> {
        let mut fields = Vec::new();
        for (kind, at) in ops.iter().map_while(varint) {
            fields.push((kind, self.at(scope, at)?));
        }
        let mut rest = fields.as_slice();
        while let Some((kind, at)) = rest.first().copied() {
            let count = side_by_side(rest);
            rest = if count > 4 {
                self.run(kind, at, count);
                &rest[count..]
            } else {
                self.few(rest)
            };
        }
        Ok(fields.len())
    }

    /// One call for varints that lie side by side.
    fn run(&mut self, kind: Kind, at: u32, count: usize) {
        self.asm.arg_out(0);
        self.asm.arg_at(1, at);
        self.asm.arg_const(2, count as u64);
        self.call(Handler::run(kind));
    }

    /// One call for the next four, two or one; answers what is left.
    fn few<'f>(&mut self, fields: &'f [(Kind, u32)]) -> &'f [(Kind, u32)] {
        let (kind, at) = fields[0];
        if let Some((four, rest)) = fields.split_first_chunk::<4>()
            && four.iter().all(|field| field.0 == kind)
            && let Some(packed) = pack(four)
        {
            self.packed(Handler::four(kind), packed);
            return rest;
        }
        if let Some((two, rest)) = fields.split_first_chunk::<2>()
            && let Some(packed) = pack(two)
        {
            self.packed(Handler::pair(kind, two[1].0), packed);
            return rest;
        }
        self.asm.arg_out(0);
        self.asm.arg_at(1, at);
        self.call(Handler::one(kind));
        &fields[1..]
    }

    fn packed(&mut self, handler: Handler, packed: u64) {
        self.asm.arg_out(0);
        self.asm.arg_at(1, 0);
        self.asm.arg_const(2, packed);
        self.call(handler);
    }
}

/// How many fields from the first on are of its kind and lie side by side.
fn side_by_side(fields: &[(Kind, u32)]) -> usize {
    let (kind, first) = fields[0];
    let mut expected = u64::from(first);
    fields
        .iter()
        .take_while(|field| {
            let is_next = field.0 == kind && u64::from(field.1) == expected;
            expected += u64::from(kind.width());
            is_next
        })
        .count()
}

/// Up to four offsets in one word; `None` when one has more than 16 bits.
fn pack(fields: &[(Kind, u32)]) -> Option<u64> {
    fields.iter().rev().try_fold(0, |packed, (_, at)| {
        Some(packed << 16 | u64::from(u16::try_from(*at).ok()?))
    })
}
