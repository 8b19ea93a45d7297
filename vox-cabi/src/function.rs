//! What a function takes and returns, as far as a calling convention cares.
//!
//! A type here says nothing of meaning: a `PtrConst` of two words and a
//! `Range<usize>` are both an aggregate of two. Where the words travel is
//! decided by [`crate::plan`].

use core::fmt;

/// The size of an aggregate in 64-bit words.
///
/// An aggregate aligned to eight bytes is a whole number of words, since C
/// rounds its size up: `{usize, usize, bool}` is three. Aggregates of other
/// alignments are not covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Words {
    /// 8 bytes.
    One = 1,
    /// 16 bytes.
    Two = 2,
    /// 24 bytes.
    Three = 3,
    /// 32 bytes.
    Four = 4,
}

impl Words {
    /// Every size.
    pub const ALL: [Words; 4] = [Words::One, Words::Two, Words::Three, Words::Four];

    /// The number of words.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(vox_cabi::Words::Three.count(), 3);
    /// ```
    pub const fn count(self) -> usize {
        match self {
            Words::One => 1,
            Words::Two => 2,
            Words::Three => 3,
            Words::Four => 4,
        }
    }

    /// The number of bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(vox_cabi::Words::Three.len_bytes(), 24);
    /// ```
    pub const fn len_bytes(self) -> u32 {
        match self {
            Words::One => 8,
            Words::Two => 16,
            Words::Three => 24,
            Words::Four => 32,
        }
    }

    /// The size of this many words, if it is one to four.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::Words;
    ///
    /// assert_eq!(Words::from_count(2), Some(Words::Two));
    /// assert_eq!(Words::from_count(5), None);
    /// ```
    pub const fn from_count(count: usize) -> Option<Words> {
        match count {
            1 => Some(Words::One),
            2 => Some(Words::Two),
            3 => Some(Words::Three),
            4 => Some(Words::Four),
            _ => None,
        }
    }
}

/// The type of one parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Parameter {
    /// A 64-bit integer.
    Word,
    /// A thin pointer. Every supported ABI passes it as it passes
    /// [`Parameter::Word`]; the two are told apart for readers.
    Pointer,
    /// A C struct of integers and pointers, aligned to eight bytes.
    Aggregate(Words),
}

impl Parameter {
    /// The number of words a caller hands over for this parameter.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::{Parameter, Words};
    ///
    /// assert_eq!(Parameter::Pointer.word_count(), 1);
    /// assert_eq!(Parameter::Aggregate(Words::Two).word_count(), 2);
    /// ```
    pub const fn word_count(self) -> usize {
        match self {
            Parameter::Word | Parameter::Pointer => 1,
            Parameter::Aggregate(words) => words.count(),
        }
    }
}

/// The type of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Returned {
    /// No result.
    Void,
    /// One byte, 0 or 1. Whatever the ABI says of the bits above it, callees
    /// leave dirt there: only the low eight bits mean anything.
    Bool,
    /// A 64-bit integer.
    Word,
    /// A thin pointer; travels as [`Returned::Word`].
    Pointer,
    /// A C struct of integers and pointers, aligned to eight bytes. It may end
    /// in narrower fields and padding, as `{usize, usize, bool}` does; see
    /// `Emitter::byte_at` for how such a field is read.
    Aggregate(Words),
}

/// A function's parameters and result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FunctionType<'a> {
    /// The parameters, in C order.
    pub parameters: &'a [Parameter],
    /// The result.
    pub returned: Returned,
}

impl<'a> FunctionType<'a> {
    /// A function type, usable in a `const`.
    ///
    /// # Examples
    ///
    /// ```
    /// use vox_cabi::{FunctionType, Parameter, Returned, Words};
    ///
    /// const LEN: FunctionType<'_> =
    ///     FunctionType::new(&[Parameter::Aggregate(Words::Two)], Returned::Word);
    /// assert_eq!(LEN.to_string(), "fn(aggregate 2) -> word");
    /// ```
    pub const fn new(parameters: &'a [Parameter], returned: Returned) -> Self {
        FunctionType {
            parameters,
            returned,
        }
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Parameter::Word => f.write_str("word"),
            Parameter::Pointer => f.write_str("pointer"),
            Parameter::Aggregate(words) => write!(f, "aggregate {}", words.count()),
        }
    }
}

impl fmt::Display for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Returned::Void => f.write_str("void"),
            Returned::Bool => f.write_str("bool"),
            Returned::Word => f.write_str("word"),
            Returned::Pointer => f.write_str("pointer"),
            Returned::Aggregate(words) => write!(f, "aggregate {}", words.count()),
        }
    }
}

impl fmt::Display for FunctionType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("fn(")?;
        for (idx, parameter) in self.parameters.iter().enumerate() {
            if idx > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{parameter}")?;
        }
        write!(f, ") -> {}", self.returned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_bytes_agree() {
        for words in Words::ALL {
            assert_eq!(Words::from_count(words.count()), Some(words));
            assert_eq!(words.len_bytes() as usize, words.count() * 8);
        }
        assert_eq!(Words::from_count(0), None);
        assert_eq!(Words::from_count(5), None);
    }

    #[test]
    fn a_function_type_prints_in_c_order() {
        let function = FunctionType::new(
            &[Parameter::Aggregate(Words::Two), Parameter::Word],
            Returned::Bool,
        );
        assert_eq!(function.to_string(), "fn(aggregate 2, word) -> bool");
    }
}
