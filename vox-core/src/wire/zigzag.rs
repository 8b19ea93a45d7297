//! Zigzag: signed integers with small magnitudes become small unsigned ones.
//!
//! 0, -1, 1, -2, 2, ... become 0, 1, 2, 3, 4, ... One function per width: the
//! shift that spreads the sign depends on it.

macro_rules! zigzag {
    ($($name:ident: $signed:ty => $unsigned:ty;)*) => { $(
        /// The unsigned form of a signed integer.
        #[inline]
        #[must_use]
        pub const fn $name(value: $signed) -> $unsigned {
            (value.cast_unsigned() << 1) ^ (value >> (<$signed>::BITS - 1)).cast_unsigned()
        }
    )* };
}

zigzag! {
    encode_i16: i16 => u16;
    encode_i32: i32 => u32;
    encode_i64: i64 => u64;
    encode_i128: i128 => u128;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_magnitudes_become_small_numbers() {
        let small = [0, -1, 1, -2, 2, -3];
        for (expected, value) in small.into_iter().enumerate() {
            let expected = u16::try_from(expected).unwrap();
            assert_eq!(encode_i16(value), expected);
            assert_eq!(encode_i32(value.into()), expected.into());
            assert_eq!(encode_i64(value.into()), expected.into());
            assert_eq!(encode_i128(value.into()), expected.into());
        }
    }

    #[test]
    fn extremes_use_every_bit() {
        assert_eq!(encode_i16(i16::MIN), u16::MAX);
        assert_eq!(encode_i16(i16::MAX), u16::MAX - 1);
        assert_eq!(encode_i32(i32::MIN), u32::MAX);
        assert_eq!(encode_i64(i64::MIN), u64::MAX);
        assert_eq!(encode_i128(i128::MIN), u128::MAX);
    }
}
