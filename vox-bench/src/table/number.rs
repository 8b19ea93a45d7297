//! Numbers as people read them: no more digits than they are worth.

/// Nanoseconds.
pub(crate) fn nanos(value: f64) -> String {
    if value < 100.0 {
        format!("{value:.1}")
    } else {
        group(&format!("{value:.0}"))
    }
}

/// How many times.
pub(crate) fn ratio(value: f64) -> String {
    if value < 10.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.1}")
    }
}

/// A count, or the mean of counts.
pub(crate) fn count(value: f64) -> String {
    if value.fract() == 0.0 || value >= 100.0 {
        group(&format!("{value:.0}"))
    } else {
        format!("{value:.1}")
    }
}

/// Digits in groups of three.
fn group(digits: &str) -> String {
    let mut text = String::new();
    for (idx, digit) in digits.char_indices() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_worth_reading() {
        assert_eq!(nanos(9.26), "9.3");
        assert_eq!(nanos(1234.5678), "1,235");
        assert_eq!(nanos(123.4), "123");
        assert_eq!(nanos(1_234_567.0), "1,234,567");
        assert_eq!(ratio(0.378), "0.38");
        assert_eq!(ratio(12.34), "12.3");
        assert_eq!(count(353.0), "353");
        assert_eq!(count(17.25), "17.2");
        assert_eq!(count(202.8), "203");
        assert_eq!(count(94_524.0), "94,524");
    }
}
