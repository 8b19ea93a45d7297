//! Where generated values come from: one seeded generator, one trait.
//!
//! The generator is xoshiro256++ from the `rand_xoshiro` crate. It names its
//! algorithm, so the sequence of a seed is a fact of the published algorithm
//! and not of a version of a crate ("the default generator" of other crates
//! may change under a minor release, and every documented size with it); it is
//! maintained by the rand project and needs nothing but `rand_core`. Ranges
//! and distributions are ours for the same reason.
//!
//! Not for secrets.

use std::ops::RangeInclusive;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng as _, SeedableRng as _};

const ALPHABET: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

/// A seeded source of values: the same seed gives the same values everywhere.
#[derive(Debug, Clone)]
pub struct Random(Xoshiro256PlusPlus);

impl Random {
    /// The generator of this seed.
    pub fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// 64 uniform bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A uniform number below `bound`, which must not be zero.
    ///
    /// The high half of a wide product: the bias is below 2^-32 for the bounds
    /// in use, and every seed takes the same number of steps.
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "no number is below zero");
        let wide = u128::from(self.bits()) * u128::from(bound);
        u64::try_from(wide >> 64).expect("half of 128 bits")
    }

    /// A uniform length in `range`.
    pub fn length(&mut self, range: RangeInclusive<usize>) -> usize {
        let span = range.end() - range.start() + 1;
        let offset = self.below(u64::try_from(span).expect("lengths have at most 64 bits"));
        range.start() + usize::try_from(offset).expect("below a usize")
    }

    /// A value of any type that can be drawn.
    pub fn draw<T: Draw>(&mut self) -> T {
        T::draw(self)
    }

    /// As many values as a length drawn from `range`.
    pub fn list<T: Draw>(&mut self, range: RangeInclusive<usize>) -> Vec<T> {
        let len = self.length(range);
        (0..len).map(|_| self.draw()).collect()
    }

    /// ASCII letters, digits, `-` and `_`: as many as drawn from `range`.
    pub fn text(&mut self, range: RangeInclusive<usize>) -> String {
        let len = self.length(range);
        (0..len).map(|_| self.letter()).collect()
    }

    /// One character of [`Random::text`].
    pub fn letter(&mut self) -> char {
        char::from(ALPHABET[self.length(0..=ALPHABET.len() - 1)])
    }

    /// Uniform bytes: as many as drawn from `range`.
    pub fn bytes(&mut self, range: RangeInclusive<usize>) -> Vec<u8> {
        let mut bytes = vec![0; self.length(range)];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}

/// A type whose values can be drawn.
///
/// Integers have a random magnitude: their number of significant bits is
/// uniform, so every length of a varint is met (for signed ones after the
/// zigzag mapping). Floats are finite, so that values compare equal to
/// themselves. Strings have 8 to 16 characters. Half the options are `None`.
pub trait Draw: Sized {
    /// Draws one value.
    fn draw(random: &mut Random) -> Self;
}

/// Draws `count` values from `seed`.
pub fn draw_many<T: Draw>(seed: u64, count: usize) -> Vec<T> {
    let mut random = Random::new(seed);
    (0..count).map(|_| random.draw()).collect()
}

macro_rules! draw_integers {
    ($($unsigned:ident $signed:ident)*) => {$(
        impl Draw for $unsigned {
            fn draw(random: &mut Random) -> Self {
                let uniform = random.bits() >> (u64::BITS - $unsigned::BITS);
                let uniform = $unsigned::try_from(uniform).expect("shifted to its width");
                uniform >> random.below(u64::from($unsigned::BITS))
            }
        }

        impl Draw for $signed {
            fn draw(random: &mut Random) -> Self {
                let zigzag: $unsigned = random.draw();
                (zigzag >> 1).cast_signed() ^ -((zigzag & 1).cast_signed())
            }
        }
    )*};
}

draw_integers!(u8 i8 u16 i16 u32 i32 u64 i64);

impl Draw for bool {
    fn draw(random: &mut Random) -> Self {
        random.below(2) == 1
    }
}

impl Draw for char {
    fn draw(random: &mut Random) -> Self {
        // One alternative per length of UTF-8.
        const LONGER: [char; 3] = ['\u{e9}', '\u{20ac}', '\u{1f980}'];
        match random.length(0..=5) {
            choice @ 0..=2 => LONGER[choice],
            _ => random.letter(),
        }
    }
}

impl Draw for f32 {
    fn draw(random: &mut Random) -> Self {
        // Sign and mantissa as they come; an exponent from 2^-8 to 2^7.
        let bits = u32::try_from(random.bits() >> 32).expect("half of 64 bits");
        let exponent = 119 + ((bits >> 23) & 0xf);
        f32::from_bits((bits & 0x807f_ffff) | (exponent << 23))
    }
}

impl Draw for f64 {
    fn draw(random: &mut Random) -> Self {
        let bits = random.bits();
        let exponent = 1015 + ((bits >> 52) & 0xf);
        f64::from_bits((bits & 0x800f_ffff_ffff_ffff) | (exponent << 52))
    }
}

impl Draw for String {
    fn draw(random: &mut Random) -> Self {
        random.text(8..=16)
    }
}

impl<T: Draw> Draw for Option<T> {
    fn draw(random: &mut Random) -> Self {
        random.draw::<bool>().then(|| random.draw())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The first outputs of the published C code of splitmix64 and
    /// xoshiro256++ for this seed, computed here a second time: what stands in
    /// the documentation of sizes rests on this sequence.
    #[test]
    fn the_sequence_is_the_published_algorithm() {
        fn split_mix(state: &mut u64) -> u64 {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }
        let mut seed = 42;
        let mut s = [0u64; 4].map(|_| split_mix(&mut seed));
        let mut random = Random::new(42);
        for _ in 0..1000 {
            let expected = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
            let shifted = s[1] << 17;
            s[2] ^= s[0];
            s[3] ^= s[1];
            s[1] ^= s[2];
            s[0] ^= s[3];
            s[2] ^= shifted;
            s[3] = s[3].rotate_left(45);
            assert_eq!(random.bits(), expected);
        }
    }

    #[test]
    fn every_varint_length_is_drawn() {
        let lengths = |values: Vec<Vec<u8>>| -> BTreeSet<usize> {
            values.iter().map(|bytes| bytes.len()).collect()
        };
        let unsigned = draw_many::<u64>(1, 2000);
        let signed = draw_many::<i64>(1, 2000);
        let encode = |value: &u64| postcard::to_allocvec(value).unwrap();
        let encode_signed = |value: &i64| postcard::to_allocvec(value).unwrap();
        let all: BTreeSet<usize> = (1..=10).collect();
        assert_eq!(lengths(unsigned.iter().map(encode).collect()), all);
        assert_eq!(lengths(signed.iter().map(encode_signed).collect()), all);
        assert!(signed.iter().any(|value| *value < 0));
    }

    #[test]
    fn ranges_are_reached_and_kept() {
        let mut random = Random::new(3);
        let lengths: BTreeSet<usize> = (0..1000).map(|_| random.length(8..=16)).collect();
        assert_eq!(lengths, (8..=16).collect());
        let letters: BTreeSet<char> = (0..5000).map(|_| random.letter()).collect();
        assert_eq!(letters.len(), ALPHABET.len());
        let floats = draw_many::<f64>(4, 1000);
        assert!(floats.iter().all(|value| value.is_finite()));
    }
}
