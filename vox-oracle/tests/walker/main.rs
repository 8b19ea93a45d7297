//! The walker against serde's `postcard`, specimen by specimen.
//!
//! Every type here derives both `Facet` and `Serialize`, so two encoders that
//! share nothing must agree on its bytes. [`refusals`] holds what the walker
//! must not encode, and [`verdicts`] shows that a wrong encoding is noticed.

mod attributes;
mod compounds;
mod containers;
mod enums;
mod numbers;
mod pointers;
mod refusals;
mod standard;
mod text;
mod verdicts;

use facet::Facet;
use facet_reflect::Peek;
use serde::Serialize;
use vox_oracle::assert_same_bytes;
use vox_oracle::walker::{WalkError, encode};

/// The walker must give the bytes that serde's postcard gives for `twin`.
#[track_caller]
fn judge_as<'f, T, S>(label: &str, value: &T, twin: &S)
where
    T: Facet<'f> + ?Sized,
    S: Serialize + ?Sized,
{
    let expected = postcard::to_allocvec(twin).expect("serde postcard encodes the specimen");
    match encode(Peek::new(value)) {
        Ok(actual) => assert_same_bytes(label, &expected, &actual),
        Err(error) => panic!("{label}: {error}"),
    }
}

/// The walker must give the bytes that serde's postcard gives.
#[track_caller]
fn judge<'f, T: Facet<'f> + Serialize + ?Sized>(label: &str, value: &T) {
    judge_as(label, value, value);
}

/// Judges each expression, labelled by its own text.
macro_rules! specimens {
    ($($value:expr),+ $(,)?) => {
        $( $crate::judge(stringify!($value), &$value); )+
    };
}
pub(crate) use specimens;

/// Why the walker refuses `value`.
#[track_caller]
fn refusal<'f, T: Facet<'f> + ?Sized>(value: &T) -> WalkError {
    encode(Peek::new(value)).expect_err("the walker refuses the specimen")
}
