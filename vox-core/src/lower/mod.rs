//! Lowering: from a shape to a program, once per type.
//!
//! One program per root type. What a root contains is inlined: structs flatten
//! into their parent's block, options, enums and loops get blocks of their own. A type is
//! called as a child instead, through its slot, where inlining would not end
//! (recursion) or would not pay (limits).
//!
//! Three passes follow the walk over the shape: recursion in last position becomes a loop
//! ([`tail`]), and room is reserved ([`reserve`]); adjacent copies were already fused
//! as they were emitted ([`fuse`]).
//!
//! Not here: what a shape is ([`crate::shape`]), what an op means ([`crate::program::op`]). Read next: [`walk`].

mod array;
mod builder;
mod composite;
mod fuse;
mod limits;
mod list;
mod pointer;
mod reserve;
mod scope;
mod tail;
mod walk;

use facet_core::Shape;

use crate::program::Code;

pub use limits::MAX_NESTING;

/// What lowering may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LowerOptions {
    /// Whether layouts learnt by probing may be used, instead of vtable calls.
    pub probed_layouts: bool,
}

/// A lowered shape, not yet linked: children are shapes, not slots.
#[derive(Debug)]
pub struct Lowered {
    /// The program's pure-data half.
    pub code: Code,
    /// The address of each function of `code.functions`.
    pub functions: Vec<*const ()>,
    /// The shape of each child of `code.children`.
    pub children: Vec<&'static Shape>,
    /// The way from the root to the first call of each child, as a
    /// [`LowerError`] prints it: what to put before the path of an error in the child.
    pub child_paths: Vec<String>,
}

/// Why a shape has no program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LowerError {
    /// The way from the root to the place, in text: `.entries[].kind::File.mime`.
    pub path: String,
    /// What is there and what can be done about it.
    pub reason: String,
}

impl core::fmt::Display for LowerError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

/// Lowers a shape.
///
/// # Errors
///
/// When some part of the type cannot be encoded as serde's postcard would.
pub fn lower(shape: &'static Shape, options: &LowerOptions) -> Result<Lowered, LowerError> {
    let mut called = walk::Called::new();
    loop {
        let walked = walk::walk(shape, options, &called)?;
        if walked.cycles.is_subset(&called) {
            return Ok(walked.builder.finish(shape));
        }
        // A type was met inside itself: start again, calling it this time.
        called.extend(walked.cycles);
    }
}
