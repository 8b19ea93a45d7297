//! The cursor: where the next byte goes, and how much room is known to be there.
//!
//! It is an SSA address plus a constant offset that is still pending, so that a
//! run of fixed-size fields is stores at growing offsets with no arithmetic in between; and
//! the number of spare bytes known at compile time, so that a check for room is
//! only emitted where none before it covers it.

use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, condcodes::IntCC, types};
use vox_core::cx::{EncodeCx, FREE_SPARE};

use super::emitter::{Emitter, Scope};
use super::stub::Stub;
use crate::error::CompileError;

/// See the module documentation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor {
    pub(super) base: Value,
    /// Bytes from `base` to where the next byte goes.
    pub(super) offset: i32,
    /// Spare bytes known to be there: a lower bound.
    pub(super) spare: u32,
}

/// The spare bytes a check against the limit alone finds.
#[expect(clippy::cast_possible_truncation, reason = "96; checked right below")]
pub(super) const FREE: u32 = FREE_SPARE as u32;
const _: () = assert!(FREE as usize == FREE_SPARE);

impl Cursor {
    /// A cursor at an address, with nothing known of the room there.
    pub(super) fn start(address: Value) -> Self {
        Self::with_spare(address, 0)
    }

    /// A cursor at an address with this much room.
    pub(super) fn with_spare(address: Value, spare: u32) -> Self {
        Self {
            base: address,
            offset: 0,
            spare,
        }
    }

    /// The address as one value.
    pub(super) fn address(self, e: &mut Emitter<'_, '_>) -> Value {
        self.address_at(e, 0)
    }

    /// The address whose distance to the cursor is `offset`: what a join with
    /// that pending offset takes.
    pub(super) fn address_at(self, e: &mut Emitter<'_, '_>, offset: i32) -> Value {
        e.add(self.base, i64::from(self.offset) - i64::from(offset))
    }

    /// Stores a value, little-endian, `delta` bytes behind the cursor.
    pub(super) fn store(self, e: &mut Emitter<'_, '_>, value: Value, delta: i32) {
        let flags = e.out_flags();
        e.builder
            .ins()
            .store(flags, value, self.base, self.offset + delta);
    }

    /// The cursor after `count` written bytes, whose room must be known.
    pub(super) fn advance(self, count: u32) -> Result<Self, CompileError> {
        let spare = self.take(count)?;
        let offset = i32::try_from(count)
            .ok()
            .and_then(|count| self.offset.checked_add(count))
            .ok_or_else(|| CompileError::Malformed(String::from("a chain of 2 GiB")))?;
        Ok(Self {
            offset,
            spare,
            ..self
        })
    }

    /// The spare bytes after `count` written bytes.
    pub(super) fn take(self, count: u32) -> Result<u32, CompileError> {
        self.spare.checked_sub(count).ok_or_else(|| {
            CompileError::Malformed(format!("{count} bytes are written into {}", self.spare))
        })
    }

    /// Makes sure that `bytes` spare bytes are there: one compare, and a cold call
    /// when they are not.
    pub(super) fn ensure(self, e: &mut Emitter<'_, '_>, bytes: u32, scope: Scope) -> Self {
        if self.spare >= bytes {
            return self;
        }
        let wanted = bytes.max(FREE);
        let out = self.address(e);
        // Up to FREE bytes are there whenever the cursor is not past the limit.
        let probe = self.address_at(e, FREE.cast_signed() - wanted.cast_signed());
        let limit = e.load_cx(core::mem::offset_of!(EncodeCx, limit));
        let full = e
            .builder
            .ins()
            .icmp(IntCC::UnsignedGreaterThan, probe, limit);
        let go_on = e.builder.create_block();
        let next = e.builder.append_block_param(go_on, types::I64);
        let cold = e.cold_block();
        e.builder.ins().brif(full, cold, &[], go_on, &[out.into()]);

        e.builder.switch_to_block(cold);
        let spare = e.word(i64::from(wanted));
        let grown = e.call_stub(Stub::Grow, &[out, spare]);
        let back = e.cold_block();
        let grown = e.unless_null_in(back, grown, scope);
        e.builder.ins().jump(go_on, &[grown.into()]);

        e.builder.switch_to_block(go_on);
        Self::with_spare(next, wanted)
    }
}

impl Emitter<'_, '_> {
    /// How the output is written: anywhere, little-endian.
    pub(super) fn out_flags(&self) -> MemFlagsData {
        MemFlagsData::new()
            .with_notrap()
            .with_endianness(cranelift_codegen::ir::Endianness::Little)
    }
}
