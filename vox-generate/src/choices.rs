//! Where every decision of the generator comes from: a sequence of small numbers.
//!
//! One sequence says everything about a type and its values, whoever made it up:
//! a seed, a fuzzer's bytes, or an earlier sequence with parts taken out. So what
//! a fuzzer learns to vary is what a seed varies, and shrinking ([`crate::shrink`])
//! works on plain numbers and never sees a type. By convention 0 is the simplest answer.

/// A source of decisions that remembers what it decided.
#[derive(Debug)]
pub struct Choices<'a> {
    source: Source<'a>,
    taken: Vec<u64>,
}

#[derive(Debug)]
enum Source<'a> {
    Random(fastrand::Rng),
    Bytes(&'a [u8]),
    Taken(core::slice::Iter<'a, u64>),
}

impl<'a> Choices<'a> {
    /// Decisions that follow from a seed.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self::new(Source::Random(fastrand::Rng::with_seed(seed)))
    }

    /// Decisions read from a fuzzer's bytes; beyond their end, the simplest ones.
    #[must_use]
    pub fn from_bytes(bytes: &'a [u8]) -> Self {
        Self::new(Source::Bytes(bytes))
    }

    /// Decisions taken before. Where a number is too large for the question, the
    /// largest answer stands; beyond the end, the simplest ones.
    #[must_use]
    pub fn from_taken(taken: &'a [u64]) -> Self {
        Self::new(Source::Taken(taken.iter()))
    }

    fn new(source: Source<'a>) -> Self {
        Self {
            source,
            taken: Vec::new(),
        }
    }

    /// What was decided so far.
    #[must_use]
    pub fn taken(&self) -> &[u64] {
        &self.taken
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        let number = match &mut self.source {
            Source::Random(random) => random.u64(..bound),
            Source::Bytes(bytes) => take_number(bytes, bound),
            Source::Taken(taken) => taken.next().map_or(0, |number| (*number).min(bound - 1)),
        };
        self.taken.push(number);
        number
    }

    /// An index into something of this length, which is not 0.
    pub fn index(&mut self, len: usize) -> usize {
        // The answer is below a usize.
        self.below(len as u64) as usize
    }

    /// A number from 0 to `most`, small ones more often.
    pub fn small(&mut self, most: usize) -> usize {
        let range = self.index(most + 1) + 1;
        self.index(range)
    }

    /// `true` once in so many times.
    pub fn once_in(&mut self, times: u64) -> bool {
        // The simplest answer is no.
        self.below(times) == times - 1
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.index(from.len())]
    }

    /// 64 bits where every width of a varint is as likely, and its edges more so.
    pub fn bits(&mut self) -> u64 {
        match self.below(8) {
            0 => 0,
            1 => self.below(128),
            2 | 3 => {
                let edge = 1_u64 << self.below(64);
                edge.wrapping_add(self.below(3)).wrapping_sub(1)
            }
            4 => u64::MAX - self.below(3),
            _ => {
                let width = self.below(64);
                self.below(u64::MAX) >> width
            }
        }
    }
}

/// As many bytes as the bound needs, so that a fuzzer's bytes go a long way.
fn take_number(bytes: &mut &[u8], bound: u64) -> u64 {
    let width = match bound - 1 {
        0 => return 0,
        1..=0xff => 1,
        0x100..=0xffff => 2,
        _ => 8,
    };
    let (now, later) = bytes.split_at(bytes.len().min(width));
    *bytes = later;
    let mut word = [0; 8];
    word[..now.len()].copy_from_slice(now);
    u64::from_le_bytes(word) % bound
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions(choices: &mut Choices<'_>) -> Vec<u64> {
        [2, 300, 1, 7, u64::MAX]
            .map(|bound| choices.below(bound))
            .to_vec()
    }

    #[test]
    fn the_same_seed_decides_the_same() {
        let mut first = Choices::from_seed(5);
        let mut second = Choices::from_seed(5);
        assert_eq!(questions(&mut first), questions(&mut second));
        assert_eq!(first.taken(), second.taken());
    }

    #[test]
    fn what_was_taken_can_be_taken_again() {
        let mut first = Choices::from_seed(9);
        let answers = questions(&mut first);
        let taken = first.taken().to_vec();
        assert_eq!(questions(&mut Choices::from_taken(&taken)), answers);
    }

    #[test]
    fn bytes_and_earlier_numbers_end_in_the_simplest_answers() {
        assert_eq!(
            questions(&mut Choices::from_bytes(&[1, 44, 1])),
            [1, 0, 0, 0, 0]
        );
        assert_eq!(questions(&mut Choices::from_bytes(&[])), [0; 5]);
        assert_eq!(questions(&mut Choices::from_taken(&[9])), [1, 0, 0, 0, 0]);
    }
}
