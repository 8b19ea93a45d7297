//! The nested view of a program, for reports.
//!
//! It leaves out what a reader of a report cannot use: the numbers of
//! functions, blocks and tables. It must print any `Code`, also one that the
//! verifier refuses, so it does not trust the blocks to be a tree.

use core::fmt;

use super::super::field::Field;
use super::super::{BlockId, Code, MAX_NESTING, Op};
use super::quote::{write_name, write_quoted};
use super::write;

/// Displays a program with each block beneath the op that runs it. See [`Code::tree`].
#[derive(Debug, Clone, Copy)]
pub struct Tree<'a> {
    code: &'a Code,
}

impl<'a> Tree<'a> {
    pub(super) fn new(code: &'a Code) -> Self {
        Self { code }
    }
}

impl fmt::Display for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(f, &self.code.type_name)?;
        f.write_str("\n")?;
        let mut printer = Printer {
            code: self.code,
            printed: vec![false; self.code.blocks.len()],
        };
        printer.block(f, BlockId(0), 1)
    }
}

struct Printer<'a> {
    code: &'a Code,
    /// Blocks that were printed; each is printed once.
    printed: Vec<bool>,
}

impl Printer<'_> {
    fn block(&mut self, f: &mut fmt::Formatter<'_>, id: BlockId, depth: usize) -> fmt::Result {
        let code = self.code;
        let Some(block) = code.blocks.get(id.index()) else {
            return line(f, depth, format_args!("({id} is missing)"));
        };
        if self.printed[id.index()] {
            return line(f, depth, format_args!("({id} again)"));
        }
        // Each level of blocks takes two of depth.
        if depth > 2 * MAX_NESTING as usize + 1 {
            return line(f, depth, format_args!("({id} is nested too deep)"));
        }
        self.printed[id.index()] = true;
        for op in &block.ops {
            indent(f, depth)?;
            self.op(f, op)?;
            f.write_str("\n")?;
            for (label, block) in op.blocks(code) {
                line(f, depth + 1, format_args!("{label}:"))?;
                self.block(f, block, depth + 2)?;
            }
        }
        Ok(())
    }

    fn op(&self, f: &mut fmt::Formatter<'_>, op: &Op) -> fmt::Result {
        f.write_str(op.name())?;
        op.try_for_each_field(|name, value| match value {
            Field::Block(_) | Field::Table(_) | Field::Iter(_) | Field::Proxy(_) => Ok(()),
            Field::Path(id) => match self.code.paths.get(id) {
                "" => Ok(()),
                path => {
                    write!(f, " {name}=")?;
                    write_quoted(f, path)
                }
            },
            Field::Child(id) => match self.code.children.get(id.index()) {
                Some(child) => {
                    write!(f, " {name}=")?;
                    write_quoted(f, child)
                }
                None => write!(f, " {name}={id}"),
            },
            Field::Function(id) => match self.code.functions.get(id.index()) {
                Some(kind) => write!(f, " {name}={}", kind.name()),
                None => write!(f, " {name}={id}"),
            },
            _ => {
                write!(f, " {name}=")?;
                if value.choice().is_some() {
                    // The name of the way says which functions it takes.
                    write::choice(f, value, |argument| !matches!(argument, Field::Function(_)))
                } else {
                    write::field(f, value)
                }
            }
        })
    }
}

fn indent(f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
    write!(f, "{:width$}", "", width = 2 * depth)
}

fn line(f: &mut fmt::Formatter<'_>, depth: usize, content: fmt::Arguments<'_>) -> fmt::Result {
    indent(f, depth)?;
    writeln!(f, "{content}")
}
