//! Strings and lists of bytes; lists copied whole.

use cranelift_codegen::ir::{Block, InstBuilder, Value, condcodes::IntCC, types};
use vox_core::cx::{EncodeCx, OVERSHOOT};
use vox_core::kernels::{NOTHING, ReadyPlace};
use vox_core::program::{BlockId, MAX_RESERVE, Op, Program, Source, max_written};

use super::cursor::{self, Cursor};
use super::emitter::{Emitter, Scope};
use super::join::Join;
use super::place::Place;
use super::runtime::{self, Function};
use super::source::{self, Run};
use super::stand_in::{self, Width, has_wide_moves};
use super::{scalar, varint};
use crate::error::CompileError;

/// Strings up to this length are short: one check finds room for them.
const SHORT: u32 = 32;
/// Half of that: strings of up to so many bytes are read beyond their end, and copied in place; longer ones
/// from both ends, out of the way.
const HALF: u32 = SHORT / 2;
/// What a short string takes at most, its length included.
const SHORT_BOUND: u32 = SHORT + 1;
const _: () = assert!(SHORT as usize <= OVERSHOOT && SHORT == ReadyPlace::SHORT);
/// Strings up to this length are copied there as well.
const MEDIUM: u32 = 4 * SHORT - 1;
// Their lengths are one byte.
const _: () = assert!(MEDIUM < 128);

/// A page is at least this long everywhere, and its start a multiple of it.
const PAGE: i64 = 4096;

/// Writes a length and that many bytes. `ahead` is room that what follows would like to
/// find, so that one check serves several short strings.
pub(super) fn write(
    e: &mut Emitter<'_, '_>,
    place: Place,
    source: Source,
    reserve: u32,
    ahead: u32,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let run = source::run(e, place, source)?;
    if !has_short_form(e, reserve) {
        return Ok(call(e, runtime::BYTES, run, reserve, cursor, scope));
    }
    let cursor = if cursor.spare >= SHORT_BOUND + reserve {
        cursor
    } else {
        cursor.ensure(e, SHORT_BOUND + reserve.max(ahead), scope)
    };
    let after = behind_length(cursor)?;
    let mut join = Join::new(e, after.offset);
    let (other, any) = (e.cold_block(), e.cold_block());
    write_short(e, run, [cursor, after], [other, any], &mut join);
    e.builder.switch_to_block(other);
    write_other(e, run, [cursor, after], any, &mut join);
    e.builder.switch_to_block(any);
    write_any(e, run, cursor, after.spare, scope, &mut join);
    join.finish(e)
        .ok_or_else(|| CompileError::Malformed(String::from("a string without an end")))
}

/// A string of up to [`SHORT`] bytes that is not empty. Others are left to the block `other`; and to `any` one
/// that would be read beyond the end of its page.
fn write_short(
    e: &mut Emitter<'_, '_>,
    run: Run,
    [cursor, after]: [Cursor; 2],
    [other, any]: [Block; 2],
    join: &mut Join,
) {
    let (first, in_page) = (e.builder.create_block(), e.builder.create_block());
    let is_within = |e: &mut Emitter<'_, '_>, above: u32, most: u32| {
        // Less than so much is a very large number then: 0 as well, the length of a string that has no address.
        let less = e.add(run.len, -i64::from(above + 1));
        let most = i64::from(most - above);
        let condition = IntCC::UnsignedLessThan;
        e.builder.ins().icmp_imm_u(condition, less, most)
    };
    let whole = copied_at_once(e, after);
    let is_first = is_within(e, 0, whole);
    let more = if whole == SHORT {
        other
    } else {
        e.cold_block()
    };
    e.builder.ins().brif(is_first, first, &[], more, &[]);
    e.builder.switch_to_block(first);
    test_page(e, run, whole, in_page, any);
    e.builder.switch_to_block(in_page);
    write_length(e, run, cursor);
    copy_range(e, run.ptr, 0..whole.cast_signed(), after);
    let base = e.builder.ins().iadd(cursor.base, run.len);
    join.arrive(e, Some(Cursor { base, ..after }));
    if whole == SHORT {
        return;
    }

    e.builder.switch_to_block(more);
    let both = e.cold_block();
    let is_both = is_within(e, HALF, SHORT);
    e.builder.ins().brif(is_both, both, &[], other, &[]);
    e.builder.switch_to_block(both);
    write_length(e, run, cursor);
    let base = e.builder.ins().iadd(cursor.base, run.len);
    let end = Cursor { base, ..after };
    copy_halves(e, run, [after, end]);
    join.arrive(e, Some(end));
}

