//! The judges are judged: wrong bytes must be noticed, in whatever way they
//! are wrong.

use crate::judge;
use facet::Facet;
use facet_reflect::Peek;
use serde::{Serialize, Serializer};
use vox_oracle::diff::compare;
use vox_oracle::walker::encode;

/// Serde sees the discriminant where the walker sees the index.
#[derive(Facet)]
#[repr(u8)]
enum ByDiscriminant {
    Zero = 3,
    One = 5,
}

impl Serialize for ByDiscriminant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit_variant("ByDiscriminant", 5, "One")
    }
}

#[test]
#[should_panic(expected = "index: first difference at offset 0")]
fn a_discriminant_in_place_of_the_index_is_noticed() {
    judge("index", &ByDiscriminant::One);
}

/// Only serde leaves the field out.
#[derive(Facet, Serialize)]
struct HalfSkipped {
    kept: u8,
    #[serde(skip)]
    skipped: u8,
}

#[test]
#[should_panic(expected = "expected 1 bytes, got 2")]
fn a_field_too_many_is_noticed() {
    judge(
        "field",
        &HalfSkipped {
            kept: 1,
            skipped: 2,
        },
    );
}

/// A sequence where an array belongs: the length is one byte too many.
#[derive(Facet)]
#[facet(transparent)]
struct Sequence([u8; 3]);

impl Serialize for Sequence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0[..].serialize(serializer)
    }
}

#[test]
#[should_panic(expected = "expected: [03] 07 08 09\n  actual:   [07] 08 09")]
fn a_length_too_many_is_noticed() {
    judge("array", &Sequence([7, 8, 9]));
}

/// Every single-bit error in an encoding is found, at its very offset.
#[test]
fn every_flipped_bit_is_found() {
    let value = (
        300_u32,
        "text",
        [Some(1.5_f32), None],
        vec![-1_i64, i64::MIN],
    );
    let expected = postcard::to_allocvec(&value).expect("serde encodes it");
    let actual = encode(Peek::new(&value)).expect("the walker encodes it");
    assert_eq!(compare(&expected, &actual), Ok(()));
    for offset in 0..actual.len() {
        for bit in 0..8 {
            let mut wrong = actual.clone();
            wrong[offset] ^= 1 << bit;
            let difference = compare(&expected, &wrong).expect_err("a bit differs");
            assert_eq!(difference.offset, offset);
        }
    }
}
