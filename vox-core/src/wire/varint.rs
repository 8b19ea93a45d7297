//! LEB128 varints: seven bits per byte, least significant first, the high bit
//! set on every byte but the last.
//!
//! Written without a loop: the seven-bit groups of up to 56 bits are spread
//! over the bytes of one word by three shifts, the number of bytes follows from
//! the leading zeros, and one 8-byte store writes them all. The store may touch
//! more bytes than the varint has, which is what the output's overshoot room is
//! for. Values of one byte, by far the most common, leave by a branch before that.

/// The most bytes a varint of a `u16` takes.
pub const MAX_LEN_U16: usize = 3;
/// The most bytes a varint of a `u32` takes.
pub const MAX_LEN_U32: usize = 5;
/// The most bytes a varint of a `u64` takes.
pub const MAX_LEN_U64: usize = 10;
/// The most bytes a varint of a `u128` takes.
pub const MAX_LEN_U128: usize = 19;

const CONTINUE: u64 = 0x8080_8080_8080_8080;
/// The bits of groups, in each of eight bytes.
pub(crate) const GROUPS: u64 = !CONTINUE;

/// The number of bytes the varint of this value takes: 1 to 10.
#[inline]
#[must_use]
pub const fn len_u64(value: u64) -> usize {
    let bits = 64 - (value | 1).leading_zeros();
    bits.div_ceil(7) as usize
}

/// The top bits of all bytes but the last, of a varint of 1 to 8 bytes in a word.
#[inline]
const fn continues(len: usize) -> u64 {
    CONTINUE & !(u64::MAX << (8 * (len - 1)))
}

/// What a varint is known to look like by the leading zeros of its value as a word, 64 for 0.
#[repr(C)]
#[derive(Debug)]
pub struct ByZeros {
    /// The top bits of all bytes but the last, as far as they are among the first eight.
    pub continues: [u64; 65],
    /// The number of its bytes.
    pub len: [u8; 65],
}

/// Found in two loads, where counting takes eight steps.
pub(crate) const BY_ZEROS: &ByZeros = &ByZeros::new();

impl ByZeros {
    pub(crate) const fn new() -> Self {
        let mut tables = Self {
            continues: [0; 65],
            len: [0; 65],
        };
        let mut zeros = 0;
        while zeros <= 64 {
            let value = if zeros == 64 { 0 } else { u64::MAX >> zeros };
            let len = len_u64(value);
            tables.len[zeros] = len as u8;
            tables.continues[zeros] = match len {
                1..=8 => continues(len),
                _ => CONTINUE,
            };
            zeros += 1;
        }
        tables
    }
}

/// Spreads the low 56 bits over 8 bytes, seven to a byte.
#[inline]
const fn spread(value: u64) -> u64 {
    let x = value;
    let x = (x & 0x0000_0000_0fff_ffff) | ((x & 0x00ff_ffff_f000_0000) << 4);
    let x = (x & 0x0000_3fff_0000_3fff) | ((x & 0x0fff_c000_0fff_c000) << 2);
    (x & 0x007f_007f_007f_007f) | ((x & 0x3f80_3f80_3f80_3f80) << 1)
}

/// Writes the varint of a value below 2^56 with one store.
///
/// # Safety
///
/// 8 bytes may be written at `out`.
#[inline]
unsafe fn write_56(out: *mut u8, value: u64) -> *mut u8 {
    // SAFETY: the caller allows 8 bytes, and the length is at most 8.
    unsafe { write_groups(out, spread(value), value.leading_zeros() as usize) }
}

/// Writes the first 8 bytes of a varint with one store, and answers the end of the whole varint. `groups` are the value's groups of seven bits,
/// a byte each; `zeros` its leading zeros.
///
/// # Safety
///
/// 8 bytes may be written at `out`, and the whole varint is within the allocation.
#[inline]
pub(crate) unsafe fn write_groups(out: *mut u8, groups: u64, zeros: usize) -> *mut u8 {
    let bytes = (groups | BY_ZEROS.continues[zeros]).to_le_bytes();
    // SAFETY: the caller's duty.
    unsafe {
        out.cast::<[u8; 8]>().write_unaligned(bytes);
        out.add(BY_ZEROS.len[zeros].into())
    }
}