/// Writes a string of an option, whose length may be that of nothing, as if it were there: without a branch on
/// whether it is, for that is often what nothing can predict. Takes the room of [`write`]. `None` where strings
/// are not read beyond their end.
pub(super) fn write_if(
    e: &mut Emitter<'_, '_>,
    is_some: Value,
    place: Place,
    source: Source,
    reserve: u32,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    let Source::Words { .. } = source else {
        return Ok(None);
    };
    if !has_short_form(e, reserve) {
        return Ok(None);
    }
    e.count_op()?;
    let run = source::run(e, place, source)?;
    let run = or_nothing(e, is_some, run);
    let cursor = cursor.ensure(e, SHORT_BOUND + reserve, scope);
    let after = behind_length(cursor)?;
    let mut join = Join::new(e, cursor.offset);
    let short = e.builder.create_block();
    let (other, any) = (e.cold_block(), e.cold_block());
    let in_page = e.builder.create_block();
    let fits =
        e.builder
            .ins()
            .icmp_imm_u(IntCC::UnsignedLessThanOrEqual, run.len, i64::from(SHORT));
    e.builder.ins().brif(fits, in_page, &[], other, &[]);
    e.builder.switch_to_block(in_page);
    test_page(e, run, SHORT, short, any);

    e.builder.switch_to_block(short);
    write_length(e, run, cursor);
    copy_short(e, run, after);
    // A length of one byte and the string, or nothing.
    let some = e.builder.ins().uextend(types::I64, is_some);
    let taken = e.builder.ins().iadd(run.len, some);
    let base = e.builder.ins().iadd(cursor.base, taken);
    join.arrive(
        e,
        Some(Cursor {
            base,
            offset: cursor.offset,
            ..after
        }),
    );

    e.builder.switch_to_block(other);
    write_other(e, run, [cursor, after], any, &mut join);
    e.builder.switch_to_block(any);
    write_any(e, run, cursor, after.spare, scope, &mut join);
    Ok(join.finish(e))
}

/// An option of a string that a routine made ready, as `vox_core::kernels::ReadyForm::Text` has it.
pub(super) struct Made {
    /// The tag and the length.
    pub(super) head: Value,
    pub(super) ptr: Value,
    /// How many bytes it has in all.
    pub(super) len: Value,
}

/// Writes an option of a string that is ready, `option` being where it is. Takes the room of a tag and of [`write`]. Only where there
/// is a short form of it: [`has_short_option`].
pub(super) fn write_made(
    e: &mut Emitter<'_, '_>,
    made: Made,
    option: Place,
    source: Source,
    reserve: u32,
    cursor: Cursor,
    scope: Scope,
) -> Result<Option<Cursor>, CompileError> {
    e.count_op()?;
    let cursor = cursor.ensure(e, 1 + SHORT_BOUND + reserve, scope);
    let tagged = cursor.advance(1)?;
    let after = behind_length(tagged)?;
    let mut join = Join::new(e, cursor.offset);
    let half = e.builder.create_block();
    let [more, all, long, any] = [(); 4].map(|()| e.cold_block());
    // Of nothing there is one byte, and of a string a tag and a length besides.
    let is_within = |e: &mut Emitter<'_, '_>, most: u32| {
        let most = i64::from(2 + most);
        let condition = IntCC::UnsignedLessThanOrEqual;
        e.builder.ins().icmp_imm_u(condition, made.len, most)
    };
    let is_half = is_within(e, HALF);
    e.builder.ins().brif(is_half, half, &[], more, &[]);
    e.builder.switch_to_block(more);
    let is_short = is_within(e, SHORT);
    e.builder.ins().brif(is_short, all, &[], long, &[]);

    for (block, len) in [(half, HALF), (all, SHORT)] {
        e.builder.switch_to_block(block);
        let flags = e.out_flags();
        e.builder
            .ins()
            .store(flags, made.head, cursor.base, cursor.offset);
        copy_range(e, made.ptr, 0..len.cast_signed(), after);
        let base = e.builder.ins().iadd(cursor.base, made.len);
        let offset = cursor.offset;
        join.arrive(
            e,
            Some(Cursor {
                base,
                offset,
                ..after
            }),
        );
    }

    e.builder.switch_to_block(long);
    // What is not there is short.
    let one = e.builder.ins().iconst(types::I8, 1);
    cursor.store(e, one, 0);
    let run = source::run(e, option, source)?;
    write_other(e, run, [tagged, after], any, &mut join);
    e.builder.switch_to_block(any);
    write_any(e, run, tagged, after.spare, scope, &mut join);
    Ok(join.finish(e))
}

