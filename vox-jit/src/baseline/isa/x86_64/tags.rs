//! Comparing the tag of an enum or option.

#![allow(
    clippy::useless_conversion,
    reason = "the encoding macro converts every operand it is given"
)]

use dynasm::dynasm;
use vox_core::program::TagWidth;

use super::super::code::Piece;
use super::super::{Assembler, Jump, Range};
use super::X64;
use super::forms::compare;
use super::jumps::{O, Z, open_jump};

impl X64 {
    /// Compares the tag in `rcx`, of which `ecx` is all that counts where it is narrow.
    #[inline]
    pub(super) fn compare_tag(&mut self, width: TagWidth, value: i64) {
        let narrow = match width {
            TagWidth::U8 | TagWidth::U16 | TagWidth::U32 => {
                u32::try_from(value).ok().map(u32::cast_signed)
            }
            TagWidth::I8 | TagWidth::I16 | TagWidth::I32 => i32::try_from(value).ok(),
            TagWidth::U64 | TagWidth::I64 => None,
        };
        // The macro knows no comparison of a register with 8 bits.
        match (narrow, i8::try_from(value)) {
            (Some(0), _) => asm!(self, test ecx, ecx),
            (Some(_), Ok(value)) => self.code.put([0x83, 0xf9, value.cast_unsigned()]),
            (Some(value), _) => asm!(self, cmp ecx, DWORD value),
            (None, Ok(value)) => self.code.put([0x48, 0x83, 0xf9, value.cast_unsigned()]),
            (None, _) => {
                if let Ok(value) = i32::try_from(value) {
                    asm!(self, cmp rcx, DWORD value);
                } else {
                    asm!(self, mov r11, QWORD value; cmp rcx, r11);
                }
            }
        }
    }

    /// Compares the tag at `at`, writes whether it is not this, behind which the cursor is then, and jumps if it is. It is compared
    /// where it stands if the value allows, in `rcx` otherwise.
    #[inline]
    pub(super) fn write_unless(
        &mut self,
        at: u32,
        width: TagWidth,
        value: i64,
        range: Range,
    ) -> Jump {
        let write = |piece: &mut Piece<'_>, is_it: u8| {
            // setcc [rax]: neither it nor lea touches the flags.
            piece.put([0x0f, 0x90 | (is_it ^ 1), 0]);
            ins!(piece, lea rax, [BYTE rax + 1]);
            open_jump(piece, is_it, range);
        };
        match (width, i8::try_from(value)) {
            (TagWidth::U8 | TagWidth::I8, _) if in_byte(width, value) => self.code.emit(|piece| {
                let [value, ..] = value.to_le_bytes();
                ins_mem_const!(piece, r13, at, (cmp BYTE), (, BYTE value.cast_signed()));
                write(piece, Z);
            }),
            (TagWidth::U32, Ok(value @ 0..)) | (TagWidth::I32, Ok(value)) => {
                self.code.emit(|piece| {
                    compare(piece, 0x41, at, value);
                    write(piece, Z);
                });
            }
            (TagWidth::U64 | TagWidth::I64, Ok(value)) => self.code.emit(|piece| {
                compare(piece, 0x49, at, value);
                write(piece, Z);
            }),
            (TagWidth::U64 | TagWidth::I64, _) if value == i64::MIN => {
                // The one number from which 1 cannot be taken: shorter than to load it.
                self.code.emit(|piece| {
                    compare(piece, 0x49, at, 1);
                    write(piece, O);
                });
            }
            _ => {
                self.load_tag(at, width);
                self.compare_tag(width, value);
                self.code.emit(|piece| write(piece, Z));
            }
        }
        self.opened(range)
    }
}

/// Whether a tag of one byte can be this.
fn in_byte(width: TagWidth, value: i64) -> bool {
    match width {
        TagWidth::I8 => i8::try_from(value).is_ok(),
        _ => u8::try_from(value).is_ok(),
    }
}
