//! Lowering: from a shape to a program, once per type.

use facet_core::Shape;

use crate::program::Code;

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
    /// Where each child was first met, as in [`LowerError::path`].
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

/// Lowers a shape.
///
/// # Errors
///
/// When some part of the type cannot be encoded as serde's postcard would.
pub fn lower(shape: &'static Shape, options: &LowerOptions) -> Result<Lowered, LowerError> {
    let _ = (shape, options);
    Err(LowerError {
        path: String::new(),
        reason: String::from("lowering is not there yet"),
    })
}