/// The string, or an empty one where there is none; an empty one at an address that can be read.
fn or_nothing(e: &mut Emitter<'_, '_>, is_some: Value, run: Run) -> Run {
    // What is in a `None` means nothing, and the address of an empty string is none.
    let zero = e.word(0);
    let len = e.builder.ins().select(is_some, run.len, zero);
    let nothing = e.address_of("NOTHING", NOTHING.as_ptr().cast());
    let is_empty = e.builder.ins().icmp_imm_u(IntCC::Equal, len, 0);
    let ptr = e.builder.ins().select(is_empty, nothing, run.ptr);
    Run { ptr, len }
}

/// Whether a string that leaves `reserve` may be read beyond its end, and one check finds room for both.
fn has_short_form(e: &Emitter<'_, '_>, reserve: u32) -> bool {
    e.options.over_read && reserve <= MAX_RESERVE - SHORT_BOUND
}

/// The same with a tag in front.
pub(super) fn has_short_option(e: &Emitter<'_, '_>, reserve: u32) -> bool {
    has_short_form(e, 1 + reserve)
}

/// Behind a length of one byte, with the room a short string leaves.
fn behind_length(cursor: Cursor) -> Result<Cursor, CompileError> {
    Ok(Cursor {
        offset: cursor.offset + 1,
        spare: cursor.take(SHORT_BOUND)?,
        ..cursor
    })
}

/// Any string, by a stub.
fn write_any(
    e: &mut Emitter<'_, '_>,
    run: Run,
    cursor: Cursor,
    spare: u32,
    scope: Scope,
    join: &mut Join,
) {
    let (out, left) = (cursor.address(e), e.word(spare.into()));
    let end = e.call_bytes([out, run.ptr, run.len, left]);
    let go_on = e.cold_block();
    let end = e.unless_null_in(go_on, end, scope);
    join.arrive(e, Some(Cursor::with_spare(end, spare)));
}

/// Copies [`SHORT`] bytes at once where there is a move of so many. Elsewhere the first half, and the second where it is wanted: most strings
/// are shorter, and two copies that cross a line cost more than a branch that is foreseen.
fn copy_short(e: &mut Emitter<'_, '_>, run: Run, start: Cursor) {
    let half = HALF.cast_signed();
    if has_wide_moves(e, start) {
        return copy_range(e, run.ptr, 0..2 * half, start);
    }
    copy_range(e, run.ptr, 0..half, start);
    let (more, done) = (e.builder.create_block(), e.builder.create_block());
    let is_long = e
        .builder
        .ins()
        .icmp_imm_u(IntCC::UnsignedGreaterThan, run.len, i64::from(HALF));
    e.builder.ins().brif(is_long, more, &[], done, &[]);
    e.builder.switch_to_block(more);
    copy_range(e, run.ptr, half..2 * half, start);
    e.builder.ins().jump(done, &[]);
    e.builder.switch_to_block(done);
}

/// Writes a length of one byte.
fn write_length(e: &mut Emitter<'_, '_>, run: Run, cursor: Cursor) {
    let flags = e.out_flags();
    e.builder
        .ins()
        .istore8(flags, run.len, cursor.base, cursor.offset);
}

/// Jumps to `short` if reading so many bytes stays on the page.
fn test_page(e: &mut Emitter<'_, '_>, run: Run, len: u32, short: Block, any: Block) {
    let in_page = e.builder.ins().band_imm_u(run.ptr, PAGE - 1);
    let stays = e.builder.ins().icmp_imm_u(
        IntCC::UnsignedLessThanOrEqual,
        in_page,
        PAGE - i64::from(len),
    );
    e.builder.ins().brif(stays, short, &[], any, &[]);
}

