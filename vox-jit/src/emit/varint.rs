//! Varints: a byte by one branch, more without further branches.
//!
//! The groups of seven bits are spread over the bytes of one word at once, its length is
//! looked up by the leading zeros, and all eight bytes are stored, the two behind them as well where the type may have as many: what is too
//! much is written over by what follows. Spreading is one instruction where the processor has it (`pdep`); then integers of fields have no branch at all. It is five vector instructions where the instruction
//! set has a byte shuffle, and shifts and masks elsewhere. In recursive types, one and two bytes
//! share the first way out.

use core::mem::offset_of;

use cranelift_codegen::ir::{
    ConstantData, InstBuilder, MemFlagsData, Value, condcodes::IntCC, types,
};
use target_lexicon::Architecture;
use vox_core::cx::{Constants, EncodeCx};
use vox_core::wire::varint::ByZeros;

use super::cursor::Cursor;
use super::emitter::Emitter;
use super::join::Join;
use super::{has_extension, stand_in};
use crate::error::CompileError;

/// The most bytes a length takes.
pub(super) const MAX_LEN: u32 = 10;
/// The bytes that are written at once.
const WORD: u32 = 8;
/// Where the tables are in the constants.
const VARINTS: usize = offset_of!(Constants, varints);

/// Writes the word `value` as a varint of at most `max_len` bytes, whose room is known.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    value: Value,
    max_len: u32,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let spare = cursor.take(max_len)?;
    let after = Cursor {
        offset: cursor.offset + 1,
        spare,
        ..cursor
    };
    let mut join = Join::new(e, after.offset);
    let long = e.builder.create_block();
    let (is_short, end) = if e.is_recursive && max_len <= WORD {
        two_bytes(e, value, cursor, after)
    } else {
        // The low byte is stored in any case: a longer form overwrites it.
        let flags = e.out_flags();
        e.builder
            .ins()
            .istore8(flags, value, cursor.base, cursor.offset);
        let is_short = e
            .builder
            .ins()
            .icmp_imm_u(IntCC::UnsignedLessThan, value, 0x80);
        (is_short, after)
    };
    let address = join.expect(e, end);
    e.builder
        .ins()
        .brif(is_short, join.block, &[address.into()], long, &[]);

    e.builder.switch_to_block(long);
    let len = store(e, value, max_len, cursor);
    let base = e.builder.ins().iadd(cursor.base, len);
    join.arrive(
        e,
        Some(Cursor {
            base,
            offset: cursor.offset,
            ..after
        }),
    );
    join.finish(e)
        .ok_or_else(|| CompileError::Malformed(String::from("a varint without an end")))
}

/// Writes the number of a field, of which there is no saying how long it is: without a branch where an instruction spreads its bits. Lengths, which are mostly
/// short, have one.
pub(super) fn write_number(
    e: &mut Emitter<'_, '_>,
    value: Value,
    max_len: u32,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    if !stand_in::has_deposit(e) {
        return write(e, value, max_len, cursor);
    }
    let spare = cursor.take(max_len)?;
    let len = store(e, value, max_len, cursor);
    let base = e.builder.ins().iadd(cursor.base, len);
    Ok(Cursor {
        base,
        spare,
        ..cursor
    })
}

/// Stores the lowest 14 bits as a byte or two, without a branch, and answers whether that was all
/// and where it ends. `after` is the end of one byte.
///
/// For recursive types only: trees with numbers around 128 gain a sixth to a third by it, and the
/// enums and records of the benchmarks, whose numbers are either small or of any size, lose a tenth or nothing.
fn two_bytes(
    e: &mut Emitter<'_, '_>,
    value: Value,
    cursor: Cursor,
    after: Cursor,
) -> (Value, Cursor) {
    let is_long = e
        .builder
        .ins()
        .icmp_imm_u(IntCC::UnsignedGreaterThan, value, 0x7f);
    let is_long = e.builder.ins().uextend(types::I64, is_long);
    // Twice the second group is where it belongs, and once it is there already.
    let second = e.builder.ins().band_imm_u(value, 0x3f80);
    let spread = e.builder.ins().iadd(value, second);
    let continues = e.builder.ins().ishl_imm_u(is_long, 7);
    let word = e.builder.ins().bor(spread, continues);
    let flags = e.out_flags();
    e.builder
        .ins()
        .istore16(flags, word, cursor.base, cursor.offset);
    let fits = e
        .builder
        .ins()
        .icmp_imm_u(IntCC::UnsignedLessThan, value, 1 << 14);
    let base = e.builder.ins().iadd(cursor.base, is_long);
    (fits, Cursor { base, ..after })
}

/// Writes the word `value` as a varint if `is_some`, and nothing otherwise, without a branch that
/// depends on that.
pub(super) fn write_if(
    e: &mut Emitter<'_, '_>,
    is_some: Value,
    value: Value,
    max_len: u32,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let spare = cursor.take(max_len)?;
    // What is in a `None` means nothing, and neither does what is written of it.
    let len = store(e, value, max_len, cursor);
    let zero = e.word(0);
    let len = e.builder.ins().select(is_some, len, zero);
    let base = e.builder.ins().iadd(cursor.base, len);
    Ok(Cursor {
        base,
        spare,
        ..cursor
    })
}

/// Stores the word `value` as a varint of at most `max_len` bytes, and answers its length.
fn store(e: &mut Emitter<'_, '_>, value: Value, max_len: u32, cursor: Cursor) -> Value {
    let (word, len) = word_and_len(e, value);
    cursor.store(e, word, 0);
    if max_len > WORD {
        // As `vox_core::wire::varint::tail`.
        let ninth = e.builder.ins().ushr_imm_u(value, i64::from(7 * WORD));
        let both = e.builder.ins().bor_imm_u(ninth, 0x100);
        let flags = e.out_flags();
        let offset = cursor.offset + WORD.cast_signed();
        e.builder.ins().istore16(flags, both, cursor.base, offset);
    }
    len
}

