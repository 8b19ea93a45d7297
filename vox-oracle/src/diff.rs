//! Where two encodings part, for people.
//!
//! Not a general diff: encodings have no lines to align, and after the first
//! wrong byte everything behind it is usually shifted. So the offset of that
//! byte, and a window of hex around it on both sides, is what helps.

use std::fmt;

/// Bytes shown before the first difference.
const BEFORE: usize = 8;
/// Bytes shown from the first difference on.
const AFTER: usize = 16;

/// The first place where two byte strings differ, with its surroundings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Offset of the first byte that differs; the length of the shorter string
    /// when it is a prefix of the longer one.
    pub offset: usize,
    /// Length of the expected bytes.
    pub expected_len: usize,
    /// Length of the actual bytes.
    pub actual_len: usize,
    expected_window: String,
    actual_window: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "first difference at offset {} (expected {} bytes, got {})",
            self.offset, self.expected_len, self.actual_len
        )?;
        writeln!(f, "  expected: {}", self.expected_window)?;
        write!(f, "  actual:   {}", self.actual_window)
    }
}

impl std::error::Error for Difference {}

/// Compares two encodings.
///
/// # Errors
///
/// The [`Difference`] when they are not the same.
pub fn compare(expected: &[u8], actual: &[u8]) -> Result<(), Difference> {
    if expected == actual {
        return Ok(());
    }
    let shorter_len = expected.len().min(actual.len());
    let offset = expected
        .iter()
        .zip(actual)
        .position(|(left, right)| left != right)
        .unwrap_or(shorter_len);
    Err(Difference {
        offset,
        expected_len: expected.len(),
        actual_len: actual.len(),
        expected_window: window(expected, offset),
        actual_window: window(actual, offset),
    })
}

/// Panics with a readable difference unless the two encodings are the same.
///
/// `label` names the specimen, and the tier or mode that produced `actual`.
///
/// # Panics
///
/// When the bytes differ.
#[track_caller]
pub fn assert_same_bytes(label: &str, expected: &[u8], actual: &[u8]) {
    if let Err(difference) = compare(expected, actual) {
        panic!("{label}: {difference}");
    }
}

/// Hex around `offset`, the byte there in brackets, `[end]` when there is none.
fn window(bytes: &[u8], offset: usize) -> String {
    let start = offset.saturating_sub(BEFORE);
    let end = offset.saturating_add(AFTER).min(bytes.len());
    let mut words = Vec::new();
    if start > 0 {
        words.push("..".to_owned());
    }
    for (idx, byte) in bytes.iter().enumerate().take(end).skip(start) {
        words.push(if idx == offset {
            format!("[{byte:02x}]")
        } else {
            format!("{byte:02x}")
        });
    }
    if offset >= bytes.len() {
        words.push("[end]".to_owned());
    }
    if end < bytes.len() {
        words.push("..".to_owned());
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_bytes_have_no_difference() {
        assert_eq!(compare(&[], &[]), Ok(()));
        assert_eq!(compare(&[1, 2], &[1, 2]), Ok(()));
    }

    #[test]
    fn the_first_wrong_byte_is_marked_on_both_sides() {
        let difference = compare(&[0, 1, 0x2a, 3], &[0, 1, 0xff, 3]).unwrap_err();
        assert_eq!(difference.offset, 2);
        assert_eq!(
            difference.to_string(),
            "first difference at offset 2 (expected 4 bytes, got 4)\n  \
             expected: 00 01 [2a] 03\n  \
             actual:   00 01 [ff] 03"
        );
    }

    #[test]
    fn a_missing_tail_is_shown_as_the_end() {
        let difference = compare(&[7, 8], &[7]).unwrap_err();
        assert_eq!(difference.offset, 1);
        assert!(difference.to_string().ends_with("actual:   07 [end]"));
    }

    #[test]
    fn long_inputs_are_cut_on_both_ends() {
        let expected = [0; 100];
        let mut actual = expected;
        actual[50] = 1;
        let text = compare(&expected, &actual).unwrap_err().to_string();
        let mark = format!("..{} [01]{} ..", " 00".repeat(8), " 00".repeat(15));
        assert!(text.ends_with(&mark), "{text}");
    }

    #[test]
    #[should_panic(expected = "a label: first difference at offset 0 (expected 1 bytes, got 0)")]
    fn assert_same_bytes_names_the_specimen() {
        assert_same_bytes("a label", &[1], &[]);
    }
}