/// A string that is not short: an empty one and those of medium length here, all
/// others in the block `any`.
fn write_other(
    e: &mut Emitter<'_, '_>,
    run: Run,
    [cursor, after]: [Cursor; 2],
    any: Block,
    join: &mut Join,
) {
    let (medium, other, none) = (e.cold_block(), e.cold_block(), e.cold_block());
    // The length, 0 as well, in any case.
    write_length(e, run, cursor);
    // That of nothing is far above.
    let above_short = e.add(run.len, -i64::from(SHORT + 1));
    let is_medium = e.builder.ins().icmp_imm_u(
        IntCC::UnsignedLessThan,
        above_short,
        i64::from(MEDIUM - SHORT),
    );
    e.builder.ins().brif(is_medium, medium, &[], other, &[]);
    e.builder.switch_to_block(other);
    e.builder.ins().brif(run.len, any, &[], none, &[]);
    // The moves that a join wants would be in the middle of the code if they stood on the way from a branch to it.
    e.builder.switch_to_block(none);
    join.arrive(e, Some(after));

    e.builder.switch_to_block(medium);
    let base = e.builder.ins().iadd(after.base, run.len);
    let end = Cursor { base, ..after };
    let fits = e.cold_block();
    test_room(e, end, fits, any);
    e.builder.switch_to_block(fits);
    copy_medium(e, run, [after, end]);
    join.arrive(e, Some(end));
}

/// Copies a string of more than [`SHORT`] and at most [`MEDIUM`] bytes from both ends: as many bytes from each, and as many again where it is
/// longer than that.
fn copy_medium(e: &mut Emitter<'_, '_>, run: Run, [after, end]: [Cursor; 2]) {
    if has_wide_moves(e, after) {
        return copy_medium_wide(e, run, [after, end]);
    }
    let len = SHORT.cast_signed();
    let last = e.builder.ins().iadd(run.ptr, run.len);
    let (middle, rest) = (e.cold_block(), e.cold_block());
    copy_range(e, run.ptr, 0..len, after);
    let is_longer =
        e.builder
            .ins()
            .icmp_imm_u(IntCC::UnsignedGreaterThan, run.len, i64::from(2 * SHORT));
    e.builder.ins().brif(is_longer, middle, &[], rest, &[]);
    e.builder.switch_to_block(middle);
    copy_range(e, run.ptr, len..2 * len, after);
    copy_range(e, last, -2 * len..-len, end);
    e.builder.ins().jump(rest, &[]);
    e.builder.switch_to_block(rest);
    copy_range(e, last, -len..0, end);
}

/// The same by moves of 32 bytes, or of 64.
fn copy_medium_wide(e: &mut Emitter<'_, '_>, run: Run, [after, end]: [Cursor; 2]) {
    let last = e.builder.ins().iadd(run.ptr, run.len);
    let (longer, shorter, done) = (e.cold_block(), e.cold_block(), e.cold_block());
    let is_longer =
        e.builder
            .ins()
            .icmp_imm_u(IntCC::UnsignedGreaterThan, run.len, i64::from(2 * SHORT));
    e.builder.ins().brif(is_longer, longer, &[], shorter, &[]);
    for (block, width) in [(longer, Width::Whole), (shorter, Width::Half)] {
        e.builder.switch_to_block(block);
        stand_in::copy(e, width, run.ptr, 0, after);
        stand_in::copy(e, width, last, -width.bytes(), end);
        e.builder.ins().jump(done, &[]);
    }
    e.builder.switch_to_block(done);
}

/// Jumps to `fits` if what is to follow finds its room behind `end`, else to `any`.
fn test_room(e: &mut Emitter<'_, '_>, end: Cursor, fits: Block, any: Block) {
    // How far the end may be beyond the limit.
    let beyond = cursor::FREE.cast_signed() - end.spare.cast_signed();
    let wanted = end.address_at(e, beyond);
    let limit = e.load_cx(core::mem::offset_of!(EncodeCx, limit));
    let full = e
        .builder
        .ins()
        .icmp(IntCC::UnsignedGreaterThan, wanted, limit);
    e.builder.ins().brif(full, any, &[], fits, &[]);
}

/// Copies half of [`SHORT`] bytes from the start of a string and as many up to its end. It is longer than that, and at most twice as long.
fn copy_halves(e: &mut Emitter<'_, '_>, run: Run, [after, end]: [Cursor; 2]) {
    let len = HALF.cast_signed();
    let last = e.builder.ins().iadd(run.ptr, run.len);
    copy_range(e, run.ptr, 0..len, after);
    copy_range(e, last, -len..0, end);
}