/// A word with the first eight bytes of a varint, and how many it has: the groups spread over the bytes, and what
/// follows from the leading zeros, found in tables.
fn word_and_len(e: &mut Emitter<'_, '_>, value: Value) -> (Value, Value) {
    let zeros = e.builder.ins().clz(value);
    let constants;
    let spread = if stand_in::has_deposit(e) {
        constants = load_constants(e);
        let at = i32::try_from(offset_of!(Constants, groups)).expect("a small offset");
        stand_in::deposit(e, value, constants, at)
    } else {
        let spread = spread(e, value);
        constants = load_constants(e);
        spread
    };
    let flags = Emitter::read_flags().with_readonly();
    let byte = e.builder.ins().iadd(constants, zeros);
    let at = i32::try_from(VARINTS + offset_of!(ByZeros, len)).expect("a small offset");
    let len = e.builder.ins().uload8(types::I64, flags, byte, at);
    let eightfold = e.builder.ins().ishl_imm_u(zeros, 3);
    let word = e.builder.ins().iadd(constants, eightfold);
    let at = i32::try_from(VARINTS + offset_of!(ByZeros, continues)).expect("a small offset");
    let continues = e.builder.ins().load(types::I64, flags, word, at);
    (e.builder.ins().bor(spread, continues), len)
}

/// The address of the constants, which the tables are among. Loaded where it is wanted: a register for the whole function is one that an
/// element's address or the end of a list would be in otherwise.
fn load_constants(e: &mut Emitter<'_, '_>) -> Value {
    let flags = Emitter::read_flags();
    let at = i32::try_from(offset_of!(EncodeCx, constants)).expect("a small offset");
    e.builder.ins().load(types::I64, flags, e.cx, at)
}

/// Spreads the groups of seven bits over the bytes of a word.
fn spread(e: &mut Emitter<'_, '_>, value: Value) -> Value {
    match e.spreading.or_else(|| Spreading::new(e)) {
        Some(spreading) => spread_by_shuffle(e, spreading, value),
        None => spread_by_shifts(e, value),
    }
}

/// The constants of [`spread_by_shuffle`], in registers for the whole function.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spreading {
    /// Which two bytes go into each lane.
    places: Value,
    /// By what each lane is multiplied.
    factors: Value,
}

impl Spreading {
    /// `None` where the instruction set has no byte shuffle. Emitted at the start of a function; costs
    /// nothing where nothing uses it.
    pub(super) fn new(e: &mut Emitter<'_, '_>) -> Option<Self> {
        let isa = e.options.isa;
        let is_x86 = isa.triple().architecture == Architecture::X86_64;
        if !is_x86 || !has_extension(isa, "has_ssse3") {
            return None;
        }
        let mut places = [0; 16];
        let mut factors = [0; 16];
        for group in 0..8_u8 {
            let (byte, bit) = (7 * group / 8, 7 * group % 8);
            let lane = 2 * usize::from(group);
            places[lane..lane + 2].copy_from_slice(&[byte, byte + 1]);
            factors[lane..lane + 2].copy_from_slice(&(1_u16 << (9 - bit)).to_le_bytes());
        }
        let mut constant = |bytes: [u8; 16], ty| {
            let constants = &mut e.builder.func.dfg.constants;
            let constant = constants.insert(ConstantData::from(bytes.to_vec()));
            e.builder.ins().vconst(ty, constant)
        };
        Some(Self {
            places: constant(places, types::I8X16),
            factors: constant(factors, types::I16X8),
        })
    }
}

/// Each group is in two adjacent bytes; they go into a lane of 16 bits, where a multiplication
/// shifts the group to the top and a shift brings it to the bottom.
fn spread_by_shuffle(e: &mut Emitter<'_, '_>, spreading: Spreading, value: Value) -> Value {
    let flags = MemFlagsData::new().with_endianness(cranelift_codegen::ir::Endianness::Little);
    let bytes = e.builder.ins().scalar_to_vector(types::I64X2, value);
    let bytes = e.builder.ins().bitcast(types::I8X16, flags, bytes);
    let lanes = e.builder.ins().x86_pshufb(bytes, spreading.places);
    let lanes = e.builder.ins().bitcast(types::I16X8, flags, lanes);
    let lanes = e.builder.ins().imul(lanes, spreading.factors);
    let lanes = e.builder.ins().ushr_imm_u(lanes, 9);
    let bytes = e.builder.ins().unarrow(lanes, lanes);
    // The first lane of floats is the register itself; of integers it would be a shuffle.
    let lanes = e.builder.ins().bitcast(types::F64X2, flags, bytes);
    let lane = e.builder.ins().extractlane(lanes, 0);
    e.builder
        .ins()
        .bitcast(types::I64, MemFlagsData::new(), lane)
}

/// Halves, then quarters, then eighths of the bits move apart.
fn spread_by_shifts(e: &mut Emitter<'_, '_>, value: Value) -> Value {
    let mut word = value;
    for (low, high, distance) in [
        (0x0000_0000_0fff_ffff, 0x00ff_ffff_f000_0000, 4),
        (0x0000_3fff_0000_3fff, 0x0fff_c000_0fff_c000, 2),
        (0x007f_007f_007f_007f, 0x3f80_3f80_3f80_3f80, 1),
    ] {
        let low = e.word(low);
        let stays = e.builder.ins().band(word, low);
        let high = e.word(high);
        let moves = e.builder.ins().band(word, high);
        let moved = e.builder.ins().ishl_imm_u(moves, distance);
        word = e.builder.ins().bor(stays, moved);
    }
    word
}
