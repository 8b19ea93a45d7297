//! Fields: stores in place for what has a fixed width, calls for varints.
//!
//! Stores do not move the cursor one by one: it moves once, behind the last of them.

use vox_core::kernels::Run;
use vox_core::kernels::group::{Group, varint};
use vox_core::program::{BlockId, Literal, Offset, Op};

use super::super::handlers::Handler;
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
        while let Some((_, at)) = ops.get(done).and_then(varint) {
            let group = Group::first(&ops[done..], scope.delta);
            let (group, count) = group.ok_or(Refusal::FarOffset(at.0))?;
            self.group(group);
            done += count;
        }
        Ok(done)
    }

    /// One call for what a group has.
    fn group(&mut self, group: Group) {
        match group {
            Group::SideBySide { kind, at, count } => {
                self.asm.arg_const(2, count as u64);
                self.asm.call_with_at(Handler::run(kind).index(), at);
            }
            Group::Four { kind, packed } => self.packed(Handler::four(kind), packed),
            Group::Pair {
                kinds: [first, second],
                packed,
            } => self.packed(Handler::pair(first, second), packed),
            Group::One { kind, at } => self.asm.call_with_at(Handler::one(kind).index(), at),
        }
    }

    fn packed(&mut self, handler: Handler, packed: u64) {
        self.asm.arg_const(2, packed);
        self.asm.call_with_at(handler.index(), 0);
    }
}
