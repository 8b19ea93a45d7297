//! What vox makes of a type, from its shape to machine code, for people to look at.
//!
//! [`Explanation::of`] collects it; it prints as text, and [`html::page`] makes a page of it. Nothing is
//! executed or published, and nothing is measured but sizes: for times see [`crate::trial`].

pub mod html;
mod tree;

use std::fmt;

use facet::{Facet, Shape};
use vox_core::lower::LowerOptions;
use vox_core::registry::Registry;
use vox_jit::{Compiler, CompilerOptions, Listing};

use crate::workload::{self, Scale, Value, Visitor, Workload};

/// What vox makes of one type.
#[derive(Debug)]
pub struct Explanation {
    /// The type's name.
    pub type_name: String,
    /// The type and what it contains, an indented line each.
    pub shape: String,
    /// Its program, and those of the types it calls.
    pub programs: Vec<Explained>,
}

/// One program and its code.
#[derive(Debug)]
pub struct Explained {
    /// The type it encodes.
    pub type_name: String,
    /// Ops of the program.
    pub ops: usize,
    /// The program, nested.
    pub program: String,
    /// Its code, or why it has none.
    pub code: Result<Listing, String>,
}

impl Explanation {
    /// Explains a type.
    ///
    /// # Errors
    ///
    /// When the type has no encoding, or there is no machine code on this processor.
    pub fn of(shape: &'static Shape) -> Result<Self, String> {
        let registry = Registry::new(LowerOptions {
            probed_layouts: true,
        });
        let compiler =
            Compiler::new(CompilerOptions::default()).map_err(|error| error.to_string())?;
        let root = registry.slot(shape).map_err(|error| error.to_string())?;
        let programs = registry
            .closure(root)
            .into_iter()
            .filter_map(|slot| {
                let program = slot.program()?;
                Some(Explained {
                    type_name: slot.shape().to_string(),
                    ops: program.code.op_count(),
                    program: program.code.tree().to_string(),
                    code: compiler.list(program).map_err(|error| error.to_string()),
                })
            })
            .collect();
        Ok(Self {
            type_name: shape.to_string(),
            shape: tree::text(shape),
            programs,
        })
    }

    /// Bytes of machine code of all programs.
    #[must_use]
    pub fn code_bytes(&self) -> usize {
        let bytes = |it: &Explained| it.code.as_ref().map_or(0, |code| code.code_bytes);
        self.programs.iter().map(bytes).sum()
    }
}

impl Explained {
    /// A line of sizes.
    #[must_use]
    pub fn summary(&self) -> String {
        match &self.code {
            Ok(code) => format!(
                "{}: {} ops, {} bytes of code, {:.1} per op",
                self.type_name,
                self.ops,
                code.code_bytes,
                code.code_bytes as f64 / self.ops.max(1) as f64
            ),
            Err(reason) => format!("{}: {} ops, no code: {reason}", self.type_name, self.ops),
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "== shape of {}\n{}", self.type_name, self.shape)?;
        for it in &self.programs {
            writeln!(f, "== {}\n", it.summary())?;
            writeln!(f, "-- program\n{}", it.program)?;
            if let Ok(code) = &it.code {
                writeln!(f, "-- Cranelift IR\n{}", code.clif)?;
                writeln!(f, "-- {} bytes of code\n{}", code.code_bytes, code.assembly)?;
            }
        }
        writeln!(
            f,
            "== {} programs, {} bytes of code",
            self.programs.len(),
            self.code_bytes()
        )
    }
}

/// The shape of a workload's type; `None` when there is no workload of that name.
#[must_use]
pub fn shape_of_workload(name: &str) -> Option<&'static Shape> {
    struct Finder<'n>(&'n str, Option<&'static Shape>);
    impl Visitor for Finder<'_> {
        fn wants(&mut self, workload: &Workload) -> bool {
            workload.name == self.0
        }
        fn visit<T: Value>(&mut self, _: &Workload, _: &T) {
            self.1 = Some(<T as Facet<'static>>::SHAPE);
        }
    }
    let mut finder = Finder(name, None);
    workload::visit_rows(&mut finder);
    workload::visit_rotations(&mut finder, workload::SEED, Scale::FULL.count(1));
    finder.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workload_is_explained() {
        let shape = shape_of_workload("tree_63")
            .or_else(|| shape_of_workload("gnarly_1"))
            .expect("there is such a workload");
        let explanation = Explanation::of(shape).expect("it encodes");
        assert!(explanation.code_bytes() > 0);
        let text = explanation.to_string();
        for part in [
            "== shape of",
            "-- program",
            "-- Cranelift IR",
            "function u0:0",
        ] {
            assert!(text.contains(part), "{part} is missing from {text}");
        }
        let page = html::page(&explanation);
        assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
        assert!(
            !page.contains("http"),
            "the page needs nothing from elsewhere"
        );
        assert!(page.contains("&lt;"), "names of types are escaped");
    }

    #[test]
    fn no_such_workload() {
        assert!(shape_of_workload("nothing").is_none());
    }
}
