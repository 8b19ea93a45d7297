//! The postcard 1.x wire format, one function per primitive.
//!
//! Written from the format's specification
//! (<https://postcard.jamesmunns.com/wire-format>), not from an
//! implementation. The only thing it leaves out is anything about types: which
//! primitive a Rust type becomes is the walker's business.
//!
//! One varint function serves all widths: an unsigned LEB128 number has the
//! same bytes whatever the width of the integer it came from, and the zigzag
//! image of a number does not depend on the width either.

/// Unsigned LEB128: seven bits per byte, low bits first, the top bit set on
/// every byte but the last.
pub fn varint(out: &mut Vec<u8>, mut value: u128) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            out.push(low & 0x7f);
            return;
        }
        out.push(low | 0x80);
    }
}

/// Signed numbers go through zigzag: 0, -1, 1, -2, 2 become 0, 1, 2, 3, 4.
pub fn signed_varint(out: &mut Vec<u8>, value: i128) {
    // -(value + 1) is `!value`; it cannot overflow, not even for the minimum.
    let zigzag = if value >= 0 {
        value.cast_unsigned() * 2
    } else {
        (!value).cast_unsigned() * 2 + 1
    };
    varint(out, zigzag);
}

/// The number of elements of a sequence or map, or of bytes in a string.
pub fn length(out: &mut Vec<u8>, value: usize) {
    // usize is at most 64 bits wide on every platform Rust has.
    varint(out, u128::try_from(value).expect("usize fits in 128 bits"));
}

/// One byte, 0 or 1.
pub fn boolean(out: &mut Vec<u8>, value: bool) {
    out.push(u8::from(value));
}

/// Eight-bit integers are one raw byte, the signed ones in two's complement.
pub fn byte(out: &mut Vec<u8>, value: u8) {
    out.push(value);
}

/// Raw bytes without a length: floats (little endian), addresses.
pub fn raw(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(bytes);
}

/// A length, then the bytes.
pub fn byte_string(out: &mut Vec<u8>, bytes: &[u8]) {
    length(out, bytes.len());
    raw(out, bytes);
}

/// A string is the byte string of its UTF-8.
pub fn string(out: &mut Vec<u8>, text: &str) {
    byte_string(out, text.as_bytes());
}

/// A character is the string that holds only it.
pub fn character(out: &mut Vec<u8>, value: char) {
    string(out, value.encode_utf8(&mut [0; 4]));
}

/// The index of an enum's variant, in declaration order.
pub fn variant(out: &mut Vec<u8>, index: u32) {
    varint(out, u128::from(index));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out);
        out
    }

    /// The table of the specification's section on varints.
    #[test]
    fn varint_examples_of_the_specification() {
        for (value, bytes) in [
            (0, &[0x00][..]),
            (127, &[0x7f]),
            (128, &[0x80, 0x01]),
            (16383, &[0xff, 0x7f]),
            (16384, &[0x80, 0x80, 0x01]),
            (16385, &[0x81, 0x80, 0x01]),
            (65535, &[0xff, 0xff, 0x03]),
        ] {
            assert_eq!(written(|out| varint(out, value)), bytes, "{value}");
        }
    }

    /// The table of the specification's section on zigzag.
    #[test]
    fn zigzag_examples_of_the_specification() {
        for (value, bytes) in [
            (0, &[0x00][..]),
            (-1, &[0x01]),
            (1, &[0x02]),
            (63, &[0x7e]),
            (-64, &[0x7f]),
            (64, &[0x80, 0x01]),
            (-65, &[0x81, 0x01]),
            (32767, &[0xfe, 0xff, 0x03]),
            (-32768, &[0xff, 0xff, 0x03]),
        ] {
            assert_eq!(written(|out| signed_varint(out, value)), bytes, "{value}");
        }
    }

    #[test]
    fn the_widest_numbers_take_nineteen_bytes() {
        assert_eq!(written(|out| varint(out, u128::MAX)).len(), 19);
        assert_eq!(written(|out| signed_varint(out, i128::MIN)).len(), 19);
    }
}