/// Writes a `u64` (or anything narrower, the wire form is the same) as a varint.
///
/// # Safety
///
/// 10 bytes may be written at `out`, or 8 when the value is below 2^56.
#[inline]
pub unsafe fn write_u64(out: *mut u8, value: u64) -> *mut u8 {
    if value < 0x80 {
        // SAFETY: at least 8 bytes may be written; the value has 7 bits.
        unsafe {
            out.write(value.to_le_bytes()[0]);
            out.add(1)
        }
    } else if value < 1 << 56 {
        // SAFETY: 8 bytes may be written.
        unsafe { write_56(out, value) }
    } else {
        let head = (spread(value & ((1 << 56) - 1)) | CONTINUE).to_le_bytes();
        // SAFETY: 10 bytes may be written; one or two of the tail belong to the varint.
        unsafe {
            out.cast::<[u8; 8]>().write_unaligned(head);
            out.add(8).cast::<[u8; 2]>().write_unaligned(tail(value));
            out.add(if value >> 63 == 0 { 9 } else { 10 })
        }
    }
}

/// The ninth and the tenth byte of a varint, for those that have them. The ninth is the uppermost eight bits as they are, for the first of them
/// says whether a tenth follows; of which there is only one.
#[inline]
#[must_use]
pub const fn tail(value: u64) -> [u8; 2] {
    [(value >> 56) as u8, 1]
}

/// Writes a `u128` as a varint.
///
/// # Safety
///
/// 24 bytes may be written at `out`.
#[inline]
pub unsafe fn write_u128(out: *mut u8, value: u128) -> *mut u8 {
    let mut out = out;
    let mut value = value;
    // Full groups of 56 bits first, each with all its continuation bits.
    while value >> 56 != 0 {
        let group = u64::try_from(value & ((1 << 56) - 1)).unwrap_or_default();
        // SAFETY: at most 18 bytes precede the last group and 8 fit behind them.
        unsafe {
            out.cast::<[u8; 8]>()
                .write_unaligned((spread(group) | CONTINUE).to_le_bytes());
            out = out.add(8);
        }
        value >>= 56;
    }
    let rest = u64::try_from(value).unwrap_or_default();
    // SAFETY: the rest is below 2^56; at most 16 bytes precede it.
    unsafe { write_56(out, rest) }
}

/// Writes a `char` as postcard does: its UTF-8 length, then its bytes.
///
/// # Safety
///
/// 5 bytes may be written at `out`.
#[inline]
pub unsafe fn write_char(out: *mut u8, value: char) -> *mut u8 {
    let code = u32::from(value);
    let [low, ..] = code.to_le_bytes();
    // SAFETY: 5 bytes may be written; `len` is 2 to 4.
    unsafe {
        if value.is_ascii() {
            out.cast::<[u8; 2]>().write([1, low]);
            return out.add(2);
        }
        let (utf8, len) = utf8(code);
        out.write(len);
        out.add(1).cast::<[u8; 4]>().write_unaligned(utf8);
        out.add(1 + usize::from(len))
    }
}

