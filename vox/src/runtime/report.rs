//! What a runtime can say about a type.

use core::fmt;

use vox_core::error::EncodeError;
use vox_core::tier::Tier;

/// How a type is encoded by a runtime: which tier runs, why no higher one, what
/// it takes, and the program itself. Prints as a few lines, and in the alternate
/// form (`{:#}`) with the program behind them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TypeReport {
    /// The type's name.
    pub type_name: String,
    /// Why the type cannot be encoded: the text of the error that every call gives. `None` for
    /// a type that can; otherwise nothing runs, and the fields below say so with the interpreter's
    /// tier and an empty program.
    pub refusal: Option<String>,
    /// The tier the next call runs in.
    pub tier: Tier,
    /// Why not in a higher one; `None` when it is the highest.
    pub why_not_higher: Option<String>,
    /// Bytes of machine code of this type's own program, if it has any.
    pub code_bytes: Option<usize>,
    /// Ops of the program.
    pub ops: usize,
    /// Types called rather than inlined.
    pub children: usize,
    /// The program in its text form.
    pub program: String,
    /// What the runtime has to say about itself: settings it did not
    /// understand, memory it was refused.
    pub notes: Vec<String>,
}

impl TypeReport {
    /// The report of a type that is refused.
    pub(super) fn refused(type_name: String, error: &EncodeError, notes: Vec<String>) -> Self {
        Self {
            type_name,
            refusal: Some(error.to_string()),
            tier: Tier::Interpreter,
            why_not_higher: Some(String::from("it cannot be encoded")),
            code_bytes: None,
            ops: 0,
            children: 0,
            program: String::new(),
            notes,
        }
    }

    fn write_tier(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.type_name, self.tier)?;
        if let Some(why) = &self.why_not_higher {
            writeln!(f, "  not higher because {why}")?;
        }
        if let Some(bytes) = self.code_bytes {
            writeln!(f, "  {bytes} bytes of machine code")?;
        }
        write!(f, "  {} ops, {} children", self.ops, self.children)
    }
}

impl fmt::Display for TypeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.refusal {
            Some(error) => write!(f, "{}: refused\n  {error}", self.type_name)?,
            None => self.write_tier(f)?,
        }
        for note in &self.notes {
            write!(f, "\n  note: {note}")?;
        }
        if f.alternate() && self.refusal.is_none() {
            write!(f, "\n{}", self.program)?;
        }
        Ok(())
    }
}
