//! Stand-ins, for instructions that cannot be asked for.
//!
//! Cranelift 0.135 has no moves of 32 and 64 bytes, and nothing that deposits bits (`pdep`). Where a processor has them, another instruction
//! is emitted, which Cranelift does have, which nothing else here is, and which has the same operands and is as long; in the machine code,
//! [`crate::compile`] puts the one that is meant in its place.
//!
//! | meant | emitted |
//! |---|---|
//! | `vmovdqu64 zmm, [memory]`, or `ymm` | `vroundps xmm, [memory], imm8` |
//! | `vmovdqu64 [memory], zmm`, or `ymm` | `vpextrb [memory], xmm, imm8` |
//! | `pdep register, value, [memory]` | `andn register, value, [memory]` |
//!
//! Where they are in the code is told by Cranelift itself: each reads or writes memory with a trap code, which nothing else has.
//!
//! Moves are from and to registers 16 to 31, of which nobody expects that they are kept: they are one load and one store each, with nothing between
//! them but what the register allocator needs for the address, and keep no value themselves. Code that knows registers of 16 bytes only is not slower after they were used (see "What moves a measurement" in
//! ARCHITECTURE).

use cranelift_codegen::ir::{InstBuilder, MemFlagsData, TrapCode, Value, types};

use super::cursor::Cursor;
use super::emitter::Emitter;

/// The trap code of what stands in for something else.
pub(crate) const TRAP: TrapCode = TrapCode::unwrap_user(1);

/// What the distances in moves are more than is meant: so that they take four bytes, as in the longest form of what is meant.
pub(crate) const FAR: i32 = 1 << 20;

/// How many bytes are moved at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    /// 32, in a register `ymm`.
    Half,
    /// 64, in a register `zmm`.
    Whole,
}

impl Width {
    /// In bytes.
    pub(crate) const fn bytes(self) -> i32 {
        match self {
            Self::Half => 32,
            Self::Whole => 64,
        }
    }

    /// The width that a stand-in has for its immediate operand.
    pub(crate) const fn of_immediate(immediate: u8) -> Option<Self> {
        match immediate {
            0 => Some(Self::Half),
            1 => Some(Self::Whole),
            _ => None,
        }
    }
}

/// Whether bytes may be copied to this cursor by [`copy`].
pub(super) fn has_wide_moves(e: &Emitter<'_, '_>, cursor: Cursor) -> bool {
    e.options.stand_ins
        && e.program.linkage.kernels.has_wide_moves
        && (0..FAR).contains(&cursor.offset)
}

/// Whether bits may be spread by [`deposit`].
pub(super) fn has_deposit(e: &Emitter<'_, '_>) -> bool {
    e.options.stand_ins && e.program.linkage.kernels.has_deposit
}

/// Copies as many bytes as `width` has from a distance to an address to the same distance to the cursor.
pub(super) fn copy(
    e: &mut Emitter<'_, '_>,
    width: Width,
    from: Value,
    distance: i32,
    cursor: Cursor,
) {
    let flags = flags();
    let at = FAR + distance;
    let loaded = e.builder.ins().load(types::F32X4, flags, from, at);
    let (moved, lane) = match width {
        Width::Half => (e.builder.ins().nearest(loaded), 0),
        Width::Whole => (e.builder.ins().floor(loaded), 1),
    };
    let little = MemFlagsData::new().with_endianness(cranelift_codegen::ir::Endianness::Little);
    let bytes = e.builder.ins().bitcast(types::I8X16, little, moved);
    let byte = e.builder.ins().extractlane(bytes, lane);
    let at = cursor.offset + at;
    e.builder.ins().store(flags, byte, cursor.base, at);
}

/// The lowest bits of a value, each where the mask at `address` has its next bit, and zeros elsewhere.
pub(super) fn deposit(e: &mut Emitter<'_, '_>, value: Value, address: Value, at: i32) -> Value {
    let inverse = e.builder.ins().bnot(value);
    let mask = e.builder.ins().load(types::I64, flags(), address, at);
    e.builder.ins().band(mask, inverse)
}

fn flags() -> MemFlagsData {
    MemFlagsData::new().with_trap_code(Some(TRAP))
}
