//! Scalars: constants, bytes, floats, integers, characters.

use cranelift_codegen::ir::{InstBuilder, Type, Value, condcodes::IntCC, types};
use target_lexicon::Architecture;
use vox_core::kernels::fields::Kind;
use vox_core::kernels::group;
use vox_core::program::{Literal, Offset, Op, max_written};

use super::cursor::Cursor;
use super::emitter::Emitter;
use super::join::Join;
use super::place::{Base, Place};
use super::runtime::{self, Function};
use super::varint;
use crate::error::CompileError;

/// The longest copy made of loads and stores; longer ones are called.
const MAX_INLINE_COPY: u32 = 128;
/// The most bytes a character takes, its length in front.
pub(super) const MAX_CHAR_LEN: u32 = 5;

/// Writes constant bytes. Stores are wider than the bytes where that saves one;
/// what they write too much is overwritten or beyond the end.
pub(super) fn write_const(
    e: &mut Emitter<'_, '_>,
    literal: Literal,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let mut delta = 0;
    for chunk in literal.as_bytes().chunks(8) {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        let ty = match chunk.len() {
            1 => types::I8,
            2 => types::I16,
            3..=4 => types::I32,
            _ => types::I64,
        };
        let value = e.builder.ins().iconst(ty, i64::from_le_bytes(bytes));
        cursor.store(e, value, delta);
        delta += 8;
    }
    cursor.advance(literal.len())
}

/// Copies one byte.
pub(super) fn write_byte(
    e: &mut Emitter<'_, '_>,
    place: Place,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let value = place.load(e, types::I8);
    cursor.store(e, value, 0);
    cursor.advance(1)
}

/// Copies bytes whose memory form is their wire form.
pub(super) fn copy_bytes(
    e: &mut Emitter<'_, '_>,
    place: Place,
    len: u32,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    if len > MAX_INLINE_COPY {
        let spare = cursor.take(len)?;
        let out = cursor.address(e);
        let from = place.address(e);
        let (len, left) = (e.word(len.into()), e.word(spare.into()));
        // The room is there: it does not fail.
        let end = e.call(runtime::APPEND, &[e.cx, out, from, len, left]);
        return Ok(Cursor::with_spare(end, spare));
    }
    for (ty, delta) in pieces(len, widest(e)) {
        let value = place.load_at(e, ty, delta);
        let flags = Emitter::read_flags();
        let offset = cursor.offset + delta.cast_signed();
        e.builder.ins().store(flags, value, cursor.base, offset);
    }
    cursor.advance(len)
}

/// The widest type whose loads and stores this instruction set is sure to have.
pub(super) fn widest(e: &Emitter<'_, '_>) -> Type {
    match e.options.isa.triple().architecture {
        // Vectors are an extension there.
        Architecture::Riscv64(_) => types::I64,
        _ => types::I8X16,
    }
}

/// Covers `len` bytes by loads within them, the last of which may overlap the one before.
fn pieces(len: u32, widest: Type) -> Vec<(Type, u32)> {
    let mut pieces = Vec::new();
    let unit = [widest, types::I64, types::I32, types::I16, types::I8]
        .into_iter()
        .find(|ty| ty.bytes() <= len);
    let Some(unit) = unit else {
        return pieces;
    };
    let width = unit.bytes();
    let whole = len / width * width;
    pieces.extend(
        (0..whole)
            .step_by(width as usize)
            .map(|delta| (unit, delta)),
    );
    if whole < len {
        pieces.push((unit, len - width));
    }
    pieces
}

/// Writes a float of this integer type's width, little-endian.
pub(super) fn write_float(
    e: &mut Emitter<'_, '_>,
    place: Place,
    ty: Type,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let value = place.load(e, ty);
    cursor.store(e, value, 0);
    cursor.advance(ty.bytes())
}

/// An integer that is written as a varint.
#[derive(Debug, Clone, Copy)]
pub(super) struct Integer {
    kind: Kind,
    at: Offset,
    /// The most bytes it takes.
    pub(super) max_len: u32,
}

impl Integer {
    /// What an op writes, if it writes one.
    pub(super) fn of(op: &Op) -> Option<Self> {
        let (kind, at) = group::varint(op)?;
        let max_len = max_written(op)?;
        Some(Self { kind, at, max_len })
    }

    /// Loads its number on the wire, as a word.
    pub(super) fn load(self, e: &mut Emitter<'_, '_>, base: Base) -> Value {
        let place = base.at(self.at);
        match self.kind {
            Kind::U16 => load_unsigned(e, place, types::I16),
            Kind::U32 => load_unsigned(e, place, types::I32),
            Kind::U64 => load_unsigned(e, place, types::I64),
            Kind::I16 => load_zigzag(e, place, types::I16),
            Kind::I32 => load_zigzag(e, place, types::I32),
            Kind::I64 => load_zigzag(e, place, types::I64),
        }
    }
}

/// Writes the integer that an op writes.
pub(super) fn write_integer(
    e: &mut Emitter<'_, '_>,
    op: &Op,
    base: Base,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let integer = Integer::of(op)
        .ok_or_else(|| CompileError::Malformed(format!("{op:?} writes no integer")))?;
    let value = integer.load(e, base);
    varint::write_number(e, value, integer.max_len, cursor)
}

