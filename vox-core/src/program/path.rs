//! Field paths: how an error names the place it happened.
//!
//! Lowering knows the static part of every path (`.entries`, `.kind::File.mime`);
//! only list indices and calls are known at run time. An op that can fail names its
//! static part, relative to the nearest enclosing loop body or program root; on the way out each
//! loop and call adds its own part. Nothing is recorded while encoding succeeds.

use super::PathId;

/// The static parts, numbered. Number 0 is the empty part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathTable {
    parts: Vec<String>,
}

impl Default for PathTable {
    fn default() -> Self {
        Self {
            parts: vec![String::new()],
        }
    }
}

impl PathTable {
    /// The number of this part, adding it when it is new.
    pub fn intern(&mut self, part: &str) -> PathId {
        let index = match self.parts.iter().position(|known| known == part) {
            Some(index) => index,
            None => {
                self.parts.push(part.to_owned());
                self.parts.len() - 1
            }
        };
        PathId::from_index(index)
    }

    /// The part with this number; empty when there is none.
    #[must_use]
    pub fn get(&self, id: PathId) -> &str {
        self.parts.get(id.index()).map_or("", String::as_str)
    }

    /// All parts, by number.
    #[must_use]
    pub fn parts(&self) -> &[String] {
        &self.parts
    }
}

/// One step of the way from the place of failure to the root, as it is
/// recorded: innermost first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathPart {
    /// A static part, already in text: `.name`, `.kind::File.mime`, or empty.
    Static(String),
    /// An element of a list, array, set or other sequence: `[3]`.
    Index(u64),
    /// The key of the entry with this position in iteration order: `.keys[3]`.
    Key(u64),
    /// The value of the entry with this position in iteration order: `.values[3]`.
    Value(u64),
    /// Steps of recursion in last position, which is a loop that counts and remembers nothing
    /// else: `.next.next`, from the fourth on `.next(x4)`, and where a type has several ways
    /// to go on `(.left|.right)(x4)`.
    Repeated {
        /// The ways to go on.
        steps: Vec<String>,
        /// How often the loop went on.
        count: u64,
    },
}

/// The path of parts that stand one behind the other.
///
/// Steps in front of a loop that are the loop's own are counted with it: whether the first node of a list is
/// a part of what holds it is a matter of what was inlined, and of how many copies of its shape the compiler made.
pub(crate) fn join<'p>(parts: impl Iterator<Item = &'p PathPart>) -> String {
    let mut path = String::new();
    for part in parts {
        match part {
            PathPart::Repeated { steps, count } if steps.len() == 1 && !steps[0].is_empty() => {
                let rest = path.trim_end_matches(steps[0].as_str()).len();
                let before = (path.len() - rest) / steps[0].len();
                path.truncate(rest);
                let count = count.saturating_add(before as u64);
                let steps = steps.clone();
                path.push_str(&PathPart::Repeated { steps, count }.to_string());
            }
            part => path.push_str(&part.to_string()),
        }
    }
    path
}

/// Steps of a loop that are spelled out.
const SPELLED_OUT: u64 = 3;

fn write_repeated(
    f: &mut core::fmt::Formatter<'_>,
    steps: &[String],
    count: u64,
) -> core::fmt::Result {
    match steps {
        [step] if count <= SPELLED_OUT => (0..count).try_for_each(|_| f.write_str(step)),
        [step] => write!(f, "{step}(x{count})"),
        several => write!(f, "({})(x{count})", several.join("|")),
    }
}

impl core::fmt::Display for PathPart {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Static(part) => f.write_str(part),
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Key(index) => write!(f, ".keys[{index}]"),
            Self::Value(index) => write!(f, ".values[{index}]"),
            Self::Repeated { steps, count } => write_repeated(f, steps, *count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(parts: &[PathPart]) -> String {
        join(parts.iter())
    }

    #[test]
    fn steps_in_front_of_their_loop_are_counted_with_it() {
        let text = |text: &str| PathPart::Static(text.to_owned());
        let next = |count| PathPart::Repeated {
            steps: vec![String::from(".next")],
            count,
        };
        let cases: [(&[PathPart], &str); 5] = [
            (
                &[text(".list"), next(4), text(".value")],
                ".list.next(x4).value",
            ),
            (
                &[text(".list.next"), next(4), text(".value")],
                ".list.next(x5).value",
            ),
            (&[text(".list"), text(".next"), next(1)], ".list.next.next"),
            (
                &[next(2), PathPart::Index(7), next(3)],
                ".next.next[7].next.next.next",
            ),
            (&[next(2), next(2)], ".next(x4)"),
        ];
        for (parts, expected) in cases {
            assert_eq!(joined(parts), expected);
        }
    }
}
