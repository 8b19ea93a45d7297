//! Judging bytes: one value in one mode, in every kind of output.

use vox::{EncodeErrorKind, Runtime};

use super::SENTINEL;
use super::subject::Subject;
use crate::assert_same_bytes;
use crate::mode::Mode;

/// Encodes a value in every kind of output and compares.
#[track_caller]
pub(super) fn encodes(mode: &Mode, label: &str, subject: &dyn Subject<'_>, expected: &[u8]) {
    let label = format!("{label}, {}", mode.name);
    let runtime = &mode.runtime;
    let fail =
        |what: &str, error: &dyn core::fmt::Display| -> ! { panic!("{label}: {what}: {error}") };

    match subject.to_bytes(runtime) {
        Ok(bytes) => assert_same_bytes(&label, expected, &bytes),
        Err(error) => fail("to_bytes", &error),
    }
    let report = subject.report(runtime);
    assert_eq!(report.refusal, None, "{label}: {report}");
    assert_eq!(report.tier, mode.tier, "{label}: {report}");

    let mut buffer = SENTINEL.to_vec();
    match subject.to_bytes_in(runtime, &mut buffer) {
        Ok(len) => assert_eq!(len, expected.len(), "{label}: to_bytes_in"),
        Err(error) => fail("to_bytes_in", &error),
    }
    assert_eq!(
        buffer[..SENTINEL.len()],
        SENTINEL,
        "{label}: what was there before"
    );
    assert_same_bytes(
        &format!("{label}, appended"),
        expected,
        &buffer[SENTINEL.len()..],
    );

    match runtime.peek_to_bytes(subject.peek()) {
        Ok(bytes) => assert_same_bytes(&format!("{label}, by its shape"), expected, &bytes),
        Err(error) => fail("peek_to_bytes", &error),
    }

    let mut written = Vec::new();
    match subject.to_writer(runtime, &mut written) {
        Ok(len) => assert_eq!(len, expected.len(), "{label}: to_writer"),
        Err(error) => fail("to_writer", &error),
    }
    assert_same_bytes(&format!("{label}, written"), expected, &written);

    match subject.encoded_len(runtime) {
        Ok(len) => assert_eq!(len, expected.len(), "{label}: encoded_len"),
        Err(error) => fail("encoded_len", &error),
    }
    in_slices(runtime, &label, subject, expected);
}

/// Judges a value in slices that are just long enough, longer, and too short.
#[track_caller]
fn in_slices(runtime: &Runtime, label: &str, subject: &dyn Subject<'_>, expected: &[u8]) {
    for extra in [0, SENTINEL.len()] {
        let mut slice = vec![0; expected.len()];
        slice.extend_from_slice(&SENTINEL[..extra]);
        match subject.to_slice(runtime, &mut slice) {
            Ok(part) => assert_same_bytes(&format!("{label}, in a slice"), expected, part),
            Err(error) => panic!("{label}: to_slice with {extra} extra bytes: {error}"),
        }
        assert_eq!(
            slice[expected.len()..],
            SENTINEL[..extra],
            "{label}: what is behind the result"
        );
    }
    if let Some(short) = expected.len().checked_sub(1) {
        let mut slice = vec![0; short];
        match subject.to_slice(runtime, &mut slice) {
            Ok(_) => panic!("{label}: {short} bytes were enough"),
            Err(error) => assert_eq!(
                error.kind(),
                EncodeErrorKind::BufferTooSmall {
                    needed: expected.len()
                },
                "{label}: {error}"
            ),
        }
    }
}