/// The UTF-8 form of a character that is not ASCII, two to four bytes, and how many: without a branch, for text is often of several lengths.
#[inline]
fn utf8(code: u32) -> ([u8; 4], u8) {
    let len = 2 + u8::from(code >= 0x800) + u8::from(code >= 0x1_0000);
    // Four groups of six bits, highest first, of which the leading ones are shifted out.
    let group = |shift: u32| code >> shift & 0x3f;
    let groups = 0x8080_8080 | group(18) | group(12) << 8 | group(6) << 16 | group(0) << 24;
    // The first byte starts with as many ones as there are bytes.
    let ones = 0xf00 >> len & 0xff;
    let bytes = groups >> (32 - 8 * u32::from(len)) | ones;
    (bytes.to_le_bytes(), len)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The specification's definition, a byte at a time.
    fn naive(mut value: u128) -> Vec<u8> {
        let mut bytes = Vec::new();
        loop {
            let low = u8::try_from(value & 0x7f).unwrap();
            value >>= 7;
            if value == 0 {
                bytes.push(low);
                return bytes;
            }
            bytes.push(low | 0x80);
        }
    }

    fn written(write: impl FnOnce(*mut u8) -> *mut u8) -> Vec<u8> {
        let mut buffer = [0xa5_u8; 32];
        let end = write(buffer.as_mut_ptr());
        let len = end.addr() - buffer.as_ptr().addr();
        assert!(buffer[24..].iter().all(|byte| *byte == 0xa5));
        buffer[..len].to_vec()
    }

    #[test]
    fn every_bit_length_and_its_neighbours_match_the_definition() {
        for bits in 0..=128 {
            let power = if bits == 128 { 0 } else { 1_u128 << bits };
            for value in [power.wrapping_sub(1), power, power.wrapping_add(1)] {
                // SAFETY: the buffer has 32 bytes.
                let actual = written(|out| unsafe { write_u128(out, value) });
                assert_eq!(actual, naive(value));
                if let Ok(value) = u64::try_from(value) {
                    // SAFETY: the buffer has 32 bytes.
                    let actual = written(|out| unsafe { write_u64(out, value) });
                    assert_eq!(actual, naive(value.into()));
                    assert_eq!(len_u64(value), actual.len());
                }
            }
        }
    }

    #[test]
    fn the_longest_forms_have_the_documented_lengths() {
        assert_eq!(naive(u16::MAX.into()).len(), MAX_LEN_U16);
        assert_eq!(naive(u32::MAX.into()).len(), MAX_LEN_U32);
        assert_eq!(naive(u64::MAX.into()).len(), MAX_LEN_U64);
        assert_eq!(naive(u128::MAX).len(), MAX_LEN_U128);
    }

    #[test]
    fn characters_of_every_utf8_length() {
        let edges = [
            '\0', 'a', '\u{7f}', '\u{80}', 'é', '\u{7ff}', '\u{800}', '€', '\u{d7ff}', '\u{e000}',
        ];
        let more = ['\u{ffff}', '\u{10000}', '🦀', char::MAX];
        let all = ('\0'..=char::MAX).take(if cfg!(miri) { 0 } else { usize::MAX });
        for value in edges.into_iter().chain(more).chain(all) {
            let mut expected = vec![u8::try_from(value.len_utf8()).unwrap()];
            expected.extend(value.to_string().bytes());
            // SAFETY: the buffer has 32 bytes.
            assert_eq!(written(|out| unsafe { write_char(out, value) }), expected);
        }
    }

    /// As machine code puts a varint together: eight bytes with their marks, and the uppermost eight bits behind them.
    #[test]
    fn tables_tell_what_varints_of_every_length_look_like() {
        for zeros in 0..=64 {
            for bits in [u64::MAX, 0x5555_5555_5555_5555, 0] {
                let Some(first) = (1_u64 << 63).checked_shr(zeros) else {
                    continue;
                };
                let value = first | bits & (first - 1);
                let at = value.leading_zeros() as usize;
                let mut bytes = (spread(value) | BY_ZEROS.continues[at])
                    .to_le_bytes()
                    .to_vec();
                let ninth = value >> 56;
                bytes.extend([ninth as u8, (ninth >> 7) as u8]);
                bytes.truncate(BY_ZEROS.len[at].into());
                assert_eq!(bytes, naive(value.into()), "{value:#x}");
            }
        }
        assert_eq!((BY_ZEROS.len[64], BY_ZEROS.continues[64]), (1, 0));
    }
}
