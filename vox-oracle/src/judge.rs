//! The judge: one value, every mode, every kind of output, against independent oracles.

use facet_core::Facet;
use serde::Serialize;
use vox::{EncodeErrorKind, Runtime};

use crate::assert_same_bytes;
use crate::mode::{self, Mode};
use crate::walker;

mod failure;
mod subject;

use subject::{Subject, Value};

pub use failure::{panics, panics_in, refuses, refuses_in};

/// What stands before and behind the output, and must stay.
const SENTINEL: [u8; 5] = [0xa5, 0x5a, 0xa5, 0x5a, 0x99];

/// Declares a test of the codec: every value is encoded in every mode and as
/// every kind of output, and the bytes compared with the oracles'.
///
/// * `codec_test!(name: a, b, c)`: values of types that derive both `Facet` and
///   `Serialize`, judged by serde's postcard and by the walker.
/// * `codec_test!(name as twin: (a, x), (b, y))`: values whose serde twin is
///   another value, judged by the twin's bytes and by the walker.
/// * `codec_test!(name by walker: a, b)`: values without a serde twin.
/// * `codec_test!(name refuses: (a, "text"), ...)`: values that fail, with the
///   same text in every mode.
/// * `codec_test!(name panics: (a, "text"), ...)`: values whose user code panics; the
///   payload must reach the caller in every mode.
///
/// # Examples
///
/// ```
/// vox_oracle::codec_test!(numbers: 1_u8, -5_i32, u64::MAX);
/// ```
#[macro_export]
macro_rules! codec_test {
    ($(#[$meta:meta])* $name:ident : $($value:expr),+ $(,)?) => {
        $(#[$meta])*
        #[test]
        fn $name() {
            $( $crate::judge::by_serde(stringify!($value), &$value); )+
        }
    };
    ($(#[$meta:meta])* $name:ident as twin : $(($value:expr, $twin:expr)),+ $(,)?) => {
        $(#[$meta])*
        #[test]
        fn $name() {
            $( $crate::judge::by_twin(stringify!($value), &$value, &$twin); )+
        }
    };
    ($(#[$meta:meta])* $name:ident by walker : $($value:expr),+ $(,)?) => {
        $(#[$meta])*
        #[test]
        fn $name() {
            $( $crate::judge::by_walker(stringify!($value), &$value); )+
        }
    };
    ($(#[$meta:meta])* $name:ident refuses : $(($value:expr, $text:expr)),+ $(,)?) => {
        $(#[$meta])*
        #[test]
        fn $name() {
            $( $crate::judge::refuses(stringify!($value), &$value, $text); )+
        }
    };
    ($(#[$meta:meta])* $name:ident panics : $(($value:expr, $text:expr)),+ $(,)?) => {
        $(#[$meta])*
        #[test]
        fn $name() {
            $( $crate::judge::panics(stringify!($value), &$value, $text); )+
        }
    };
}

/// Judges a value by serde's postcard and by the walker.
#[track_caller]
pub fn by_serde<'f, T>(label: &str, value: &T)
where
    T: Facet<'f> + Serialize + ?Sized,
{
    by_twin(label, value, value);
}

/// Judges a value by serde's postcard on its twin, and by the walker.
#[track_caller]
pub fn by_twin<'f, T, S>(label: &str, value: &T, twin: &S)
where
    T: Facet<'f> + ?Sized,
    S: Serialize + ?Sized,
{
    let expected = postcard::to_allocvec(twin).expect("serde postcard encodes the specimen");
    let subject = Value::new(value);
    assert_same_bytes(
        &format!("{label}, the walker"),
        &expected,
        &walk(label, &subject),
    );
    in_all_modes(label, &subject, &expected);
}

/// Judges a value by the walker alone.
#[track_caller]
pub fn by_walker<'f, T>(label: &str, value: &T)
where
    T: Facet<'f> + ?Sized,
{
    let subject = Value::new(value);
    in_all_modes(label, &subject, &walk(label, &subject));
}

/// Judges a value by bytes known from elsewhere.
#[track_caller]
pub fn by_bytes<'f, T>(label: &str, value: &T, expected: &[u8])
where
    T: Facet<'f> + ?Sized,
{
    in_all_modes(label, &Value::new(value), expected);
}

/// Judges a value in one mode, in every kind of output.
#[track_caller]
pub fn in_mode<'f, T>(mode: &Mode, label: &str, value: &T, expected: &[u8])
where
    T: Facet<'f> + ?Sized,
{
    judge(mode, label, &Value::new(value), expected);
}

/// What the walker writes.
#[track_caller]
fn walk(label: &str, subject: &dyn Subject<'_>) -> Vec<u8> {
    match walker::encode(subject.peek()) {
        Ok(walked) => walked,
        Err(error) => panic!("{label}: the walker refuses it: {error}"),
    }
}

#[track_caller]
fn in_all_modes(label: &str, subject: &dyn Subject<'_>, expected: &[u8]) {
    for mode in mode::all() {
        judge(mode, label, subject, expected);
    }
}

#[track_caller]
fn judge(mode: &Mode, label: &str, subject: &dyn Subject<'_>, expected: &[u8]) {
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
                    needed: Some(expected.len())
                },
                "{label}: {error}"
            ),
        }
    }
}
