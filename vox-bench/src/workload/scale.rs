//! How much of what is generated a run looks at.
//!
//! Emulated targets and interpreters of interpreters are slow; they run the
//! same tests on fewer values. Not for rows: their sizes are documented facts.

use std::fmt;
use std::str::FromStr;

/// A positive factor on generated counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale(f64);

impl Scale {
    /// Everything.
    pub const FULL: Self = Self(1.0);

    /// The environment variable that [`Scale::from_env`] reads.
    pub const VARIABLE: &'static str = "VOX_TEST_SCALE";

    /// A scale of `factor`, which must be finite and above zero.
    pub fn new(factor: f64) -> Result<Self, InvalidScale> {
        if factor.is_finite() && factor > 0.0 {
            Ok(Self(factor))
        } else {
            Err(InvalidScale(factor.to_string()))
        }
    }

    /// What `VOX_TEST_SCALE` says; [`Scale::FULL`] when it is not set. A value
    /// that is no positive number is an error, for a run that silently tested
    /// more or less than asked is worse than none.
    pub fn from_env() -> Result<Self, InvalidScale> {
        match std::env::var_os(Self::VARIABLE) {
            None => Ok(Self::FULL),
            Some(text) => text.to_string_lossy().parse(),
        }
    }

    /// `full` items at this scale: never none, if `full` is not zero.
    pub fn count(self, full: usize) -> usize {
        if full == 0 {
            return 0;
        }
        // Counts are far below 2^53, where f64 is exact; the cast back
        // saturates, and a saturated count is what an absurd factor asks for.
        let scaled = (full as f64 * self.0).round() as usize;
        scaled.max(1)
    }
}

impl FromStr for Scale {
    type Err = InvalidScale;

    fn from_str(text: &str) -> Result<Self, InvalidScale> {
        match text.trim().parse() {
            Ok(factor) => Self::new(factor).map_err(|_| InvalidScale(text.to_owned())),
            Err(_) => Err(InvalidScale(text.to_owned())),
        }
    }
}

/// A scale that is no finite number above zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidScale(String);

impl fmt::Display for InvalidScale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no scale: ", self.0)?;
        write!(f, "{} wants a number above zero", Scale::VARIABLE)
    }
}

impl std::error::Error for InvalidScale {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_scaled_and_never_vanish() {
        assert_eq!(Scale::FULL.count(256), 256);
        assert_eq!(Scale::new(0.1).unwrap().count(256), 26);
        assert_eq!(Scale::new(0.0001).unwrap().count(256), 1);
        assert_eq!(Scale::new(3.0).unwrap().count(256), 768);
        assert_eq!(Scale::FULL.count(0), 0);
    }

    #[test]
    fn nonsense_is_refused_and_named() {
        for text in ["", "fast", "0", "-1", "inf", "NaN"] {
            let error = text.parse::<Scale>().unwrap_err();
            assert!(error.to_string().contains(&format!("{text:?}")), "{error}");
        }
        assert_eq!(" 0.5 ".parse(), Scale::new(0.5));
    }
}