/// How many bytes of a string are copied at first, as many as most strings have: all of a short one where one move does it, but for lists of strings. Those
/// are often alike, and mostly shorter; a move of 32 bytes crosses a cache line every other time, one of 16 every fourth.
fn copied_at_once(e: &Emitter<'_, '_>, cursor: Cursor) -> u32 {
    match has_wide_moves(e, cursor) && !e.in_list_of_strings {
        true => SHORT,
        false => HALF,
    }
}

/// Copies the bytes at these distances from an address to the same distances from the cursor.
fn copy_range(e: &mut Emitter<'_, '_>, from: Value, range: core::ops::Range<i32>, cursor: Cursor) {
    if range.len() == SHORT as usize && has_wide_moves(e, cursor) {
        return stand_in::copy(e, Width::Half, from, range.start, cursor);
    }
    let ty = scalar::widest(e);
    let flags = Emitter::read_flags();
    let loaded: Vec<(i32, Value)> = range
        .step_by(ty.bytes() as usize)
        .map(|delta| (delta, e.builder.ins().load(ty, flags, from, delta)))
        .collect();
    for (delta, value) in loaded {
        let offset = cursor.offset + delta;
        e.builder.ins().store(flags, value, cursor.base, offset);
    }
}

/// The most room that is asked for because strings may come that are short. What is not used of it stays in buffers.
const MOST_AHEAD: u32 = 384;

/// The room a chain of ops takes while every string in it is short: what is worth asking for
/// at once. Ends at the first op that needs no room of this kind, and at [`MOST_AHEAD`].
pub(super) fn room_ahead(program: &Program, ops: &[Op]) -> u32 {
    let mut room = 0;
    for op in ops {
        let own = match *op {
            Op::WriteBytes { .. } => SHORT_BOUND,
            Op::WriteOption { some, .. } => 1 + branch_room(program, some),
            Op::Borrow { each, .. } => branch_room(program, each),
            ref other => match max_written(other) {
                Some(own) => own,
                None => break,
            },
        };
        if room + own > MOST_AHEAD {
            break;
        }
        room += own;
        if matches!(op, Op::Switch { .. } | Op::WriteResult { .. }) {
            break;
        }
    }
    room
}

fn branch_room(program: &Program, block: BlockId) -> u32 {
    room_ahead(program, &program.code.block(block).ops)
}

/// Calls a routine of ours that writes the whole list and leaves `reserve`.
pub(super) fn call(
    e: &mut Emitter<'_, '_>,
    routine: Function,
    run: Run,
    reserve: u32,
    cursor: Cursor,
    scope: Scope,
) -> Cursor {
    let out = cursor.address(e);
    let spare = e.word(reserve.into());
    let end = e.call(routine, &[e.cx, out, run.ptr, run.len, spare]);
    let end = e.unless_null(end, scope);
    Cursor::with_spare(end, reserve)
}

/// Writes a length and elements of `width` bytes each, in one copy.
pub(super) fn write_fixed(
    e: &mut Emitter<'_, '_>,
    place: Place,
    source: Source,
    width: u32,
    reserve: u32,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let run = source::run(e, place, source)?;
    let cursor = cursor.ensure(e, varint::MAX_LEN, scope);
    let cursor = varint::write(e, run.len, varint::MAX_LEN, cursor)?;
    let len = e.builder.ins().imul_imm_u(run.len, i64::from(width));
    let bytes = Run { len, ..run };
    Ok(call(e, runtime::APPEND, bytes, reserve, cursor, scope))
}

/// Writes a list by a routine of ours.
pub(super) fn write_by(
    e: &mut Emitter<'_, '_>,
    routine: Function,
    place: Place,
    source: Source,
    reserve: u32,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let run = source::run(e, place, source)?;
    Ok(call(e, routine, run, reserve, cursor, scope))
}

/// Writes a length alone.
pub(super) fn write_unit_list(
    e: &mut Emitter<'_, '_>,
    place: Place,
    source: Source,
    reserve: u32,
    cursor: Cursor,
    scope: Scope,
) -> Result<Cursor, CompileError> {
    let len = source::len(e, place, source)?;
    let cursor = cursor.ensure(e, varint::MAX_LEN, scope);
    let cursor = varint::write(e, len, varint::MAX_LEN, cursor)?;
    Ok(cursor.ensure(e, reserve, scope))
}
