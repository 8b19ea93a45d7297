//! Where the encoding macro turns when an operand does not fit its instruction. Operands are
//! checked before they get there, so each of these is a bug.

#[cold]
pub(crate) fn immediate_out_of_range_unsigned_32(value: u32) -> ! {
    panic!("no instruction holds the operand {value}")
}

#[cold]
pub(crate) fn immediate_out_of_range_signed_32(value: i32) -> ! {
    panic!("no instruction holds the operand {value}")
}
