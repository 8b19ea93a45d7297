//! Judging failures: one value in one mode, in every kind of output; errors by their texts, panics
//! that arrive as they were, and the caller's buffer as it was.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use vox::EncodeError;

use super::SENTINEL;
use super::subject::Subject;
use crate::mode::Mode;

/// The same text in every kind of output, and the caller's buffer as it was.
#[track_caller]
pub(super) fn refuses(mode: &Mode, label: &str, subject: &dyn Subject<'_>, text: &str) {
    let expect = |kind: &str, outcome: Result<usize, EncodeError>| match outcome {
        Ok(len) => panic!(
            "{label}, {}: {kind} encoded it to {len} bytes, expected: {text}",
            mode.name
        ),
        Err(error) => assert_eq!(error.to_string(), text, "{label}, {}, {kind}", mode.name),
    };
    let runtime = &mode.runtime;
    let mut buffer = SENTINEL.to_vec();
    expect("to_bytes_in", subject.to_bytes_in(runtime, &mut buffer));
    assert_eq!(buffer, SENTINEL, "{label}, {}: the buffer", mode.name);
    expect(
        "to_slice",
        subject
            .to_slice(runtime, &mut [0; 4096])
            .map(|bytes| bytes.len()),
    );
    expect("to_writer", subject.to_writer(runtime, &mut io::sink()));
    expect("encoded_len", subject.encoded_len(runtime));
}

/// The payload reaches the caller in every kind of output, the caller's buffer is as it was, and the
/// runtime goes on working.
#[track_caller]
pub(super) fn panics(mode: &Mode, label: &str, subject: &dyn Subject<'_>, payload: &str) {
    let runtime = &mode.runtime;
    let expect = |kind: &str, run: &mut dyn FnMut() -> Result<usize, EncodeError>| {
        let what = format!("{label}, {}, {kind}", mode.name);
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(outcome) => panic!("{what}: no panic: {outcome:?}"),
            Err(found) => assert_eq!(text_of(&*found), payload, "{what}"),
        }
    };
    let mut buffer = SENTINEL.to_vec();
    expect("to_bytes_in", &mut || {
        subject.to_bytes_in(runtime, &mut buffer)
    });
    assert_eq!(buffer, SENTINEL, "{label}, {}: the buffer", mode.name);
    expect("to_slice", &mut || {
        let mut slice = [0; 4096];
        subject
            .to_slice(runtime, &mut slice)
            .map(|bytes| bytes.len())
    });
    expect("to_writer", &mut || {
        subject.to_writer(runtime, &mut io::sink())
    });
    expect("encoded_len", &mut || subject.encoded_len(runtime));
    assert_eq!(
        runtime.to_bytes(&300_u16).ok(),
        Some(vec![0xac, 0x02]),
        "{label}, {}: a later encode",
        mode.name
    );
}

/// The text of a panic.
fn text_of(payload: &(dyn Any + Send)) -> &str {
    match (
        payload.downcast_ref::<&'static str>(),
        payload.downcast_ref::<String>(),
    ) {
        (Some(text), _) => text,
        (_, Some(text)) => text,
        _ => "a panic without a text",
    }
}
