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
