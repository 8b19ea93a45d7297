//! Making a failure small: the shortest and lowest choices that still fail.
//!
//! Works on the sequence a [`Choices`](crate::Choices) remembered, and knows nothing of types.

/// Runs of a test that shrinking may take.
const MAX_RUNS: usize = 2000;

/// The smallest sequence found for which `fails` still answers yes, starting from
/// one for which it does.
pub fn shrink(start: &[u64], mut fails: impl FnMut(&[u64]) -> bool) -> Vec<u64> {
    let mut best = start.to_vec();
    let mut runs = 0;
    let mut try_one = |best: &mut Vec<u64>, candidate: Vec<u64>| {
        runs += 1;
        let is_better = runs <= MAX_RUNS && candidate != *best && fails(&candidate);
        if is_better {
            *best = candidate;
        }
        (is_better, runs < MAX_RUNS)
    };
    loop {
        let before = best.clone();
        let mut len = best.len();
        while len > 0 {
            let mut at = 0;
            while at < best.len() {
                let mut without = best.clone();
                without.drain(at..(at + len).min(best.len()));
                let (is_better, goes_on) = try_one(&mut best, without);
                if !goes_on {
                    return best;
                }
                if !is_better {
                    at += len;
                }
            }
            len /= 2;
        }
        for at in 0..best.len() {
            for lower in [0, best[at] / 2, best[at].saturating_sub(1)] {
                let mut candidate = best.clone();
                candidate[at] = lower;
                let (_, goes_on) = try_one(&mut best, candidate);
                if !goes_on {
                    return best;
                }
            }
        }
        if best == before {
            return best;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_that_matters_is_what_is_left() {
        let start: Vec<u64> = (0..200).collect();
        assert_eq!(
            shrink(&start, |taken| taken.iter().any(|it| *it >= 77)),
            [77]
        );
    }

    #[test]
    fn what_always_fails_becomes_nothing() {
        assert_eq!(shrink(&[3, 4, 5], |_| true), [0_u64; 0]);
    }
}