/// Loads an unsigned integer as a word.
pub(super) fn load_unsigned(e: &mut Emitter<'_, '_>, place: Place, ty: Type) -> Value {
    let value = place.load(e, ty);
    match ty {
        types::I64 => value,
        _ => e.builder.ins().uextend(types::I64, value),
    }
}

/// Loads a signed integer as a word, zigzag encoded. The sign is spread over the whole word, so that one form serves all widths.
fn load_zigzag(e: &mut Emitter<'_, '_>, place: Place, ty: Type) -> Value {
    let value = load_signed(e, place, ty);
    let doubled = e.builder.ins().ishl_imm_u(value, 1);
    let sign = e.builder.ins().sshr_imm_u(value, 63);
    e.builder.ins().bxor(doubled, sign)
}

/// Loads a signed integer as a word.
pub(super) fn load_signed(e: &mut Emitter<'_, '_>, place: Place, ty: Type) -> Value {
    let value = place.load(e, ty);
    match ty {
        types::I64 => value,
        _ => e.builder.ins().sextend(types::I64, value),
    }
}

/// Writes a scalar by a function that takes the cursor and its address.
pub(super) fn write_called(
    e: &mut Emitter<'_, '_>,
    place: Place,
    function: Function,
    max_len: u32,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let spare = cursor.take(max_len)?;
    let out = cursor.address(e);
    let value = place.address(e);
    let end = e.call(function, &[out, value]);
    Ok(Cursor::with_spare(end, spare))
}

/// Writes a `char`: an ASCII one is its length, 1, and itself.
pub(super) fn write_char(
    e: &mut Emitter<'_, '_>,
    place: Place,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let value = place.load(e, types::I32);
    let shifted = e.builder.ins().ishl_imm_u(value, 8);
    let both = e.builder.ins().bor_imm_u(shifted, 1);
    let both = e.builder.ins().ireduce(types::I16, both);
    cursor.store(e, both, 0);
    let short = Cursor {
        offset: cursor.offset + 2,
        spare: cursor.take(MAX_CHAR_LEN)?,
        ..cursor
    };
    let mut join = Join::new(e, short.offset);
    let long = e.builder.create_block();
    let ascii = e
        .builder
        .ins()
        .icmp_imm_u(IntCC::UnsignedLessThan, value, 0x80);
    let address = join.expect(e, short);
    e.builder
        .ins()
        .brif(ascii, join.block, &[address.into()], long, &[]);

    e.builder.switch_to_block(long);
    let end = write_utf8(e, value, cursor)?;
    join.arrive(e, Some(end));
    join.finish(e)
        .ok_or_else(|| CompileError::Malformed(String::from("a character without an end")))
}

/// Writes a `char` of two bytes or more, and their number in front, without a branch: four groups of six
/// bits, highest first, of which the leading ones are shifted out. Text is often of several lengths.
fn write_utf8(
    e: &mut Emitter<'_, '_>,
    value: Value,
    cursor: Cursor,
) -> Result<Cursor, CompileError> {
    let spare = cursor.take(MAX_CHAR_LEN)?;
    let value = e.builder.ins().uextend(types::I64, value);
    let is_at_least = |e: &mut Emitter<'_, '_>, least: i64| {
        let cc = IntCC::UnsignedGreaterThanOrEqual;
        let is = e.builder.ins().icmp_imm_u(cc, value, least);
        e.builder.ins().uextend(types::I64, is)
    };
    let (third, fourth) = (is_at_least(e, 0x800), is_at_least(e, 0x1_0000));
    let len = e.builder.ins().iadd(third, fourth);
    let len = e.add(len, 2);

    let mut groups = e.word(0x8080_8080);
    for (down, up) in [(18, 0), (12, 8), (6, 16), (0, 24)] {
        let group = e.builder.ins().ushr_imm_u(value, down);
        let group = e.builder.ins().band_imm_u(group, 0x3f);
        let group = e.builder.ins().ishl_imm_u(group, up);
        groups = e.builder.ins().bor(groups, group);
    }
    let bits = e.builder.ins().ishl_imm_u(len, 3);
    let all = e.word(32);
    let too_many = e.builder.ins().isub(all, bits);
    let bytes = e.builder.ins().ushr(groups, too_many);
    // The first byte starts with as many ones as there are bytes.
    let ones = e.word(0xf00);
    let ones = e.builder.ins().ushr(ones, len);
    let ones = e.builder.ins().band_imm_u(ones, 0xff);
    let bytes = e.builder.ins().bor(bytes, ones);
    let bytes = e.builder.ins().ishl_imm_u(bytes, 8);
    let word = e.builder.ins().bor(bytes, len);
    // Eight bytes, of which five are wanted at most.
    cursor.store(e, word, 0);
    let base = e.builder.ins().iadd(cursor.base, len);
    Ok(Cursor {
        base,
        offset: cursor.offset + 1,
        spare,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_every_byte_and_stay_inside() {
        for widest in [types::I64, types::I8X16] {
            for len in 0..=MAX_INLINE_COPY {
                let mut covered = vec![false; len as usize];
                for (ty, delta) in pieces(len, widest) {
                    for byte in delta..delta + ty.bytes() {
                        covered[byte as usize] = true;
                    }
                }
                assert!(covered.into_iter().all(|byte| byte), "{len}");
            }
        }
    }
}
